"""The recipes that draw the course's inputs."""

import inspect
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from autograder.answer_key.trusted_modules import load_recipes
from autograder.course.load import load_course

COURSE = load_course(Path(__file__).parents[2])
RECIPES = load_recipes(COURSE)
LAYERS = [
    "layer",
    "soft_layer",
    "whole_number_layer",
    "sparse_layer",
    "uniform_layer",
    "saturated_layer",
    "column_major_layer",
]
BATCHES = ["batch", "soft_batch", "whole_number_batch", "column_major_batch", "first_weights"]


def draw(recipe, seed=0, **sizes):
    function = RECIPES[recipe]
    given = {"rng": np.random.default_rng(seed), "scale": 1.0, **COURSE.example, **sizes}
    return function(**{name: given[name] for name in inspect.signature(function).parameters})


def exact_logits(x, W):
    rows, columns = W.shape
    return [
        sum((Fraction(float(W[j, i])) * Fraction(float(x[j])) for j in range(rows)), Fraction(0))
        for i in range(columns)
    ]


def test_every_recipe_is_explained_and_used():
    used = {group.draw.recipe for exercise in COURSE.exercises for group in exercise.groups}
    assert used <= RECIPES.keys()
    for recipe in used:
        assert inspect.getdoc(RECIPES[recipe]), recipe


@pytest.mark.parametrize("recipe", LAYERS)
@pytest.mark.parametrize(("D", "K"), [(3, 4), (4, 2), (45, 30)])
def test_the_logits_of_a_layer_are_exact_in_any_order(recipe, D, K):
    drawn = draw(recipe, D=D, K=K)
    x, W, Z = drawn["x"], drawn["W"], drawn["Z"]
    assert [Fraction(float(z)) for z in Z] == exact_logits(x, W)
    assert np.array_equal(Z, W[::-1].T @ x[::-1])


@pytest.mark.parametrize("recipe", LAYERS)
@pytest.mark.parametrize(("D", "K"), [(3, 4), (4, 2)])
def test_a_layer_is_consistent(recipe, D, K):
    drawn = draw(recipe, D=D, K=K)
    S, y = drawn["S"], drawn["y"]
    powers = np.exp(drawn["Z"] - drawn["Z"].max())
    assert pytest.approx(powers / powers.sum(), rel=1e-11) == S
    assert [drawn[name].shape for name in "xWZSy"] == [(D,), (D, K), (K,), (K,), (K,)]
    assert y.sum() == 1
    assert (y >= 0).all()
    assert 0 < drawn["rate"] <= 1


@pytest.mark.parametrize("recipe", ["layer", "whole_number_layer", "column_major_layer"])
def test_a_hard_label_is_never_the_class_that_the_layer_favours(recipe):
    for seed in range(20):
        drawn = draw(recipe, seed, D=3, K=4)
        assert sorted(drawn["y"].tolist()) == [0, 0, 0, 1]
        assert drawn["y"].argmax() != drawn["S"].argmax()


@pytest.mark.parametrize(
    ("recipe", "name"), [("layer", "S"), *(("worked_example", n) for n in "ZS")]
)
def test_inputs_have_no_last_bits_that_a_machine_could_round_otherwise(recipe, name):
    mantissas = np.frexp(draw(recipe, D=3, K=50)[name])[0] * 2.0**40
    assert np.array_equal(mantissas, np.rint(mantissas))


