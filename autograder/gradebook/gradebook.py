"""gradebook.sqlite: every grading ever made into a folder, with digests of what was graded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from sqlite3 import Row
from types import MappingProxyType

from autograder.answer_key.assignment import LEVELS
from autograder.codec import from_json, to_json
from autograder.errors import UsageError
from autograder.fixed_names import GRADEBOOK, RESULTS
from autograder.gradebook.database import Database
from autograder.gradebook.marks import Adjustment, FinalMark, Score, class_marks
from autograder.gradebook.people import NotedMark, Register
from autograder.gradebook.policy import identities, rules_of
from autograder.model.course import Course
from autograder.model.report import ExerciseReport, Isolation, Report
from autograder.model.submission import Attempt, Student, Submission

_ALIKE = 1024
"""The number of exercise reports in the cache; many students share the same report."""


@dataclass(frozen=True)
class GradedCourse:
    """The course and the answer key that the latest reports were graded with."""

    name: str
    version: str
    key_digest: str


class Gradebook:
    """All gradings recorded in one folder, with the latest of each submission, and the students.

    If a student has several attempts, all of them are graded and kept; `reports` and `marks`, the
    source of results.json, gradebook.csv and the web pages, show the one that counts. A context
    manager. Recorded data survives if the process ends at any moment. Every method raises
    AutograderError if the database cannot be read or written.
    """

    def __init__(self, folder: Path, *, must_exist: bool = False) -> None:
        self._path = folder / GRADEBOOK
        if must_exist:
            require_gradebook(folder)
        if _is_empty(self._path) and (folder / RESULTS).exists():
            raise UsageError(
                f"{self._path}: is empty, but {folder} has results; restore a copy of it. "
                "Without one, delete it and grade again: points given by hand are then lost"
            )
        self._database = Database(self._path)
        self.register = Register(self._database)

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *raised: object) -> None:
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
        spent: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """Start a run: from now on `reports` returns only what this run keeps or records.

        `assignment_digest` covers everything except the submission that can change a report, and
        `ingredients` holds the digest of each of its parts; `missing` are the students of the
        roster without an attempt; `spent` are the free days that each student used in earlier
        assignments, by id.
        """
        with self._database.transaction():
            self._database.run("DELETE FROM latest")
            self._database.run("DELETE FROM course")
            self._database.insert(
                "course",
                name=course.name,
                version=course.version,
                key_digest=key_digest,
                assignment_digest=assignment_digest,
            )
            self._database.insert(
                "assignments",
                replace=True,
                digest=assignment_digest,
                ingredients=json.dumps(dict(ingredients)),
            )
            self.register.enter(attempts, missing, rules_of(course, spent))

    def keep(self, submission: Submission, least_level: str = LEVELS[0]) -> Report | None:
        """Return the report that `submission` already has for this run's course, as its latest.

        None if the submission has to be graded: it was never graded with this content by this
        course, it was graded under a lower isolation level than `least_level`, or grading itself
        failed.
        """
        levels = LEVELS[LEVELS.index(least_level) :]
        with self._database.transaction():
            row = self._database.row(
                "SELECT gradings.number AS number, report FROM gradings, course"
                " JOIN isolations ON isolations.number = gradings.isolation"
                " WHERE submission = ? AND submission_digest = ?"
                " AND gradings.assignment_digest = course.assignment_digest"
                f" AND status = 'graded' AND level IN ({', '.join('?' * len(levels))})"
                " ORDER BY gradings.number DESC LIMIT 1",
                (submission.id, submission.digest, *levels),
            )
            if row is None:
                return None
            self._make_latest(submission, row["number"])
        return from_json(Report, json.loads(row["report"]))

    def record(
        self, graded: Iterable[tuple[Submission, Report]], isolation: Isolation | None
    ) -> None:
        """Add gradings in one transaction, and make each the latest of its submission.

        `isolation` is None if no code of the submission was run. Raises UsageError if no run has
        begun.
        """
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        with self._database.transaction():
            isolation_number = None if isolation is None else self._number(isolation)
            course = self._course_row()
            for submission, report in graded:
                failed = report.judge_error is not None
                number = self._database.insert(
                    "gradings",
                    submission=submission.id,
                    submission_digest=submission.digest,
                    key_digest=course["key_digest"],
                    assignment_digest=course["assignment_digest"],
                    isolation=isolation_number,
                    status="judge_error" if failed else "graded",
                    score=None if failed else report.score,
                    max_score=report.max_score,
                    graded_at=now,
                    report=json.dumps(to_json(report)),
                )
                self._make_latest(submission, number)

    def course(self) -> GradedCourse:
        """The course of the latest run. Raises UsageError if no run has begun."""
        row = self._course_row()
        return GradedCourse(row["name"], row["version"], row["key_digest"])

    def isolation(self) -> Isolation:
        """The weakest isolation that any of the latest gradings ran under.

        Its level is `none` if no code was run.
        """
        rows = self._database.rows(
            "SELECT DISTINCT level, layers FROM latest"
            " JOIN gradings ON gradings.number = latest.grading"
            " JOIN isolations ON isolations.number = gradings.isolation"
        )
        weakest = min(
            rows, key=lambda row: (LEVELS.index(row["level"]), row["layers"]), default=None
        )
        if weakest is None:
            return Isolation("none", {})
        return Isolation(weakest["level"], json.loads(weakest["layers"]))

    def reports(self) -> Iterator[Report]:
        """The latest report of each submission that counts, sorted by id, read one at a time.

        A submission counts if it determines the mark of at least one of its students.
        """
        counts = {mark.submission for mark in self.marks()}
        return (report for report in self._latest_reports() if report.id in counts)

    def _latest_reports(self) -> Iterator[Report]:
        rows = self._database.rows(
            "SELECT latest.submission AS submission, key, value,"
            " CASE WHEN key > 0 THEN NULL ELSE json_remove(report, '$.exercises') END AS rest"
            " FROM latest JOIN gradings ON gradings.number = latest.grading"
            " LEFT JOIN json_each(report, '$.exercises') ORDER BY latest.submission"
        )
        for _, group in groupby(rows, key=itemgetter("submission")):
            own = sorted(group, key=lambda row: row["key"] or 0)
            exercises = tuple(_exercise(row["value"]) for row in own if row["value"] is not None)
            rest = json.loads(own[0]["rest"]) | {"exercises": []}
            yield replace(from_json(Report, rest), exercises=exercises)

    def marks(self) -> tuple[FinalMark, ...]:
        """The mark of each student, sorted by submission id, then those without a submission."""
        adjustments = tuple(self.register.adjustments())
        given = self._given()
        points: dict[str, dict[str, float]] = {}
        if given or any(one.exercise for _, one in adjustments):
            points = {
                report.id: {one.name: one.score for one in report.exercises}
                for report in self._latest_reports()
            }
        return class_marks(
            self.register.attempts(),
            {
                row["submission"]: Score(
                    row["score"], row["max_score"], points.get(row["submission"], {})
                )
                for row in self._latest()
            },
            self.register.rules(),
            self.register.missing(),
            adjustments,
            given,
        )

    def _given(self) -> dict[str, list[Adjustment]]:
        """For each submission, the points it lacks in the groups that everybody gets in full."""
        full = self.register.full_groups()
        given: dict[str, list[Adjustment]] = {}
        for report in self._latest_reports() if full else ():
            for exercise in report.exercises:
                for group in exercise.groups:
                    reason = full.get((exercise.name, group.name))
                    lacking = round(group.max_score - group.score, 6)
                    if reason is not None and lacking > 0:
                        given.setdefault(report.id, []).append(replace(reason, points=lacking))
        return given

    def groups(self) -> dict[tuple[str, str], float]:
        """The maximum points of each test group in the latest run, by exercise and group name."""
        report = next(self._latest_reports(), None)
        return {
            (exercise.name, group.name): group.max_score
            for exercise in (report.exercises if report else ())
            for group in exercise.groups
        }

    def spent(self) -> dict[str, int]:
        """The free days that each student used in this assignment, by each of the student's ids."""
        spent: dict[str, int] = {}
        for mark in self.marks():
            for id in identities(mark.student):
                spent[id] = spent.get(id, 0) + mark.free_days
        return spent

    def ungraded(self) -> tuple[str, ...]:
        """The ids of attempts not graded yet, if the latest run was stopped or is still running."""
        graded = {row["submission"] for row in self._latest()}
        return tuple(attempt.id for attempt in self.register.attempts() if attempt.id not in graded)

    def note_marks(self) -> None:
        """Store the current marks for `changes`, unless the run is incomplete."""
        if not self.ungraded():
            numbers = {row["submission"]: row["number"] for row in self._latest()}
            self.register.note(
                [(mark, numbers.get(mark.submission or "")) for mark in self.marks()]
            )

    def made_of(self, grading: int) -> tuple[str, Mapping[str, str]]:
        """Return one grading's submission digest and its assignment's ingredient digests."""
        row = self._database.row(
            "SELECT submission_digest, ingredients FROM gradings"
            " JOIN assignments ON digest = assignment_digest WHERE gradings.number = ?",
            (grading,),
        )
        if row is None:
            return "", {}
        return row["submission_digest"], json.loads(row["ingredients"])

    def _latest(self) -> Iterator[Row]:
        """For each submission, the number, score and maximum score of its latest grading."""
        return self._database.rows(
            "SELECT latest.submission AS submission, number, score, max_score FROM latest"
            " JOIN gradings ON number = grading ORDER BY latest.submission"
        )

    def _course_row(self) -> Row:
        row = self._database.row("SELECT * FROM course")
        if row is None:
            raise UsageError(f"{self._path}: holds no results; run `autograder grade` first")
        return row

    def _make_latest(self, submission: Submission, grading: int) -> None:
        self._database.insert("latest", replace=True, submission=submission.id, grading=grading)

    def _number(self, isolation: Isolation) -> int:
        row = (isolation.level, json.dumps(dict(isolation.layers)))
        self._database.run("INSERT OR IGNORE INTO isolations (level, layers) VALUES (?, ?)", row)
        found = self._database.row(
            "SELECT number FROM isolations WHERE level = ? AND layers = ?", row
        )
        assert found is not None
        return int(found["number"])


