"""The students of a gradebook, with their attempts, adjustments and past marks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from autograder.codec import from_json, to_json
from autograder.gradebook.database import Database
from autograder.gradebook.marks import Adjustment, FinalMark
from autograder.gradebook.policy import Rules, identities
from autograder.model.submission import Attempt, Student


@dataclass(frozen=True)
class NotedMark:
    """A mark as it was recorded at some time."""

    student: Student
    submission: str | None
    grading: int | None
    """The number of the grading that gave the score."""
    score: float | None
    lost: float
    adjustment: float
    final: float | None
    noted_at: str
    """ISO 8601, UTC."""
    max_score: float | None = None
    """None if an earlier version recorded the mark."""
    due: str | None = None
    """The student's own deadline, ISO 8601."""
    free_days: int = 0
    partners: int = 0
    """The number of other students who share the submission."""

    @property
    def percent(self) -> float | None:
        if self.final is None or not self.max_score:
            return None
        return round(100.0 * self.final / self.max_score, 6)


class Register:
    """The students stored in `database`, whose schema is `database.TABLES`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enter(self, attempts: Iterable[Attempt], missing: Iterable[Student], rules: Rules) -> None:
        """Replace the attempts, the missing students and the rules; call inside a transaction."""
        for table in ("rules", "attempts", "missing"):
            self._database.run(f"DELETE FROM {table}")
        self._database.insert("rules", rules=json.dumps(to_json(rules)))
        for attempt in attempts:
            # a submission without a known student still gets a mark, under its own id
            students = attempt.students or (Student("", (attempt.id,)),)
            self._database.insert(
                "attempts",
                id=attempt.id,
                handed_in_at=attempt.time and attempt.time.isoformat(),
                number=attempt.number,
                late=attempt.late,
                students=json.dumps([_written(student) for student in students]),
                files=json.dumps([path.name for _, path in attempt.files]),
                commit_hash=attempt.commit,
            )
        for student in missing:
            self._database.insert("missing", student=json.dumps(_written(student)))

    def rules(self) -> Rules:
        row = self._database.row("SELECT rules FROM rules")
        return Rules() if row is None else from_json(Rules, json.loads(row["rules"]))

    def files(self) -> dict[str, tuple[str, ...]]:
        """The names of each attempt's files as in the download, by attempt id."""
        rows = self._database.rows("SELECT id, files FROM attempts")
        return {row["id"]: tuple(json.loads(row["files"])) for row in rows}

    def attempts(self) -> tuple[Attempt, ...]:
        """All attempts, sorted by id, without their files."""
        rows = self._database.rows(
            "SELECT id, handed_in_at, number, late, students, commit_hash FROM attempts ORDER BY id"
        )
        return tuple(
            Attempt(
                id=row["id"],
                files=(),
                students=tuple(map(_read, json.loads(row["students"]))),
                time=datetime.fromisoformat(row["handed_in_at"]) if row["handed_in_at"] else None,
                number=row["number"],
                late=bool(row["late"]),
                commit=row["commit_hash"],
            )
            for row in rows
        )

    def missing(self) -> tuple[Student, ...]:
        rows = self._database.rows("SELECT student FROM missing ORDER BY number")
        return tuple(_read(json.loads(row["student"])) for row in rows)

    def adjust(self, adjustments: Iterable[tuple[Student, Adjustment]]) -> None:
        """Add or subtract points for these students, in one transaction."""
        with self._database.transaction():
            for student, adjustment in adjustments:
                written = json.dumps(_written(student))
                self._database.insert("adjustments", student=written, **vars(adjustment))

    def adjustments(self) -> tuple[tuple[Student, Adjustment], ...]:
        """All adjustments ever made, oldest first."""
        rows = self._database.rows(
            "SELECT student, points, reason, made_at, exercise FROM adjustments ORDER BY number"
        )
        return tuple(
            (
                _read(json.loads(row["student"])),
                Adjustment(row["points"], row["reason"], row["made_at"], row["exercise"]),
            )
            for row in rows
        )

    def give_group(self, exercise: str, name: str, reason: str) -> None:
        """From now on, give everybody the full points of this test group."""
        self._database.insert(
            "full_groups", replace=True, exercise=exercise, name=name, reason=reason, made_at=now()
        )

    def take_back_group(self, exercise: str, name: str) -> None:
        self._database.run(
            "DELETE FROM full_groups WHERE exercise = ? AND name = ?", (exercise, name)
        )

    def full_groups(self) -> dict[tuple[str, str], Adjustment]:
        """The test groups that everybody gets in full; each Adjustment still has 0 points."""
        rows = self._database.rows("SELECT exercise, name, reason, made_at FROM full_groups")
        return {
            (row["exercise"], row["name"]): Adjustment(
                0.0, row["reason"], row["made_at"], row["exercise"]
            )
            for row in rows
        }

    def note(self, marks: Sequence[tuple[FinalMark, int | None]]) -> None:
        """Record each mark that differs from the last recorded one, with its grading's number.

        A student who had a mark and is no longer in `marks` is recorded as having none.
        """
        last: dict[str, NotedMark] = {}
        for noted in self.history():
            last.update(dict.fromkeys(identities(noted.student), noted))
        teams = Counter(mark.submission for mark, _ in marks if mark.submission is not None)
        changed = []
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
                noted_at="" if before is None else before.noted_at,
                max_score=mark.max_score,
                due=None if mark.due is None else mark.due.isoformat(),
                free_days=mark.free_days,
                partners=teams[mark.submission] - 1 if mark.submission is not None else 0,
            )
            if before is None or noted != replace(before, student=mark.student):
                changed.append(noted)
        present = {id for mark, _ in marks for id in identities(mark.student)}
        changed += [
            replace(before, submission=None, grading=None, score=None, final=None)
            for before in dict.fromkeys(last.values())
            if before.final is not None and present.isdisjoint(identities(before.student))
        ]
        with self._database.transaction():
            for noted in changed:
                written = json.dumps(_written(noted.student))
                self._database.insert(
                    "marks", **{**vars(noted), "student": written, "noted_at": now()}
                )

    def history(self) -> tuple[NotedMark, ...]:
        """Every recorded mark, oldest first."""
        rows = self._database.rows(
            "SELECT student, submission, grading, score, lost, adjustment, final, noted_at,"
            " max_score, due, free_days, partners FROM marks ORDER BY number"
        )
        return tuple(
            NotedMark(**{**row, "student": _read(json.loads(row["student"]))}) for row in rows
        )


def now() -> str:
    """The current time, ISO 8601, UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _written(student: Student) -> list[object]:
    return [student.name, list(student.ids), student.section]


def _read(written: list[object]) -> Student:
    name, ids, section = written
    assert isinstance(ids, list)
    return Student(str(name), tuple(ids), str(section))
