"""Explains wrong answers by running the reference with a single change.

The reference with such a change is called an alternative. The change is made to an argument
(`changed_arguments`), or to an index in the reference's loop form (`index_slips`).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from autograder.diagnosis.arithmetic import named_factors
from autograder.diagnosis.calls import is_about_arguments, is_not_finite, with_rest
from autograder.diagnosis.evidence import Alternative, Diagnosis, Evidence, agrees, are_several
from autograder.model.course import Case
from autograder.model.report import Flaw, Mismatch
from autograder.model.values import Array

_MOST_CELLS = 4096
_MOST = 0.7
"""The share of the informative wrong cases that an alternative must explain."""
_LEAST_TOLD = 2
_SEVERAL = 4
"""A wrong answer with this many numbers is telling."""
_MOST_TRIED = 3
_BESIDE = 3
"""The number of right answers needed as evidence if all wrong ones are the same single number."""


def explained(evidence: Evidence, alternatives: tuple[Alternative, ...]) -> Diagnosis | None:
    """The diagnosis of the first alternative that answers like the student; None if there is none.

    The alternative must give the student's answer in every case, right or wrong. The wrong answers
    need three different numbers; in two or more of them two are enough, or one that is not whole if
    at least three answers are right. Cases in which the alternative is not finite are ignored: the
    student may have guarded against them. If the student's answer is not finite where the
    alternative's is, the hint says that this is left.
    """
    wrong = _telling(evidence)
    if not wrong or not alternatives or all(one.flaw is Flaw.SHAPE for one in evidence.failing):
        return None
    first, got = wrong[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        near = _screen(first, alternatives).like(got)
        among = [alternatives[index] for index in near]
        found = next((one for one in among if _fits(one, evidence)), None)
        if found is None:
            return None
        alike = [
            one.words
            for one in among
            if one is found or (one.family == found.family != "" and _fits(one, evidence))
        ]
        return with_rest(found.diagnosis(tuple(alike)), _left(found, evidence))


def related(
    evidence: Evidence, alternatives: tuple[Alternative, ...], most: int = _MOST_TRIED
) -> Iterator[Alternative]:
    """Yield the alternatives that give the student's numbers up to order, signs and a factor.

    At most `most` cases are compared, those in which the alternative is wrong: this pre-selection
    saves a full comparison of nearly all of them.
    """
    wrong = _telling(evidence)
    if not wrong or not alternatives:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fits = np.ones(len(alternatives), dtype=bool)
        seen = ~fits
        for case, got in wrong[:most]:
            screen = _screen(case, alternatives)
            fits &= screen.sized(got) | ~screen.usable
            seen |= screen.usable
            if not fits.any():
                break
    yield from (alternatives[at] for at in np.flatnonzero(fits & seen))


def answer_to(case: Case, alternative: Alternative) -> Array | None:
    """The alternative's answer to a case; None if it raises or is not a small real array.

    Cached, since the cases are the same for every student.
    """
    kept = _KEPT.setdefault(case, {})
    if alternative.name not in kept:
        kept[alternative.name] = _answer(case, alternative)
    return kept[alternative.name]


_KEPT: WeakKeyDictionary[Case, dict[str, Array | None]] = WeakKeyDictionary()


def _answer(case: Case, alternative: Alternative) -> Array | None:
    try:
        answer = np.asarray(alternative.answer(case))
    except Exception:  # on inputs it was not made for, the reference may raise anything
        return None
    return answer if answer.dtype.kind in "biuf" and answer.size <= _MOST_CELLS else None


def _telling(evidence: Evidence) -> list[tuple[Case, Array]]:
    """The wrong answers that are finite numbers, those first that are quick and telling to compare.

    These have several numbers but not many. Empty if the answers are too few to be evidence (see
    `explained`), or if all inputs are large.
    """
    wrong = list(evidence.finite)
    answers = [got.round(12) for _, got in wrong if got.size]
    if not answers:
        return []
    if not are_several(answers, 3):
        alone = not are_several(answers, 2)
        told = not alone or (len(evidence.passing) >= _BESIDE and answers[0].flat[0] % 1.0)
        if len(wrong) < 2 or not told:
            return []
    wrong.sort(key=lambda pair: (pair[1].size < _SEVERAL or not pair[1].any(), _cells(pair[0])))
    return wrong if min(_cells(case) for case, _ in wrong) <= _MOST_CELLS else []


def _cells(case: Case) -> int:
    return sum(np.size(value) for value in case.arguments.values())


def _fits(alternative: Alternative, evidence: Evidence) -> bool:
    told = said = 0
    for case, outcome, mismatch in evidence.rows:
        got = outcome.value if mismatch is not None else case.expected
        says = mismatch is not None and not (
            is_not_finite(mismatch) or is_about_arguments(mismatch)
        )
        answer = answer_to(case, alternative)
        said += says and not (answer is None and alternative.excused)
        if answer is None or got is None or not np.isfinite(answer).all():
            continue
        if got.dtype.kind not in "biuf" or not np.isfinite(got).all():
            continue
        if not agrees(got, answer, case.tolerance):
            return False
        told += mismatch is not None and not agrees(got, case.expected, case.tolerance)
    return told >= _MOST * said and (told >= _LEAST_TOLD or not alternative.excused)


def _left(alternative: Alternative, evidence: Evidence) -> list[Mismatch]:
    """The mismatches with a non-finite answer where the alternative's answer is finite."""
    left = []
    for case, _, mismatch in evidence.rows:
        if mismatch is not None and is_not_finite(mismatch):
            answer = answer_to(case, alternative)
            if answer is not None and np.isfinite(answer).all():
                left.append(mismatch)
    return left


