"""`autograder build`: create the archives for students, platforms and CI."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.commands import course_option, out_option


@click.command("build")
@out_option("The folder for the archives.")
@course_option
def command(out: Path, folder: Path) -> None:
    """Build archives for students, Gradescope, otter and other platforms.

    Writes student.zip, gradescope.zip, otter.zip, github/ and, in platforms/, a folder each for
    prairielearn, coursera, autolab, submitty and gitlab. All of them contain the answer key, so
    keep them to yourself, except student.zip, github/classroom50/, platforms/gitlab/ and the
    workflows.
    """
    from autograder.authoring.build import build
    from autograder.authoring.sync import beside_stubs
    from autograder.course.load import load_course

    for path in build(folder, out):
        click.echo(f"wrote {out / path}")
    for line in beside_stubs(load_course(folder)):
        click.echo(f"handed out as it is: {line}")
