"""`autograder check`: the public groups on my files."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import course_option, in_colour
from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.model import Course, Exercise, Submission

PUBLIC_KEY = "course.json"


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
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Put the pictures into this folder, not beside my files.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for editors.")
@course_option
def command(
    path: Path | None,
    names: tuple[str, ...],
    drawn: bool,
    plots: Path | None,
    as_json: bool,
    folder: Path,
) -> None:
    """Check my files against the public test groups.

    PATH is a folder, a .py, .ipynb or .zip file; the exercises folder when not given. Of a part's
    own file, only that part is checked. Your code runs in the same sandbox that also grades it.
    Public groups are not all: hidden ones, which are named, hold the other points.

    Exits with 1 when a public group is not passed.
    """
    # The server warms up while this process imports numpy: that halves the time a student waits.
    from autograder.sandbox.host.launch import launch_server

    key_path = _find_key(folder, path)
    launched = launch_server(lean=True) if hasattr(os, "fork") else None

    from autograder.answer_key.file import read_key
    from autograder.judging.public_check import check
    from autograder.sandbox.sandbox import Sandbox
    from autograder.submissions.read import own_work, read_submission, read_support

    course, key = read_key(key_path)
    exercises = _chosen(course, names, path)
    support = read_support(course, key_path.parent)
    handed_in = path or key_path.parent
    parts = [part.name for part in course.parts]
    beside = _lies_beside(handed_in, key_path)
    # A part imports the earlier ones, which lie beside it.
    read = read_submission(handed_in.parent if beside else handed_in, handed_in.name or ".", parts)
    submission = own_work(_without_twin(read, handed_in) if beside else read, support)
    with Sandbox(course.limits, launched=launched) as sandbox:
        checked = check(exercises, key, submission, sandbox, support)
        isolation = sandbox.isolation
    if as_json:
        from autograder.reporting.check_json import check_json

        click.echo(check_json(checked, course, isolation), nl=False)
    else:
        from autograder.reporting.check_view import render

        width = max(40, min(100, shutil.get_terminal_size((80, 24)).columns))
        view = render(
            checked, course, isolation, place=str(handed_in), width=width, in_full=bool(names)
        )
        click.echo(view, nl=False, color=in_colour())
    if drawn or plots:
        from autograder.reporting.check_pictures import save_pictures

        place = plots or (handed_in if handed_in.is_dir() else handed_in.parent)
        for line in save_pictures(checked, place, all_of_them=bool(names)):
            click.echo(line, err=as_json)  # what reads JSON reads nothing else
    if not checked.accepted:
        click.get_current_context().exit(1)


def _find_key(folder: Path, path: Path | None) -> Path:
    """The public answer key: in the course's exercises, or beside the files themselves."""
    places = [folder / "exercises", folder]
    if path is not None:
        places.append(path if path.is_dir() else path.parent)
    for place in places:
        if (place / PUBLIC_KEY).is_file():
            return place / PUBLIC_KEY
    raise UsageError(
        f"{folder}: found no {PUBLIC_KEY}, neither here nor in exercises/; run this in the "
        "course's folder or give it with --course"
    )


def _lies_beside(path: Path, key_path: Path) -> bool:
    code = path.suffix in (".py", ".ipynb") and path.is_file()
    return code and path.resolve().parent == key_path.resolve().parent


def _without_twin(submission: Submission, path: Path) -> Submission:
    """Without the notebook of the script that was asked for, or the other way round."""
    other = ".ipynb" if path.suffix == ".py" else ".py"
    twin = path.stem + other
    return replace(
        submission, sources=tuple(each for each in submission.sources if each.filename != twin)
    )


def _chosen(course: Course, names: tuple[str, ...], path: Path | None) -> list[Exercise]:
    """The exercises that are named; otherwise those of the part whose file it is, or all."""
    known = {exercise.name: exercise for exercise in course.exercises}
    for name in names:
        if name not in known:
            alike = get_close_matches(name, known, 1)
            hint = f"did you mean '{alike[0]}'?" if alike else f"there are {', '.join(known)}"
            raise UsageError(f"--exercise {name!r}: no such exercise; {hint}")
    if names:
        return [exercise for exercise in known.values() if exercise.name in names]
    own = path.stem if path is not None and path.is_file() else ""
    return [exercise for exercise in known.values() if exercise.part == own] or list(known.values())