# --- fast pre-selection -----------------------------------------------------------------------

_NEAR = 1e-3


class _Screen:
    """Fingerprints of the alternatives' answers to one case."""

    def __init__(self, case: Case, alternatives: tuple[Alternative, ...]) -> None:
        self._case = case
        self._answers = [answer_to(case, one) for one in alternatives]

    @cached_property
    def _marks(self) -> Array:
        return np.array([_marks(answer) for answer in self._answers])

    @cached_property
    def _without_order(self) -> dict[str, Array]:
        return {
            name: np.array([_sizes(answer, start) for answer in self._answers])
            for name, start in _starts(self._case)
        }

    @cached_property
    def usable(self) -> npt.NDArray[np.bool_]:
        """Whether each answer is finite, not all zeros, and wrong."""
        case = self._case
        return np.array(
            [
                answer is not None
                and bool(np.isfinite(answer).all() and answer.any())
                and not agrees(answer, case.expected, case.tolerance)
                for answer in self._answers
            ]
        )

    def like(self, got: Array) -> list[int]:
        """The indices of the alternatives that may have given this answer."""
        marks = _marks(got)
        error = np.abs(self._marks - marks)
        near = error[:, 0] <= _NEAR * (1e-6 + marks[1])
        return [int(one) for one in np.flatnonzero(near & (self._marks[:, 2] == marks[2]))]

    def sized(self, got: Array) -> npt.NDArray[np.bool_]:
        """Whether each answer may have the numbers of `got`.

        Order, signs and a factor that a detector can name are ignored.
        """
        near: npt.NDArray[np.bool_] = np.zeros(len(self._answers), dtype=bool)
        factors = np.array([1.0, *named_factors(self._case)])
        for name, start in _starts(self._case):
            others = self._without_order[name]
            own = np.array(_sizes(got, start))
            error = np.abs(others[:, 1:] - own[1:])
            near |= (error <= _NEAR * (_NEAR + np.abs(own[1:]))).all(axis=1) & (
                np.abs(own[0] / others[:, :1] - factors) <= _NEAR * factors
            ).any(axis=1)
        return near


_SCREENS: WeakKeyDictionary[Case, dict[tuple[Alternative, ...], _Screen]] = WeakKeyDictionary()


def _screen(case: Case, alternatives: tuple[Alternative, ...]) -> _Screen:
    kept = _SCREENS.setdefault(case, {})
    if alternatives not in kept:
        kept[alternatives] = _Screen(case, alternatives)
    return kept[alternatives]


def _marks(answer: Array | None) -> tuple[float, float, float]:
    """A fingerprint: a sum weighted by position, the sum of the absolute values, and the count."""
    if answer is None or not answer.size:
        return (np.nan, np.nan, np.nan)
    flat = answer.ravel().astype(float)
    weights = np.cos(np.arange(flat.size) * 1.7)
    return float(flat @ weights), float(np.abs(flat).sum()), float(flat.size)


def _starts(case: Case) -> Iterator[tuple[str, Array | None]]:
    """Yield the ways to read an answer: as it is, and as a change to an argument of its shape."""
    yield "", None
    for name, value in case.arguments.items():
        if isinstance(value, np.ndarray) and value.shape == case.expected.shape and value.ndim:
            yield name, value


def _sizes(answer: Array | None, start: Array | None) -> tuple[float, float, float, float]:
    """A fingerprint that ignores order and signs.

    The largest absolute value; the sum of the absolute values and that of their squares, scaled so
    that the largest is 1; and the count. NaN if there is no such reading.
    """
    nothing = (np.nan, np.nan, np.nan, np.nan)
    if answer is None or (start is not None and answer.shape != start.shape):
        return nothing
    sizes = np.abs(answer.astype(float) - (0.0 if start is None else start)).ravel()
    largest = sizes.max(initial=0.0)
    if not 0.0 < largest < np.inf:
        return nothing
    sizes /= largest
    return float(largest), float(sizes.sum()), float(sizes @ sizes), float(sizes.size)
