"""Code cells of notebooks of every format, and of files that are none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.submissions.notebook import CELL_LIMIT, NotebookFault, code_cells


def _notebook(*sources: Any) -> bytes:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": cells, "nbformat": 4}).encode()


def _fault(content: bytes) -> str:
    with pytest.raises(NotebookFault) as caught:
        code_cells(content)
    message = str(caught.value)
    assert message.isprintable()
    return message


def test_source_may_be_text_or_lines() -> None:
    assert code_cells(_notebook("a = 1\nb = 2", ["c = 3\n", "d = 4"])) == (
        b"a = 1\nb = 2",
        b"c = 3\nd = 4",
    )


def test_only_code_cells_count_and_they_keep_their_numbers() -> None:
    cells: list[Any] = [
        {"cell_type": "markdown", "source": "# no"},
        {"cell_type": "code", "source": []},
        {"cell_type": "raw", "source": "no"},
        {"cell_type": "code"},
        {"cell_type": "code", "source": {"odd": 1}},
        "no cell",
        {"cell_type": "code", "source": ["x = 1", 5, None]},
    ]
    content = json.dumps({"cells": cells}).encode()
    assert code_cells(content) == (b"", b"", b"", b"x = 1")


def test_worksheets_of_the_formats_before_the_fourth_are_read() -> None:
    cells = [
        {"cell_type": "heading", "source": "Part 1"},
        {"cell_type": "code", "input": ["def f():\n", "    return 1"]},
    ]
    content = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}, 7]}).encode()
    assert code_cells(content) == (b"def f():\n    return 1",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"def softmax(Z): pass", "not JSON"),
        (b"\xff\xfe\xfd", "not JSON"),
        (b'{"cells": ' + b"9" * 10_000 + b"}", "code cells|not JSON"),
        (b"[]", "no cells"),
        (b"7", "no cells"),
        (b"{}", "without code cells"),
        (b'{"cells": null}', "without code cells"),
        (b'{"cells": {"a": 1}, "worksheets": "b"}', "without code cells"),
        (b"[" * 100_000, "deeper"),
        (b'{"cells":' * 100_000, "deeper"),
        (b"[" * 1_000_001, "more lists"),
    ],
)
def test_what_is_no_notebook_is_a_fault_in_one_line(content: bytes, words: str) -> None:
    assert any(word in _fault(content) for word in words.split("|"))


def test_cells_and_code_are_capped() -> None:
    assert "more than" in _fault(_notebook(*["1"] * (CELL_LIMIT + 1)))
    assert "more than" in _fault(_notebook("#" * (1024 * 1024 + 1)))


def test_half_a_surrogate_pair_is_left_to_the_interpreter() -> None:
    (cell,) = code_cells(b'{"cells": [{"cell_type": "code", "source": "s = \'\\ud800\'"}]}')
    with pytest.raises((SyntaxError, ValueError)):
        compile(cell, "cell", "exec")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["cells", "worksheets", "cell_type", "source", "input", "x"]),
            inner | st.just("code"),
        )
    ),
)


@given(_json)
def test_any_json_gives_cells_or_a_fault(value: Any) -> None:
    try:
        cells = code_cells(json.dumps(value).encode())
    except NotebookFault:
        return
    assert any(cells)


@given(st.lists(st.text(), min_size=1).filter(any))
def test_text_survives(sources: list[str]) -> None:
    assert [cell.decode("utf-8", "surrogatepass") for cell in code_cells(_notebook(*sources))] == (
        sources
    )