@pytest.mark.parametrize("recipe", [*LAYERS, *BATCHES])
def test_the_same_stream_draws_the_same_and_another_does_not(recipe):
    sizes = {"N": 4, "D": 3, "K": 4, "T": 2}
    first, again, other = (draw(recipe, seed, **sizes)["W"] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_soft_labels_leave_no_class_out():
    y = draw("soft_layer", D=3, K=20)["y"]
    assert (y > 0).all()
    assert len(set(y.tolist())) > 1


def test_whole_numbers_are_int64_and_hold_a_zero():
    drawn = draw("whole_number_layer", D=3, K=2)
    assert drawn["x"].dtype == drawn["y"].dtype == np.int64
    assert 0 in drawn["x"]
    batch = draw("whole_number_batch", N=5, D=3, K=4, T=2)
    assert batch["X"].dtype == batch["Y"].dtype == np.int64
    assert 0 in batch["X"]


def test_sparse_inputs_hold_zeros_and_small_numbers():
    x = draw("sparse_layer", D=4, K=3, scale=1 / 128)["x"]
    assert (x == 0).tolist() == [True, False, True, False]
    assert x[1] == x[3]
    assert np.abs(x).max() <= 2 / 128


def test_a_uniform_layer_gives_every_class_the_same():
    drawn = draw("uniform_layer", D=3, K=4)
    assert np.array_equal(drawn["S"], np.full(4, 0.25))
    assert len(set(drawn["W"][:, 0].tolist())) > 1


def test_a_saturated_layer_is_sure_and_wrong():
    S = draw("saturated_layer", D=3, K=5)["S"]
    assert 0 < S.min() < 1e-17
    assert S.max() > 0.999
    assert draw("saturated_layer", D=3, K=5)["y"][S.argmin()] == 1


def test_column_major_weights_are_so_in_memory():
    for recipe in ("column_major_layer", "column_major_batch"):
        flags = draw(recipe, N=4, D=3, K=4, T=2)["W"].flags
        assert flags.f_contiguous
        assert not flags.c_contiguous


def test_a_second_call_repeats_the_worked_example_after_other_values():
    example = draw("worked_example")
    other, again = (draw("second_call", turn=turn) for turn in (1, 2))
    assert example.keys() == other.keys() == again.keys()
    for name, value in example.items():
        assert np.array_equal(again[name], value)
        assert np.shape(other[name]) == np.shape(value)
        if name not in ("rate", "steps"):
            assert not np.array_equal(other[name], value), name
        if name != "DXE":
            assert np.ravel(other[name])[0] == np.ravel(value)[0], name
    assert np.allclose(other["W"].T @ other["x"], other["Z"])
    assert np.array_equal(np.sort(other["S"]), np.sort(example["S"]))
    assert other["S"] @ other["y"] != example["S"] @ example["y"]


def test_calm_weights_hardly_move_and_start_near_zero():
    drawn = draw("calm_batch", N=5, D=3, K=4, T=4, scale=2.0**-20)
    assert 0 < np.abs(drawn["X"]).max() <= 2.0**-19
    assert 0 < np.abs(drawn["W"]).max() <= 2.0**-20


def test_shifted_logits_are_far_from_zero_yet_plain_exp_takes_them():
    up, down = (draw("shifted_logits", K=4, turn=turn)["Z"] for turn in (1, 2))
    assert up.min() > 50
    assert down.max() < -50
    assert np.isfinite(np.exp(up.astype(np.float32))).all()
    assert (np.exp(down.astype(np.float32)) > 1e-36).all()


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_huge_logits_are_beyond_exp_and_exact_in_single_precision(turn):
    Z = draw("huge_logits", K=6, turn=turn)["Z"]
    with np.errstate(over="ignore", under="ignore"):
        powers = np.exp(Z)
    assert np.isinf(powers).any() or not powers.any()
    assert np.array_equal(Z.astype(np.float32), Z)
    if turn == 3:
        assert Z.max() - Z.mean() > 710


@pytest.mark.parametrize("turn", [1, 2])
def test_a_zero_probability_is_one_only_where_y_is_zero(turn):
    drawn = draw("zero_probability", K=6, turn=turn)
    S, y = drawn["S"], drawn["y"]
    assert (S == 0).any()
    assert (y[S == 0] == 0).all()
    assert S.sum() == y.sum() == 1
    assert (np.count_nonzero(y) == 1) == (turn == 1)


def test_a_small_loss_is_exact_in_single_precision():
    drawn = draw("small_loss", K=6)
    S, y = drawn["S"], drawn["y"]
    assert 0 < -np.log(S[y == 1]) < 0.01
    assert S.sum() == 1
    assert np.array_equal(S.astype(np.float32), S)


def test_matrices_have_no_symmetry_that_could_hide_a_transpose():
    drawn = draw("matrices", D=1, K=4)
    for name, shape in {"DS": (4, 4), "DZ": (4, 4), "DXE": (4,), "DL": (4, 4)}.items():
        assert drawn[name].shape == shape
    for name in ("DS", "DZ", "DL"):
        assert (drawn[name] != drawn[name].T).sum() == 12


@pytest.mark.parametrize("recipe", BATCHES)
def test_a_batch_has_a_row_for_each_example(recipe):
    drawn = draw(recipe, N=6, D=3, K=4, T=5)
    assert [drawn[name].shape for name in ("X", "Y", "W")] == [(6, 3), (6, 4), (3, 4)]
    assert (drawn["Y"].sum(axis=1) == 1).all()
    assert drawn["steps"] == (4 if recipe == "first_weights" else 5)
    assert type(drawn["rate"]) is float


def test_iris_is_fishers_table():
    drawn = draw("iris", N=150, T=3)
    X, Y = drawn["X"], drawn["Y"]
    assert X.mean(axis=0).round(4).tolist() == [5.8433, 3.0573, 3.758, 1.1993]
    assert Y.sum(axis=0).tolist() == [50, 50, 50]
    # Two rows that a widespread copy has wrong, counted from 1 as they are cited.
    assert X[35 - 1].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert X[38 - 1].tolist() == [4.9, 3.6, 1.4, 0.1]
    some = draw("iris", N=50, T=3)
    assert some["X"].shape == (50, 4)
    assert set(some["Y"].argmax(axis=1)) == {0, 1, 2}
