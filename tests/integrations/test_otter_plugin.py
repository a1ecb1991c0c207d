"""Otter's own commands give our marks, and run no line of a student's themselves."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from canary import Canary
from warm_process import WarmProcess, warm_process

from autograder.answer_key.build import build_key
from autograder.answer_key.file import key_text
from autograder.authoring.build import build_wheel, otter_archive, placeholder_test
from autograder.errors import SandboxError
from autograder.model.course import Course
from tests.support.corpus import softmax

# Importing otter warns, through packages of its own.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

ROOT = Path(__file__).parents[2]
SUBMISSIONS = ROOT / "tests" / "submissions"
HOSTILE = ROOT / "tests" / "attacks" / "hostile"
RIGHT = "def double(v):\n    return 2 * v\n"
NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "id": "a",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": RIGHT,
        }
    ],
    "metadata": {"kernelspec": {"name": "no-such-kernel", "display_name": "x"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


class Config:
    grade_from_log = True
    pdf = True
    token: str | None = "a token"


@pytest.fixture
def place(tiny_course: Course, tmp_path: Path) -> Path:
    """The folders as otter lays them out before it loads its plugins."""
    for name in ("source/files/.autograder", "source/tests", "submission/tests"):
        (tmp_path / name).mkdir(parents=True)
    key = key_text(tiny_course, build_key(tiny_course), public=False)
    (tmp_path / "source/files/.autograder/key.json").write_text(key)
    for name in tiny_course.support:
        shutil.copy(tiny_course.folder / "solutions" / name, tmp_path / "source/files/.autograder")
    for exercise in tiny_course.exercises:
        for folder in ("source", "submission"):
            path = tmp_path / folder / "tests" / f"{exercise.name}.py"
            path.write_text(placeholder_test(exercise))
    (tmp_path / "submission" / "__init__.py").touch()
    return tmp_path


def graded(place: Path, name: str, text: str) -> tuple[Any, Any]:
    """The plugin and the results that it filled in, without a kernel."""
    from otter.test_files import GradingResults

    from autograder.integrations.otter_plugin import SandboxPlugin

    path = place / "submission" / name
    path.write_text(text)
    plugin = SandboxPlugin(str(path), {}, {})
    plugin.before_grading(Config())
    results = GradingResults.without_results(RuntimeError("the kernel died"))
    plugin.after_grading(results)
    return plugin, results


def test_the_results_are_ours_whatever_became_of_the_kernel(place: Path) -> None:
    plugin, results = graded(place, "part1_scale.py", RIGHT)
    assert (results.total, results.possible) == (5.0, 10.0)
    assert not results.has_catastrophic_failure()
    double = results.results["double"]
    assert [case.hidden for case in double.test_cases] == [False, True, False]
    assert all(one.passed for one in double.test_case_results)
    assert not results.results["mix"].passed_all_public
    assert "double: ACCEPTED" in plugin.generate_report()
    assert pickle.loads(pickle.dumps(results)).total == 5.0  # otter hands them on so


def test_a_share_of_a_groups_points_is_kept(place: Path) -> None:
    wrong = "def double(v):\n    return 3 * v\ndef mix(A, v):\n    return A @ double(v)\n"
    _, results = graded(place, "all.py", wrong)
    assert results.get_score("mix") == 2.5
    assert not any(one.passed for one in results.results["mix"].test_case_results)


def test_a_notebook_is_read_from_its_cells(place: Path) -> None:
    _, results = graded(place, "part1_scale.ipynb", json.dumps(NOTEBOOK))
    assert results.get_score("double") == 5.0


def test_nothing_of_the_hand_in_is_left_for_otter(place: Path) -> None:
    from autograder.integrations.otter_plugin import SandboxPlugin

    folder = place / "submission"
    submission = folder / "part1_scale.ipynb"
    submission.write_text(json.dumps(NOTEBOOK))
    (folder / ".OTTER_LOG").write_bytes(b"cos\nsystem\n(S'touch pwned'\ntR.")
    (folder / "numpy").mkdir()
    (folder / "numpy" / "__init__.py").write_text("raise SystemExit")
    (folder / "sitecustomize.py").write_text("raise SystemExit")
    (folder / "link").symlink_to(place / "source")
    (folder / "tests" / "mine.py").write_text("raise SystemExit")
    config = Config()
    plugin = SandboxPlugin(str(submission), {}, {})
    plugin.before_grading(config)
    left = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert left == {"part1_scale.ipynb", "tests/double.py", "tests/mix.py"}
    assert json.loads(submission.read_text())["cells"] == []
    assert (place / "source" / "files").is_dir()
    assert (config.grade_from_log, config.pdf, config.token) == (False, False, None)
    notebook = plugin.before_execution(json.loads(json.dumps(NOTEBOOK)))
    assert (notebook.cells, notebook.metadata) == ([], {})


def test_a_failure_of_ours_is_no_zero(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise SandboxError("the server is gone")

    monkeypatch.setattr("autograder.sandbox.sandbox.Sandbox.session", broken)
    with pytest.raises(SandboxError, match="not graded: the server is gone"):
        graded(place, "part1_scale.py", RIGHT)


# --- the real thing ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course, key = softmax()
    assignment = {"key.json": key_text(course, key, public=False).encode()}
    for name in course.support:
        assignment[name] = (ROOT / "solutions" / name).read_bytes()
    path = tmp_path_factory.mktemp("otter") / "otter.zip"
    path.write_bytes(otter_archive(course, assignment, build_wheel()))
    return path


OTTER = """
from otter.cli import cli
from otter.run.run_autograder import main

