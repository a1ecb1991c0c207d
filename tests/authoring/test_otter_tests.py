"""The test files are what otter takes for one test per public group."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.authoring.otter_tests import HEADER, otter_test
from autograder.authoring.sync import sync
from autograder.model import Draw, Exercise, TestGroup, Tolerance


def group(name: str, points: float, public: bool) -> TestGroup:
    return TestGroup(name, points, public, Draw("example"), Tolerance())


NAMES = ["the worked example", "the worked-example", 'a "quoted" \\name', "é"]
EXERCISE = Exercise(
    "f",
    "part1_f",
    (
        group(NAMES[0], 2.0, True),
        group("a hidden one", 5.0, False),
        group(NAMES[1], 0.5, True),
        group(NAMES[2], 1.25, True),
        group(NAMES[3], 1.0, True),
    ),
)


# Importing otter warns, through packages of its own.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_otter_finds_one_test_for_each_public_group() -> None:
    import otter.test_files.exception_test as otter

    text = otter_test(EXERCISE)
    assert text is not None
    assert text.startswith(HEADER)
    assert "hidden" not in text
    test = otter.ExceptionTestFile.from_string(text)
    assert test.name == "f"
    assert test.all_or_nothing is False
    assert [case.name for case in test.test_cases] == [f"f: {name}" for name in NAMES]
    assert [case.points for case in test.test_cases] == [2, 0.5, 1.25, 1]
    assert not any(case.hidden for case in test.test_cases)


def test_an_exercise_without_a_public_group_has_no_test() -> None:
    assert otter_test(Exercise("f", "part1_f", (group("a hidden one", 5.0, False),))) is None


def otter_check(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "otter", "check", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_otter_check_agrees_with_ours_on_scripts_and_notebooks(tiny_folder: Path) -> None:
    sync(tiny_folder)
    folder = tiny_folder / "exercises"
    shown = otter_check(folder, "part1_scale.py", "-q", "double")
    assert shown.count("AssertionError: double is not written yet") == 2

    for ending, answer in ((".py", "return 2.0 * v"), (".ipynb", "return v")):
        path = folder / f"part1_scale{ending}"
        path.write_text(path.read_text().replace("raise NotImplementedError", f"{answer}  # "))
    assert "All tests passed!" in otter_check(folder, "part1_scale.py", "-q", "double")
    shown = otter_check(folder, "part1_scale.ipynb", "-q", "double")
    assert "AssertionError: at [0] got 1, expected 2 (3 of 3 cells are wrong)" in shown


@pytest.mark.slow
def test_otter_checks_all_parts_from_the_file_of_one(tiny_folder: Path) -> None:
    sync(tiny_folder)
    folder = tiny_folder / "exercises"
    answers = {"part1_scale": "2.0 * v", "part2_mix": "A @ double(v)"}
    for name, answer in answers.items():
        path = folder / f"{name}.py"
        path.write_text(
            path.read_text().replace("raise NotImplementedError", f"return {answer}  # ")
        )
    assert "All tests passed!" in otter_check(folder, "part1_scale.py")
