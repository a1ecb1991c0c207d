"""Recognises what Moodle delivers under "Download all submissions"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from autograder.model import Attempt, Student
from autograder.platforms.naming import matched

_NAME = re.compile(
    r"(?P<name>.*?)(?:_(?P<user>[0-9]+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<given>.*))?",
    re.DOTALL,
)
"""Full name, the participant's number, the kind of submission; a folder, or a prefix to each file.

As in Moodle's `mod/assign/classes/downloader.php`. The number is that of the grading worksheet's
column "Identifier" ("Participant 123456"). For teams it is the group's name and number.
"""


def moodle(folder: Path, names: Sequence[str]) -> list[Attempt] | None:
    """One attempt for each participant; None if the folder is not Moodle's.

    Moodle delivers only the last attempt. It tells of no time; the grading worksheet does.
    """
    matches = matched(_NAME, folder, names)
    if matches is None:
        return None
    by_participant: dict[tuple[str, str], list[re.Match[str]]] = {}
    for match in matches:
        participant = (match["name"], match["user"] or "")
        by_participant.setdefault(participant, []).append(match)
    return [
        Attempt(
            id=f"{name}_{user}" if user else name,
            files=tuple((file["given"] or "", folder / file.string) for file in files),
            students=(Student(name, (user,) if user else ()),),
        )
        for (name, user), files in by_participant.items()
    ]
