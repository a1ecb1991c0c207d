"""`autograder sync`: generate the exercises from the solutions."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.commands import course_option


@click.command("sync")
@click.option("--check", "only_check", is_flag=True, help="Only compare; change nothing.")
@course_option
def command(only_check: bool, folder: Path) -> None:
    """Regenerate exercises/ from solutions/ and course.yaml.

    With --check, exits with 1 if a file in exercises/ is out of date.
    """
    from autograder.authoring.sync import Kind, beside_stubs, check, sync
    from autograder.course.load import load_course

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
        for line in beside_stubs(load_course(folder)):
            click.echo(f"handed out as it is: {line}")
    elif found:
        click.get_current_context().exit(1)
