"""Searches a submission's source text: why a function is missing, what stopped, and what a function
calls."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from autograder.model.submission import LoadFailure, Source
from autograder.text import printable

_GUARD = re.compile(rb"^if[ \t(]+__name__\s*==\s*[\"']__main__[\"'][ \t)]*:", re.MULTILINE)
_HEAD = re.compile(rb"(?:if|elif|else|while|for|try|except|finally|with|match)\b[^\n]*:")
_CELL_MAGIC = re.compile(rb"\s*(%%\w+)", re.ASCII)
_OFF = re.compile(rb"@app\.cell\([^\n]*\bdisabled *= *True[^\n]*\n\s*\Z")
"""The end of the text above a marimo cell that is switched off."""
_BLOCK = re.compile(rb"^(class|def|async def)[ \t]+(\w+)|^\S", re.MULTILINE)

_DEFINITION = re.compile(r"^(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
_ALIKE = 0.8
"""The similarity, from 0 to 1, from which a name is taken for a misspelling."""

CANNOT_COMPILE = ("SyntaxError", "IndentationError", "TabError")


@dataclass(frozen=True)
class Ran:
    """The files of a submission that ran, and why functions are missing in them."""

    sources: tuple[Source, ...] = ()
    failures: tuple[LoadFailure, ...] = ()
    """The files and cells that stopped with an error, so that their functions may be missing."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """The part of each exercise of the course."""

    def home(self, name: str) -> list[Source]:
        """The files that should define the exercise `name`."""
        return [one for one in self.sources if one.module == self.parts.get(name)]

    def stopped_at_home(self, name: str) -> list[LoadFailure]:
        """The files and cells that stopped, of those that should define the exercise."""
        home = {one.filename for one in self.home(name)}
        return [one for one in self.failures if one.filename in home]

    def stopped_with(self, name: str) -> list[LoadFailure]:
        """The files and cells that stopped and have a definition of the function."""
        return [one for one in self.failures if _has_definition(name, one, self.sources)]

    def is_unread(self, name: str) -> bool:
        """Whether the exercise's part was submitted, but only as a file that cannot be read."""
        own = self.home(name)
        return any(one.unread for one in own) and not any(one.cells for one in own)

    def why_absent(self, name: str) -> str:
        """Why the exercise is missing, in one line for the student; "" if no reason is found."""
        return _why_absent(name, self.parts.get(name, ""), self.sources)

    def defined_as(self, name: str) -> str:
        """A function with nearly that name, safe to show; "" if there is none.

        Functions with the name of an exercise are not considered.
        """
        return _defined_as(name, self.sources, frozenset(self.parts))


NOTHING = Ran()
"""No files; for what is judged without a submission."""


@lru_cache(256)
def _why_absent(name: str, part: str, sources: tuple[Source, ...]) -> str:
    nearest = sorted(sources, key=lambda source: source.module != part)
    return next((why for source in nearest for why in _reasons(name, part, source)), "")


@lru_cache(64)
def _defined_as(name: str, sources: tuple[Source, ...], exercises: frozenset[str]) -> str:
    defined = {
        found
        for source in sources
        for cell in source.cells
        for found in _DEFINITION.findall(cell.decode("utf-8", "replace"))
    } - exercises
    alike = [each for each in sorted(defined) if _bare(each) == _bare(name)]
    if defined and not alike:
        from difflib import get_close_matches  # only here: a check starts faster without it

        alike = get_close_matches(name, sorted(defined), 1, _ALIKE)
    nearest = next(iter(alike), "")
    if nearest.isascii():
        return nearest
    letters = nearest.encode("ascii", "backslashreplace").decode()  # one may look like a Latin one
    return f"{printable(nearest)} ({letters})"


def _bare(name: str) -> str:
    return name.replace("_", "").lower()


def _reasons(name: str, part: str, source: Source) -> Iterator[str]:
    where = printable(source.filename)
    if source.unread and source.module == part:
        yield f"{where} was {source.unread}"
    for kind, text in source.others:
        if _defines(name, text):
            yield f"it is in {kind} of {where}, which does not run: make it a code cell"
    for cell in source.cells:
        magic = _CELL_MAGIC.match(cell)
        if magic and _defines(name, cell):
            kind = f"a {magic[1].decode()} cell"
            yield f"it is in {kind} of {where}, which does not run: remove that line"
    code = b"\n".join(source.cells)
    found = next(_definitions(name, code), None)
    if found is None:
        if re.search(rb"^[ \t]*#.*\bdef[ \t]+%s[ \t]*\(" % name.encode(), code, re.MULTILINE):
            yield f"{where} has it only in a comment: remove the # before its lines"
        return
    if _is_in_string(code, found.start()):
        yield f"{where} has it only inside a string: remove the quotation marks around it"
        return
    again = re.compile(rb"^%s[ \t]*(?::[^=\n]*)?=[^=]" % name.encode(), re.MULTILINE)
    if not found[1] and again.search(code, found.end()):
        yield f"{where} assigns something else to {name} later: give that another name"
    if found[1]:
        yield from _above(code, found.start(), where)


def _above(code: bytes, at: int, where: str) -> Iterator[str]:
    """Yield the reason if the definition is inside a class, a function or another block."""
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
    elif _OFF.search(code, 0, block.start()):
        yield f"it is in a cell of {where} that is switched off: remove disabled=True"
    elif block[1]:
        kind = "class" if block[1] == b"class" else "function"
        outer = block[2].decode("utf-8", "replace")
        yield f"{where} defines it inside the {kind} {outer}: move it to the left margin"
    elif head := _HEAD.match(code, block.start()):
        shown = printable(head[0].decode("utf-8", "replace"), 60)
        yield f"{where} defines it under `{shown}`, which did not run: move it to the left margin"


def _is_in_string(code: bytes, at: int) -> bool:
    """Whether the place `at` in the code is inside a string."""
    before = len(code[:at].decode("utf-8", "replace"))
    text = code.decode("utf-8", "replace")
    tokens = () if len(text) > _LONGEST else _TOKEN.finditer(text)
    return any(each.start() < before < each.end() for each in tokens if each[0][:1] in ("'", '"'))


_SELF_CHECK = re.compile(
    rb"(?:[ \t]*(?:#[^\n]*)?\r?\n)*"
    rb"if[ \t(]+__name__\s*==\s*[\"']__main__[\"'][ \t)]*:[^\n]*"
    rb"(?:\n(?:[ \t\r#][^\n]*)?)*"
)


def is_self_check(failure: LoadFailure, sources: Sequence[Source], names: Collection[str]) -> bool:
    """Whether a cell that stopped is wholly under the `__main__` guard, as the lessons' checks are.

    In a script such lines do not run when graded, so that they may need what is not there. Not if
    the cell does not compile, or defines one of the functions in `names`.
    """
    if failure.cell is None or failure.error.type == "SyntaxError":
        return False
    return any(
        source.notebook
        and _SELF_CHECK.fullmatch(source.cells[failure.cell - 1])
        and not any(_defines(name, source.cells[failure.cell - 1]) for name in names)
        for source in sources
        if source.filename == failure.filename and 0 < failure.cell <= len(source.cells)
    )


def _has_definition(name: str, failure: LoadFailure, sources: Sequence[Source]) -> bool:
    """Whether the file or cell that stopped has a definition of the function `name`."""
    cells = (source.cells for source in sources if source.filename == failure.filename)
    return any(
        _defines(name, cell)
        for own in cells
        for cell in (own if failure.cell is None else own[failure.cell - 1 : failure.cell])
    )


def is_at_margin(name: str, source: Source) -> bool:
    """Whether the file defines the function `name` at its left margin."""
    return any(found[1] == b"" for cell in source.cells for found in _definitions(name, cell))


def _defines(name: str, text: bytes) -> bool:
    return any(_definitions(name, text))


def _definitions(name: str, text: bytes) -> Iterator[re.Match[bytes]]:
    """The heads of the definitions of a function; the first group is the indentation."""
    head = rb"^([ \t]*)(?:async[ \t]+)?def[ \t]+%s\b" % re.escape(name.encode())
    return re.finditer(head, text, re.MULTILINE)


def written_before(name: str, cells: Sequence[bytes], line: int) -> tuple[int, int] | None:
    """The cell and line, from 1, of a definition of the function `name` above a stub of that name.

    `cells` end with the stub's, whose `raise` is in `line`. None if all those above are stubs too.
    """
    head = rb"^(?:async[ \t]+)?def[ \t]+%s\b.*(?:\n(?:[ \t\r].*)?)*" % name.encode()
    for number, cell in enumerate(cells, 1):
        for match in re.finditer(head, cell, re.M):
            first = cell.count(b"\n", 0, match.start()) + 1
            if (number, first) < (len(cells), line) and b"NotImplementedError" not in match[0]:
                return number, first
    return None


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
    """The names in each top-level function; after `a as b` a mention of b counts as a.

    Of a module's versions, the first that has written the function counts.
    """
    modules: dict[str, dict[str, set[str]]] = {}
    for source in sources:
        counted = modules.setdefault(source.module, {})
        for function, names in _names_in(source.cells).items():
            if _STUB_RAISES in counted.get(function, {_STUB_RAISES}):
                counted[function] = names
    found: dict[str, set[str]] = {}
    for counted in modules.values():
        for function, names in counted.items():
            found.setdefault(function, set()).update(names)
    return {function: tuple(names) for function, names in found.items()}


_STUB_RAISES = "NotImplementedError"


def _names_in(cells: Sequence[bytes]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for text in cells:
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
    return found
