"""gradebook.sqlite: every grading ever done into a folder, with the content that was graded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import MappingProxyType, TracebackType

from autograder.answer_key.assignment import LEVELS
from autograder.errors import UsageError
from autograder.gradebook.class_marks import Rules, Score, class_marks
from autograder.gradebook.database import Database
from autograder.gradebook.final_mark import FinalMark
from autograder.gradebook.people import Register
from autograder.gradebook.report_json import from_record, to_record
from autograder.gradebook.tables import SCHEMA
from autograder.model import Attempt, Course, Isolation, Report, Student, Submission

FILE = "gradebook.sqlite"
_VERSION = 2


@dataclass(frozen=True)
class GradedCourse:
    """Which course, with which answer key, the latest reports are of."""

    name: str
    version: str
    key_digest: str


@dataclass(frozen=True)
class PastGrading:
    """One line of a submission's history."""

    submission_digest: str
    key_digest: str
    score: float | None
    """None where grading itself failed."""
    graded_at: str


class Gradebook:
    """The gradings of one folder, the latest of each submission among them, and its people.

    Of a student with several attempts all are graded and kept; `reports` and `marks`, which
    results.json, gradebook.csv and the web pages are made from, show the one that counts.

    A context manager. Whatever has been recorded survives the end of the process at any moment.
    Every method raises AutograderError when the database cannot be read or written.
    """

    def __init__(self, folder: Path, *, must_exist: bool = False) -> None:
        self._path = folder / FILE
        if must_exist and not self._path.is_file():
            raise UsageError(
                f"{folder}: holds no {FILE}; give a folder that `autograder grade --out` wrote"
            )
        self._database = Database(self._path, SCHEMA, _VERSION)
        self.register = Register(self._database)

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def begin(
        self,
        course: Course,
        key_digest: str,
        assignment_digest: str,
        *,
        ingredients: Mapping[str, str] = MappingProxyType({}),
        attempts: Iterable[Attempt] = (),
        missing: Iterable[Student] = (),
    ) -> None:
        """Start a run: from now on `reports` holds only what is kept or recorded in it.

        `assignment_digest` is of all but the submission that can change a report, and of the
        `ingredients`; `missing` are those of the roster without one of the `attempts`.
        """
        with self._database.transaction():
            self._database.run("DELETE FROM latest")
            self._database.run("DELETE FROM course")
            self._database.run(
                "INSERT INTO course VALUES (?, ?, ?, ?)",
                (course.name, course.version, key_digest, assignment_digest),
            )
            self._database.run(
                "INSERT OR REPLACE INTO assignments VALUES (?, ?)",
                (assignment_digest, json.dumps(dict(ingredients))),
            )
            self.register.enter(attempts, missing, Rules(course.attempts, course.deadline))

    def keep(self, submission: Submission, least_level: str = LEVELS[0]) -> Report | None:
        """The report that `submission` already has for this run's course; it stays its latest.

        None where it has to be graded: never graded with this content by this course, graded under
        less isolation than `least_level`, or grading itself failed.
        """
        levels = LEVELS[LEVELS.index(least_level) :]
        with self._database.transaction():
            row = self._database.row(
                "SELECT gradings.number, report FROM gradings, course"
                " JOIN isolations ON isolations.number = gradings.isolation"
                " WHERE submission = ? AND submission_digest = ?"
                " AND gradings.assignment_digest = course.assignment_digest"
                f" AND status = 'graded' AND level IN ({', '.join('?' * len(levels))})"
                " ORDER BY gradings.number DESC LIMIT 1",
                (submission.id, submission.digest, *levels),
            )
            if row is None:
                return None
            self._make_latest(submission, row[0])
        return from_record(json.loads(row[1]))

    def record(
        self, graded: Iterable[tuple[Submission, Report]], isolation: Isolation | None
    ) -> None:
        """Add gradings, all of them or none, and make each the latest of its submission.

        `isolation` is None where no code of the submission was run. Raises UsageError where no run
        has begun.
        """
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        with self._database.transaction():
            isolation_number = None if isolation is None else self._number(isolation)
            digests = self._course_row()[2:]
            for submission, report in graded:
                failed = report.judge_error is not None
                number = self._database.run(
                    "INSERT INTO gradings (submission, submission_digest, key_digest,"
                    " assignment_digest, isolation, status, score, max_score, graded_at, report)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        submission.id,
                        submission.digest,
                        *digests,
                        isolation_number,
                        "judge_error" if failed else "graded",
                        None if failed else report.score,
                        report.max_score,
                        now,
                        json.dumps(to_record(report)),
                    ),
                )
                self._make_latest(submission, number)

    def course(self) -> GradedCourse:
        """The course of the latest run. Raises UsageError where no run has begun."""
        return GradedCourse(*self._course_row()[:3])

    def isolation(self) -> Isolation:
        """The weakest isolation that any of the latest gradings was made under."""
        rows = self._database.rows(
            "SELECT DISTINCT level, layers FROM latest"
            " JOIN gradings ON gradings.number = latest.grading"
            " JOIN isolations ON isolations.number = gradings.isolation"
        )
        by_strength = sorted(rows, key=lambda row: (LEVELS.index(row[0]), row[1]))
        level, layers = by_strength[0] if by_strength else (LEVELS[0], "{}")
        return Isolation(level, json.loads(layers))

    def reports(self) -> Iterator[Report]:
        """The latest report of each submission that counts, sorted by id, read one at a time.

        One counts unless everyone who handed it in has another attempt that does.
        """
        counts = {mark.submission for mark in self.marks()}
        for id, text in self._database.rows(
            "SELECT latest.submission, report FROM latest"
            " JOIN gradings ON gradings.number = latest.grading ORDER BY latest.submission"
        ):
            if id in counts:
                yield from_record(json.loads(text))

    def marks(self) -> tuple[FinalMark, ...]:
        """The mark of each student, in the order of their submissions; then those without one."""
        return class_marks(
            self.register.attempts(),
            {id: Score(score, most) for id, _, score, most in self._latest()},
            self.register.rules(),
            self.register.missing(),
            self.register.adjustments(),
        )

    def ungraded(self) -> tuple[str, ...]:
        """The attempts still to come, where the latest run was stopped or is not done."""
        graded = {id for id, *_ in self._latest()}
        return tuple(attempt.id for attempt in self.register.attempts() if attempt.id not in graded)

    def note_marks(self) -> None:
        """Remember today's marks, for `changes`; not those of a run that was stopped half-way."""
        if not self.ungraded():
            numbers = {id: number for id, number, *_ in self._latest()}
            self.register.note(
                [(mark, numbers.get(mark.submission or "")) for mark in self.marks()]
            )

    def made_of(self, grading: int) -> tuple[str, Mapping[str, str]]:
        """The submission's digest and the assignment's ingredients, of one grading."""
        row = self._database.row(
            "SELECT submission_digest, ingredients FROM gradings"
            " JOIN assignments ON digest = assignment_digest WHERE gradings.number = ?",
            (grading,),
        )
        return ("", {}) if row is None else (row[0], json.loads(row[1]))

    def history(self, id: str) -> tuple[PastGrading, ...]:
        """Every grading of one submission, oldest first."""
        rows = self._database.rows(
            "SELECT submission_digest, key_digest, score, graded_at FROM gradings"
            " WHERE submission = ? ORDER BY number",
            (id,),
        )
        return tuple(PastGrading(*row) for row in rows)

    def _latest(self) -> Iterator[tuple[str, int, float | None, float]]:
        """Of each submission the number of its latest grading, the score, the best possible."""
        return self._database.rows(
            "SELECT latest.submission, number, score, max_score FROM latest"
            " JOIN gradings ON number = grading ORDER BY latest.submission"
        )

    def _course_row(self) -> tuple[str, ...]:
        row = self._database.row("SELECT * FROM course")
        if row is None:
            raise UsageError(f"{self._path}: holds no gradings; run `autograder grade` first")
        return row

    def _make_latest(self, submission: Submission, grading: int) -> None:
        self._database.run("INSERT OR REPLACE INTO latest VALUES (?, ?)", (submission.id, grading))

    def _number(self, isolation: Isolation) -> int:
        row = (isolation.level, json.dumps(dict(isolation.layers)))
        self._database.run("INSERT OR IGNORE INTO isolations (level, layers) VALUES (?, ?)", row)
        found = self._database.row(
            "SELECT number FROM isolations WHERE level = ? AND layers = ?", row
        )
        assert found is not None
        return int(found[0])
