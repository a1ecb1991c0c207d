"""Writes all the files that are made from a gradebook."""

from __future__ import annotations

from pathlib import Path

from autograder.gradebook.gradebook import Gradebook
from autograder.reporting.gradebook_csv import write_gradebook
from autograder.reporting.pages.write import write_pages
from autograder.reporting.results_json import write_results


def write_reports(gradebook: Gradebook, folder: Path, *, pages: bool = True) -> None:
    """Write results.json, gradebook.csv and the web pages, replacing those that are in `folder`.

    Without `pages` the pages that are there stay as they are.
    Raises UsageError where the gradebook holds no run.
    """
    course, isolation = gradebook.course(), gradebook.isolation()
    write_results(folder / "results.json", course, isolation, gradebook.reports())
    write_gradebook(folder / "gradebook.csv", gradebook.reports(), gradebook.marks())
    if pages:
        write_pages(gradebook, folder)
