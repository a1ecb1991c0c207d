"""Turns the files found in a submission into sources, with the names of their modules."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from autograder.model.submission import Source
from autograder.submissions.entries import (
    MIB,
    NOT_CODE,
    PERHAPS_CODE,
    Found,
    LeftOut,
    ending,
    module_name,
    recency,
    what_else,
)
from autograder.submissions.notebook import (
    OFF,
    PYTHON,
    NotebookFault,
    is_notebook,
    is_text_notebook,
    read_notebook,
    read_text_notebook,
)
from autograder.text import printable

SOURCE_LIMIT = 200
"""The most files of one submission that are run."""
CODE_LIMIT = 8 * MIB
"""The most bytes of code in one submission."""

_IMPORT = re.compile(rb"^[ \t]*(?:from|import)\b[^\n#]*", re.MULTILINE)
_WORD = re.compile(rb"[\w\x80-\xff]{1,200}")
"""A name in UTF-8; nobody gives a longer one to a module that other files import."""
_OTTER_TEST = re.compile(rb"^OK_FORMAT = (?:True|False)$", re.MULTILINE)
"""The first line of an otter test. The course hands them out, and students hand them in again."""
_FUNCTION = re.compile(rb"^(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
_MARKDOWN = (".md", ".qmd", ".rmd")
_STATEMENT = re.compile(rb"^[A-Za-z_@]", re.MULTILINE)
"""The start of a line at the file's top level, outside any function."""
_TO_WRITE = re.compile(rb"^ +raise NotImplementedError\b", re.MULTILINE)
_RETURN = re.compile(rb"^[ \t]+(?:return|yield)\b", re.MULTILINE)
_WRITES_FILE = re.compile(
    rb"\s*%%(?:writefile|file)[ \t]+(-a[ \t]+|--append[ \t]+)?"
    rb"[\"']?([^\s\"']+\.py)[\"']?[ \t]*\n(.*)",
    re.DOTALL,
)
_CONFLICT = [re.compile(rb"^%s" % mark, re.MULTILINE) for mark in (b"<{7} ", b"={7}\r?$", b">{7} ")]
_NO_CODE = "a notebook without code cells"
_ALL_OFF = f"{_NO_CODE} that run: all are switched off"
_DRAFT = re.compile(
    r"(?:.*_)?(?:draft|old|backup|bak|scratch|temp|tmp|attempt|try|wip|test|copy|untitled)s?_?[0-9]*"
    r"|test_.*",
    re.IGNORECASE,
)
"""Names of modules whose functions count only if no other file has them."""
_FINAL = re.compile(r"(?P<base>.+?)_*(?:final|v_?(?P<number>[0-9]{1,9}))", re.IGNORECASE)
"""Names of modules that come before those without these endings."""
_TOO_MANY = f"not read: more than {SOURCE_LIMIT} files, or {CODE_LIMIT // MIB} MiB of code"


def name_sources(
    found: Iterable[Found], parts: tuple[str, ...], exercises: Collection[str] = ()
) -> tuple[tuple[Source, ...], tuple[LeftOut, ...]]:
    """Return the sources, and the files that are left out or used only in part, with why.

    Files with the same module name are versions of one module. The first version counts; from the
    others, only functions that the first has not written are used. The order of versions: files
    with written code before untouched stubs and files that a notebook writes, then the shallowest,
    then the one with exactly the module's name, then the newest by a time or version in its path,
    then scripts before notebooks, then by path. An `__init__.py` gets its folder's name if that is
    imported; other files of that name come first. A function that is in several modules counts as
    in the first of them; `exercises` are those of which this is said.
    """
    nearest_first = sorted(found, key=lambda each: (each.place.count("/"), each.place))
    files, left_out = _code_files(nearest_first)
    imported = frozenset(
        word
        for file in files
        for cell in file.cells
        for line in _IMPORT.finditer(cell)
        for word in _WORD.findall(line[0])
    )
    named = [(*_name(file, parts, imported), file) for file in files]
    first: dict[str, _File] = {}
    sources: list[Source] = []
    drafts = {module for module, _, _ in named if module not in parts and _DRAFT.fullmatch(module)}
    for module, _, file in sorted(
        named, key=lambda each: (each[0] in drafts, _final_first(each[0]), *each[:2])
    ):
        owner = first.setdefault(module, file)
        if owner is not file:
            if owner.cells == file.cells:
                continue
            if _differ(owner, file, module in parts):
                why = (
                    f"a second version of {module}; {printable(owner.place, 100)} counts, this one "
                    "only for what is missing there"
                )
                left_out.append(LeftOut(file.place, why, is_loss=False))
        others = tuple(each for each in file.others if _FUNCTION.search(each[1]))
        place = printable(file.place)
        sources.append(Source(module, place, file.cells, file.notebook, others))
    if first.keys() - set(parts):
        left_out += _outdone(first, parts, drafts, {name.encode() for name in exercises})
    return tuple(sources), tuple(left_out)


