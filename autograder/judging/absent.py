"""Says why a function that is in the text of a submission is not there when it has run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from autograder.model import Source
from autograder.text import printable

_GUARD = re.compile(rb"^if[ \t(]+__name__\s*==\s*[\"']__main__[\"'][ \t)]*:", re.MULTILINE)
_BLOCK = re.compile(rb"^(class|def|async def)[ \t]+(\w+)|^\S", re.MULTILINE)


@lru_cache(256)
def why_absent(name: str, part: str, sources: tuple[Source, ...]) -> str:
    """One line for the student, without the function's name; "" where the text does not say.

    `part` is the file that should have it, and `sources` are all files of the submission.
    """
    nearest = sorted(sources, key=lambda source: source.module != part)
    return next((why for source in nearest for why in _reasons(name.encode(), part, source)), "")


def is_unreadable(part: str, sources: Sequence[Source]) -> bool:
    """Whether of this part only a file that could not be read was handed in."""
    own = [source for source in sources if source.module == part]
    return any(source.unread for source in own) and not any(source.cells for source in own)


def _reasons(name: bytes, part: str, source: Source) -> Iterator[str]:
    where = printable(source.filename)
    if source.unread and source.module == part:
        yield f"{where} was {source.unread}"
    head = rb"^([ \t]*)(?:async[ \t]+)?def[ \t]+%s[ \t]*\("
    definition = re.compile(head % re.escape(name), re.MULTILINE)
    for kind, text in source.others:
        if definition.search(text):
            yield f"it is in {kind} of {where}, which does not run: make it a code cell"
    code = b"\n".join(source.cells)
    found = definition.search(code)
    if found is None:
        return
    again = re.compile(rb"^%s[ \t]*(?::[^=\n]*)?=[^=]" % re.escape(name), re.MULTILINE)
    if not found[1] and again.search(code, found.end()):
        shown = name.decode()
        yield f"{where} assigns something else to {shown} later: give that another name"
    if found[1]:
        yield from _above(code, found.start(), where)


def _above(code: bytes, at: int, where: str) -> Iterator[str]:
    """What the indented definition lies in."""
    block = None
    for block in _BLOCK.finditer(code, 0, at):  # noqa: B007  # the last one counts
        pass
    if block is None:
        return
    if _GUARD.match(code, block.start()):
        yield (
            f"{where} defines it under `if __name__ == '__main__'`, which does not run when "
            "graded: move it out of there"
        )
    elif block[1]:
        kind = "class" if block[1] == b"class" else "function"
        outer = block[2].decode("utf-8", "replace")
        yield f"{where} defines it inside the {kind} {outer}: move it to the left margin"
