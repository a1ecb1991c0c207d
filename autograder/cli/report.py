"""`autograder report`: write the output files of a graded folder again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cli.commands import course_option
from autograder.fixed_names import EXERCISES

if TYPE_CHECKING:
    from autograder.gradebook.gradebook import Gradebook

Command = Callable[..., Any]
_SIMILAR = "similar.html"


_LISTS = {
    "canvas": "this export of Canvas's gradebook",
    "moodle": "this grading worksheet of Moodle",
    "brightspace": "this export of Brightspace's grades",
    "blackboard": "this download of Blackboard's Grade Center",
    "sakai": "this grades.csv of Sakai",
}
"""The platforms whose list of marks can be filled in, with what is given to do so."""


def _list_options(command: Command) -> Command:
    for platform, what in reversed(_LISTS.items()):  # a decorator adds its option in front
        command = click.option(
            f"--{platform}",
            metavar="CSV",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help=f"Fill in the marks in {what}. Upload the result, DIR/{platform}.csv.",
        )(command)
    return command


@click.command("report")
@click.argument("graded", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@_list_options
@click.option(
    "--feedback-zip",
    type=click.Choice(["moodle", "canvas"]),
    help="Pack the feedback pages for upload to the platform: DIR/PLATFORM-feedback.zip.",
)
@click.option(
    "--column",
    metavar="TITLE",
    default="",
    help="The assignment's column, if the list has several.",
)
@click.option("--changes", is_flag=True, help="Show whose mark changed, when, and why.")
@click.option(
    "--similar",
    metavar="SUBMISSIONS",
    type=click.Path(path_type=Path, exists=True),
    help="Compare these submissions with each other; DIR/similar.html shows the similar ones.",
)
@course_option
def report_command(
    graded: Path,
    feedback_zip: str | None,
    column: str,
    changes: bool,
    similar: Path | None,
    folder: Path,
    **lists: Path | None,
) -> None:
    """Write the files of a graded folder again, without grading.

    DIR is the folder that `autograder grade --out DIR` wrote. Writes results.json, gradebook.csv,
    index.html and the pages in feedback/ from its gradebook.sqlite.
    """
    from autograder.errors import UsageError
    from autograder.gradebook import gradebook as gradebooks
    from autograder.gradebook.database import alone_in
    from autograder.reporting.graded_folder import write_reports
    from autograder.reporting.platform_uploads import fill_list, write_feedback_zip
    from autograder.reporting.terminal import change_lines, filled_lines, ungraded_lines

    gradebooks.require_gradebook(graded)
    if column and not any(lists.values()):
        options = ", ".join(f"--{platform}" for platform in _LISTS)
        raise UsageError(f"--column names a column of a list: name the list too, with {options}")
    with alone_in(graded), gradebooks.Gradebook(graded, must_exist=True) as gradebook:
        write_reports(gradebook, graded)
        click.echo(f"{graded}: wrote results.json, gradebook.csv, index.html and feedback/")
        for line in ungraded_lines(gradebook.ungraded()):
            click.echo(line)
        for platform in _LISTS:
            if (given := lists[platform]) is not None:
                marks = gradebook.marks()
                path, filled = fill_list(platform, given, marks, graded, column)
                for line in filled_lines(path, filled, marks):
                    click.echo(line)
        if feedback_zip is not None:
            for line in write_feedback_zip(gradebook, graded, feedback_zip):
                click.echo(line)
        if changes:
            for line in change_lines(gradebooks.changes(gradebook)):
                click.echo(line)
        if similar is not None:
            click.echo(_write_similar(gradebook, graded, similar, folder))


def _write_similar(gradebook: Gradebook, graded: Path, submissions: Path, folder: Path) -> str:
    """Write similar.html into the folder `graded`; return a line that summarises it.

    The gradebook does not store students' code, so it is read again from `submissions`; `folder` is
    the course, whose handed-out files are excluded from the comparison.
    """
    from autograder.atomic_write import replacing
    from autograder.course.load import load_course
    from autograder.model.submission import Attempt, Submission
    from autograder.platforms.hand_ins import hand_ins
    from autograder.reporting.document import similar_page
    from autograder.similarity import class_matches
    from autograder.submissions.read import own_work, read_attempt, read_submission, read_support
    from autograder.text import number_of

    course = load_course(folder)
    parts = course.part_names
    support = read_support(course, folder / "solutions")
    stubs = read_submission(folder / EXERCISES, "stubs", parts).sources

    def read(attempt: Attempt) -> Submission:
        return own_work(read_attempt(attempt, parts), support)

    with hand_ins(submissions, parts, graded) as found:
        pairs = class_matches(found.attempts, read, (*stubs, *support), course.by_name)
        compared = len(found.attempts)
    names = {mark.submission: mark.student.name for mark in gradebook.marks() if mark.submission}
    with replacing(graded / _SIMILAR) as file:
        file.write(similar_page(course.name, pairs, compared, names))
    what = f"{number_of(len(pairs), 'pair')} to look at, of {number_of(compared, 'submission')}"
    return f"{graded / _SIMILAR}: {what}"
