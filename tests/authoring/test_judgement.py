from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.authoring.proof import Survivor
from autograder.authoring.trials import (
    Candidate,
    Trial,
    judge_misconceptions,
    judge_mutants,
    judge_references,
    judge_stubs,
    judge_variants,
    judge_whole_numbers,
    judge_zeros,
    unknown_rules,
    unseen_in_public,
    weigh_groups,
)
from autograder.compare import compare
from autograder.course.load import load_course
from autograder.model.course import (
    Answered,
    AnswerKey,
    Case,
    Course,
    Draw,
    Exercise,
    Misconception,
    TestGroup,
    Tolerance,
)
from autograder.model.report import ExerciseReport, GroupReport, GroupResult, Report, Verdict
from autograder.model.submission import Outcome, Source, Status
from autograder.model.values import Array

GROUPS = tuple(TestGroup(name, 1.0, False, Draw("drawn"), Tolerance()) for name in ("a", "b"))
EXERCISE = Exercise("double", "part1", GROUPS)
CASES = tuple(
    Case("double", group.name, 0, {"v": np.ones(n)}, 2 * np.ones(n), Tolerance())
    for n, group in enumerate(GROUPS, start=2)
)
RIGHT = tuple(case.expected for case in CASES)
KEY = AnswerKey({"double": CASES}, "")


def trial(*values: Array, name: str = "tripled") -> Trial:
    outcomes = [Outcome(Status.RETURNED, value) for value in values]
    results = tuple(
        GroupResult(group, (case,), (outcome,), (compare(case, outcome),))
        for group, case, outcome in zip(GROUPS, CASES, outcomes, strict=True)
    )
    source = Source("bank", "bank.py", (b"",))
    return Trial(Candidate(EXERCISE, name, f"double__{name}", source), results)


TRIPLED = trial(*(1.5 * value for value in RIGHT))
ONLY_B = trial(RIGHT[0], 5 * RIGHT[1], name="long_is_wrong")
SLIPS = trial(*RIGHT, name="slips")


def report(verdict: Verdict, score: float, message: str = "") -> Report:
    groups = (
        GroupReport("a", True, 1.0, 1.0, Verdict.ACCEPTED),
        GroupReport("b", False, score, 1.0, verdict, message),
    )
    return Report("x", (ExerciseReport("double", "part1", groups),), seconds=0.1)


FULL = report(Verdict.ACCEPTED, 1.0)


def test_references_that_earn_everything_twice_are_proved() -> None:
    assert judge_references(FULL, replace(FULL, seconds=9.0)) == []


def test_a_reference_that_loses_a_group_or_changes_is_told() -> None:
    [lost] = judge_references(*[report(Verdict.WRONG_ANSWER, 0.0, "shape (2,)")] * 2)
    assert "solutions/part1.py: double does not pass its own group 'b'" in lost
    assert "WRONG_ANSWER: shape (2,)" in lost
    [changed] = judge_references(FULL, report(Verdict.ACCEPTED, 0.5))
    assert "double is graded differently the second time" in changed
    [broken] = judge_references(FULL, replace(FULL, judge_error="no fork"))
    assert "could not be graded: no fork" in broken


def test_a_stub_must_be_not_attempted_in_every_group() -> None:
    none = GroupReport("a", True, 0.0, 1.0, Verdict.NOT_ATTEMPTED)
    untouched = Report("x", (ExerciseReport("double", "part1", (none, none)),), 0.1)
    assert judge_stubs(untouched) == []
    failed = replace(none, verdict=Verdict.RUNTIME_ERROR)
    [told] = judge_stubs(Report("x", (ExerciseReport("double", "part1", (none, failed)),), 0.1))
    assert "exercises/part1.py: double: the stub earns 0 points as RUNTIME_ERROR" in told
    [earned] = judge_stubs(FULL)
    assert "the stub earns 2 points as ACCEPTED" in earned


def test_a_group_that_takes_zeros_is_told_unless_zeros_are_the_answer() -> None:
    def told(*expected: Array) -> list[str]:
        cases = [replace(case, expected=each) for case, each in zip(CASES, expected, strict=True)]
        return judge_zeros([EXERCISE], AnswerKey({"double": tuple(cases)}, ""))

    assert told(*RIGHT) == []
    assert told(np.zeros(2), np.array([0.0, 0.0, 1e-7])) == []
    (line,) = told(np.ones(2), np.array([0.0, 0.0, 1e-9]))
    assert "the group 'b' takes zeros" in line


def test_a_variant_that_is_refused_is_told_with_the_group_and_the_reason() -> None:
    assert judge_variants([SLIPS]) == []
    [told] = judge_variants([trial(RIGHT[0], RIGHT[1].reshape(-1, 1), name="column")])
    assert "bank.py: double__column is right, but the group 'b'" in told
    assert "(3, 1)" in told


