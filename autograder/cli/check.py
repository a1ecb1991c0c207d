"""`autograder check`: run the public test groups on the user's files."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.commands import course_option, exercise_option, in_colour

if TYPE_CHECKING:
    from autograder.sandbox.host.launch import Launched


_LINE = "\r\x1b[K"


@click.command("check")
@click.argument("path", type=click.Path(path_type=Path, exists=True), required=False)
@exercise_option("Check")
@click.option(
    "--plot",
    "drawn",
    is_flag=True,
    help="Draw the first wrong answer, or with -e every one: expected, got, difference.",
)
@click.option(
    "--plot-to",
    "plots",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Save the pictures in this folder instead of next to my files.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for editors.")
@course_option
@click.pass_obj
def check_command(
    launched: Launched | None,
    path: Path | None,
    names: tuple[str, ...],
    drawn: bool,
    plots: Path | None,
    as_json: bool,
    folder: Path,
) -> None:
    """Check my files against the public test groups.

    PATH is a folder or a .py, .ipynb or .zip file; by default the exercises folder. If PATH is the
    file of one part, only that part is checked. Your code runs in the same sandbox that grades it.
    The hidden test groups, which are listed by name, hold the remaining points.

    Exits with 1 if a public group fails.
    """
    from autograder.judging.check import check

    with _waiting_told():
        result = check(path, course=folder, exercises=names, launched=launched)
    checked = result.check
    if as_json:
        from autograder.reporting.check_view import check_json

        click.echo(check_json(checked, result.course, result.isolation), nl=False)
    else:
        from autograder.reporting.check_view import render

        width = max(40, min(100, shutil.get_terminal_size((80, 24)).columns))
        view = render(
            checked,
            result.course,
            result.isolation,
            place=str(result.path),
            width=width,
            in_full=bool(names),
        )
        click.echo(view, nl=False, color=in_colour())
    if drawn or plots:
        from autograder.reporting.plot import save_pictures

        place = plots or (result.path if result.path.is_dir() else result.path.parent)
        for line in save_pictures(checked, place, all_of_them=bool(names)):
            click.echo(line, err=as_json)  # to stderr with --json, so that stdout is only JSON
    if not checked.accepted:
        click.get_current_context().exit(1)


@contextmanager
def _waiting_told() -> Iterator[None]:
    """While a check runs, say each second for how long, if standard error is a terminal."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    done = threading.Event()

    def tell() -> None:
        seconds = 0
        while not done.wait(1.0):
            seconds += 1
            click.echo(f"{_LINE}checking … {seconds} s", nl=False, err=True)
        if seconds:
            click.echo(_LINE, nl=False, err=True)

    telling = threading.Thread(target=tell, daemon=True)
    telling.start()
    try:
        yield
    finally:
        done.set()
        telling.join()
