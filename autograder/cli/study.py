"""`autograder study`: a session on my own."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import ExitStack
from difflib import get_close_matches
from pathlib import Path

import click

from autograder.cli.options import course_option, in_colour
from autograder.errors import UsageError

_CLEAR = "\x1b[H\x1b[2J"


@click.command("study")
@click.option("-e", "--exercise", "name", metavar="EXERCISE", help="Begin with this exercise.")
@click.option("--once", is_flag=True, help="Check once, show the screen, and end.")
@click.option("--plain", is_flag=True, help="Never clear the screen; for screen readers and logs.")
@course_option
def command(name: str | None, once: bool, plain: bool, folder: Path) -> None:
    """Study on your own: your files are checked whenever you save them.

    Works on the files in exercises/ and uses all test groups, since the references are yours.
    Where you are is kept in exercises/.study.json; a reset keeps the old text beside your file.

    \b
    Keys: n next exercise     h hint, one level more    l list
          c check all         s see a picture           r reference
          x reset to stub     q quit              any other: back to the exercise
    """
    from autograder.answer_key.build import build_key
    from autograder.course.load import load_course
    from autograder.sandbox.host.launch import launch_server
    from autograder.sandbox.sandbox import Sandbox
    from autograder.study.lesson import Lesson
    from autograder.study.screen import screen
    from autograder.study.terminal import run, single_keys
    from autograder.submissions.read import read_support

    launched = launch_server() if hasattr(os, "fork") else None
    course = load_course(folder)
    exercises = folder / "exercises"
    if not exercises.is_dir():
        raise UsageError(f"{exercises}: is missing; run 'autograder sync' to make it")
    support = read_support(course, folder / "solutions")
    clears = sys.stdout.isatty() and not plain and os.environ.get("TERM") != "dumb"
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(course.limits, launched=launched))
        lesson = Lesson(course, build_key(course), sandbox, support, exercises)
        if name is not None:
            lesson.choose(_known(name, [exercise.name for exercise in course.exercises]))
        lesson.look(at_all=True)

        def show() -> None:
            size = shutil.get_terminal_size((80, 24))
            text = screen(lesson.view, min(size.columns, 100), size.lines if clears else None)
            if clears:
                sys.stdout.write(_CLEAR)
            # A line end after the last line of a full screen would push out the first.
            click.echo(text, nl=not clears, color=in_colour())

        if once:
            show()
            return
        size = shutil.get_terminal_size if clears else lambda: None
        run(lesson, stack.enter_context(single_keys()), show, size)


def _known(name: str, names: list[str]) -> str:
    if name in names:
        return name
    alike = get_close_matches(name, names, 1)
    hint = f"did you mean '{alike[0]}'?" if alike else f"there are {', '.join(names)}"
    raise UsageError(f"--exercise {name!r}: no such exercise; {hint}")
