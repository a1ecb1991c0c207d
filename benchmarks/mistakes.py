"""What wrong answers cost: naming the mistakes, and finding out what follows from earlier ones."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial

from autograder.batch.schedule import grade_batch
from autograder.judging.grader import Grader
from autograder.model.submission import Submission
from autograder.submissions.read import read_submission
from benchmarks.material import ROOT, Material
from benchmarks.measure import Run
from benchmarks.ours import IN_A_ROW

_WRONG_SOFTMAX = ROOT / "tests" / "submissions" / "wrong_softmax"
_SPOIL = """
import types

def _spoil(own, number, names={**globals()}):
    right = types.FunctionType(own.__code__, names)
    def wrong(*values):
        answer = np.array(right(*values), dtype=float)
        size = sum(map(np.size, values)) + number
        answer += 0.01 * (size % 5 + 1)
        answer.flat[0] *= 1.1 + 0.01 * (size % 3)
        return answer
    return wrong

"""


@contextlib.contextmanager
def mistakes(material: Material) -> Iterator[dict[str, Run]]:
    """Functions that grade the right submission and two wrong ones a few times.

    In one, nearly all groups are wrong, each in another way. In the other, softmax is wrong, and
    the answers of all functions that call it follow from that.
    """
    assignment = material.assignment
    submissions = {
        "right": material.submission,
        "every group wrong in another way": _spoiled(material),
        "wrong softmax": read_submission(
            _WRONG_SOFTMAX, "wrong_softmax", assignment.course.part_names
        ),
    }
    with Grader(assignment) as grader:
        yield {name: partial(_graded, grader, one) for name, one in submissions.items()}


def _graded(grader: Grader, submission: Submission) -> int:
    for report in grade_batch(grader, [submission] * IN_A_ROW).reports:
        if report.judge_error:
            raise RuntimeError(report.judge_error)
    return IN_A_ROW


def _spoiled(material: Material) -> Submission:
    sources = []
    for source in material.submission.sources:
        course = material.assignment.course
        names = [one.name for one in course.exercises if one.part == source.module]
        lines = [f"{name} = _spoil({name}, {number})\n" for number, name in enumerate(names)]
        text = b"\n".join([*source.cells, _SPOIL.encode(), *map(str.encode, lines)])
        sources.append(source._replace(cells=(text,)))
    return material.submission._replace(id="spoiled", sources=tuple(sources))
