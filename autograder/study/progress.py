"""Remembers from one session to the next where a learner is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.atomic_write import replacing

FILE = ".study.json"


@dataclass(frozen=True)
class Progress:
    """Which exercise is being worked on, and how many hints of each were seen."""

    current: str
    hints: Mapping[str, int] = field(default_factory=dict)


def read_progress(path: Path, names: tuple[str, ...]) -> Progress:
    """What `path` says; the first of `names` without hints where it says nothing usable.

    `names` are the exercises of the course: of others nothing is kept.
    """
    try:
        written: Any = json.loads(path.read_text(encoding="utf-8"))
        current, hints = written["current"], dict(written["hints"])
    except (OSError, ValueError, KeyError, TypeError):
        return Progress(names[0])
    return Progress(
        current if current in names else names[0],
        {name: hints[name] for name in names if type(hints.get(name)) is int},
    )


def write_progress(path: Path, progress: Progress) -> None:
    """Replace the file as a whole. Raises AutograderError where the disk refuses."""
    with replacing(path) as file:
        json.dump({"current": progress.current, "hints": dict(progress.hints)}, file, indent=1)
        file.write("\n")
