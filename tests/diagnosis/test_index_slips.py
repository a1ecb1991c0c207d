"""A slip with an index is named where a loop form of the reference, so edited, answers alike."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.diagnosis.evidence import Evidence
from autograder.diagnosis.index_slips import index_slip, slips_of
from autograder.model.course import Case, Tolerance
from tests.support.evidence import evidence_of

PART = """
import numpy as np

def product(A, B):
    return A @ B
"""
VARIANTS = '''
import numpy as np

def product__loops(A, B):
    """Here i counts the rows, j counts the columns, k counts the terms."""
    N, K = A.shape
    M = B.shape[1]
    C = np.zeros((N, M))
    for i in range(N):
        for j in range(M):
            total = 0.0
            for k in range(K):
                total += A[i, k] * B[k, j]
            C[i, j] = total
    return C
'''
TEXTS = {"part": PART, "variants_part": VARIANTS}
SLIPS = slips_of("part", "product", TEXTS)


def cases(sizes: Any = ((2, 3, 4), (3, 2, 2), (4, 4, 4))) -> list[Case]:
    rng = np.random.default_rng(1)
    found = []
    for n, k, m in sizes:
        A, B = rng.normal(size=(n, k)), rng.normal(size=(k, m))
        found.append(Case("product", "g", n, {"A": A, "B": B}, A @ B, Tolerance()))
    return found


def seen(student: Any, drawn: list[Case] | None = None) -> Evidence:
    pairs = []
    for case in drawn or cases():
        pairs.append((case, student(*case.arguments.values())))
    evidence = evidence_of(pairs)
    return Evidence(
        evidence.cases, evidence.outcomes, evidence.mismatches, find_slips=lambda: SLIPS
    )


def without(row: Any, column: Any, term: Any) -> Any:
    def product(A: Any, B: Any) -> Any:
        C = np.zeros((len(A), B.shape[1]))
        C[row, column] = (A[:, term] @ B[term])[row, column]
        return C

    return product


ALL = slice(None)


@pytest.mark.parametrize(
    ("student", "name", "said"),
    [
        (without(ALL, ALL, slice(None, -1)), "loop_stops_early_over_k", "the terms (k) stops"),
        (without(slice(1, None), ALL, ALL), "loop_starts_late_over_i", "the rows (i) starts at 1"),
        (without(ALL, slice(None, -1), ALL), "loop_stops_early_over_j", "the columns (j)"),
        (without(slice(1), ALL, ALL), "loop_left_early_over_i", "returns inside the loop over"),
        (lambda A, B: A[:, -1:] @ B[-1:], "overwritten_in_the_loop_over_k", "overwrites the sum"),
        (
            lambda A, B: np.cumsum((A @ B).ravel()).reshape(len(A), -1),
            "not_set_back_in_the_loop_total_over_i",
            "total is set to zero only once",
        ),
        (
            lambda A, B: (A[:, :, None] + B[None]).sum(axis=1),
            "wrong_operator_add_for_mult",
            "with A[i, k] + B[k, j] instead of A[i, k] * B[k, j]",
        ),
        (lambda A, B: A @ B + 1.0, "starts_at_one_total", "total starts at one instead of zero"),
        (lambda A, B: A @ np.cos(B), None, ""),
        (lambda A, B: np.full((len(A), B.shape[1]), 0.2), None, ""),
    ],
)
def test_slips_of_a_product(student: Any, name: str | None, said: str) -> None:
    found = index_slip(seen(student))
    assert (found.name if found else None) == name
    assert found is None or said in found.hints[0]


def test_an_index_in_the_place_of_another_is_said_with_what_was_meant() -> None:
    square = cases(((3, 3, 3), (4, 4, 4), (2, 2, 2)))
    found = index_slip(seen(lambda A, B: A.T @ B, square))
    assert found is not None
    assert "with A[k, i] instead of A[i, k]" in found.hints[0]
    assert "k counts the terms" in found.hints[0]


def test_a_right_answer_that_the_slip_would_spoil_speaks_against_it() -> None:
    drawn = cases()
    wrong = [(case, without(ALL, ALL, slice(None, -1))(*case.arguments.values())) for case in drawn]
    evidence = evidence_of(wrong[:2], drawn[2:])
    against = Evidence(
        evidence.cases, evidence.outcomes, evidence.mismatches, find_slips=lambda: SLIPS
    )
    assert index_slip(against) is None


def test_loop_forms_are_only_what_is_called_so() -> None:
    assert slips_of("part", "other", TEXTS) == ()
    assert slips_of("part", "product", {"part": PART}) == ()
    broken = {**TEXTS, "variants_part": "import nowhere_at_all\n" + VARIANTS}
    assert slips_of("part", "product", broken) == ()


def test_slices_in_a_loop_form_are_read_too() -> None:
    text = """
def ends__loops(Q):
    for k in range(Q.shape[0]):
        for j in range(k):
            Q[:, k] = Q[:, :k] @ Q[:k, j]
    return Q
"""
    slips = slips_of("part", "ends", {"part": "", "variants_part": text})
    assert any("indices_swapped" in slip.name for slip in slips)


def test_parentheses_that_are_left_out_are_found() -> None:
    text = """
def scaled__loops(a, b, c):
    return [c * (a[i] - b[i]) for i in range(len(a))]
"""
    slips = slips_of("part", "scaled", {"part": "", "variants_part": text})
    rng = np.random.default_rng(2)
    drawn = [
        Case("e", "g", 0, {"a": a, "b": b, "c": 0.5}, 0.5 * (a - b), Tolerance())
        for a, b in rng.normal(size=(2, 2, 4))
    ]

    def told(student: Any) -> str | None:
        seen = evidence_of([(case, student(*case.arguments.values())) for case in drawn])
        found = index_slip(replace(seen, find_slips=lambda: slips))
        return found and found.hints[0]

    assert "with c * a[i] - b[i] instead" in str(told(lambda a, b, c: c * a - b))
    assert "with a[i] - c * b[i] instead" in str(told(lambda a, b, c: a - c * b))
    assert "with c + (a[i] - b[i]) instead" in str(told(lambda a, b, c: c + a - b))
    assert told(lambda a, b, c: c * a + c * c * b) is None


def test_every_edit_leaves_python() -> None:
    assert len(SLIPS) > 40
    assert len({one.name for one in SLIPS}) == len(SLIPS)
    ast.parse(VARIANTS)
