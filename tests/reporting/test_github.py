"""The job summary is a table in which nothing of a student's is markup; annotations find lines."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sample_report as sample
from markdown_it import MarkdownIt

from autograder.model import GroupReport, Source, Verdict
from autograder.reporting.github import job_summary, workflow_commands

FIRST = (
    "::error file=week 1%2C late/part1_scale.py,line=3,title=double%3A the worked example::"
    + sample.SCRIPT
)


def test_the_summary_has_a_row_for_each_exercise() -> None:
    summary = job_summary(sample.graded())
    assert summary.startswith("## A tiny course: 3 of 8 points\n")
    rows = [line for line in summary.splitlines() if line.startswith("| `")]
    assert rows == [
        "| `double` | 0 / 3.5 | 0 / 2 | runtime error |",
        "| `mix` | 3 / 4.5 | 1 / 2 | wrong answer |",
    ]


def test_nothing_in_the_summary_is_markup_but_our_own() -> None:
    rendered = MarkdownIt("commonmark").enable("table").render(job_summary(sample.graded()))
    assert "<script" not in rendered
    assert "href" not in rendered
    assert rendered.count("&lt;script&gt;") == 2
    tags = set(re.findall(r"</?(\w+)", rendered))
    assert tags == {"h2", "h3", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"} | {
        "strong",
        "code",
    }


def test_there_is_one_annotation_for_each_exercise_that_lost_points() -> None:
    first, second = workflow_commands(sample.graded())
    assert first == FIRST
    # of a notebook only the file: its lines are not those that GitHub shows
    assert second == "::error file=part2_mix.ipynb,title=mix%3A any shape::follows"


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("def double(v): ...", 3),
        ("# def double\n\ndef  double (v): ...", 5),
        ("double = lambda v: 2 * v", 3),
        ("double: object = print", 3),
        ("import numpy\r\ndef double(v): ...", 4),
        ("doubled = 1\ndef double_it(v): ...\n\n\ndef double(v): ...", 7),
        ("class A:\n    def double(v): ...", None),
    ],
)
def test_the_line_is_that_of_the_definition(written: str, line: int | None) -> None:
    first, _ = workflow_commands(sample.graded(written=written))
    found = re.search(r"line=(\d+)", first)
    assert (int(found[1]) if found else None) == line


def test_of_a_script_and_a_notebook_the_one_that_is_written_is_meant() -> None:
    stub = b'def double(v):\n    """Twice."""\n\n    raise NotImplementedError("write it")\n\n\n'
    graded = sample.graded()
    part = graded.report.exercises[0].part
    script = Source(part, "a.py", (b"def double(v):\r\n\r\n    return v\r\n",))

    def first_line(*sources: Source) -> str:
        submission = replace(graded.submission, sources=sources)
        return next(iter(workflow_commands(replace(graded, submission=submission))))

    assert first_line(Source(part, "a.ipynb", (stub,), True), script).startswith(
        "::error file=a.py,line=1,"
    )
    assert first_line(Source(part, "b.ipynb", (stub,), True)).startswith("::error file=b.ipynb,")


def test_a_student_cannot_give_commands_to_the_workflow() -> None:
    hostile = "x\n::set-output name=a::b\r\n::error::100%"
    lines = list(workflow_commands(sample.graded(message=hostile)))
    assert not any("\n" in line or "\r" in line for line in lines)
    assert lines[0].endswith("::x%0A::set-output name=a::b%0D%0A::error::100%25")
    assert "\n::set-output" not in job_summary(sample.graded(message=hostile))


def test_untouched_exercises_are_no_errors() -> None:
    one = sample.graded()
    first = one.report.exercises[0]
    untouched = GroupReport("g", True, 0.0, 1.0, Verdict.NOT_ATTEMPTED, "double is not written yet")
    report = replace(one.report, exercises=(replace(first, groups=(untouched,), hint=None),))
    again = replace(one, report=report)
    (line,) = workflow_commands(again)
    assert line.startswith("::notice file=")
    assert "### `double`" not in job_summary(again)
