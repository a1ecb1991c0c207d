"""Writes all output files of a graded folder from its gradebook.

Only the web pages need the extra `instructor`, so they are imported where they are written.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograder.atomic_write import ROOM, replacing, write_whole
from autograder.errors import UsageError, WriteError
from autograder.fixed_names import RESULTS
from autograder.gradebook.gradebook import Gradebook, GradedCourse
from autograder.gradebook.marks import FinalMark, in_words
from autograder.model.report import ExerciseReport, Isolation, Report
from autograder.reporting.class_results import gather
from autograder.submissions.entries import distinct_ids

INDEX = "index.html"
FOLDER = "feedback"
_HEAD = 400
"""The number of bytes searched for the generator's name in a page."""


def write_reports(gradebook: Gradebook, folder: Path, *, pages: bool = True) -> None:
    """Write results.json, gradebook.csv and the web pages, replacing those in `folder`.

    If `pages` is false, existing pages are left as they are. Raises UsageError if the gradebook has
    no run, or one that has not graded anything yet; the files in `folder` are then left unchanged.
    """
    course, isolation = gradebook.course(), gradebook.isolation()
    if next(gradebook.reports(), None) is None:
        raise UsageError(
            f"{folder}: the last run has graded nothing yet; run `autograder grade` again"
        )
    write_results(folder / RESULTS, course, isolation, gradebook.reports())
    write_gradebook(folder / "gradebook.csv", gradebook.reports(), gradebook.marks())
    if pages:
        write_pages(gradebook, folder)


def write_pages(gradebook: Gradebook, folder: Path) -> int:
    """Write index.html and feedback/ into `folder`; return the number of feedback pages.

    Feedback pages of earlier runs that are no longer needed are deleted; other files are kept.
    Raises UsageError if the gradebook has no run, WriteError if a file cannot be written.
    """
    from autograder.reporting.pages import class_page

    course, marks = gradebook.course(), gradebook.marks()
    pages = feedback_files(marks)
    try:
        (folder / FOLDER).mkdir(exist_ok=True)
        results = gather(_with_feedback(gradebook.reports(), course, marks, pages, folder))
        _take_away(folder / FOLDER, {f"{page.stem}.html" for page in pages})
    except OSError as error:
        raise WriteError(error.filename, error, ROOM) from error
    links = {place: quote(page.path) for page in pages for place in page.places}
    page = class_page(results, marks, course, gradebook.isolation(), links)
    with replacing(folder / INDEX) as file:
        file.writelines(page)
    return len(pages)


def _with_feedback(
    reports: Iterable[Report],
    course: GradedCourse,
    marks: Sequence[FinalMark],
    pages: Iterable[FeedbackFile],
    folder: Path,
) -> Iterator[Report]:
    """Yield the reports, writing each one's feedback first: reading them twice takes too long."""
    from autograder.reporting.pages import student_page

    by_submission: dict[str, list[FeedbackFile]] = {}
    for page in pages:
        by_submission.setdefault(page.submission, []).append(page)
    for report in reports:
        for page in by_submission.get(report.id, ()):
            text = student_page(report, course, [marks[place] for place in page.places])
            write_whole(folder / page.path, text.encode(), survives_power_cut=False)
        yield report


def _take_away(folder: Path, names: set[str]) -> None:
    """Delete our own pages in `folder` whose names are not in `names`."""
    from autograder.reporting.document import GENERATOR

    for path in folder.glob("*.html"):
        if path.name in names:
            continue
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if f'<meta name="generator" content="{GENERATOR}">'.encode() in head:
            path.unlink()


# --- feedback pages: one for each submission, or for each partner if marks differ -------------


@dataclass(frozen=True)
class FeedbackFile:
    """One page, for a submission that was graded or whose grading failed."""

    stem: str
    """The file's name without its ending; safe and unique on every file system."""
    submission: str
    places: tuple[int, ...]
    """Indices into the marks of the students who share the page: their marks have equal parts."""

    @property
    def path(self) -> str:
        """Relative to the gradebook's folder, with a slash."""
        return f"{FOLDER}/{self.stem}.html"


def feedback_files(marks: Sequence[FinalMark]) -> tuple[FeedbackFile, ...]:
    """One page for each submission, in the order of `marks`.

    If partners' marks differ, for example through an adjustment, there is a page for each distinct
    mark: no partner may see another's adjustment.
    """
    together: dict[str, dict[tuple[str, ...], list[int]]] = {}
    for place, mark in enumerate(marks):
        if mark.submission is not None:
            together.setdefault(mark.submission, {}).setdefault(in_words(mark), []).append(place)
    names, pages = [], []
    for submission, by_words in together.items():
        for own in by_words.values():
            student = marks[own[0]].student
            partner = f"~{next(iter(student.ids), student.name)}" if len(by_words) > 1 else ""
            names.append((submission + partner,))
            pages.append((submission, tuple(own)))
    return tuple(
        FeedbackFile(stem, *page) for stem, page in zip(distinct_ids(names), pages, strict=True)
    )


# --- gradebook.csv: a row for each student, safe to open in a spreadsheet ---------------------

# the last four are full-width forms of the first four; some spreadsheets treat them alike
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")


_COLUMNS = ["id", "student", "student_id", "section", "status"]
_PARTS = ["score", "late", "adjustment", "final", "max_score"]
_PROBLEMS = "problems"


def write_gradebook(path: Path, reports: Iterable[Report], marks: Sequence[FinalMark]) -> None:
    """Write one row for each student: the parts of the mark, then the points of each exercise.

    `score` is the graded score, `late` the late penalty, `adjustment` the points given or taken by
    hand; their sum is `final`, which is never below 0. The points of an exercise include its
    adjustments. Cells are empty if grading itself failed, and for students without a submission,
    who come last: an empty cell is not a zero. For a student with several attempts, the row is for
    the one that counts. The last column lists files of the submission that could not be read or
    stopped early.
    """
    by_submission: dict[str | None, list[FinalMark]] = {}
    for mark in marks:
        by_submission.setdefault(mark.submission, []).append(mark)
    with replacing(path) as file:
        file.write("\ufeff")  # without a BOM, Excel reads the file in a Windows code page
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
    """`cell`, with an apostrophe in front if a spreadsheet would run it as a formula."""
    if cell.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


# --- results.json, a stable format for other programs -----------------------------------------

SCHEMA = "autograder/results/v1"


def write_results(
    path: Path, course: GradedCourse, isolation: Isolation, reports: Iterable[Report]
) -> None:
    """Write `reports`, sorted by id, one line each; only one is in memory at a time."""
    head = {
        "schema": SCHEMA,
        "course": {"name": course.name, "version": course.version, "key": course.key_digest},
        "isolation": {"level": isolation.level, "layers": dict(isolation.layers)},
    }
    with replacing(path) as file:
        # without the closing brace, since the submissions are appended one at a time
        file.write(json.dumps(head, indent=1)[: -len("\n}")] + ',\n "submissions": [')
        separator = "\n  "
        for report in reports:
            file.write(separator + json.dumps(submission_entry(report), allow_nan=False))
            separator = ",\n  "
        file.write("\n ]\n}\n")


def submission_entry(report: Report) -> dict[str, Any]:
    """One element of `submissions`; if grading itself failed, every score is None, not 0."""
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
