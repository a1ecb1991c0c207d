"""Recognises the downloads of learning platforms by file and folder names.

For each platform there is a pattern for the names, and code that interprets them. The patterns of
Moodle, Canvas and Sakai follow their source code; those of Blackboard, Brightspace and Google
follow actual downloads.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import takewhile
from pathlib import Path

from autograder.model.submission import Attempt, Student
from autograder.submissions.entries import ending

Tree = Mapping[str, "Tree | None"]
"""The contents of a folder or an archive, by name: None for a file, a Tree for a folder."""


@dataclass(frozen=True)
class Layout:
    """How one platform names the submissions in its download."""

    name: str
    fitting: Callable[[Tree, str], Collection[str]]
    """Return the names in a folder that match this platform, given its contents and its name."""
    attempts: Callable[[Path, Sequence[str]], list[Attempt]]
    """Convert the matching names in a folder to attempts."""


def named(pattern: re.Pattern[str]) -> Callable[[Tree, str], Collection[str]]:
    return lambda inside, folder: [name for name in inside if pattern.fullmatch(name)]


def by_group(
    pattern: re.Pattern[str], names: Iterable[str], *groups: str
) -> dict[tuple[str, ...], list[re.Match[str]]]:
    """Group the matches by the values of some of the pattern's groups."""
    found: dict[tuple[str, ...], list[re.Match[str]]] = defaultdict(list)
    for name in names:
        if match := pattern.fullmatch(name):
            found[tuple(match[group] or "" for group in groups)].append(match)
    return found


# --- Canvas: "Download Submissions" -----------------------------------------------------------

_CANVAS = re.compile(
    r"(?:(?P<name>(?!LATE_|anon_).+?)_)?(?P<late>LATE_)?(?P<user>[0-9]+|anon_[0-9A-Za-z]+)_"
    r"(?:(?P<upload>[0-9]+)_(?P<given>.+)|(?P<page>(?:text|link)\.html))",
    re.DOTALL,
)
"""Name, LATE, the user's number, the upload's number, the file's own name; in one flat folder.

As in Canvas's `lib/content_zipper.rb`: the name is the sortable name ("Wong, Ada") in lower case,
reduced to letters, digits and underscores; anonymous submissions have no name.
"""
_COPY = re.compile(r"-[0-9]+(?=\.[^.]*\Z)")
"""The suffix that Canvas adds to the name of a file that is uploaded again."""


def _in_canvas_way(inside: Tree, folder: str) -> Collection[str]:
    """Match the names, unless the same number has several names: then it is not a user's number."""
    found = by_group(_CANVAS, inside, "user").values()
    if any(len({file["name"] for file in files}) > 1 for files in found):
        return ()
    return [file.string for files in found for file in files]


def canvas(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each user, with all files that have the user's number.

    Canvas exports only the last attempt. Of files that were uploaded several times, the last upload
    gets the name; the others are in a folder of their own, so that it counts before them.
    """
    attempts = []
    for (user,), files in by_group(_CANVAS, names, "user").items():
        name = files[0]["name"] or ""
        own: dict[str, tuple[str, Path]] = {}
        for file in sorted(files, key=lambda file: int(file["upload"] or 0)):
            given = file["given"] or file["page"]
            if ending(given) in (".py", ".ipynb"):  # so that `helper-1.py` is imported as `helper`
                given = _COPY.sub("", given)
            if given in own:
                own[f"upload {own[given][0]}/{given}"] = own[given]
            own[given] = file["upload"], folder / file.string
        attempts.append(
            Attempt(
                id=f"{name}_{user}" if name else user,
                files=tuple((given, path) for given, (_, path) in own.items()),
                students=(Student(name, (user,)),),
                late=any(file["late"] for file in files),
            )
        )
    return attempts


# --- Moodle: "Download all submissions" -------------------------------------------------------

_MOODLE = re.compile(
    r"(?P<name>.*?)(?:_(?P<user>[0-9]+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<given>.*))?",
    re.DOTALL,
)
"""Full name, participant number, kind of submission; a folder, or a prefix to each file.

As in Moodle's `mod/assign/classes/downloader.php`. The number is in the grading worksheet's column
"Identifier" ("Participant 123456"). For teams it is the group's name and number.
"""


def moodle(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each participant. Times are only in the grading worksheet."""
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
    r"(?P<who>.+_[^_]+)_attempt_(?P<time>[0-9]{4}(?:-[0-9]{2}){5})(?:_(?P<given>.+)|\.txt)",
    re.DOTALL,
)
"""Assignment, user name, attempt time, the file's own name; `.txt` describes the attempt."""
_DESCRIBED = re.compile(r"[^:]+: *(?P<name>.+) \((?P<user>[^()]+)\)\s*")
"""The first line of the description, `Name: Ada Wong (adawong)`, in any language."""


