"""`autograder grade-for`: grade one submission in a platform's format."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

import click

from autograder.cli.commands import isolation_option
from autograder.errors import SandboxError
from autograder.model.course import FeedbackFormat, Gradescope, HiddenGroups

if TYPE_CHECKING:
    from autograder.judging.grader import GradedSubmission

_SHOWN = get_args(HiddenGroups)
PLATFORMS = (
    "gradescope",
    "classroom50",
    "github",
    "prairielearn",
    "coursera",
    "autolab",
    "submitty",
    "junit",
)


@click.command("grade-for")
@click.argument("platform", metavar="PLATFORM", type=click.Choice(PLATFORMS))
@click.argument("hand_in", metavar="PATH", type=click.Path(path_type=Path))
@click.option(
    "--key",
    "key_path",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The answer key, with the course's support files next to it.",
)
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file for the results.",
)
@isolation_option()
@click.option(
    "--hidden-groups",
    metavar="WHEN",
    type=click.Choice(_SHOWN),
    default=Gradescope().hidden_groups,
    help=f"When Gradescope shows hidden groups to students: {', '.join(_SHOWN)}.",
)
@click.option(
    "--feedback",
    type=click.Choice(["md", "html"]),
    default=Gradescope().feedback,
    help="The format of Gradescope's messages.",
)
def command(
    platform: str,
    hand_in: Path,
    key_path: Path,
    out: Path,
    least_level: str,
    hidden_groups: str,
    feedback: str,
) -> None:
    """Grade one submission on a platform's machine.

    Writes the results in the format of PLATFORM: gradescope, classroom50, github, prairielearn,
    coursera, autolab, submitty, or junit, the XML that GitLab and Jenkins read.

    The scripts and workflows of `autograder build` call this command. It needs no course folder:
    FILE is the key.json that was built, or the course.json of the exercises, which has only the
    public groups.

    A failing grade is a result. If grading itself fails, the exit code is 2 or 3; Gradescope,
    PrairieLearn and Submitty then get results without a score, the other platforms get none.
    """
    shown = Gradescope(cast(HiddenGroups, hidden_groups), cast(FeedbackFormat, feedback))
    write = {
        "gradescope": _for_gradescope,
        "classroom50": _for_classroom50,
        "github": _for_github,
        "prairielearn": _for_prairielearn,
        "coursera": _for_coursera,
        "autolab": _for_autolab,
        "submitty": _for_submitty,
        "junit": _for_junit,
    }
    write[platform](lambda: _grade(hand_in, key_path, least_level), out, shown)


def _grade(hand_in: Path, key_path: Path, least_level: str) -> GradedSubmission:
    from autograder.judging.grader import grade_alone, read_alone, read_assignment

    assignment = read_assignment(key_path, least_level)
    submission = read_alone(hand_in, hand_in.resolve().name or ".", assignment)
    graded = grade_alone(submission, assignment)
    if graded.report.judge_error is not None:
        raise SandboxError(f"{hand_in}: not graded: {graded.report.judge_error}")
    return graded


def _for_gradescope(grade: Callable[[], GradedSubmission], out: Path, shown: Gradescope) -> None:
    from autograder.judging.grader import describe
    from autograder.reporting.platform_results import gradescope_failure, gradescope_results

    try:
        results = gradescope_results(grade(), shown)
    except Exception as error:  # Gradescope must get readable results whatever the error
        _write_json(out, gradescope_failure(describe(error)))
        raise
    _write_json(out, results)


def _for_classroom50(grade: Callable[[], GradedSubmission], out: Path, shown: Gradescope) -> None:
    from autograder.reporting.platform_results import classroom50_result, job_summary

    graded = grade()
    _write(out.with_name("release-body.md"), job_summary(graded))
    _write_json(out, classroom50_result(graded, _identity()))


def _for_github(grade: Callable[[], GradedSubmission], out: Path, shown: Gradescope) -> None:
    from autograder.reporting.platform_results import job_summary, workflow_commands

    graded = grade()
    _write(out, job_summary(graded))
    for line in workflow_commands(graded):
        click.echo(line)


def _for_prairielearn(grade: Callable[[], GradedSubmission], out: Path, shown: Gradescope) -> None:
    from autograder.reporting.platform_results import prairielearn_failure, prairielearn_results

    try:
        results = prairielearn_results(grade())
    except Exception:  # the student must not lose an attempt, whatever the error
        _write_json(out, prairielearn_failure())
        raise
    _write_json(out, results)


def _for_coursera(grade: Callable[[], GradedSubmission], out: Path, shown: Gradescope) -> None:
    from autograder.reporting.platform_results import coursera_feedback

    _write_json(out, coursera_feedback(grade()))


def _for_autolab(grade: Callable[[], GradedSubmission], out: Path, shown: Gradescope) -> None:
    from autograder.reporting.platform_results import autolab_result, feedback_lines

    graded = grade()
    line = json.dumps(autolab_result(graded), allow_nan=False)
    _write(out, line + "\n")
    for text in (*feedback_lines(graded), line):  # Autolab reads the last line
        click.echo(text)


def _for_submitty(grade: Callable[[], GradedSubmission], out: Path, shown: Gradescope) -> None:
    from autograder.judging.grader import describe
    from autograder.reporting.platform_results import submitty_failure, submitty_result

    try:
        results = submitty_result(grade())
    except Exception as error:
        _write_json(out, submitty_failure(describe(error)))
        raise
    _write_json(out, results)


def _for_junit(grade: Callable[[], GradedSubmission], out: Path, shown: Gradescope) -> None:
    from autograder.reporting.platform_results import feedback_lines, junit_xml

    graded = grade()
    _write(out, junit_xml(graded))
    for line in feedback_lines(graded):
        click.echo(line)


def _identity() -> dict[str, str]:
    """The identity fields of Classroom 50's result, from its runner's environment variables.

    Defaults are used if they are not set, as in a run by hand. The runner overwrites the fields
    that only it knows.
    """
    given = os.environ
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    commit = given.get("COMMIT_URL") or "none"
    return {
        "classroom": given.get("CLASSROOM") or "none",
        "assignment": given.get("ASSIGNMENT") or "none",
        "assignment_type": given.get("ASSIGNMENT_TYPE") or "individual",
        "owner": given.get("OWNER") or given.get("USERNAME") or "none",
        "submission": given.get("SUBMISSION_TAG") or "submit/none",
        "commit": commit,
        "release": given.get("RELEASE_URL") or "none",
        "review": given.get("REVIEW_URL") or commit,
        "datetime": given.get("SUBMITTED_AT") or now,
    }


def _write_json(path: Path, written: dict[str, object]) -> None:
    _write(path, json.dumps(written, indent=1, allow_nan=False) + "\n")


def _write(path: Path, text: str) -> None:
    from autograder.atomic_write import replacing

    with replacing(path) as file:
        file.write(text)
