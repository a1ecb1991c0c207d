import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.errors import AutograderError, UsageError
from autograder.fixed_names import GRADEBOOK
from autograder.gradebook.gradebook import Gradebook
from autograder.model.course import Course
from autograder.model.report import ExerciseReport, GroupReport, Isolation, Report, Verdict
from autograder.model.submission import Attempt, Student, Submission

COURSE = Course("The softmax derivative", "1.0.0", Path("."), (), seed=7)
FULL = Isolation("full", {"seccomp": "on"})
PARTIAL = Isolation("partial", {"seccomp": "on", "landlock": "off"})


def graded(id: str, score: float = 1.0, content: str = "one") -> tuple[Submission, Report]:
    group = GroupReport("all", True, score, 4.0, Verdict.WRONG_ANSWER, "at [0] got 1")
    exercise = ExerciseReport("softmax", "part1", (group,))
    return Submission(id, (), content), Report(id, (exercise,), 0.1)


@pytest.fixture
def gradebook(tmp_path):
    with Gradebook(tmp_path) as book:
        book.begin(COURSE, "key", "assignment")
        yield book


def test_reports_come_back_sorted_by_id(gradebook):
    gradebook.record([graded("wong"), graded("li"), graded("Ångström")], FULL)
    gradebook.record([graded("a/b")], FULL)
    assert [report.id for report in gradebook.reports()] == ["a/b", "li", "wong", "Ångström"]
    assert list(gradebook.reports())[1] == graded("li")[1]


def test_the_course_of_the_run_is_known(gradebook):
    course = gradebook.course()
    assert (course.name, course.version, course.key_digest) == (COURSE.name, "1.0.0", "key")


def test_what_is_graded_is_kept(gradebook):
    submission, report = graded("li")
    assert gradebook.keep(submission) is None
    gradebook.record([(submission, report)], FULL)
    gradebook.begin(COURSE, "key", "assignment")
    assert list(gradebook.reports()) == []
    assert gradebook.keep(submission) == report
    assert list(gradebook.reports()) == [report]


@pytest.mark.parametrize(
    ("id", "content", "assignment"),
    [("wong", "one", "assignment"), ("li", "two", "assignment"), ("li", "one", "other points")],
)
def test_what_has_changed_is_not_kept(gradebook, id, content, assignment):
    gradebook.record([graded("li")], FULL)
    gradebook.begin(COURSE, "key", assignment)
    assert gradebook.keep(Submission(id, (), content)) is None


def test_a_judge_error_is_not_kept(gradebook):
    submission = Submission("li", (), "one")
    gradebook.record([(submission, Report("li", (), 0.1, judge_error="no sandbox"))], FULL)
    assert gradebook.keep(submission) is None
    (mark,) = gradebook.marks()
    assert mark.score is None


def test_what_was_graded_under_too_little_isolation_is_not_kept(gradebook):
    submission, report = graded("li")
    gradebook.record([(submission, report)], PARTIAL)
    assert gradebook.keep(submission, "full") is None
    assert gradebook.keep(submission, "partial") == report


def test_the_isolation_is_the_weakest_of_the_latest(gradebook):
    assert gradebook.isolation().level == "none"
    gradebook.record([graded("li")], PARTIAL)
    gradebook.record([graded("wong")], FULL)
    assert gradebook.isolation() == PARTIAL
    gradebook.record([graded("li")], FULL)
    gradebook.record([graded("unread")], None)
    assert gradebook.isolation() == FULL


def test_every_grading_stays_in_the_database(gradebook, tmp_path):
    gradebook.record([graded("li", 1.0, "first")], FULL)
    gradebook.record([graded("li", 3.0, "second")], FULL)
    gradebook.begin(COURSE, "other key", "other assignment")
    gradebook.record([graded("li", 2.0, "second")], FULL)
    with closing(sqlite3.connect(tmp_path / GRADEBOOK)) as database:
        rows = database.execute("SELECT submission_digest, key_digest, score FROM gradings")
        history = list(rows)
    assert history == [
        ("first", "key", 1.0),
        ("second", "key", 3.0),
        ("second", "other key", 2.0),
    ]
    assert [report.score for report in gradebook.reports()] == [2.0]


