"""Wrong answers that no bank holds: none gets through, and most are named all the same."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.answer_key.build import build_key
from autograder.authoring.trials import Bench, Candidate, Trial, parts_in, try_out
from autograder.course.load import load_course
from autograder.diagnosis.diagnose import diagnose
from autograder.model import Course, Source
from autograder.sandbox.sandbox import Sandbox
from autograder.submissions.read import read_support

ROOT = Path(__file__).parents[2]
COURSE = load_course(ROOT)
KEY = build_key(COURSE)


def candidates(course: Course) -> list[Candidate]:
    found = []
    for part in course.parts:
        path = ROOT / "tests" / "course" / "unseen_mistakes" / f"{part.name}.py"
        text = path.read_bytes()
        source = Source(f"unseen_{part.name}", path.name, (text,))
        names = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
        for exercise in part.exercises:
            own = [name for name in names if name.startswith(f"{exercise.name}__")]
            found += [Candidate(exercise, name, name, source) for name in own]
    return found


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    with Sandbox(replace(COURSE.limits, submission_seconds=600.0)) as sandbox:
        support = read_support(COURSE, ROOT / "solutions")
        bench = Bench(COURSE, KEY, parts_in(COURSE, "solutions"), support, sandbox)
        return list(try_out(bench, candidates(COURSE)))


def test_none_earns_full_marks(trials: list[Trial]) -> None:
    assert len(trials) > 150
    assert [trial.candidate.name for trial in trials if not trial.caught_by] == []


def test_four_in_five_are_named(trials: list[Trial]) -> None:
    unnamed = []
    for trial in trials:
        exercise = trial.candidate.exercise
        if diagnose(exercise, trial.results, KEY.misconceptions[exercise.name]) is None:
            unnamed.append(trial.candidate.name)
    assert len(unnamed) <= len(trials) / 5, unnamed


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
        ("xe_dir_shortcut__rounded_labels", "zeros_and_ones_only"),
        ("train_step__true_column_only", "labelled_classes_only"),
        ("fit__stops_at_a_small_gradient", "stops_early"),
    ],
)
def test_what_some_are_called(trials: list[Trial], name: str, diagnosis: str) -> None:
    [trial] = [trial for trial in trials if trial.candidate.name == name]
    exercise = trial.candidate.exercise
    found = diagnose(exercise, trial.results, KEY.misconceptions[exercise.name])
    assert found is not None
    assert found.name == diagnosis
