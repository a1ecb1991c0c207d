"""Escapes text so that Markdown shows it as it is."""

from __future__ import annotations

import html
import re

_MARKUP = re.compile(r"[\\`*_{}\[\]()#+\-.!|~=^$:]")


def as_markdown(text: str) -> str:
    """`text` on one line, in which nothing is a link, a tag, a list or a cell of a table.

    Tags become entities rather than backslashes, which not every renderer honours.
    """
    return _MARKUP.sub(r"\\\g<0>", html.escape(" ".join(text.split()), quote=False))
