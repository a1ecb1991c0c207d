"""Fills in the files that the archives hold apart from the course."""

from __future__ import annotations

import re
from importlib.resources import files

_GAP = re.compile(r"@([A-Z]+(?:_[A-Z]+)*)@")


def filled(template: str, **values: str) -> str:
    """The text of a template, with `@WORD@` replaced by the value called `word`.

    Raises KeyError where one is not given.
    """
    text = (files("autograder.authoring") / "templates" / template).read_text(encoding="utf-8")
    return _GAP.sub(lambda gap: values[gap[1].lower()], text)
