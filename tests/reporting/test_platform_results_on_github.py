"""The job summary is a table in which nothing of a student's is markup; annotations find lines."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest
import sample_report as sample
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from platform_schemas import IDENTITY, check_classroom50

from autograder.model.course import Course, Exercise, Part
from autograder.model.report import GroupReport, Verdict
from autograder.model.submission import Source
from autograder.reporting.platform_results import (
    classroom50_result,
    job_summary,
    units_per_point,
    workflow_commands,
)

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
        submission = graded.submission._replace(sources=sources)
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
    broken = replace(report.exercises[0], unreadable=True)
    (line,) = workflow_commands(replace(one, report=replace(report, exercises=(broken,))))
    assert line.startswith("::error file=")


# --- result.json is what Classroom 50 validates, with whole-number scores that add up ---


def test_every_field_is_as_specified() -> None:
    result = classroom50_result(sample.graded(), IDENTITY)
    check_classroom50(result)
    # 2.5 and 1.5 points, and half of 1.5 for what follows through: quarters
    assert (result["score"], result["max-score"]) == (12, 32)
    assert result["tests"][0] == {
        "test-name": "double: the worked example",
        "passed": False,
        "score": 0,
        "max-score": 4,
        "message": sample.SCRIPT,
    }
    assert [test["passed"] for test in result["tests"]] == [False, False, True, False]


def with_points(points: list[float], share: float) -> Course:
    groups = tuple(sample.group(f"g{n}", p, True) for n, p in enumerate(points))
    exercise = Exercise("f", "p", groups, follow_through=share)
    return replace(sample.course(), parts=(Part("p", "P", (exercise,)),))


@pytest.mark.parametrize(
    ("points", "share", "units"),
    [([1, 2], 0.0, 1), ([0.5, 1], 0.0, 2), ([1], 0.8, 5), ([0.5], 0.8, 10), ([0.1], 1.0, 10)],
)
def test_points_are_multiplied_no_more_than_they_have_to_be(
    points: list[float], share: float, units: int
) -> None:
    assert units_per_point(with_points(points, share)) == units


@given(
    st.lists(st.integers(1, 400).map(lambda n: n / 8), min_size=1, max_size=6),
    st.sampled_from([0.0, 0.25, 0.5, 0.8]),
)
def test_every_score_that_can_be_is_a_whole_number(points: list[float], share: float) -> None:
    units = units_per_point(with_points(points, share))
    for one in points:
        assert (Fraction(str(one)) * Fraction(str(share)) * units).denominator == 1
        assert (Fraction(str(one)) * units).denominator == 1


def test_shares_that_are_finer_are_rounded_down() -> None:
    assert units_per_point(with_points([1 / 3], 0.0)) == 1000


def test_what_a_judge_grants_counts_in_hundredths() -> None:
    course = with_points([1, 2], 0.0)
    [exercise] = course.exercises
    judged = replace(course.parts[0], exercises=(replace(exercise, judge="fits"),))
    assert units_per_point(replace(course, parts=(judged,))) == 100
