"""A class of 40 whose marks were worked out in a spreadsheet, class_of_40.csv, come out alike.

Due on Saturday 2026-10-24 23:59 in Berlin, the night in which clocks are put back; half an hour of
grace, 10 % a day up to 50 %, two free days, of which s07, s20 and s32 spent both and s08 and s29
one in an earlier assignment. Three groups of 40, 40 and 20 points, 10 of extra credit, a group of
no points. Everybody gets the group `edge`, and one point for `softmax`; some get or lose more.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from autograder.course.deadlines import moment, zone_named
from autograder.gradebook.gradebook import Gradebook, changes
from autograder.gradebook.marks import Adjustment, FinalMark, Standing
from autograder.gradebook.people import now
from autograder.model.course import Course, Deadline, Extension
from autograder.model.report import ExerciseReport, GroupReport, Isolation, Report, Verdict
from autograder.model.submission import Attempt, Student, Submission
from autograder.reporting.graded_folder import write_reports

ZONE = "Europe/Berlin"
BERLIN = zone_named(ZONE)
SPENT = {"s07": 2, "s20": 2, "s32": 2, "s08": 1, "s29": 1}
GROUPS = {"worked": 40.0, "logits": 40.0, "edge": 20.0, "bonus": 10.0, "survey": 0.0}
with (Path(__file__).parent / "class_of_40.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = {row["id"]: row for row in csv.DictReader(_file)}
DEADLINE = Deadline(
    due=moment("2026-10-24 23:59", BERLIN),
    percent_per_day=10.0,
    grace_hours=0.5,
    cap_percent=50.0,
    zone=ZONE,
    free_days=2,
)


def extension(id: str) -> Extension | None:
    text = ROWS[id]["extension"]
    if text.endswith(" hours"):
        return Extension(id, hours=float(text.split()[0]))
    return Extension(id, moment(text, BERLIN), reason=ROWS[id]["note"]) if text else None


COURSE = Course(
    "c",
    "1",
    Path(),
    (),
    seed=1,
    deadline=DEADLINE,
    extensions=tuple(one for one in map(extension, ROWS) if one is not None),
)


@dataclass
class Class:
    gradebook: Gradebook
    folder: Path

    def grade(self, course: Course = COURSE, *, without: str = "") -> None:
        """Grade all submissions; `without` is a group that the course no longer has."""
        students = {id: Student("", (id,), row["section"]) for id, row in ROWS.items()}
        attempts: dict[str, Attempt] = {}
        reports: dict[str, Report] = {}
        for id, row in ROWS.items():
            if row["handed_in"]:
                name = row["team"] or id
                known = attempts.get(name, Attempt(name, (), (), moment(row["handed_in"])))
                attempts[name] = replace(known, students=(*known.students, students[id]))
                reports[name] = report(name, row, without)
        missing = [one for id, one in students.items() if not ROWS[id]["handed_in"]]
        self.gradebook.begin(
            course,
            "key",
            "assignment" + without,
            ingredients={"points": without, "course": without},
            attempts=attempts.values(),
            missing=missing,
            spent=SPENT,
        )
        graded = [(Submission(id, (), id), one) for id, one in reports.items()]
        self.gradebook.record(graded, Isolation("full", {}))
        self.gradebook.note_marks()

    def marks(self) -> dict[str, FinalMark]:
        return {mark.student.ids[0]: mark for mark in self.gradebook.marks()}


def report(name: str, row: dict[str, str], without: str) -> Report:
    groups = tuple(
        GroupReport(
            group,
            group == "worked",
            float(row.get(group) or 0.0),
            most,
            Verdict.ACCEPTED if float(row.get(group) or 0.0) == most else Verdict.WRONG_ANSWER,
            extra=group == "bonus",
        )
        for group, most in GROUPS.items()
        if group != without
    )
    failed = "the grader failed" if row["note"].startswith("the grader failed") else None
    return Report(name, (ExerciseReport("softmax", "part1", groups),), 0.1, failed)


@pytest.fixture
def graded(tmp_path: Path) -> Iterator[Class]:
    with Gradebook(tmp_path) as gradebook:
        one = Class(gradebook, tmp_path)
        one.grade()
        students = {id: mark.student for id, mark in one.marks().items()}
        by_hand = [
            (students[id], Adjustment(1.0, "for everybody", now(), "softmax"))
            for id, row in ROWS.items()
            if row["handed_in"]
        ]
        more = {"s27": -3.0, "s31": 5.0, "s32": 2.5, "s40": 12.0}
        by_hand += [(students[id], Adjustment(n, "by hand", now())) for id, n in more.items()]
        gradebook.register.adjust(by_hand)
        gradebook.register.give_group("softmax", "edge", "a bad test")
        gradebook.note_marks()
        yield one


def check(graded: Class) -> None:
    marks = graded.marks()
    assert marks.keys() == ROWS.keys()
    for id, row in ROWS.items():
        mark = marks[id]
        if not row["score"]:
            assert mark.final == (float(row["final"]) if row["final"] else None), id
            continue
        given = float(row["group_given"]) + float(row["by_hand"])
        assert (
            mark.score,
            mark.days_late,
            mark.free_days,
            mark.lost,
            mark.adjustment,
            mark.final,
            mark.max_score,
        ) == (
            float(row["score"]),
            int(row["days_late"]),
            int(row["free_days"]),
            float(row["lost"]),
            round(given, 6),
            float(row["final"]),
            100.0,
        ), id


def test_the_spreadsheet_adds_up_by_itself() -> None:
    assert len(ROWS) == 40
    for id, row in ROWS.items():
        if row["score"]:
            parts = sum(float(row[name]) for name in ("worked", "logits", "edge", "bonus"))
            assert parts == float(row["score"]), id
            assert float(row["lost"]) == round(parts * float(row["percent"]) / 100, 6), id
            total = parts - float(row["lost"]) + float(row["group_given"]) + float(row["by_hand"])
            assert round(total, 6) == float(row["final"]), id


def test_every_mark_is_that_of_the_spreadsheet_and_stays_when_graded_again(graded: Class) -> None:
    check(graded)
    graded.grade()
    check(graded)


def test_gradebook_csv_says_the_same(graded: Class) -> None:
    write_reports(graded.gradebook, graded.folder, pages=False)
    with (graded.folder / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        written = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {id: row["final"] and float(row["final"]) for id, row in written.items()} == {
        id: row["final"] and float(row["final"]) for id, row in ROWS.items()
    }


def test_a_course_may_give_nobody_more_than_the_maximum(graded: Class) -> None:
    graded.grade(replace(COURSE, cap_at_maximum=True))
    for id, mark in graded.marks().items():
        final = ROWS[id]["final"]
        assert mark.final == (min(float(final), 100.0) if final else None), id


def test_who_is_graded_missing_or_failed(graded: Class) -> None:
    standings = {id: mark.standing for id, mark in graded.marks().items()}
    assert standings.pop("s38") is Standing.JUDGE_ERROR
    assert standings.pop("s39") is standings.pop("s40") is Standing.MISSING
    assert set(standings.values()) == {Standing.GRADED}


def test_an_extension_and_the_free_days_are_named_among_the_changes(graded: Class) -> None:
    known = len(changes(graded.gradebook))
    ill = Extension("s10", moment("2026-10-29 23:59", BERLIN), reason="ill")
    graded.grade(replace(COURSE, extensions=(*COURSE.extensions, ill)))
    (change,) = changes(graded.gradebook)[known:]
    assert (change.student.ids, change.before, change.after) == (("s10",), 71.0, 101.0)
    assert change.reasons == ("deadline or extension",)


def test_a_group_taken_out_is_named_for_everybody_whose_percentage_moves(graded: Class) -> None:
    graded.grade()
    known = len(changes(graded.gradebook))
    before = graded.marks()
    graded.grade(without="logits")
    after = graded.marks()
    moved = {change.student.ids[0] for change in changes(graded.gradebook)[known:]}
    percent = {
        id: (mark.final / mark.max_score, after[id].final / after[id].max_score)  # type: ignore[operator]
        for id, mark in before.items()
        if mark.final is not None
    }
    assert moved == {id for id, (old, new) in percent.items() if round(old, 9) != round(new, 9)}
    # who had nothing in that group has the same points, of fewer
    assert before["s18"].final == after["s18"].final == 31.0
    (change,) = (one for one in changes(graded.gradebook)[known:] if one.student.ids == ("s18",))
    assert (change.of_before, change.of_after, change.reasons) == (100.0, 60.0, ("points",))


def test_a_group_that_is_given_can_be_taken_back(graded: Class) -> None:
    graded.gradebook.register.take_back_group("softmax", "edge")
    for id, mark in graded.marks().items():
        if ROWS[id]["score"]:
            expected = float(ROWS[id]["final"]) - float(ROWS[id]["group_given"])
            assert mark.final == round(expected, 6), id


def test_free_days_that_were_spent_are_known_to_the_next_assignment(graded: Class) -> None:
    spent = graded.gradebook.spent()
    assert {id: spent[id] for id in ROWS if ROWS[id]["free_days"] not in ("", "0")} == {
        id: int(row["free_days"]) for id, row in ROWS.items() if row["free_days"] not in ("", "0")
    }
