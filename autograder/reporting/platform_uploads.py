"""Files to upload to a platform: its own list with the marks, and a zip of the feedback pages."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Protocol

from autograder.atomic_write import replacing, write_whole
from autograder.errors import UsageError
from autograder.gradebook.gradebook import Gradebook
from autograder.gradebook.marks import FinalMark, in_words
from autograder.model.submission import Mark, Student
from autograder.platforms.roster import column_kind, participant_number
from autograder.reporting.filling import Cell, Filled, Row, fill_rows, read_sheet
from autograder.reporting.graded_folder import feedback_files
from autograder.reporting.terminal import listed_people
from autograder.text import number_of, printable

SIZE_LIMIT = 64 * 1024 * 1024


# --- Moodle: the grading worksheet ------------------------------------------------------------

_GRADE = frozenset(
    {"grade", "bewertung", "calificación", "note", "nota", "valutazione", "cijfer", "beoordeling"}
    | {"avaliação", "ocena", "оценка", "الدرجة", "成绩", "成績", "評点", "점수"}
)
_COMMENT = frozenset(
    {"feedback comments", "feedback als kommentar", "comentarios de retroalimentación"}
    | {"feedback par commentaires", "反馈评论"}
)
_LOCKED = frozenset(
    {"no", "nein", "non", "não", "nee", "nej", "nei", "ei", "nie", "ne", "nu", "hay\u0131r", "ez"}
    | {"όχι", "нет", "ні", "لا", "לא", "否", "いいえ", "아니오", "아니요"}
)
_UNLOCKED = frozenset(
    {"yes", "ja", "oui", "sí", "si", "sì", "sim", "kyllä", "tak", "ano", "áno", "da", "igen"}
    | {"evet", "bai", "\u03bd\u03b1\u03b9", "да", "так", "نعم", "כן", "是", "はい", "예"}
)
"""Values of the column "Grade can be changed", in many languages."""
_PARTICIPANT = re.compile(r"[^0-9]*(?P<number>[0-9]+)\s*")
"""`Participant 123456`: the number is the one in the names of the downloaded folders."""


def fill_moodle(
    content: bytes, marks: Iterable[Mark], column: str = "", name: str = "the Moodle worksheet"
) -> Filled:
    """Fill the marks, and their comments if there is such a column, into Moodle's worksheet.

    `column` is the title of the grade column if it is not a known one. Rows that Moodle marks as
    unchangeable are unchanged. Raises UsageError for another kind of file.
    """
    sheet = read_sheet(content, name)
    titles = [cell.text.strip().casefold() for cell in sheet.rows[0]] if sheet.rows else []
    wanted = {column.strip().casefold()} if column else _GRADE
    grades = [place for place, title in enumerate(titles) if title in wanted]
    people = [
        (match["number"], cells)
        for cells in sheet.rows[1:]
        if (match := _PARTICIPANT.fullmatch(cells[0].text))
    ]
    if len(grades) != 1 or not people:
        listed = "; ".join(printable(title, 40) for title in titles[:14])
        raise UsageError(
            f"{name}: found the columns {listed or '(none)'}; wanted participants' numbers in the "
            "first, and one of grades; name that one with --column, or download the worksheet again"
        )
    locks = _yes_or_no([cells for _, cells in people])
    rows = [_moodle_row(number, cells, titles, grades[0], locks) for number, cells in people]
    beside = people[0][1][grades[0] + 1 : grades[0] + 2]  # the maximum grade, unless it is a scale
    return fill_rows(sheet, rows, marks, beside[0].text if beside else "")


def _yes_or_no(rows: list[tuple[Cell, ...]]) -> int | None:
    """The only column with a yes or no in every row, in any language; None if not unique."""
    found = [
        column
        for column in range(min(map(len, rows)))
        if {cells[column].text.strip().casefold() for cells in rows} <= _LOCKED | _UNLOCKED
    ]
    return found[0] if len(found) == 1 else None


def _moodle_row(
    number: str, cells: tuple[Cell, ...], titles: list[str], grade: int, locks: int | None
) -> Row:
    by_title = dict(zip(titles, cells, strict=False))
    by_kind: dict[str, list[str]] = {}
    for title, cell in zip(titles[1:], cells[1:], strict=False):
        if cell.text.strip():
            by_kind.setdefault(column_kind(title), []).append(cell.text.strip())
    ids = [id for kind in ("id", "login", "email") for id in by_kind.get(kind, ())]
    locked = locks is not None and cells[locks].text.strip().casefold() in _LOCKED
    return Row(
        Student(by_kind.get("name", [""])[0], (number, *ids)),
        cells[grade] if grade < len(cells) and not locked else None,
        next((cell for title, cell in by_title.items() if title in _COMMENT), None),
    )


# --- lists with one title line and a column named after the assignment ----------------------------


@dataclass(frozen=True)
class _List:
    """The columns of a platform's list; titles are in lower case."""

    platform: str
    grade: re.Pattern[str]
    """Matches the title of a column to fill. Its groups are the assignment's `title` and, if they
    are in it, its number `id` and the maximum `most`."""
    ids: tuple[str, ...]
    name: tuple[str, ...] = ("first name", "last name")
    """The columns that make up the student's name, in this order."""
    prefix: str = ""
    """Written before every id and number."""
    head: int = 0
    """The number of lines above the titles."""
    points: str = ""
    """The first cell of the row with the maximum of each column, if there is such a row."""
    no_mark: tuple[str, ...] = ()
    """The texts of cells that take no mark."""


