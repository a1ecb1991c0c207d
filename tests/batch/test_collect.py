from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.answer_key.assignment import Assignment
from autograder.answer_key.build import build_key
from autograder.batch.pools import OwnProcess
from autograder.batch.schedule import Pool, collect
from autograder.course.load import load_course
from autograder.gradebook.gradebook import Gradebook
from autograder.model.report import Report
from autograder.model.submission import Attempt
from autograder.submissions.folder import find_submissions

RIGHT = "def double(v):\n    return 2 * v\n"
WRONG = "def double(v):\n    return 3 * v\n"


def attempts(folder: Path) -> list[Attempt]:
    return [Attempt(id, (("", path),)) for id, path in find_submissions(folder)]


class Run:
    """Collects the folder `submissions` into one gradebook, again and again."""

    def __init__(self, folder: Path, assignment: Assignment, pool: Pool) -> None:
        self.hand_ins = folder / "hand-ins"
        self.out = folder / "graded"
        self.assignment = assignment
        self.pool = pool
        self.hand_ins.mkdir()
        self.out.mkdir()

    def hand_in(self, id: str, code: str) -> None:
        (self.hand_ins / f"{id}.py").write_text(code)

    def __call__(self, *, version: str = "1", again: bool = False) -> dict[str, bool]:
        """Which reports came, and whether they are new."""
        came: dict[str, bool] = {}

        def on_report(report: Report, fresh: bool) -> None:
            assert report.id not in came
            came[report.id] = fresh

        with Gradebook(self.out) as gradebook:
            collect(
                attempts(self.hand_ins),
                self.assignment,
                gradebook,
                self.pool,
                on_report,
                version=version,
                again=again,
            )
        return came

    def scores(self) -> dict[str, float]:
        with Gradebook(self.out, must_exist=True) as gradebook:
            return {report.id: report.score for report in gradebook.reports()}


@pytest.fixture(scope="module")
def assignment(_tiny_exercises: Path) -> Assignment:
    course = load_course(_tiny_exercises.parent)
    return Assignment(course, build_key(course), ())


@pytest.fixture(scope="module")
def pool(assignment: Assignment) -> Iterator[Pool]:
    with OwnProcess(assignment) as pool:
        yield pool


@pytest.fixture
def run(tmp_path: Path, assignment: Assignment, pool: Pool) -> Run:
    return Run(tmp_path, assignment, pool)


def test_only_what_has_changed_is_graded_again(run):
    run.hand_in("li", RIGHT)
    run.hand_in("wong", WRONG)
    assert run() == {"li": True, "wong": True}
    assert run() == {"li": False, "wong": False}
    run.hand_in("wong", RIGHT)
    run.hand_in("zoe", WRONG)
    assert run() == {"li": False, "wong": True, "zoe": True}
    assert run.scores() == {"li": 5.0, "wong": 5.0, "zoe": 0.0}


def test_who_handed_nothing_in_any_more_is_not_in_the_results(run):
    run.hand_in("li", RIGHT)
    run.hand_in("wong", RIGHT)
    run()
    (run.hand_ins / "wong.py").unlink()
    assert run() == {"li": False}
    assert run.scores() == {"li": 5.0}


def test_all_is_graded_again_when_asked_for_or_by_another_engine(run):
    run.hand_in("li", RIGHT)
    run()
    assert run(again=True) == {"li": True}
    assert run(version="2") == {"li": True}


def test_a_run_that_was_stopped_goes_on(run, monkeypatch):
    for id in ("li", "wong", "zoe"):
        run.hand_in(id, RIGHT)
    record, batches = Gradebook.record, []

    def record_twice(self, graded, isolation):
        if len(batches) == 2:
            raise KeyboardInterrupt
        batches.append(record(self, graded, isolation))

    monkeypatch.setattr(Gradebook, "record", record_twice)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.undo()
    assert run.scores() == {"li": 5.0, "wong": 5.0}
    assert run() == {"li": False, "wong": False, "zoe": True}


def test_a_hand_in_that_cannot_be_read_is_our_failure_and_stops_nobody(run):
    run.hand_in("li", RIGHT)
    run.hand_in("wong", RIGHT)
    with Gradebook(run.out) as gradebook:
        found = attempts(run.hand_ins)
        (run.hand_ins / "li.py").unlink()
        collect(found, run.assignment, gradebook, run.pool, lambda *_: None, version="1")
        reports = list(gradebook.reports())
    assert [report.judge_error is None for report in reports] == [False, True]
    assert "li.py" in (reports[0].judge_error or "")
