"""result.json is what Classroom 50 validates, with whole-number scores that add up."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sample_report as sample
from hypothesis import given
from hypothesis import strategies as st
from platform_schemas import IDENTITY, check_classroom50

from autograder.model import Course, Exercise, Part
from autograder.reporting.github import classroom50_result, units_per_point


def test_every_field_is_as_specified() -> None:
    result = classroom50_result(sample.graded(), IDENTITY)
    check_classroom50(result)
    # 2.5 and 1.5 points, and half of 1.5 for what follows through: quarters
    assert (result["score"], result["max-score"]) == (12, 32)
    assert result["tests"][0] == {
        "test-name": "double: the worked example",
        "passed": False,
        "score": 0,
        "max-score": 4,
        "message": sample.SCRIPT,
    }
    assert [test["passed"] for test in result["tests"]] == [False, False, True, False]


def with_points(points: list[float], share: float) -> Course:
    groups = tuple(sample.group(f"g{n}", p, True) for n, p in enumerate(points))
    exercise = Exercise("f", "p", groups, follow_through=share)
    return replace(sample.course(), parts=(Part("p", "P", (exercise,)),))


@pytest.mark.parametrize(
    ("points", "share", "units"),
    [([1, 2], 0.0, 1), ([0.5, 1], 0.0, 2), ([1], 0.8, 5), ([0.5], 0.8, 10), ([0.1], 1.0, 10)],
)
def test_points_are_multiplied_no_more_than_they_have_to_be(
    points: list[float], share: float, units: int
) -> None:
    assert units_per_point(with_points(points, share)) == units


@given(
    st.lists(st.integers(1, 400).map(lambda n: n / 8), min_size=1, max_size=6),
    st.sampled_from([0.0, 0.25, 0.5, 0.8]),
)
def test_every_score_that_can_be_is_a_whole_number(points: list[float], share: float) -> None:
    units = units_per_point(with_points(points, share))
    for one in points:
        assert (Fraction(str(one)) * Fraction(str(share)) * units).denominator == 1
        assert (Fraction(str(one)) * units).denominator == 1


def test_shares_that_are_finer_are_rounded_down() -> None:
    assert units_per_point(with_points([1 / 3], 0.0)) == 1000


def test_what_a_judge_grants_counts_in_hundredths() -> None:
    course = with_points([1, 2], 0.0)
    [exercise] = course.exercises
    judged = replace(course.parts[0], exercises=(replace(exercise, judge="fits"),))
    assert units_per_point(replace(course, parts=(judged,))) == 100
