"""Evidence about answers that are given directly, without a student's function."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograder.compare import compare
from autograder.diagnosis.evidence import Evidence
from autograder.model.course import Case
from autograder.model.submission import Outcome, Status


def evidence_of(wrong: Iterable[tuple[Case, Any]], passing: Iterable[Case] = ()) -> Evidence:
    """Each of `wrong` is a case with what came back; what `passing` expects came back."""
    pairs = [*wrong, *((case, case.expected) for case in passing)]
    cases = tuple(case for case, _ in pairs)
    outcomes = tuple(Outcome(Status.RETURNED, np.asarray(got)) for _, got in pairs)
    return Evidence(cases, outcomes, tuple(map(compare, cases, outcomes)))
