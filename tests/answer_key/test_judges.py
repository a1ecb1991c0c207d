"""A judge of the course says how much of the points an answer earns, and fails as a judge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.answer_key.answers import CourseJudge, known_judge
from autograder.compare import compare
from autograder.errors import CourseError, JudgeError
from autograder.model.course import Case, Judge, Tolerance
from autograder.model.submission import Outcome, Status
from autograder.model.values import Data


def judge(body: str, parameters: str = "answer") -> Judge:
    text = f"import numpy as np\ndef fits({parameters}):\n    {body}\n"
    known = known_judge("fits", text, 1.0)
    assert known is not None
    return known


def a_case(expected: Any, one: Judge | None = None) -> Case:
    data = None if isinstance(expected, np.ndarray) else Data(expected)
    array = expected if data is None else np.zeros(0)
    return Case("f", "g", 0, {"x": np.arange(3.0)}, array, Tolerance(), data=data, judge=one)


VECTOR = np.array([1.0, 2.0])


@pytest.mark.parametrize(
    ("verdict", "share", "says"),
    [
        ("True", 1.0, ""),
        ("np.abs(answer).sum() < 4", 1.0, ""),
        ("np.float32(0.5)", 0.5, "satisfies only a part of what it has to satisfy"),
        ("np.int64(1)", 1.0, ""),
        ("0.25", 0.25, "satisfies only a part of what it has to satisfy"),
        ("(0.25, 'lacks\\n a sign')", 0.25, "lacks a sign"),
        ("(np.float64(0.5), 'lacks a sign')", 0.5, "lacks a sign"),
        ("'is not one'", 0.0, "is not one"),
        ("False", 0.0, "is not an answer that fits: check what it has to satisfy"),
        ("np.False_", 0.0, "is not an answer that fits: check what it has to satisfy"),
        ("0", 0.0, "is not an answer that fits: check what it has to satisfy"),
    ],
)
def test_what_a_judge_may_return(verdict: str, share: float, says: str) -> None:
    earned, why = judge(f"return {verdict}")(a_case(VECTOR), VECTOR)
    assert earned == share
    assert share == 1.0 or why == says


def test_a_judge_may_take_answers_apart() -> None:
    one = judge(
        "[expected.remove(each) for each in list(answer)]; answer.clear(); return not expected",
        "answer, expected",
    )
    case, answer = a_case([1, 2, 2], one), [2, 1, 2]
    assert [one(case, answer)[0] for _ in range(2)] == [1.0, 1.0]
    assert case.data is not None
    assert (case.data.value, answer) == ([1, 2, 2], [2, 1, 2])
    array = np.array([2.0, 1.0])
    array.flags.writeable = False
    assert judge("answer.sort(); return answer[0] == 1")(a_case(VECTOR), array)[0] == 1.0


@pytest.mark.parametrize(
    "verdict", ["None", "''", "1.5", "-0.1", "float('nan')", "(True,)", "(0.5, 2)", "[0.5, 'x']"]
)
def test_whatever_else_a_judge_returns_is_its_own_failure(verdict: str) -> None:
    with pytest.raises(JudgeError, match=r"solutions/judges.py: fits returned .*; return True, a"):
        judge(f"return {verdict}")(a_case(VECTOR), VECTOR)


def test_a_judge_that_fails_on_an_answer_of_the_right_kind_is_a_judge_error() -> None:
    with pytest.raises(JudgeError, match=r"ZeroDivisionError.*\(judge fits\); fix it"):
        judge("return 1 / 0")(a_case(VECTOR), VECTOR)
    slow = CourseJudge("fits", "def fits(answer):\n    while True: pass\n", 0.05)
    with pytest.raises(JudgeError, match=r"judges.py: fits .*; make it quicker"):
        slow(a_case(VECTOR), VECTOR)


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        (VECTOR, np.zeros(3)),
        (VECTOR, np.array([1j, 2.0])),
        (VECTOR, "text"),
        ((VECTOR, VECTOR), (VECTOR, "text")),
        ((VECTOR, VECTOR), (VECTOR, np.zeros((2, 2)))),
        ((VECTOR, VECTOR), (VECTOR, [VECTOR])),
        ({"a": VECTOR}, {"a": "text"}),
        ({"a": VECTOR}, {"b": VECTOR}),
    ],
)
def test_an_answer_of_another_kind_that_cannot_be_judged_is_wrong(
    expected: Any, answer: Any
) -> None:
    share, why = judge("raise ValueError")(a_case(expected), answer)
    assert (share, why.split(":")[0]) == (0.0, "returned something that cannot be judged")


def test_a_judge_takes_what_it_names_and_nothing_else_is_there() -> None:
    known = judge("return bool(answer @ expected == x[2] + 3)", "x, answer, expected")
    assert known(a_case(VECTOR), VECTOR)[0] == 1.0
    with pytest.raises(CourseError, match=r"fits takes y, which f does not; it may take x, answer"):
        judge("return True", "y")(a_case(VECTOR), VECTOR)
    with pytest.raises(CourseError, match=r"has no function other; define it"):
        known_judge("other", "def fits(answer): return True\n", 1.0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_answer_that_is_not_finite_is_wrong_whatever_a_judge_would_say(bad: float) -> None:
    # With `error > bound` a judge lets NaN pass.
    known = judge("return 'is off' if abs(answer[0] - 1) > 1e-6 else True")
    outcome = Outcome(Status.RETURNED, np.array([bad, 2.0]))
    mismatch = compare(a_case(VECTOR, known), outcome)
    assert mismatch is not None
    assert (mismatch.share, mismatch.said) == (0.0, 2 * (mismatch.said or ("",))[:1])
    inside = Outcome(Status.RETURNED, None, data=Data(({"a": [VECTOR, bad]},)))
    assert compare(a_case(({"a": [VECTOR, 1.0]},), judge("return True")), inside) is not None


def test_half_an_answer_that_changes_its_arguments_earns_nothing() -> None:
    case = Case(
        "f",
        "g",
        0,
        {"x": np.arange(3.0)},
        VECTOR,
        Tolerance(),
        keeps_arguments=True,
        judge=judge("return 0.5"),
    )
    for after, share in ((np.arange(3.0), 0.5), (np.zeros(3), 0.0)):
        mismatch = compare(case, Outcome(Status.RETURNED, VECTOR, (after,)))
        assert mismatch is not None
        assert mismatch.share == share
