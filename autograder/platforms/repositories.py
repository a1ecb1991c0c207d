"""Recognises a folder of cloned classroom repositories, one for each student or team."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from autograder.model import Attempt, Student

_PARENT = re.compile(r"(?P<assignment>.+?)[-_]submissions(?:[-_].*)?")
"""`hw1-submissions` of `gh classroom clone`; `cs1-hw1_submissions_2026_09_01` of Classroom 50."""


def repositories(folder: Path, names: Sequence[str]) -> list[Attempt] | None:
    """One attempt for each clone, called `<assignment>-<user>`; None where these are none.

    The name of the assignment is that in the folder's own name, else what all names begin with.
    No git command is run on a student's repository, as its settings can name programs to run.
    """
    clones = [name for name in names if (folder / name).is_dir()]
    match = _PARENT.fullmatch(folder.name)
    prefix = match["assignment"] + "-" if match else ""
    if not (prefix and clones and all(name.startswith(prefix) for name in clones)):
        if len(clones) < 2 or not all((folder / name / ".git").exists() for name in clones):
            return None
        prefix = _common_words(clones)
    users = [name.removeprefix(prefix) for name in clones]
    if not prefix or not all(users):
        return None
    return [
        Attempt(id=name, files=(("", folder / name),), students=(Student(user, (user,)),))
        for name, user in zip(clones, users, strict=True)
    ]


def _common_words(names: Sequence[str]) -> str:
    """What all names begin with, in whole words, each with its hyphen."""
    words = zip(*(name.split("-") for name in names), strict=False)
    alike = takewhile(lambda column: len(set(column)) == 1, words)
    return "".join(column[0] + "-" for column in alike)
