"""Code cells of notebooks of every format, and of files that are none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.submissions.notebook import (
    CELL_LIMIT,
    NOTEBOOK_LIMIT,
    NotebookFault,
    read_notebook,
    without_outputs,
)


def _notebook(*sources: Any) -> bytes:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": cells, "nbformat": 4}).encode()


def _fault(content: bytes) -> str:
    with pytest.raises(NotebookFault) as caught:
        read_notebook(content)
    message = str(caught.value)
    assert message.isprintable()
    return message


def test_source_may_be_text_or_lines() -> None:
    cells = ("a = 1\nb = 2", ["c = 3\n", "d = 4"], ["e = 5", "f = 6"])
    assert read_notebook(_notebook(*cells)).code == (
        b"a = 1\nb = 2",
        b"c = 3\nd = 4",
        b"e = 5\nf = 6",
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
    assert read_notebook(content).code == (b"", b"", b"", b"x = 1")


def test_worksheets_of_the_formats_before_the_fourth_are_read() -> None:
    cells = [
        {"cell_type": "heading", "source": "Part 1"},
        {"cell_type": "code", "input": ["def f():\n", "    return 1"]},
    ]
    content = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}, 7]}).encode()
    assert read_notebook(content).code == (b"def f():\n    return 1",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "end is missing"),
        (b'{"cells": [{"source": "x', "end is missing"),
        (b'{"cells": []}\nx', "line 2 is not JSON"),
        (b'{"url": "https://drive", "doc_id": "1"}', "link to Google Drive"),
        (b'{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}', "a notebook in R"),
        (b"{}", "no cells"),
        (b"def softmax(Z): pass", "line 1 is not JSON"),
        (b"\xff\xfe\xfd", "not JSON"),
        (b'{"cells": ' + b"9" * 5_000 + b"x}", "not JSON"),
        (b"[]", "no cells"),
        (b"7", "no cells"),
        (b"[" * 100_000, "deeper"),
        (b'{"cells":' * 100_000, "deeper"),
        (b"[" * 1_000_001, "more lists"),
    ],
)
def test_what_is_no_notebook_is_a_fault_in_one_line(content: bytes, words: str) -> None:
    assert any(word in _fault(content) for word in words.split("|"))


def test_cells_and_code_are_capped() -> None:
    assert "more than" in _fault(_notebook(*["1"] * (CELL_LIMIT + 1)))
    assert "more than" in _fault(_notebook("#" * (NOTEBOOK_LIMIT + 1)))


def test_half_a_surrogate_pair_is_left_to_the_interpreter() -> None:
    content = b'{"cells": [{"cell_type": "code", "source": "s = \'\\ud800\'"}]}'
    (cell,) = read_notebook(content).code
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
        cells = read_notebook(json.dumps(value).encode())
    except NotebookFault:
        return
    assert all(isinstance(cell, bytes) for cell in cells.code)


@pytest.mark.parametrize("content", [b'{"cells": null}', b'{"cells": {"a": 1}}'])
def test_a_notebook_may_have_no_cells(content: bytes) -> None:
    assert read_notebook(content).code == ()


def test_markdown_and_raw_cells_are_told_apart_with_their_numbers() -> None:
    cells = [
        {"cell_type": "code", "source": "x = 1"},
        {"cell_type": "markdown", "source": "def f(): pass"},
        {"cell_type": "raw", "source": ["def g():\n", "    pass"]},
    ]
    others = read_notebook(json.dumps({"cells": cells}).encode()).others
    assert others == (
        ("a Markdown cell (cell 2)", b"def f(): pass"),
        ("a raw cell (cell 3)", b"def g():\n    pass"),
    )


def _with_outputs(size: int) -> bytes:
    text = 'tricky "quotes" \\" [brackets {' * (size // 30)
    image = {"output_type": "display_data", "data": {"image/png": "A" * size, "text/html": [text]}}
    cells = [
        {"cell_type": "code", "source": 'x = {"outputs": [1]}', "outputs": [image, [[{}]]]},
        {
            "cell_type": "markdown",
            "source": "",
            "attachments": {"a.png": {"image/png": "B" * size}},
        },
        {"cell_type": "code", "source": "y = 2", "outputs": []},
    ]
    return json.dumps({"cells": cells, "metadata": {"widgets": {"w": [text]}}}).encode()


def test_outputs_are_dropped_and_nothing_else() -> None:
    content = _with_outputs(3_000_000)
    assert len(without_outputs(content)) < 1000
    assert read_notebook(content).code == (b'x = {"outputs": [1]}', b"y = 2")


@given(st.binary() | _json.map(lambda value: json.dumps(value).encode()))
def test_dropping_outputs_never_fails_and_keeps_what_has_none(content: bytes) -> None:
    dropped = without_outputs(content)
    if b"outputs" not in content and b"attachments" not in content and b"widgets" not in content:
        assert dropped == content


@given(st.lists(st.text(), min_size=1).filter(any))
def test_text_survives(sources: list[str]) -> None:
    assert [
        cell.decode("utf-8", "surrogatepass") for cell in read_notebook(_notebook(*sources)).code
    ] == (sources)
