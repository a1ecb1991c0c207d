"""Our grader on one hand-in: warm with all layers or fewer, and a fresh interpreter."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from autograder.grading.grade import grade
from autograder.sandbox.control import LAYERS
from autograder.sandbox.sandbox import Sandbox
from benchmarks.floor import Floor
from benchmarks.material import Material

ALL_LAYERS = "warm fork, all layers"
FORMS = {
    ALL_LAYERS: (True, LAYERS),
    "warm fork, no namespaces": (True, tuple(name for name in LAYERS if name != "namespaces")),
    "warm fork, seccomp and limits": (True, ("seccomp", "limits")),
    "warm fork, no layers": (True, ()),
    "fresh interpreter each time": (False, LAYERS),
}


@contextlib.contextmanager
def forms(
    material: Material, chosen: Mapping[str, tuple[bool, Sequence[str]]] = FORMS
) -> Iterator[dict[str, Callable[[], object]]]:
    """Each form as a function that grades the hand-in once, beside the floor."""
    floor = Floor(material)
    with contextlib.ExitStack() as stack:
        things: dict[str, Callable[[], object]] = {"floor: a bare fork": floor.run}
        for name, (warm, layers) in chosen.items():
            limits = material.assignment.course.limits
            sandbox = stack.enter_context(Sandbox(limits, layers=layers, warm=warm))
            assert sandbox.isolation.layers  # it has started
            things[name] = _grading(material, sandbox)
        yield things


def _grading(material: Material, sandbox: Sandbox) -> Callable[[], object]:
    assignment = material.assignment

    def run() -> None:
        report = grade(
            assignment.course, assignment.key, material.submission, sandbox, assignment.support
        )
        if report.judge_error or report.score < 0.9 * report.max_score:
            raise RuntimeError(f"the hand-in got {report.score}: {report.judge_error}")

    return run
