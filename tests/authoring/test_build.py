"""`autograder build` makes all of it from the course, and the same each time."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.authoring import build as module
from autograder.authoring.build import build
from autograder.errors import CourseError, UsageError

TOP = {"student.zip", "gradescope.zip", "otter.zip", "github", "platforms"}


@pytest.fixture
def no_otter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otter takes seconds to make its archive, which has tests of its own."""
    monkeypatch.setattr(module, "otter_archive", lambda course, assignment, wheel: b"PK")


def contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.usefixtures("no_otter")
def test_everything_is_made_without_the_exercises_folder(tiny_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "a" / "dist"
    written = build(tiny_folder, out)
    assert {path.partition("/")[0] for path in written} == TOP
    assert set(written) == contents(out).keys()
    with zipfile.ZipFile(out / "student.zip") as archive:
        assert "a-tiny-course/part1_scale.py" in archive.namelist()
        assert b"return 2.0" not in archive.read("a-tiny-course/part1_scale.py")
    with zipfile.ZipFile(out / "gradescope.zip") as archive:
        key = archive.read("assignment/key.json")
    assert key == (out / "github" / "private" / "key.json").read_bytes()
    assert json.loads(key)["course"]["seed"] == 7


@pytest.mark.usefixtures("no_otter")
def test_an_answer_in_the_exercises_folder_is_not_handed_out(
    tiny_folder: Path, tmp_path: Path
) -> None:
    (tiny_folder / "exercises").mkdir()
    (tiny_folder / "exercises" / "part1_scale.py").write_text("def double(v):\n    return 2 * v\n")
    build(tiny_folder, tmp_path / "dist")
    with zipfile.ZipFile(tmp_path / "dist" / "student.zip") as archive:
        assert b"return 2 * v" not in archive.read("a-tiny-course/part1_scale.py")


@pytest.mark.usefixtures("no_otter")
def test_the_same_course_gives_the_same_bytes(tiny_folder: Path, tmp_path: Path) -> None:
    build(tiny_folder, tmp_path / "one")
    build(tiny_folder, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.usefixtures("no_otter")
def test_a_broken_course_leaves_an_earlier_build_alone(tiny_folder: Path, tmp_path: Path) -> None:
    build(tiny_folder, tmp_path / "dist")
    before = contents(tmp_path / "dist")
    (tiny_folder / "solutions" / "part1_scale.py").write_text("def double(v:\n")
    with pytest.raises(CourseError, match=r"part1_scale\.py"):
        build(tiny_folder, tmp_path / "dist")
    assert contents(tmp_path / "dist") == before


@pytest.mark.usefixtures("no_otter")
def test_a_place_that_cannot_be_written_is_named(tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"file/student\.zip: cannot be written"):
        build(tiny_folder, tmp_path / "file")


@pytest.mark.slow
def test_the_command_builds_with_otter_itself(tiny_folder: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "build", "--out", "dist"],
        cwd=tiny_folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in (tiny_folder / "dist").iterdir()} == TOP
    lines = [line for line in done.stdout.splitlines() if line.startswith("wrote ")]
    assert lines[0] == "wrote dist/student.zip"
    assert {line.removeprefix("wrote dist/") for line in lines} == contents(
        tiny_folder / "dist"
    ).keys()
    with zipfile.ZipFile(tiny_folder / "dist" / "otter.zip") as archive:
        assert "otter_config.json" in archive.namelist()
