from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError, version
from io import BytesIO
from pathlib import Path

import pytest

from autograder.authoring import build
from autograder.authoring.build import build_wheel, filled, zipped
from autograder.errors import AutograderError


def test_gaps_are_filled_and_nothing_else_is_touched() -> None:
    text = filled("grade.yml", needs="'numpy>=1'", wheel="engine.whl")
    assert "pip install --quiet 'numpy>=1'\n" in text
    assert "/engine.whl" in text
    assert "uses: actions/checkout@v4" in text
    assert "${{ secrets.AUTOGRADER_KEY_TOKEN }}" in text
    assert "@WHEEL@" not in text


def test_a_gap_without_a_value_is_a_bug() -> None:
    with pytest.raises(KeyError, match="needs"):
        filled("grade.yml", wheel="engine.whl")


def test_the_order_and_the_time_of_packing_do_not_show() -> None:
    one = zipped({"b.txt": b"2", "a/c.txt": b"1"})
    other = zipped({"a/c.txt": b"1", "b.txt": b"2"})
    assert one == other
    with zipfile.ZipFile(BytesIO(one)) as archive:
        assert archive.namelist() == ["a/c.txt", "b.txt"]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("a/c.txt") == b"1"


def test_scripts_are_executable_and_nothing_else_is() -> None:
    packed = zipped({"run": b"#!/bin/sh\n", "read.md": b"# title\n"})
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    assert modes == {"run": 0o755, "read.md": 0o644}


def test_it_holds_every_module_and_no_cache() -> None:
    with zipfile.ZipFile(BytesIO(build_wheel().content)) as archive:
        names = set(archive.namelist())
        record = archive.read(
            f"softmax_autograder-{version('softmax-autograder')}.dist-info/RECORD"
        )
    package = Path(build.__file__).parents[1]
    modules = {path.relative_to(package.parent).as_posix() for path in package.rglob("*.py")}
    assert modules <= names
    assert "autograder/course.schema.json" in names
    assert not [name for name in names if "__pycache__" in name or "/." in name]
    assert {line.split(",")[0] for line in record.decode().splitlines()} == names


def test_it_is_the_same_bytes_each_time() -> None:
    assert build_wheel() == build_wheel()


def test_the_readme_of_the_project_stays_out() -> None:
    with zipfile.ZipFile(BytesIO(build_wheel().content)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        text = archive.read(name).decode()
    assert text.startswith("Metadata-Version: ")
    assert "\nRequires-Dist: numpy>=" in text
    assert "Description" not in text
    assert "\n\n" not in text


def test_grading_needs_are_those_of_the_package_with_their_bounds() -> None:
    needs = build_wheel().grading_needs
    assert [need.partition(">=")[0] for need in needs] == ["numpy", "click"]
    assert all(need.partition(">=")[2] for need in needs)


def test_an_engine_that_was_never_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Distribution:
        raise PackageNotFoundError

    monkeypatch.setattr(build, "installed", missing)
    with pytest.raises(AutograderError, match="is not installed"):
        build_wheel()


@pytest.mark.slow
def test_pip_installs_it_and_it_runs(tmp_path: Path) -> None:
    built = build_wheel("a-course-autograder")
    assert built.name == f"a_course_autograder-{version('softmax-autograder')}-py3-none-any.whl"
    (tmp_path / built.name).write_bytes(built.content)
    site = tmp_path / "site"
    install = ["pip", "install", "--no-deps", "--no-index", "--target", str(site), built.name]
    subprocess.run([sys.executable, "-m", *install], cwd=tmp_path, check=True, capture_output=True)
    script = (
        "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "import autograder; print(autograder.__file__)\n"
        "from autograder.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(site), "--version"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    where, said = done.stdout.splitlines()
    assert Path(where).is_relative_to(site)
    assert version("softmax-autograder") in said
