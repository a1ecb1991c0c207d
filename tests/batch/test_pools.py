import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from multiprocessing.resource_tracker import ensure_running
from pathlib import Path

import pytest
from processes import children, descendants

from autograder.answer_key.assignment import Assignment
from autograder.answer_key.build import build_key
from autograder.batch.pools import OwnProcess, ProcessPool
from autograder.batch.schedule import Graded, Unfinished, WorkerDied, grade_all
from autograder.course.load import load_course
from autograder.errors import IsolationError, UsageError
from autograder.model.submission import Source, Submission

RIGHT = b"def double(v):\n    return 2 * v\n"
NEVER_ENDS = b"def double(v):\n    while True:\n        pass\n"


def submission(number: int, code: bytes = RIGHT) -> Submission:
    return Submission(f"s{number}", (Source("part1_scale", "part1_scale.py", (code,)),), "digest")


@pytest.fixture(scope="module")
def assignment(_tiny_exercises: Path) -> Assignment:
    course = load_course(_tiny_exercises.parent)
    return Assignment(course, build_key(course), ())


def scores(graded: list[Graded | Unfinished]) -> dict[str, float]:
    batches = [one for one in graded if isinstance(one, Graded)]
    return {report.id: report.score for batch in batches for report in batch.reports}


def test_both_pools_give_the_same_marks(assignment):
    submissions = [submission(0), submission(1, b"def double(v):\n    return 3 * v\n")]
    with OwnProcess(assignment) as pool:
        alone = scores(list(grade_all(submissions, pool)))
    with ProcessPool(assignment, 2) as pool:
        together = scores(list(grade_all(submissions, pool)))
        batch = pool.submit([submission(number) for number in range(4)]).result()
    assert alone == together == {"s0": 5.0, "s1": 0.0}
    assert [report.id for report in batch.reports] == ["s0", "s1", "s2", "s3"]
    assert batch.isolation.level in ("process", "partial", "full")


def test_too_little_isolation_is_said_by_the_pool(assignment, monkeypatch):
    strict = Assignment(assignment.course, assignment.key, (), least_level="full")
    with ProcessPool(strict, 1) as pool:
        future: Future[Graded] = pool.submit([submission(0)])
        error = future.exception()
    assert error is None or isinstance(error, IsolationError)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
class TestProcesses:
    @pytest.fixture(autouse=True)
    def _resource_tracker(self):
        ensure_running()  # one for all pools of a process; it ends with the process

    def wait_for(self, happens) -> None:
        deadline = time.monotonic() + 20
        while not happens():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def test_a_killed_worker_is_replaced_and_nothing_is_lost(self, assignment):
        before = children()
        submissions = (submission(number) for number in range(6))
        with ProcessPool(assignment, 1) as pool:
            graded = grade_all(submissions, pool, 2)
            first = next(graded)
            (worker,) = children() - before
            os.kill(worker, signal.SIGKILL)
            rest = list(graded)
            assert children() - before != {worker}
        assert scores([first, *rest]) == {f"s{number}": 5.0 for number in range(6)}
        assert children() <= before

    def test_a_worker_killed_in_the_middle_of_a_batch_fails_that_batch_only(self, assignment):
        before = children()
        with ProcessPool(assignment, 2) as pool:
            pool.submit([submission(0)]).result()
            (first,) = children() - before
            hanging = pool.submit([submission(1, NEVER_ENDS)])
            other = pool.submit([submission(2)])
            assert other.result().reports[0].score == 5.0
            os.kill(first, signal.SIGKILL)
            with pytest.raises(WorkerDied, match="signal 9"):
                hanging.result()

    def test_leaving_in_a_hurry_leaves_no_process(self, assignment):
        before = children()

        def interrupted() -> None:
            with ProcessPool(assignment, 2) as pool:
                futures = [pool.submit([submission(n, NEVER_ENDS)]) for n in range(4)]
                self.wait_for(lambda: len(children() - before) == 2)
                assert not any(future.done() for future in futures)
                raise KeyboardInterrupt

        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert time.monotonic() - begun < 20
        assert children() <= before

    def test_workers_die_with_their_parent(self, tiny_folder):
        (tiny_folder / "hand-ins").mkdir()
        for number in range(2):
            (tiny_folder / "hand-ins" / f"s{number}.py").write_bytes(NEVER_ENDS)
        command = [sys.executable, "-m", "autograder", "grade", "hand-ins", "--out", "graded"]
        with subprocess.Popen(
            [*command, "--workers", "2"], cwd=tiny_folder, stdout=subprocess.DEVNULL
        ) as parent:
            # the resource tracker, two workers, and their sandboxes with a student's process each
            self.wait_for(lambda: len(descendants(parent.pid)) >= 7)
            all_of_them = descendants(parent.pid)
            parent.kill()
        self.wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in all_of_them))

    def test_a_worker_imports_nothing_from_the_current_folder(
        self, assignment, tmp_path, monkeypatch
    ):
        for name in ("pickle", "random", "struct", "multiprocessing"):
            (tmp_path / f"{name}.py").write_text("open('imported', 'w')\nraise SystemExit(9)\n")
        monkeypatch.chdir(tmp_path)
        if sys.version_info < (3, 11):
            with ProcessPool(assignment, 1) as pool:
                error = pool.submit([submission(0)]).exception()
            assert isinstance(error, UsageError)
        else:
            with ProcessPool(assignment, 1) as pool:
                assert pool.submit([submission(0)]).result().reports[0].score == 5.0
        assert not (tmp_path / "imported").exists()
