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


def _list_option(platform: str, what: str) -> Callable[[Command], Command]:
    return click.option(
        f"--{platform}",
        metavar="CSV",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help=f"Fill in the marks in {what}. Upload the result, DIR/{platform}.csv.",
    )


@click.command("report")
@click.argument("graded", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@_list_option("canvas", "this export of Canvas's gradebook")
@_list_option("moodle", "this grading worksheet of Moodle")
@_list_option("brightspace", "this export of Brightspace's grades")
@_list_option("blackboard", "this download of Blackboard's Grade Center")
@_list_option("sakai", "this grades.csv of Sakai")
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
def command(
    graded: Path,
    canvas: Path | None,
    moodle: Path | None,
    brightspace: Path | None,
    blackboard: Path | None,
    sakai: Path | None,
    feedback_zip: str | None,
    column: str,
    changes: bool,
    similar: Path | None,
    folder: Path,
) -> None:
    """Write the files of a graded folder again, without grading.

    DIR is the folder that `autograder grade --out DIR` wrote. Writes results.json, gradebook.csv,
    index.html and the pages in feedback/ from its gradebook.sqlite.
    """
    from autograder.errors import UsageError
    from autograder.gradebook.database import alone_in
    from autograder.gradebook.gradebook import Gradebook, require_gradebook
    from autograder.reporting.graded_folder import write_reports
    from autograder.reporting.terminal import change_lines, ungraded_lines

    require_gradebook(graded)
    lists = {
        "canvas": canvas,
        "moodle": moodle,
        "brightspace": brightspace,
        "blackboard": blackboard,
        "sakai": sakai,
    }
    if column and not any(lists.values()):
        options = ", ".join(f"--{platform}" for platform in lists)
        raise UsageError(f"--column names a column of a list: name the list too, with {options}")
    with alone_in(graded), Gradebook(graded, must_exist=True) as gradebook:
        write_reports(gradebook, graded)
        click.echo(f"{graded}: wrote results.json, gradebook.csv, index.html and feedback/")
        for line in ungraded_lines(gradebook.ungraded()):
            click.echo(line)
        for platform, given in lists.items():
            if given is not None:
                _fill(gradebook, graded, platform, given, column)
        if feedback_zip is not None:
            from autograder.reporting.platform_uploads import write_feedback_zip

            for line in write_feedback_zip(gradebook, graded, feedback_zip):
                click.echo(line)
        if changes:
            from autograder.gradebook.gradebook import changes as find_changes

            for line in change_lines(find_changes(gradebook)):
                click.echo(line)
        if similar is not None:
            click.echo(_write_similar(gradebook, graded, similar, folder))


def _fill(gradebook: Gradebook, folder: Path, platform: str, given: Path, column: str) -> None:
    from autograder.reporting.platform_uploads import fill_list
    from autograder.reporting.terminal import filled_lines

    marks = gradebook.marks()
    path, filled = fill_list(platform, given, marks, folder, column)
    for line in filled_lines(path, filled, marks):
        click.echo(line)


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
    parts = [part.name for part in course.parts]
    support = read_support(course, folder / "solutions")
    stubs = read_submission(folder / EXERCISES, "stubs", parts).sources

    def read(attempt: Attempt) -> Submission:
        return own_work(read_attempt(attempt, parts), support)

    with hand_ins(submissions, parts, graded) as found:
        exercises = {exercise.name for exercise in course.exercises}
        pairs = class_matches(found.attempts, read, (*stubs, *support), exercises)
        compared = len(found.attempts)
    names = {mark.submission: mark.student.name for mark in gradebook.marks() if mark.submission}
    with replacing(graded / _SIMILAR) as file:
        file.write(similar_page(course.name, pairs, compared, names))
    what = f"{number_of(len(pairs), 'pair')} to look at, of {number_of(compared, 'submission')}"
    return f"{graded / _SIMILAR}: {what}"
