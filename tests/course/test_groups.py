"""The test groups of course.yaml: what they cover, and what the article's own way loses."""

from pathlib import Path

import numpy as np
import pytest

from autograder.answer_key.inputs import copy_arguments
from autograder.answer_key.trusted_modules import load_modules
from autograder.compare import compare
from autograder.model.submission import Outcome, Status
from tests.support.corpus import softmax

ROOT = Path(__file__).parents[2]
COURSE, KEY = softmax()
NAMES = [exercise.name for exercise in COURSE.exercises]
WITH_WEIGHTS = ["z_dir", "l_dir_shortcut", "xe_dir_shortcut", "weight_gradient", "train_step"]
WITH_LABELS = ["x_entropy", "xe_dir", "xe_dir_shortcut", "weight_gradient", "train_step"]


def sizes_of(case):
    """D and K of a case, as far as its arguments show them."""
    a = case.arguments
    if "W" in a:
        return a["W"].shape
    if "DZ" in a or "DL" in a:
        n, K = a["DZ"].shape if "DZ" in a else a["DL"].shape[::-1]
        return n // K, K
    return None, next(value.size for name, value in a.items() if name in "ZSy")


def any_case(name, holds):
    return any(holds(case) for case in KEY.cases[name])


# --- points -------------------------------------------------------------------------------------


def test_the_course_is_worth_a_hundred_points_in_twelve_exercises():
    assert COURSE.points == 100
    assert [len(part.exercises) for part in COURSE.parts] == [2, 3, 4, 3]
    assert [sum(e.points for e in part.exercises) for part in COURSE.parts] == [20, 25, 30, 25]


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=NAMES)
def test_public_groups_are_small_and_worth_less_than_half(exercise):
    public = [group for group in exercise.groups if group.public]
    names = [group.name for group in public]
    assert [names[0], names[-1]] == ["the worked example", "leaves its input alone"]
    assert sum(group.points for group in public) < exercise.points / 2
    keeping = [group.name for group in exercise.groups if group.keeps_arguments or group.read_only]
    assert keeping == ["leaves its input alone"]
    shown = [case for case in KEY.cases[exercise.name] if case.group in names]
    assert max(case.expected.size for case in shown) <= 75  # the worked example's


def test_the_data_of_all_cases_stay_small():
    cases = [case for cases in KEY.cases.values() for case in cases]
    arrays = [np.asarray(v) for c in cases for v in (c.expected, *c.arguments.values())]
    assert len(cases) < 220
    assert sum(array.nbytes for array in arrays) < 4e6


# --- unusual cases ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_meets_one_class_and_other_sizes_than_the_example(name):
    sizes = [sizes_of(case) for case in KEY.cases[name]]
    assert any(K == 1 for _, K in sizes)
    assert len({K for _, K in sizes} - {1, 5}) >= 2
    if all(D is not None for D, _ in sizes):
        assert any(D == 1 for D, _ in sizes)
        assert any(D > K > 1 for D, K in sizes)
        assert any(K > D > 1 for D, K in sizes)


@pytest.mark.parametrize("name", ["softmax", "sm_dir", "x_entropy", "xe_dir"])
def test_two_classes_are_met(name):
    assert any_case(name, lambda case: sizes_of(case)[1] == 2)


@pytest.mark.parametrize("name", [*WITH_WEIGHTS, "fit"])
def test_as_many_inputs_as_classes_are_met(name):
    assert any_case(name, lambda case: case.arguments["W"].shape == (3, 3))


@pytest.mark.parametrize("name", [*NAMES[:3], "l_dir_shortcut", "x_entropy", "xe_dir"])
def test_indices_beyond_the_small_integers_are_met(name):
    # 257 is the first index that CPython does not keep as one object; it needs 258 classes.
    assert any_case(name, lambda case: sizes_of(case)[1] > 258)


@pytest.mark.parametrize("name", WITH_LABELS)
def test_soft_and_whole_number_labels_are_met(name):
    assert any_case(name, lambda case: np.count_nonzero(case.arguments["y"]) > 1)
    assert any_case(name, lambda case: case.arguments["y"].dtype == np.int64)


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_whole_number_inputs_are_met(name):
    assert any_case(name, lambda case: case.arguments["x"].dtype == np.int64)
    assert any_case(name, lambda case: (case.arguments["x"] == 0).any())


@pytest.mark.parametrize("name", [*WITH_WEIGHTS[1:], "fit"])
def test_column_major_weights_are_met(name):
    assert any_case(name, lambda case: not case.arguments["W"].flags.c_contiguous)


@pytest.mark.parametrize("name", ["sm_dir", "l_dir_shortcut", "x_entropy", "xe_dir_shortcut"])
def test_saturated_probabilities_are_met(name):
    assert any_case(name, lambda case: 0 < case.arguments["S"].min() < 1e-17)


