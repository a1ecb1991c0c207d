"""`autograder study`: a study session with checks on every save."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from autograder.cli.commands import course_option, in_colour
from autograder.errors import UsageError
from autograder.fixed_names import EXERCISES, PUBLIC_KEY, SOLUTIONS

_CLEAR = "\x1b[H\x1b[2J"
_LOG_EVERY = 5  # s


@click.command("study")
@click.option("-e", "--exercise", "name", metavar="EXERCISE", help="Start with this exercise.")
@click.option("--once", is_flag=True, help="Check once, show the screen, and exit.")
@click.option("--plain", is_flag=True, help="Never clear the screen; for screen readers and logs.")
@click.option("--web", is_flag=True, help="Show the session as a page in your browser instead.")
@click.option("--port", type=int, default=0, help="The port for --web; by default a free one.")
@course_option
def study_command(
    name: str | None, once: bool, plain: bool, web: bool, port: int, folder: Path
) -> None:
    """Study on your own: checks your files whenever you save them.

    Works on the files in exercises/ and uses all test groups, since you have the references.
    Your place is kept in exercises/.study.json. A reset keeps your text in a file next to the
    exercise.

    \b
    Keys: n next exercise     h hint, one level more    l list, to choose from
          p previous          s see a picture           c check all, with results
          r reference         x reset to stub           q quit
    """
    from autograder.sandbox.host.launch import launch_server

    _require_solutions(folder)
    if web:
        from autograder.study.web import serve  # first, to report missing packages at once
    launched = launch_server() if hasattr(os, "fork") else None

    from autograder.answer_key.build import build_key
    from autograder.answer_key.trusted_modules import references_of
    from autograder.course.load import load_course
    from autograder.judging.check import require_exercise
    from autograder.judging.judge import Solutions
    from autograder.sandbox.sandbox import Sandbox
    from autograder.study.checker import Checker
    from autograder.study.lesson import Lesson
    from autograder.study.screen import screen, told_checking
    from autograder.study.terminal import run, single_keys
    from autograder.submissions.read import read_support

    course = load_course(folder)
    exercises = folder / EXERCISES
    if not exercises.is_dir():
        raise UsageError(f"{exercises}: is missing; run 'autograder sync' to make it")
    support = read_support(course, folder / "solutions")
    clears = sys.stdout.isatty() and not plain and os.environ.get("TERM") != "dumb"
    with ExitStack() as stack:
        sandbox = Sandbox(
            course.limits, packages=course.packages, exercises=course.exercises, launched=launched
        )
        stack.enter_context(sandbox)
        key = build_key(course)
        solutions = Solutions.of(key, references_of(course, key))
        checker = Checker(course, key, sandbox, support, solutions)
        lesson = Lesson(course, support, exercises)
        if name is not None:
            require_exercise(course, name)
            lesson.choose(name)

        shown = ""

        def show(checking: tuple[str, float] | None = None) -> None:
            nonlocal shown
            size = shutil.get_terminal_size((80, 24))
            if not clears:  # print each screen once, and a line during checks
                before, shown = shown, screen(lesson.view, min(size.columns, 100))
                if shown != before:
                    click.echo(shown, color=in_colour())
                elif checking is not None and int(checking[1]) % _LOG_EVERY == 0:
                    click.echo(told_checking(lesson.view, checking))
                return
            sys.stdout.write(_CLEAR)
            # A newline after the last line of a full screen would scroll the first line away.
            text = screen(lesson.view, min(size.columns, 100), size.lines, checking)
            click.echo(text, nl=False, color=in_colour())

        if once:
            lesson.saved()
            if lesson.job is not None:
                checker.run(lesson.job, lesson.take)
            show()
            return
        size = shutil.get_terminal_size if clears else lambda: None
        if web:
            stack.enter_context(checker)
            serve(lesson, checker, _tell_address, port)
            return
        keys = stack.enter_context(single_keys())
        stack.enter_context(checker)
        run(lesson, checker, keys, show, size=size, waits_for_keys=sys.stdin.isatty())


def _tell_address(address: str) -> None:
    click.echo(f"The session is at {address}")
    click.echo("Open it in a browser on this machine; Ctrl-C ends it.")
    sys.stdout.flush()


def _require_solutions(folder: Path) -> None:
    """Raise UsageError in a student's copy of the course, which has no references."""
    if (folder / SOLUTIONS).is_dir() or not any(
        (place / PUBLIC_KEY).is_file() for place in (folder, folder / EXERCISES)
    ):
        return
    raise UsageError(
        f"{folder}: study needs the course's own folder, with course.yaml and solutions/, since it "
        "uses the references; here use 'autograder check' after each save, or 'pytest'"
    )