def _final_first(module: str) -> tuple[str, int]:
    """A key that sorts `hw_final`, `hw_v2`, `hw` in this order."""
    found = _FINAL.fullmatch(module)
    if found is None:
        return module, 0
    return found["base"], -int(found["number"] or sys.maxsize)


def _outdone(
    first: Mapping[str, _File],
    parts: Collection[str],
    drafts: Collection[str],
    exercises: Collection[bytes],
) -> Iterator[LeftOut]:
    """Say of each module that another counts, if both have a function that differs.

    The parts count before other modules, and those before drafts. For modules that are not drafts,
    only the `exercises` are compared, as other functions may have the same name.
    """
    before: list[tuple[_File, dict[bytes, bytes]]] = []
    for module in sorted(first, key=lambda module: (module in drafts, module not in parts)):
        file, own = first[module], _functions(first[module])
        if module not in drafts:
            own = {name: text for name, text in own.items() if name in exercises}
        for other, theirs in before if module not in parts else ():
            both = [name for name, text in own.items() if theirs.get(name, text) != text]
            if both:
                place = printable(other.place, 100)
                why = (
                    f"called like a draft; {place} counts where both have it"
                    if module in drafts
                    else f"has another {both[0].decode()} than {place}, which counts"
                )
                yield LeftOut(file.place, why, is_loss=False)
                break
        if module not in drafts:
            before.append((file, _functions(file)))


def has_function(content: bytes) -> bool:
    """Whether the content, whatever the file's name, defines a function."""
    return _FUNCTION.search(as_utf8(content)[0]) is not None


@dataclass(frozen=True)
class _File:
    """A file that holds code."""

    place: str
    name: str
    """The filename, without folders."""
    cells: tuple[bytes, ...]
    notebook: bool = False
    others: tuple[tuple[str, bytes], ...] = ()
    """As in `notebook.Cells`."""
    written: bool = False
    """Whether a notebook's `%%writefile` cell writes it."""


_Rank = tuple[bool, bool, int, bool, tuple[int, ...], bool, str]


def _name(file: _File, parts: tuple[str, ...], imported: Collection[bytes]) -> tuple[str, _Rank]:
    """The module's name, and the file's rank among that module's versions: the lowest counts."""
    stem = file.name[: len(file.name) - len(ending(file.name))]
    module = module_name(stem, parts)
    steps = file.place.split("/")
    folder = steps[-2] if stem == "__init__" and len(steps) > 1 else ""
    is_package = folder.isidentifier() and folder.encode() in imported
    if is_package:
        module = folder
    elif stem != module and stem.isidentifier() and stem.encode() in imported:
        module = stem  # the student's own files import it by that name
    gives_way = is_package or _is_untouched(b"\n".join(file.cells))
    depth = len(steps) - 1
    is_other = stem != module
    newest_first = tuple(-each for each in recency(file.place)) if depth or is_other else (0,)
    return module, (
        gives_way,
        file.written,
        depth,
        is_other,
        newest_first,
        file.notebook,
        file.place,
    )


def _is_untouched(code: bytes) -> bool:
    """Whether the code looks as handed out by the course: all its functions are still stubs."""
    return 0 < len(_FUNCTION.findall(code)) <= len(_TO_WRITE.findall(code))


def _differ(first: _File, other: _File, is_part: bool) -> bool:
    """Whether to report a second version: it has a function that the first lacks or differs in.

    Versions of a module that is not a part are always reported.
    """
    if not is_part:
        return True
    ours, theirs = _functions(first), _functions(other)
    return any(ours.get(name) != text for name, text in theirs.items())


def _functions(file: _File) -> dict[bytes, bytes]:
    """The functions in the file that are not stubs, with their text without whitespace."""
    code = b"\n".join(file.cells)
    texts = {match[1]: _body(code, match) for match in _FUNCTION.finditer(code)}
    return {
        name: b"".join(text.split())
        for name, text in texts.items()
        if _RETURN.search(text) or not _TO_WRITE.search(text)
    }


def _body(code: bytes, start: re.Match[bytes]) -> bytes:
    """The text of the function that begins at `start`, up to the next top-level statement."""
    below = _STATEMENT.search(code, start.end())
    return code[start.start() : below.start() if below else len(code)]


