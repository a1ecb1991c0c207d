"""What Gradescope and Classroom 50 specify of a result, field by field."""

from __future__ import annotations

import json
from typing import Any

import pytest

VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
SCORED = {"score", "max_score", "tags", "number"}


def check_gradescope(results: dict[str, Any], *, scored: bool) -> None:
    """https://gradescope-autograders.readthedocs.io/en/latest/specs/, all that we write of it."""
    assert json.loads(json.dumps(results, allow_nan=False)) == results
    top = {"output", "output_format", "visibility", "stdout_visibility", "tests", "extra_data"}
    assert results.keys() == (top | {"score", "execution_time"} if scored else top)
    if scored:
        assert type(results["score"]) is float
        assert results["score"] >= 0
        assert type(results["execution_time"]) is int
        assert results["execution_time"] >= 0
    assert isinstance(results["output"], str)
    assert results["output_format"] in FORMATS
    assert results["visibility"] in VISIBILITIES
    assert results["stdout_visibility"] in VISIBILITIES
    assert isinstance(results["extra_data"], dict)
    assert results["tests"]
    names = [test["name"] for test in results["tests"]]
    assert len(set(names)) == len(names)
    for test in results["tests"]:
        always = {"name", "status", "output", "output_format", "visibility"}
        assert test.keys() == (always | SCORED if scored else always)
        assert isinstance(test["name"], str)
        assert test["name"]
        assert test["status"] in ("passed", "failed")
        assert isinstance(test["output"], str)
        assert test["output_format"] in FORMATS
        assert test["visibility"] in VISIBILITIES
        if scored:
            assert type(test["score"]) is type(test["max_score"]) is float
            assert 0 <= test["score"] <= test["max_score"]
            assert all(isinstance(tag, str) for tag in test["tags"])
            assert all(part.isdigit() for part in test["number"].split("."))
    if scored:
        assert sum(test["score"] for test in results["tests"]) == pytest.approx(results["score"])


IDENTITY = {
    "classroom": "cs-principles",
    "assignment": "softmax",
    "assignment_type": "individual",
    "owner": "alice",
    "submission": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "commit": "https://github.example/commit/a1b2c3d",
    "release": "https://github.example/releases/tag/submit%2Fx",
    "review": "https://github.example/compare/0...1",
    "datetime": "2026-06-01T14:32:01Z",
}


def check_classroom50(result: dict[str, Any]) -> None:
    """As schemas/result-v1.schema.json of foundation50/classroom50, and what its code adds."""
    assert json.loads(json.dumps(result)) == result
    assert result.keys() == {"schema", *IDENTITY, "score", "max-score", "tests"}
    assert result["schema"] == "classroom50/result/v1"
    for field in IDENTITY:
        assert isinstance(result[field], str)
        assert result[field]
    assert result["submission"].startswith("submit/")
    assert result["assignment_type"] in ("individual", "group")
    for scored in (result, *result["tests"]):
        assert type(scored["score"]) is type(scored["max-score"]) is int
        assert 0 <= scored["score"] <= scored["max-score"]
    for test in result["tests"]:
        assert isinstance(test["test-name"], str)
        assert test["test-name"]
        assert type(test["passed"]) is bool
    names = [test["test-name"] for test in result["tests"]]
    assert len(set(names)) == len(names)
    assert sum(test["score"] for test in result["tests"]) == result["score"]
    assert sum(test["max-score"] for test in result["tests"]) == result["max-score"]
