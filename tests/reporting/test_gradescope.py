"""results.json is what Gradescope's specification says, field by field."""

from __future__ import annotations

import pytest
import sample_report as sample
from markdown_it import MarkdownIt
from platform_schemas import VISIBILITIES, check_gradescope

from autograder.model import Gradescope
from autograder.reporting.platform_results import gradescope_failure, gradescope_results


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
