"""A graded submission made by hand, with hostile text wherever a student's can be."""

from __future__ import annotations

from pathlib import Path

from autograder.judging.grader import GradedSubmission
from autograder.model.course import Course, Draw, Exercise, Part, TestGroup, Tolerance
from autograder.model.report import ExerciseReport, GroupReport, Isolation, Report, Verdict
from autograder.model.submission import Source, Submission

SCRIPT = "<script>alert('x')</script> [a](http://evil.example) |b| `c` *d*"
HINT = "Your rows are sorted by input first."
NOTE = f"{SCRIPT}.py: not read: a link"


def group(name: str, points: float, public: bool) -> TestGroup:
    return TestGroup(name, points, public, Draw("layer"), Tolerance())


def course() -> Course:
    double = Exercise(
        "double",
        "part1_scale",
        (group("the worked example", 1.0, True), group("any length", 2.5, False)),
    )
    mix = Exercise(
        "mix",
        "part2_mix",
        (group("the worked example", 1.5, True), group("any shape", 3.0, False)),
        uses=("double",),
        follow_through=0.5,
    )
    parts = (Part("part1_scale", "Scaling", (double,)), Part("part2_mix", "Mixing", (mix,)))
    return Course("A tiny course", "0.1.0", Path(), parts, seed=7)


def graded(
    message: str = SCRIPT, judge_error: str | None = None, *, written: str = "def double(v): ..."
) -> GradedSubmission:
    """`double` fails its public and its hidden group, `mix` earns half of its hidden one."""
    exercises = (
        ExerciseReport(
            "double",
            "part1_scale",
            (
                GroupReport(
                    "the worked example", True, 0.0, 1.0, Verdict.RUNTIME_ERROR, message=message
                ),
                GroupReport("any length", False, 0.0, 2.5, Verdict.WRONG_ANSWER, "wrong values"),
            ),
            misconception="sorted_by_input",
            hint=HINT,
        ),
        ExerciseReport(
            "mix",
            "part2_mix",
            (
                GroupReport("the worked example", True, 1.5, 1.5, Verdict.ACCEPTED),
                GroupReport("any shape", False, 1.5, 3.0, Verdict.WRONG_ANSWER, "follows"),
            ),
            misconception="transposed",
            hint="Look at the axes.",
        ),
    )
    sources = (
        Source("part2_mix", "part2_mix.ipynb", (b"import numpy", b"def mix(A, v): ..."), True),
        Source("part1_scale", "week 1, late/part1_scale.py", (b"\n\n" + written.encode(),)),
    )
    return GradedSubmission(
        course(),
        "c0ffee",
        Submission("wong", sources, "digest"),
        Report("wong", exercises, 0.25, judge_error, (NOTE,)),
        Isolation("full", {"seccomp": "on"}),
    )
