"""One core for the grader and the child that it asks."""

from __future__ import annotations

import os
import sys

import pytest

from autograder.model import Limits, Source
from autograder.sandbox.kernel_layers.cores import ANY, Cores, keep_to
from autograder.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="there is one core"
)

WHERE = b"import os\ndef f(x): return sorted(os.sched_getaffinity(0))"


def test_a_thread_settles_on_a_core_and_roams_again() -> None:
    before = os.sched_getaffinity(0)
    cores = Cores()
    try:
        core = cores.settle()
        assert core in before
        assert os.sched_getaffinity(0) == {core}
        assert os.sched_getscheduler(0) == os.SCHED_BATCH
    finally:
        cores.roam()
    assert os.sched_getaffinity(0) == before
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


def test_a_core_that_there_is_not_is_no_error() -> None:
    before = os.sched_getaffinity(0)
    assert not keep_to({100_000})
    assert not keep_to({ANY} - {ANY})
    assert os.sched_getaffinity(0) == before


def test_a_session_keeps_to_the_core_of_the_grader() -> None:
    before = os.sched_getaffinity(0)
    with Sandbox(Limits()) as sandbox:
        for _ in range(2):
            with sandbox.session([Source("part1", "part1.py", (WHERE,))]) as session:
                outcome = session.call("f", "part1", [1.0])
                assert outcome.value is not None
                assert outcome.value.tolist() == sorted(os.sched_getaffinity(0))
                assert outcome.value.shape == (1,)
            assert os.sched_getaffinity(0) == before
