"""Recognises the downloads of learning platforms by the names of what is in them.

Each platform says which names are in its way, and what they mean. Moodle's, Canvas's and Sakai's
are those that their own source code makes; Blackboard's, Brightspace's and Google's are as their
downloads look.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from autograder.model import Attempt, Student
from autograder.submissions.entries import ending

Tree = Mapping[str, "Tree | None"]
"""What a folder or an archive holds, by name: None for a file, the inside for a folder."""


@dataclass(frozen=True)
class Layout:
    """How one platform delivers hand-ins."""

    name: str
    fitting: Callable[[Tree, str], Collection[str]]
    """Of a folder's inside and its name: the names in it that are in this platform's way."""
    attempts: Callable[[Path, Sequence[str]], list[Attempt]]
    """Those of the fitting names in a folder."""


def named(pattern: re.Pattern[str]) -> Callable[[Tree, str], Collection[str]]:
    return lambda inside, folder: [name for name in inside if pattern.fullmatch(name)]


def by_group(
    pattern: re.Pattern[str], names: Iterable[str], *groups: str
) -> dict[tuple[str, ...], list[re.Match[str]]]:
    """The matches by what they have in some groups."""
    found: dict[tuple[str, ...], list[re.Match[str]]] = defaultdict(list)
    for name in names:
        if match := pattern.fullmatch(name):
            found[tuple(match[group] or "" for group in groups)].append(match)
    return found


# --- Canvas: "Download Submissions" -----------------------------------------------------------

_CANVAS = re.compile(
    r"(?:(?P<name>(?!LATE_|anon_).+?)_)?(?P<late>LATE_)?(?P<user>[0-9]+|anon_[0-9A-Za-z]+)_"
    r"(?:[0-9]+_(?P<given>.+)|(?P<page>(?:text|link)\.html))",
    re.DOTALL,
)
"""name, LATE, the user's number, the upload's number, the file's own name: in one flat folder.

As in Canvas's `lib/content_zipper.rb`; the name is the sortable one ("Wong, Ada") in lower case
with nothing left but letters, digits and underscores; anonymous hand-ins have none.
"""
_COPY = re.compile(r"-[0-9]+(?=\.[^.]*\Z)")
"""What Canvas puts behind the name of a file that is uploaded once more."""


def canvas(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each user, of all files with that user's number.

    Canvas delivers only the last attempt.
    """
    attempts = []
    for (user,), files in by_group(_CANVAS, names, "user").items():
        name = files[0]["name"] or ""
        given = [file["given"] or file["page"] for file in files]
        own = [_as_uploaded(one, given) for one in given]
        attempts.append(
            Attempt(
                id=f"{name}_{user}" if name else user,
                files=tuple((a, folder / file.string) for a, file in zip(own, files, strict=True)),
                students=(Student(name, (user,)),),
                late=any(file["late"] for file in files),
            )
        )
    return attempts


def _as_uploaded(name: str, others: list[str]) -> str:
    """`helper-1.py` was uploaded as `helper.py`, and is imported under that name."""
    original = _COPY.sub("", name)
    is_code = ending(name) in (".py", ".ipynb")
    alike = [other for other in others if _COPY.sub("", other) == original]
    return original if is_code and len(alike) == 1 else name


# --- Moodle: "Download all submissions" -------------------------------------------------------

_MOODLE = re.compile(
    r"(?P<name>.*?)(?:_(?P<user>[0-9]+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<given>.*))?",
    re.DOTALL,
)
"""Full name, the participant's number, the kind of submission; a folder, or a prefix to each file.

As in Moodle's `mod/assign/classes/downloader.php`. The number is that of the grading worksheet's
column "Identifier" ("Participant 123456"). For teams it is the group's name and number.
"""


