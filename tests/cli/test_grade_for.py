"""`autograder grade-for` as the platforms' scripts call it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import commands
import pytest
from platform_schemas import check_classroom50, check_gradescope

from autograder.answer_key.build import build_key
from autograder.answer_key.file import key_text
from autograder.model.course import Course

WRONG = "def double(v):\n    return 3 * v\n"


def run(*arguments: str | Path, cwd: Path, **given: str) -> subprocess.CompletedProcess[str]:
    return commands.run("grade-for", *arguments, cwd=cwd, **given)


@pytest.fixture
def key_path(tiny_course: Course, tmp_path: Path) -> Path:
    path = tmp_path / "key" / "key.json"
    path.parent.mkdir()
    path.write_text(key_text(tiny_course, build_key(tiny_course), public=False), encoding="utf-8")
    for name in tiny_course.support:
        shutil.copy(tiny_course.folder / "solutions" / name, path.parent)
    return path


@pytest.fixture
def hand_in(tmp_path: Path) -> Path:
    folder = tmp_path / "hand-in"
    folder.mkdir()
    (folder / "part1_scale.py").write_text(WRONG)
    return folder


def test_gradescope_gets_results(hand_in: Path, key_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    options = ("--key", key_path, "--out", out, "--feedback", "html", "--hidden-groups", "hidden")
    done = run("gradescope", hand_in, *options, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    results = json.loads(out.read_text())
    check_gradescope(results, scored=True)
    assert results["score"] == 0.0
    first = results["tests"][0]
    message, hint = first["output"].splitlines()
    assert message == (
        "<p>at [0] got 3, expected 2 (3 of 3 cells are wrong); called with v = [1., 2., 4.]</p>"
    )
    assert hint.startswith("<p>Hint: ")
    assert results["tests"][1]["visibility"] == "hidden"


@pytest.mark.parametrize("broken", ["no key", "bad key", "no submission", "isolation"])
def test_gradescope_gets_results_without_a_score_where_grading_breaks(
    hand_in: Path, key_path: Path, tmp_path: Path, broken: str
) -> None:
    out = tmp_path / "results.json"
    options = ["--key", str(key_path), "--out", str(out)]
    if broken == "no key":
        key_path.unlink()
    elif broken == "bad key":
        key_path.write_text('{"schema": "autograder/key/v1", "public": false}')
    elif broken == "no submission":
        (hand_in / "part1_scale.py").unlink()
        hand_in.rmdir()
    else:
        # what a machine without seccomp would say
        script = (
            "import autograder.sandbox.sandbox as s\n"
            "from autograder.model.report import Isolation\n"
            "s.Sandbox.isolation = Isolation('process', {'seccomp': 'off (refused)'})\n"
            "from autograder.cli import main; main()"
        )
        words = ["grade-for", "gradescope", str(hand_in), *options]
        command = [sys.executable, "-c", script, *words, "--require-isolation", "partial"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if broken != "isolation":
        done = run("gradescope", hand_in, *options, cwd=tmp_path)
    assert done.returncode in (2, 3)
    assert done.stderr.startswith("autograder: ")
    assert done.stderr.count("\n") == 1
    results = json.loads(out.read_text())
    check_gradescope(results, scored=False)
    assert results["tests"][0]["output"] in done.stderr


def test_classroom50_gets_the_identity_that_its_runner_gives(
    hand_in: Path, key_path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "result.json"
    given = {
        "CLASSROOM": "cs",
        "ASSIGNMENT": "softmax",
        "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
        "COMMIT_URL": "https://github.example/commit/a1b2c3d",
        "RELEASE_URL": "https://github.example/releases/tag/x",
        "REVIEW_URL": "",
        "USERNAME": "alice",
        "ASSIGNMENT_TYPE": "group",
        "SUBMITTED_AT": "2026-06-01T14:32:01Z",
    }
    arguments = ("classroom50", hand_in, "--key", key_path, "--out", out)
    done = run(*arguments, cwd=tmp_path, **given)
    assert (done.returncode, done.stderr) == (0, "")  # a failing grade is no failure
    result = json.loads(out.read_text())
    check_classroom50(result)
    assert (result["classroom"], result["assignment"]) == ("cs", "softmax")
    assert (result["owner"], result["assignment_type"]) == ("alice", "group")
    assert result["submission"] == given["SUBMISSION_TAG"]
    assert result["review"] == result["commit"] == given["COMMIT_URL"]
    assert result["datetime"] == given["SUBMITTED_AT"]
    assert (result["score"], result["max-score"]) == (0, 20)
    assert (tmp_path / "release-body.md").read_text().startswith("## A tiny course: 0 of 10")


def test_classroom50_by_hand_gets_a_result_that_is_nobodys(
    hand_in: Path, key_path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "result.json"
    done = run("classroom50", hand_in, "--key", key_path, "--out", out, cwd=tmp_path)
    assert done.returncode == 0
    check_classroom50(json.loads(out.read_text()))


@pytest.mark.parametrize("platform", ["classroom50", "github"])
def test_the_others_get_no_result_where_grading_breaks(
    platform: str, hand_in: Path, tmp_path: Path
) -> None:
    done = run(platform, hand_in, "--key", "none.json", "--out", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()


def test_an_out_that_cannot_be_written_is_wrong_usage(
    hand_in: Path, key_path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "nowhere" / "out"
    done = run("github", hand_in, "--key", key_path, "--out", out, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"autograder: {out}: cannot be written (No such file")


def test_github_gets_a_summary_and_annotations(
    hand_in: Path, key_path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "summary.md"
    done = run("github", hand_in, "--key", key_path, "--out", out, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "| `double` | 0 / 5 | 0 / 3 | wrong answer |" in out.read_text()
    first, *_ = done.stdout.splitlines()
    assert first.startswith("::error file=part1_scale.py,line=1,title=double%3A ")


def test_the_hand_in_is_not_on_the_path_of_the_grader(
    hand_in: Path, key_path: Path, tmp_path: Path
) -> None:
    for name in ("numpy", "json", "click", "autograder"):
        (hand_in / f"{name}.py").write_text("raise SystemExit('the submission was imported')")
    command = [sys.executable, "-I", "-m", "autograder", "grade-for", "github", "."]
    command += ["--key", str(key_path), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=hand_in, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("platform", "said"),
    [
        ("prairielearn", '"gradable": true'),
        ("coursera", '"fractionalScore": 0.0'),
        ("autolab", '{"scores": {"double": 0.0'),
        ("submitty", '"status": "success"'),
        ("junit", "<testsuites name="),
    ],
)
def test_other_platforms_get_results(
    hand_in: Path, key_path: Path, tmp_path: Path, platform: str, said: str
) -> None:
    out = tmp_path / "results"
    done = run(platform, hand_in, "--key", key_path, "--out", out, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert said in out.read_text()
    if platform == "autolab":  # which reads the last line of what is printed
        assert done.stdout.splitlines()[-1] == out.read_text().strip()


def test_prairielearn_takes_no_attempt_where_grading_breaks(
    hand_in: Path, key_path: Path, tmp_path: Path
) -> None:
    key_path.unlink()
    out = tmp_path / "results.json"
    done = run("prairielearn", hand_in, "--key", key_path, "--out", out, cwd=tmp_path)
    assert done.returncode == 2
    assert json.loads(out.read_text())["gradable"] is False
    done = run("submitty", hand_in, "--key", key_path, "--out", out, cwd=tmp_path)
    assert done.returncode == 2
    assert json.loads(out.read_text())["status"] == "failure"