def blackboard(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each user and time; the time is the school's local time, without a zone.

    User names and assignment names may contain underscores. The description file says where the
    user name begins; without one, the user name is what follows the words that all names start
    with, or the last word if there is only one name.
    """
    attempts = []
    by_who = by_group(_BLACKBOARD, names, "who", "time")
    words = zip(*(who.split("_") for who, _ in by_who), strict=False)
    alike = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, words))
    alone = len({who for who, _ in by_who}) == 1
    for (who, time), files in by_who.items():
        said = _DESCRIBED.fullmatch(_first_line(folder / f"{who}_attempt_{time}.txt"))
        own = who.split("_")
        user = own[-1] if alone else "_".join(own[alike:] or own[-1:])
        name = user
        if said and who.endswith("_" + said["user"]):
            name, user = said["name"], said["user"]
        attempts.append(
            Attempt(
                id=f"{user}_{time}",
                files=tuple((one["given"], folder / one.string) for one in files if one["given"]),
                students=(Student(name, (user,)),),
                time=moment(time, "%Y-%m-%d-%H-%M-%S"),
            )
        )
    return attempts


def _first_line(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return ""
    try:
        with path.open("rb") as file:
            return file.readline(1000).decode("utf-8-sig", errors="replace")
    except OSError:
        return ""


# --- Brightspace (D2L): "Download" of an assignment's submissions -----------------------------

_BRIGHTSPACE = re.compile(
    r"(?P<user>[0-9]+)-[0-9]+ ?- ?(?P<name>.+?) ?- ?"
    r"(?P<time>(?:[A-Z][a-z]+ [0-9]{1,2}|[0-9]{1,2} [A-Z][a-z]+), [0-9]{4} [0-9]{3,4} ?(?:[AP]M)?)"
    r"(?: ?- ?(?P<given>.+))?",
    re.DOTALL,
)
"""User number, assignment number, name, time; a folder, or a prefix to each file.

The time is the school's local time without a colon: `Sep 24, 2026 926 PM` or `24 September, 2026
2126`.
"""


_OTHER_BRIGHTSPACE = re.compile(
    r"[0-9]+-[0-9]+ ?- ?[^-].*? ?- ?(?=[^-]*\b[0-9]{4}\b)[^-]*[0-9]{3,4}\D{0,8}(?: ?- ?.+)?",
    re.DOTALL,
)
"""A name like Brightspace's whose time is not in English."""


def other_brightspace(inside: Tree) -> list[str]:
    """The names that look like Brightspace's in another language, if they are most of all."""
    found = [name for name in inside if _OTHER_BRIGHTSPACE.fullmatch(name)]
    return found if 2 * len(found) > len(inside) else []


def brightspace(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each user and time, including earlier files that it does not replace.

    Submitting again adds files; a file with the same name replaces the earlier one.
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
    text = re.sub(r"^([0-9]+) ([A-Za-z]+)", r"\2 \1", text)
    match = re.fullmatch(r"([A-Z][a-z]{2})[a-z]* (.+ )([0-9]{1,2})([0-9]{2}) ?([AP]M)?", text)
    if match is None:
        return None
    month, day_and_year, hour, minute, half = match.groups()
    pattern = "%b %d, %Y %I:%M %p" if half else "%b %d, %Y %H:%M"
    return moment(f"{month} {day_and_year}{hour}:{minute} {half or ''}".strip(), pattern)


# --- Sakai: "Download All" --------------------------------------------------------------------

_SAKAI = re.compile(r"(?P<name>.+?) ?\((?P<user>[^()]+)\)", re.DOTALL)
"""`Wong, Ada(adaw)`: a folder for each student, with the files in a subfolder."""
_ATTACHMENTS = "Submission attachment(s)"


def _in_sakais_way(inside: Tree, folder: str) -> Collection[str]:
    return [
        name
        for name, below in inside.items()
        if _SAKAI.fullmatch(name) and below is not None and _ATTACHMENTS in below
    ]


def sakai(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each student, with the attachments only, not the feedback files."""
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
    """Parse Sakai's timestamp, such as `20260924212600000`, in UTC."""
    text = _first_line(path).strip()
    time = moment(text[:14], "%Y%m%d%H%M%S") if re.fullmatch("[0-9]{17}", text) else None
    return time and time.replace(tzinfo=timezone.utc)


# --- nbgrader: collected submissions, or its exchange ------------------------------------------

_NBGRADER = re.compile(
    r"(?P<user>[^+]+)\+(?P<assignment>[^+]+)\+"
    r"(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}[:_][0-9]{2}[:_][0-9]{2})[^+]*(?:\+.*)?"
)
"""`adawong+ps1+2026-09-11 21:30:00.000000 UTC`, in the exchange's folder `inbound`."""
_STAMP = "timestamp.txt"


def _in_nbgraders_way(inside: Tree, folder: str) -> Collection[str]:
    """Match folders of `inbound`, or of `submitted`: student, then assignment with a timestamp."""
    return [
        name
        for name, below in inside.items()
        if below is not None
        and (
            _NBGRADER.fullmatch(name)
            or (
                len(below) == 1 and all(one is not None and _STAMP in one for one in below.values())
            )
        )
    ]


def nbgrader(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each folder; times are in UTC."""
    attempts = []
    for name in names:
        match = _NBGRADER.fullmatch(name)
        user = match["user"] if match else name
        time = match["time"] if match else ""
        if not match:
            time = next((_first_line(one / _STAMP)[:19] for one in _listed(folder / name)), "")
        at = moment(time.replace("_", ":"), "%Y-%m-%d %H:%M:%S")
        attempts.append(
            Attempt(
                id=name,
                files=(("", folder / name),),
                students=(Student(user, (user,)),),
                time=at and at.replace(tzinfo=timezone.utc),
            )
        )
    return attempts


# --- Microsoft Teams: the folder "Student Work" of the class's files ----------------------------

_SUBMITTED, _WORKING = "Submitted files", "Working files"
_VERSION = re.compile(r"Version (?P<number>[0-9]{1,9})")


def _in_teams_way(inside: Tree, folder: str) -> Collection[str]:
    found = [name for name in (_SUBMITTED, _WORKING) if inside.get(name) is not None]
    if _SUBMITTED in found:
        return found
    students = {name: below for name, below in inside.items() if below}
    if folder == _SUBMITTED:
        return list(students)
    return [
        student
        for student, below in students.items()
        if any(each and all(map(_VERSION.fullmatch, each)) for each in below.values())
    ]


def teams(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each version that a student submitted; working files are not submissions.

    Each student's folder contains one folder for each assignment, and that one for each version.
    The students' folders may also have been copied out of the one for all.
    """
    attempts = []
    students = [folder / name for name in names]
    for student in _listed(folder / _SUBMITTED) if _SUBMITTED in names else students:
        by_number: dict[int, list[tuple[str, Path]]] = defaultdict(list)
        for assignment in _listed(student) if student.is_dir() else ():
            found = [(_VERSION.fullmatch(one.name), one) for one in _listed(assignment)]
            versions = [(int(match["number"]), one) for match, one in found if match]
            for number, place in versions or [(1, assignment)]:
                by_number[number].append((assignment.name, place))
        for number, places in by_number.items():
            files = tuple(places) if len(places) > 1 else (("", places[0][1]),)
            attempts.append(
                Attempt(
                    id=f"{student.name} {number}" if len(by_number) > 1 else student.name,
                    files=files,
                    students=(Student(student.name),),
                    number=number,
                )
            )
    return attempts


# --- Google Classroom, and shared Drive folders -----------------------------------------------

_GOOGLE = re.compile(r"(?P<name>[^\W\d_].*?) - (?P<given>.+)", re.DOTALL)
"""`Ada Wong - part1_softmax.py`, in one flat folder."""
_NUMBERED = re.compile(r"[\d_]")
"""Names of people have neither digits nor underscores."""


def _in_googles_way(inside: Tree, folder: str) -> Collection[str]:
    return [name for name, below in inside.items() if below is None and _GOOGLE.fullmatch(name)]


def google(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each person.

    Names start with the title if all start alike, or if each starts with what is not a person's
    name, such as `part1`, and not each ends so.
    """
    split = [(first, Path(rest)) for first, _, rest in (name.partition(" - ") for name in names)]
    firsts, lasts = [first for first, _ in split], [rest.stem for _, rest in split]
    numbered = all(map(_NUMBERED.search, firsts)) and not all(map(_NUMBERED.search, lasts))
    title_first = len(split) > 1 and (len(set(firsts)) == 1 or numbered)
    files: dict[str, list[tuple[str, Path]]] = defaultdict(list)
    for name, (first, rest) in zip(names, split, strict=True):
        person, title = (rest.stem, first) if title_first else (first, rest.stem)
        files[person].append((title.removeprefix("Copy of ") + rest.suffix, folder / name))
    return [
        Attempt(id=person, files=tuple(own), students=(Student(person, ()),))
        for person, own in files.items()
    ]


def moment(text: str, pattern: str) -> datetime | None:
    """The time in `text`; None if it does not match `pattern` or cannot be."""
    with suppress(ValueError):  # digits that are not a valid time
        return datetime.strptime(text, pattern)
    return None


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else [folder]


LAYOUTS = (
    Layout("Moodle", named(_MOODLE), moodle),
    Layout("Blackboard", named(_BLACKBOARD), blackboard),
    Layout("Brightspace", named(_BRIGHTSPACE), brightspace),
    Layout("Canvas", _in_canvas_way, canvas),
    Layout("Sakai", _in_sakais_way, sakai),
    Layout("nbgrader", _in_nbgraders_way, nbgrader),
    Layout("Teams", _in_teams_way, teams),
    Layout("Google", _in_googles_way, google),
)
"""Tried in this order; the patterns become less specific towards the end."""
