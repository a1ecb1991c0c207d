"""The course's own files beside the exercises: what students' code may import, not their work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from autograder.errors import CourseError
from autograder.model import Course, Source, Submission


def read_support(course: Course, folder: Path) -> tuple[Source, ...]:
    """The Python files among `course.support`, read from `folder`.

    Raises CourseError where one is missing.
    """
    sources = []
    for name in course.support:
        path = folder / name
        if path.suffix != ".py":
            continue
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CourseError(
                f"{path}: cannot be read ({error.strerror}), but the course lists it under "
                "'support'; put it back"
            ) from None
        sources.append(Source(path.stem, name, (content,)))
    return tuple(sources)


def not_handed_in(course: Course, sources: Sequence[Source]) -> tuple[Source, ...]:
    """A file without cells for each part that is missing, since the other parts may import it."""
    there = {source.module for source in sources}
    missing = (part.name for part in course.parts if part.name not in there)
    return tuple(Source(name, f"{name}.py", ()) for name in missing) if there else ()


def own_work(submission: Submission, support: Sequence[Source]) -> Submission:
    """`submission` without the support files that were handed out, unless they were changed."""
    handed_out = {(source.module, source.cells) for source in support}
    own = (each for each in submission.sources if (each.module, each.cells) not in handed_out)
    return replace(submission, sources=tuple(own))
