"""Mistakes whose entry in the bank is hidden: the name that is given instead is a near relative."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.authoring.trials import Bench, Trial, bank_candidates, parts_in, try_out
from autograder.diagnosis.diagnose import diagnose
from autograder.sandbox.sandbox import Sandbox
from autograder.submissions.read import read_support
from tests.support.corpus import ROOT, built

INSTEAD = {
    "softmax__powers_of_two": "Z_times_ln_2",
    "softmax__last_class_missing": "loop_stops_early_over_k",
    "softmax__sigmoid": None,
    "sm_dir__outer_added": "wrong_operator_add_for_sub",
    "sm_dir__shares_doubled": None,
    "sm_dir__elementwise": "diagonal_as_another_shape",
    "z_dir__input_major": "flat_index_order",
    "l_dir__chain_order": None,
    "l_dir__chain_order_transposed": "indices_swapped_DS_k_t__for_DS_t_k",
    "l_dir_shortcut__inputs_summed": "x_sum_everywhere",
    "l_dir_shortcut__outer_added": "wrong_operator_add_for_sub",
    "x_entropy__entropy_of_S": "y_is_S",
    "x_entropy__probability": "no_logarithm_and_negated",
    "xe_dir__largest_label_only": "y_largest_only",
    "w_dir__sums_multiplied": "DXE_sum_everywhere",
    "xe_dir_shortcut__input_rows": "input_major_and_right_values_wrong_shape",
    "weight_gradient__class_rows": "transposed",
    "train_step__uphill": "step_negated",
    "fit__averaged_twice": "rate_divided_by_length_of_X",
    "fit__gradients_pile_up": "not_set_back_in_the_loop_G_over",
}
"""What the mechanisms say without the entry; None where each of them would mislead."""


@pytest.fixture(scope="module")
def trials() -> dict[str, Trial]:
    course, key, _ = built()
    entries = bank_candidates(course, "misconceptions", course.exercises)
    chosen = [one for one in entries if one.function in INSTEAD]
    with Sandbox(replace(course.limits, submission_seconds=600.0)) as sandbox:
        support = read_support(course, ROOT / "solutions")
        bench = Bench(course, key, parts_in(course, "solutions"), support, sandbox)
        return {trial.candidate.function: trial for trial in try_out(bench, chosen)}


@pytest.mark.parametrize("function", INSTEAD)
def test_the_name_is_a_near_relative(trials: dict[str, Trial], function: str) -> None:
    exercise, (_, key, references) = trials[function].candidate.exercise, built()
    known = key.misconceptions[exercise.name]
    [entry] = [one for one in known if f"{exercise.name}__{one.name}" == function]
    others = [one for one in known if one.hints != entry.hints]
    results, reference = trials[function].results, references[exercise.name]
    found = diagnose(exercise, results, others, reference, key.solutions)
    assert (found and found.name) == INSTEAD[function]
    whole = diagnose(exercise, results, known, reference, key.solutions)
    assert whole is not None
    assert whole.hints == entry.hints
