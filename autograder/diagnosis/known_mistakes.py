"""Recognises the course's misconceptions by the answers they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from autograder.compare import compare
from autograder.diagnosis import arithmetic, arrangement
from autograder.diagnosis.alternatives import answer_to, related
from autograder.diagnosis.calls import is_not_finite, with_rest
from autograder.diagnosis.changed_arguments import changed_arguments
from autograder.diagnosis.evidence import Diagnosis, Evidence, agrees
from autograder.diagnosis.hints import named
from autograder.model.course import Answered, Case, Misconception
from autograder.model.report import Flaw, Mismatch
from autograder.model.submission import Outcome, Status
from autograder.model.values import Array, Data

_STOPPED = frozenset(
    {
        Status.RAISED,
        Status.RETURNED_OTHER,
        Status.OUT_OF_TIME,
        Status.OUT_OF_MEMORY,
        Status.OUT_OF_OUTPUT,
        Status.CRASHED,
    }
)
"""How a student's call may have ended in the sandbox where the misconception has no answer."""

_MOST = 0.7
_LEAST_ALIKE = 3
_LEAST_GROUPS = 2


# --- the same answer everywhere ---------------------------------------------------------------


def recognised(evidence: Evidence) -> Diagnosis | None:
    """Detect the misconception that gives the student's answers in all cases.

    If there is none, in all cases where the misconception's answer is finite. None if several fit
    and have different hints.
    """
    alike = [one for one in evidence.known if _answers_alike(evidence, one)] or [
        one for one in evidence.known if _answers_alike(evidence, one, guarded=True)
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


def _is_alike(
    mismatch: Mismatch | None,
    case: Case,
    outcome: Outcome,
    answer: Answer,
) -> bool:
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
        return mismatch.flaw is Flaw.ARGUMENTS or outcome.status in _STOPPED
    if outcome.status is Status.RAISED and _fails(answer):
        return is_not_finite(mismatch)  # plain Python raises where numpy returns inf or NaN
    if outcome.status is not Status.RETURNED or mismatch.flaw is Flaw.ARGUMENTS:
        return False
    if isinstance(answer, Answered):
        return answer is Answered.WRONG
    return outcome.value is not None and agrees(outcome.value, answer, case.tolerance)


# --- the same answer to most ------------------------------------------------------------------


def mostly(evidence: Evidence) -> Diagnosis | None:
    """Detect the misconception that gives most of the student's wrong answers.

    It must explain at least 70 % of the informative wrong cases, and at least three with numbers,
    in at least two groups. It is ruled out by a right answer where the misconception has a finite
    wrong one, and by another misconception with other hints that explains as many cases. The hint
    also mentions the wrong cases that it does not explain.
    """
    best: list[tuple[Misconception, list[Mismatch]]] = []
    most = 0.0
    for one in evidence.known:
        alike, left, numbers = _weigh(evidence, one)
        groups = {mismatch.case.group for mismatch in alike}
        share = len(alike) / max(1, len(alike) + len(left))
        # Errors alone are not evidence: many mistakes raise one.
        if numbers < max(_LEAST_ALIKE, len(alike) / 2) or share < _MOST:
            continue
        if len(groups) < _LEAST_GROUPS:
            continue
        if len(alike) > most:
            best, most = [], len(alike)
        if len(alike) == most:
            best.append((one, left))
    found = _the_only([one for one, _ in best])
    return found and with_rest(found, best[0][1])


def _weigh(evidence: Evidence, one: Misconception) -> tuple[list[Mismatch], list[Mismatch], int]:
    """The wrong cases that a misconception explains, and those that it does not explain.

    The third value counts the explained cases in which the student returned numbers. Returns empty
    lists and 0 if a right answer rules the misconception out, or too many cases are unexplained.
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
            numbers += outcome.value is not None
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
_DOUBTFUL = ("factor_constant", "returns_its_argument", "summed", "diagonal_as_another_shape")


def two_mistakes(evidence: Evidence) -> Diagnosis | None:
    """Detect a simple mistake on top of another one.

    The first mistake is a misconception, a changed argument or a slip with an index. Its answers
    are taken as the expected ones, and a detector looks for the second mistake in what is still
    wrong. At least two cases in which the first mistake itself gives a wrong answer must be
    explained, with three different numbers among them; every other answer must fit, too.
    """
    for one, answers in _first_mistakes(evidence):
        expecting = _expecting(evidence, answers)
        if expecting is None:
            continue
        for detector in _ON_TOP:
            found = detector(expecting)
            if found is not None and not any(found.name.endswith(word) for word in _DOUBTFUL):
                return named(
                    "two_mistakes",
                    f"{one.name}_and_{found.name}",
                    (*one.hints[1:],),
                    first=one.hints[0],
                    second=found.hints[0],
                )
    return None


def _first_mistakes(evidence: Evidence) -> Iterator[tuple[Diagnosis, Sequence[Answer]]]:
    """Yield the mistakes that may be the first of two, each with its answers to the cases."""
    for one in evidence.known:
        if _may_be_on_top(evidence, one):
            yield Diagnosis(one.name, one.hints), one.answers
    for alternatives in (changed_arguments(evidence), evidence.find_slips()):
        for alternative in related(evidence, alternatives):
            answers = [answer_to(case, alternative) for case in evidence.cases]
            pairs = zip(evidence.cases, answers, strict=True)
            yield (
                alternative.diagnosis((alternative.words,)),
                [
                    Answered.RIGHT
                    if answer is not None and agrees(answer, case.expected, case.tolerance)
                    else answer
                    for case, answer in pairs
                ],
            )


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


def _may_be_on_top(evidence: Evidence, one: Misconception) -> bool:
    """Whether a wrong answer has the misconception's numbers up to order, signs and a factor.

    Only one case is compared: this rules out nearly all misconceptions without a full comparison.
    """
    for mismatch, case, outcome, answer in _rows(evidence, one):
        got = outcome.value
        if mismatch is None or got is None or not isinstance(answer, np.ndarray) or _fails(answer):
            continue
        if got.dtype.kind not in "biuf" or answer.dtype.kind not in "biuf":
            return False
        if not np.isfinite(got).all():
            continue
        starts = [np.asarray(value) for value in case.arguments.values() if np.ndim(value)]
        pairs = [(got, answer)] + [
            (got - start, answer - start)
            for start in starts
            if start.shape == got.shape == answer.shape
        ]
        return got.size == answer.size and any(_same_sizes(*pair) for pair in pairs)
    return False


def _same_sizes(got: Array, answer: Array) -> bool:
    first, second = (np.sort(np.abs(np.ravel(array).astype(float))) for array in (got, answer))
    if not first.size or not first[-1] or not second[-1]:
        return False
    return bool(np.allclose(first / first[-1], second / second[-1], rtol=1e-3, atol=1e-6))


def _few(answers: Iterable[Array | None]) -> bool:
    numbers = [np.ravel(answer) for answer in answers if answer is not None]
    return np.unique(np.concatenate(numbers).round(12)).size < 3