def test_of_several_attempts_the_reports_hold_the_one_that_counts(gradebook):
    li, zoe = Student("Li", ("1",)), Student("Zoe", ("2",))
    attempts = [
        Attempt("first", (), (li,), number=1),
        Attempt("second", (), (li,), number=2),
        Attempt("team", (), (li, zoe), number=0),
    ]
    scores = (("first", 3.0), ("second", 1.0), ("team", 0.5))
    for course, counting in (
        (COURSE, {"Li": "second", "Zoe": "team"}),
        (replace(COURSE, attempts="best"), {"Li": "first", "Zoe": "team"}),
    ):
        gradebook.begin(course, "key", "assignment", attempts=attempts, missing=[Student("Ng")])
        gradebook.record([graded(id, score) for id, score in scores], FULL)
        marks = gradebook.marks()
        assert {mark.student.name: mark.submission for mark in marks} == {**counting, "Ng": None}
        assert [report.id for report in gradebook.reports()] == sorted(counting.values())


def test_what_a_stopped_run_left_to_do_is_known(gradebook):
    gradebook.begin(COURSE, "key", "assignment", attempts=[Attempt("li", ()), Attempt("ng", ())])
    gradebook.record([graded("ng")], FULL)
    assert gradebook.ungraded() == ("li",)
    gradebook.record([graded("li")], FULL)
    assert gradebook.ungraded() == ()


def test_what_a_grading_was_made_of_is_kept(gradebook):
    gradebook.begin(COURSE, "key", "assignment", ingredients={"points": "p"})
    gradebook.record([graded("li", content="first")], FULL)
    gradebook.note_marks()
    (noted,) = gradebook.register.history()
    assert gradebook.made_of(noted.grading) == ("first", {"points": "p"})
    assert gradebook.made_of(999) == ("", {})


def test_a_batch_is_recorded_whole_or_not_at_all(gradebook):
    def batch():
        yield graded("li")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        gradebook.record(batch(), FULL)
    assert list(gradebook.reports()) == []
    gradebook.record([graded("li")], FULL)
    assert len(list(gradebook.reports())) == 1


def test_what_is_recorded_survives_a_connection_that_is_never_closed(tmp_path):
    book = Gradebook(tmp_path)
    book.begin(COURSE, "key", "assignment")
    book.record([graded("li")], FULL)
    with Gradebook(tmp_path, must_exist=True) as again:
        assert [report.id for report in again.reports()] == ["li"]
    book.__exit__(None, None, None)


def test_the_journal_is_a_write_ahead_log(tmp_path, gradebook):
    connection = sqlite3.connect(tmp_path / GRADEBOOK)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_a_folder_without_gradings_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match=r"holds no gradebook\.sqlite"):
        Gradebook(tmp_path, must_exist=True)
    assert list(tmp_path.iterdir()) == []


def test_a_gradebook_without_a_run_says_so(tmp_path):
    with Gradebook(tmp_path) as book, pytest.raises(UsageError, match="no results"):
        book.course()


def test_a_file_that_is_no_database_is_one_line(tmp_path):
    (tmp_path / GRADEBOOK).write_text("id,score\n" * 100)
    with pytest.raises(AutograderError, match="is not a gradebook") as caught:
        Gradebook(tmp_path)
    assert "\n" not in str(caught.value)


def test_another_format_is_refused(tmp_path):
    Gradebook(tmp_path).__exit__(None, None, None)
    connection = sqlite3.connect(tmp_path / GRADEBOOK)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(UsageError, match="format 99"):
        Gradebook(tmp_path)
