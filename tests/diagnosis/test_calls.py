"""How the calls went explains a wrong answer only where it went otherwise with right ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.compare import compare
from autograder.diagnosis import calls
from autograder.diagnosis.evidence import Evidence
from autograder.model.course import Case, Tolerance
from autograder.model.submission import Outcome, Status, StudentError

RAISED = Outcome(Status.RAISED, error=StudentError("ValueError", "", builtin=True))
NONE = Outcome(Status.RETURNED_OTHER, returned="None")


def returned(value: Any) -> Outcome:
    return Outcome(Status.RETURNED, np.asarray(value))


RIGHT, WRONG = returned(1.0), returned(2.0)


def evidence(*rows: tuple[dict[str, Any], Outcome], **more: Any) -> Evidence:
    """Of cases with these arguments, of each of which 1.0 is expected."""
    cases = tuple(
        Case("e", "g", index, arguments, np.array(1.0), Tolerance(), **more)
        for index, (arguments, _) in enumerate(rows)
    )
    outcomes = tuple(outcome for _, outcome in rows)
    return Evidence(cases, outcomes, tuple(map(compare, cases, outcomes)))


def sized(*sizes: int) -> dict[str, Any]:
    return {name: np.ones(size) for name, size in zip("xyz", sizes, strict=False)}


def test_nothing_is_returned_only_if_it_never_is() -> None:
    assert calls.nothing_returned(evidence((sized(1), NONE), (sized(2), NONE)))
    assert not calls.nothing_returned(evidence((sized(1), NONE), (sized(2), WRONG)))
    assert not calls.nothing_returned(evidence((sized(1), NONE), (sized(2), RAISED)))


def test_who_returns_nothing_may_fail_to_write() -> None:
    refused = evidence((sized(1), NONE), (sized(2), RAISED), read_only=True)
    assert calls.nothing_returned(refused)
    assert not calls.nothing_returned(evidence((sized(2), RAISED), read_only=True))


def test_changed_arguments_are_all_that_is_wrong() -> None:
    read_only = evidence((sized(1), RIGHT), (sized(2), RAISED), read_only=True)
    assert calls.changed_arguments(read_only)
    assert not calls.changed_arguments(evidence((sized(2), RAISED)))
    both = evidence((sized(1), WRONG), (sized(2), RAISED), read_only=True)
    assert not calls.changed_arguments(both)
    cast = StudentError("UFuncTypeError", "Cannot cast ufunc 'add' output", builtin=True)
    refused = Outcome(Status.RAISED, error=cast)
    assert calls.changed_arguments(
        evidence((sized(1), RIGHT), (sized(2), refused), (sized(2), RAISED), read_only=True)
    )
    assert not calls.changed_arguments(evidence((sized(2), refused)))
    kept = evidence((sized(1), RIGHT), keeps_arguments=True)
    assert calls.changed_arguments(kept)


def test_the_same_arguments_with_two_answers_show_memory() -> None:
    assert calls.earlier_calls(evidence((sized(2), RIGHT), (sized(2), WRONG)))
    assert not calls.earlier_calls(evidence((sized(2), WRONG), (sized(2), WRONG)))
    assert not calls.earlier_calls(evidence((sized(2), RIGHT), (sized(3), WRONG)))
    whole = {"x": np.ones(2, dtype=int)}
    assert not calls.earlier_calls(evidence((sized(2), RIGHT), (whole, WRONG)))


def test_an_answer_that_is_right_for_other_arguments() -> None:
    def kept(*rows: tuple[float, float, float]) -> bool:
        """Of rows of an argument, the right answer and the one that was given."""
        cases = [
            Case("e", "g", 0, {"x": np.array(x)}, np.array(right), Tolerance())
            for x, right, _ in rows
        ]
        outcomes = [returned(got) for _, _, got in rows]
        mismatches = tuple(map(compare, cases, outcomes))
        found = Evidence(tuple(cases), tuple(outcomes), mismatches)
        return bool(calls.kept_answer(found))

    assert kept((1.0, 5.0, 5.0), (2.0, 6.0, 5.0))
    assert not kept((1.0, 5.0, 5.0), (2.0, 6.0, 7.0))
    assert not kept((1.0, 0.0, 0.0), (2.0, 6.0, 0.0))
    assert not kept((1.0, 5.0, 5.0))


def test_numbers_that_are_not_finite_are_all_that_is_wrong() -> None:
    infinite = returned(np.inf)
    assert calls.not_finite(evidence((sized(1), infinite), (sized(2), RIGHT)))
    assert not calls.not_finite(evidence((sized(1), infinite), (sized(2), WRONG)))
    assert not calls.not_finite(evidence((sized(1), RAISED)))


def test_shapes_are_all_that_is_wrong() -> None:
    column = returned([1.0])
    assert calls.wrong_shape(evidence((sized(1), column), (sized(2), RIGHT)))
    assert not calls.wrong_shape(evidence((sized(1), column), (sized(2), WRONG)))


# --- which inputs -----------------------------------------------------------------------------


def holding(*numbers: float) -> dict[str, Any]:
    return {"y": np.array(numbers)}


def test_whole_numbers_and_only_these_go_wrong() -> None:
    whole = {"x": np.ones(2, dtype=int)}
    assert calls.whole_number_arguments(evidence((sized(2), RIGHT), (whole, WRONG)))
    assert not calls.whole_number_arguments(evidence((sized(2), WRONG), (whole, WRONG)))
    assert not calls.whole_number_arguments(evidence((whole, RIGHT), (whole, WRONG)))
    assert not calls.whole_number_arguments(evidence((whole, WRONG)))


@pytest.mark.parametrize(
    ("right", "wrong", "single", "mixed"),
    [
        ([(3, 5), (3, 5)], [(2, 2), (4, 1)], True, False),
        ([(3, 3), (2, 2)], [(2, 3), (4, 1)], False, True),
        ([(3, 5), (3, 5)], [(3, 5), (4, 1)], False, False),
        ([(1, 1)], [(2, 3), (4, 5)], False, False),
        ([(3, 1), (3, 1)], [(2, 3), (4, 5)], False, False),
        ([], [(2, 3), (4, 5)], False, False),
    ],
)
def test_sizes(right: Any, wrong: Any, single: bool, mixed: bool) -> None:
    rows = [(sized(*sizes), RIGHT) for sizes in right] + [
        (sized(*sizes), RAISED) for sizes in wrong
    ]
    assert bool(calls.one_size(evidence(*rows))) is single
    assert bool(calls.mixed_sizes(evidence(*rows))) is mixed


def test_it_is_wrong_exactly_where_two_sizes_are_equal() -> None:
    equal, other, single = sized(3, 3), sized(2, 3), sized(1, 1)
    found = calls.mixed_sizes(evidence((other, RIGHT), (equal, WRONG)))
    assert found
    assert found.name == "wrong_for_equal_sizes"
    assert not calls.mixed_sizes(evidence((other, WRONG), (equal, WRONG)))
    assert not calls.mixed_sizes(evidence((other, RIGHT), (sized(4, 4), RIGHT), (equal, WRONG)))
    assert not calls.mixed_sizes(evidence((other, RIGHT), (single, WRONG)))


def test_it_is_right_exactly_for_zeros_and_ones() -> None:
    plain, soft, single = holding(0.0, 1.0), holding(0.5, 0.5), holding(1.0)
    assert calls.special_argument(evidence((plain, RIGHT), (soft, WRONG)))
    assert not calls.special_argument(evidence((plain, WRONG), (soft, WRONG)))
    assert not calls.special_argument(evidence((plain, RIGHT), (soft, RIGHT), (soft, WRONG)))
    assert not calls.special_argument(evidence((single, RIGHT), (soft, WRONG)))


def test_it_is_right_exactly_where_an_argument_is_special() -> None:
    def name(*rows: tuple[dict[str, Any], Outcome]) -> str | None:
        found = calls.special_argument(evidence(*rows))
        return found and found.name

    one, two, twice = holding(0.0, 3.0), holding(2.0, 3.0), holding(3.0, 3.0)
    assert name((one, RIGHT), (two, WRONG), (twice, WRONG)) == "one_number_only"
    assert name((one, RIGHT), (two, RIGHT), (twice, WRONG)) == "different_numbers_only"
    assert name((two, RIGHT), (one, WRONG), (holding(0.0, 0.0), WRONG)) == "no_zero_only"
    assert name((one, WRONG), (two, WRONG), (twice, RIGHT)) is None
    assert name(({"rate": 1.0}, RIGHT), ({"rate": 0.5}, WRONG)) == "one_only"
    assert name(({"n": 0}, RIGHT), ({"n": 1}, RIGHT), ({"n": 2}, WRONG)) == "zero_and_one_only"


def test_it_is_right_for_one_example_only() -> None:
    example, other, single = holding(3.0, 5.0), holding(4.0, 6.0), holding(7.0)
    twice = ((example, RIGHT), (example, RIGHT))
    assert calls.one_example(evidence(*twice, (other, WRONG)))
    assert calls.one_example(evidence(*twice, (single, RIGHT), (other, WRONG)))
    assert not calls.one_example(evidence((example, RIGHT), (other, WRONG)))
    assert not calls.one_example(evidence(*twice, (other, RIGHT), (holding(1.0, 2.0), WRONG)))
    assert not calls.one_example(evidence(*twice, (single, WRONG)))
