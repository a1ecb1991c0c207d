"""Searches a submission's source text: why a function is missing, and what a function calls."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from autograder.model import Source
from autograder.text import printable

_GUARD = re.compile(rb"^if[ \t(]+__name__\s*==\s*[\"']__main__[\"'][ \t)]*:", re.MULTILINE)
_BLOCK = re.compile(rb"^(class|def|async def)[ \t]+(\w+)|^\S", re.MULTILINE)


@lru_cache(256)
def why_absent(name: str, part: str, sources: tuple[Source, ...]) -> str:
    """Why the function `name` is missing, in one line for the student; "" if no reason is found.

    `part` is the file that should have it; `sources` are all files of the submission.
    """
    nearest = sorted(sources, key=lambda source: source.module != part)
    return next((why for source in nearest for why in _reasons(name.encode(), part, source)), "")


def is_unreadable(part: str, sources: Sequence[Source]) -> bool:
    """Whether the part was submitted, but only as a file that could not be read."""
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
    """Yield the reason if the definition is inside a class, a function or the `__main__` guard."""
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


# --- what a function calls --------------------------------------------------------------------

_TOKEN = re.compile(
    r"""
      \#[^\n]*
    | \"{3} (?: [^"\\] | \\. | "(?!"") )* (?: \"{3} )?
    | '{3} (?: [^'\\] | \\. | '(?!'') )* (?: '{3} )?
    | " (?: [^"\\\n] | \\. )* "? | ' (?: [^'\\\n] | \\. )* '?
    | (?P<end> ^(?=[^\s\#)\]}]) )
    | (?P<name> [^\W\d]\w* )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_LONGEST = 200_000


@lru_cache(256)
def calls_of(name: str, sources: tuple[Source, ...], exercises: frozenset[str]) -> frozenset[str]:
    """The `exercises` that the function `name` mentions, directly or through helper functions.

    Names in comments and strings do not count, nor does `name` itself.
    """
    names = _names_by_function(sources)
    reached, found = [name], set()
    for function in reached:
        for other in names.get(function, ()):
            if other in exercises and other != name:
                found.add(other)
            elif other in names and other not in reached:
                reached.append(other)
    return frozenset(found)


@lru_cache(64)
def _names_by_function(sources: tuple[Source, ...]) -> dict[str, Collection[str]]:
    """The names in each top-level function; after `a as b` a mention of b counts as a."""
    found: dict[str, set[str]] = {}
    for text in (cell for source in sources for cell in source.cells):
        plain = text[:_LONGEST].decode("utf-8", "replace")
        also = dict(re.findall(r"\b(\w+)[ \t]+as[ \t]+(\w+)", plain))
        original = {alias: name for name, alias in also.items()}
        function, before = "", ""
        for token in _TOKEN.finditer(plain):
            if token["end"] is not None:
                function = ""
            elif token["name"]:
                if before == "def" and not function:
                    function = token["name"]
                    found[function] = set()
                elif function:
                    found[function].add(original.get(token["name"]) or token["name"])
                before = token["name"]
    return {function: tuple(names) for function, names in found.items()}
