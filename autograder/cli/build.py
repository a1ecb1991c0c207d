"""`autograder build`: create the archives for students, platforms and CI."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.options import course_option


@click.command("build")
@click.option(
    "--out",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the archives go.",
)
@course_option
def command(out: Path, folder: Path) -> None:
    """Make what students, Gradescope, otter, GitHub and other platforms get.

    DIR then holds student.zip, gradescope.zip, otter.zip, github/, and in platforms/ a folder for
    each of prairielearn, coursera, autolab, submitty and gitlab. All but student.zip,
    github/classroom50/, platforms/gitlab/ and the workflows hold the answer key: keep them to
    yourself.
    """
    from autograder.authoring.build import build
    from autograder.authoring.sync import beside_stubs
    from autograder.course.load import load_course

    for path in build(folder, out):
        click.echo(f"wrote {out / path}")
    for line in beside_stubs(load_course(folder)):
        click.echo(f"handed out as it is: {line}")
