"""Recognises what Canvas delivers under "Download Submissions"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from autograder.model import Attempt, Student
from autograder.platforms.naming import matched
from autograder.submissions.entries import ending

_NAME = re.compile(
    r"(?:(?P<name>(?!LATE_|anon_).+?)_)?(?P<late>LATE_)?(?P<user>[0-9]+|anon_[0-9A-Za-z]+)_"
    r"(?:[0-9]+_(?P<given>.+)|(?P<page>(?:text|link)\.html))",
    re.DOTALL,
)
"""name, LATE, the user's number, the upload's number, the file's own name: in one flat folder.

As in Canvas's `lib/content_zipper.rb`; the name is the sortable one ("Wong, Ada") in lower case
with nothing left but letters, digits and underscores; anonymous hand-ins have none.
"""
_COPY = re.compile(r"-[0-9]+(?=\.[^.]*\Z)")
"""What Canvas puts behind the name of a file that is uploaded once more."""


def canvas(folder: Path, names: Sequence[str]) -> list[Attempt] | None:
    """One attempt for each user, of all files with that user's number; None if it is not Canvas's.

    Canvas delivers only the last attempt.
    """
    matches = matched(_NAME, folder, names)
    if matches is None:
        return None
    by_user: dict[str, list[re.Match[str]]] = {}
    for match in matches:
        by_user.setdefault(match["user"], []).append(match)
    return [_attempt(folder, user, files) for user, files in by_user.items()]


def _attempt(folder: Path, user: str, files: list[re.Match[str]]) -> Attempt:
    name = files[0]["name"] or ""
    given = [file["given"] or file["page"] for file in files]
    return Attempt(
        id=f"{name}_{user}" if name else user,
        files=tuple(
            (_as_uploaded(own, given), folder / file.string)
            for own, file in zip(given, files, strict=True)
        ),
        students=(Student(name, (user,)),),
        late=any(file["late"] for file in files),
    )


def _as_uploaded(name: str, others: list[str]) -> str:
    """`helper-1.py` was uploaded as `helper.py`, and is imported under that name."""
    original = _COPY.sub("", name)
    is_code = ending(name) in (".py", ".ipynb")
    alike = [other for other in others if _COPY.sub("", other) == original]
    return original if is_code and len(alike) == 1 else name
