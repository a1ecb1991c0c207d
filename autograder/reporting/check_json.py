"""Gives a check as JSON, for editors."""

from __future__ import annotations

import json
from typing import Any

from autograder.judging.explain import explain_failure
from autograder.judging.judge import JudgedExercise, Judgement
from autograder.judging.score import first_mismatch
from autograder.model import Course, Frame, GroupReport, GroupResult, Isolation
from autograder.reporting.grid_text import grid_text

SCHEMA = "autograder/check/v1"


def check_json(judged: Judgement, course: Course, isolation: Isolation) -> str:
    """One JSON object; all text of the student's is as it was, in ASCII with escapes."""
    entry = {
        "schema": SCHEMA,
        "course": {"name": course.name, "version": course.version},
        "isolation": {"level": isolation.level, "layers": dict(isolation.layers)},
        "accepted": judged.accepted,
        "exercises": [_exercise(one) for one in judged.exercises],
        "notes": [*map(explain_failure, judged.failures), *judged.notes],
    }
    return json.dumps(entry, indent=1, allow_nan=False) + "\n"


def _exercise(one: JudgedExercise) -> dict[str, Any]:
    return {
        "name": one.exercise.name,
        "part": one.exercise.part,
        "verdict": one.report.verdict.value,
        "score": one.report.score,
        "max_score": one.report.max_score,
        "misconception": one.report.misconception,
        "hint": one.report.hint,
        "groups": [
            _group(result, report)
            for result, report in zip(one.results, one.report.groups, strict=True)
        ],
        "hidden": [
            {"name": group.name, "max_score": group.points}
            for group in one.exercise.groups
            if not group.public
        ],
    }


def _group(result: GroupResult, report: GroupReport) -> dict[str, Any]:
    mismatch = first_mismatch(result)
    error = mismatch.outcome.error if mismatch else None
    return {
        "name": report.name,
        "verdict": report.verdict.value,
        "score": report.score,
        "max_score": report.max_score,
        "message": report.message,
        "grid": grid_text(report.grid) if report.grid else [],
        "printed": "".join(outcome.printed for outcome in result.outcomes),
        "traceback": [_frame(frame) for frame in error.frames] if error else [],
    }


def _frame(frame: Frame) -> dict[str, Any]:
    return {
        "file": frame.filename,
        "cell": frame.cell,
        "line": frame.line,
        "function": frame.function,
        "source": frame.source,
    }
