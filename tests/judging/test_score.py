"""Marks are all of a group's points, none, or a share; never more, never less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from autograder.compare import compare
from autograder.judging.score import first_mismatch, score_group
from autograder.model.course import Case, Draw, TestGroup, Tolerance
from autograder.model.report import GroupResult, Verdict
from autograder.model.submission import Outcome, Status

GROUP = TestGroup("any number of classes", 3.0, False, Draw("layer"), Tolerance())
ANSWERS = {
    Status.RETURNED: np.array(1.0),
    Status.RAISED: None,
    Status.OUT_OF_TIME: None,
    Status.NOT_WRITTEN: None,
}


def a_result(*right: bool, group: TestGroup = GROUP) -> GroupResult:
    case = Case("softmax", group.name, 0, {}, np.array(1.0), Tolerance())
    cases = (case,) * len(right)
    outcomes = tuple(Outcome(Status.RETURNED, np.array(1.0 if one else 2.0)) for one in right)
    return GroupResult(group, cases, outcomes, tuple(map(compare, cases, outcomes)))


def test_all_cases_right_earn_the_points() -> None:
    report = score_group(a_result(True, True), "a note")
    assert (report.score, report.max_score, report.verdict) == (3.0, 3.0, Verdict.ACCEPTED)
    assert (report.name, report.public, report.message) == (GROUP.name, False, "a note")


def test_one_wrong_case_costs_the_group() -> None:
    report = score_group(a_result(True, False, True))
    assert (report.score, report.verdict) == (0.0, Verdict.WRONG_ANSWER)


def test_a_share_is_given_for_follow_through_only_to_a_failed_group() -> None:
    assert score_group(a_result(False), share=0.8).score == 2.4
    assert score_group(a_result(False), share=0.8).verdict is Verdict.WRONG_ANSWER
    assert score_group(a_result(True), share=0.8).score == 3.0


def test_a_group_without_cases_or_with_cases_left_out_fails_closed() -> None:
    assert score_group(a_result()).verdict is Verdict.JUDGE_ERROR
    short = replace(a_result(True), cases=a_result(True, True).cases)
    report = score_group(short)
    assert (report.score, report.verdict) == (0.0, Verdict.JUDGE_ERROR)


def test_the_verdict_is_that_of_the_first_case_that_is_not_right() -> None:
    case = Case("softmax", GROUP.name, 0, {}, np.array(1.0), Tolerance())
    outcomes = tuple(Outcome(status, value) for status, value in ANSWERS.items())
    result = GroupResult(GROUP, (case,) * 4, outcomes, tuple(compare(case, o) for o in outcomes))
    assert score_group(result).verdict is Verdict.RUNTIME_ERROR
    mismatch = first_mismatch(result)
    assert mismatch is not None
    assert mismatch.outcome.status is Status.RAISED


def test_a_share_is_nothing_where_cases_were_not_run() -> None:
    few = replace(a_result(True, True), outcomes=a_result(True).outcomes, mismatches=(None,))
    assert score_group(few, share=1.0).score == 0.0
    assert score_group(few, share=1.0).verdict is Verdict.JUDGE_ERROR


@given(
    st.lists(st.booleans(), max_size=6),
    st.floats(0, 100),
    st.floats(-2, 3, allow_nan=False),
)
def test_the_score_is_bounded(right: list[bool], points: float, share: float) -> None:
    report = score_group(a_result(*right, group=replace(GROUP, points=points)), share=share)
    assert 0.0 <= report.score <= round(points, 6)
    assert report.max_score == points


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.data(), st.floats(0, 1))
def test_one_more_right_case_never_costs_points(
    right: list[bool], data: st.DataObject, share: float
) -> None:
    better = list(right)
    better[data.draw(st.integers(0, len(right) - 1))] = True
    before, after = a_result(*right), a_result(*better)
    assert score_group(after, share=share).score >= score_group(before, share=share).score
