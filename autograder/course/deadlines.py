"""Times of course.yaml, and extensions.csv, which gives single students later deadlines."""

from __future__ import annotations

import csv
import io
import math
import re
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.errors import CourseError
from autograder.model.course import Extension
from autograder.text import printable, without_separator_line

EARLY = "is {!r}, before the deadline {!r}; write a later time, or take the extension out"
"""Why an extension is refused: with its time and the deadline's, as they are written."""

WANTED = "2026-09-11 23:59 +02:00"
"""Example of a time, for messages; the offset is left out if `deadline.zone` is given."""

_MOMENT = re.compile(r"([\d-]{10})[ T](\d\d:\d\d(?::\d\d)?)(?: ?(Z|[+-]\d\d:\d\d))?", re.ASCII)


def zone_named(name: str) -> tzinfo:
    """Return the time zone with this IANA name. Raises ValueError if it is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"is {name!r}; write an IANA name such as Europe/Berlin, or run "
            "'pip install tzdata' where this system has no time zones"
        ) from None


def moment(text: str, zone: tzinfo | None = None) -> datetime:
    """Parse a time such as `2026-09-11 23:59 +02:00`; Z means UTC.

    Without an offset it is a time in `zone`; a time that occurs twice, because clocks go back, is
    read as the second one. Raises ValueError if `text` is not a time, if the clocks in `zone` skip
    it, if its offset is not the one of `zone`, or if it has neither an offset nor a zone.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"is {text!r}; write it like {WANTED}")
    day, hour, offset = match.groups()
    try:
        time = datetime.fromisoformat(f"{day} {hour}{(offset or '').replace('Z', '+00:00')}")
    except ValueError:
        raise ValueError(f"is {text!r}; write it like {WANTED}") from None
    if offset is None:
        if zone is None:
            raise ValueError(
                f"is {text!r}, which has no time zone; write it like {WANTED}, or add "
                "'zone: Europe/Berlin' to the deadline"
            )
        local = time.replace(tzinfo=zone, fold=1)
        back = local.astimezone(timezone.utc).astimezone(zone)
        if back.replace(tzinfo=None) != time:
            raise ValueError(
                f"is {text!r}, a time that the clocks skip in {zone}; choose another time"
            )
        return _fixed(local)
    if zone is not None:
        local = time.astimezone(zone)
        if local.replace(tzinfo=None) != time.replace(tzinfo=None):
            clock = local.strftime("%H:%M")
            raise ValueError(f"is {text!r}, which is {clock} in {zone}; leave the offset out")
        return _fixed(local)
    return time


def _fixed(time: datetime) -> datetime:
    """Give `time` a fixed offset: Python compares two times in the same zone by wall clock."""
    return time.replace(tzinfo=timezone(time.utcoffset() or timedelta()), fold=0)


EXTENSIONS_FILE = "extensions.csv"
_TITLES = {
    "student": ("student", "id", "student id", "student_id", "login", "email", "name"),
    "due": ("due", "new due", "until", "deadline"),
    "hours": ("hours", "extra hours"),
    "reason": ("reason", "why", "because"),
}
_SIZE_LIMIT = 4 * 1024 * 1024


def read_extensions(
    folder: Path, zone: tzinfo | None, deadline: str | None = None
) -> tuple[Extension, ...]:
    """Read the extensions in `folder`/extensions.csv; empty if there is no such file.

    A row has a student (id, login, email address or name), a new `due` or additional `hours`, and
    optionally a `reason`. No `due` may be before the `deadline`, a time as in course.yaml. Raises
    CourseError with the line, and what to write there.
    """
    path = folder / EXTENSIONS_FILE
    try:
        with path.open("rb") as file:
            content = file.read(_SIZE_LIMIT + 1)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise CourseError(
            f"{EXTENSIONS_FILE}: cannot be read ({error.strerror}); check it"
        ) from None
    if len(content) > _SIZE_LIMIT:
        raise CourseError(f"{EXTENSIONS_FILE}: larger than 4 MiB; list one student a line")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CourseError(f"{EXTENSIONS_FILE}:{line}: is not UTF-8; save it as CSV UTF-8") from None
    text, (separator, *_) = without_separator_line(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: dict[str, Extension] = {}
    try:
        columns = _columns(next(filter(None, rows), []))
        for row in rows:
            cells = {kind: row[n].strip() for kind, n in columns.items() if n < len(row)}
            if not any(cells.values()):
                continue
            place = f"{EXTENSIONS_FILE}:{rows.line_num}"
            one = _extension(cells, zone, place)
            if one.due is not None and deadline and one.due < moment(deadline, zone):
                raise CourseError(f"{place}: due {EARLY.format(cells['due'], deadline)}")
            if one.student.casefold() in found:
                raise CourseError(
                    f"{place}: {printable(one.student, 60)!r} is already listed above; keep one "
                    "of the two lines"
                )
            found[one.student.casefold()] = one
    except csv.Error as error:
        raise CourseError(
            f"{EXTENSIONS_FILE}:{rows.line_num}: is not CSV ({error}); save the list again"
        ) from None
    return tuple(found.values())


def _columns(titles: list[str]) -> dict[str, int]:
    plain = [" ".join(title.casefold().split()) for title in titles]
    columns = {
        kind: plain.index(next(one for one in known if one in plain))
        for kind, known in _TITLES.items()
        if set(known) & set(plain)
    }
    if "student" not in columns or not {"due", "hours"} & columns.keys():
        listed = ", ".join(printable(title, 40) for title in titles[:8]) or "nothing"
        raise CourseError(
            f"{EXTENSIONS_FILE}:1: has the titles {listed}; write student,due,reason, "
            "or student,hours,reason"
        )
    return columns


def _extension(cells: dict[str, str], zone: tzinfo | None, place: str) -> Extension:
    due, hours = cells.get("due", ""), cells.get("hours", "")
    if not cells.get("student"):
        raise CourseError(f"{place}: names no student; write an id, a login or a name")
    if bool(due) == bool(hours):
        what = "both a new due and hours; keep" if due else "neither a due nor hours; write"
        raise CourseError(f"{place}: has {what} one of them")
    try:
        number = float(hours or 0)
        until = moment(due, zone) if due else None
    except ValueError as error:
        why = error if due else f"hours is {printable(hours, 40)!r}; write a number"
        raise CourseError(f"{place}: {'due ' if due else ''}{why}") from None
    if hours and not (math.isfinite(number) and 0 < number <= 10_000):
        raise CourseError(f"{place}: hours is {printable(hours, 40)!r}; write a number above 0")
    return Extension(cells["student"], until, number, " ".join(cells.get("reason", "").split()))
