"""All that a grading process has to know, in one value."""

from __future__ import annotations

import io
import json
import pickle
from dataclasses import dataclass, replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from autograder.answer_key.file import digest_cases
from autograder.codec import to_json
from autograder.model import Answered, AnswerKey, Array, Course, Data, Source, Tolerance

LEVELS = ("process", "partial", "full")
"""Levels of isolation, from the weakest to the strongest."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """The course with its answer key, and how strictly to grade it."""

    course: Course
    key: AnswerKey
    support: tuple[Source, ...]
    """The course's own files that students' code may import."""
    least_level: str = LEVELS[0]
    """Refuse to grade under less isolation than this."""


def ingredients(assignment: Assignment, version: str) -> dict[str, str]:
    """A digest of everything but the submission that can change marks or messages, by what it is.

    `version` is that of the engine. A change of one tolerance changes `tolerance` and `course`, a
    change of one reference `answer key`; whatever is not named by itself is in `course`.
    """
    course, key = assignment.course, assignment.key
    groups = [(one, group) for one in course.exercises for group in one.groups]
    plain = {
        name: [replace(case, tolerance=Tolerance()) for case in cases]
        for name, cases in key.cases.items()
    }
    words: dict[str, object] = {
        "version of the grader": version,
        "answer key": [digest_cases(plain), dict(key.solutions), key.judges],
        "tolerance": [[one.name, group.name, vars(group.tolerance)] for one, group in groups],
        "points": [
            [one.name, group.name, group.points, group.extra, one.follow_through]
            for one, group in groups
        ],
        "limits": vars(course.limits),
        "hints": {
            name: [
                [one.name, one.hints, [_digest_answer(answer) for answer in one.answers]]
                for one in bank
            ]
            for name, bank in key.misconceptions.items()
        },
        "support files": [
            [source.module, source.filename, [cell.hex() for cell in source.cells]]
            for source in assignment.support
        ],
        "course": [to_json(course), key.digest],
    }
    return {name: _sha256(word) for name, word in words.items()}


def digest_assignment(assignment: Assignment, version: str) -> str:
    """Of all ingredients together: equal means graded alike."""
    return _sha256(ingredients(assignment, version))


def _sha256(words: object) -> str:
    return sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()


def _digest_answer(answer: Array | Answered | Data | None) -> str | None:
    if isinstance(answer, Data):
        return sha256(json.dumps(to_json(answer)).encode()).hexdigest()
    if answer is None or isinstance(answer, Answered):
        return answer and answer.value
    return sha256(answer.tobytes()).hexdigest()


def _read_only(mapping: dict[object, object]) -> MappingProxyType[object, object]:
    return MappingProxyType(mapping)  # whose own name cannot be imported


class _Pickler(pickle.Pickler):
    """Takes a course's read-only mappings, which pickle refuses."""

    def reducer_override(self, value: object) -> Any:
        if isinstance(value, MappingProxyType):
            return _read_only, (dict(value),)
        return NotImplemented


def pack_assignment(assignment: Assignment) -> bytes:
    """A pickle of it, to hand to another process of ours; `pickle.loads` reads it."""
    packed = io.BytesIO()
    _Pickler(packed, protocol=5).dump(assignment)
    return packed.getvalue()
