"""Builds from the course what students, learning platforms and CI get."""

from __future__ import annotations

from pathlib import Path

from autograder.answer_key.build import build_key
from autograder.answer_key.file import key_text
from autograder.answer_key.reproducible import check_reproducible
from autograder.atomic_write import write_whole
from autograder.authoring.archives import (
    folder_name,
    github_files,
    gradescope_archive,
    otter_archive,
    require_otter,
    student_archive,
)
from autograder.authoring.packing import build_wheel
from autograder.authoring.platform_folders import platform_folders
from autograder.authoring.sync import derive
from autograder.course.load import load_course
from autograder.errors import UsageError
from autograder.file_names import EXERCISES, FULL_KEY, PUBLIC_KEY


def build(folder: Path, out: Path) -> tuple[str, ...]:
    """Write all of it below `out`, and return the paths there; the same course, the same bytes.

    Everything is made before the first file is written, and each file is replaced as a whole.
    Raises CourseError where the course cannot be built, UsageError where `out` cannot be written,
    ModuleNotFoundError where otter is not installed.
    """
    require_otter()
    course = load_course(folder)
    key = build_key(course)
    check_reproducible(course, key)
    derived = derive(course, key)
    exercises = {path.removeprefix(f"{EXERCISES}/"): derived[path] for path in derived}
    support = {name: exercises[name] for name in course.support}
    assignment = {FULL_KEY: key_text(course, key, public=False).encode(), **support}
    wheel = build_wheel(f"{folder_name(course)}-autograder", course.packages)
    built = {
        "student.zip": student_archive(course, exercises, wheel),
        "gradescope.zip": gradescope_archive(course, assignment, wheel),
        "otter.zip": otter_archive(course, assignment, wheel),
    }
    public = {PUBLIC_KEY: exercises[PUBLIC_KEY], **support}
    for path, content in github_files(assignment, public, wheel).items():
        built[f"github/{path}"] = content
    for path, content in platform_folders(course, assignment, wheel).items():
        built[f"platforms/{path}"] = content
    for path, content in built.items():
        try:
            write_whole(out / path, content)
        except OSError as error:
            raise UsageError(
                f"{out / path}: cannot be written ({error.strerror}); "
                "choose a folder that you may write"
            ) from None
    return tuple(built)
