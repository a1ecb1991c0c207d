"""Saves a picture of an answer to a public case beside the student's files."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from autograder.errors import UsageError
from autograder.judging.judge import JudgedExercise, Judgement
from autograder.judging.score import first_mismatch
from autograder.model import Status, Verdict
from autograder.text import printable

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
    try:
        from autograder.reporting.plot import heat_maps
    except ImportError:
        return MISSING
    wrong = mismatch.wrong if mismatch else None
    title = f"{one.exercise.name}, {result.group.name}"
    return heat_maps(case, got, wrong, one.exercise.axes, title)


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
