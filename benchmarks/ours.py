"""Our grader: warm with all layers or fewer, with a fresh interpreter, on one and two workers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from autograder.batch.pools import OwnProcess, ProcessPool
from autograder.judging.judge import grade
from autograder.sandbox.kernel_layers import LAYERS
from autograder.sandbox.sandbox import Sandbox
from benchmarks.floor import Floor
from benchmarks.material import Material
from benchmarks.measure import Run, in_a_row
from benchmarks.whole_class import grade_class

ALL_LAYERS = "warm fork, all layers"
FORMS = {
    ALL_LAYERS: (True, LAYERS),
    "warm fork, no namespaces": (True, tuple(name for name in LAYERS if name != "namespaces")),
    "warm fork, seccomp and limits": (True, ("seccomp", "limits")),
    "warm fork, no layers": (True, ()),
    "fresh interpreter each time": (False, LAYERS),
}
WORKERS = {"one worker": 1, "two workers": 2}
IN_A_ROW = 5
"""Hand-ins at a turn: those of a class come one after another."""
CLASS = 96
"""Hand-ins of a class at a turn, for each worker; in a short one, one waits for the other."""


@contextlib.contextmanager
def forms(
    material: Material, chosen: Mapping[str, tuple[bool, Sequence[str]]] = FORMS
) -> Iterator[dict[str, Run]]:
    """Each form as a function that grades the submission a few times, beside the floor."""
    floor = Floor(material)
    with contextlib.ExitStack() as stack:
        things = {"floor: a bare fork": in_a_row(floor.run, IN_A_ROW)}
        for name, (warm, layers) in chosen.items():
            limits = material.assignment.course.limits
            sandbox = stack.enter_context(Sandbox(limits, layers=layers, warm=warm))
            assert sandbox.isolation.layers  # it has started
            things[name] = _grading(material, sandbox)
        yield things


@contextlib.contextmanager
def workers(material: Material) -> Iterator[dict[str, Run]]:
    """One worker and two, each as a function that grades a small class."""
    with contextlib.ExitStack() as stack:
        pools = {
            name: stack.enter_context(pool_of(material, count)) for name, count in WORKERS.items()
        }
        yield {
            name: partial(grade_class, material, CLASS * WORKERS[name], pool)
            for name, pool in pools.items()
        }


def pool_of(material: Material, count: int) -> OwnProcess | ProcessPool:
    """As `autograder grade` makes it."""
    assignment = material.assignment
    return OwnProcess(assignment) if count == 1 else ProcessPool(assignment, count)


def _grading(material: Material, sandbox: Sandbox) -> Run:
    assignment = material.assignment

    def once() -> None:
        report = grade(
            assignment.course, assignment.key, material.submission, sandbox, assignment.support
        )
        if report.judge_error or report.score < 0.9 * report.max_score:
            raise RuntimeError(f"the submission got {report.score}: {report.judge_error}")

    return in_a_row(once, IN_A_ROW)
