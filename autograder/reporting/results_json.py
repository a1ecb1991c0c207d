"""Writes results.json, the format that other programs may rely on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autograder.atomic_write import replacing
from autograder.gradebook.gradebook import GradedCourse
from autograder.model import ExerciseReport, Isolation, Report

SCHEMA = "autograder/results/v1"


def write_results(
    path: Path, course: GradedCourse, isolation: Isolation, reports: Iterable[Report]
) -> None:
    """Write `reports`, which come sorted by id, one line each; only one is in memory at a time."""
    head = {
        "schema": SCHEMA,
        "course": {"name": course.name, "version": course.version, "key": course.key_digest},
        "isolation": {"level": isolation.level, "layers": dict(isolation.layers)},
    }
    with replacing(path) as file:
        # the head without its closing brace, since the list of submissions is written as it comes
        file.write(json.dumps(head, indent=1)[: -len("\n}")] + ',\n "submissions": [')
        separator = "\n  "
        for report in reports:
            file.write(separator + json.dumps(submission_entry(report), allow_nan=False))
            separator = ",\n  "
        file.write("\n ]\n}\n")


def submission_entry(report: Report) -> dict[str, Any]:
    """One element of `submissions`; where grading itself failed every score is None, not 0."""
    graded = report.judge_error is None
    return {
        "id": report.id,
        "score": report.score if graded else None,
        "max_score": report.max_score,
        "status": "graded" if graded else "judge_error",
        "seconds": round(report.seconds, 4),
        "problems": list(report.problems),
        "exercises": [_exercise_entry(exercise, graded) for exercise in report.exercises],
    }


def _exercise_entry(exercise: ExerciseReport, graded: bool) -> dict[str, Any]:
    return {
        "name": exercise.name,
        "score": exercise.score if graded else None,
        "max_score": exercise.max_score,
        "verdict": exercise.verdict.value,
        "misconception": exercise.misconception,
        "hint": exercise.hint,
        "groups": [
            {
                "name": group.name,
                "public": group.public,
                "score": group.score if graded else None,
                "max_score": group.max_score,
                "verdict": group.verdict.value,
                "message": group.message,
            }
            for group in exercise.groups
        ],
    }
