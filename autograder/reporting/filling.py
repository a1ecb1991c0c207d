"""Fills marks into the list that a platform gave out for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.model import Mark, Student
from autograder.platforms.people import matches
from autograder.reporting.csv_cells import Cell, Sheet, write_sheet
from autograder.reporting.gradebook_csv import neutral


@dataclass(frozen=True)
class Row:
    """One person's row of the list, with the cells that can be filled."""

    student: Student
    score: Cell | None
    """None where the row takes no mark: excused, not assigned, locked."""
    comment: Cell | None = None
    prefix: str = ""
    """What the list writes before every number."""


@dataclass(frozen=True)
class Filled:
    """The list with the marks in it."""

    content: bytes
    """To be uploaded: but for the filled cells the same bytes as were given out."""
    filled: tuple[Student, ...]
    refused: tuple[Student, ...]
    """Those with a mark whose row takes none."""
    unlisted: tuple[Student, ...]
    """Those with a mark who are not, or not beyond doubt, in the list."""
    scaled_to: float | None = None
    """The list's best score where it is not ours: marks are then given in proportion."""
    above: tuple[Student, ...] = ()
    """Those whose mark is above the list's maximum, which some platforms then skip."""


def fill_rows(sheet: Sheet, rows: Sequence[Row], marks: Iterable[Mark], best_score: str) -> Filled:
    """`sheet` with each mark in the row of its student.

    `best_score` is what the list says of the best possible score: a number, with a decimal point
    or comma as in the whole list, or nothing. Scores are rounded to two decimals, as platforms do.
    """
    marks = tuple(marks)
    by_student = {row.student: row for row in rows}
    listed = matches((mark.student for mark in marks), [row.student for row in rows])
    best = number(best_score)
    changes: dict[Cell, str] = {}
    filled, refused, unlisted, above = [], [], [], []
    scaled_to = None
    for mark in marks:
        row = by_student[listed[mark.student]] if mark.student in listed else None
        if row is None or row.score in changes:
            unlisted.append(mark.student)
        elif row.score is None:
            refused.append(mark.student)
        else:
            score = mark.score
            if best and mark.max_score and best != mark.max_score:
                score *= best / mark.max_score
                scaled_to = best
            if best and round(score, 2) > best:
                above.append(mark.student)
            changes[row.score] = row.prefix + _written(score, "," if "," in best_score else ".")
            if row.comment and mark.comment and not _by_hand(row.comment.text, mark.comment):
                changes[row.comment] = neutral(mark.comment)
            filled.append(mark.student)
    content = write_sheet(sheet, changes)
    return Filled(content, tuple(filled), tuple(refused), tuple(unlisted), scaled_to, tuple(above))


def _by_hand(comment: str, ours: str) -> bool:
    """Whether a comment is another's: those of earlier marks begin with the same words as ours."""
    return bool(comment.strip()) and comment.partition(":")[0] != ours.partition(":")[0]


def number(text: str) -> float | None:
    """The number in a cell, with a decimal point or comma; None if it is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _written(score: float, point: str) -> str:
    text = f"{score:.2f}".rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace(".", point)
