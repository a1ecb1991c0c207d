"""`autograder validate`: the proof of the course."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from autograder.cli.options import course_option


@click.command("validate")
@click.option(
    "-e",
    "--exercise",
    "names",
    metavar="EXERCISE",
    multiple=True,
    help="Prove only this exercise; may be given several times.",
)
@click.option("--groups", is_flag=True, help="Show also what each test group alone catches.")
@course_option
def command(names: tuple[str, ...], groups: bool, folder: Path) -> None:
    """Prove that the course's tests accept what they must, and reject what they must.

    Tried are the references, the stubs, every variant, every misconception, and every mutant of a
    reference; independent oracles and printed numbers confirm the references.

    Exits with 1 when something is not as it must be.
    """
    from autograder.authoring.proof import render
    from autograder.authoring.validate import validate

    waiting = sys.stderr.isatty()

    def tell(step: str) -> None:
        if waiting:
            click.echo(f"\r\x1b[Ktrying {step}", nl=False, err=True)
        else:
            click.echo(f"trying {step}", err=True)

    try:
        proof = validate(folder, names, tell)
    finally:
        if waiting:
            click.echo("\r\x1b[K", nl=False, err=True)
    width = min(100, shutil.get_terminal_size((80, 24)).columns)
    click.echo(render(proof, width=width, groups=groups), nl=False)
    if not proof.proved:
        click.get_current_context().exit(1)