@pytest.mark.parametrize("name", NAMES)
def test_the_worked_example_is_asked_again_after_others_of_its_size(name):
    cases = KEY.cases[name]
    other, again = (case for case in cases if case.group == "a second call")
    assert [sizes_of(other), sizes_of(cases[0])] == [sizes_of(again)] * 2
    assert np.array_equal(again.expected, cases[0].expected)
    assert not np.allclose(other.expected, again.expected)


def test_fit_meets_no_step_one_step_and_more_with_rows_unlike_inputs():
    arguments = [case.arguments for case in KEY.cases["fit"]]
    assert {a["steps"] for a in arguments} >= {0, 1, 5, 8}
    assert any(len({*a["X"].shape, a["Y"].shape[1]}) == 3 for a in arguments)
    assert any(a["X"].dtype == a["Y"].dtype == np.int64 for a in arguments)
    assert any((np.count_nonzero(a["Y"], axis=1) > 1).all() for a in arguments)


def test_the_long_way_does_not_fit_the_memory_of_the_shortcut():
    inputs, classes = next(
        case.arguments["W"].shape
        for case in KEY.cases["xe_dir_shortcut"]
        if case.group == "far too many weights for the long way"
    )
    limit = COURSE.limits.memory_mb * 2**20
    assert 8 * classes * inputs * classes > 1.4 * limit
    # The matrix of classes by classes is no long way: it has to fit with room to spare.
    assert 8 * classes * classes < 0.05 * limit


# --- whole answers ------------------------------------------------------------------------------

ARTICLE = """
import numpy as np

def softmax(Z):
    return np.exp(Z) / sum(np.exp(Z))

def sm_dir(S):
    column = S.reshape(-1, 1)
    return np.diag(S) - np.dot(column, column.T)

def z_dir(Z, W, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for k in range(K):
        for j in range(D):
            out[k * D + j, k] = x[j]
    return out

def l_dir(DS, DZ):
    return DS @ DZ.T

def l_dir_shortcut(W, S, x):
    D, K = W.shape
    out = np.zeros((D * K, K))
    for i in range(K):
        for j in range(D):
            for t in range(K):
                out[i * D + j, t] = S[t] * ((1 if i == t else 0) - S[i]) * x[j]
    return out

def x_entropy(y, S):
    return -np.sum(y * np.log(S))

def xe_dir(y, S):
    return -y / S

def w_dir(DXE, DL):
    return DXE @ DL

def xe_dir_shortcut(W, S, x, y):
    D, K = W.shape
    out = np.zeros(D * K)
    for i in range(K):
        for j in range(D):
            out[i * D + j] = (S[i] - y[i]) * x[j]
    return out

def weight_gradient(W, S, x, y):
    D, K = W.shape
    return xe_dir_shortcut(W, S, x, y).reshape(K, D).T

def train_step(W, x, y, rate):
    return W - rate * weight_gradient(W, softmax(W.T @ x), x, y)

def fit(W, X, Y, rate, steps):
    for _ in range(steps):
        total = np.zeros(W.shape)
        for x, y in zip(X, Y):
            total += weight_gradient(W, softmax(W.T @ x), x, y)
        W = W - rate * total / len(X)
    return W
"""


def lost(name, function):
    """The groups that `function` loses as an answer to the exercise `name`."""
    groups = []
    for case in KEY.cases[name]:
        arguments = copy_arguments(case.arguments)
        with np.errstate(all="ignore"):
            outcome = Outcome(
                Status.RETURNED, np.asarray(function(*arguments)), arguments=tuple(arguments)
            )
        if compare(case, outcome) and case.group not in groups:
            groups.append(case.group)
    return groups


@pytest.fixture(scope="module")
def article():
    return vars(load_modules({"article": ARTICLE})["article"])


@pytest.mark.parametrize("name", NAMES)
def test_the_articles_way_loses_the_robustness_groups_and_no_other(name, article):
    costs = {
        "softmax": "huge logits",
        "x_entropy": "a probability of exactly zero",
        "xe_dir": "a probability of exactly zero",
        "train_step": "logits far apart",
        "fit": "logits far apart",
    }
    robust = [f"{costs[name]}, to check by hand", costs[name]] if name in costs else []
    assert lost(name, article[name]) == robust


def in_single_precision(value):
    return value.astype(np.float32) if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("name", NAMES)
def test_single_precision_loses_nothing(name):
    modules = load_modules(
        {path.stem: path for path in (ROOT / "solutions").glob("*.py")},
        [part.name for part in COURSE.parts],
    )
    part = next(part.name for part in COURSE.parts if name in [e.name for e in part.exercises])
    reference = vars(modules[part])[name]
    assert lost(name, lambda *given: reference(*map(in_single_precision, given))) == []
    assert lost(name, lambda *given: np.asarray(reference(*given), dtype=np.float32)) == []


@pytest.mark.parametrize("name", NAMES)
def test_half_precision_and_rounding_lose_something(name, article):
    function = article[name]
    assert "any number" in " ".join(lost(name, lambda *given: np.float16(function(*given))))
    for decimals in (3, 4):
        assert len(lost(name, lambda *given, d=decimals: np.round(function(*given), d))) >= 2
