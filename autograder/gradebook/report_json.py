"""A report as plain JSON values, there and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from autograder.judging.score import shared_report
from autograder.model import (
    Cell,
    ExerciseReport,
    Grid,
    GroupReport,
    Line,
    Report,
    Verdict,
)

_GROUP = ("name", "public", "score", "max_score", "verdict", "message")


def to_record(report: Report) -> dict[str, Any]:
    """Everything in `report` as dicts, lists, text and numbers; `from_record` undoes it."""
    return {
        "id": report.id,
        "seconds": report.seconds,
        "judge_error": report.judge_error,
        "notes": list(report.notes),
        "exercises": [
            {
                "name": exercise.name,
                "part": exercise.part,
                "misconception": exercise.misconception,
                "hint": exercise.hint,
                "more_hints": list(exercise.more_hints),
                "groups": [
                    {
                        "name": group.name,
                        "public": group.public,
                        "score": group.score,
                        "max_score": group.max_score,
                        "verdict": group.verdict.value,
                        "message": group.message,
                        **({} if group.grid is None else {"grid": _grid_record(group.grid)}),
                    }
                    for group in exercise.groups
                ],
            }
            for exercise in report.exercises
        ],
    }


def from_record(record: dict[str, Any]) -> Report:
    """The report that `to_record` made `record` of. Raises KeyError or ValueError for others."""
    return Report(
        id=record["id"],
        seconds=record["seconds"],
        judge_error=record["judge_error"],
        notes=tuple(record["notes"]),
        exercises=tuple(
            ExerciseReport(
                name=exercise["name"],
                part=exercise["part"],
                misconception=exercise["misconception"],
                hint=exercise["hint"],
                more_hints=tuple(exercise["more_hints"]),
                groups=tuple(map(_group, exercise["groups"])),
            )
            for exercise in record["exercises"]
        ),
    )


def _group(record: dict[str, Any]) -> GroupReport:
    name, public, score, most, verdict, message = map(record.__getitem__, _GROUP)
    group = shared_report(name, public, score, most, Verdict(verdict), message)
    return replace(group, grid=_grid(record["grid"])) if "grid" in record else group


def _grid_record(grid: Grid) -> dict[str, Any]:
    """Lists of columns and rows rather than a dict for each cell: a grid has up to 256 of them."""
    return {
        "dimensions": grid.dimensions,
        "columns": grid.columns,
        "rows": [[line.index, line.meaning] for line in grid.lines],
        "got": [[cell.got for cell in line.cells] for line in grid.lines],
        "expected": [[cell.expected for cell in line.cells] for line in grid.lines],
        "wrong": ["".join(".x"[cell.wrong] for cell in line.cells) for line in grid.lines],
        "rows_left_out": grid.rows_left_out,
        "columns_left_out": grid.columns_left_out,
        "pattern": grid.pattern,
    }


def _grid(record: dict[str, Any]) -> Grid:
    cells = zip(record["got"], record["expected"], record["wrong"], strict=True)
    lines = zip(record["rows"], cells, strict=True)
    return Grid(
        dimensions=record["dimensions"],
        columns=tuple((index, meaning) for index, meaning in record["columns"]),
        lines=tuple(
            Line(
                index,
                meaning,
                tuple(
                    Cell(got, expected, wrong == "x")
                    for got, expected, wrong in zip(*row, strict=True)
                ),
            )
            for (index, meaning), row in lines
        ),
        rows_left_out=record["rows_left_out"],
        columns_left_out=record["columns_left_out"],
        pattern=record["pattern"],
    )
