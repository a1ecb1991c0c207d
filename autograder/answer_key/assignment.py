"""Everything that a grading process needs besides the submissions, in one value."""

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
from autograder.model.course import Answered, AnswerKey, Course, Tolerance
from autograder.model.submission import Source
from autograder.model.values import Array, Data

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
    """The weakest level of isolation under which to grade."""


def ingredients(assignment: Assignment, version: str) -> dict[str, str]:
    """Return digests, by topic, of everything except the submission that affects marks or messages.

    `version` is the engine's. Changing a tolerance changes `tolerance` and `course`; changing a
    reference changes `answer key`. `course` covers whatever has no topic of its own.
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
    """Return one digest of all ingredients; assignments with equal digests grade alike."""
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
    return MappingProxyType(mapping)  # pickle cannot import it by its own name


class _Pickler(pickle.Pickler):
    """Pickles a course's read-only mappings too, which pickle itself refuses."""

    def reducer_override(self, value: object) -> Any:
        if isinstance(value, MappingProxyType):
            return _read_only, (dict(value),)
        return NotImplemented


def pack_assignment(assignment: Assignment) -> bytes:
    """Pickle the assignment for another process of ours; `pickle.loads` reads it."""
    packed = io.BytesIO()
    _Pickler(packed, protocol=5).dump(assignment)
    return packed.getvalue()