CANVAS = _List(
    "Canvas",
    re.compile(r"(?P<title>.*) \((?P<id>[0-9]+)\)", re.DOTALL),
    ("id", "sis user id", "sis login id", "integration id"),
    name=("student", "firstname", "lastname"),
    points="Points Possible",
    no_mark=("EX", "N/A"),
)
"""The exported gradebook; titles as in Canvas's `lib/gradebook_exporter.rb`.

The cells of excused students, and of those without the assignment, take no mark.
"""
BRIGHTSPACE = _List(
    "Brightspace",
    re.compile(
        r"(?P<title>.+?) Points Grade(?: <Numeric MaxPoints:(?P<most>[0-9.,]+).*>)?", re.IGNORECASE
    ),
    ("orgdefinedid", "username", "email"),
    prefix="#",
)
"""Exported with the key "Both" and points grades.

The import requires OrgDefinedId or Username, titles ending in " Points Grade", and "End-of-Line
Indicator" as the last column; these are left unchanged.
"""
BLACKBOARD = _List(
    "Blackboard",
    re.compile(
        r"(?P<title>.+?) \[Total Pts: (?P<most>[0-9.,]+)(?! Text\b)[^\]]*\](?: ?\| ?[^|]*)?"
    ),
    ("username", "student id"),
)
"""The Grade Center's "Work offline" file, with commas, or with tabs in UTF-16.

A title ends in the column's number, which identifies the column in the upload. Text columns take no
mark; columns with `up to` before the points are calculated by Blackboard.
"""
SAKAI = _List(
    "Sakai",
    re.compile(r"(?P<title>grade|mark)", re.IGNORECASE),
    ("display id", "id"),
    head=1,
)
"""The grades.csv of "Download All": title and grade type, an empty line, then the column titles.

"Upload All" reads it from the zip, next to the students' folders.
"""


