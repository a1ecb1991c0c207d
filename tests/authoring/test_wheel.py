"""The wheel is one that pip installs, and that runs as the package does that made it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import pytest

from autograder.authoring import wheel
from autograder.authoring.wheel import build_wheel
from autograder.errors import AutograderError


def test_it_holds_every_module_and_no_cache() -> None:
    with zipfile.ZipFile(BytesIO(build_wheel().content)) as archive:
        names = set(archive.namelist())
        record = archive.read(
            f"softmax_autograder-{version('softmax-autograder')}.dist-info/RECORD"
        )
    package = Path(wheel.__file__).parents[1]
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
    monkeypatch.setattr(wheel, "DISTRIBUTION", "no-such-distribution")
    with pytest.raises(AutograderError, match="is not installed"):
        build_wheel()


@pytest.mark.slow
def test_pip_installs_it_and_it_runs(tmp_path: Path) -> None:
    built = build_wheel()
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
