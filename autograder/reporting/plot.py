"""Draws an answer to a public case next to the expected one, and saves the picture.

matplotlib is imported only when drawing, since its import is slow.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograder.atomic_write import write_whole
from autograder.errors import WriteError
from autograder.judging.diff_grid import meanings, number
from autograder.judging.judge import JudgedExercise, Judgement
from autograder.judging.score import first_mismatch
from autograder.model.course import Case
from autograder.model.report import Verdict
from autograder.model.submission import Status
from autograder.model.values import Array
from autograder.text import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Mask = npt.NDArray[np.bool_]

_MOST_LABELS = 40
_MOST_WRITTEN = 120
"""The maximum number of cells labelled with their number; with more, the labels overlap."""
_CELL = 0.7, 0.35
"""The width and height of a cell, in inches."""
_LEAST = 2.5, 0.5
"""The minimum width and height of a heat map, in inches."""
_LARGEST = 20.0
_DIGITS = 3


def heat_maps(
    case: Case, got: Array, wrong: Mask | None, axes: Sequence[str] = (), title: str = ""
) -> bytes:
    """A PNG of the expected answer, the actual one and their difference, with at most two axes.

    `axes` says what each axis of the answer counts, as in Exercise.axes. Cells in `wrong` are
    marked; if the shapes agree and `wrong` is None, nothing is wrong. All three maps share one
    scale centred on zero, so that a small difference stays pale; non-finite numbers stay blank. If
    the shapes differ, no difference is drawn. For public cases only, since it shows expected
    values.
    """
    expected, real = np.real(case.expected), np.real(got)
    arrays, names = [expected, real], ["expected", "got"]
    same = real.shape == expected.shape
    marks = np.zeros(expected.shape, bool) if wrong is None else wrong
    if same:
        with np.errstate(all="ignore"):
            arrays.append(np.subtract(real, expected, dtype=float))
        names.append(_count(marks))
    else:
        names = [f"expected, shape {expected.shape}", f"got, shape {real.shape}"]
    # The colour range is twice this, which must stay finite.
    top = min(_largest(expected) or _largest(real) or 1.0, 1e300)
    matrices = [np.atleast_2d(array) for array in arrays]
    figure, places = _panels(matrices)
    for place, matrix, name in zip(places, matrices, names, strict=True):
        marked = np.atleast_2d(marks) if same and place is places[-1] else None
        image = _draw(place, matrix, top, marked)
        place.set_title(name, fontsize=10)
    for place in places if same else places[:1]:
        _label(place, case, axes)
    figure.suptitle(title, parse_math=False)
    figure.colorbar(image, ax=places, fraction=0.04)
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=100)
    return png.getvalue()


def _largest(array: Array) -> float:
    return float(
        np.abs(array, where=np.isfinite(array), out=np.zeros(array.shape)).max(initial=0.0)
    )


def _count(wrong: Mask) -> str:
    count = int(wrong.sum())
    mark = "*" if wrong.size <= _MOST_WRITTEN else "x"
    return f"got - expected: {count} wrong, marked {mark}" if count else "got - expected"


def _panels(matrices: Sequence[Array]) -> tuple[Figure, list[Any]]:
    """A figure with a subplot for each matrix: side by side, or stacked if they are wide."""
    rows = max(matrix.shape[0] for matrix in matrices)
    columns = max(matrix.shape[1] for matrix in matrices)
    width = max(_LEAST[0], _CELL[0] * columns)
    height = max(_LEAST[1], _CELL[1] * rows)
    along = (len(matrices), 1) if columns > rows else (1, len(matrices))
    from matplotlib.figure import Figure

    # Leave room for labels and titles.
    size = along[1] * (width + 0.3) + 2.0, along[0] * (height + 0.4) + 1.5
    figure = Figure((min(size[0], _LARGEST), min(size[1], _LARGEST)), layout="constrained")
    same = len({matrix.shape for matrix in matrices}) == 1
    places = figure.subplots(*along, squeeze=False, sharex=same, sharey=same)
    return figure, list(places.ravel())


def _draw(place: Any, matrix: Array, top: float, wrong: Mask | None) -> Any:
    with np.errstate(all="ignore"):
        shown = np.ma.masked_invalid(matrix).clip(-top, top).astype(float)
    image = place.imshow(shown, cmap="RdBu_r", vmin=-top, vmax=top, aspect="auto")
    if matrix.size > _MOST_WRITTEN:
        if wrong is not None:
            place.plot(*np.nonzero(wrong)[::-1], "kx")
        return image
    for (row, column), value in np.ndenumerate(matrix):
        marked = wrong is not None and wrong[row, column]
        place.text(
            column,
            row,
            number(value, _DIGITS) + ("*" if marked else ""),
            color="white" if np.isfinite(value) and abs(value) > 0.6 * top else "black",
            fontsize=8,
            fontweight="bold" if marked else "normal",
            ha="center",
            va="center",
        )
    return image


def _label(place: Any, case: Case, axes: Sequence[str]) -> None:
    """Label the rows and columns with their meanings; a vector is drawn along the columns."""
    shape = case.expected.shape
    sides = [place.set_yticks, place.set_xticks][2 - len(shape) :]
    for unused in [place.set_yticks, place.set_xticks][: 2 - len(shape)]:
        unused([])
    for axis, (count, set_ticks) in enumerate(zip(shape, sides, strict=True)):
        if count > _MOST_LABELS:
            continue
        words = meanings(axes, axis, case)
        labels = [words(index) or str(index) for index in range(count)]
        turned = set_ticks is sides[-1] and max(map(len, labels)) > 8
        set_ticks(range(count), labels, rotation=90 if turned else 0, fontsize=8)


# --- the pictures of a check ---------------------------------------------------------------------

_MOST_CELLS = 1_000_000
MISSING = "needs matplotlib, which is not installed; 'pip install matplotlib' adds it"


def save_pictures(judged: Judgement, folder: Path, *, all_of_them: bool) -> list[str]:
    """Draw the first wrong exercise, or each one; return one line about each.

    The files are named check_EXERCISE.png; existing files are replaced, and `folder` is created.
    Raises WriteError if a file cannot be written.
    """
    attempted = [one for one in judged.exercises if one.report.verdict is not Verdict.NOT_ATTEMPTED]
    wrong = [one for one in attempted if one.report.verdict is not Verdict.ACCEPTED]
    chosen = judged.exercises if all_of_them else wrong[:1]
    if not chosen:
        why = "nothing is wrong" if attempted else "nothing is written yet"
        return [f"No picture: {why}. With -e EXERCISE, a right answer is drawn too."]
    return [_save(one, folder) for one in chosen]


def _save(one: JudgedExercise, folder: Path) -> str:
    name = one.exercise.name
    png = draw(one)
    if isinstance(png, str):
        return f"No picture of {name}: it {png}."
    path = folder / f"check_{name}.png"
    try:
        write_whole(path, png, survives_power_cut=False)
    except OSError as error:
        raise WriteError(path, error, "name another folder with --plot-to") from None
    return f"Picture of {name}: {printable(str(path), 1000)}"


def draw(one: JudgedExercise) -> bytes | str:
    """The picture of an exercise as PNG, or the reason why there is none, as in `it {why}`."""
    if not one.results:
        return "has no public group"
    result = next((each for each in one.results if first_mismatch(each)), one.results[0])
    mismatch = first_mismatch(result)
    case = mismatch.case if mismatch else result.cases[0]
    outcome = mismatch.outcome if mismatch else result.outcomes[0]
    got = outcome.value
    if one.report.verdict is Verdict.NOT_ATTEMPTED:
        return "is in a file that does not run" if one.report.unreadable else "is not written yet"
    if got is None:
        other = outcome.status is Status.RETURNED_OTHER
        return "did not return a numeric array" if other else "did not return"
    if max(got.ndim, case.expected.ndim) > 2 or max(got.size, case.expected.size) > _MOST_CELLS:
        return "takes at most two axes and a million cells"
    if not got.size:
        return "returned an empty array"
    wrong = mismatch.wrong if mismatch else None
    title = f"{one.exercise.name}, {result.group.name}"
    try:
        return heat_maps(case, got, wrong, one.exercise.axes, title)
    except ImportError:
        return MISSING
