"""Which parts or exercises files have, and whether several people may have written them.

Decides by names and contents what `hand_ins` must know to tell one submission from a class.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from autograder.platforms.contents import (
    archive_tree,
    beginning,
    beginnings,
    files_in,
    folder_tree,
)
from autograder.platforms.layouts import Tree
from autograder.submissions.entries import (
    ending,
    is_archive,
    is_part_itself,
    recognised_part,
    without_part,
)

CODE = (".py", ".ipynb", ".qmd", ".rmd", ".ipy", ".py.txt")
_NO_PERSON = re.compile(
    r"(?:v|ver|version|attempt|try|draft|old|new|backup|bak|copy|final|fixed|src|source|data|docs?"
    r"|tests?|solutions?|exercises?|code|notebooks?|scripts?|helpers?|lib|utils?|images?|img"
    r"|figures?|plots?|results?|outputs?|assets|feedback|(?:un|new )?titled folder)[\W_\d]*",
    re.IGNORECASE,
)
"""Folder names that are never the name of a student."""
_READ = 1 << 20


class Work:
    """What the files of submissions have of the course's parts and exercises."""

    def __init__(self, parts: tuple[str, ...], exercises: tuple[str, ...]) -> None:
        self._parts = parts
        self._packed: dict[Path, set[bytes]] = {}
        """The exercises defined in the files of archives."""
        words = "|".join(map(re.escape, exercises))
        self._written = re.compile(rf"\bdef\s+({words})\s*\(".encode()) if exercises else None

    def is_nobody(self, name: str) -> bool:
        """Whether a folder's name cannot be a student's."""
        return bool(_NO_PERSON.fullmatch(name)) or is_part_itself(name, self._parts)

    def owner(self, name: str) -> str:
        """The owner of a loose file: its name without the part's name and the ending."""
        return without_part(name[: len(name) - len(ending(name))], self._parts).casefold()

    def unpack(self, archive: Path, below: Tree) -> None:
        """Note which exercises are defined in the files of an archive, unless it is a student's."""
        if self._written and (any(below.values()) or len(self._owners(below)) > 1):
            for name, text in beginnings(archive, CODE, _READ):
                self._packed[archive / name] = set(self._written.findall(text))

    def _owners(self, below: Tree) -> list[str]:
        """The scripts in a folder whose names may be those of different students, not of versions.

        `sol.py` and `sol_old.py` are versions, and so are `try1.py` and `try2.py`.
        """
        owners: dict[str, str] = {}
        for name in sorted(below, key=len):
            owner = self.owner(name).rstrip("0123456789 _-.()")
            if below[name] is not None or ending(name) not in CODE or not owner:
                continue
            known = any(owner.startswith(shorter) for shorter in owners)
            if not known and not self.is_nobody(owner):
                owners[owner] = name
        return sorted(owners.values())

    def scripts_of_many(self, place: Path, below: Tree | None) -> list[str]:
        """The scripts of several students that are directly in a folder or archive; or none.

        They have different owners, and the same exercise is in several of them.
        """
        if below is None:
            below = archive_tree(place) or {}
        if len(below) == 1 and (inner := next(iter(below.items())))[1] is not None:
            return self.scripts_of_many(place / inner[0], inner[1])
        if any(each is not None for each in below.values()):
            return []
        names = self._owners(below)
        return names if repeated(self.held(place / name, None, name) for name in names) else []

    def in_several(self, folder: Path, tops: Iterable[str]) -> str:
        """Say which part or exercise is in several of `tops`; "" if none is."""
        return repeated(self.held_by(folder, name) for name in tops)

    def held_by(self, folder: Path, name: str) -> set[str]:
        return self.held(folder / name, folder_tree(folder / name), name)

    def held(self, place: Path, below: Tree | None, name: str) -> set[str]:
        """The parts named by code files, or else the exercises defined in them."""
        if below is None and is_archive(name):
            below = archive_tree(place) or {}
        files = [(place, name)] if below is None else list(files_in(place, below))
        code = [(at, own) for at, own in files if ending(own) in CODE]
        by_name = {recognised_part(own[: -len(ending(own))], self._parts) for _, own in code}
        if by_name - {None}:
            return {part for part in by_name if part is not None}
        found: set[str] = set()
        if self._written:
            for at, _ in code:
                each = self._packed.get(at) or self._written.findall(beginning(at, _READ))
                found |= {one.decode() for one in each}
        return found


def repeated(held: Iterable[set[str]]) -> str:
    """Say which part or exercise is in several of these sets; "" if none is."""
    count = Counter(each for one in held for each in one)
    often = [(times, each) for each, times in count.items() if times > 1]
    if not often:
        return ""
    times, each = max(often)
    return f"{each} in {times} places"
