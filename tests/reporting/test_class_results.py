"""Results as arrays, and statistics that agree with numpy and by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sample_class import HINTS, report

from autograder.errors import AutograderError
from autograder.model.report import Report
from autograder.reporting.class_results import (
    Summary,
    difficulty,
    discrimination,
    gather,
    histogram,
    largest,
    separates,
    summary,
)

REPORTS = [
    report("ada"),
    report("bo", (0.0, 1.0, 0.5, 0.0)),
    replace(report("cy"), judge_error="the server went away"),
    report("di", (0.5, 0.0, 1.0, 1.0)),
]


def test_rows_are_students_and_columns_groups() -> None:
    results = gather(iter(REPORTS))
    assert [one.id for one in results.students] == ["ada", "bo", "cy", "di"]
    assert [one.name for one in results.exercises] == ["softmax", "x_entropy"]
    assert [(one.exercise, one.public, one.points) for one in results.groups] == [
        (0, True, 2.0),
        (0, False, 2.0),
        (1, False, 2.0),
        (1, False, 2.0),
    ]
    assert results.points == 8.0
    nan = np.nan
    np.testing.assert_array_equal(
        results.earned, [[2, 2, 2, 2], [0, 2, 1, 0], [nan] * 4, [1, 0, 2, 2]]
    )
    np.testing.assert_array_equal(results.earned_by_exercise, [[4, 4], [2, 1], [nan] * 2, [1, 4]])


def test_only_an_accepted_group_is_passed() -> None:
    results = gather(REPORTS)
    assert results.passed.tolist()[1:] == [
        [False, True, False, False],
        [False] * 4,
        [False, False, True, True],
    ]
    assert results.passed_by_exercise.tolist() == [
        [True, True],
        [False, False],
        [False, False],
        [False, True],
    ]
    assert results.graded.tolist() == [True, True, False, True]


def test_the_most_frequent_mistake_comes_first() -> None:
    rare = report("eve", (0.0, 1.0, 1.0, 1.0))
    other = replace(rare.exercises[0], misconception="argmax", hint="You took the largest.")
    results = gather([*REPORTS, replace(rare, exercises=(other, rare.exercises[1]))])
    assert [(one.name, one.count, one.hint) for one in results.mistakes] == [
        ("transposed", 2, HINTS[0]),
        ("argmax", 1, "You took the largest."),
    ]
    assert [one.mistakes for one in results.students] == [(), (0,), (), (0,), (1,)]


def test_nobody_makes_empty_arrays() -> None:
    results = gather([])
    assert (results.earned.shape, results.passed.shape) == ((0, 0), (0, 0))
    assert results.earned_by_exercise.shape == results.passed_by_exercise.shape == (0, 0)
    assert (results.students, results.mistakes, results.points) == ((), (), 0)


def test_reports_of_another_course_are_refused() -> None:
    other = report("eve")
    fewer = Report("eve", other.exercises[:1], 0.1)
    with pytest.raises(AutograderError, match="eve"):
        gather([report("ada"), fewer])


NOBODY = np.zeros((0, 3))
POINTS = np.array([2.0, 1.0, 4.0])


def test_a_summary_of_known_scores() -> None:
    assert summary(np.array([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0])) == Summary(
        count=8, mean=5.0, median=4.5, lowest=2.0, highest=9.0, deviation=2.0
    )


def test_a_summary_of_one_score_and_of_none() -> None:
    assert summary(np.array([7.5])) == Summary(1, 7.5, 7.5, 7.5, 7.5, 0.0)
    assert summary(np.array([])) is None


def test_a_histogram_holds_each_lower_edge_and_the_top() -> None:
    scores = np.array([0.0, 4.999, 5.0, 99.0, 100.0])
    counts = histogram(scores, 100.0, 20)
    assert (counts[0], counts[1], counts[19], sum(counts), len(counts)) == (2, 1, 2, 5, 20)


def test_an_edge_that_floats_miss_is_still_an_edge() -> None:
    assert 0.1 + 0.2 != 0.3
    for tenth in range(10):
        score = sum([0.1] * tenth)
        assert histogram(np.array([score]), 1.0, 10)[tenth] == 1


def test_scores_outside_are_counted_at_the_ends() -> None:
    assert histogram(np.array([-1.0, 12.0]), 10.0, 2) == (1, 1)
    assert histogram(np.array([]), 10.0, 2) == (0, 0)
    assert histogram(np.array([0.0]), 0.0, 2) == (1, 0)


def test_difficulty_is_the_share_of_points_lost() -> None:
    earned = np.array([[2.0, 0.0, 4.0], [1.0, 0.0, 4.0]])
    np.testing.assert_allclose(difficulty(earned, POINTS), [0.25, 1.0, 0.0])


def test_difficulty_of_nobody_and_of_no_points_is_not_known() -> None:
    assert np.isnan(difficulty(NOBODY, POINTS)).all()
    found = difficulty(np.array([[1.0, 0.0]]), np.array([2.0, 0.0]))
    assert found[0] == 0.5
    assert np.isnan(found[1])


def test_discrimination_is_the_correlation_with_the_rest() -> None:
    rng = np.random.default_rng(5)
    earned = rng.integers(0, 3, (40, 6)).astype(float)
    totals = earned.sum(axis=1)
    expected = [
        np.corrcoef(earned[:, item], np.delete(earned, item, axis=1).sum(axis=1))[0, 1]
        for item in range(6)
    ]
    np.testing.assert_allclose(discrimination(earned, totals), expected)


def test_discrimination_of_two_students_by_hand() -> None:
    # the first item agrees with the others, the second goes against them
    earned = np.array([[2.0, 0.0, 3.0], [0.0, 1.0, 0.0]])
    np.testing.assert_allclose(discrimination(earned, earned.sum(axis=1)), [1.0, -1.0, 1.0])


def test_an_item_is_not_compared_with_itself() -> None:
    # alone in the total it would correlate perfectly with it
    earned = np.array([[1.0, 0.0], [0.0, 0.0]])
    assert np.isnan(discrimination(earned, earned.sum(axis=1))).all()


@pytest.mark.parametrize("constant", [0.0, 0.1, 1 / 3, 7.0])
def test_a_constant_item_has_no_discrimination(constant: float) -> None:
    varying = np.linspace(0.0, 1.0, 11)
    earned = np.column_stack([np.full(11, constant), varying, varying**2])
    found = discrimination(earned, earned.sum(axis=1))
    assert np.isnan(found[0])
    assert (found[1:] > 0.9).all()


def test_rounding_is_not_a_difference() -> None:
    # what is left of the totals without the varying item is constant but for rounding
    varying = np.arange(10) / 10
    earned = np.column_stack([varying, np.full(10, 0.3), np.full(10, 1 / 3)])
    assert np.isnan(discrimination(earned, earned.sum(axis=1))).all()


@pytest.mark.parametrize("earned", [NOBODY, np.ones((1, 3)), np.ones((5, 3))])
def test_one_student_or_nobody_or_all_alike_separate_nothing(earned: np.ndarray) -> None:
    assert np.isnan(discrimination(earned, earned.sum(axis=1))).all()
    assert not separates(earned).any()


def test_an_item_separates_when_two_students_differ() -> None:
    earned = np.array([[1.0, 0.0, 2.0], [1.0, 0.0, 0.5], [1.0, 0.0, 2.0]])
    assert separates(earned).tolist() == [False, False, True]


def test_the_largest_come_first_and_equal_ones_in_order() -> None:
    values = np.array([1.0, 5.0, np.nan, 5.0, 0.0])
    assert largest(values, 3) == [1, 3, 0]
    assert largest(values, 10) == [1, 3, 0, 4]
    assert largest(np.array([]), 3) == []
