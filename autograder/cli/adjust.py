"""`autograder adjust`: points given or taken by hand."""

from __future__ import annotations

import math
from pathlib import Path

import click

from autograder.errors import UsageError


# An unknown option is let through as an argument, since -2 looks like one.
@click.command("adjust", context_settings={"ignore_unknown_options": True})
@click.argument("id", metavar="ID")
@click.argument("points", metavar="POINTS")
@click.option(
    "--because",
    "reason",
    metavar="REASON",
    required=True,
    help="Why; stands in the gradebook and in the student's feedback.",
)
@click.option(
    "--out",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    default="graded",
    show_default=True,
    help="The folder that `autograder grade --out DIR` wrote.",
)
def command(id: str, points: str, reason: str, folder: Path) -> None:
    """Give a student points by hand, or take some, and say why.

    ID is that of a submission, and then means everybody who handed it in, or a student's id or
    name. POINTS is like +2 or -1.5. Adjustments add up and are never forgotten: take one back by
    its opposite. They stay when the class is graded again. DIR's files are written again.
    """
    from autograder.gradebook.gradebook import Gradebook
    from autograder.gradebook.lookup import find_students
    from autograder.gradebook.marks import in_words
    from autograder.reporting.graded_folder import write_reports
    from autograder.reporting.terminal import called, ungraded_lines
    from autograder.text import printable

    amount = _number(points)
    if not reason.strip():
        raise UsageError("--because: is empty; give the reason in a few words")
    with Gradebook(folder, must_exist=True) as gradebook:
        gradebook.course()  # refuses a gradebook in which nothing was ever graded
        for line in ungraded_lines(gradebook.ungraded()):
            raise UsageError(f"{folder}: {line}")
        marks = gradebook.marks()
        most = max((mark.max_score for mark in marks), default=0.0)
        if abs(amount) > most:
            raise UsageError(f"POINTS is {points!r}; write at most the course's {most:g} points")
        students = find_students(marks, id)
        gradebook.register.adjust(students, amount, " ".join(reason.split()))
        gradebook.note_marks()
        write_reports(gradebook, folder)
        for mark in gradebook.marks():
            if mark.student in students:
                click.echo(f"{printable(called(mark.student))}: {'; '.join(in_words(mark))}")


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number == 0.0:
        raise UsageError(f"POINTS is {text!r}; write a number such as +2 or -1.5") from None
    return number