def _fill(
    kind: _List, content: bytes, marks: Iterable[Mark], column: str = "", name: str = "the list"
) -> Filled:
    """Fill the marks into the list `content`.

    `column` is the assignment's title, with or without what the platform adds to it, or its number;
    it may be empty if there is only one. Raises UsageError for another kind of file, or if not
    exactly one column matches.
    """
    sheet = read_sheet(content, name)
    place = kind.head
    while place < min(len(sheet.rows), 4) and kind.head and len(sheet.rows[place]) < 3:
        place += 1
    titles = [cell.text.strip() for cell in sheet.rows[place]] if place < len(sheet.rows) else []
    grade, match = _grade_column(kind, titles, column, name)
    rows = list(_rows(kind, titles, grade, sheet.rows[place + 1 :]))
    most = match.groupdict().get("most") or ""
    if kind.points:
        points = next((row for row in sheet.rows if kind.points in row[0].text), ())
        most = points[grade].text if grade < len(points) else ""
    return fill_rows(sheet, rows, marks, most)


def _grade_column(
    kind: _List, titles: Sequence[str], column: str, name: str
) -> tuple[int, re.Match[str]]:
    """The place of the column to fill, and the match of its title."""
    matches = {n: match for n, title in enumerate(titles) if (match := kind.grade.fullmatch(title))}
    if not matches or set(kind.ids).isdisjoint(map(str.casefold, titles)):
        listed = "; ".join(printable(title, 40) for title in titles[:10]) or "(none)"
        raise UsageError(
            f"{name}: found the columns {listed}; export the grades from {kind.platform} again, "
            "with the students' ids and the points"
        )
    found = [
        n
        for n, match in matches.items()
        if not column or column in (titles[n], match["title"], match.groupdict().get("id"))
    ]
    if len(found) != 1:
        counts = Counter(match["title"] for match in matches.values())
        known = "; ".join(
            printable(titles[n] if counts[match["title"]] > 1 else match["title"], 60)
            for n, match in list(matches.items())[:8]
        )
        what = number_of(len(found), "column") + f" for {printable(column, 60)!r}" * bool(column)
        raise UsageError(f"{name}: found {what}; name one of these with --column: {known}")
    return found[0], matches[found[0]]


def _rows(
    kind: _List, titles: Sequence[str], grade: int, lines: Iterable[tuple[Cell, ...]]
) -> Iterator[Row]:
    """Yield the row of each student; lines without an id are others."""
    for cells in lines:
        texts = {
            title.casefold(): cell.text.strip() for title, cell in zip(titles, cells, strict=False)
        }
        ids = (texts.get(title, "").removeprefix(kind.prefix) for title in kind.ids)
        if known := tuple(dict.fromkeys(filter(None, ids))):
            person = " ".join(filter(None, (texts.get(title) for title in kind.name)))
            cell = cells[grade] if grade < len(cells) else None
            takes_none = cell is None or cell.text.strip().upper() in kind.no_mark
            yield Row(Student(person, known), None if takes_none else cell)


# --- all of them ------------------------------------------------------------------------------


class _Fills(Protocol):
    def __call__(self, content: bytes, marks: list[Mark], column: str, name: str, /) -> Filled: ...


PLATFORMS: Mapping[str, _Fills] = {
    "canvas": partial(_fill, CANVAS),
    "moodle": fill_moodle,
    "brightspace": partial(_fill, BRIGHTSPACE),
    "blackboard": partial(_fill, BLACKBOARD),
    "sakai": partial(_fill, SAKAI),
}
"""The fill function for each platform; the new list is named after the key, with `.csv`."""


def fill_list(
    platform: str, given: Path, marks: Sequence[FinalMark], folder: Path, column: str = ""
) -> tuple[Path, Filled]:
    """Fill the final marks into the list `given`, and write it as a new file in `folder`.

    `platform` is a key of PLATFORMS; `column` is the title of the column to fill, if that is
    ambiguous. Students without a final mark are skipped. Raises UsageError if the file is not such
    a list.
    """
    name = printable(str(given))
    target = folder / f"{platform}.csv"
    if target.exists() and target.samefile(given):
        raise UsageError(
            f"{name}: the marks would be written to this file; move it elsewhere first"
        )
    try:
        with given.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read ({error.strerror}); name a CSV file") from None
    if len(content) > SIZE_LIMIT:
        raise UsageError(f"{name}: is larger than 64 MiB; export only one assignment")
    given_marks = [
        Mark(mark.student, mark.final, mark.max_score, "; ".join(in_words(mark)))
        for mark in marks
        if mark.final is not None
    ]
    filled = PLATFORMS[platform](content, given_marks, column, name)
    with replacing(target) as file_of_text:
        file_of_text.buffer.write(filled.content)
    return target, filled


