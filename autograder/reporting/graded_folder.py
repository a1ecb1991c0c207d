"""Writes all the files that are made from a gradebook.

Only the pages need the extra `instructor`, so they are imported where they are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from autograder.atomic_write import replacing, write_whole
from autograder.errors import AutograderError, UsageError
from autograder.gradebook.gradebook import Gradebook, GradedCourse
from autograder.gradebook.marks import FinalMark, in_words
from autograder.model import Report
from autograder.reporting.class_results import gather
from autograder.reporting.gradebook_csv import write_gradebook
from autograder.reporting.results_json import write_results
from autograder.submissions.names import distinct_ids

INDEX = "index.html"
FOLDER = "feedback"
_HEAD = 400
"""Bytes in which a page says who made it."""


def write_reports(gradebook: Gradebook, folder: Path, *, pages: bool = True) -> None:
    """Write results.json, gradebook.csv and the web pages, replacing those that are in `folder`.

    Without `pages` the pages that are there stay as they are.
    Raises UsageError where the gradebook holds no run, or one that has graded nothing yet: what is
    in `folder` from before then stays.
    """
    course, isolation = gradebook.course(), gradebook.isolation()
    if next(gradebook.reports(), None) is None:
        raise UsageError(
            f"{folder}: nothing of the last run is graded yet; run `autograder grade` again"
        )
    write_results(folder / "results.json", course, isolation, gradebook.reports())
    write_gradebook(folder / "gradebook.csv", gradebook.reports(), gradebook.marks())
    if pages:
        write_pages(gradebook, folder)


def write_pages(gradebook: Gradebook, folder: Path) -> int:
    """Write index.html and feedback/ into `folder`; how many feedback pages there are.

    Pages of earlier runs that are nobody's any more are taken away; other people's files stay.
    Raises UsageError where the gradebook holds no run, AutograderError when the disk refuses.
    """
    from autograder.reporting.pages.class_page import class_page

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
    from autograder.reporting.pages.student import student_page

    by_submission: dict[str, list[FeedbackFile]] = {}
    for page in pages:
        by_submission.setdefault(page.submission, []).append(page)
    for report in reports:
        for page in by_submission.get(report.id, ()):
            text = student_page(report, course, [marks[place] for place in page.places])
            write_whole(folder / page.path, text.encode(), survives_power_cut=False)
        yield report


def _take_away(folder: Path, names: set[str]) -> None:
    """Delete the pages of ours in `folder` that are none of `names`."""
    from autograder.reporting.pages.document import GENERATOR

    for path in folder.glob("*.html"):
        if path.name in names:
            continue
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if f'<meta name="generator" content="{GENERATOR}">'.encode() in head:
            path.unlink()


# --- feedback pages: one for each hand-in, or one for each partner where marks differ ---------


@dataclass(frozen=True)
class FeedbackFile:
    """One page, of a hand-in that was graded or should have been."""

    stem: str
    """The file's name without its ending: safe on every system, unlike every other one."""
    submission: str
    places: tuple[int, ...]
    """Among all marks, of those whose page it is: they got the same for the same reasons."""

    @property
    def path(self) -> str:
        """Below the folder of the gradebook, with a slash."""
        return f"{FOLDER}/{self.stem}.html"


def feedback_files(marks: Sequence[FinalMark]) -> tuple[FeedbackFile, ...]:
    """One page for each hand-in, in the order of `marks`.

    Partners of whom one was adjusted and another was not get a page each: what a teacher gave one
    of them is nobody else's business.
    """
    together: dict[str, dict[tuple[str, ...], list[int]]] = {}
    for place, mark in enumerate(marks):
        if mark.submission is not None:
            together.setdefault(mark.submission, {}).setdefault(in_words(mark), []).append(place)
    wanted = [
        (submission if len(by_words) == 1 else f"{submission}~{_identity(marks[own[0]])}", own)
        for submission, by_words in together.items()
        for own in by_words.values()
    ]
    stems = distinct_ids((name,) for name, _ in wanted)
    return tuple(
        FeedbackFile(stem, marks[own[0]].submission or "", tuple(own))
        for stem, (_, own) in zip(stems, wanted, strict=True)
    )


def _identity(mark: FinalMark) -> str:
    return next(iter(mark.student.ids), mark.student.name)
