"""What a terminal shows of a run and of people."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from rich.console import Console

from autograder.gradebook.gradebook import Change
from autograder.gradebook.marks import FinalMark, Standing
from autograder.model.course import Course, Deadline, Extension
from autograder.model.report import ExerciseReport, GroupReport, Isolation, Report, Verdict
from autograder.model.submission import Attempt, Student
from autograder.reporting.filling import Filled
from autograder.reporting.terminal import (
    called,
    change_lines,
    class_lines,
    filled_lines,
    names_of,
    print_summary,
    progress,
    ungraded_lines,
)

COURSE = Course("Softmax", "1", Path(), ())


def report(id: str, points: float = 4.0, judge_error: str | None = None) -> Report:
    verdict = Verdict.ACCEPTED if points == 4.0 else Verdict.WRONG_ANSWER
    group = GroupReport("all", True, points, 4.0, verdict)
    return Report(id, (ExerciseReport("softmax", "part1", (group,)),), 0.1, judge_error)


def console(terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=80, force_terminal=terminal, legacy_windows=False)


def text(of: Console) -> str:
    assert isinstance(of.file, io.StringIO)
    return of.file.getvalue()


@pytest.mark.parametrize(("total", "most"), [(3, 3), (20, 20), (1000, 25)])
def test_plain_progress_is_some_lines_at_most(total, most):
    to = console()
    with progress(total, to) as on_report:
        for number in range(total):
            on_report(report(f"s{number}"), True)
    lines = text(to).splitlines()
    assert 3 <= len(lines) <= most
    assert lines[-1] == f"{total} of {total}: s{total - 1} 4 of 4"


def test_a_terminal_shows_a_bar():
    to = console(terminal=True)
    with progress(2, to) as on_report:
        on_report(report("li"), True)
        on_report(report("wong"), True)
    assert "2/2" in text(to)


def test_what_was_kept_is_said():
    to = console()
    with progress(2, to) as on_report:
        on_report(report("li"), False)
        on_report(report("wong"), True)
    assert "1 of 2 were graded before" in text(to)


def test_the_summary_has_a_row_for_each():
    to = console()
    assert print_summary([report("li"), report("wong", 1.5)], Isolation("full", {}), to) == 0
    assert "li" in text(to)
    row = next(line for line in text(to).splitlines() if "wong" in line)
    assert "1.5" in row
    assert "softmax" in row
    assert "mean 2.8, median 2.8, lowest 1.5, highest 4" in text(to)
    assert "isolation: full" in text(to)


def test_a_large_class_is_summed_up():
    to = console()
    print_summary((report(f"s{n}") for n in range(100)), Isolation("full", {}), to)
    assert "100 graded" in text(to)
    assert len(text(to).splitlines()) < 6


def test_our_own_failures_are_counted_and_named():
    to = console()
    failed = report("wong", 0.0, judge_error="the sandbox did not start")
    assert print_summary([report("li"), failed], Isolation("full", {}), to) == 1
    assert "not graded, the grader failed: wong: the sandbox did not start" in text(to)
    assert "mean 4.0" in text(to)


def test_names_are_shown_as_text():
    to = console(terminal=True)
    print_summary([report("[red]x[/red]\x1b[31m\n")], Isolation("full", {}), to)
    assert "[red]x[/red]\\x1b[31m\\n" in text(to)


ADA, LI = Student("Ada", ("1",)), Student("Li\x1b[31m", ("2",))
GRADED = FinalMark(ADA, "ada 2", Standing.GRADED, 10.0, 5.0, days_late=1)
MISSING = FinalMark(LI, None, Standing.MISSING, 10.0)


def test_a_plain_folder_needs_no_words() -> None:
    mark = FinalMark(Student("li", ("li",)), "li", Standing.GRADED, 10.0, 5.0)
    assert list(class_lines("folder", [Attempt("li", ())], [mark], [], COURSE)) == []
    assert names_of([mark]) == {}


def test_all_that_is_worth_knowing() -> None:
    attempts = [Attempt("ada 1", ()), Attempt("ada 2", ())]
    course = replace(COURSE, attempts="best")
    lines = list(class_lines("Canvas", attempts, [GRADED, MISSING], [ADA], course))
    assert lines == [
        "submissions from Canvas",
        "attempts not counted (the best counts): 1: ada 1",
        "late: 1: Ada (1)",
        "no submission: 1: Li\\x1b[31m (2)",
        "not found in the roster, or more than one row matches: 1: Ada (1)",
    ]


def test_who_is_gone_since_the_last_run_is_said() -> None:
    in_roster = FinalMark(Student("Ada W", ("00101", "1")), "ada", Standing.GRADED, 10.0, 5.0)
    before = [GRADED, FinalMark(Student("Zoe"), "zoe", Standing.GRADED, 10.0, 5.0)]
    lines = list(class_lines("folder", [], [in_roster], [], COURSE, before))
    assert lines == ["no longer among the submissions, so no longer in the marks: 1: Zoe"]


def test_what_is_still_to_be_graded_is_said() -> None:
    assert list(ungraded_lines(())) == []
    (line,) = ungraded_lines(["ada\x1b"])
    assert line.startswith("still to be graded: 1: ada\\x1b; wait for")


def test_a_long_list_is_cut() -> None:
    people = [Student(f"s{number}") for number in range(100)]
    (line,) = class_lines("folder", [], [], people, COURSE)
    assert line.startswith("not found in the roster, or more than one row matches: 100: s0, s1")
    assert line.endswith("s19, 80 more")


def test_names_are_those_of_a_whole_team() -> None:
    both = [GRADED, FinalMark(Student("Zoe"), "ada 2", Standing.GRADED, 10.0, 5.0), MISSING]
    assert names_of(both) == {"ada 2": "Ada, Zoe"}


def test_people_are_called_by_name_and_id() -> None:
    assert called(ADA) == "Ada (1)"
    assert called(Student("li", ("li",))) == "li"
    assert (called(Student("", ("7",))), called(Student("Zoe"))) == ("7", "Zoe")


def test_who_got_no_mark_is_said() -> None:
    failed = FinalMark(Student("Zoe"), "zoe", Standing.JUDGE_ERROR, 10.0)
    filled = Filled(b"", (ADA,), (LI,), (Student("Ng"),), 20.0)
    assert list(filled_lines(Path("canvas.csv"), filled, [GRADED, failed])) == [
        "canvas.csv: wrote 1 mark, in proportion to 20 points",
        "no mark written, because the list does not accept one: 1: Li\\x1b[31m (2)",
        "no mark written: not found in the list, or more than one row matches: 1: Ng",
        "no mark written, because they could not be graded: 1: Zoe",
    ]


def test_times_without_a_zone_extensions_and_free_days_are_said() -> None:
    due = datetime(2026, 9, 11, 23, 59, tzinfo=timezone.utc)
    ill = Extension("1", hours=24.0, reason="ill")
    course = replace(COURSE, deadline=Deadline(due, 10.0), extensions=(ill,))
    attempts = [Attempt("ada 2", (), (ADA,), datetime(2026, 9, 12, 8, 0))]
    mark = replace(GRADED, days_late=2, free_days=1, extension=ill)
    lines = list(class_lines("folder", attempts, [mark], [], course))
    assert lines[1:] == [
        "no late penalty for 1 submission without a time zone; "
        "set deadline.zone in course.yaml, such as Europe/Berlin",
        "with an extension: 1: Ada (1)",
        "free days spent: 1: Ada (1)",
    ]
    here = replace(course, deadline=Deadline(due, 10.0, zone="Europe/Berlin"))
    assert "no lateness" not in "".join(class_lines("folder", attempts, [mark], [], here))


def test_submissions_without_a_time_are_said_if_there_is_a_deadline() -> None:
    due = datetime(2026, 9, 11, tzinfo=timezone.utc)
    course = replace(COURSE, deadline=Deadline(due, 10.0))
    untimed, timed = Attempt("a", ()), Attempt("b", (), time=due)
    marked = replace(untimed, id="c", late=True)

    def lines(*attempts: Attempt) -> list[str]:
        return list(class_lines("folder", attempts, [], [], course))[1:]

    assert lines(untimed, marked) == [
        "no submission has a time, so none is counted as late unless its platform marked it; "
        "grade the platform's own download, or give its list with --roster"
    ]
    assert lines(untimed, timed) == ["not counted as late, since it has no time: 1: a"]
    assert lines(timed, marked) == lines(marked) == []
    assert list(class_lines("folder", [untimed], [], [], COURSE))[1:] == []


def test_a_maximum_that_moves_is_shown_with_the_points() -> None:
    change = Change(LI, 8.0, 8.0, 10.0, 9.0, ("points",), "2026-09-12T10:03:59+00:00")
    assert list(change_lines([change])) == [
        "2026-09-12 10:03  Li\\x1b[31m (2): 8 of 10 -> 8 of 9 (points)"
    ]


def test_changes_are_a_line_each() -> None:
    at = "2026-09-12T10:03:59+00:00"
    change = Change(LI, None, 7.25, 10.0, 10.0, ("answer key", "points"), at)
    assert list(change_lines([change])) == [
        "2026-09-12 10:03  Li\\x1b[31m (2): none -> 7.25 (answer key, points)"
    ]
    assert list(change_lines([])) == ["no mark has changed since it was first given"]
