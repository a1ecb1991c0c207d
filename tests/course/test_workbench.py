"""The tools of the lessons."""

import doctest
import math
from pathlib import Path

import numpy as np
import pytest

from autograder.answer_key.trusted_modules import load_modules, solution_sources
from autograder.course.load import load_course

COURSE = load_course(Path(__file__).parents[2])
bench = load_modules(solution_sources(COURSE), ["workbench"])["workbench"]


def not_written(*_):
    raise NotImplementedError("write softmax here")


def test_the_examples_are_true():
    assert doctest.testmod(bench) == doctest.TestResults(failed=0, attempted=2)


def test_the_worked_example_is_that_of_the_course():
    for array, name in zip(bench.worked_example(), "xWy", strict=True):
        assert np.array_equal(array, COURSE.example[name])


def test_importing_it_leaves_the_import_system_as_it_was():
    import sys

    finders = list(sys.meta_path)
    load_modules(solution_sources(COURSE), ["workbench"])
    assert sys.meta_path == finders


# --- gradient_check -----------------------------------------------------------------------------


def test_a_right_derivative_looks_right(capsys):
    worst = bench.gradient_check(np.sin, lambda x: np.diag(np.cos(x)), [0.3, 2.0, -1.0])
    assert worst < 1e-8
    printed = capsys.readouterr().out
    assert "looks right" in printed
    assert "look again" not in printed


@pytest.mark.parametrize("wrong", [np.transpose, np.negative, lambda slopes: slopes + 1e-4])
def test_a_wrong_derivative_is_told_to_look_again(wrong, capsys):
    matrix = np.array([[1.0, 2.0], [3.0, 5.0]])
    worst = bench.gradient_check(lambda x: matrix @ x, lambda x: wrong(matrix), [1.0, 1.0])
    assert worst > 1e-6
    assert "look again" in capsys.readouterr().out


def test_a_single_wrong_entry_is_named_with_both_numbers(capsys):
    matrix = np.array([[1.0, 2.0], [3.0, 5.0]])
    claimed = np.array([[1.0, 2.0], [4.0, 5.0]])
    assert bench.gradient_check(lambda x: matrix @ x, lambda x: claimed, [0, 0]) == pytest.approx(
        0.2, rel=1e-6
    )
    assert "worst at [1, 0]: measured 3.00000000, df says 4.00000000" in capsys.readouterr().out


def test_a_scalar_function_of_a_matrix_has_a_derivative_like_the_matrix():
    W = np.arange(6.0).reshape(2, 3)
    assert bench.gradient_check(lambda W: (W**3).sum(), lambda W: 3 * W**2, W) < 1e-7
    assert bench.gradient_check(lambda W: (W**3).sum(), lambda W: 2 * W**2, W) > 0.1


def test_a_function_of_one_number_can_be_checked():
    assert bench.gradient_check(np.exp, np.exp, 1.0) < 1e-8


def test_another_shape_is_said_before_any_number(capsys):
    assert bench.gradient_check(np.sin, np.cos, [0.1, 0.2]) == math.inf
    assert "shape (2,), expected (2, 2)" in capsys.readouterr().out


def test_nan_never_looks_right(capsys):
    assert bench.gradient_check(np.sum, lambda x: x * np.nan, [1.0, 2.0]) == math.inf
    assert "looks right" not in capsys.readouterr().out


def test_a_function_that_is_still_a_stub_is_no_crash(capsys):
    assert math.isnan(bench.gradient_check(not_written, np.cos, [1.0]))
    assert math.isnan(bench.gradient_check(np.sum, not_written, [1.0]))
    assert capsys.readouterr().out.count("nothing to check yet (write softmax here)") == 2


def test_numeric_derivative_has_outputs_before_inputs():
    W = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert bench.numeric_derivative(lambda x: W @ x, [0.1, 0.2, 0.3]) == pytest.approx(W, abs=1e-9)


# --- what else the lessons call -----------------------------------------------------------------


def test_show_prints_a_value_or_that_there_is_none_yet(capsys):
    bench.show("S", lambda: np.array([0.25, 0.75]))
    bench.show("S", not_written)
    assert capsys.readouterr().out == (
        "S = [0.25 0.75]\nS: nothing to show yet (write softmax here)\n"
    )


def test_class_major_order_counts_the_inputs_of_class_0_first():
    W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    flat = bench.class_major(W)
    assert flat.tolist() == [1, 3, 5, 2, 4, 6]
    assert np.array_equal(bench.weights_of(flat, 3, 2), W)
    labels = bench.weight_labels(3, 2)
    assert labels[2] == "class 0, input 2"
    assert len(labels) == flat.size
    assert bench.class_labels(2) == ["class 0", "class 1"]


def test_iris_is_read_from_beside_the_workbench():
    X, Y, species = bench.load_iris()
    assert X.shape == (150, 4)
    assert species == ["setosa", "versicolor", "virginica"]
    assert np.array_equal(Y.sum(axis=0), [50, 50, 50])
    assert X[Y[:, 0] == 1, 2].max() < X[Y[:, 2] == 1, 2].min()
