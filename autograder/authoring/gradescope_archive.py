"""Packs gradescope.zip: the grader as Gradescope installs and runs it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from autograder.authoring.template import filled
from autograder.authoring.wheel import Wheel
from autograder.authoring.zipped import zipped
from autograder.model import Course


def gradescope_archive(course: Course, assignment: Mapping[str, bytes], wheel: Wheel) -> bytes:
    """The archive; `assignment` holds the answer key with the support files, by name."""
    needs = " ".join(map(shlex.quote, wheel.grading_needs))
    shown = course.gradescope
    run = filled(
        "run_autograder",
        shown=f"--hidden-groups {shown.hidden_groups} --feedback {shown.feedback}",
    )
    files = {f"assignment/{name}": content for name, content in assignment.items()}
    files["setup.sh"] = filled("setup.sh", needs=needs, wheel=wheel.name).encode()
    files["run_autograder"] = run.encode()
    files[wheel.name] = wheel.content
    return zipped(files)