def known(*pairs: tuple[str, tuple[Array | Answered, ...]]) -> AnswerKey:
    bank = tuple(
        Misconception("double", name, (f"A hint on {name}.",), answers) for name, answers in pairs
    )
    return replace(KEY, misconceptions={"double": bank})


def test_misconceptions_are_caught_and_named() -> None:
    key = known(
        ("tripled", tuple(1.5 * value for value in RIGHT)),
        ("long_is_wrong", (Answered.RIGHT, 5 * RIGHT[1])),
    )
    failures, recognised = judge_misconceptions([TRIPLED, ONLY_B], key)
    assert failures == []
    assert recognised == {"double__tripled", "double__long_is_wrong"}


def test_a_misconception_that_slips_through_is_named() -> None:
    [told] = judge_misconceptions([SLIPS], known(("slips", (Answered.RIGHT,) * 2)))[0]
    assert "bank.py: double__slips slips through every group of double" in told


def test_two_misconceptions_that_answer_alike_are_told() -> None:
    answers = tuple(value + value**3 for value in RIGHT)
    key = known(("one", answers), ("other", answers))
    failures, recognised = judge_misconceptions([trial(*answers, name="one")], key)
    assert recognised == set()
    assert failures == ["bank.py: double__one answers exactly like other; merge them"]


def test_mutants_are_killed_or_listed() -> None:
    assert judge_mutants([TRIPLED], {}) == ([], {}, ())
    assert judge_mutants([SLIPS], {"double": ["slips"]}) == ([], {"double": 1}, ())
    survived = Survivor("part1", "double", "slips")
    assert judge_mutants([SLIPS], {}) == ([], {}, (survived,))


def test_a_list_of_equivalents_may_not_go_stale() -> None:
    [killed] = judge_mutants([TRIPLED], {"double": ["tripled"]})[0]
    assert "double: 'tripled' is caught by the group 'a'; take it off the list" in killed
    [gone] = judge_mutants([TRIPLED], {"double": ["an old edit"]})[0]
    assert "double: there is no mutant 'an old edit'; take it off the list" in gone


def test_groups_are_weighed_by_what_they_catch_and_what_they_alone_catch() -> None:
    a, b = weigh_groups([EXERCISE], [TRIPLED, ONLY_B, SLIPS])
    assert (a.name, a.catches, a.alone) == ("a", 1, ())
    assert (b.name, b.catches, b.alone) == ("b", 2, ("long_is_wrong",))


# --- whole numbers ----------------------------------------------------------------------------


def floats_only(v: Any) -> Any:
    """Twice v.

    Parameters
    ----------
    v : array (N,)
        Floats.
    w : array (N,)
        Left as it is.
    """


def anything(v: Any) -> Any:
    """Twice v, floats or whole numbers."""


class Told:
    """A class; its method says what it takes."""

    def step(self, v: Any) -> None:
        """Take v, floats."""


@pytest.mark.parametrize(
    ("reference", "value", "refused"),
    [
        (floats_only, np.ones(2), False),
        (Told, np.ones(2), False),
        (anything, np.ones(2), True),
        (anything, np.ones(2, dtype=np.int64), False),
        (anything, 1.0, False),
    ],
)
def test_an_argument_that_never_is_whole_numbers(
    tiny_course: Course, reference: Any, value: Any, refused: bool
) -> None:
    case = Case("double", "a", 0, {"v": value}, np.ones(2), Tolerance())
    key = AnswerKey({"double": (case,)}, "")
    told = judge_whole_numbers(tiny_course, tiny_course.exercises[:1], key, {"double": reference})
    assert bool(told) is refused
    # line 15 of the file begins the groups of `double`
    assert not told or told[0].startswith("course.yaml:15: double: no group draws v as whole")


def test_only_the_own_entry_of_an_argument_counts(tiny_course: Course) -> None:
    case = Case("double", "a", 0, {"w": np.ones(2)}, np.ones(2), Tolerance())
    key = AnswerKey({"double": (case,)}, "")
    references = {"double": floats_only}
    assert judge_whole_numbers(tiny_course, tiny_course.exercises[:1], key, references)


def test_a_rule_for_what_does_not_exist_is_noted_with_its_line(tiny_folder: Path) -> None:
    path = tiny_folder / "course.yaml"
    rule = "      - name: mix\n        forbid: [np.solv, sorted]\n"
    path.write_text(path.read_text().replace("      - name: mix\n", rule))
    course = load_course(tiny_folder)
    (note,) = unknown_rules(course, course.exercises)
    line = path.read_text().splitlines().index(rule.splitlines()[1]) + 1
    assert note.startswith(f"course.yaml:{line}: mix: forbids numpy.solv, but here ")


def test_a_misconception_that_no_public_group_shows_is_listed() -> None:
    public = replace(EXERCISE, groups=(replace(GROUPS[0], public=True), GROUPS[1]))
    assert unseen_in_public([public], [TRIPLED, ONLY_B, SLIPS]) == {"double": ("long_is_wrong",)}
    assert unseen_in_public([EXERCISE], [ONLY_B]) == {}
