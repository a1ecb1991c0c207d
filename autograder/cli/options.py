"""Options shared by several commands."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

course_option = click.option(
    "--course",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=".",
    help="The course's folder; by default the current one.",
)


def in_colour() -> bool:
    """Whether standard output is a terminal with colours and the user has not disabled them."""
    # https://no-color.org: any value that is not empty
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not unwanted
