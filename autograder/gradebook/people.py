"""The people of a gradebook: who handed in what and when, what was adjusted, what each mark was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from autograder.gradebook.database import Database
from autograder.gradebook.marks import Adjustment, FinalMark, identities
from autograder.gradebook.policy import Rules
from autograder.model import Attempt, Deadline, Student

PEOPLE_TABLES = """
CREATE TABLE rules (
  attempts TEXT NOT NULL,
  deadline TEXT
);
CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  handed_in_at TEXT,
  number INTEGER NOT NULL,
  late INTEGER NOT NULL,
  students TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE missing (
  number INTEGER PRIMARY KEY,
  student TEXT NOT NULL
);
CREATE TABLE adjustments (
  number INTEGER PRIMARY KEY,
  student TEXT NOT NULL,
  points REAL NOT NULL,
  reason TEXT NOT NULL,
  made_at TEXT NOT NULL
);
CREATE TABLE marks (
  number INTEGER PRIMARY KEY,
  student TEXT NOT NULL,
  submission TEXT,
  grading INTEGER REFERENCES gradings,
  score REAL,
  lost REAL NOT NULL,
  adjustment REAL NOT NULL,
  final REAL,
  noted_at TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class NotedMark:
    """A mark as it was once."""

    student: Student
    submission: str | None
    grading: int | None
    """The number of the grading that the score is from."""
    score: float | None
    lost: float
    adjustment: float
    final: float | None
    noted_at: str
    """ISO 8601, UTC."""


class Register:
    """The people in `database`, whose tables are PEOPLE_TABLES."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enter(self, attempts: Iterable[Attempt], missing: Iterable[Student], rules: Rules) -> None:
        """Replace who handed in what, who did not, and the rules; inside a transaction."""
        for table in ("rules", "attempts", "missing"):
            self._database.run(f"DELETE FROM {table}")
        self._database.insert(
            "rules", attempts=rules.attempts, deadline=json.dumps(_deadline_written(rules.deadline))
        )
        for attempt in attempts:
            # a hand-in that nobody is named for is still somebody's
            students = attempt.students or (Student("", (attempt.id,)),)
            self._database.insert(
                "attempts",
                id=attempt.id,
                handed_in_at=attempt.time and attempt.time.isoformat(),
                number=attempt.number,
                late=attempt.late,
                students=json.dumps([_written(student) for student in students]),
            )
        for student in missing:
            self._database.insert("missing", student=json.dumps(_written(student)))

    def rules(self) -> Rules:
        row = self._database.row("SELECT attempts, deadline FROM rules")
        if row is None:
            return Rules()
        return Rules(row["attempts"], _deadline_read(json.loads(row["deadline"] or "null")))

    def attempts(self) -> tuple[Attempt, ...]:
        """Sorted by id, without their files."""
        rows = self._database.rows(
            "SELECT id, handed_in_at, number, late, students FROM attempts ORDER BY id"
        )
        return tuple(
            Attempt(
                id=row["id"],
                files=(),
                students=tuple(map(_read, json.loads(row["students"]))),
                time=datetime.fromisoformat(row["handed_in_at"]) if row["handed_in_at"] else None,
                number=row["number"],
                late=bool(row["late"]),
            )
            for row in rows
        )

    def missing(self) -> tuple[Student, ...]:
        rows = self._database.rows("SELECT student FROM missing ORDER BY number")
        return tuple(_read(json.loads(row["student"])) for row in rows)

    def adjust(self, students: Iterable[Student], points: float, reason: str) -> None:
        """Give each of `students` these points, or take them."""
        with self._database.transaction():
            for student in students:
                self._database.insert(
                    "adjustments",
                    student=json.dumps(_written(student)),
                    points=points,
                    reason=reason,
                    made_at=_now(),
                )

    def adjustments(self) -> tuple[tuple[Student, Adjustment], ...]:
        """All that were ever made, the oldest first."""
        rows = self._database.rows(
            "SELECT student, points, reason, made_at FROM adjustments ORDER BY number"
        )
        return tuple(
            (
                _read(json.loads(row["student"])),
                Adjustment(row["points"], row["reason"], row["made_at"]),
            )
            for row in rows
        )

    def note(self, marks: Sequence[tuple[FinalMark, int | None]]) -> None:
        """Remember the marks that are not as they were noted last, each with its grading."""
        last: dict[str, NotedMark] = {}
        for noted in self.history():
            last.update(dict.fromkeys(identities(noted.student), noted))
        with self._database.transaction():
            for mark, grading in marks:
                before = next((last[id] for id in identities(mark.student) if id in last), None)
                noted = NotedMark(
                    student=mark.student,
                    submission=mark.submission,
                    grading=grading,
                    score=mark.score,
                    lost=mark.lost,
                    adjustment=mark.adjustment,
                    final=mark.final,
                    noted_at=_now() if before is None else before.noted_at,
                )
                if before is None or noted != replace(before, student=mark.student):
                    written = json.dumps(_written(mark.student))
                    self._database.insert(
                        "marks", **{**vars(noted), "student": written, "noted_at": _now()}
                    )

    def history(self) -> tuple[NotedMark, ...]:
        """Every mark that was noted, the oldest first."""
        rows = self._database.rows(
            "SELECT student, submission, grading, score, lost, adjustment, final, noted_at"
            " FROM marks ORDER BY number"
        )
        return tuple(
            NotedMark(**{**row, "student": _read(json.loads(row["student"]))}) for row in rows
        )


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _deadline_written(deadline: Deadline | None) -> object:
    return deadline and {**vars(deadline), "due": deadline.due.isoformat()}


def _deadline_read(written: dict[str, Any] | None) -> Deadline | None:
    if written is None:
        return None
    return Deadline(**{**written, "due": datetime.fromisoformat(written["due"])})


def _written(student: Student) -> list[object]:
    return [student.name, list(student.ids), student.section]


def _read(written: list[object]) -> Student:
    name, ids, section = written
    assert isinstance(ids, list)
    return Student(str(name), tuple(ids), str(section))
