from __future__ import annotations

import json

import pytest

from autograder.errors import UsageError
from autograder.study.files import (
    Progress,
    find_function,
    function_text,
    read_progress,
    replace_function,
    reset,
    without_docstring,
    write_progress,
)

OWN = "# my own header\nimport numpy as np\n\n\ndef double(v):\n    return v + v\n\n\nmine = 3\n"


@pytest.fixture
def exercises(synced):
    return synced / "exercises"


@pytest.fixture
def double(tiny_course):
    return tiny_course.exercises[0]


def test_a_script_is_put_back_and_the_old_text_is_kept(exercises, tiny_course, double):
    path = exercises / "part1_scale.py"
    path.write_text(OWN)
    (kept,) = reset(tiny_course, double, exercises)
    assert kept.parent == exercises
    assert kept.read_text() == OWN
    new = path.read_text()
    assert "raise NotImplementedError" in new
    assert "return v + v" not in new
    assert new.startswith("# my own header\n")
    assert new.endswith("\n\nmine = 3\n")


def test_every_reset_keeps_its_own_text(exercises, tiny_course, double):
    path = exercises / "part1_scale.py"
    texts = [OWN, OWN.replace("v + v", "2 * v"), "def double(v:\n    return (\n"]
    kept = []
    for text in texts:
        path.write_text(text)
        kept += reset(tiny_course, double, exercises)
    assert [one.read_text() for one in kept] == texts


def test_an_untouched_stub_is_left_alone(exercises, tiny_course, double):
    before = {path: path.read_bytes() for path in exercises.iterdir() if path.is_file()}
    assert reset(tiny_course, double, exercises) == ()
    assert {path: path.read_bytes() for path in exercises.iterdir() if path.is_file()} == before


def test_a_notebook_is_put_back_cell_by_cell(exercises, tiny_course, double):
    path = exercises / "part1_scale.ipynb"
    notebook = json.loads(path.read_text())
    cells = [cell for cell in notebook["cells"] if "def double" in "".join(cell["source"])]
    cells[-1]["source"] = ["%matplotlib inline\n", "def double(v):\n", "    return v + v"]
    others = [cell for cell in notebook["cells"] if cell is not cells[-1]]
    path.write_text(json.dumps(notebook))
    (kept,) = reset(tiny_course, double, exercises)
    assert "return v + v" in kept.read_text()
    new = json.loads(path.read_text())["cells"]
    assert [cell for cell in new if "def double" not in "".join(cell["source"])] == [
        cell for cell in others if "def double" not in "".join(cell["source"])
    ]
    (cell,) = (cell for cell in new if "%matplotlib" in "".join(cell["source"]))
    assert "raise NotImplementedError" in "".join(cell["source"])


def test_a_function_that_was_deleted_comes_back(exercises, tiny_course, double):
    path = exercises / "part1_scale.py"
    path.write_text("x = 1\n")
    reset(tiny_course, double, exercises)
    assert path.read_text().startswith("x = 1\n\n\ndef double(v):\n")


def test_windows_line_ends_stay(exercises, tiny_course, double):
    path = exercises / "part1_scale.py"
    path.write_bytes(OWN.replace("\n", "\r\n").encode())
    reset(tiny_course, double, exercises)
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n") > 5


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[]", b'{"cells": 3}'])
def test_what_cannot_be_read_is_not_touched(exercises, tiny_course, double, content):
    path = exercises / "part1_scale.ipynb"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="fix it by hand"):
        reset(tiny_course, double, exercises)
    assert path.read_bytes() == content


TEXT = '''import numpy as np


def first(v):
    return v


@np.vectorize
@other(
    "x",
)
def second(
    v,
):
    """Text with

at the left margin, and def first(v): in it.
    """
    return v

    # the end of second


def third(v): return v
'''


def test_a_function_is_found_with_its_decorators():
    assert function_text(TEXT, "first") == "def first(v):\n    return v"
    second = function_text(TEXT, "second")
    assert second is not None
    assert second.startswith("@np.vectorize\n@other(")
    assert second.endswith("    return v")
    assert function_text(TEXT, "third") == "def third(v): return v"
    assert function_text(TEXT, "fourth") is None


def test_the_last_definition_counts():
    assert function_text("def f(): return 1\ndef f(): return 2\n", "f") == "def f(): return 2"


def test_a_function_is_replaced_and_nothing_else():
    new = replace_function(TEXT, "second", "def second(v):\n    raise NotImplementedError")
    assert new is not None
    assert function_text(new, "first") == function_text(TEXT, "first")
    assert function_text(new, "second") == "def second(v):\n    raise NotImplementedError"
    assert new.endswith("    # the end of second\n\n\ndef third(v): return v\n")
    assert replace_function(TEXT, "fourth", "x") is None


@pytest.mark.parametrize(
    "body", ["    return (v\n", "    return v +\n\n    x = (\n)\n", "    if v\n      return\n\n\n"]
)
def test_a_function_is_found_in_a_file_that_does_not_parse(body):
    text = f"import numpy\n@np.vectorize\ndef broken(v):\n{body}\nlast = 1\n\ndef other(v): pass\n"
    with pytest.raises(SyntaxError):
        compile(text, "broken", "exec")
    new = replace_function(text, "broken", "def broken(v): ...")
    assert new is not None
    compile(new, "mended", "exec")
    assert new.startswith("import numpy\ndef broken(v): ...\n")
    assert new.endswith("\nlast = 1\n\ndef other(v): pass\n")


def test_nothing_is_found_in_a_broken_file_without_it():
    assert find_function("def other(:\n", "f") is None


def test_a_docstring_is_left_out_unless_it_is_all_there_is():
    second = function_text(TEXT, "second")
    assert second is not None
    assert without_docstring(second).endswith("    v,\n):\n    return v")
    for whole in ('def f():\n    """Only this."""', "def f(): return 1", 'def f(): "x"; return 1'):
        assert without_docstring(whole) == whole


# --- the student's progress ---------------------------------------------------------------------


NAMES = ("softmax", "sm_dir")


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / ".study.json"
    progress = Progress("sm_dir", {"softmax": 2})
    write_progress(path, progress)
    assert read_progress(path, NAMES) == progress


def test_a_new_learner_begins_at_the_beginning(tmp_path):
    assert read_progress(tmp_path / ".study.json", NAMES) == Progress("softmax", {})


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"current": 1, "hints": {}}', '{"current": "gone", "hints": {"x": 1}}',
     '{"current": "softmax", "hints": 3}', '{"current": "softmax", "hints": {"softmax": "2"}}'],
)  # fmt: skip
def test_a_file_that_makes_no_sense_is_a_new_beginning(tmp_path, text):
    path = tmp_path / ".study.json"
    path.write_text(text)
    assert read_progress(path, NAMES) == Progress("softmax", {})
