"""Colours for a terminal; every word says without them what it says with them."""

from __future__ import annotations

import re

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


def painted(text: str, *styles: str) -> str:
    """`text` in these styles: bold, dim, red, green, yellow, cyan."""
    codes = ";".join(_CODES[style] for style in styles)
    return f"\x1b[{codes}m{text}\x1b[0m" if codes else text


def plain(text: str) -> str:
    """`text` without what `painted` added."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
