"""Recognises what Blackboard delivers under "Download Assignment File"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from autograder.model import Attempt, Student
from autograder.platforms.naming import matched

_NAME = re.compile(
    r".+_(?P<user>[^_]+)_attempt_(?P<time>[0-9]{4}(?:-[0-9]{2}){5})(?:_(?P<given>.+)|\.txt)",
    re.DOTALL,
)
"""Assignment, user name, the attempt's time, the file's own name; `.txt` describes the attempt."""


def blackboard(folder: Path, names: Sequence[str]) -> list[Attempt] | None:
    """One attempt for each user and time; None if the folder is not Blackboard's.

    The time is that of the server, taken as UTC: it orders attempts, and is no proof of lateness.
    """
    matches = matched(_NAME, folder, names)
    if matches is None:
        return None
    by_attempt: dict[tuple[str, str], list[re.Match[str]]] = {}
    for match in matches:
        uploaded = by_attempt.setdefault((match["user"], match["time"]), [])
        if match["given"]:
            uploaded.append(match)
    try:
        return [
            Attempt(
                id=f"{user}_{time}",
                files=tuple(
                    (file["given"], folder / file.string) for file in files if file["given"]
                ),
                students=(Student(user, (user,)),),
                time=datetime.strptime(time, "%Y-%m-%d-%H-%M-%S").replace(tzinfo=timezone.utc),
            )
            for (user, time), files in by_attempt.items()
        ]
    except ValueError:
        return None  # digits that are no time: a name that only looks like Blackboard's
