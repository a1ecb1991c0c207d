"""`autograder new`: create a course or an exercise."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.commands import course_option


@click.group("new", no_args_is_help=False)
def command() -> None:
    """Start a course or an exercise.

    The files are commented and pass `autograder validate`; change them step by step.
    """


@command.command("course")
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


@command.command("exercise")
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
