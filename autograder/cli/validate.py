"""`autograder validate`: prove the course's tests."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.commands import course_option, exercise_option

if TYPE_CHECKING:
    from autograder.authoring.proof import CourseProof


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
def command(
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
        from autograder.errors import UsageError

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
    from autograder.errors import UsageError

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
