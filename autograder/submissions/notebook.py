"""Reads the cells of a notebook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograder.submissions.entries import MIB

CELL_LIMIT = 2_000
"""The most code cells in one notebook."""
NOTEBOOK_LIMIT = 4 * MIB
"""The most bytes of code in one notebook, as in one script."""
_BULK = {b'"outputs"', b'"attachments"', b'"widgets"'}
_BRACKET = re.compile(rb'["\[\]{}]')
PYTHON = re.compile(rb"^(?:def|class|import|from|async)[ \t]", re.MULTILINE)
"""Matches line beginnings that hardly occur outside Python."""
_LANGUAGES = {
    "r": "R",
    "julia": "Julia",
    "octave": "Octave",
    "matlab": "MATLAB",
    "scala": "Scala",
    "javascript": "JavaScript",
    "typescript": "TypeScript",
    "c++": "C++",
    "java": "Java",
    "sql": "SQL",
    "bash": "a shell's language",
    "f#": "F#",
    "c#": "C#",
    "rust": "Rust",
}
OFF = "a cell that is switched off"
SKIPPED = "skip-execution"
"""The tag with which nbclient and MyST-NB leave a cell out."""
_KINDS = {"markdown": "Markdown", "raw": "raw"}
_BRACKET_LIMIT = 1_000_000
"""The most lists and objects in one notebook: each takes sixty times the memory of its text."""


class NotebookFault(ValueError):
    """The notebook cannot be read. The message is our own text, one line, safe to show."""


@dataclass(frozen=True)
class Cells:
    """The cells of a notebook."""

    code: tuple[bytes, ...]
    """The text of each code cell, in UTF-8."""
    others: tuple[tuple[str, bytes], ...]
    """Each Markdown or raw cell with text, as (its kind and number, its text)."""


def read_notebook(content: bytes) -> Cells:
    """The cells of a notebook, given as UTF-8 bytes.

    Reads nbformat 4 and older formats, which keep cells in worksheets. A code cell without text is
    kept as an empty one, so that the others keep their numbers. Outputs are not read, so they may
    be of any size. Raises only NotebookFault.
    """
    content = without_outputs(content) if len(content) > MIB else content
    if content.count(b"[") + content.count(b"{") > _BRACKET_LIMIT:
        raise NotebookFault("not read: more lists and objects than a notebook has")
    try:
        notebook = json.loads(content)
    except RecursionError:
        raise NotebookFault("not read: nested deeper than a notebook is") from None
    except ValueError as error:  # also for too long a number, and for bytes that are not UTF-8
        raise NotebookFault(_damage(content, error)) from None
    every = list(enumerate(_cells(notebook), 1))
    code = [(number, cell) for number, cell in every if cell.get("cell_type") == "code"]
    cells = _code_cells(b"" if _cell_is_off(cell) else _text(cell) for _, cell in code)
    language = _language(notebook)
    if language in _LANGUAGES and not any(map(PYTHON.search, cells)):
        raise NotebookFault(f"not read: a notebook in {_LANGUAGES[language]}; write it in Python")
    others = [
        (f"a {_KINDS[str(cell['cell_type'])]} cell (cell {number})", _text(cell))
        for number, cell in every
        if cell.get("cell_type") in list(_KINDS)
    ]
    others += [(f"{OFF} (cell {at})", _text(cell)) for at, cell in code if _cell_is_off(cell)]
    return Cells(cells, tuple(each for each in others if each[1]))


def _cell_is_off(cell: dict[str, Any]) -> bool:
    """Whether the cell's metadata keep tools from running it.

    nbclient skips cells tagged `skip-execution`; jupytext's `active` names the kinds of file in
    which a cell runs; VS Code sends a cell in another language to no Python kernel.
    """
    metadata = cell.get("metadata")
    if not isinstance(metadata, dict):
        return False
    tags = [tag for tag in _list(metadata.get("tags")) if isinstance(tag, str)]
    active = metadata.get("active")
    tags += [f"active-{active.replace(',', '-')}"] if isinstance(active, str) else []
    editor = metadata.get("vscode")
    language = editor.get("languageId") if isinstance(editor, dict) else None
    return (
        SKIPPED in tags
        or language not in (None, "python")
        or any(tag.startswith("active-") and "ipynb" not in tag.split("-") for tag in tags)
    )


def _code_cells(texts: Iterable[bytes]) -> tuple[bytes, ...]:
    cells = tuple(texts)
    if len(cells) > CELL_LIMIT or sum(map(len, cells)) > NOTEBOOK_LIMIT:
        limits = f"{CELL_LIMIT} code cells, or than {NOTEBOOK_LIMIT // MIB} MiB of code"
        raise NotebookFault(f"not read: more than {limits}")
    return cells


def _damage(content: bytes, error: ValueError) -> str:
    """The message for a notebook that is not valid JSON."""
    if not isinstance(error, json.JSONDecodeError):
        return "not read: not a notebook, as it is not JSON; save it again"
    if error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string"):
        return "not read: its end is missing; save it again, or download it again"
    return f"not read: not a notebook, as line {error.lineno} is not JSON; save it again"


def _language(notebook: Any) -> str:
    """The language of the code, in lower case; "" if the notebook's metadata has none."""
    metadata = notebook.get("metadata") if isinstance(notebook, dict) else None
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        found = metadata.get(key) if isinstance(metadata, dict) else None
        language = found.get(name) if isinstance(found, dict) else None
        if isinstance(language, str) and language:
            return language.lower()
    return ""


