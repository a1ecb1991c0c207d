import numpy as np

from autograder.judging.judge import JudgedExercise
from autograder.model import (
    Case,
    Draw,
    Exercise,
    ExerciseReport,
    GroupReport,
    GroupResult,
    TestGroup,
    Tolerance,
    Verdict,
)
from autograder.study.lesson import hints_for

PUBLIC = TestGroup("the worked example", 2.0, True, Draw("r"), Tolerance())
HIDDEN = TestGroup("one class", 3.0, False, Draw("r"), Tolerance())
EXERCISE = Exercise("double", "part1_scale", (PUBLIC, HIDDEN))


def standing(first: Verdict, second: Verdict, *hints: str) -> JudgedExercise:
    def result(group: TestGroup, number: float) -> GroupResult:
        arguments = {"v": np.array([number, 1 / 3])}
        case = Case("double", group.name, 0, arguments, 2 * arguments["v"], Tolerance())
        return GroupResult(group, (case,), (), (None,))

    groups = tuple(
        GroupReport(group.name, group.public, 0.0, group.points, verdict)
        for group, verdict in ((PUBLIC, first), (HIDDEN, second))
    )
    report = ExerciseReport(
        "double", "part1_scale", groups, "known" if hints else None, *hints[:1], hints[1:]
    ) if hints else ExerciseReport("double", "part1_scale", groups)  # fmt: skip
    return JudgedExercise(EXERCISE, (result(PUBLIC, 1.5), result(HIDDEN, 77.0)), report)


def test_a_known_mistake_has_its_own_hints():
    known = standing(Verdict.ACCEPTED, Verdict.WRONG_ANSWER, "one", "two", "three")
    assert hints_for(known) == ("one", "two", "three")


def test_a_solved_exercise_has_none():
    assert hints_for(standing(Verdict.ACCEPTED, Verdict.ACCEPTED)) == ()


def test_an_untouched_one_begins_with_the_docstring_then_shows_the_example():
    first, second, third = hints_for(standing(Verdict.NOT_ATTEMPTED, Verdict.NOT_ATTEMPTED))
    assert "docstring of double in part1_scale" in first
    assert second == "With v = [1.5, 0.33333], double returns [3., 0.66667]."
    assert "r shows the reference" in third


def test_an_unknown_mistake_is_narrowed_down_by_groups():
    first, *_ = hints_for(standing(Verdict.ACCEPTED, Verdict.WRONG_ANSWER))
    assert "passes 'the worked example' and fails 'one class'" in first
    first, *_ = hints_for(standing(Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR))
    assert "No group passes yet" in first


def test_no_hint_holds_a_hidden_number():
    for verdict in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER, Verdict.NOT_ATTEMPTED):
        assert "77" not in " ".join(hints_for(standing(verdict, Verdict.WRONG_ANSWER)))
