"""Reads a point in time with its time zone."""

from __future__ import annotations

import re
from datetime import datetime

_MOMENT = re.compile(r"([\d-]{10})[ T](\d\d:\d\d(?::\d\d)?) ?(Z|[+-]\d\d:\d\d)", re.ASCII)


def moment(text: str) -> datetime:
    """The time that `text` tells, as `2026-09-11 23:59 +02:00`, or with Z for UTC.

    Raises ValueError where there is no such time, or no zone.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no time with its zone")
    day, hour, zone = match.groups()
    return datetime.fromisoformat(f"{day} {hour}{zone.replace('Z', '+00:00')}")
