"""Running a student's functions asks for each case once, and stops where asking on is pointless."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fake_sandbox import DOUBLE, KEY, RIGHT, FakeSandbox

from autograder.judging.execute import run_exercises
from autograder.model.report import GroupResult
from autograder.model.submission import Outcome, Status


def run(sandbox: FakeSandbox, *, together: bool = False) -> tuple[GroupResult, ...]:
    return run_exercises([DOUBLE], KEY, sandbox, together=together)["double"]  # type: ignore


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("status", [Status.OUT_OF_TIME, Status.CRASHED, Status.OUT_OF_MEMORY])
def test_a_case_that_breaks_ends_its_group_and_no_other(status: Status, together: bool) -> None:
    sandbox = FakeSandbox({"double": lambda x: Outcome(status) if x == 10.0 else 2 * x})
    results = run(sandbox, together=together)
    assert [x for _, x in sandbox.called] == [1.0, 2.0, 3.0, 10.0, 100.0, 101.0, 102.0]
    assert [outcome.status for outcome in results[1].outcomes] == [status] * 3
    assert results[2].mismatches == (None,) * 3


def test_an_exercise_that_hangs_twice_is_not_asked_again() -> None:
    sandbox = FakeSandbox({"double": lambda x: Outcome(Status.OUT_OF_TIME)})
    results = run(sandbox)
    assert [x for _, x in sandbox.called] == [1.0, 10.0]
    assert {o.status for result in results for o in result.outcomes} == {Status.OUT_OF_TIME}


def test_an_untouched_stub_is_not_asked_for_everything() -> None:
    sandbox = FakeSandbox({"double": lambda x: Outcome(Status.NOT_WRITTEN)})
    results = run(sandbox)
    assert [x for _, x in sandbox.called] == [1.0, 2.0, 3.0, 10.0, 11.0, 12.0]
    assert {o.status for result in results for o in result.outcomes} == {Status.NOT_WRITTEN}


def test_what_is_written_for_some_inputs_is_asked_for_all() -> None:
    def half(x: Any) -> Any:
        return 2 * x if x in (3.0, 12.0) or x > 50 else Outcome(Status.NOT_WRITTEN)

    sandbox = FakeSandbox({"double": half})
    results = run(sandbox)
    assert len(sandbox.called) == 9
    assert results[2].mismatches == (None,) * 3


@pytest.mark.parametrize("together", [False, True])
def test_wrong_answers_do_not_pile_up_in_memory(together: bool) -> None:
    huge = np.zeros(1 << 19)  # 4 MB
    sandbox = FakeSandbox({**RIGHT, "double": lambda x: huge})
    (first, second, third) = run(sandbox, together=together)
    kept = [each.value is huge for one in (first, second, third) for each in one.outcomes]
    assert kept == [True] * 4 + [False] * 5
    assert second.outcomes[-1].status is third.outcomes[0].status is Status.OUT_OF_OUTPUT


def test_cases_are_asked_for_alone_or_together() -> None:
    sandbox = FakeSandbox(RIGHT)
    run(sandbox)
    assert sandbox.requests == [1] * 9
    sandbox = FakeSandbox(RIGHT)
    run(sandbox, together=True)
    assert sandbox.requests == [3, 6]  # the public group, then the hidden ones
    hangs = FakeSandbox({"double": lambda x: Outcome(Status.OUT_OF_TIME) if x == 11.0 else 2 * x})
    run(hangs, together=True)
    assert hangs.requests == [3, 6, 3]
