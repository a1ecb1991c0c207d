"""Reports become rows and columns, mistakes are counted, failures of ours stay out of the marks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sample_class import HINTS, report

from autograder.errors import AutograderError
from autograder.model import Report
from autograder.reporting.class_results import gather

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
