"""The courses that authors may copy are whole: proved, derived, and used by the same commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.answer_key.answers import calling_of
from autograder.answer_key.catalog import MISCONCEPTIONS, read_bank
from autograder.answer_key.file import read_key
from autograder.answer_key.trusted_modules import load_references
from autograder.authoring import build
from autograder.authoring.sync import check
from autograder.authoring.validate import validate
from autograder.course.load import load_course
from autograder.integrations.notebook_check import Notebook
from tests.support.commands import run

HERE = Path(__file__).parent
COURSES = sorted(path.parent for path in HERE.glob("*/course.yaml"))


@pytest.fixture(params=COURSES, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    chosen: Path = request.param
    return chosen


def test_it_is_proved(folder: Path) -> None:
    proof = validate(folder)
    assert (proof.failures, proof.survivors) == ((), ())
    assert all(one.misconceptions >= 3 and one.variants for one in proof.exercises)
    assert sum(1 for one in proof.exercises if one.oracles) >= len(proof.exercises) / 2


def test_its_exercises_are_those_that_its_solutions_make(folder: Path) -> None:
    assert check(folder) == ()


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """What `build` makes of a course, once; otter takes seconds for its archive, see test_build."""

    @cache
    def built(folder: Path) -> Path:
        out = tmp_path_factory.mktemp(folder.name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(build, "otter_archive", lambda course, assignment, wheel: b"PK")
            build.build(folder, out)
        return out

    return built


def test_what_students_get_bears_its_name_and_holds_no_answer(
    folder: Path, dist: Callable[[Path], Path]
) -> None:
    course = load_course(folder)
    with zipfile.ZipFile(dist(folder) / "student.zip") as archive:
        names = archive.namelist()
        texts = {name: archive.read(name) for name in names if name.endswith((".py", ".ipynb"))}
        readme = next(archive.read(name) for name in names if name.endswith("README.md"))
    assert readme.decode().startswith(f"# {course.name}\n")
    slug = course.name.lower().replace(" ", "_")
    assert any(name.rpartition("/")[2].startswith(f"{slug}_autograder-") for name in names)
    for answer in read_bank(course, MISCONCEPTIONS):
        assert not any(answer.identifier.encode() in text for text in texts.values())


def test_it_is_graded_and_checked_by_the_commands(folder: Path, tmp_path: Path) -> None:
    course = load_course(folder)
    right = tmp_path / "class" / "right"
    right.mkdir(parents=True)
    for part in course.parts:
        (right / f"{part.name}.py").write_bytes(
            (folder / "solutions" / f"{part.name}.py").read_bytes()
        )
    stubs = tmp_path / "class" / "stubs"
    stubs.mkdir()
    for part in course.parts:
        (stubs / f"{part.name}.py").write_bytes(
            (folder / "exercises" / f"{part.name}.py").read_bytes()
        )
    checked = run("check", right, cwd=folder)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert run("check", stubs, cwd=folder).returncode == 1
    graded = run("grade", tmp_path / "class", "--out", tmp_path / "graded", cwd=folder)
    assert graded.returncode == 0, graded.stderr
    results = json.loads((tmp_path / "graded" / "results.json").read_text(encoding="utf-8"))
    scores = {one["id"]: one["score"] for one in results["submissions"]}
    assert scores == {"right": course.points, "stubs": 0.0}


def test_pytest_and_a_running_notebook_say_the_same(folder: Path, tmp_path: Path) -> None:
    """With the solutions for answers every public group passes, however it is called."""
    exercises = tmp_path / "exercises"
    shutil.copytree(folder / "exercises", exercises)
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(exercises)]
    course, _ = read_key(exercises / "course.json")
    env: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(exercises))
        for part in course.parts:
            shutil.copy(folder / "solutions" / f"{part.name}.py", exercises)
            exec((exercises / f"{part.name}.py").read_text(encoding="utf-8"), env)
        notebook = Notebook(tests_dir=str(exercises / "tests"))
        checked = {one.name: notebook.check(one.name, env).report for one in course.exercises}
        for name in [*(part.name for part in course.parts), "functions"]:
            sys.modules.pop(name, None)
    assert [name for name, report in checked.items() if report.score < report.max_score] == []
    done = subprocess.run(
        [*command, str(exercises)], cwd=exercises, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert f"{len(course.exercises)} passed" in done.stdout


def test_a_platform_grades_with_what_was_built(
    folder: Path, dist: Callable[[Path], Path], tmp_path: Path
) -> None:
    course = load_course(folder)
    with zipfile.ZipFile(dist(folder) / "gradescope.zip") as archive:
        archive.extractall(tmp_path / "source")
    hand_in = tmp_path / "hand_in"
    hand_in.mkdir()
    for part in course.parts:
        shutil.copy(folder / "solutions" / f"{part.name}.py", hand_in)
    key, out = tmp_path / "source" / "assignment" / "key.json", tmp_path / "results.json"
    words = ["grade-for", "gradescope", hand_in, "--key", key, "--out", out]
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(out.read_text(encoding="utf-8"))["score"] == course.points


def test_references_are_called_as_declared(folder: Path) -> None:
    course = load_course(folder)
    for name, reference in load_references(course).items():
        exercise = next(one for one in course.exercises if one.name == name)
        assert calling_of(exercise, reference).steps == exercise.calls
