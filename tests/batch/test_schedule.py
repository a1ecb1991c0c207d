from collections.abc import Sequence
from concurrent.futures import Future

import pytest

from autograder.batch.schedule import (
    LARGEST_BYTES,
    Graded,
    Unfinished,
    WorkerDied,
    batch_size,
    grade_all,
)
from autograder.errors import SandboxError
from autograder.model.report import Isolation, Report
from autograder.model.submission import Source, Submission

ISOLATION = Isolation("full", {})


class StubPool:
    """Does each batch at once; dies on the submissions it is told to, as often as told."""

    capacity = 3

    def __init__(self, deadly: dict[str, int] | None = None) -> None:
        self.deadly = deadly or {}
        self.batches: list[list[str]] = []

    def submit(self, batch: Sequence[Submission]) -> Future[Graded]:
        self.batches.append([submission.id for submission in batch])
        future: Future[Graded] = Future()
        for submission in batch:
            if self.deadly.get(submission.id, 0):
                self.deadly[submission.id] -= 1
                future.set_exception(WorkerDied("signal 9"))
                return future
        reports = tuple(Report(submission.id, (), 0.1) for submission in batch)
        future.set_result(Graded(tuple(batch), reports, ISOLATION))
        return future


def submissions(count: int, size: int = 0) -> list[Submission]:
    sources = (Source("part1", "part1.py", (bytes(size),)),)
    return [Submission(f"s{number}", sources, f"digest {number}") for number in range(count)]


def ids(graded: list[Graded | Unfinished]) -> tuple[list[str], list[str]]:
    done = [one.id for batch in graded if isinstance(batch, Graded) for one in batch.submissions]
    lost = [one.submission.id for one in graded if isinstance(one, Unfinished)]
    return sorted(done), lost


@pytest.mark.parametrize("count", [0, 1, 7])
@pytest.mark.parametrize("size", [1, 3, 100])
def test_every_submission_is_graded_once(count, size):
    graded = list(grade_all(submissions(count), StubPool(), size))
    assert ids(graded) == ([f"s{number}" for number in range(count)], [])


def test_a_worker_that_dies_once_costs_nobody_anything():
    pool = StubPool({"s2": 1})
    assert ids(list(grade_all(submissions(6), pool, 3))) == ([f"s{n}" for n in range(6)], [])
    assert [batch for batch in pool.batches if "s2" in batch] == [["s0", "s1", "s2"], ["s2"]]


def test_a_submission_that_kills_every_worker_is_singled_out():
    pool = StubPool({"s2": 99})
    done, lost = ids(list(grade_all(submissions(6), pool, 3)))
    assert (done, lost) == (["s0", "s1", "s3", "s4", "s5"], ["s2"])
    assert pool.deadly["s2"] == 97


def test_a_lonely_submission_gets_a_second_try_too():
    assert ids(list(grade_all(submissions(1), StubPool({"s0": 1})))) == (["s0"], [])
    assert ids(list(grade_all(submissions(1), StubPool({"s0": 2})))) == ([], ["s0"])


def test_submissions_are_read_no_faster_than_they_are_graded():
    read = 0

    def reading():
        nonlocal read
        for submission in submissions(100):
            read += 1
            yield submission

    graded = grade_all(reading(), StubPool(), 2)
    next(graded)
    assert read <= StubPool.capacity * 2


def test_large_submissions_make_small_batches():
    pool = StubPool()
    list(grade_all(submissions(4, LARGEST_BYTES // 2), pool, 100))
    assert [len(batch) for batch in pool.batches] == [2, 2]


def test_any_other_failure_ends_the_run():
    class BrokenPool(StubPool):
        def submit(self, batch):
            future = Future()
            future.set_exception(SandboxError("no sandbox here"))
            return future

    with pytest.raises(SandboxError, match="no sandbox here"):
        list(grade_all(submissions(3), BrokenPool()))


@pytest.mark.parametrize(
    ("submissions", "capacity", "expected"), [(0, 4, 1), (3, 4, 1), (20, 4, 2), (10_000, 4, 8)]
)
def test_batches_are_small_enough_to_go_round(submissions, capacity, expected):
    assert batch_size(submissions, capacity) == expected
