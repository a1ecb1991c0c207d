"""The workflows are what GitHub reads, and their steps do what they say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from offline import path_of_image, prepare_engine
from platform_schemas import check_classroom50

from autograder.answer_key.build import build_key
from autograder.answer_key.file import key_text
from autograder.authoring.build import build_wheel, github_files
from autograder.cli.commands import COMMANDS
from autograder.model.course import Course

WHEEL = build_wheel()
RIGHT = "def double(v):\n    return 2 * v\n"


@pytest.fixture
def files(tiny_course: Course) -> dict[str, bytes]:
    key = build_key(tiny_course)
    support = {"notes.csv": b"a,b\n"}
    full = key_text(tiny_course, key, public=False).encode()
    public = key_text(tiny_course, key, public=True).encode()
    return github_files({"key.json": full, **support}, {"course.json": public, **support}, WHEEL)


def workflow(files: dict[str, bytes], name: str) -> dict[Any, Any]:
    read: dict[Any, Any] = yaml.safe_load(files[name])
    return read


def steps(read: dict[Any, Any]) -> list[dict[str, Any]]:
    (job,) = read["jobs"].values()
    return list(job["steps"])


def test_only_the_private_folder_holds_the_full_key(files: dict[str, bytes]) -> None:
    assert files.keys() == {
        *("README.md", "grade.yml", "classroom50.yml", "classroom50/autograder.py"),
        *(f"classroom50/{name}" for name in ("course.json", "notes.csv", WHEEL.name)),
        *(f"private/{name}" for name in ("key.json", "notes.csv", WHEEL.name)),
    }
    seeds = {p: json.loads(files[p])["course"].get("seed") for p in files if p.endswith(".json")}
    assert seeds == {"private/key.json": 7, "classroom50/course.json": None}


@pytest.mark.parametrize("name", ["grade.yml", "classroom50.yml"])
def test_workflows_are_complete_and_ask_for_no_more_than_they_need(
    files: dict[str, bytes], name: str
) -> None:
    read = workflow(files, name)
    assert b"@WHEEL@" not in files[name]
    assert read["permissions"] == {"contents": "read" if name == "grade.yml" else "write"}
    # YAML 1.1 reads the key `on` as true
    assert set(read[True]) == (
        {"push", "workflow_dispatch"} if name == "grade.yml" else {"workflow_call"}
    )
    for step in steps(read):
        if "uses" in step:
            assert re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"])
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False
        if "run" in step:
            # What a student can choose reaches a script through its environment alone.
            assert "${{" not in step["run"]
            subprocess.run(["bash", "-n"], input=step["run"], text=True, check=True)


def test_every_command_in_the_files_exists(files: dict[str, bytes]) -> None:
    texts = [text.decode() for path, text in files.items() if not path.endswith((".whl", ".json"))]
    commands = [
        *re.findall(r"-m autograder ([a-z-]+)", "\n".join(texts)),
        *re.findall(r'"autograder", "([a-z-]+)"', "\n".join(texts)),
        *re.findall(r"`autograder ([a-z-]+)`", "\n".join(texts)),
    ]
    assert len(commands) >= 4
    assert set(commands) <= set(COMMANDS)


def test_the_readme_says_what_students_can_read(files: dict[str, bytes]) -> None:
    readme = files["README.md"].decode()
    assert "A student can read whatever a workflow" in readme
    for path in ("grade.yml", "classroom50.yml", "classroom50/", "private/"):
        assert f"`{path}`" in readme


# --- the steps, run -----------------------------------------------------------------------------


@pytest.fixture
def checkout(files: dict[str, bytes], tmp_path: Path) -> Iterator[Path]:
    """A runner's folder after the checkouts: the student's files, and those of private/."""
    hand_in = tmp_path / "submission"
    hand_in.mkdir()
    (hand_in / "part1_scale.py").write_text(RIGHT)
    for path, content in files.items():
        folder, _, name = path.partition("/")
        if folder in ("private", "classroom50") and name:
            place = tmp_path / {"private": "key", "classroom50": "bundle"}[folder] / name
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(content)
    for name in ("course.json", "notes.csv", WHEEL.name):
        (hand_in / name).write_bytes((tmp_path / "bundle" / name).read_bytes())
    return tmp_path


def run(command: list[str], folder: Path, **given: str) -> subprocess.CompletedProcess[str]:
    path = path_of_image(folder.parent / "image")
    return subprocess.run(
        command,
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), "PIP_NO_INDEX": "1", **given},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def run_step(read: dict[Any, Any], folder: Path, **given: str) -> str:
    """The step called Grade, in the shell that GitHub takes for it."""
    (script,) = [step["run"] for step in steps(read) if step.get("name") == "Grade"]
    summary = folder / "summary.md"
    summary.touch()
    prepare_engine(folder / "engine")
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = run(shell, folder, GITHUB_STEP_SUMMARY=str(summary), **given)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("repository", "points"), [("", "4"), ("school/keys", "10")])
def test_a_push_is_graded_with_the_key_that_there_is(
    files: dict[str, bytes], checkout: Path, repository: str, points: str
) -> None:
    said = run_step(workflow(files, "grade.yml"), checkout, KEY_REPOSITORY=repository)
    summary = (checkout / "summary.md").read_text()
    assert summary.startswith("## A tiny course: ")
    assert f"of {points} points" in summary.splitlines()[0]
    assert ("hidden groups hold 6 more points" in summary) is (repository == "")
    assert "::notice title=mix%3A " in said


@pytest.mark.slow
def test_classroom50_gets_result_json_from_the_workflow(
    files: dict[str, bytes], checkout: Path
) -> None:
    hand_in = checkout / "submission"
    (hand_in / ".classroom50.yaml").write_text('classroom: "cs-2026"\nassignment: softmax\n')
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example"]
    run([*git, "init", "-q"], hand_in)
    run([*git, "add", "-A"], hand_in)
    when = {"GIT_COMMITTER_DATE": "2026-06-01T16:32:01+0200"}
    assert run([*git, "commit", "-q", "-m", "one"], hand_in, **when).returncode == 0
    run_step(
        workflow(files, "classroom50.yml"),
        checkout,
        GITHUB_ENV=str(checkout / "env"),
        GITHUB_SERVER_URL="https://github.example",
        GITHUB_REPOSITORY="school/cs-2026-softmax-alice",
        GITHUB_SHA="a1b2c3d4e5",
    )
    result = json.loads((checkout / "result.json").read_text())
    check_classroom50(result)
    assert (result["classroom"], result["assignment"]) == ("cs-2026", "softmax")
    assert result["owner"] == "alice"
    assert re.fullmatch(r"submit/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-a1b2c3d", result["submission"])
    assert result["release"].endswith(f"/tag/{result['submission'].replace('/', '%2F')}")
    assert result["datetime"] == "2026-06-01T14:32:01Z"
    assert (result["score"], result["max-score"]) == (10, 20)
    assert (checkout / "env").read_text() == f"SUBMISSION_TAG={result['submission']}\n"
    assert (checkout / "summary.md").read_text().startswith("## A tiny course: 5 of 10 points")


@pytest.mark.slow
def test_classroom50_gets_result_json_from_the_bundle(checkout: Path) -> None:
    given = {
        "CLASSROOM": "cs",
        "ASSIGNMENT": "softmax",
        "SUBMISSION_TAG": "submit/x",
        "COMMIT_URL": "https://github.example/commit/1",
        "RELEASE_URL": "https://github.example/releases/tag/x",
        "OWNER": "alice",
    }
    # a submission that would break whoever imports from the folder it lies in
    for name in ("subprocess", "venv", "pip", "autograder"):
        (checkout / "submission" / f"{name}.py").write_text("raise SystemExit(9)\n")
    prepare_engine(checkout / "bundle" / "engine")
    command = [sys.executable, str(checkout / "bundle" / "autograder.py")]
    done = run(command, checkout / "submission", **given)
    assert done.returncode == 0, done.stderr
    result = json.loads((checkout / "submission" / "result.json").read_text())
    check_classroom50(result)
    # the public groups of `double`, and none of `mix`, which was not handed in
    assert (result["score"], result["max-score"]) == (2, 4)
    (checkout / "bundle" / "course.json").unlink()
    (checkout / "submission" / "result.json").unlink()
    done = run(command, checkout / "submission", **given)
    assert done.returncode != 0
    assert not (checkout / "submission" / "result.json").exists()