# --- feedback pages in a zip, with names as in the download ---------------------------------------

# Moodle, "Upload multiple feedback files in a zip" (`mod/assign/feedback/file/importziplib.php`,
# 5.0): the participant is identified by the first part of a path, which must be
# `name_number_plugintype_plugin`, optionally followed by an underscore and more; the rest is the
# file. Unknown numbers are skipped, and an underscore in the name hides the number.
#
# Canvas, "Upload Submissions" (`generate_comments_from_files`): the user number and the upload
# number in a file's name identify the recipient; the file is shown under that upload's name.

_MOODLE = re.compile(r"[^_/]+_[0-9]+_assignsubmission_[a-z]+(?=_|\Z)")
_CANVAS = re.compile(r"(?:[^_]+_)?(?:LATE_)?[0-9]+_[0-9]+_.+")
_STAMP = (1980, 1, 1, 0, 0, 0)


def write_feedback_zip(gradebook: Gradebook, folder: Path, platform: str) -> Iterator[str]:
    """Write `folder`/PLATFORM-feedback.zip; yield lines that say who gets a page and who does not.

    Raises UsageError if no submission is named as in that platform's download.
    """
    marks, uploaded = gradebook.marks(), gradebook.register.files()
    names = {"moodle": _moodle_names, "canvas": _canvas_names}[platform]
    packed: dict[str, bytes] = {}
    reached: list[Student] = []
    for page in feedback_files(marks):
        own = [marks[place] for place in page.places]
        content = (folder / page.path).read_bytes()
        for name, students in names(own, uploaded.get(page.submission, ())).items():
            packed[name] = content
            reached += students
    if not packed:
        raise UsageError(
            f"{folder}: no submission has a name as in a download from {platform.capitalize()}; "
            "grade that download, packed or not"
        )
    target = folder / f"{platform}-feedback.zip"
    write_whole(target, _zip(packed))
    yield f"{target}: {number_of(len(packed), 'page')} for {number_of(len(reached), 'student')}"
    left = [mark.student for mark in marks if mark.submission and mark.student not in reached]
    if left:
        yield f"not in it, as no name of the download leads to them: {listed_people(left)}"


def _moodle_names(
    marks: Sequence[FinalMark], uploaded: Sequence[str]
) -> Mapping[str, Sequence[Student]]:
    """The submission's own name for a single student; for a team, one name for each member.

    A team's folder has the group's number, which may also be another participant's number. The
    members' numbers come from the grading worksheet, if it was given as the roster; the number in
    another roster may be any other number of theirs.
    """
    found = next((match[0] for name in uploaded if (match := _MOODLE.match(name))), None)
    if found is None:
        return {}
    number = found.split("_")[1]
    if len(marks) == 1 and number in marks[0].student.ids:
        return {f"{found}_/feedback.html": [marks[0].student]}
    numbers = {mark.student: "".join(map(participant_number, mark.student.ids)) for mark in marks}
    return {
        f"{one.name.replace('_', ' ')}_{number}_assignsubmission_file_/feedback.html": [one]
        for one, number in numbers.items()
        if number and one.name
    }


def _canvas_names(
    marks: Sequence[FinalMark], uploaded: Sequence[str]
) -> Mapping[str, Sequence[Student]]:
    """One name: Canvas itself shares a comment for one group member with all of them."""
    first = next((name for name in uploaded if _CANVAS.fullmatch(name)), None)
    return {} if first is None else {f"{first}.html": [mark.student for mark in marks]}


def _zip(files: Mapping[str, bytes]) -> bytes:
    """Pack the files; equal files give equal bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()
