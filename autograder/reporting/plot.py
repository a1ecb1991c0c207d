"""Draws an answer to a public case next to the expected one, and saves it with the student's files.

Only what draws needs matplotlib, which takes long to import.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from autograder.errors import UsageError
from autograder.judging.diff_grid import meanings, number
from autograder.judging.judge import JudgedExercise, Judgement
from autograder.judging.score import first_mismatch
from autograder.model import Array, Case, Status, Verdict
from autograder.text import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Mask = npt.NDArray[np.bool_]

_MOST_LABELS = 40
_MOST_WRITTEN = 120
"""How many cells may hold their number: beyond that they overlap."""
_CELL = 0.7, 0.35
"""The width and height of a cell, in inches."""
_LEAST = 2.5, 0.5
"""The least width and height of a heat map, in inches."""
_LARGEST = 20.0
_DIGITS = 3


def heat_maps(
    case: Case, got: Array, wrong: Mask | None, axes: Sequence[str] = (), title: str = ""
) -> bytes:
    """A PNG of what was expected, what came back and the difference, each with at most two axes.

    `axes` says what each axis of the answer counts, as in Exercise.axes. Wrong cells are marked.
    All three share one scale with zero in the middle, so that a small difference stays pale; what
    is no finite number stays blank. Where the shapes differ there is no difference to draw; where
    they agree and `wrong` is None, nothing is wrong. For public cases only: it shows expected
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
    # Twice the largest number has to be a number too.
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
    """A figure with a place for each matrix: side by side, wide ones on top of one another."""
    rows = max(matrix.shape[0] for matrix in matrices)
    columns = max(matrix.shape[1] for matrix in matrices)
    width = max(_LEAST[0], _CELL[0] * columns)
    height = max(_LEAST[1], _CELL[1] * rows)
    along = (len(matrices), 1) if columns > rows else (1, len(matrices))
    from matplotlib.figure import Figure

    # Beside the cells stand labels and titles.
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
    """Name what each row and column stands for; a vector lies along the columns."""
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
    """Draw the first exercise that is wrong, or each one; one line on what became of each.

    The files are named check_EXERCISE.png; a file of this name is replaced, and `folder` is made.
    Raises UsageError where it cannot be written.
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
    _write(path, png)
    return f"Picture of {name}: {printable(str(path), 1000)}"


def draw(one: JudgedExercise) -> bytes | str:
    """The picture of an exercise as PNG, or why there is none: `it {why}`."""
    if not one.results:
        return "has no public group"
    result = next((each for each in one.results if first_mismatch(each)), one.results[0])
    mismatch = first_mismatch(result)
    case = mismatch.case if mismatch else result.cases[0]
    outcome = mismatch.outcome if mismatch else result.outcomes[0]
    got = outcome.value
    if one.report.verdict is Verdict.NOT_ATTEMPTED:
        return "is not written yet"
    if got is None:
        other = outcome.status is Status.RETURNED_OTHER
        return "did not return a numeric array" if other else "did not return"
    if max(got.ndim, case.expected.ndim) > 2 or max(got.size, case.expected.size) > _MOST_CELLS:
        return "takes at most two axes and a million cells"
    if not got.size:
        return "returned no numbers"
    wrong = mismatch.wrong if mismatch else None
    title = f"{one.exercise.name}, {result.group.name}"
    try:
        return heat_maps(case, got, wrong, one.exercise.axes, title)
    except ImportError:
        return MISSING


def _write(path: Path, png: bytes) -> None:
    """Replace `path` as a whole, readable for others as any file is; a link is replaced itself."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            partial.unlink()
        with partial.open("xb") as file:
            file.write(png)
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise UsageError(
            f"{path}: cannot be written ({error.strerror or error}); "
            "name a folder that can with --plot-to"
        ) from None
