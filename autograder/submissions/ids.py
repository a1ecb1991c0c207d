"""Makes the names of hand-ins into ids that are unique, readable, safe as file names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain, count

_BYTES = 150
"""What a file name has room for, beside what others add to it."""


def safe_id(name: str) -> str:
    """`name` as a file name on every system: printable, short, no path, no meaning of its own."""
    text = unicodedata.normalize("NFC", name)
    text = "".join(character if character.isprintable() else "_" for character in text)
    text = re.sub(r'[\\/:*?"<>|]', "_", text).strip(" .")
    return text.encode()[:_BYTES].decode(errors="ignore").strip(" .") or "_"


def distinct_ids(wanted: Iterable[tuple[str, ...]]) -> list[str]:
    """For each tuple of names the first that makes a new id, else its last with a number.

    Ids differ even where letter case does not count, as in the file names of some systems.
    """
    taken: set[str] = set()
    ids = []
    for names in wanted:
        plain = [safe_id(name) for name in names]
        candidates = chain(plain, (f"{plain[-1]}~{number}" for number in count(2)))
        id = next(id for id in candidates if id.casefold() not in taken)
        taken.add(id.casefold())
        ids.append(id)
    return ids
