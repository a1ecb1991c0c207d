"""Answers as public code has them: right ones pass, wrong ones lose points and most are named."""

from __future__ import annotations

import pytest

from autograder.authoring.trials import Trial
from tests.support.corpus import named, try_folder


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return try_folder("public_code")


def test_right_ones_earn_full_marks_and_wrong_ones_do_not(trials: list[Trial]) -> None:
    assert len(trials) > 400
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
        ("softmax__wrong__softmin_unshifted", "negative_exponent"),
        ("softmax__wrong__temperature", "Z_times_1.43"),
        ("softmax__wrong__enumerated_index", "Z_indices"),
        ("softmax__wrong__batch_rows", "axis_that_is_not_there"),
        ("softmax__wrong__math_exp", "plain_exp"),
        ("sm_dir__wrong__only_the_outer_product", "no_indicator_and_negated"),
        ("x_entropy__wrong__labels_as_numbers", "index_not_whole"),
        ("x_entropy__wrong__smoothed", "y_smoothed_by_0.1"),
        ("xe_dir__wrong__of_the_logits_mean", "by_the_logits_averaged"),
        ("xe_dir_shortcut__wrong__sign_and_order", "labels_minus_shares_and_flat_index_order"),
        ("weight_gradient__wrong__batch", "shapes_do_not_fit"),
        ("train_step__wrong__plain", "softmax_unstable"),
        ("fit__wrong__max_of_the_batch", "maximum_of_the_whole_batch"),
        ("fit__wrong__minibatches", "batches_of_2"),
    ],
)
def test_what_some_are_called(trials: list[Trial], name: str, diagnosis: str) -> None:
    [trial] = [trial for trial in trials if trial.candidate.name == name]
    assert named(trial) == diagnosis
