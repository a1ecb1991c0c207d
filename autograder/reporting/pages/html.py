"""Builds HTML in which only what was built here is markup: every other text is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from autograder.text import printable

_LONGEST = 20_000
"""Characters of one text; whatever reaches a page should be far shorter."""
_REPEATED = 1 << 13
"""Texts and tags that are kept once made: a page says most of them many times."""
_SHORT = 200
"""Characters of a text that is kept; longer ones would fill the memory, and repeat less."""

_DRAWN = frozenset({"circle", "line", "path", "rect"})
"""Elements of SVG without content, which need a slash."""
_VOID = frozenset({"br", "col", "input", "link", "meta"})
"""Elements of HTML without content."""


class Html(str):
    """Text that is markup already, made by the functions of this module."""

    __slots__ = ()


Content: TypeAlias = str | Iterable[str] | None
"""Html is taken as it is, other text is escaped, None is nothing."""


def escape(text: str) -> Html:
    """`text` as it is to be read, in an element or in a quoted attribute.

    What cannot be printed is shown by its code: controls, direction marks, lone surrogates.
    """
    return _short(text) if len(text) <= _SHORT else _escaped(text)


def _escaped(text: str) -> Html:
    if len(text) > _LONGEST or not text.isprintable():
        text = printable(text, _LONGEST)
    return Html(html.escape(text))


_short = lru_cache(_REPEATED)(_escaped)


def join(*content: Content) -> Html:
    """All the content, one after another."""
    return Html(_inside(content))


def tag(name: str, *content: Content, **attributes: str | float | bool | None) -> Html:
    """One element.

    Attributes lose an underscore at the end of their names, other underscores become hyphens. Those
    that are None or False are left out, those that are True have no value.
    """
    if name in _VOID or name in _DRAWN:
        assert not content, f"<{name}> holds nothing"
        end = "/>" if name in _DRAWN else ">"
        return Html(f"<{name}{_attributes(*attributes.items())}{end}")
    start = _start(name, *attributes.items()) if attributes else f"<{name}>"
    return Html(f"{start}{_inside(content)}</{name}>")


def raw(text: str) -> Html:
    """`text` of our own that is markup: a style sheet, a script. Never anything that was read."""
    return Html(text)


def _inside(content: Iterable[Content]) -> str:
    pieces: list[str] = []
    for one in content:
        if isinstance(one, str):
            pieces.append(one if isinstance(one, Html) else escape(one))
        elif one is not None:
            pieces.append(_inside(one))
    return "".join(pieces)


@lru_cache(_REPEATED)
def _start(name: str, *attributes: tuple[str, str | float | bool | None]) -> str:
    return f"<{name}{_attributes(*attributes)}>"


def _attributes(*attributes: tuple[str, str | float | bool | None]) -> str:
    return "".join(_attribute(*one) for one in attributes)


def _attribute(name: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = value if isinstance(value, str) else f"{value:g}"
    return f' {name}="{escape(text)}"'