def moodle(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each participant. Only the grading worksheet knows the time."""
    return [
        Attempt(
            id=f"{name}_{user}" if user else name,
            files=tuple((file["given"] or "", folder / file.string) for file in files),
            students=(Student(name, (user,) if user else ()),),
        )
        for (name, user), files in by_group(_MOODLE, names, "name", "user").items()
    ]


# --- Blackboard: "Download Assignment File" ---------------------------------------------------

_BLACKBOARD = re.compile(
    r".+_(?P<user>[^_]+)_attempt_(?P<time>[0-9]{4}(?:-[0-9]{2}){5})(?:_(?P<given>.+)|\.txt)",
    re.DOTALL,
)
"""Assignment, user name, the attempt's time, the file's own name; `.txt` describes the attempt."""


def blackboard(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each user and time; the time is the school's, without a zone."""
    return [
        Attempt(
            id=f"{user}_{time}",
            files=tuple((file["given"], folder / file.string) for file in files if file["given"]),
            students=(Student(user, (user,)),),
            time=_moment(time, "%Y-%m-%d-%H-%M-%S"),
        )
        for (user, time), files in by_group(_BLACKBOARD, names, "user", "time").items()
    ]


# --- Brightspace (D2L): "Download" of an assignment's submissions -----------------------------

_BRIGHTSPACE = re.compile(
    r"(?P<user>[0-9]+)-[0-9]+ ?- ?(?P<name>.+?) ?- ?"
    r"(?P<time>[A-Z][a-z]+ [0-9]{1,2}, [0-9]{4} [0-9]{3,4} ?(?:[AP]M)?)(?: ?- ?(?P<given>.+))?",
    re.DOTALL,
)
"""The user's number, the assignment's, name, time; a folder, or a prefix to each file.

The time is the school's, without its colon: `Sep 24, 2026 926 PM`.
"""


def brightspace(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each user and time, with the files handed in before that are not replaced.

    Who hands in twice adds files: one of the same name takes the other's place.
    """
    attempts = []
    for (user, name), matches in by_group(_BRIGHTSPACE, names, "user", "name").items():
        by_time: dict[datetime | None, list[re.Match[str]]] = defaultdict(list)
        for match in matches:
            by_time[_brightspace_time(match["time"])].append(match)
        files: dict[str, Path] = {}
        for number, time in enumerate(sorted(by_time, key=lambda time: time or datetime.min)):
            for match in by_time[time]:
                path = folder / match.string
                inside = [("", path)] if match["given"] else [(p.name, p) for p in _listed(path)]
                files |= {own or str(match["given"]): place for own, place in inside}
            attempts.append(
                Attempt(
                    id=f"{name}_{user}" if number == 0 else f"{name}_{user}_{number + 1}",
                    files=tuple(files.items()),
                    students=(Student(name, (user,)),),
                    time=time,
                    number=number,
                )
            )
    return attempts


def _brightspace_time(text: str) -> datetime | None:
    match = re.fullmatch(r"([A-Z][a-z]{2})[a-z]* (.+ )([0-9]{1,2})([0-9]{2}) ?([AP]M)?", text)
    if match is None:
        return None
    month, day_and_year, hour, minute, half = match.groups()
    pattern = "%b %d, %Y %I:%M %p" if half else "%b %d, %Y %H:%M"
    return _moment(f"{month} {day_and_year}{hour}:{minute} {half or ''}".strip(), pattern)


# --- Sakai: "Download All" --------------------------------------------------------------------

_SAKAI = re.compile(r"(?P<name>.+?) ?\((?P<user>[^()]+)\)", re.DOTALL)
"""`Wong, Ada(adaw)`: a folder for each student, in which the files have a folder of their own."""
_ATTACHMENTS = "Submission attachment(s)"


def _in_sakais_way(inside: Tree, folder: str) -> Collection[str]:
    return [
        name
        for name, below in inside.items()
        if _SAKAI.fullmatch(name) and below is not None and _ATTACHMENTS in below
    ]


def sakai(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each student, of what was attached; the feedback beside it is not theirs."""
    return [
        Attempt(
            id=user,
            files=(("", folder / match.string / _ATTACHMENTS),),
            students=(Student(match["name"], (user,)),),
            time=_sakai_time(folder / match.string / "timestamp.txt"),
        )
        for (user,), matches in by_group(_SAKAI, names, "user").items()
        for match in matches
    ]


def _sakai_time(path: Path) -> datetime | None:
    """Sakai writes `20260924212600000`, in UTC."""
    try:
        with path.open("rb") as file:
            text = file.read(100).decode(errors="replace").strip()
    except OSError:
        return None
    time = _moment(text[:14], "%Y%m%d%H%M%S") if re.fullmatch("[0-9]{17}", text) else None
    return time and time.replace(tzinfo=timezone.utc)


# --- Google Classroom, and shared Drive folders -----------------------------------------------

_GOOGLE = re.compile(r"(?P<name>[^\W\d_].*?) - (?P<given>.+)", re.DOTALL)
"""`Ada Wong - part1_softmax.py`: in one flat folder."""


def _in_googles_way(inside: Tree, folder: str) -> Collection[str]:
    return [name for name, below in inside.items() if below is None and _GOOGLE.fullmatch(name)]


def google(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each name. Where all names begin alike it is the title that comes first."""
    split = [(path.stem, path.suffix) for path in map(Path, names)]
    firsts = {stem.partition(" - ")[0] for stem, _ in split}
    title_first = len(split) > 1 and len(firsts) == 1
    files: dict[str, list[tuple[str, Path]]] = defaultdict(list)
    for name, (stem, suffix) in zip(names, split, strict=True):
        person, _, title = stem.partition(" - ")
        if title_first:
            person, title = title, person
        files[person].append((title.removeprefix("Copy of ") + suffix, folder / name))
    return [
        Attempt(id=person, files=tuple(own), students=(Student(person, ()),))
        for person, own in files.items()
    ]


def _moment(text: str, pattern: str) -> datetime | None:
    with suppress(ValueError):  # digits that are no time
        return datetime.strptime(text, pattern)
    return None


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else [folder]


LAYOUTS = (
    Layout("Moodle", named(_MOODLE), moodle),
    Layout("Blackboard", named(_BLACKBOARD), blackboard),
    Layout("Brightspace", named(_BRIGHTSPACE), brightspace),
    Layout("Canvas", named(_CANVAS), canvas),
    Layout("Sakai", _in_sakais_way, sakai),
    Layout("Google", _in_googles_way, google),
)
"""In the order in which they are tried; the names of files look the more alike the later."""
