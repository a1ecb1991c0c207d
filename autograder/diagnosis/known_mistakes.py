"""Recognises the course's misconceptions by the answers they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.compare import NUMERIC_KINDS, compare, right_cells
from autograder.diagnosis import arithmetic, arrangement
from autograder.diagnosis.alternatives import answer_to, related
from autograder.diagnosis.calls import is_not_finite, with_rest
from autograder.diagnosis.changed_arguments import changed_arguments
from autograder.diagnosis.evidence import Alternative, Diagnosis, Evidence, agrees, are_several
from autograder.diagnosis.hints import named
from autograder.model.course import Answered, Case, Misconception, Tolerance
from autograder.model.report import Flaw, Mismatch
from autograder.model.submission import Outcome, Status
from autograder.model.values import Array, Data

_NO_ANSWER = frozenset(Status) - {Status.RETURNED, Status.NOT_WRITTEN, Status.MISSING}
"""How a student's call may have ended in the sandbox where the misconception has no answer."""

_MOST = 0.7
_LEAST_ALIKE = 3
_LEAST_GROUPS = 2
_MOST_OTHER_GROUPS = 2


# --- the same answer everywhere ---------------------------------------------------------------


def recognised(evidence: Evidence) -> Diagnosis | None:
    """Detect the misconception that gives the student's answers in all cases.

    If there is none, in all cases where the misconception's answer is finite. None if several fit
    and have different hints.
    """
    among = _possible(evidence, 0)
    alike = [one for one in among if _answers_alike(evidence, one)] or [
        one for one in among if _answers_alike(evidence, one, guarded=True)
    ]
    return _the_only(alike)


def _the_only(alike: list[Misconception]) -> Diagnosis | None:
    if len({one.hints for one in alike}) != 1:
        return None
    return Diagnosis(alike[0].name, alike[0].hints)


def _answers_alike(
    evidence: Evidence, misconception: Misconception, *, guarded: bool = False
) -> bool:
    """Whether the student's answer is the misconception's in every case.

    With `guarded`, cases in which the misconception raises or is not finite are ignored: a student
    can make the same mistake and still guard against that.
    """
    numbers = False
    for mismatch, case, outcome, answer in _rows(evidence, misconception):
        if guarded and _fails(answer):
            continue
        if not _is_alike(mismatch, case, outcome, answer):
            return False
        numbers = numbers or isinstance(answer, np.ndarray)
    return numbers or not guarded


Answer = Array | Answered | Data | None
Row = tuple["Mismatch | None", Case, Outcome, Answer]


def _rows(evidence: Evidence, misconception: Misconception) -> Iterator[Row]:
    """Yield all cases, wrong answers first: the first one nearly always rules the mistake out."""
    answers = misconception.answers
    for index in evidence.wrong_first:
        case, outcome = evidence.cases[index], evidence.outcomes[index]
        yield evidence.mismatches[index], case, outcome, answers[index]


def _fails(answer: Answer) -> bool:
    return answer is None or (isinstance(answer, np.ndarray) and not np.isfinite(answer).all())


def _is_alike(mismatch: Mismatch | None, case: Case, outcome: Outcome, answer: Answer) -> bool:
    """Whether the student's answer to this case is the misconception's."""
    if isinstance(answer, Data):
        # Plain data is compared with the misconception's answer directly. A judge is not used: it
        # rejects many different answers alike.
        if mismatch is None or outcome.data is None:
            return False
        alike = replace(case, data=answer, judge=None, keeps_arguments=False)
        return compare(alike, outcome) is None
    if mismatch is None:
        return answer is Answered.RIGHT
    if answer is None:
        return mismatch.flaw is Flaw.ARGUMENTS or outcome.status in _NO_ANSWER
    if outcome.status is Status.RAISED and _fails(answer):
        return is_not_finite(mismatch)  # plain Python raises where numpy returns inf or NaN
    if outcome.status is not Status.RETURNED or mismatch.flaw is Flaw.ARGUMENTS:
        return False
    if isinstance(answer, Answered):
        return answer is Answered.WRONG
    return outcome.value is not None and agrees(outcome.value, answer, case.tolerance)


# --- fast pre-selection -----------------------------------------------------------------------