def _code_files(found: Iterable[Found]) -> tuple[list[_File], list[LeftOut]]:
    """The files that hold code, up to the limits of one submission, and what is left out."""
    files: list[_File] = []
    left_out: list[LeftOut] = []
    code = 0
    for each in found:
        content, fault = as_utf8(each.content)
        try:
            read = list(_read(each.place, content))
        except NotebookFault as notebook_fault:
            left_out.append(LeftOut(each.place, str(notebook_fault)))
            continue
        for file in read:
            code += sum(map(len, file.cells))
            if len(files) == SOURCE_LIMIT or code > CODE_LIMIT:
                left_out.append(LeftOut(each.place, _TOO_MANY))
                break
            files.append(file)
            if not any(file.cells):
                is_off = any(what.startswith(OFF) for what, _ in file.others)
                left_out.append(LeftOut(each.place, _ALL_OFF if is_off else _NO_CODE))
        if fault and read:
            left_out.append(LeftOut(each.place, fault, is_loss=False))
    return files, left_out


def _read(place: str, content: bytes) -> Iterator[_File]:
    """The file with this content, and the files that its cells write. Raises NotebookFault."""
    name = place.rpartition("/")[2]
    kind = ending(name)
    claims_notebook = kind.startswith(".ipynb")
    if (reason := what_else(content)) is not None:
        if name == "__init__.py" and not content.strip():
            return
        raise NotebookFault(reason)
    if b"\n>>>>>>> " in content and (line := _conflict(content)):
        raise NotebookFault(
            f"not read: a merge conflict is left in it (line {line}); "
            "keep one version, then hand in again"
        )
    if is_notebook(content) or (claims_notebook and not PYTHON.search(content)):
        try:
            cells = read_notebook(content)
        except NotebookFault:
            if kind in PERHAPS_CODE:
                raise NotebookFault(NOT_CODE) from None
            if claims_notebook or not PYTHON.search(content):
                raise
        else:
            yield _File(place, name, cells.code, True, cells.others)
            yield from _written_files(place, cells.code)
            return
    if kind in _MARKDOWN or is_text_notebook(content):
        cells = read_text_notebook(content, kind)
        if cells.code or kind not in PERHAPS_CODE:
            yield _File(place, name, cells.code, True, cells.others)
            yield from _written_files(place, cells.code)
            return
    if _OTTER_TEST.search(content, 0, 1000):
        return
    if kind in PERHAPS_CODE and not PYTHON.search(content):
        raise NotebookFault(NOT_CODE)
    yield _File(place, name, (content,))


def _conflict(content: bytes) -> int:
    """The line number of the first git merge conflict; 0 if there is none."""
    at, first = 0, -1
    for mark in _CONFLICT:
        found = mark.search(content, at)
        if found is None:
            return 0
        first, at = (found.start() if first < 0 else first), found.end()
    return content.count(b"\n", 0, first) + 1


def _written_files(place: str, cells: tuple[bytes, ...]) -> Iterator[_File]:
    """The modules that a notebook's `%%writefile` cells write, padded to keep line numbers."""
    texts: dict[str, tuple[int, bytes]] = {}
    for number, cell in enumerate(cells, 1):
        match = _WRITES_FILE.match(cell)
        if match:
            name = match[2].decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
            earlier = texts.get(name, (0, b""))[1] + b"\n" if match[1] else b""
            above = b"\n" * cell[: match.start(3)].count(b"\n")
            texts[name] = (number, earlier + above + match[3])
    for name, (number, text) in texts.items():
        if text.strip():
            yield _File(f"{place}, cell {number}, {name}", name, (text,), written=True)


NOT_TEXT = "kept, but its bytes are not UTF-8, so Python may refuse it; save it as UTF-8"

_MARKS = (  # UTF-32 before UTF-16, since its mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"\A(?:[^\n]*\n)?[ \t\f]*#[^\n]*coding[:=]")
"""A declared encoding (PEP 263). Only the interpreter decodes such files; we never do."""


def as_utf8(content: bytes) -> tuple[bytes, str | None]:
    """Return `content` as UTF-8 without a byte order mark, and a fault, or None.

    Bytes that cannot be decoded are returned unchanged: the interpreter's own message says where
    the error is. Zero bytes and Ctrl-Z at the end, left by a disk or a DOS tool, are removed.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding).encode(), None
            except UnicodeError:
                return content, NOT_TEXT
    for first, encoding in enumerate(("utf-16-be", "utf-16-le")):  # without a mark
        highs = content[first:400:2]
        if highs.startswith(b"\0") and 2 * highs.count(0) > len(highs):
            with suppress(UnicodeError):
                return content.decode(encoding).encode(), None
    content = content.rstrip(b"\0\x1a") if content.endswith((b"\0", b"\x1a")) else content
    try:
        content.decode()
    except UnicodeError:
        return content, None if _DECLARED.match(content) else NOT_TEXT
    return content, None
