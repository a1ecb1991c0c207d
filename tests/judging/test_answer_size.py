"""What answers take up is counted with the arguments that came back."""

from __future__ import annotations

import numpy as np

from autograder.judging.execute import MOST_KEPT, room_for, size
from autograder.model.course import Case, Draw, TestGroup, Tolerance
from autograder.model.report import GroupResult
from autograder.model.submission import Outcome, Status

CASE = Case("f", "only", 0, {"x": np.ones(2)}, np.ones(4), Tolerance())
GROUP = TestGroup("only", 1.0, True, Draw("r"), Tolerance())


def test_value_and_arguments_count() -> None:
    assert size(Outcome(Status.RETURNED, np.ones(3), arguments=(np.ones(2), 1.5))) == 40
    assert size(Outcome(Status.MISSING)) == 0


def test_what_came_before_takes_room_and_what_is_asked_for_has_its_own() -> None:
    assert room_for((CASE, CASE), ()) == MOST_KEPT + 64
    before = GroupResult(GROUP, (CASE,), (Outcome(Status.RETURNED, np.ones(10)),), (None,))
    assert room_for((CASE,), (before,)) == MOST_KEPT + 32 - 80
