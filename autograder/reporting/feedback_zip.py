"""Packs the feedback pages into a zip for upload to a platform, named like the download.

Moodle, "Upload multiple feedback files in a zip" (`mod/assign/feedback/file/importziplib.php`,
5.0): the participant is identified by the first part of a path, which must be
`name_number_plugintype_plugin`, optionally followed by an underscore and more; the rest is the
file. Unknown numbers are skipped, and an underscore in the name hides the number.

Canvas, "Upload Submissions" (`generate_comments_from_files`): the user number and the upload number
in a file's name identify the recipient, and the file is shown under the name of that upload.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from autograder.atomic_write import write_whole
from autograder.errors import UsageError
from autograder.gradebook.gradebook import Gradebook
from autograder.gradebook.marks import FinalMark
from autograder.model.submission import Student
from autograder.platforms.roster import participant_number
from autograder.reporting.graded_folder import feedback_files
from autograder.reporting.terminal import listed_people
from autograder.text import number_of

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
            "grade "
            "that download, packed or not"
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
