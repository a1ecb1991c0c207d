import pytest

from autograder.study.function_text import (
    find_function,
    function_text,
    replace_function,
    without_docstring,
)

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
