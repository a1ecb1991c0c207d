"""Packs student.zip: the exercises with what a student needs to work on them, and no answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from autograder.authoring.template import filled
from autograder.authoring.wheel import Wheel
from autograder.authoring.zipped import zipped
from autograder.model import Course, Exercise, Part

README = "README.md"


def student_archive(course: Course, exercises: Mapping[str, bytes], wheel: Wheel) -> bytes:
    """The archive, in one folder; `exercises` holds the files by their paths below exercises/."""
    readme = student_readme(course, wheel).encode()
    files = {**exercises, README: readme, wheel.name: wheel.content}
    return zipped({f"{folder_name(course)}/{path}": files[path] for path in files})


def folder_name(course: Course) -> str:
    """The course's name as that of a folder: `the-softmax-derivative`."""
    return re.sub(r"[^a-z0-9]+", "-", course.name.lower()).strip("-") or "course"


def student_readme(course: Course, wheel: Wheel) -> str:
    """What to do with the files, from the set-up to the hand-in."""
    return filled(
        "student_readme.md",
        course=course.name,
        count=str(len(course.exercises)),
        parts=str(len(course.parts)),
        points=f"{course.points:g}",
        table="\n".join(_table(course)),
        wheel=wheel.name,
        first=course.exercises[0].name,
        hand_in="\n".join(_hand_in(course)),
    )


def _table(course: Course) -> Iterator[str]:
    yield "| file | function | points | public groups | hidden groups |"
    yield "|---|---|---:|---:|---:|"
    for part in course.parts:
        for exercise in part.exercises:
            yield (
                f"| `{part.name}` | `{exercise.name}` | {exercise.points:g} "
                f"| {_groups(exercise, public=True)} | {_groups(exercise, public=False)} |"
            )


def _groups(exercise: Exercise, *, public: bool) -> str:
    groups = [group for group in exercise.groups if group.public is public]
    return f"{len(groups)} ({sum(group.points for group in groups):g} points)" if groups else "none"


def _hand_in(course: Course) -> Iterator[str]:
    yield "Hand in these files, each as a script or as a notebook, alone or together in one `.zip`:"
    yield ""
    yield from map(_file, course.parts)
    yield ""
    yield "Leave `.venv` out of the `.zip`, and try it: `.venv/bin/autograder check hand_in.zip`."


def _file(part: Part) -> str:
    return f"- `{part.name}.py` or `{part.name}.ipynb`: {part.title}"
