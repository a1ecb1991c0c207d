"""What PrairieLearn, Coursera, Autolab, Submitty and JUnit specify, field by field."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import sample_report as sample
from markdown_it import MarkdownIt
from platform_schemas import VISIBILITIES, check_gradescope
from sample_class import GRID

from autograder.judging.grader import GradedSubmission
from autograder.model.course import Gradescope
from autograder.model.report import Verdict
from autograder.reporting.platform_results import (
    autolab_result,
    coursera_feedback,
    feedback_lines,
    gradescope_failure,
    gradescope_results,
    junit_xml,
    prairielearn_failure,
    prairielearn_results,
    share,
    submitty_result,
)

GRADED = sample.graded()


def with_grid() -> GradedSubmission:
    first, *others = GRADED.report.exercises
    groups = (replace(first.groups[0], grid=GRID), replace(first.groups[1], grid=None))
    exercises = (replace(first, groups=groups), *others)
    return replace(GRADED, report=replace(GRADED.report, exercises=exercises))


def test_prairielearn_has_score_points_messages_and_images() -> None:
    results = json.loads(json.dumps(prairielearn_results(with_grid()), allow_nan=False))
    assert results["gradable"] is True
    assert 0.0 <= results["score"] <= 1.0
    assert results["score"] == pytest.approx(3.0 / 8.0)
    assert {"message", "output", "tests"} <= results.keys()
    for test in results["tests"]:
        assert test.keys() == {
            "name",
            "description",
            "points",
            "max_points",
            "message",
            "output",
            "images",
        }
        assert 0.0 <= test["points"] <= test["max_points"]
        assert test["message"]
    assert len({test["name"] for test in results["tests"]}) == len(results["tests"])
    (image,) = results["tests"][0]["images"]
    assert image["label"] == "Expected, then yours: the worked example"
    prefix = "data:image/svg+xml;base64,"
    assert image["url"].startswith(prefix)
    picture = ElementTree.fromstring(base64.b64decode(image["url"].removeprefix(prefix)))
    squares = picture.findall("{http://www.w3.org/2000/svg}rect")
    assert len(squares) == 2 * 6
    assert sum("stroke" in one.attrib for one in squares) == 2
    assert "0.25" in results["tests"][0]["output"]
    assert [test["images"] for test in results["tests"][1:]] == [[], [], []]


def test_prairielearn_takes_no_attempt_where_grading_failed() -> None:
    results = prairielearn_failure()
    assert results["gradable"] is False
    assert "score" not in results
    assert isinstance(results["format_errors"], list)


def test_extra_credit_is_no_more_than_everything() -> None:
    first = GRADED.report.exercises[0]
    groups = [
        replace(one, score=one.max_score, verdict=Verdict.ACCEPTED)
        for exercise in GRADED.report.exercises
        for one in exercise.groups
    ]
    groups[-1] = replace(groups[-1], extra=True)
    report = replace(GRADED.report, exercises=(replace(first, groups=tuple(groups)),))
    assert report.score > report.max_score
    assert share(replace(GRADED, report=report)) == 1.0


def test_coursera_has_a_share_and_a_text() -> None:
    feedback = coursera_feedback(GRADED)
    assert feedback.keys() == {"fractionalScore", "feedback"}
    assert feedback["fractionalScore"] == share(GRADED)
    assert feedback["feedback"].splitlines() == list(feedback_lines(GRADED))
    verbose = replace(GRADED, report=replace(GRADED.report, notes=("é" * 100_000,)))
    long = coursera_feedback(verbose)["feedback"]
    assert long.startswith(feedback["feedback"][:100])
    assert len(long.encode()) < 64_000


def autolabs_rule(line: str) -> dict[str, float]:
    """`parseAutoresult`: quotes around every word before a colon, then JSON with `scores`."""
    scores: dict[str, float] = json.loads(re.sub(r"([a-zA-Z0-9]+):", r'"\1":', line))["scores"]
    return scores


def test_autolab_reads_one_line_of_names_and_numbers() -> None:
    line = json.dumps(autolab_result(GRADED))
    assert "\n" not in line
    assert autolabs_rule(line) == {one.name: one.score for one in GRADED.report.exercises}
    # why no text may be in that line
    with pytest.raises(json.JSONDecodeError):
        autolabs_rule('{"scores": {"double": 1.0}, "note": "hint: look"}')


def test_submitty_has_a_share_and_a_message_for_each_group() -> None:
    result = submitty_result(GRADED)
    assert result["status"] == "success"
    data = result["data"]
    assert data["score"] == share(GRADED)
    assert data["status"] == "warning"
    assert len(data["message"]) == 4
    assert {one["status"] for one in data["message"]} == {"success", "failure"}
    assert all(isinstance(one["message"], str) for one in data["message"])


def test_junit_has_a_case_for_each_group_and_its_points() -> None:
    text = junit_xml(GRADED)
    root = ElementTree.fromstring(text.encode())
    assert root.tag == "testsuites"
    for suite, exercise in zip(root, GRADED.report.exercises, strict=True):
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases) == len(exercise.groups)
        failed = [case for case in cases if case.find("failure") is not None]
        assert int(suite.attrib["failures"]) == len(failed)
        points = {one.attrib["name"]: one.attrib["value"] for one in suite.iter("property")}
        assert points == {"score": f"{exercise.score:g}", "max_score": f"{exercise.max_score:g}"}
    failure = root.find(".//failure")
    assert failure is not None
    assert sample.SCRIPT in str(failure.text)


@pytest.mark.parametrize("text", ["a\x00b\x1b[31m\ud800", "]]>&<x/>", "\u202e" + "x" * 9000])
def test_whatever_a_message_holds_the_files_can_be_read(text: str) -> None:
    first, *others = GRADED.report.exercises
    groups = tuple(replace(one, message=text) for one in first.groups)
    exercises = (replace(first, groups=groups), *others)
    graded = replace(GRADED, report=replace(GRADED.report, exercises=exercises))
    ElementTree.fromstring(junit_xml(graded).encode())
    for made in (prairielearn_results, coursera_feedback, submitty_result):
        assert json.loads(json.dumps(made(graded)))


# --- results.json is what Gradescope's specification says, field by field ---


@pytest.mark.parametrize("hidden_groups", sorted(VISIBILITIES))
@pytest.mark.parametrize("feedback", ["md", "html"])
def test_every_field_is_as_specified(hidden_groups: str, feedback: str) -> None:
    results = gradescope_results(sample.graded(), Gradescope(hidden_groups, feedback))
    check_gradescope(results, scored=True)
    tests = {test["number"]: test for test in results["tests"]}
    assert list(tests) == ["1.1", "1.2", "2.1", "2.2"]
    assert [test["visibility"] for test in tests.values()] == [
        "visible",
        hidden_groups,
        "visible",
        hidden_groups,
    ]
    assert [test["score"] for test in tests.values()] == [0.0, 0.0, 1.5, 1.5]
    assert [test["status"] for test in tests.values()] == ["failed", "failed", "passed", "failed"]
    assert tests["2.2"]["name"] == "mix: any shape"
    assert tests["2.2"]["tags"] == ["part2_mix", "mix", "hidden"]
    assert {results["output_format"], *(test["output_format"] for test in tests.values())} == {
        feedback
    }
    assert results["score"] == 3.0
    assert results["execution_time"] == 1
    assert results["extra_data"]["key"] == "c0ffee"
    assert results["extra_data"]["isolation"]["level"] == "full"


def test_hidden_groups_are_shown_when_grades_are_published() -> None:
    tests = gradescope_results(sample.graded(), Gradescope())["tests"]
    assert {test["visibility"] for test in tests} == {"visible", "after_published"}


def test_messages_are_escaped_as_html() -> None:
    results = gradescope_results(sample.graded(), Gradescope(feedback="html"))
    for written in (results["output"], results["tests"][0]["output"]):
        assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in written
        assert written.count("<") == written.count("<p>") * 2 == 4


def test_messages_are_escaped_as_markdown() -> None:
    results = gradescope_results(sample.graded(), Gradescope(feedback="md"))
    for written in (results["output"], results["tests"][0]["output"]):
        rendered = MarkdownIt("commonmark").enable("table").render(written)
        assert "&lt;script&gt;alert('x')&lt;/script&gt; [a](http://evil.example)" in rendered
        assert rendered.count("<") == rendered.count("<p>") * 2 == 4


def test_a_hint_stands_beside_the_first_failed_group_only() -> None:
    tests = gradescope_results(sample.graded(), Gradescope(feedback="html"))["tests"]
    with_hint = [test["number"] for test in tests if "Hint: " in test["output"]]
    # of `mix` only a hidden group failed: what is shown before the marks must not tell
    assert with_hint == ["1.1", "2.2"]


def test_where_grading_failed_there_is_no_score_and_students_do_not_see_why() -> None:
    results = gradescope_results(sample.graded(judge_error="the sandbox broke"), Gradescope())
    assert results == gradescope_failure("the sandbox broke")
    check_gradescope(results, scored=False)
    assert "the sandbox broke" not in results["output"]
    (test,) = results["tests"]
    assert (test["visibility"], test["output"]) == ("hidden", "the sandbox broke")