@lru_cache(_ALIKE)
def _exercise(text: str) -> ExerciseReport:
    return from_json(ExerciseReport, json.loads(text))


def require_gradebook(folder: Path) -> None:
    """Raise UsageError if nothing was ever graded into the folder."""
    if not (folder / GRADEBOOK).is_file():
        raise UsageError(
            f"{folder}: holds no {GRADEBOOK}; give a folder that `autograder grade --out` wrote"
        )


def _is_empty(path: Path) -> bool:
    try:
        return path.stat().st_size == 0
    except OSError:  # missing, or opening it later reports why
        return False


# --- marks that changed -------------------------------------------------------------------------


_EVERYTHING = "course"
"""The ingredient that covers the whole course, so it changes whenever any other one does."""


@dataclass(frozen=True)
class Change:
    """One change of one student's mark."""

    student: Student
    before: float | None
    """None if there was no mark: nothing was submitted, or grading had failed."""
    after: float | None
    of_before: float | None
    """The maximum score at that time; None if it was not recorded."""
    of_after: float | None
    reasons: tuple[str, ...]
    """Short and safe to show: `submission`, `answer key`, `tolerance`, `points`, ..."""
    at: str
    """ISO 8601, UTC."""


def changes(gradebook: Gradebook) -> tuple[Change, ...]:
    """Return every change of a final mark between runs or by an adjustment, oldest first."""
    last: dict[str, NotedMark] = {}
    submitted: set[str] = set()
    moved = []
    for noted in gradebook.register.history():
        ids = identities(noted.student)
        before = next((last[id] for id in ids if id in last), None)
        last.update(dict.fromkeys(ids, noted))
        is_first = submitted.isdisjoint(ids)
        submitted.update(ids if noted.submission is not None else ())
        if before is not None and _moved(before, noted):
            moved.append(
                Change(
                    student=noted.student,
                    before=before.final,
                    after=noted.final,
                    of_before=before.max_score,
                    of_after=noted.max_score,
                    reasons=tuple(_reasons(gradebook, before, noted, is_first)),
                    at=noted.noted_at,
                )
            )
    return tuple(moved)


