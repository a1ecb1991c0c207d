"""The pictures of the lessons."""

import sys
from pathlib import Path

import numpy as np
import pytest

from autograder.answer_key.trusted_modules import load_modules, load_references, solution_sources
from autograder.course.load import load_course

COURSE = load_course(Path(__file__).parents[2])
pictures = load_modules(solution_sources(COURSE), ["pictures"])["pictures"]


def not_written(*_):
    raise NotImplementedError("write sm_dir here")


@pytest.fixture
def pyplot(monkeypatch, tmp_path):
    """Drawing without a screen: pictures go to files, in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    plt = pytest.importorskip("matplotlib.pyplot")
    yield plt
    plt.close("all")


def test_three_heat_maps_show_expected_got_and_their_difference(pyplot):
    expected, got = np.array([[1.0, -2.0]]), np.array([[1.0, -1.5]])
    figure = pictures.draw_heat_maps(
        expected, lambda: got, rows=["class 0"], columns=["input 0", "input 1"], title="sm_dir"
    )
    maps = figure.axes[:3]
    shown = [axes.images[0].get_array().tolist() for axes in maps]
    assert shown == [[[1.0, -2.0]], [[1.0, -1.5]], [[0.0, 0.5]]]
    # One scale for all: a difference in strong colours would look worse than it is.
    assert {axes.images[0].get_clim() for axes in maps} == {(-2.0, 2.0)}
    assert [label.get_text() for label in maps[1].get_xticklabels()] == ["input 0", "input 1"]
    # Not by colour alone: the cell is crossed out, at column 1 of row 0.
    assert maps[2].lines[0].get_xydata().tolist() == [[1.0, 0.0]]
    assert "1 of 2 cells differ" in maps[2].get_title()


def test_without_a_screen_the_picture_is_kept_in_a_file(pyplot, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sys, "argv", ["/somewhere/part1_softmax.py"])
    figure = pictures.draw_heat_maps(np.zeros(4), np.zeros(4))
    name = f"part1_softmax_{figure.number}.png"
    assert capsys.readouterr().out == f"there is no screen; the picture is in {name}\n"
    assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_with_a_screen_the_picture_is_shown(pyplot, monkeypatch, tmp_path):
    shown = []
    monkeypatch.setattr(pyplot, "get_backend", lambda: "TkAgg")
    monkeypatch.setattr(pyplot, "show", lambda: shown.append(True))
    pictures.draw_heat_maps(np.zeros(4), np.zeros(4))
    assert shown == [True]
    assert list(tmp_path.iterdir()) == []


def test_a_vector_is_one_row(pyplot):
    figure = pictures.draw_heat_maps(np.zeros(4), np.zeros(4))
    assert figure.axes[0].images[0].get_array().shape == (1, 4)


def test_no_picture_of_a_stub_or_of_another_shape(capsys):
    assert pictures.draw_heat_maps(np.zeros(3), not_written) is None
    assert pictures.draw_heat_maps(np.zeros(3), np.zeros(4)) is None
    assert pictures.draw_fit(not_written, lambda *_: 1.0) is None
    assert pictures.draw_fit(lambda *_: None, lambda *_: 1.0) is None
    assert capsys.readouterr().out.splitlines() == [
        "no picture yet (write sm_dir here)",
        "no picture: got shape (4,), expected (3,)",
        "no picture yet (write sm_dir here)",
        "no picture: fit returned shape (), expected (3, 3)",
    ]


def test_no_picture_without_matplotlib(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    assert pictures.draw_heat_maps(np.zeros(3), np.zeros(3)) is None
    assert capsys.readouterr().out == (
        "no picture: matplotlib is not installed; 'pip install matplotlib' adds it\n"
    )


def test_fit_is_drawn_with_a_loss_that_falls_and_flowers_in_their_regions(pyplot):
    f = load_references(COURSE)

    def loss(W, X, Y):
        rows = zip(X, Y, strict=True)
        return np.mean([f["x_entropy"](y, f["softmax"](W.T @ x)) for x, y in rows])

    figure = pictures.draw_fit(f["fit"], loss, steps=80)
    left, right = figure.axes
    losses = left.lines[0].get_ydata()
    assert losses[0] == pytest.approx(np.log(3))
    assert (np.diff(losses) < 0).all()
    assert [text.get_text() for text in right.get_legend().get_texts()] == [
        "setosa",
        "versicolor",
        "virginica",
    ]
    # Told apart by shape as well as by colour.
    assert len({line.get_marker() for line in right.lines}) == 3