def run(*arguments):
    cli(["run", *arguments]) if len(arguments) > 1 else main(*arguments)
"""


@pytest.fixture(scope="module")
def otter() -> Iterator[WarmProcess]:
    """Otter's commands: `otter run` with several arguments, with one what its container runs."""
    with warm_process(OTTER) as process:
        yield process


def otter_run(otter: WarmProcess, archive: Path, hand_in: Path, folder: Path) -> dict[str, Any]:
    """What `otter run` says: the points by exercise, and the messages."""
    otter.run(folder, "-a", str(archive), "-o", str(folder), "--no-logo", str(hand_in))
    results: dict[str, Any] = json.loads((folder / "results.json").read_text())
    return {test["name"]: test for test in results["tests"]}


def zipped(folder: Path, out: Path) -> Path:
    """A submission as otter takes several files: one notebook at the top, beside any scripts."""
    with zipfile.ZipFile(out, "w") as opened:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                opened.write(path, path.relative_to(folder))
        opened.writestr("answers.ipynb", json.dumps({**NOTEBOOK, "cells": []}))
    return out


@pytest.mark.slow
def test_otter_run_gives_our_scores(otter: WarmProcess, archive: Path, tmp_path: Path) -> None:
    hand_in = zipped(SUBMISSIONS / "one_wrong", tmp_path / "hand-in.zip")
    tests = otter_run(otter, archive, hand_in, tmp_path)
    golden = json.loads((ROOT / "tests" / "judging" / "goldens" / "one_wrong.json").read_text())
    marks = {exercise["name"]: exercise["score"] for exercise in golden["exercises"]}
    assert {exercise: tests[exercise]["score"] for exercise in marks} == marks
    assert sum(marks.values()) == 94.0
    assert tests["Public Tests"]["status"] == "failed"
    assert tests["Public Tests"]["visibility"] == "visible"
    assert {tests[exercise]["visibility"] for exercise in marks} == {"after_published"}


@pytest.mark.slow
def test_a_container_of_otter_grade_gives_our_scores(
    otter: WarmProcess, archive: Path, tmp_path: Path
) -> None:
    # What its Dockerfile does, but for the installation: otter 7.0.0, otter/grade/Dockerfile.
    for name in ("source", "submission", "results"):
        (tmp_path / name).mkdir()
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "source")
    metadata = tmp_path / "submission_metadata.json"
    script = (tmp_path / "source" / "setup.sh").read_text().splitlines()
    (line,) = [line for line in script if "submission_metadata.json" in line]
    subprocess.run(["bash", "-c", line.replace("/autograder", str(tmp_path))], check=True)
    metadata.touch()
    hand_in = SUBMISSIONS / "one_wrong" / "part1_softmax.py"
    (tmp_path / "submission" / hand_in.name).write_bytes(hand_in.read_bytes())
    otter.run(tmp_path, str(tmp_path))
    results = json.loads((tmp_path / "results" / "results.json").read_text())
    marks = {test["name"]: test.get("score") for test in results["tests"]}
    assert (marks["softmax"], marks["sm_dir"], marks["z_dir"]) == (12.0, 8.0, 0.0)
    assert (tmp_path / "results" / "results.pkl").stat().st_size > 0


@pytest.mark.slow
def test_otter_run_gives_a_hostile_hand_in_nothing(
    otter: WarmProcess, archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "canary").mkdir()
    with Canary(HOSTILE / "reads_answer_key", tmp_path / "canary") as canary:
        hand_in = zipped(canary.hand_in, tmp_path / "hand-in.zip")
        tests = otter_run(otter, archive, hand_in, tmp_path)
        assert canary.disturbed() == []
    assert sum(test.get("score", 0.0) for test in tests.values()) == 0.0


LOG = """
import os, pathlib
class Touch:
    def __reduce__(self):
        return pathlib.Path.touch, (pathlib.Path({marker!r}),)
"""


def without_plugin(archive: Path, out: Path) -> Path:
    with zipfile.ZipFile(archive) as opened, zipfile.ZipFile(out, "w") as written:
        for name in opened.namelist():
            if name == "otter_config.json":
                written.writestr(name, json.dumps({"lang": "python"}))
            else:
                written.writestr(name, opened.read(name))
    return out


@pytest.mark.slow
def test_otter_run_unpickles_no_log_and_imports_nothing_of_the_students(
    otter: WarmProcess, archive: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    names: dict[str, Any] = {}
    exec(LOG.format(marker=str(marker)), names)
    trap = f"import pathlib; pathlib.Path({str(marker)!r}).touch()"
    cell = {**NOTEBOOK["cells"][0], "source": trap}  # type: ignore[index]
    hand_in = tmp_path / "hand-in.zip"
    with zipfile.ZipFile(hand_in, "w") as opened:
        opened.writestr(".OTTER_LOG", pickle.dumps(names["Touch"]()))
        for module in ("otter", "ipykernel", "numpy", "json", "sitecustomize", "tests/softmax"):
            opened.writestr(f"{module}.py", trap)
        opened.writestr("answers.ipynb", json.dumps({**NOTEBOOK, "cells": [cell], "metadata": {}}))
    tests = otter_run(otter, archive, hand_in, tmp_path)
    assert tests["softmax"]["score"] == 0.0
    assert not marker.exists()
    # the traps are real: without the plugin otter walks into them
    otter_run(otter, without_plugin(archive, tmp_path / "bare.zip"), hand_in, tmp_path)
    assert marker.exists()