def is_notebook(content: bytes) -> bool:
    """Whether the content looks like a Jupyter notebook, whatever the file's name."""
    return content.lstrip()[:1] == b"{" and (b'"cells"' in content or b'"worksheets"' in content)


_FRONT = re.compile(
    rb"---[ \t]*\r?\n(?:.*\n)*?(?:jupytext|jupyter|marimo-version|kernelspec)[ \t]*:", re.IGNORECASE
)
"""The front matter of a notebook in Markdown: Quarto's, jupytext's, MyST's or marimo's."""
_FENCE = re.compile(rb"(`{3,}|~{3,}|:{3,})[ \t]*([^\n`]*)")
_CELL = b"{code-cell}"
"""MyST's cells; it alone also puts them between colons."""
_MYST = re.compile(rb"^[`:]{3,}" + re.escape(_CELL), re.MULTILINE)
_PYTHON_BLOCK = re.compile(
    rb"(\{)?[ \t]*\.?((?:python3?|ipython3?|py|code-cell)\b|r\b[^}]*\bengine *= *[\"']python)"
)
_BRACED = re.compile(rb"\{[ \t]*([\w+#]+)", re.ASCII)
_OPTIONS = re.compile(rb"(?:[ \t]*:[\w-]+:[^\n]*\n)+|---\n(?:.*\n)*?---\n")
"""The options at the top of a MyST cell."""
_RUNS_BRACED_ONLY = (".qmd", ".rmd")
"""Endings of files in which code blocks without braces are displayed, but not run; as in MyST."""
_SWITCH = re.compile(
    rb"\beval[ \t]*=[ \t]*(?:(TRUE|T|true)|FALSE|F|false)\b"
    rb"|\bdisabled[ \t]*=[ \t]*[\"']?(?i:true)\b"
)
"""An option on a block's first line with which knitr or marimo runs the block, or does not."""
_EVAL = re.compile(
    rb"#\|[ \t]*eval[ \t]*(?::[ \t]*(?:(true)|false|no|off)|=[ \t]*(?:(TRUE|T)|FALSE|F))[ \t]*\r?$",
    re.IGNORECASE,
)
"""The same as a line above the block's code, in Quarto's words."""
_FRONT_END = re.compile(rb"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_FRONT_OFF = re.compile(
    rb"(?:[\s{,]eval|\bexecute:[\s{]*enabled)[ \t]*:[ \t]*(?:false|no|off)\b", re.IGNORECASE
)
"""Front matter that switches all blocks off: `execute: {eval: false}`."""
_SET_OFF = re.compile(rb"opts_chunk\$set\([^()]*\beval[ \t]*=[ \t]*(?:FALSE|F)\b")
"""R code that switches off all blocks below it."""
_ACTIVE = re.compile(rb"\bactive(?:[ \t]*=[ \t]*[\"']([\w, \t]*)[\"']|-([\w-]+))")
"""jupytext's option, or tag, with the kinds of file in which a cell runs."""


def is_text_notebook(content: bytes) -> bool:
    """Whether the content is a notebook in Markdown, whatever the file's name."""
    return content.startswith(b"---") and _FRONT.match(content[:4000]) is not None


def read_text_notebook(content: bytes, kind: str) -> Cells:
    """The Python code blocks of a Markdown file with the ending `kind`, each as a cell.

    In Quarto and R Markdown, only blocks whose language is in braces, `{python}`, run. A block that
    is switched off is an empty cell. Raises NotebookFault.
    """
    cells: list[bytes] = []
    others: list[tuple[str, bytes]] = []
    languages: list[str] = []
    braced_only = kind in _RUNS_BRACED_ONLY or _MYST.search(content) is not None
    front_end = _FRONT_END.search(content, 3) if content.startswith(b"---") else None
    front = content[: front_end.start()] if front_end else b""
    all_off = braced_only and _FRONT_OFF.search(front) is not None
    for block in _blocks(content):
        if braced_only and (braced := _BRACED.match(block.info)):
            languages += filter(None, [_LANGUAGES.get(braced[1].decode().lower())])
        python = _PYTHON_BLOCK.match(block.info)
        if python is None:
            all_off = all_off or (braced_only and _SET_OFF.search(block.text) is not None)
        elif braced_only and not python[1]:
            others.append((f"a block that is only shown (line {block.line})", block.text))
        else:
            found = _OPTIONS.match(block.text) if python[2] == b"code-cell" else None
            options = found[0] if found else b""
            runs = _runs(block.head + options, block.text)
            if not all_off if runs is None else runs:
                cells.append(block.text[len(options) :])
            else:
                cells.append(b"")  # so that the others keep their numbers
                others.append((f"{OFF} (line {block.line})", block.text))
    if languages and not cells and not others:
        raise NotebookFault(f"not read: a notebook in {languages[0]}; write it in Python")
    return Cells(_code_cells(cells), tuple(others))


