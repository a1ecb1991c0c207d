"""The heat maps of an answer, looked at through what matplotlib was asked to draw."""

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from matplotlib.figure import Figure

from autograder.compare import compare
from autograder.model import Case, Outcome, Status, Tolerance
from autograder.reporting.plot import heat_maps

PNG = b"\x89PNG\r\n"


@pytest.fixture
def figures(monkeypatch):
    """The figures that were saved."""
    saved: list[Figure] = []
    save = Figure.savefig
    monkeypatch.setattr(
        Figure, "savefig", lambda self, *a, **k: saved.append(self) or save(self, *a, **k)
    )
    return saved


def case(expected, **arguments) -> Case:
    return Case("sm_dir", "the worked example", 0, arguments, np.asarray(expected), Tolerance())


def drawn(of: Case, got, axes=()) -> bytes:
    mismatch = compare(of, Outcome(Status.RETURNED, value=np.asarray(got)))
    wrong = np.zeros(np.shape(got), bool) if mismatch is None else mismatch.wrong
    return heat_maps(of, np.asarray(got), wrong, axes, "sm_dir, the worked example")


def texts(place) -> list[str]:
    return [text.get_text() for text in place.texts]


def test_expected_got_and_difference_with_the_wrong_cell_marked(figures):
    png = drawn(case([[1.0, -2.0], [0.0, 0.5]]), [[1.0, -1.5], [0.0, 0.5]], ["class", "class"])
    assert png.startswith(PNG)
    expected, got, difference = figures[0].axes[:3]
    assert expected.get_title() == "expected"
    assert texts(expected) == ["1", "-2", "0", "0.5"]
    assert texts(got) == ["1", "-1.5", "0", "0.5"]
    assert texts(difference) == ["0", "0.5*", "0", "0"]
    assert difference.get_title() == "got - expected: 1 wrong, marked *"
    scales = {place.images[0].get_clim() for place in (expected, got, difference)}
    assert scales == {(-2.0, 2.0)}


def test_rows_and_columns_are_named_by_what_they_count(figures):
    expected = np.arange(12.0).reshape(6, 2)
    drawn(case(expected, Z=np.zeros(2)), expected + 1, ["class of Z, input", "class"])
    place = figures[0].axes[0]
    assert [label.get_text() for label in place.get_xticklabels()] == ["class 0", "class 1"]
    assert [label.get_text() for label in place.get_yticklabels()][2:4] == [
        "class 0, input 2",
        "class 1, input 0",
    ]


def test_a_vector_lies_along_the_columns(figures):
    drawn(case([1.0, 2.0, 3.0]), [1.0, 2.0, 4.0], ["class"])
    place = figures[0].axes[2]  # one above the other, with labels under the last one
    assert place.images[0].get_array().shape == (1, 3)
    assert [label.get_text() for label in place.get_xticklabels()] == [
        "class 0",
        "class 1",
        "class 2",
    ]
    assert list(place.get_yticks()) == []


def test_an_answer_of_another_shape_is_drawn_without_a_difference(figures):
    of = case([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert heat_maps(of, of.expected.T, None, ["input", "class"]).startswith(PNG)
    expected, got, scale = figures[0].axes
    assert expected.get_title() == "expected, shape (2, 3)"
    assert got.get_title() == "got, shape (3, 2)"
    assert scale.get_label() == "<colorbar>"
    assert expected.get_xticklabels()[0].get_text() == "class 0"
    assert got.get_xticklabels()[0].get_text() != "class 0"


def test_many_cells_hold_no_numbers_and_wrong_ones_are_crossed(figures):
    expected = np.ones((20, 30))
    got = expected.copy()
    got[3, 4] = 7.0
    drawn(case(expected), got)
    difference = figures[0].axes[2]
    assert texts(difference) == []
    assert difference.lines[0].get_xydata().tolist() == [[4.0, 3.0]]
    assert "marked x" in difference.get_title()


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (1.5, 3.0),
        ([1.0, 2.0], [np.nan, np.inf]),
        ([0.0, 0.0], [0.0, 1e308]),
        ([1e-300, 0.0], [-1e308, 1e308]),
        ([0.0], [0.0]),
        ([np.inf, 1.0], [np.inf, 2.0]),
        ([1, 2], [3, 4]),
        ([1.0, 2.0], [1 + 1j, 2.0]),
        ([1.0, 2.0], [True, False]),
        ([1.0, 2.0], np.array([255, 0], np.uint8)),
        ([1.0, 2.0], np.array([1, 3], np.longdouble)),
        ([1.0, 2.0], np.array([1, 3], np.float16)),
        ([1j, 2.0], [1j, 3.0]),
        (np.ones((1, 1)), np.zeros((1, 1))),
    ],
)
def test_every_numeric_answer_can_be_drawn(expected, got):
    assert drawn(case(expected), got, ["class"]).startswith(PNG)
