"""A gradebook of a few students, some of whom hand in text that wants to be markup."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from autograder.gradebook.gradebook import Gradebook
from autograder.model.course import Course
from autograder.model.report import (
    Cell,
    ExerciseReport,
    Grid,
    GroupReport,
    Isolation,
    Line,
    Report,
    Verdict,
)
from autograder.model.submission import Attempt, Student, Submission

MARKUP = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
"""What it does would show in the page's title."""
COURSE = Course("The softmax derivative", "1.0.0", Path(), (), seed=1)
ISOLATION = Isolation("partial", {"landlock": "on (ABI 6)", "user": "off (not root)"})

HINTS = ("Your matrix is transposed.", "Which axis holds the classes?", "Write out 2 by 2.")
GRID = Grid(
    dimensions=2,
    columns=((0, "class 0"), (1, "class 1")),
    lines=(
        Line(0, "class 0, input 0", (Cell("0.25", "0.25", False), Cell("0.5", "-0.125", True))),
        Line(1, "class 0, input 1", (Cell("nan", "0.5", True), Cell("1", "1", False))),
        Line(2, "class 1, input 0", (Cell("0", "0", False), Cell("-1", "-1", False))),
    ),
    rows_left_out=0,
    columns_left_out=0,
    pattern="2 of 6 cells are wrong.",
)


def group(
    name: str, share: float, *, public: bool = False, message: str = "", grid: Grid | None = None
) -> GroupReport:
    """A group of two points, of which `share` is earned."""
    verdict = Verdict.ACCEPTED if share == 1.0 else Verdict.WRONG_ANSWER
    return GroupReport(name, public, 2.0 * share, 2.0, verdict, message, grid)


def report(id: str, shares: Iterable[float] = (1.0, 1.0, 1.0, 1.0), message: str = "") -> Report:
    """Two exercises of two groups each; who loses the first group has transposed its answer."""
    one, two, three, four = shares
    transposed = one < 1.0
    first = ExerciseReport(
        "softmax",
        "part1_softmax",
        (
            group(
                "the worked example",
                one,
                public=True,
                message=message or "at [0] got 1, expected 2" * transposed,
                grid=GRID if transposed else None,
            ),
            group("huge logits", two, message="returned wrong values" if two < 1.0 else ""),
        ),
        *(("transposed", HINTS[0], HINTS[1:]) if transposed else ()),
    )
    second = ExerciseReport(
        "x_entropy",
        "part3_loss",
        (group("soft labels", three), group("a probability of exactly zero", four)),
    )
    return Report(id, (first, second), seconds=len(id) / 100, notes=(message,) if message else ())


def fill(folder: Path, reports: Iterable[Report], students: Iterable[Student] = ()) -> Gradebook:
    """A gradebook in `folder`; `students` are those who handed in the first of the reports."""
    folder.mkdir(parents=True, exist_ok=True)
    gradebook = Gradebook(folder)
    graded = list(reports)
    owners = zip(graded, students, strict=False)
    attempts = [Attempt(one.id, (), (student,)) for one, student in owners]
    gradebook.begin(COURSE, "0123456789abcdef", "assignment", attempts=attempts)
    rows = [(Submission(one.id, (), one.id), one) for one in graded]
    gradebook.record(rows, ISOLATION)
    return gradebook


def hostile_class(folder: Path) -> Gradebook:
    """Five students: right, wrong, hostile in every text, of a long name, not graded."""
    lost = report("lost")
    failed = Report("lost", lost.exercises, 0.0, judge_error=f"the server went away {MARKUP}")
    return fill(
        folder,
        [
            report("ada"),
            report("bo", (0.0, 0.0, 1.0, 1.0)),
            report(f"../{MARKUP}", (0.0, 1.0, 0.5, 0.0), MARKUP),
            report("王小明 " + "long " * 30, (1.0, 1.0, 0.0, 0.0)),
            failed,
        ],
    )
