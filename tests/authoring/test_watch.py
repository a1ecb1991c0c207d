"""`validate --watch` proves again what a saved file concerns, and nothing else."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.authoring.new import new_course, new_exercise

Line = Callable[[], str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = tmp_path_factory.mktemp("watched") / "course"
    new_course(course)
    new_exercise(course, "scale")
    return course


@pytest.fixture
def line(folder: Path) -> Iterator[Line]:
    """The next line that the command prints."""
    command = [sys.executable, "-u", "-m", "autograder", "validate", "--watch"]
    process = subprocess.Popen(
        [*command, "--course", str(folder)], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdout is not None
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=lambda: [lines.put(each) for each in process.stdout])  # type: ignore[union-attr]
    reader.start()
    try:
        yield lambda: lines.get(timeout=60).rstrip("\n")
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_exercise_whose_text_was_saved_is_proved_again(folder: Path, line: Line) -> None:
    solution, inputs = folder / "solutions" / "part1.py", folder / "solutions" / "inputs.py"
    original = solution.read_text(encoding="utf-8")
    assert line() == "watching solutions/ and course.yaml; save a file to prove its exercises"
    change(inputs, "import numpy as np\n", "import numpy as np\n\nLOC = 3.0\n")
    # What is outside of any function concerns all exercises.
    assert [line().partition(":")[0] for _ in range(2)] == ["center", "scale"]
    change(inputs, "def scale_any_size(", "# a comment changes nothing\ndef scale_any_size(")
    assert line().startswith("saved; nothing to prove again")
    first, _, rest = original.partition("return X - X.mean(axis=0)")
    solution.write_text(f"{first}return X - X.mean(axis=1){rest}", encoding="utf-8")
    assert line().startswith("center: ")
    solution.write_text("def (", encoding="utf-8")
    assert line() == "solutions/part1.py:1: invalid syntax; fix it"
    solution.write_text(original, encoding="utf-8")
    assert line().startswith("center: proved (1 variant, 1 misconception, ")
    change(folder / "solutions" / "variants" / "scale.py", "return", "return 2 *")
    assert line().startswith("scale: NOT proved (")


def test_what_cannot_be_watched_is_told(folder: Path) -> None:
    command = [sys.executable, "-m", "autograder", "validate", "--watch", "--course", str(folder)]
    for more, said in (
        (["-e", "centre"], "has no exercise 'centre'; did you mean 'center'?"),
        (["--json"], "--watch: works only with -e and --course; leave out the other options"),
    ):
        done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert said in done.stderr