class _Block(NamedTuple):
    """A fenced block of a Markdown file."""

    line: int
    """The number of its first line, the opening fence; counted from 1."""
    head: bytes
    """That line."""
    info: bytes
    """What follows the marks of the fence: the language and options."""
    text: bytes
    """The lines between the fences."""


def _blocks(content: bytes) -> Iterator[_Block]:
    """Yield the fenced blocks; as in CommonMark, one that is not closed ends with the file."""
    lines = content.splitlines(keepends=True)
    fence, info, start = b"", b"", 0
    for number, line in enumerate(lines, 1):
        found = _FENCE.match(line)
        if not fence and found and (found[1][:1] != b":" or found[2].startswith(_CELL)):
            fence, info, start = found[1], found[2], number
        elif fence and found and found[1].startswith(fence) and not found[2].strip():
            yield _Block(start, lines[start - 1], info, b"".join(lines[start : number - 1]))
            fence = b""
    if fence:
        yield _Block(start, lines[start - 1], info, b"".join(lines[start:]))


def _runs(head: bytes, text: bytes) -> bool | None:
    """Whether a Python block is switched on or off; None if neither.

    `head` is the block's first line with MyST's options; Quarto's are comments above the code.
    """
    active = _ACTIVE.search(head)
    if active and not {b"py", b"ipynb"} & set(re.split(rb"\W+", active[1] or active[2])):
        return False
    if SKIPPED.encode() in head:
        return False
    switch = _SWITCH.search(head)
    for line in text.splitlines() if switch is None else ():
        if line.strip() and not line.startswith(b"#|"):
            break
        switch = switch or _EVAL.match(line)
    return None if switch is None else any(switch.groups())


def without_outputs(content: bytes) -> bytes:
    """The notebook with its outputs, attachments and widgets, of any size, replaced by null."""
    pieces, kept, at = [], 0, 0
    while (start := content.find(b'"', at)) >= 0:
        at = _string_end(content, start)
        if content[start:at] not in _BULK:
            continue
        colon = re.compile(rb"\s*:\s*(?=[\[{])").match(content, at)
        if colon:
            pieces.append(content[kept : colon.end()] + b"null")
            kept = at = _value_end(content, colon.end())
    return b"".join([*pieces, content[kept:]])


def _string_end(content: bytes, start: int) -> int:
    """The end of the string that begins at `start`; the end of `content` if it is unclosed."""
    at = start + 1
    while (at := content.find(b'"', at)) >= 0:
        before = at - 1
        while content[before : before + 1] == b"\\":
            before -= 1
        at += 1
        if (at - before) % 2 == 0:  # an even number of backslashes: the quote is not escaped
            return at
    return len(content)


def _value_end(content: bytes, at: int) -> int:
    """The end of the list or object that begins at `at`; the end of `content` if unclosed."""
    depth = 0
    while found := _BRACKET.search(content, at):
        mark, at = found[0], found.end()
        if mark == b'"':
            at = _string_end(content, found.start())
        else:
            depth += 1 if mark in b"[{" else -1
            if not depth:
                return at
    return len(content)


def _cells(notebook: Any) -> list[dict[str, Any]]:
    if isinstance(notebook, dict) and "doc_id" in notebook and "cells" not in notebook:
        raise NotebookFault("not read: a link to Google Drive; download the notebook itself")
    if not isinstance(notebook, dict) or not {"cells", "worksheets"} & notebook.keys():
        raise NotebookFault("not read: not a notebook, as it has no cells; save it again")
    cells = _list(notebook.get("cells"))
    for worksheet in _list(notebook.get("worksheets")):
        if isinstance(worksheet, dict):
            cells = [*cells, *_list(worksheet.get("cells"))]
    return [cell for cell in cells if isinstance(cell, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(cell: dict[str, Any]) -> bytes:
    """The text of a cell, which is stored as one string or as a list of lines."""
    source = cell.get("source", cell.get("input"))
    every = [source] if isinstance(source, str) else _list(source)
    lines = [line for line in every if isinstance(line, str)]
    # Jupyter ends each line but the last with a newline; some tools leave out all of them.
    text = ("" if any("\n" in line for line in lines) else "\n").join(lines)
    # JSON can contain a lone surrogate; Python then reports the error when it compiles the cell.
    return text.encode("utf-8", "surrogatepass")
