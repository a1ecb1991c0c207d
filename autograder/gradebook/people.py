"""The people of a gradebook: who handed in what and when, what was adjusted, what each mark was."""

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
from autograder.model import Attempt, Student


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
    max_score: float | None = None
    """None where an earlier version noted it."""
    due: str | None = None
    """The student's own deadline, ISO 8601."""
    free_days: int = 0
    partners: int = 0
    """Others who have the mark of the same submission."""

    @property
    def percent(self) -> float | None:
        if self.final is None or not self.max_score:
            return None
        return round(100.0 * self.final / self.max_score, 6)


class Register:
    """The people in `database`, whose tables are those of `tables`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enter(self, attempts: Iterable[Attempt], missing: Iterable[Student], rules: Rules) -> None:
        """Replace who handed in what, who did not, and the rules; inside a transaction."""
        for table in ("rules", "attempts", "missing"):
            self._database.run(f"DELETE FROM {table}")
        self._database.insert("rules", rules=json.dumps(to_json(rules)))
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
                files=json.dumps([path.name for _, path in attempt.files]),
                commit_hash=attempt.commit,
            )
        for student in missing:
            self._database.insert("missing", student=json.dumps(_written(student)))

    def rules(self) -> Rules:
        row = self._database.row("SELECT rules FROM rules")
        return Rules() if row is None else from_json(Rules, json.loads(row["rules"]))

    def files(self) -> dict[str, tuple[str, ...]]:
        """What each attempt consisted of, as it was called in the download, by the attempt's id."""
        rows = self._database.rows("SELECT id, files FROM attempts")
        return {row["id"]: tuple(json.loads(row["files"])) for row in rows}

    def attempts(self) -> tuple[Attempt, ...]:
        """Sorted by id, without their files."""
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
        """Give each of these students points, or take them; all of them or none."""
        with self._database.transaction():
            for student, adjustment in adjustments:
                written = json.dumps(_written(student))
                self._database.insert("adjustments", student=written, **vars(adjustment))

    def adjustments(self) -> tuple[tuple[Student, Adjustment], ...]:
        """All that were ever made, the oldest first."""
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
        """From now on everybody gets the points of this test group, whatever was graded."""
        self._database.insert(
            "full_groups", replace=True, exercise=exercise, name=name, reason=reason, made_at=now()
        )

    def take_back_group(self, exercise: str, name: str) -> None:
        self._database.run(
            "DELETE FROM full_groups WHERE exercise = ? AND name = ?", (exercise, name)
        )

    def full_groups(self) -> dict[tuple[str, str], Adjustment]:
        """The groups whose points everybody gets, with the reason and no points yet."""
        rows = self._database.rows("SELECT exercise, name, reason, made_at FROM full_groups")
        return {
            (row["exercise"], row["name"]): Adjustment(
                0.0, row["reason"], row["made_at"], row["exercise"]
            )
            for row in rows
        }

    def note(self, marks: Sequence[tuple[FinalMark, int | None]]) -> None:
        """Remember the marks that are not as they were noted last, each with its grading."""
        last: dict[str, NotedMark] = {}
        for noted in self.history():
            last.update(dict.fromkeys(identities(noted.student), noted))
        teams = Counter(mark.submission for mark, _ in marks if mark.submission is not None)
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
                    noted_at=now() if before is None else before.noted_at,
                    max_score=mark.max_score,
                    due=None if mark.due is None else mark.due.isoformat(),
                    free_days=mark.free_days,
                    partners=teams[mark.submission] - 1 if mark.submission is not None else 0,
                )
                if before is None or noted != replace(before, student=mark.student):
                    written = json.dumps(_written(mark.student))
                    self._database.insert(
                        "marks", **{**vars(noted), "student": written, "noted_at": now()}
                    )

    def history(self) -> tuple[NotedMark, ...]:
        """Every mark that was noted, the oldest first."""
        rows = self._database.rows(
            "SELECT student, submission, grading, score, lost, adjustment, final, noted_at,"
            " max_score, due, free_days, partners FROM marks ORDER BY number"
        )
        return tuple(
            NotedMark(**{**row, "student": _read(json.loads(row["student"]))}) for row in rows
        )


def now() -> str:
    """The time, ISO 8601, UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _written(student: Student) -> list[object]:
    return [student.name, list(student.ids), student.section]


def _read(written: list[object]) -> Student:
    name, ids, section = written
    assert isinstance(ids, list)
    return Student(str(name), tuple(ids), str(section))
