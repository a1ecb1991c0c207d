"""Writes a report as the result.json that Classroom 50 collects.

The format: https://github.com/foundation50/classroom50/wiki/Advanced-Autograding
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from autograder.batch.single import GradedHandIn
from autograder.model import Course, ExerciseReport, GroupReport, Verdict

SCHEMA = "classroom50/result/v1"
_FINEST = 1000
_JUDGED = 0.01


def classroom50_result(graded: GradedHandIn, identity: Mapping[str, str]) -> dict[str, Any]:
    """What goes into result.json: one test for each group, under the names in `identity`.

    Scores are whole numbers there, so where a point is divided all of them are multiplied by the
    same number: nothing is rounded, and every share of the total stays what it is.
    """
    unit = units_per_point(graded.course)
    tests = [
        _test(exercise, group, unit)
        for exercise in graded.report.exercises
        for group in exercise.groups
    ]
    return {
        "schema": SCHEMA,
        **identity,
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }


def units_per_point(course: Course) -> int:
    """The smallest number that makes every score which a group can have a whole number.

    What a judge may grant is not known before: its shares count in hundredths. At most 1000: a
    share of a point that is still finer is rounded down.
    """
    scores = [
        Fraction(str(group.points)) * Fraction(str(share))
        for exercise in course.exercises
        for group in exercise.groups
        for share in (1.0, exercise.follow_through, _JUDGED if exercise.judge else 1.0)
    ]
    return min(math.lcm(*(score.denominator for score in scores)), _FINEST)


def _test(exercise: ExerciseReport, group: GroupReport, unit: int) -> dict[str, Any]:
    return {
        "test-name": f"{exercise.name}: {group.name}",
        "passed": group.verdict is Verdict.ACCEPTED,
        "score": _whole(group.score, unit),
        "max-score": _whole(group.max_score, unit),
        "message": group.message,
    }


def _whole(score: float, unit: int) -> int:
    return math.floor(Fraction(str(score)) * unit)
