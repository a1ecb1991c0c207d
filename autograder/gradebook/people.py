"""The people of a gradebook: who handed in what and when, what was adjusted, what each mark was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from autograder.gradebook.class_marks import Rules, identities
from autograder.gradebook.database import Database
from autograder.gradebook.final_mark import Adjustment, FinalMark
from autograder.model import Attempt, Deadline, Student

TABLES = """
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
)"""


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
    """The people in `database`, whose tables are TABLES."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enter(self, attempts: Iterable[Attempt], missing: Iterable[Student], rules: Rules) -> None:
        """Replace who handed in what, who did not, and the rules; inside a transaction."""
        for table in ("rules", "attempts", "missing"):
            self._database.run(f"DELETE FROM {table}")
        due = rules.deadline
        self._database.run(
            "INSERT INTO rules VALUES (?, ?)",
            (
                rules.attempts,
                due and json.dumps({**vars(due), "due": due.due.isoformat()}),
            ),
        )
        for attempt in attempts:
            # a hand-in that nobody is named for is still somebody's
            students = attempt.students or (Student("", (attempt.id,)),)
            self._database.run(
                "INSERT INTO attempts VALUES (?, ?, ?, ?, ?)",
                (
                    attempt.id,
                    attempt.time and attempt.time.isoformat(),
                    attempt.number,
                    attempt.late,
                    json.dumps([_written(student) for student in students]),
                ),
            )
        for student in missing:
            self._database.run(
                "INSERT INTO missing (student) VALUES (?)", (json.dumps(_written(student)),)
            )

    def rules(self) -> Rules:
        row = self._database.row("SELECT attempts, deadline FROM rules")
        if row is None:
            return Rules()
        if row[1] is None:
            return Rules(row[0])
        read = json.loads(row[1])
        return Rules(row[0], Deadline(**{**read, "due": datetime.fromisoformat(read["due"])}))

    def attempts(self) -> tuple[Attempt, ...]:
        """Sorted by id, without their files."""
        rows = self._database.rows(
            "SELECT id, handed_in_at, number, late, students FROM attempts ORDER BY id"
        )
        return tuple(
            Attempt(
                id=id,
                files=(),
                students=tuple(map(_read, json.loads(students))),
                time=datetime.fromisoformat(time) if time else None,
                number=number,
                late=bool(late),
            )
            for id, time, number, late, students in rows
        )

    def missing(self) -> tuple[Student, ...]:
        rows = self._database.rows("SELECT student FROM missing ORDER BY number")
        return tuple(_read(json.loads(text)) for (text,) in rows)

    def adjust(self, students: Iterable[Student], points: float, reason: str) -> None:
        """Give each of `students` these points, or take them."""
        with self._database.transaction():
            for student in students:
                self._database.run(
                    "INSERT INTO adjustments (student, points, reason, made_at)"
                    " VALUES (?, ?, ?, ?)",
                    (json.dumps(_written(student)), points, reason, _now()),
                )

    def adjustments(self) -> tuple[tuple[Student, Adjustment], ...]:
        """All that were ever made, the oldest first."""
        rows = self._database.rows(
            "SELECT student, points, reason, made_at FROM adjustments ORDER BY number"
        )
        return tuple((_read(json.loads(who)), Adjustment(*rest)) for who, *rest in rows)

    def note(self, marks: Sequence[tuple[FinalMark, int | None]]) -> None:
        """Remember the marks that are not as they were noted last, each with its grading."""
        last: dict[str, NotedMark] = {}
        for noted in self.history():
            last.update(dict.fromkeys(identities(noted.student), noted))
        with self._database.transaction():
            for mark, grading in marks:
                before = next((last[id] for id in identities(mark.student) if id in last), None)
                new = (mark.submission, grading, mark.score, mark.lost, mark.adjustment, mark.final)
                if before is None or new != tuple(vars(before).values())[1:-1]:
                    self._database.run(
                        "INSERT INTO marks (student, submission, grading, score, lost, adjustment,"
                        " final, noted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        (json.dumps(_written(mark.student)), *new, _now()),
                    )

    def history(self) -> tuple[NotedMark, ...]:
        """Every mark that was noted, the oldest first."""
        rows = self._database.rows(
            "SELECT student, submission, grading, score, lost, adjustment, final, noted_at"
            " FROM marks ORDER BY number"
        )
        return tuple(NotedMark(_read(json.loads(who)), *rest) for who, *rest in rows)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _written(student: Student) -> list[object]:
    return [student.name, list(student.ids), student.section]


def _read(written: list[object]) -> Student:
    name, ids, section = written
    assert isinstance(ids, list)
    return Student(str(name), tuple(ids), str(section))