def _possible(evidence: Evidence, most: int) -> list[Misconception]:
    """The misconceptions that may have given all but at most `most` of the wrong answers.

    Compares a few wrong answers with those of all misconceptions at once. It drops a misconception
    only if more than `most` of its answers there are finite and differ from the student's.
    """
    known = evidence.known
    others = np.zeros(len(known), dtype=int)
    looked = 0
    for index in evidence.wrong_first:
        value = evidence.outcomes[index].value
        if looked > most + 1 or evidence.mismatches[index] is None:
            break
        if value is not None and value.dtype.kind in NUMERIC_KINDS:
            looked += 1
            others += _differs(value, known, index, evidence.cases[index].tolerance)
    return [one for one, count in zip(known, others, strict=True) if count <= most]


def _differs(
    value: Array, known: tuple[Misconception, ...], index: int, tolerance: Tolerance
) -> npt.NDArray[np.bool_]:
    """For each misconception, whether its answer to a case is finite and not `value`."""
    found = np.zeros(len(known), dtype=bool)
    for places, answers in _stacked(known, index):
        if answers.shape[1:] == value.shape:
            right = right_cells(value, answers, tolerance)
            found[places] = ~right.reshape(len(places), -1).all(axis=1)
        else:
            found[places] = True
    return found


@lru_cache(1 << 12)
def _stacked(
    known: tuple[Misconception, ...], index: int
) -> list[tuple[npt.NDArray[np.intp], Array]]:
    """The finite answers to a case: for each shape and dtype, whose they are and one array."""
    alike: dict[tuple[tuple[int, ...], np.dtype[Any]], list[int]] = {}
    for place, one in enumerate(known):
        answer = one.answers[index]
        if not isinstance(answer, np.ndarray) or answer.dtype.kind not in NUMERIC_KINDS:
            continue
        if not _fails(answer):
            alike.setdefault((answer.shape, answer.dtype), []).append(place)
    return [
        (np.asarray(places), np.stack([np.asarray(known[one].answers[index]) for one in places]))
        for places in alike.values()
    ]


# --- the same answer to most ------------------------------------------------------------------


def mostly(evidence: Evidence) -> Diagnosis | None:
    """Detect the misconception that gives most of the student's wrong answers.

    It must explain at least 70 % of the informative wrong cases, and at least three with numbers,
    in at least two groups; finite numbers other than its own in more than two groups contradict it.
    It is ruled out by a right answer where the misconception has a finite
    wrong one, and by another misconception with other hints that explains as many cases. The hint
    also mentions the wrong cases that it does not explain.
    """
    best: list[tuple[Misconception, list[Mismatch]]] = []
    most = 0
    for one in _possible(evidence, int((1.0 - _MOST) * len(evidence.failing))):
        alike, left, numbers = _weigh(evidence, one)
        groups = {mismatch.case.group for mismatch in alike}
        share = len(alike) / max(1, len(alike) + len(left))
        # Errors alone are not evidence: many mistakes raise one.
        if numbers < max(_LEAST_ALIKE, len(alike) / 2) or share < _MOST:
            continue
        others = {mismatch.case.group for mismatch in left if not is_not_finite(mismatch)}
        if len(groups) < _LEAST_GROUPS or len(others) > _MOST_OTHER_GROUPS:
            continue
        if len(alike) > most:
            best, most = [], len(alike)
        if len(alike) == most:
            best.append((one, left))
    found = _the_only([one for one, _ in best])
    return found and with_rest(found, best[0][1])


def _weigh(evidence: Evidence, one: Misconception) -> tuple[list[Mismatch], list[Mismatch], int]:
    """The wrong cases that a misconception explains, and those that it does not explain.

    The third value counts the explained cases with finite numbers: many mistakes are not finite for
    the same inputs. Returns empty lists and 0 if a right answer rules the misconception out, or too
    many cases are unexplained.
    """
    numbers = 0
    alike: list[Mismatch] = []
    left: list[Mismatch] = []
    most_left = (1.0 - _MOST) * len(evidence.failing)
    for mismatch, case, outcome, answer in _rows(evidence, one):
        if mismatch is None:
            if answer is Answered.WRONG or (isinstance(answer, np.ndarray) and not _fails(answer)):
                return [], [], 0
        elif answer is Answered.WRONG and outcome.status is Status.RETURNED:
            continue  # its numbers were not kept
        elif _is_alike(mismatch, case, outcome, answer) or (
            _fails(answer) and is_not_finite(mismatch)
        ):
            alike.append(mismatch)
            numbers += outcome.value is not None and not is_not_finite(mismatch)
        else:
            left.append(mismatch)
            if len(left) > most_left:
                return [], [], 0
    return alike, left, numbers


# --- a mistake on top of another --------------------------------------------------------------

