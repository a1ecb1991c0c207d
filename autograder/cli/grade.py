"""`autograder grade`: all groups on every submission."""

from __future__ import annotations

import os
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.answer_key.assignment import LEVELS, Assignment
from autograder.cli.options import course_option
from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.batch.dask_pool import ClusterPool
    from autograder.batch.process_pool import OwnProcess, ProcessPool
    from autograder.model import Course
    from autograder.platforms.enrolment import Enrolment
    from autograder.platforms.hand_ins import HandIns

_WROTE = "wrote results.json, gradebook.csv{} and gradebook.sqlite in {}"
_PAGES = ", index.html, feedback/"


@click.command("grade")
@click.argument("submissions", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--out",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the results go; the same DIR again grades only what has changed.",
)
@click.option(
    "--roster",
    metavar="CSV",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Who takes the course: ids, names, sections; shows also who handed nothing in.",
)
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, 512),
    help="How many submissions to grade at a time; one for each core when not given.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Grade on the workers of the Dask cluster at ADDRESS, such as tcp://host:8786.",
)
@click.option(
    "--require-isolation",
    "least_level",
    type=click.Choice(LEVELS),
    default=LEVELS[0],
    help="Refuse to run students' code under less isolation than this (exit code 3).",
)
@click.option("--again", is_flag=True, help="Grade also what has not changed.")
@click.option(
    "--pages/--no-pages",
    default=True,
    help="Write the web pages too, or leave them to `autograder report`.",
)
@course_option
def command(
    submissions: Path,
    out: Path,
    roster: Path | None,
    workers: int | None,
    scheduler: str | None,
    least_level: str,
    again: bool,
    pages: bool,
    folder: Path,
) -> None:
    """Grade every submission found, on all test groups.

    SUBMISSIONS is a folder with one folder, archive, script or notebook for each student, or one
    submission; or what Canvas, Moodle, Gradescope or Blackboard deliver, packed or not, or a folder
    of cloned classroom repositories. Of several attempts of one student the latest counts, or the
    best, as course.yaml says. DIR then holds results.json, gradebook.csv, gradebook.sqlite and
    web pages: index.html of the class, feedback/ with one for each student. A run that was stopped,
    in whatever way, goes on where it was when the same command is given again.

    A student's zero is a result, not a failure: the exit code is 3 only where a submission could
    not be graded through no fault of its own.
    """
    from autograder.course.load import load_course
    from autograder.platforms.enrolment import enrol
    from autograder.platforms.hand_ins import hand_ins
    from autograder.platforms.roster import read_roster

    if scheduler and workers:
        raise UsageError(
            "--workers counts processes of this machine, --scheduler names others; give one of them"
        )
    if out.exists() and out.samefile(submissions):
        raise UsageError(f"--out {out}: is the folder of the hand-ins; choose another one")
    course = load_course(folder)
    people = read_roster(roster) if roster is not None else ()
    with hand_ins(submissions, [part.name for part in course.parts], out) as found:
        enrolment = enrol(found.attempts, people)
        if not people:
            enrolment = replace(enrolment, strangers=())  # there is no list to be missing from
        failed = _grade(
            course, found, enrolment, out, workers, scheduler, least_level, again, pages
        )
    if failed:
        click.get_current_context().exit(3)


def _grade(
    course: Course,
    found: HandIns,
    enrolment: Enrolment,
    out: Path,
    workers: int | None,
    scheduler: str | None,
    least_level: str,
    again: bool,
    pages: bool,
) -> int:
    """How many could not be graded."""
    from rich.console import Console

    from autograder.answer_key.build import build_key
    from autograder.batch.run import collect
    from autograder.batch.schedule import batch_size
    from autograder.gradebook.gradebook import Gradebook
    from autograder.judging.grader import Grader
    from autograder.reporting.class_view import class_lines, names_of
    from autograder.reporting.graded_folder import write_reports
    from autograder.reporting.terminal import print_summary, progress
    from autograder.submissions.read import read_support

    support = read_support(course, course.folder / "solutions")
    assignment = Assignment(course, build_key(course), support, least_level)
    attempts = enrolment.attempts
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"--out {out}: cannot be made ({error.strerror}); choose a folder that you may write"
        ) from None
    if least_level != LEVELS[0] and not scheduler:
        with Grader(assignment):
            pass  # refuses now, before anything of an earlier run is touched
    console = Console()
    with Gradebook(out) as gradebook:
        before = gradebook.marks()
        with (
            progress(len(attempts), console) as on_report,
            _pool(assignment, min(workers or _cores(), len(attempts)), scheduler) as pool,
        ):
            collect(
                attempts,
                assignment,
                gradebook,
                pool,
                on_report,
                version=version("softmax-autograder"),
                missing=enrolment.missing,
                batch_size=batch_size(len(attempts), pool.capacity),
                again=again,
            )
        write_reports(gradebook, out, pages=pages)
        marks = gradebook.marks()
        failed = print_summary(gradebook.reports(), gradebook.isolation(), console, names_of(marks))
    lines = class_lines(
        found.platform, attempts, marks, enrolment.strangers, course.attempts, before
    )
    for line in (*found.notes, *lines, _WROTE.format(_PAGES if pages else "", out)):
        console.print(line, soft_wrap=True, markup=False, highlight=False)
    return failed


def _pool(
    assignment: Assignment, workers: int, scheduler: str | None
) -> OwnProcess | ProcessPool | ClusterPool:
    from autograder.batch.dask_pool import ClusterPool
    from autograder.batch.process_pool import OwnProcess, ProcessPool

    if scheduler:
        return ClusterPool(assignment, scheduler)
    return OwnProcess(assignment) if workers == 1 else ProcessPool(assignment, workers)


def _cores() -> int:
    # the cores that this process may use: fewer than the machine has, in a container
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
