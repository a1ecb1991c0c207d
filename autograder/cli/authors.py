"""The commands for authors: `autograder new`, `sync`, `build` and `validate`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.commands import course_option, exercise_option, out_option
from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.authoring.proof import CourseProof


@click.group("new", no_args_is_help=False)
def new_command() -> None:
    """Start a course or an exercise.

    The files are commented and pass `autograder validate`; change them step by step.
    """


@new_command.command("course")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "template",
    metavar="COURSE",
    type=click.Choice(["softmax"]),
    default=None,
    help="Start from a copy of this course instead: softmax.",
)
def course(folder: Path, template: str | None) -> None:
    """Write a new course to the folder DIR, which must be new or empty.

    The course has one exercise with a public and a hidden test group, a variant, a misconception
    and an oracle. Its seed is drawn at random.
    """
    import jupytext  # noqa: F401 - sync needs it; without it nothing is written

    from autograder.authoring.new import new_course

    for path in new_course(folder, template or ""):
        click.echo(f"{folder / path}: written")
    click.echo(f"next: autograder validate --course {folder}")


@new_command.command("exercise")
@click.argument("name", metavar="NAME")
@click.option(
    "--part", metavar="PART", default="", help="The part to add it to; by default the last one."
)
@course_option
def exercise(name: str, part: str, folder: Path) -> None:
    """Add an exercise called NAME to the course.

    It has a public and a hidden test group, a variant and a misconception.
    """
    import jupytext  # noqa: F401 - sync needs it; without it nothing is written

    from autograder.authoring.new import new_exercise

    for path in new_exercise(folder, name, part):
        click.echo(f"{folder / path}: written")
    where = "" if folder.resolve() == Path.cwd() else f" --course {folder}"
    click.echo(f"next: autograder validate -e {name}{where}")


@click.command("sync")
@click.option("--check", "only_check", is_flag=True, help="Only compare; change nothing.")
@course_option
def sync_command(only_check: bool, folder: Path) -> None:
    """Regenerate exercises/ from solutions/ and course.yaml.

    With --check, exits with 1 if a file in exercises/ is out of date.
    """
    from autograder.authoring.sync import Kind, check, sync

    found = check(folder) if only_check else sync(folder)
    for difference in found:
        mended = not only_check and difference.kind is not Kind.STRAY
        what = "deleted" if difference.kind is Kind.OUTDATED else "written"
        if difference.kept:
            what += f"; what it held is kept in {difference.kept}"
        click.echo(f"{difference.path}: {what}" if mended else str(difference))
    if not found:
        click.echo("exercises/ is what solutions/ and course.yaml make")
    if not only_check:
        _say_what_stays(folder)
    elif found:
        click.get_current_context().exit(1)


@click.command("build")
@out_option("The folder for the archives.")
@course_option
def build_command(out: Path, folder: Path) -> None:
    """Build archives for students, Gradescope, otter and other platforms.

    Writes student.zip, gradescope.zip, otter.zip, github/ and, in platforms/, a folder each for
    prairielearn, coursera, autolab, submitty and gitlab. All of them contain the answer key, so
    keep them to yourself, except student.zip, github/classroom50/, platforms/gitlab/ and the
    workflows.
    """
    from autograder.authoring.build import build

    for path in build(folder, out):
        click.echo(f"wrote {out / path}")
    _say_what_stays(folder)


def _say_what_stays(folder: Path) -> None:
    """Say which code students get as it is, since it stands next to stubs."""
    from autograder.authoring.sync import beside_stubs
    from autograder.course.load import load_course

    for line in beside_stubs(load_course(folder)):
        click.echo(f"handed out as it is: {line}")


@click.command("validate")
@exercise_option("Prove")
@click.option("--groups", is_flag=True, help="Also show what each test group catches on its own.")
@click.option("--json", "json_wanted", is_flag=True, help="Print the proof as JSON.")
@click.option(
    "--accept",
    "reason",
    metavar="REASON",
    help="Record the mutants that no group catches as equivalent, with this reason.",
)
@click.option(
    "--watch",
    "watching",
    is_flag=True,
    help="Prove an exercise again whenever you save a file that affects it.",
)
@course_option
def validate_command(
    names: tuple[str, ...],
    groups: bool,
    json_wanted: bool,
    reason: str | None,
    watching: bool,
    folder: Path,
) -> None:
    """Prove that the tests accept right answers and reject wrong ones.

    Runs the references, the stubs, every variant, every misconception and every mutant of a
    reference. Independent oracles and printed numbers confirm the references.

    Exits with 1 if any part of the proof fails.
    """
    from autograder.authoring.proof import as_json, render
    from autograder.authoring.validate import accept_survivors

    if reason is not None and not reason.strip():
        raise UsageError("--accept: has no reason; say why these edits change no answer")
    if watching:
        _watch(folder, names, alone=not (groups or json_wanted or reason))
        return
    proof = _proof(folder, names)
    if reason is not None:
        accepted = proof.survivors
        proof = accept_survivors(folder, proof, reason)
    if json_wanted:
        click.echo(as_json(proof))
    else:
        width = min(100, shutil.get_terminal_size((80, 24)).columns)
        click.echo(render(proof, width=width, groups=groups), nl=False)
        if reason is not None:
            for one in accepted:
                click.echo(f"accepted: {one.exercise}: {one.edit}")
    if not proof.proved:
        click.get_current_context().exit(1)


def _watch(folder: Path, names: tuple[str, ...], *, alone: bool) -> None:
    from autograder.authoring.validate import watch

    if not alone:
        raise UsageError("--watch: works only with -e and --course; leave out the other options")
    watch(folder, names, click.echo)


def _proof(folder: Path, names: tuple[str, ...]) -> CourseProof:
    from autograder.authoring.validate import validate

    waiting = sys.stderr.isatty()

    def tell(step: str) -> None:
        start, end = ("\r\x1b[K", "") if waiting else ("", "\n")
        click.echo(f"{start}checking {step}{end}", nl=False, err=True)

    try:
        return validate(folder, names, tell)
    finally:
        if waiting:
            click.echo("\r\x1b[K", nl=False, err=True)