_ON_TOP: tuple[Callable[[Evidence], Diagnosis | None], ...] = (
    arrangement.arrangement,
    arrangement.reshaped,
    arithmetic.scaled,
)
_DOUBTFUL = ("factor_constant", "summed", "diagonal_as_another_shape")


def two_mistakes(evidence: Evidence) -> Diagnosis | None:
    """Detect a simple mistake on top of another one.

    The first mistake is a misconception, a changed argument or a slip with an index. Its answers
    are taken as the expected ones, and a detector looks for the second mistake in what is still
    wrong. At least two cases in which the first mistake itself gives a wrong answer must be
    explained, with three different numbers among them; every other answer must fit, too.
    """
    for one, undone_by, answers in _first_mistakes(evidence):
        doubtful = (*_DOUBTFUL, undone_by) if undone_by else _DOUBTFUL
        expecting = _expecting(evidence, answers)
        if expecting is None:
            continue
        for detector in _ON_TOP:
            found = detector(expecting)
            if found is not None and not any(word in found.name for word in doubtful):
                return named(
                    "two_mistakes",
                    f"{one.name}_and_{found.name}",
                    (*one.hints[1:],),
                    first=one.hints[0],
                    second=_more(found.hints[0]),
                )
    return None


def _more(hint: str) -> str:
    """The hint of a second mistake, which cannot say that the numbers are right."""
    rest = hint.removeprefix("Your numbers are right, but ")
    return rest[0].upper() + rest[1:]


def _first_mistakes(evidence: Evidence) -> Iterator[tuple[Diagnosis, str, Sequence[Answer]]]:
    """Yield the mistakes that may be the first of two, what undoes them, and their answers."""
    known = dict(zip(_as_alternatives(evidence.known, evidence.cases), evidence.known, strict=True))
    for alternative in related(evidence, tuple(known), len(evidence.cases)):  # they cost nothing
        one = known[alternative]
        undone_by = "transposed" if "transposed" in one.name else ""
        yield Diagnosis(one.name, one.hints), undone_by, one.answers
    for alternatives in (changed_arguments(evidence), evidence.find_slips()):
        for alternative in related(evidence, alternatives):
            answers = [answer_to(case, alternative) for case in evidence.cases]
            pairs = zip(evidence.cases, answers, strict=True)
            yield (
                alternative.diagnosis((alternative.words,)),
                alternative.undone_by,
                [
                    Answered.RIGHT
                    if answer is not None and agrees(answer, case.expected, case.tolerance)
                    else answer
                    for case, answer in pairs
                ],
            )


@lru_cache(64)
def _as_alternatives(
    known: tuple[Misconception, ...], cases: tuple[Case, ...]
) -> tuple[Alternative, ...]:
    def alternative(one: Misconception) -> Alternative:
        answers = dict(zip(cases, one.answers, strict=True))
        told = Diagnosis(one.name, one.hints)
        return Alternative(f"misconception {one.name}", answers.__getitem__, lambda _: told)

    return tuple(map(alternative, known))


def _expecting(evidence: Evidence, answers: Sequence[Answer]) -> Evidence | None:
    """The evidence with `answers` as the expected ones; None if it is too little.

    Cases in which the student's or the mistake's answer is not finite are left out.
    """
    cases: list[Case] = []
    outcomes: list[Outcome] = []
    its_own = 0
    for (case, outcome, mismatch), answer in zip(evidence.rows, answers, strict=True):
        if _fails(answer) or answer is Answered.WRONG:
            continue
        if mismatch is not None and (is_not_finite(mismatch) or mismatch.flaw is Flaw.ARGUMENTS):
            continue
        if outcome.value is None or outcome.value.dtype.kind not in "biuf":
            return None
        expected = answer if isinstance(answer, np.ndarray) else case.expected
        its_own += isinstance(answer, np.ndarray) and mismatch is not None
        if expected.dtype.kind not in "biuf":
            return None
        cases.append(replace(case, expected=expected.astype(float), keeps_arguments=False))
        outcomes.append(outcome)
    if its_own < 2 or _few(outcome.value for outcome in outcomes):
        return None
    if _few(case.expected for case in cases):
        return None
    mismatches = tuple(map(compare, cases, outcomes))
    # If the answers are those of the first mistake alone, there is no second one.
    if sum(mismatch is not None for mismatch in mismatches) < 2:
        return None
    return Evidence(tuple(cases), tuple(outcomes), mismatches)


def _few(answers: Iterable[Array | None]) -> bool:
    return not are_several([one.round(12) for one in answers if one is not None], 3)
