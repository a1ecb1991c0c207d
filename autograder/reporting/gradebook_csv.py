"""Writes gradebook.csv, one row for each student, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autograder.atomic_write import replacing
from autograder.gradebook.marks import FinalMark
from autograder.model import Report

# the last four are the full-width forms of the first four, which some spreadsheets take for them
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")


_COLUMNS = ["id", "student", "student_id", "section", "status"]
_PARTS = ["score", "late", "adjustment", "final", "max_score"]
_PROBLEMS = "problems"


def write_gradebook(path: Path, reports: Iterable[Report], marks: Sequence[FinalMark]) -> None:
    """Write one row for each student: the parts of the mark, then the points of each exercise.

    `score` is what was graded, `late` what lateness takes from it, `adjustment` what was given or
    taken by hand; together they are `final`, which is never below 0. The points of an exercise
    include what was given or taken for it. Cells are empty where grading
    itself failed, and for students without a hand-in, who come last: an empty cell is not a zero.
    Of students with several attempts it is the one that counts. The last column says what of the
    hand-in could not be read or stopped early.
    """
    by_submission: dict[str | None, list[FinalMark]] = {}
    for mark in marks:
        by_submission.setdefault(mark.submission, []).append(mark)
    with replacing(path) as file:
        file.write("\ufeff")  # Excel takes a file without it for one in a Windows code page
        writer = csv.writer(file, lineterminator="\n")
        names: list[str] = []
        for report in reports:
            if not names:
                names = [exercise.name for exercise in report.exercises]
                writer.writerow([*_COLUMNS, *_PARTS, *names, _PROBLEMS])
            failed = report.judge_error is not None
            points = [None if failed else exercise.score for exercise in report.exercises]
            problems = "; ".join(report.problems)
            for mark in by_submission.get(report.id, ()):
                graded = dict(zip(names, points, strict=True))
                writer.writerow([neutral(cell) for cell in _row(mark, graded, problems)])
        if not names:
            writer.writerow([*_COLUMNS, *_PARTS, _PROBLEMS])
        for mark in by_submission.get(None, ()):
            writer.writerow([neutral(cell) for cell in _row(mark, dict.fromkeys(names), "")])


def _row(mark: FinalMark, graded: Mapping[str, float | None], problems: str) -> list[str]:
    student = mark.student
    scored = mark.score is not None
    return [
        mark.submission or "",
        student.name,
        student.ids[0] if student.ids else "",
        student.section,
        mark.standing.value,
        str(mark.score) if scored else "",
        str(-mark.lost or 0.0) if scored else "",
        str(mark.adjustment) if scored or mark.adjustments else "",
        "" if mark.final is None else str(mark.final),
        str(mark.max_score),
        *(
            "" if (points := mark.points_of(name, score)) is None else str(points)
            for name, score in graded.items()
        ),
        problems,
    ]


def neutral(cell: str) -> str:
    """`cell` with an apostrophe before it where a spreadsheet would run it as a formula."""
    if cell.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell
