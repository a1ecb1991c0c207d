"""Makes the files found in a hand-in into sources, each with a module name of its own."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import count

from autograder.model import Source
from autograder.submissions.entries import MIB, Found, LeftOut, ending
from autograder.submissions.names import module_name
from autograder.submissions.notebook import NotebookFault, code_cells
from autograder.text import printable

SOURCE_LIMIT = 200
"""Files of one hand-in that are run."""
CODE_LIMIT = 4 * MIB
"""Bytes of code of one hand-in."""

_IMPORT = re.compile(rb"^[ \t]*(?:from|import)\b[^\n#]*", re.MULTILINE)
_WORD = re.compile(rb"[\w\x80-\xff]{1,200}")
"""A name in UTF-8; nobody types a longer one for a module that others import."""
_OTTER_TEST = re.compile(rb"^OK_FORMAT = (?:True|False)$", re.MULTILINE)
"""What begins every test of otter's; the course hands them out, and students hand them in again."""
_FUNCTION = re.compile(rb"^(?:async )?def ", re.MULTILINE)
_TO_WRITE = re.compile(rb"^ +raise NotImplementedError\b", re.MULTILINE)
_EMPTY = "not read: empty"
_TOO_MANY = f"not read: more than {SOURCE_LIMIT} files, or {CODE_LIMIT // MIB} MiB of code"


def name_sources(
    found: Iterable[Found], parts: tuple[str, ...]
) -> tuple[tuple[Source, ...], tuple[LeftOut, ...]]:
    """The sources, sorted by file name, with notes on those files that are none or not quite.

    Where two scripts, or two notebooks, have one module name, it goes to one in which something is
    written rather than to untouched stubs, as the others import it; then to the shallowest, then to
    the one that is called just so, then to the first of the alphabet. The other one gets a number,
    as a function may still be found in it. A script and a notebook share a name. `__init__.py` has
    that of its folder, where this is imported and no other file is called so.
    """
    nearest_first = sorted(found, key=lambda each: (each.place.count("/"), each.place))
    written, left_out = _written(nearest_first)
    imported = frozenset(
        word
        for _, cells in written
        for cell in cells
        for line in _IMPORT.finditer(cell)
        for word in _WORD.findall(line[0])
    )
    named = sorted(
        ((_Name.of(place, cells, parts, imported), place, cells) for place, cells in written),
        key=lambda each: each[0].rank,
    )
    owners: dict[tuple[str, bool], tuple[str, tuple[bytes, ...]]] = {}
    modules = {name.module for name, _, _ in named}
    sources: list[Source] = []
    for name, place, cells in named:
        module = name.module
        owner, same = owners.setdefault((module, name.notebook), (place, cells))
        if owner != place:
            if same == cells:
                continue
            first = printable(owner, 100)
            left_out.append(LeftOut(place, f"not the first called {module}; {first} comes before"))
            module = next(
                numbered for number in count(2) if (numbered := f"{module}_{number}") not in modules
            )
            modules.add(module)
        sources.append(Source(module, printable(place), cells, name.notebook))
    return tuple(sorted(sources, key=lambda source: source.filename)), tuple(left_out)


@dataclass(frozen=True)
class _Name:
    module: str
    notebook: bool
    rank: tuple[bool, int, bool, str]
    """The lower, the better its claim to the module's name."""

    @classmethod
    def of(
        cls,
        place: str,
        cells: tuple[bytes, ...],
        parts: tuple[str, ...],
        imported: Collection[bytes],
    ) -> _Name:
        name = place.rpartition("/")[2]
        stem = name[: -len(ending(name))]
        module = module_name(stem, parts)
        folder = place.split("/")[-2] if stem == "__init__" and "/" in place else ""
        is_package = folder.isidentifier() and folder.encode() in imported
        if is_package:
            module = folder
        elif stem != module and stem.isidentifier() and stem.encode() in imported:
            module = stem  # the author's own files know it by that name
        gives_way = is_package or _is_untouched(b"\n".join(cells))
        rank = (gives_way, place.count("/"), stem != module, place[: -len(ending(name))])
        return cls(module, ending(name) == ".ipynb", rank)


def _is_untouched(code: bytes) -> bool:
    """Whether it looks as the course hands it out: each of its functions is still to be written."""
    return 0 < len(_FUNCTION.findall(code)) <= len(_TO_WRITE.findall(code))


def _written(
    found: Iterable[Found],
) -> tuple[list[tuple[str, tuple[bytes, ...]]], list[LeftOut]]:
    """The places that hold code, with it, up to the limits of one hand-in."""
    written: list[tuple[str, tuple[bytes, ...]]] = []
    left_out: list[LeftOut] = []
    code = 0
    for each in found:
        content, fault = as_utf8(each.content)
        if ending(each.place) == ".ipynb":
            try:
                cells = code_cells(content)
            except NotebookFault as notebook_fault:
                left_out.append(LeftOut(each.place, str(notebook_fault)))
                continue
        elif _OTTER_TEST.search(content, 0, 1000):
            continue
        elif content.strip():
            cells = (content,)
        else:
            if not each.place.endswith("__init__.py"):
                left_out.append(LeftOut(each.place, _EMPTY))
            continue
        code += sum(map(len, cells))
        if len(written) == SOURCE_LIMIT or code > CODE_LIMIT:
            left_out.append(LeftOut(each.place, _TOO_MANY))
            continue
        if fault:
            left_out.append(LeftOut(each.place, fault))
        written.append((each.place, cells))
    return written, left_out


NOT_TEXT = "kept, but its bytes are not UTF-8, so Python may refuse it; save it as UTF-8"

_MARKS = (  # UTF-32's begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"\A(?:[^\n]*\n)?[ \t\f]*#[^\n]*coding[:=]")
"""A declared encoding, as PEP 263 has it; the interpreter looks it up, we never do."""


def as_utf8(content: bytes) -> tuple[bytes, str | None]:
    """`content` as UTF-8 without a mark, with what is wrong with it, if anything is.

    Bytes that cannot be decoded come back as they are: the interpreter's own message says where.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding).encode(), None
            except UnicodeError:
                return content, NOT_TEXT
    try:
        content.decode()
    except UnicodeError:
        return content, None if _DECLARED.match(content) else NOT_TEXT
    return content, None
