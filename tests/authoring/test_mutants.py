from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from autograder.authoring.mutants import EQUIVALENTS, accept, mutants_of, read_equivalents
from autograder.errors import CourseError

MODULE = '''\
"""A lesson."""
import numpy as np


def _shift(Z):
    return Z - np.max(Z)


def unused(Z):
    return Z + 1


# a comment that stays
def share(Z, W, axis=0):
    """Docstrings + defaults stay."""
    total = 0
    for k in range(len(Z)):
        total += np.exp(_shift(Z))[k]
    return np.exp(_shift(Z)) / total


TAIL = 3
'''


def edits(text: str, function: str = "f") -> list[str]:
    return [mutant.edit for mutant in mutants_of(text, function)]


def test_each_mutant_is_the_whole_module_with_one_function_edited() -> None:
    for mutant in mutants_of(MODULE, "share"):
        compile(mutant.text, "mutant", "exec")
        before, after = ast.parse(MODULE).body, ast.parse(mutant.text).body
        changed = [
            ast.unparse(old)
            for old, new in zip(before, after, strict=True)
            if ast.dump(old) != ast.dump(new)
        ]
        assert len(changed) == 1
        assert f"def {mutant.function}(" in changed[0]
        assert "# a comment that stays" in mutant.text or mutant.function == "share"


def test_private_functions_that_are_called_are_edited_too_and_others_are_not() -> None:
    assert {mutant.function for mutant in mutants_of(MODULE, "share")} == {"share", "_shift"}


def test_mutants_are_distinct_and_their_edits_name_them() -> None:
    mutants = mutants_of(MODULE, "share")
    assert len({mutant.text for mutant in mutants}) == len(mutants)
    assert len({(mutant.function, mutant.edit) for mutant in mutants}) == len(mutants)
    assert len({ast.dump(ast.parse(mutant.text)) for mutant in mutants}) == len(mutants)


def test_the_same_edit_in_two_places_is_numbered() -> None:
    text = "def f(a):\n    a = a + 1\n    a = a + 1\n    return a\n"
    assert "a = a + 1  ->  a = a - 1" in edits(text)
    assert "a = a + 1  ->  a = a - 1  (2)" in edits(text)


def test_an_edit_inside_a_block_shows_its_own_line() -> None:
    assert "total += np.exp(_shift(Z))[k]  ->  total -= np.exp(_shift(Z))[k]" in [
        mutant.edit for mutant in mutants_of(MODULE, "share")
    ]
    assert "for k in range(len(Z)):  ->  for k in range(len(Z)): ... break" in [
        mutant.edit for mutant in mutants_of(MODULE, "share")
    ]


def test_edits_read_the_same_on_every_python() -> None:
    text = "def f(a, b):\n    k, l = a.shape\n    return [m + k for m, n in zip(a, b)]\n"
    assert "k, l = a.shape  ->  k, l = b.shape" in edits(text)
    assert any("[m - k for m, n in zip(a, b)]" in edit for edit in edits(text))


def test_docstrings_defaults_and_signatures_are_left_alone() -> None:
    for mutant in mutants_of(MODULE, "share"):
        assert "Docstrings + defaults stay." in mutant.text
        assert "(Z, W, axis=0)" in mutant.text


def test_a_function_without_anything_to_edit_has_no_mutants() -> None:
    assert edits("def f():\n    pass\n") == []


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(KeyError):
        mutants_of("x = 1\n", "f")
    with pytest.raises(SyntaxError):
        mutants_of("def f(:\n", "f")


def test_the_edits_are_slips_that_change_numbers() -> None:
    """Most mutants of a plain function answer differently: edits are no mere rewriting."""
    text = "import numpy as np\ndef f(A, v):\n    return A.T @ (v - np.mean(v)) + 2 * v[1]\n"
    A, v = np.arange(9.0).reshape(3, 3), np.array([1.0, 5.0, 2.0])
    right = run(text, A, v)
    mutants = mutants_of(text, "f")
    same = [mutant.edit for mutant in mutants if np.array_equal(run(mutant.text, A, v), right)]
    assert len(mutants) > 20
    assert len(same) <= 1


def run(text: str, *arguments: object) -> object:
    names: dict[str, object] = {}
    exec(text, names)
    try:
        return names["f"](*arguments)  # type: ignore[operator]
    except (ValueError, TypeError, IndexError):
        return None


ROOT = Path(__file__).parents[2]


def write(folder: Path, text: str) -> Path:
    (folder / "solutions").mkdir()
    (folder / EQUIVALENTS).write_text(text, encoding="utf-8")
    return folder


