"""Turns the bytes of a text file into UTF-8, where a byte order mark says what they are."""

from __future__ import annotations

import codecs
import re

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
