"""`autograder check`: run the public test groups on the user's files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import course_option, in_colour

if TYPE_CHECKING:
    from autograder.sandbox.host.launch import Launched


@click.command("check")
@click.argument("path", type=click.Path(path_type=Path, exists=True), required=False)
@click.option(
    "-e",
    "--exercise",
    "names",
    metavar="EXERCISE",
    multiple=True,
    help="Check only this exercise; may be given several times.",
)
@click.option(
    "--plot",
    "drawn",
    is_flag=True,
    help="Draw the first wrong answer, or with -e each: expected, got, difference.",
)
@click.option(
    "--plot-to",
    "plots",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Put the pictures into this folder, not next to my files.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for editors.")
@course_option
@click.pass_obj
def command(
    launched: Launched | None,
    path: Path | None,
    names: tuple[str, ...],
    drawn: bool,
    plots: Path | None,
    as_json: bool,
    folder: Path,
) -> None:
    """Check my files against the public test groups.

    PATH is a folder, a .py, .ipynb or .zip file; the exercises folder when not given. If PATH is
    one part's file, only that part is checked. Your code runs in the sandbox that also grades it.
    Public groups are not all: hidden ones, which are named, hold the other points.

    Exits with 1 when a public group is not passed.
    """
    from autograder.judging.check import check

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
