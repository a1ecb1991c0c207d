"""Our grader: a warm server with all or fewer layers, or a fresh interpreter each time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence

from autograder.batch.schedule import LARGEST_BATCH
from autograder.judging.judge import grade
from autograder.sandbox.kernel_layers import LAYERS
from autograder.sandbox.sandbox import Sandbox
from benchmarks.floor import Floor
from benchmarks.material import Material
from benchmarks.measure import Run, in_a_row

ALL_LAYERS = "warm fork, all layers"
FORMS = {
    ALL_LAYERS: (True, LAYERS),
    "warm fork, no namespaces": (True, tuple(name for name in LAYERS if name != "namespaces")),
    "warm fork, seccomp and limits": (True, ("seccomp", "limits")),
    "warm fork, no layers": (True, ()),
    "fresh interpreter each time": (False, LAYERS),
}
IN_A_ROW = LARGEST_BATCH
"""Submissions in one turn: as many as a worker of `autograder grade` gets at once."""


@contextlib.contextmanager
def forms(
    material: Material, chosen: Mapping[str, tuple[bool, Sequence[str]]] = FORMS
) -> Iterator[dict[str, Run]]:
    """For each form and for the floor, a function that grades the submission a few times."""
    floor = Floor(material)
    with contextlib.ExitStack() as stack:
        things = {"floor: a bare fork": in_a_row(floor.run, IN_A_ROW)}
        for name, (warm, layers) in chosen.items():
            course = material.assignment.course
            sandbox = stack.enter_context(
                Sandbox(course.limits, exercises=course.exercises, layers=layers, warm=warm)
            )
            assert sandbox.isolation.layers  # it has started
            things[name] = _grading(material, sandbox)
        yield things


def _grading(material: Material, sandbox: Sandbox) -> Run:
    assignment = material.assignment

    def in_one_turn() -> int:
        for upcoming in (*[material.submission] * (IN_A_ROW - 1), None):
            report = grade(
                assignment.course,
                assignment.key,
                material.submission,
                sandbox,
                assignment.support,
                upcoming=upcoming,
            )
            if report.judge_error or report.score < 0.9 * report.max_score:
                raise RuntimeError(f"the submission got {report.score}: {report.judge_error}")
        return IN_A_ROW

    return in_one_turn
