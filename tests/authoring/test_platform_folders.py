"""Folders for other platforms hold all that grading needs, and their scripts grade."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from offline import path_of_image, prepare_engine

from autograder.answer_key.build import build_key
from autograder.answer_key.file import key_text
from autograder.authoring.build import build_wheel, platform_folders
from autograder.cli.authors import build_command
from autograder.model.course import Course

WHEEL = build_wheel()
QUESTION = "prairielearn/questions/a-tiny-course"
RIGHT = "def double(v):\n    return 2.0 * v\n"
needs_root = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="these machines grade as root"
)


@pytest.fixture
def files(tiny_course: Course, tiny_folder: Path) -> dict[str, bytes]:
    key = key_text(tiny_course, build_key(tiny_course), public=False).encode()
    support = {
        name: (tiny_folder / "solutions" / name).read_bytes() for name in tiny_course.support
    }
    return platform_folders(tiny_course, {"key.json": key, **support}, WHEEL)


@pytest.fixture
def folder(files: dict[str, bytes], tmp_path: Path) -> Path:
    for path, content in files.items():
        target = tmp_path / "built" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return tmp_path / "built"


def run(*command: str | Path, cwd: Path, **given: str) -> str:
    path = path_of_image(cwd / "image")
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={"PATH": path, "HOME": "/root", **given},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_same_course_gives_the_same_files(files: dict[str, bytes], tiny_course: Course) -> None:
    names = ("key.json", *tiny_course.support)
    assignment = {name: files[f"coursera/assignment/{name}"] for name in names}
    assert platform_folders(tiny_course, assignment, WHEEL) == files


def test_the_help_and_the_docs_name_each_folder(files: dict[str, bytes]) -> None:
    page = Path(__file__).parents[2] / "docs" / "platforms" / "others.md"
    for folder in {path.partition("/")[0] for path in files}:
        assert folder in str(build_command.help)
        assert f"| `platforms/{folder}/` |" in page.read_text(encoding="utf-8")


def test_students_get_nothing_of_the_key_with_gitlab(files: dict[str, bytes]) -> None:
    assert [path for path in files if path.startswith("gitlab/")] == ["gitlab/.gitlab-ci.yml"]
    job = yaml.safe_load(files["gitlab/.gitlab-ci.yml"])["grade"]
    assert job["artifacts"]["reports"] == {"junit": "report.xml"}
    assert all(isinstance(line, str) for line in job["script"])
    assert "grade-for junit . --key course.json --out report.xml" in job["script"][-1]


def test_a_question_of_prairielearn_names_every_file(files: dict[str, bytes]) -> None:
    info = json.loads(files[f"{QUESTION}/info.json"])
    assert {"uuid", "title", "topic", "type", "gradingMethod"} <= info.keys()
    options = info["externalGradingOptions"]
    assert options["entrypoint"] == "/grade/tests/run.sh"
    assert 0 < options["timeout"] <= 600
    found: dict[str, dict[str, str | None]] = {}

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found[tag] = dict(attrs)

    Reader().feed(files[f"{QUESTION}/question.html"].decode())
    assert found["pl-file-upload"] == {"file-names": "part1_scale.py, part2_mix.py"}
    assert {"pl-external-grader-results", "pl-question-panel"} <= found.keys()


@needs_root
def test_prairielearn_grades_an_upload(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "grade"
    (root / "student").mkdir(parents=True)
    (root / "student" / "part1_scale.py").write_text(RIGHT)
    (folder / QUESTION / "tests").rename(root / "tests")
    prepare_engine(root / "engine")
    run("bash", root / "tests" / "run.sh", cwd=tmp_path, GRADE_ROOT=str(root))
    results = json.loads((root / "results" / "results.json").read_text())
    assert (results["gradable"], results["score"]) == (True, 0.5)  # one of two parts
    (root / "tests" / "key.json").unlink()
    run("bash", root / "tests" / "run.sh", cwd=tmp_path, GRADE_ROOT=str(root))
    assert json.loads((root / "results" / "results.json").read_text())["gradable"] is False


@needs_root
def test_autolab_reads_the_scores_from_the_last_line(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "autolab"
    place.mkdir()
    (place / "part1_scale.py").write_text(RIGHT)
    (folder / "autolab" / "autograde.tar").rename(place / "autograde.tar")
    (folder / "autolab" / "autograde-Makefile").rename(place / "Makefile")
    prepare_engine(place / "engine")
    last = run("make", "--silent", cwd=place).splitlines()[-1]
    assert json.loads(last) == {"scores": {"double": 5.0, "mix": 0.0}}
    assert not (place / "autograde").stat().st_mode & 0o077


def test_submitty_gets_validation_results(folder: Path, tmp_path: Path) -> None:
    config = json.loads((folder / "submitty" / "config.json").read_text())
    (validation,) = config["testcases"][0]["validation"]
    place = tmp_path / "work"
    place.mkdir()
    (place / "part1_scale.py").write_text(RIGHT)
    (folder / "submitty" / "custom_validation_code").rename(place / "custom_validation_code")
    command = validation["command"].split()
    assert run(sys.executable, *command[1:], cwd=place) == ""
    results = json.loads((place / "validation_results.json").read_text())
    assert (results["status"], results["data"]["score"]) == ("success", 0.5)


@pytest.mark.parametrize("name", [f"{QUESTION}/tests/run.sh"])
def test_scripts_are_shell(files: dict[str, bytes], name: str) -> None:
    subprocess.run(["bash", "-n"], input=files[name], check=True)
    assert b"@" not in files[name].replace(b"$@", b"")


def test_courseras_image_can_be_read_by_whatever_user_runs_it(files: dict[str, bytes]) -> None:
    text = files["coursera/Dockerfile"].decode()
    assert f"/grader/assignment/{WHEEL.name} && chmod -R a+rX /grader" in text
    assert "--require-isolation" in text
    assert f"coursera/assignment/{WHEEL.name}" in files
    assert "@" not in text
