"""A sandbox that runs no student's code, with two small exercises to ask it for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.model.course import AnswerKey, Case, Draw, Exercise, TestGroup, Tolerance
from autograder.model.submission import LoadFailure, Outcome, Status
from autograder.sandbox.host.wire import GOES_ON, Call, Job

DOUBLE = Exercise(
    "double",
    "part1",
    (
        TestGroup("first", 2.0, True, Draw("r"), Tolerance()),
        TestGroup("second", 3.0, False, Draw("r"), Tolerance()),
        TestGroup("third", 1.0, False, Draw("r"), Tolerance(), keeps_arguments=True),
    ),
)
SQUARE = Exercise("square", "part1", (TestGroup("first", 4.0, False, Draw("r"), Tolerance()),))


def cases_of(exercise: Exercise, answer: Callable[[float], float]) -> tuple[Case, ...]:
    return tuple(
        Case(
            exercise.name,
            group.name,
            index,
            {"x": np.array([start + index])},
            np.array([answer(start + index)]),
            group.tolerance,
            group.keeps_arguments,
        )
        for start, group in zip((1.0, 10.0, 100.0), exercise.groups, strict=False)
        for index in range(3)
    )


KEY = AnswerKey(
    {"double": cases_of(DOUBLE, lambda x: 2 * x), "square": cases_of(SQUARE, lambda x: x * x)}, "d"
)


class FakeSandbox:
    """Answers with functions of the test instead of a student's, in this process."""

    def __init__(self, functions: Mapping[str, Callable[[Any], Any]]) -> None:
        self.functions = functions
        self.called: list[tuple[str, float]] = []
        self.requests: list[int] = []
        """How many calls each request had."""
        self.failures: tuple[LoadFailure, ...] = ()

    def session(self, sources: Sequence[Any], support: Any) -> FakeSandbox:
        return self

    def __enter__(self) -> FakeSandbox:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def load_failures(self) -> tuple[LoadFailure, ...]:
        return self.failures

    def run(self, jobs: Sequence[Job]) -> Iterator[Outcome]:
        self.requests.append(sum(len(job.calls) for job in jobs))
        for job in jobs:
            assert job.home == "part1"
            for call in job.calls:
                outcome = self._outcome(job.function, call)
                yield outcome
                if outcome.status not in GOES_ON:
                    return

    def _outcome(self, function: str, call: Call) -> Outcome:
        (x,) = call.arguments
        self.called.append((function, np.asarray(x).item()))
        if function not in self.functions:
            return Outcome(Status.MISSING)
        copy = np.array(x)
        returned = self.functions[function](copy)
        if isinstance(returned, Outcome):
            return returned
        after = (copy,) if call.keeps_arguments else None
        return Outcome(Status.RETURNED, np.asarray(returned), arguments=after)


RIGHT: dict[str, Callable[[Any], Any]] = {"double": lambda x: 2 * x, "square": lambda x: x * x}
