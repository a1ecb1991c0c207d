"""Writes the pages of a gradebook: index.html for the class, feedback/ for the students."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from autograder.errors import AutograderError
from autograder.gradebook.final_mark import FinalMark
from autograder.gradebook.gradebook import Gradebook, GradedCourse
from autograder.model import Report
from autograder.replacing import replacing
from autograder.reporting.class_results import gather
from autograder.reporting.pages.class_page import class_page
from autograder.reporting.pages.document import GENERATOR
from autograder.reporting.pages.feedback_files import FOLDER, FeedbackFile, feedback_files
from autograder.reporting.pages.student import student_page

INDEX = "index.html"
_HEAD = 400
"""Bytes in which a page says who made it."""


def write_pages(gradebook: Gradebook, folder: Path) -> int:
    """Write index.html and feedback/ into `folder`; how many feedback pages there are.

    Pages of earlier runs that are nobody's any more are taken away; other people's files stay.
    Raises UsageError where the gradebook holds no run, AutograderError when the disk refuses.
    """
    course, marks = gradebook.course(), gradebook.marks()
    pages = feedback_files(marks)
    try:
        (folder / FOLDER).mkdir(exist_ok=True)
        results = gather(_with_feedback(gradebook.reports(), course, marks, pages, folder))
        _take_away(folder / FOLDER, {f"{page.stem}.html" for page in pages})
    except OSError as error:
        raise AutograderError(
            f"{error.filename}: cannot be written ({error.strerror or error}); "
            "free the place or choose another folder, then run the command again"
        ) from error
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
    """The reports, each after its feedback is written: reading them twice takes too long."""
    by_submission: dict[str, list[FeedbackFile]] = {}
    for page in pages:
        by_submission.setdefault(page.submission, []).append(page)
    for report in reports:
        for page in by_submission.get(report.id, ()):
            text = student_page(report, course, [marks[place] for place in page.places])
            (folder / page.path).write_text(text, encoding="utf-8", newline="\n")
        yield report


def _take_away(folder: Path, names: set[str]) -> None:
    """Delete the pages of ours in `folder` that are none of `names`."""
    for path in folder.glob("*.html"):
        if path.name in names:
            continue
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if f'<meta name="generator" content="{GENERATOR}">'.encode() in head:
            path.unlink()
