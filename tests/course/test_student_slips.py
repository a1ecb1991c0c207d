"""Right answers that look unusual, and wrong ones with slips that nobody made a list of."""

from __future__ import annotations

import pytest

from autograder.authoring.trials import Trial
from tests.support.corpus import named, try_folder


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return try_folder("student_slips")


def test_right_ones_earn_full_marks_and_wrong_ones_do_not(trials: list[Trial]) -> None:
    assert len(trials) > 170
    misjudged = [
        trial.candidate.name
        for trial in trials
        if ("__right__" in trial.candidate.name) is bool(trial.caught_by)
    ]
    assert misjudged == []


def test_nineteen_in_twenty_wrong_ones_are_named(trials: list[Trial]) -> None:
    wrong = [trial for trial in trials if trial.caught_by]
    unnamed = [trial.candidate.name for trial in wrong if named(trial) is None]
    assert len(unnamed) <= len(wrong) / 20, unnamed


@pytest.mark.parametrize(
    ("name", "diagnosis"),
    [
        ("softmax__wrong__gumbel", "Z_divided_by_root_of_length_of_Z"),
        ("softmax__wrong__in_int", "whole_number_arguments"),
        ("l_dir__wrong__negated_transposed", "transposed_and_negated"),
        ("l_dir_shortcut__wrong__sign_and_stride", "input_major_and_negated"),
        ("xe_dir__wrong__positive", "minus_missing"),
        ("w_dir__wrong__transposed", "weighed_not_summed_and_transposed"),
        ("weight_gradient__wrong__neg_mean", "minus_divided_by_length_of_W"),
        ("weight_gradient__wrong__loop_k", "wrong_index_y_0__for_y_i"),
        ("train_step__wrong__plain_exp_plus", "uphill"),
        ("fit__wrong__ascent_sum", "rate_minus_times_length_of_X"),
    ],
)
def test_what_some_are_called(trials: list[Trial], name: str, diagnosis: str) -> None:
    [trial] = [trial for trial in trials if trial.candidate.name == name]
    assert named(trial) == diagnosis