def test_edits_come_by_exercise(tmp_path: Path) -> None:
    text = """\
f:
  - reason: It is symmetric.
    edits: ["return a  ->  return a.T"]
  - reason: Both are the same.
    edits: ["x = 1  ->  x = 2", "x = 1  ->  x = 3"]
"""
    assert read_equivalents(write(tmp_path, text)) == {
        "f": ("return a  ->  return a.T", "x = 1  ->  x = 2", "x = 1  ->  x = 3")
    }


def test_there_may_be_no_such_file(tmp_path: Path) -> None:
    assert read_equivalents(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "line", "wanted"),
    [
        ("- f\n", 1, "an exercise, then its edits"),
        ("f: g\n", 1, "a list of entries"),
        ("f:\n  - edits: [a]\n", 2, "an entry with a reason and its edits"),
        ("f:\n  - {reason: '', edits: [a]}\n", 2, "the reason why"),
        ("f:\n  - {reason: b, edits: a}\n", 2, "the edits as a list of texts"),
        ("f:\n  - {reason: b, edits: [1]}\n", 2, "the edits as a list of texts"),
        ("f:\n  - {reason: b, edits: [a], more: c}\n", 2, "an entry with a reason and its edits"),
    ],
)
def test_another_form_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, wanted: str
) -> None:
    with pytest.raises(
        CourseError, match=rf"{EQUIVALENTS}:{line}: is something else; write {wanted}"
    ):
        read_equivalents(write(tmp_path, text))


def test_the_course_gives_a_reason_for_each() -> None:
    listed = read_equivalents(ROOT)
    assert all(" ->  " in edit for edits in listed.values() for edit in edits)


NO_CHANGE = """\
import numpy as np


def f(v, A):
    \"\"\"Doc.\"\"\"
    return float(np.array(list(v.T @ A.T), dtype=float))
"""


def test_no_mutant_is_made_that_changes_nothing_by_its_form() -> None:
    every = {mutant.edit.partition("  ->  ")[2] for mutant in mutants_of(NO_CHANGE, "f")}
    known = {"v": 1, "A": 2, "return": 0}
    fewer = {mutant.edit.partition("  ->  ")[2] for mutant in mutants_of(NO_CHANGE, "f", known)}
    assert every - fewer == {
        "return float(np.array(list(v.T @ A.T), dtype=float)).T",
        "return float(np.array(list(v @ A.T), dtype=float))",
    }
    # Neither float() nor what is between it and the numbers is left out, known axes or not.
    for left_out in ("return np.array(", "return float(list(", "np.array(v.T", "list(v.T @ A.T)))"):
        assert not [edit for edit in every if left_out in edit]
    assert "return float(np.array(list(v.T @ A), dtype=float))" in fewer


def test_accepted_edits_are_read_back_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "solutions").mkdir()
    quotes = "return f('\"')  ->  return f(\"'\")"
    accept(tmp_path, "g", "never\nasked", [quotes])
    before = (tmp_path / EQUIVALENTS).read_text(encoding="utf-8")
    accept(tmp_path, "g", "the same sum", ["a  ->  b", "a  ->  c"])
    accept(tmp_path, "h", "the same sum", ["d  ->  e"])
    after = (tmp_path / EQUIVALENTS).read_text(encoding="utf-8")
    assert all(line in after.splitlines() for line in before.splitlines())
    assert read_equivalents(tmp_path) == {"g": ("a  ->  b", "a  ->  c", quotes), "h": ("d  ->  e",)}


def test_what_is_printed_is_not_edited() -> None:
    text = "def f(x):\n    print('x is', x + 1)\n    return x + 1\n"
    assert all("print" not in one.edit for one in mutants_of(text, "f"))
    assert mutants_of(text, "f")


@pytest.mark.parametrize(
    "answer", ["bool(x < 1)", "bool(np.allclose(x, 1))", "bool((x > 0).all())"]
)
def test_a_truth_value_may_be_returned_as_it_is(answer: str) -> None:
    text = f"import numpy as np\n\ndef f(x):\n    return {answer}\n"
    left = answer.removeprefix("bool(").removesuffix(")")
    assert f"return {answer}  ->  return {left}" not in [one.edit for one in mutants_of(text, "f")]


def test_another_number_as_a_truth_value_is_another_answer() -> None:
    text = "def f(x):\n    return bool(x)\n"
    assert "return bool(x)  ->  return x" in [one.edit for one in mutants_of(text, "f")]
