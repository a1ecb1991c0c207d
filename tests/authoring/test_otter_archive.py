"""otter.zip is otter's own, holds a failing test for each exercise, and brings the engine along."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from autograder.authoring.build import (
    PLUGIN,
    Wheel,
    build_wheel,
    otter_archive,
    otter_config,
    placeholder_test,
)
from autograder.errors import AutograderError
from autograder.model.course import Course, Draw, Exercise, Gradescope, TestGroup, Tolerance

# Importing otter warns, through packages of its own.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

ASSIGNMENT = {"key.json": b"{}", "notes.csv": b"a,b\n"}


def test_every_key_of_the_configuration_is_one_that_otter_knows(tiny_course: Course) -> None:
    from otter.run.run_autograder.autograder_config import AutograderConfig

    config = otter_config(tiny_course)
    read = AutograderConfig(config)
    for name, value in config.items():
        assert getattr(read, name) == value
    known = AutograderConfig({**config, "no_such_key": 1})
    assert not hasattr(known, "no_such_key")  # why this test is needed


@pytest.mark.parametrize(
    ("setting", "shown"),
    [("hidden", False), ("after_due_date", False), ("after_published", True), ("visible", True)],
)
def test_hidden_groups_are_shown_as_far_as_otter_can(
    tiny_course: Course, setting: str, shown: bool
) -> None:
    course = replace(tiny_course, gradescope=Gradescope(setting))
    assert otter_config(course)["show_hidden"] is shown


def test_placeholders_have_the_groups_of_the_exercise_and_always_fail() -> None:
    from otter.test_files.exception_test import ExceptionTestFile

    names = ["the worked example", "the worked-example", 'a "quoted" \\name', "é"]
    groups = (
        TestGroup(names[0], 2.0, True, Draw("example"), Tolerance()),
        *(TestGroup(name, 0.5, False, Draw("example"), Tolerance()) for name in names[1:]),
    )
    test = ExceptionTestFile.from_string(placeholder_test(Exercise("f", "part1_f", groups)))
    assert test.name == "f"
    assert [case.name for case in test.test_cases] == [f"f: {name}" for name in names]
    assert [case.hidden for case in test.test_cases] == [False, True, True, True]
    assert [case.points for case in test.test_cases] == [2.0, 0.5, 0.5, 0.5]
    assert {type(case.points) for case in test.test_cases} == {float}
    test.run({"f": lambda: None})
    assert test.score == 0
    assert all("the plugin did not run" in str(one.message) for one in test.test_case_results)


@pytest.fixture(scope="module")
def wheel() -> Wheel:
    return build_wheel()


@pytest.mark.slow
def test_the_archive_is_complete_always_the_same_and_brings_the_engine(
    tiny_course: Course, wheel: Wheel
) -> None:
    content = otter_archive(tiny_course, ASSIGNMENT, wheel)
    assert content == otter_archive(tiny_course, ASSIGNMENT, wheel)
    archive = zipfile.ZipFile(BytesIO(content))
    assert set(archive.namelist()) == {
        *("run_autograder", "run_otter.py", "setup.sh", "environment.yml", "otter_config.json"),
        *("tests/double.py", "tests/mix.py"),
        *("files/.autograder/key.json", "files/.autograder/notes.csv"),
    }
    assert json.loads(archive.read("otter_config.json"))["plugins"] == [PLUGIN]
    assert "numpy>=" in archive.read("environment.yml").decode()
    # `otter grade` copies no more than this script into its image before it runs it.
    script = archive.read("setup.sh").decode()
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    carried = re.search(r"base64 --decode > (\S+) <<'END'\n(.*?)\nEND\n", script, re.DOTALL)
    assert carried is not None
    assert carried[1] == f"/tmp/{wheel.name}"
    assert base64.b64decode(carried[2]) == wheel.content
    assert f"\nmamba run -n otter-env pip install --no-deps {carried[1]}\n" in script


@pytest.mark.slow
def test_what_otter_refuses_is_said_in_one_line(
    tiny_course: Course, wheel: Wheel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.authoring import build as module

    monkeypatch.setattr(module, "otter_config", lambda course: {"lang": "cobol"})
    with pytest.raises(AutograderError) as caught:
        otter_archive(tiny_course, ASSIGNMENT, wheel)
    assert str(caught.value).startswith("otter generate: ")
    assert "\n" not in str(caught.value)
