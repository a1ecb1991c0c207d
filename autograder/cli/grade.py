"""`autograder grade`: run all test groups on every submission."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TextIO, cast

import click

from autograder.cli.commands import course_option, isolation_option, out_option
from autograder.errors import UsageError
from autograder.platforms.hand_ins import CLASS, FOLDER, ONE, PLATFORMS

_WROTE = "wrote results.json, gradebook.csv{} and gradebook.sqlite in {}"
_PAGES = ", index.html, feedback/"


@click.command("grade")
@click.argument("submissions", type=click.Path(path_type=Path, exists=True))
@out_option("The folder for the results. With the same DIR, only what has changed is graded again.")
@click.option(
    "--roster",
    metavar="CSV",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Who takes the course: ids, names, sections, groups. Students without a submission are "
    "listed too. Can be repeated, once for each section.",
)
@click.option(
    "--earlier",
    metavar="DIR",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The graded folder of an earlier assignment, whose free late days are used up. Can be "
    "repeated.",
)
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, 512),
    help="How many submissions to grade at a time; by default one for each core.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Grade on the workers of the Dask cluster at ADDRESS, such as tcp://host:8786.",
)
@isolation_option()
@click.option("--again", is_flag=True, help="Grade unchanged submissions again, too.")
@click.option(
    "--pages/--no-pages",
    default=True,
    help="Write the web pages, or leave them to `autograder report`.",
)
@click.option(
    "--one", is_flag=True, help="SUBMISSIONS is a single submission, whatever it looks like."
)
@click.option(
    "--class", "many", is_flag=True, help="SUBMISSIONS is a class, even if most of it is missing."
)
@click.option(
    "--from",
    "platform",
    metavar="PLATFORM",
    type=click.Choice([*PLATFORMS, FOLDER]),
    help="Where SUBMISSIONS comes from, if it is not recognised by its names: "
    f"{', '.join(PLATFORMS)} or {FOLDER}.",
)
@click.option(
    "--checked-out",
    is_flag=True,
    help="Grade the files in clones as they are, not the last commit before the deadline.",
)
@course_option
def grade_command(
    submissions: Path,
    out: Path,
    roster: tuple[Path, ...],
    earlier: tuple[Path, ...],
    workers: int | None,
    scheduler: str | None,
    least_level: str,
    again: bool,
    pages: bool,
    one: bool,
    many: bool,
    platform: str | None,
    checked_out: bool,
    folder: Path,
) -> None:
    """Grade every submission on all test groups.

    SUBMISSIONS is a folder with one folder, archive, script or notebook for each student; a
    download from Canvas, Moodle, Gradescope, Blackboard, Brightspace, Sakai, Google Classroom,
    Microsoft Teams or nbgrader, packed or unpacked; a folder of cloned repositories; or a single
    submission. Nothing is graded if it could be one submission or a class; add --one or --class.

    If a student has several attempts, the latest or the best counts, as course.yaml says. With a
    deadline, a clone is graded at its last commit before it.

    Writes results.json, gradebook.csv, gradebook.sqlite and web pages to DIR: index.html for the
    class and feedback/ with a page for each student. To continue an interrupted run, repeat the
    command.

    A student's zero is a result, not a failure. The exit code is 3 only if a submission could not
    be graded because the grader failed.
    """
    from rich.console import Console

    from autograder.api import grade
    from autograder.course.load import load_course
    from autograder.reporting.terminal import (
        SteadyOutput,
        class_lines,
        names_of,
        print_summary,
        progress,
    )

    if scheduler and workers:
        raise UsageError(
            "--workers counts processes of this machine, --scheduler names others; give one of them"
        )
    if one + many + (platform is not None) > 1:
        raise UsageError("--one, --class and --from say different things; give one of them")
    workers, fewer = _affordable(workers or _cores())
    course = load_course(folder)
    output = SteadyOutput(sys.stdout)
    console = Console(file=cast(TextIO, output))
    graded = grade(
        course,
        submissions,
        out,
        roster=roster,
        earlier=earlier,
        workers=workers,
        scheduler=scheduler,
        least_level=least_level,
        again=again,
        pages=pages,
        layout=ONE if one else CLASS if many else platform,
        checked_out=checked_out,
        watch=lambda total: progress(total, console),
    )
    names = names_of(graded.marks)
    failed = print_summary(graded.reports(), graded.isolation, console, names)
    lines = class_lines(
        graded.platform,
        graded.attempts,
        graded.marks,
        graded.strangers,
        course,
        graded.marks_before,
    )
    for line in (
        *graded.notes,
        *fewer,
        *lines,
        _WROTE.format(_PAGES if pages else "", out),
    ):
        console.print(line, soft_wrap=True, markup=False, highlight=False)
    if output.failure is not None:
        raise output.failure
    if failed:
        click.get_current_context().exit(3)


def _cores() -> int:
    # the cores that this process may use: fewer than the machine has, in a container
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_FILES, _FILES_OF_WORKER = 32, 8
"""Open files that this process needs, in total and for each worker: measured, with a margin."""
_MOST_FILES = 1024
"""The soft limit is raised to at most this: the sandbox closes descriptors only below it."""
_TASKS, _TASKS_OF_WORKER = 2, 10
"""Processes and threads started, in total and for each worker: measured, with a margin."""


def _affordable(wanted: int) -> tuple[int, list[str]]:
    """The number of workers this process can start, and a line that explains a reduction."""
    files, tasks = _for_files(), _for_tasks(wanted)
    if wanted <= min(files, tasks):
        return wanted, []
    if files <= tasks:
        return files, [f"graded with --workers {files}: more files may not be open (ulimit -n)"]
    return tasks, [f"graded with --workers {tasks}: no more processes may be started (ulimit -u)"]


def _for_files() -> int:
    """How many workers the limit of open files allows; raises the soft limit if needed."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows has no such limit
        return 512
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft == resource.RLIM_INFINITY:
        return 512
    if soft < _FILES:
        raise UsageError(
            f"only {soft} files may be open at a time, {_FILES} are needed; "
            "raise the limit, such as with `ulimit -n 256`"
        )
    return max(1, (soft - _FILES) // _FILES_OF_WORKER + 1)


def _for_tasks(wanted: int) -> int:
    """How many workers the process limit allows, found by starting threads, which count too.

    A worker that could not start its processes would wait for them forever.
    """
    if wanted == 1:  # runs in this process, which reports itself what it cannot start
        return 1
    enough = threading.Event()
    started: list[threading.Thread] = []
    try:
        for _ in range(_TASKS + wanted * _TASKS_OF_WORKER):
            thread = threading.Thread(target=enough.wait, daemon=True)
            thread.start()
            started.append(thread)
    except RuntimeError:
        pass
    enough.set()
    for thread in started:
        thread.join()
    return max(1, (len(started) - _TASKS) // _TASKS_OF_WORKER)
