from pathlib import Path

from autograder.gradebook.final_mark import FinalMark, Standing
from autograder.gradebook.history import Change
from autograder.model import Attempt, Student
from autograder.reporting.class_view import (
    called,
    change_lines,
    class_lines,
    filled_lines,
    names_of,
    ungraded_lines,
)
from autograder.reporting.filling import Filled

ADA, LI = Student("Ada", ("1",)), Student("Li\x1b[31m", ("2",))
GRADED = FinalMark(ADA, "ada 2", Standing.GRADED, 10.0, 5.0, days_late=1)
MISSING = FinalMark(LI, None, Standing.MISSING, 10.0)


def test_a_plain_folder_needs_no_words() -> None:
    mark = FinalMark(Student("li", ("li",)), "li", Standing.GRADED, 10.0, 5.0)
    assert list(class_lines("folder", [Attempt("li", ())], [mark], [], "latest")) == []
    assert names_of([mark]) == {}


def test_all_that_is_worth_knowing() -> None:
    attempts = [Attempt("ada 1", ()), Attempt("ada 2", ())]
    lines = list(class_lines("Canvas", attempts, [GRADED, MISSING], [ADA], "best"))
    assert lines == [
        "hand-ins from Canvas",
        "of several attempts the best counts; not counted: 1: ada 1",
        "late: 1: Ada (1)",
        "no hand-in: 1: Li\\x1b[31m (2)",
        "not in the roster, or not beyond doubt: 1: Ada (1)",
    ]


def test_who_is_gone_since_the_last_run_is_said() -> None:
    in_roster = FinalMark(Student("Ada W", ("00101", "1")), "ada", Standing.GRADED, 10.0, 5.0)
    before = [GRADED, FinalMark(Student("Zoe"), "zoe", Standing.GRADED, 10.0, 5.0)]
    lines = list(class_lines("folder", [], [in_roster], [], "latest", before))
    assert lines == ["no longer among the hand-ins, so no longer in the marks: 1: Zoe"]


def test_what_is_still_to_be_graded_is_said() -> None:
    assert list(ungraded_lines(())) == []
    (line,) = ungraded_lines(["ada\x1b"])
    assert line.startswith("still to be graded: 1: ada\\x1b; wait for")


def test_a_long_list_is_cut() -> None:
    people = [Student(f"s{number}") for number in range(100)]
    (line,) = class_lines("folder", [], [], people, "latest")
    assert line.startswith("not in the roster, or not beyond doubt: 100: s0, s1")
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
        "canvas.csv: wrote 1 marks, in proportion to 20 points",
        "no mark written, as the list takes none for them: 1: Li\\x1b[31m (2)",
        "no mark written, as they are not, or not beyond doubt, in the list: 1: Ng",
        "no mark written, as they could not be graded: 1: Zoe",
    ]


def test_changes_are_a_line_each() -> None:
    change = Change(LI, None, 7.25, ("answer key", "points"), "2026-09-12T10:03:59+00:00")
    assert list(change_lines([change])) == [
        "2026-09-12 10:03  Li\\x1b[31m (2): none -> 7.25 (answer key, points)"
    ]
    assert list(change_lines([])) == ["no mark has moved since it was first given"]
