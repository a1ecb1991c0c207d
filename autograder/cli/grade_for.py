"""`autograder grade-for`: grade one submission in a platform's format."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
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
def grade_for_command(
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
    try:
        graded = _grade(hand_in, key_path, least_level)
        text, lines = _results(platform, graded, shown)
    except Exception as error:  # these platforms need readable results whatever the error
        if (failure := _failure(platform, error)) is not None:
            _write(out, _as_json(failure))
        raise
    if platform == "classroom50":
        from autograder.reporting.platform_results import job_summary

        _write(out.with_name("release-body.md"), job_summary(graded))
    _write(out, text)
    for line in lines:
        click.echo(line)


def _grade(hand_in: Path, key_path: Path, least_level: str) -> GradedSubmission:
    from autograder.judging.grader import grade_alone, read_alone, read_assignment

    assignment = read_assignment(key_path, least_level)
    submission = read_alone(hand_in, hand_in.resolve().name or ".", assignment)
    graded = grade_alone(submission, assignment)
    if graded.report.judge_error is not None:
        raise SandboxError(f"{hand_in}: not graded: {graded.report.judge_error}")
    return graded


def _results(
    platform: str, graded: GradedSubmission, shown: Gradescope
) -> tuple[str, Iterable[str]]:
    """The text of the results file, and the lines to print."""
    from autograder.reporting import platform_results as results

    if platform == "github":
        return results.job_summary(graded), results.workflow_commands(graded)
    if platform == "junit":
        return results.junit_xml(graded), results.feedback_lines(graded)
    if platform == "autolab":
        line = json.dumps(results.autolab_result(graded), allow_nan=False)
        return line + "\n", (*results.feedback_lines(graded), line)  # it reads the last line
    as_json: dict[str, Callable[[], dict[str, object]]] = {
        "gradescope": lambda: results.gradescope_results(graded, shown),
        "classroom50": lambda: results.classroom50_result(graded, _identity()),
        "prairielearn": lambda: results.prairielearn_results(graded),
        "coursera": lambda: results.coursera_feedback(graded),
        "submitty": lambda: results.submitty_result(graded),
    }
    return _as_json(as_json[platform]()), ()


def _failure(platform: str, error: Exception) -> dict[str, object] | None:
    """The results without a score; None for a platform that gets no results then."""
    from autograder.judging.grader import describe
    from autograder.reporting import platform_results as results

    if platform == "gradescope":
        return results.gradescope_failure(describe(error))
    if platform == "submitty":
        return results.submitty_failure(describe(error))
    # PrairieLearn's student does not lose an attempt
    return results.prairielearn_failure() if platform == "prairielearn" else None


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


def _as_json(results: dict[str, object]) -> str:
    return json.dumps(results, indent=1, allow_nan=False) + "\n"


def _write(path: Path, text: str) -> None:
    from autograder.atomic_write import replacing

    with replacing(path) as file:
        file.write(text)
