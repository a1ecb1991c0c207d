"""The `autograder` group, which loads the requested command, and what its commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.errors import UsageError

if TYPE_CHECKING:
    from autograder.sandbox.host.launch import Launched


def exercise_option(verb: str) -> Callable[[Any], Any]:
    """The option -e of the commands that can do their work for a few exercises."""
    return click.option(
        "-e",
        "--exercise",
        "names",
        metavar="EXERCISE",
        multiple=True,
        help=f"{verb} only this exercise; can be repeated.",
    )


def out_option(help: str) -> Callable[[Any], Any]:
    """The option --out of the commands that write a folder."""
    return click.option(
        "--out",
        metavar="DIR",
        required=True,
        type=click.Path(path_type=Path, file_okay=False),
        help=help,
    )


course_option = click.option(
    "--course",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=".",
    help="The course's folder; by default the current one.",
)


def isolation_option() -> Callable[[Any], Any]:
    """The option --require-isolation, of the commands that grade."""
    from autograder.answer_key.assignment import LEVELS

    return click.option(
        "--require-isolation",
        "least_level",
        metavar="LEVEL",
        type=click.Choice(LEVELS),
        default=LEVELS[0],
        help="Refuse to run student code with less isolation than this: "
        f"{', '.join(LEVELS)}. Exit code 3.",
    )


def in_colour() -> bool:
    """Whether standard output is a terminal with colours and the user has not disabled them."""
    # https://no-color.org: any value that is not empty
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not unwanted


COMMANDS = {
    "adjust": "adjust",
    "build": "authors",
    "check": "check",
    "grade": "grade",
    "grade-for": "grade_for",
    "new": "authors",
    "report": "report",
    "study": "study",
    "sync": "authors",
    "validate": "authors",
}
"""The commands, each with its module, imported only when needed, since some imports are slow."""


class Commands(click.Group):
    """A click group that imports its commands on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"autograder.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from autograder.fixed_names import installed

        click.echo(f"autograder, version {installed().version}")
        context.exit()


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def autograder() -> None:
    """Check, grade and maintain a course of numpy exercises.

    Run a command in the course's folder, or give that folder with --course DIR.

    \b
    Exit codes:
      0  done
      1  the check failed (check, validate, sync --check)
      2  wrong usage or bad input
      3  the grader itself failed
    """


def run(arguments: list[str], launched: Launched | None = None) -> int:
    """Run the command and return its exit code. Raises UsageError if the arguments are wrong.

    `launched` is a sandbox server for `check` to use.
    """
    words = [*arguments] or ["--help"]
    try:
        with autograder.make_context("autograder", words, obj=launched) as context:
            autograder.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code if arguments else 2
    except click.ClickException as error:
        raise UsageError(_in_one_line(error, arguments)) from None
    return 0


def _in_one_line(error: click.ClickException, arguments: list[str]) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "autograder"
    message = error.format_message().rstrip(".")
    if context is not None and context.command is autograder and arguments:
        from difflib import get_close_matches

        alike = get_close_matches(arguments[0], COMMANDS, 1)
        if alike:
            message += f" (did you mean '{alike[0]}'?)"
    return f"{message}; see '{path} --help'"
