"""Running a student's functions asks for each case once, and stops where asking on is pointless."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fake_sandbox import DOUBLE, KEY, RIGHT, FakeSandbox

from autograder.judging.execute import run_exercise
from autograder.model.submission import Outcome, Status


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("status", [Status.OUT_OF_TIME, Status.CRASHED, Status.OUT_OF_MEMORY])
def test_a_case_that_breaks_ends_its_group_and_no_other(status: Status, together: bool) -> None:
    sandbox = FakeSandbox({"double": lambda x: Outcome(status) if x == 10.0 else 2 * x})
    cases = KEY.cases["double"]
    results = run_exercise(DOUBLE, cases, sandbox, together=together)  # type: ignore[arg-type]
    assert [x for _, x in sandbox.called] == [1.0, 2.0, 3.0, 10.0, 100.0, 101.0, 102.0]
    assert [outcome.status for outcome in results[1].outcomes] == [status] * 3
    assert results[2].mismatches == (None,) * 3


def test_an_exercise_that_hangs_twice_is_not_asked_again() -> None:
    sandbox = FakeSandbox({"double": lambda x: Outcome(Status.OUT_OF_TIME)})
    results = run_exercise(DOUBLE, KEY.cases["double"], sandbox)  # type: ignore[arg-type]
    assert [x for _, x in sandbox.called] == [1.0, 10.0]
    assert {o.status for result in results for o in result.outcomes} == {Status.OUT_OF_TIME}


def test_an_untouched_stub_is_not_asked_for_everything() -> None:
    sandbox = FakeSandbox({"double": lambda x: Outcome(Status.NOT_WRITTEN)})
    results = run_exercise(DOUBLE, KEY.cases["double"], sandbox)  # type: ignore[arg-type]
    assert [x for _, x in sandbox.called] == [1.0, 2.0, 3.0, 10.0, 11.0, 12.0]
    assert {o.status for result in results for o in result.outcomes} == {Status.NOT_WRITTEN}


def test_what_is_written_for_some_inputs_is_asked_for_all() -> None:
    def half(x: Any) -> Any:
        return 2 * x if x in (3.0, 12.0) or x > 50 else Outcome(Status.NOT_WRITTEN)

    sandbox = FakeSandbox({"double": half})
    results = run_exercise(DOUBLE, KEY.cases["double"], sandbox)  # type: ignore[arg-type]
    assert len(sandbox.called) == 9
    assert results[2].mismatches == (None,) * 3


@pytest.mark.parametrize("together", [False, True])
def test_wrong_answers_do_not_pile_up_in_memory(together: bool) -> None:
    huge = np.zeros(1 << 19)  # 4 MB
    sandbox = FakeSandbox({**RIGHT, "double": lambda x: huge})
    with sandbox as session:
        (first, second, third) = run_exercise(
            DOUBLE,
            KEY.cases["double"],
            session,  # type: ignore[arg-type]
            together=together,
        )
    kept = [each.value is huge for one in (first, second, third) for each in one.outcomes]
    assert kept == [True] * 4 + [False] * 5
    assert second.outcomes[-1].status is third.outcomes[0].status is Status.OUT_OF_OUTPUT
    before, last = (
        replace(DOUBLE, groups=groups) for groups in (DOUBLE.groups[:1], DOUBLE.groups[1:])
    )
    with sandbox as session:
        done = run_exercise(before, KEY.cases["double"], session)  # type: ignore[arg-type]
        more = run_exercise(last, KEY.cases["double"], session, done)  # type: ignore[arg-type]
    assert [each.status for each in more[0].outcomes] == [each.status for each in second.outcomes]


def test_cases_are_asked_for_alone_or_together() -> None:
    cases = KEY.cases["double"]
    sandbox = FakeSandbox(RIGHT)
    run_exercise(DOUBLE, cases, sandbox)  # type: ignore[arg-type]
    assert sandbox.requests == [1] * 9
    sandbox = FakeSandbox(RIGHT)
    run_exercise(DOUBLE, cases, sandbox, together=True)  # type: ignore[arg-type]
    assert sandbox.requests == [9]
    hangs = FakeSandbox({"double": lambda x: Outcome(Status.OUT_OF_TIME) if x == 11.0 else 2 * x})
    run_exercise(DOUBLE, cases, hangs, together=True)  # type: ignore[arg-type]
    assert hangs.requests == [9, 3]
