import json

import pytest

from autograder.gradebook.gradebook import GradedCourse
from autograder.model import ExerciseReport, GroupReport, Isolation, Report, Verdict
from autograder.reporting.graded_folder import submission_entry, write_results

COURSE = GradedCourse("The softmax derivative", "1.0.0", "ab" * 32)
ISOLATION = Isolation("partial", {"seccomp": "on", "landlock": "off (no such kernel call)"})


def report(id: str, judge_error: str | None = None) -> Report:
    verdicts = Verdict.ACCEPTED, Verdict.TIME_LIMIT_EXCEEDED
    groups = (
        GroupReport("the worked example", True, 2.0, 2.0, verdicts[0]),
        GroupReport("others", False, 0.0, 3.0, verdicts[1], "ran out of time"),
    )
    exercise = ExerciseReport("sm_dir", "part1_softmax", groups, "diagonal_only", "look again")
    return Report(id, (exercise,), 0.0123456, judge_error)


def test_the_format_is_the_one_that_was_promised(tmp_path):
    path = tmp_path / "results.json"
    write_results(path, COURSE, ISOLATION, iter([report("li"), report("wong")]))
    results = json.loads(path.read_text())
    assert list(results) == ["schema", "course", "isolation", "submissions"]
    assert results["schema"] == "autograder/results/v1"
    assert results["course"] == {
        "name": "The softmax derivative",
        "version": "1.0.0",
        "key": "ab" * 32,
    }
    assert results["isolation"] == {"level": "partial", "layers": dict(ISOLATION.layers)}
    assert [one["id"] for one in results["submissions"]] == ["li", "wong"]
    assert results["submissions"][0] == {
        "id": "li",
        "score": 2.0,
        "max_score": 5.0,
        "status": "graded",
        "seconds": 0.0123,
        "problems": [],
        "exercises": [
            {
                "name": "sm_dir",
                "score": 2.0,
                "max_score": 5.0,
                "verdict": "TIME_LIMIT_EXCEEDED",
                "misconception": "diagonal_only",
                "hint": "look again",
                "groups": [
                    {
                        "name": "the worked example",
                        "public": True,
                        "score": 2.0,
                        "max_score": 2.0,
                        "verdict": "ACCEPTED",
                        "message": "",
                    },
                    {
                        "name": "others",
                        "public": False,
                        "score": 0.0,
                        "max_score": 3.0,
                        "verdict": "TIME_LIMIT_EXCEEDED",
                        "message": "ran out of time",
                    },
                ],
            }
        ],
    }


def test_our_own_failure_is_never_a_zero():
    entry = submission_entry(report("wong", judge_error="the sandbox did not start"))
    assert (entry["status"], entry["score"], entry["max_score"]) == ("judge_error", None, 5.0)
    assert entry["exercises"][0]["score"] is None
    assert [group["score"] for group in entry["exercises"][0]["groups"]] == [None, None]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_any_number_of_submissions_is_valid_json(tmp_path, count):
    path = tmp_path / "results.json"
    write_results(path, COURSE, ISOLATION, (report(f"s{number}") for number in range(count)))
    assert len(json.loads(path.read_text())["submissions"]) == count


def test_absurd_text_is_written_as_ascii(tmp_path):
    path = tmp_path / "results.json"
    write_results(path, COURSE, ISOLATION, [report("王\u202e\udcff\x1b[31m")])
    assert path.read_bytes().isascii()
    assert json.loads(path.read_text())["submissions"][0]["id"] == "王\u202e\udcff\x1b[31m"
