"""Tells whether all hand-ins in a folder are named in one platform's way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from autograder.submissions.entries import SIZE_LIMITS, ending


def matched(
    pattern: re.Pattern[str], folder: Path, names: Sequence[str]
) -> list[re.Match[str]] | None:
    """The matches of `pattern`; None where there is none, or where a hand-in does not match.

    Other files may lie beside the hand-ins: a roster, a page of instructions.
    """
    matches = []
    for name in names:
        if match := pattern.fullmatch(name):
            matches.append(match)
        elif ending(name) in SIZE_LIMITS or (folder / name).is_dir():
            return None
    return matches or None
