"""Wrong answers that no bank holds: none gets through, and most are named all the same."""

from __future__ import annotations

import pytest

from autograder.authoring.trials import Trial
from tests.support.corpus import named, try_folder


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return try_folder("unseen_mistakes")


def test_none_earns_full_marks(trials: list[Trial]) -> None:
    assert len(trials) > 150
    assert [trial.candidate.name for trial in trials if not trial.caught_by] == []


def test_nine_in_ten_are_named(trials: list[Trial]) -> None:
    unnamed = [trial.candidate.name for trial in trials if named(trial) is None]
    assert len(unnamed) <= len(trials) / 10, unnamed


@pytest.mark.parametrize(
    ("name", "diagnosis"),
    [
        ("softmax__minus_sign_in_front", "negated"),
        ("sm_dir__doubled", "factor_2"),
        ("sm_dir__row_normalised", "factor_missing"),
        ("sm_dir__input_in_place", "changes_its_input"),
        ("z_dir__empty", "memory_not_set"),
        ("l_dir__mean_for_sum", "divided_by_the_number_of_classes"),
        ("w_dir__three_decimals", "rounded"),
        ("xe_dir_shortcut__whole_chain_in_memory", "long_way"),
        ("weight_gradient__tuple", "several_values_returned"),
        ("fit__transposed_inside", "scrambled"),
        ("softmax__kept_by_the_first_logit", "answer_to_another_call"),
        ("softmax__others_alone_below", "divided_by_the_others"),
        ("l_dir_shortcut__wrong_row_stride", "input_major_by_inputs"),
        ("l_dir__symmetrised", "one_example_only"),
        ("xe_dir_shortcut__rounded_labels", "y_rounded"),
        ("train_step__true_column_only", "labelled_classes_only"),
        ("fit__stops_at_a_small_gradient", "stops_early"),
        ("z_dir__inputs_in_bytes", "whole_numbers"),
        ("l_dir_shortcut__no_parentheses", "wrong_operator_sub_for_mult"),
        ("xe_dir__largest_only_and_sign", "largest_label_only_and_negated"),
        ("w_dir__added", "wrong_operator_add_for_mult"),
        ("w_dir__most_negative_only", "one_number_only"),
        ("weight_gradient__chain_with_nan", "not_finite"),
    ],
)
def test_what_some_are_called(trials: list[Trial], name: str, diagnosis: str) -> None:
    [trial] = [trial for trial in trials if trial.candidate.name == name]
    assert named(trial) == diagnosis
