"""The heat maps of an answer, looked at through what matplotlib was asked to draw."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from autograder.compare import compare
from autograder.errors import UsageError
from autograder.judging.judge import JudgedExercise, Judgement, report_exercise
from autograder.model.course import Case, Draw, Exercise, TestGroup, Tolerance
from autograder.model.report import GroupResult
from autograder.model.submission import Outcome, Status
from autograder.reporting.plot import heat_maps, save_pictures

# It takes a second to import, so only the process that runs these tests does.
pytestmark = pytest.mark.skipif(find_spec("matplotlib") is None, reason="it is not installed")

PNG = b"\x89PNG\r\n"


@pytest.fixture
def figures(monkeypatch):
    """The figures that were saved."""
    from matplotlib.figure import Figure

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
        ([1e-300, 0.0], [-1e308, 1e308]),
        ([0.0], [0.0]),
        ([np.inf, 1.0], [np.inf, 2.0]),
        ([1.0, 2.0], [1 + 1j, 2.0]),
        ([1.0, 2.0], [True, False]),
        ([1.0, 2.0], np.array([255, 0], np.uint8)),
        ([1.0, 2.0], np.array([1, 3], np.longdouble)),
        ([1j, 2.0], [1j, 3.0]),
        (np.ones((1, 1)), np.zeros((1, 1))),
    ],
)
def test_every_numeric_answer_can_be_drawn(expected, got):
    assert drawn(case(expected), got, ["class"]).startswith(PNG)


# --- the pictures of a check ---


GROUPS = tuple(
    TestGroup(name, 1.0, True, Draw("r"), Tolerance())
    for name in ("the worked example", "leaves its input alone")
)
CASE = Case("double", GROUPS[0].name, 0, {"v": np.ones(2)}, np.array([2.0, 2.0]), Tolerance())

RIGHT = Outcome(Status.RETURNED, value=np.array([2.0, 2.0]))
WRONG = Outcome(Status.RETURNED, value=np.array([2.0, 3.0]))
UNTOUCHED = Outcome(Status.NOT_WRITTEN)


def checked(name: str, *outcomes: Outcome) -> JudgedExercise:
    exercise = Exercise(name, "part1_scale", GROUPS[: len(outcomes)], axes=("class",))
    results = tuple(
        GroupResult(group, (CASE,), (outcome,), (compare(CASE, outcome),))
        for group, outcome in zip(exercise.groups, outcomes, strict=True)
    )
    return JudgedExercise(exercise, results, report_exercise(exercise, results))


def save(folder: Path, *exercises: JudgedExercise, all_of_them: bool = False) -> list[str]:
    judged = Judgement(exercises)
    return save_pictures(judged, folder, all_of_them=all_of_them)


def test_the_first_wrong_exercise_is_drawn(tmp_path):
    exercises = [checked("half", UNTOUCHED), checked("double", RIGHT, WRONG), checked("mix", WRONG)]
    path = tmp_path / "check_double.png"
    assert save(tmp_path, *exercises) == [f"Picture of double: {path}"]
    assert path.read_bytes().startswith(b"\x89PNG")
    assert list(tmp_path.iterdir()) == [path]


def test_chosen_exercises_are_all_drawn_also_right_ones(tmp_path):
    other_shape = Outcome(Status.RETURNED, value=np.ones((2, 1)))
    lines = save(
        tmp_path,
        checked("half", UNTOUCHED),
        checked("double", RIGHT),
        checked("mix", other_shape),
        all_of_them=True,
    )
    assert lines[0] == "No picture of half: it is not written yet."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["check_double.png", "check_mix.png"]


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (UNTOUCHED, "is not written yet"),
        (Outcome(Status.OUT_OF_TIME), "did not return"),
        (Outcome(Status.RETURNED_OTHER, returned="str"), "did not return a numeric array"),
        (Outcome(Status.RETURNED, value=np.zeros(0)), "returned an empty array"),
        (Outcome(Status.RETURNED, value=np.zeros((2, 2, 2))), "takes at most two axes"),
        (Outcome(Status.RETURNED, value=np.zeros(1_000_001)), "takes at most two axes"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_a_line(tmp_path, outcome, why):
    (line,) = save(tmp_path, checked("double", outcome), all_of_them=True)
    assert line.startswith("No picture of double: it ")
    assert why in line
    assert list(tmp_path.iterdir()) == []


def test_nothing_wrong_or_written_is_told(tmp_path):
    assert "nothing is wrong" in save(tmp_path, checked("double", RIGHT))[0]
    assert "nothing is written yet" in save(tmp_path, checked("double", UNTOUCHED))[0]


def test_without_matplotlib_a_line_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "autograder.reporting.plot", raising=False)
    for name in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    (line,) = save(tmp_path, checked("double", WRONG))
    assert "'pip install matplotlib'" in line
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_replaced_and_not_what_it_points_to(tmp_path):
    precious = tmp_path / "precious.txt"
    precious.write_text("kept")
    (tmp_path / "check_double.png").symlink_to(precious)
    save(tmp_path, checked("double", WRONG))
    assert precious.read_text() == "kept"
    assert not (tmp_path / "check_double.png").is_symlink()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    with pytest.raises(UsageError, match=r"check_double.png: cannot be written .* --plot-to"):
        save(Path("/dev/null/nowhere"), checked("double", WRONG))
    (tmp_path / "check_double.png").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        save(tmp_path, checked("double", WRONG))
    assert [path.name for path in tmp_path.iterdir()] == ["check_double.png"]


def test_a_folder_is_made_and_others_may_read_the_picture(tmp_path):
    before = os.umask(0o022)
    try:
        save(tmp_path / "a" / "b", checked("double", WRONG))
    finally:
        os.umask(before)
    path = tmp_path / "a" / "b" / "check_double.png"
    assert path.stat().st_mode & 0o777 == 0o644
    assert [each.name for each in path.parent.iterdir()] == ["check_double.png"]


def test_without_a_public_group_there_is_nothing_to_draw(tmp_path):
    judged = Judgement((checked("double"),))
    (line,) = save_pictures(judged, tmp_path, all_of_them=True)
    assert line == "No picture of double: it has no public group."
