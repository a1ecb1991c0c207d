"""Messages name what was found; those for hidden groups give no number of the case away."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.compare import compare
from autograder.judging.explain import explain, explain_failure, numbers_in_words, place
from autograder.judging.source_text import Ran
from autograder.model.course import Case, Tolerance
from autograder.model.submission import Frame, LoadFailure, Outcome, Source, Status, StudentError
from autograder.model.values import Data, Seeded, SupportFunction

FRAME = Frame("part1_softmax.py", None, 12, "softmax", "return 1 / 0")


def message(
    expected: Any, outcome: Outcome, *, public: bool = True, also: Any = None, **more: Any
) -> str:
    arguments = {"Z": np.array([31.25, 1.0]), "W": np.eye(2)}
    case = Case("softmax", "group", 0, arguments, np.asarray(expected), Tolerance(), **more)
    mismatch = compare(case, outcome)
    assert mismatch is not None
    return explain(mismatch, public=public, **(also or {}))


def returned(value: Any, **more: Any) -> Outcome:
    return Outcome(Status.RETURNED, np.asarray(value), **more)


def raised(kind: str, text: str, builtin: bool = True, source: str = FRAME.source) -> Outcome:
    frames = (FRAME._replace(source=source),)
    return Outcome(Status.RAISED, error=StudentError(kind, text, frames, builtin))


@pytest.mark.parametrize(
    ("expected", "outcome", "wanted"),
    [
        (np.ones(5), returned(np.ones((5, 1))), "returned shape (5, 1), expected (5,)"),
        (1.0, returned([1.0]), "returned shape (1,), expected one number"),
        (1.0, returned(2.0), "got 2, expected 1"),
        (
            [1, 2, 3],
            returned([1.0, 2.5, 3.0]),
            "at [1] got 2.5, expected 2 (1 of 3 cells is wrong)",
        ),
        (
            [[1.0, 2.0], [3.0, 4.0]],
            returned([[1.0, 2.0], [3.0001, 9.0]]),
            "at [1, 0] got 3.0001, expected 3 (2 of 4 cells are wrong)",
        ),
        (
            [1.0, 2.0],
            returned([1.00002, 2.0]),
            "at [0] got 1.00002, expected 1 (1 of 2 cells is wrong)",
        ),
        (
            [1.0, 2.0, 3.0],
            returned([7.0, np.nan, -np.inf]),
            "at [1] got nan, expected 2 (3 of 3 cells are wrong)",
        ),
        (
            [0.5, 0.5],
            returned([0, 0]),
            "at [0] got 0, expected 0.5 (2 of 2 cells are wrong); the result is int64, "
            "which cannot hold fractions",
        ),
        (1.0, returned(["a"]), "returned an array of str32, expected real numbers"),
        (
            1.0,
            Outcome(Status.RETURNED_OTHER, returned="None"),
            "returned None: add a return statement",
        ),
        (
            1.0,
            Outcome(Status.RETURNED_OTHER, returned="a dict\x1b"),
            "returned a dict\\x1b, expected an array of numbers",
        ),
        (
            1.0,
            raised("ZeroDivisionError", "division by\nzero"),
            "raised ZeroDivisionError: division by\\nzero (part1_softmax.py, line 12)",
        ),
        (1.0, Outcome(Status.MISSING), "softmax is not in the submission: hand in the file "),
        (1.0, Outcome(Status.NOT_WRITTEN), "softmax is not written yet"),
        (1.0, Outcome(Status.OUT_OF_TIME), "ran out of time"),
        (1.0, Outcome(Status.OUT_OF_MEMORY), "used more memory"),
        (1.0, Outcome(Status.OUT_OF_OUTPUT), "printed or returned far too much"),
        (1.0, Outcome(Status.CRASHED), "ended the whole process"),
    ],
)
def test_what_a_public_group_says(expected: Any, outcome: Outcome, wanted: str) -> None:
    assert message(expected, outcome).startswith(wanted)


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        (returned(np.full((37, 41), 2.0)), "returned wrong values; try it on inputs of your own"),
        (returned(np.full((37, 41), np.nan)), "holds NaN (not a number) where it should not"),
        (returned(np.full((37, 41), -np.inf)), "holds infinity where it should not"),
        (returned(np.ones((41, 37))), "returned the right number of dimensions but not the right"),
        (returned(np.ones(37)), "returned a 1-d array, expected 2-d"),
        (returned(19.5), "returned a single number, expected 2-d"),
        (returned(np.ones((37, 41), dtype=np.float16)), "returned wrong values; the result is flo"),
        (returned(np.ones((37, 41), dtype=int)), "returned wrong values; the result is int64, whi"),
        (
            Outcome(Status.RETURNED_OTHER, returned="31.25 19.5"),
            "did not return a numeric array",
        ),
        (
            Outcome(Status.RETURNED_OTHER, returned="None"),
            "returned None: add a return statement",
        ),
        (raised("ValueError", "31.25 and 19.5"), "raised ValueError on a hidden input; try it on"),
        (raised("LinAlgError", "31.25"), "raised LinAlgError on a hidden input"),
        (raised("AxisError", "31.25"), "raised AxisError on a hidden input"),
        (raised("Got31.25", "", builtin=False), "raised an exception on a hidden input"),
    ],
)
def test_what_a_hidden_group_says(outcome: Outcome, wanted: str) -> None:
    shown = message(np.full((37, 41), 19.5), outcome, public=False)
    assert shown.startswith(wanted)
    assert not set(re.findall(r"\d+", shown)) & {"37", "41", "19", "31", "25", "12", "1517"}


def test_a_changed_argument_is_named_by_place_and_name() -> None:
    outcome = returned(1.0, arguments=(np.array([31.25, 1.0]), np.zeros((2, 2))))
    for public in (True, False):
        shown = message(1.0, outcome, public=public, keeps_arguments=True)
        assert shown == "changes its second argument, W: work on a copy of it"


@pytest.mark.parametrize(
    "source",
    ["Z[0] = 1", "Z -= Z.max()", "np.exp(Z, out=Z)", "Z.sort()", "np.copyto(Z, 0)", "Z[:, 0] *= 2"],
)
def test_writing_into_a_read_only_argument_is_explained(source: str) -> None:
    outcome = raised("ValueError", "assignment destination is read-only", source=source)
    hidden = message(1.0, outcome, public=False, read_only=True)
    assert hidden.startswith("raised ValueError; its arguments are read-only here: if it writes")
    shown = message(1.0, outcome, public=True, read_only=True)
    assert shown.startswith("raised ValueError: assignment destination is read-only (part1_")
    assert shown.endswith("if it writes into one, work on a copy instead")


def test_another_value_error_on_read_only_arguments_has_no_such_advice() -> None:
    for text, source in (
        ("operands could not be broadcast together", "return Z[0] == W @ x"),
        ("read-only", "raise ValueError('read-only')"),
    ):
        outcome = raised("ValueError", text, source=source)
        shown = message(1.0, outcome, public=True, read_only=True)
        assert "Work on a copy" not in shown


def test_an_unwritten_earlier_function_is_named() -> None:
    inner = Frame("part1_softmax.py", None, 3, "sm_dir", "raise NotImplementedError")
    outcome = Outcome(
        Status.NOT_WRITTEN, error=StudentError("NotImplementedError", "", (FRAME, inner), True)
    )
    for public in (True, False):
        shown = message(1.0, outcome, public=public, also={"uses": ("sm_dir",)})
        assert shown == "calls sm_dir, which is not written yet"
    assert message(1.0, outcome, public=False) == "softmax is not written yet"


def test_a_missing_function_says_which_file_stopped() -> None:
    failures = (
        LoadFailure("part1_softmax.ipynb", 3, StudentError("NameError", "no 'np'", (FRAME,))),
        LoadFailure("b.py", None, StudentError("SyntaxError", "")),
    )
    shown = message(1.0, Outcome(Status.MISSING), also={"ran": Ran(failures=failures)})
    assert shown == (
        "softmax is not in the submission; a file stopped early: part1_softmax.ipynb, cell 3: "
        "NameError: no 'np' (line 12), and 1 more"
    )
    assert explain_failure(failures[1]) == "b.py: SyntaxError"
    error = StudentError("SyntaxError", "expected ':'", (FRAME,), True)
    shown = explain_failure(LoadFailure("b.py", None, error))
    assert shown == "b.py: SyntaxError: expected ':' (line 12)"


def test_another_file_that_stopped_is_not_why_a_file_that_ran_lacks_a_function() -> None:
    home = Source("part1_softmax", "part1_softmax.py", (b"def sm(S):\n    return S\n",))
    failure = LoadFailure("part4.py", None, StudentError("ValueError", "no", (FRAME,), True))
    ran = Ran((home,), (failure,), {"softmax": "part1_softmax"})
    shown = message(1.0, Outcome(Status.MISSING), also={"ran": ran})
    assert shown == "softmax is not in the submission: part1_softmax does not define it"
    there = Source("part4", "part4.py", (b"1 / 0\ndef softmax(Z) -> Z: ...\n",))
    shown = message(1.0, Outcome(Status.MISSING), also={"ran": replace(ran, sources=(home, there))})
    assert shown == "softmax could not be loaded: part4.py: ValueError: no (line 12)"


def test_a_place_is_escaped() -> None:
    assert place("a\x1b.ipynb", 3, 4) == "a\\x1b.ipynb, cell 3, line 4"
    assert place("a.py", None) == "a.py"


def test_arguments_that_are_no_numbers_are_shown_as_a_student_writes_them() -> None:
    assert numbers_in_words(Seeded(3)) == "np.random.default_rng(3)"
    assert numbers_in_words(SupportFunction("workbench", "cosine")) == "cosine"
    assert numbers_in_words(Data({"a": np.eye(2)})) == "{'a': array([[1., 0.], [0., 1.]])}"
    assert numbers_in_words(Data("a  b")) == "'a  b'"
    assert numbers_in_words(Data(np.array([0, 255], dtype=np.uint8))) == "[0, 255]"
