"""Takes the code cells out of a notebook's bytes."""

from __future__ import annotations

import json
from typing import Any

CELL_LIMIT = 2_000
"""Code cells of one notebook."""
CODE_LIMIT = 1024 * 1024
"""Bytes of code in one notebook, as in one script."""
_BRACKET_LIMIT = 1_000_000
"""Lists and objects in one notebook: each costs sixty times the memory of its text."""


class NotebookFault(ValueError):
    """The notebook cannot be read; the message is ours, one line, safe to show."""


def code_cells(content: bytes) -> tuple[bytes, ...]:
    """The text of each code cell, UTF-8; `content` is UTF-8.

    Reads nbformat 4 and the formats before it, whose cells lie in worksheets. A code cell without
    text is empty, so that the others keep their numbers. Raises NotebookFault, and nothing else.
    """
    if content.count(b"[") + content.count(b"{") > _BRACKET_LIMIT:
        raise NotebookFault("not read: more lists and objects than a notebook has")
    try:
        notebook = json.loads(content)
    except RecursionError:
        raise NotebookFault("not read: nested deeper than a notebook is") from None
    except ValueError:  # also of a number too long, and of bytes that are not UTF-8
        raise NotebookFault("not read: no notebook, as it is not JSON; save it again") from None
    cells = [_text(cell) for cell in _cells(notebook) if cell.get("cell_type") == "code"]
    if not any(cells):
        raise NotebookFault("not read: a notebook without code cells")
    if len(cells) > CELL_LIMIT or sum(map(len, cells)) > CODE_LIMIT:
        raise NotebookFault(f"not read: more than {CELL_LIMIT} code cells, or than 1 MiB of code")
    return tuple(cells)


def _cells(notebook: Any) -> list[dict[str, Any]]:
    if not isinstance(notebook, dict):
        raise NotebookFault("not read: no notebook, as it has no cells; save it again")
    cells = _list(notebook.get("cells"))
    for worksheet in _list(notebook.get("worksheets")):
        if isinstance(worksheet, dict):
            cells = [*cells, *_list(worksheet.get("cells"))]
    return [cell for cell in cells if isinstance(cell, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(cell: dict[str, Any]) -> bytes:
    """The text of a code cell: one string, or one for each line."""
    source = cell.get("source", cell.get("input"))
    lines = [source] if isinstance(source, str) else _list(source)
    text = "".join(line for line in lines if isinstance(line, str))
    # JSON can spell half a surrogate pair; Python itself then says what is wrong with the cell.
    return text.encode("utf-8", "surrogatepass")