def _moved(before: NotedMark, after: NotedMark) -> bool:
    """Whether points or percent changed; removing a test group lowers the score and the maximum."""
    if before.final != after.final:
        return True
    return None not in (before.percent, after.percent) and before.percent != after.percent


def _reasons(
    gradebook: Gradebook, before: NotedMark, after: NotedMark, is_first: bool
) -> Iterator[str]:
    if before.submission is None or after.submission is None:
        if after.submission is None and before.submission is not None:
            yield "submission (withdrawn)"
        elif after.submission is not None:
            yield "submission (the first)" if is_first else "submission (there again)"
        elif after.final != before.final and after.adjustment == before.adjustment:
            yield "no longer in the class" if after.final is None else "in the class again"
    elif after.submission != before.submission:
        yield "submission (another attempt counts)"
        yield from _ingredients(gradebook, before, after)
    elif (after.score, after.max_score) != (before.score, before.max_score or after.max_score):
        old, new = (gradebook.made_of(each.grading or 0)[0] for each in (before, after))
        reasons = ["submission"] * (old != new) + list(_ingredients(gradebook, before, after))
        yield from reasons or ["graded again"]
    if after.partners != before.partners:
        yield "team"
    if after.due != before.due and before.due and after.due:
        yield "deadline or extension"
    elif after.free_days != before.free_days:
        yield "free days"
    elif after.lost != before.lost and after.score == before.score:
        yield "deadline"
    if after.adjustment != before.adjustment:
        yield f"adjusted by {after.adjustment - before.adjustment:+g}"


def _ingredients(gradebook: Gradebook, before: NotedMark, after: NotedMark) -> list[str]:
    """The names of the assignment's ingredients that changed."""
    old, new = (gradebook.made_of(each.grading or 0)[1] for each in (before, after))
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return [name for name in changed if name != _EVERYTHING] or changed
