"""pytest finds the public groups of a course, says what is wrong, and is left alone elsewhere."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from autograder.answer_key.file import SCHEMA
from autograder.integrations.pytest_plugin import KEY_MARK

pytest_plugins = "pytester"
pytestmark = pytest.mark.slow

ITEMS = [
    "double::the worked example",
    "double::leaves its input alone",
    "mix::the worked example",
]


@pytest.fixture
def course(pytester: pytest.Pytester, synced: Path) -> Path:
    """The tiny course, with its exercises, as the folder that pytest is started in."""
    for path in synced.iterdir():
        path.rename(pytester.path / path.name)
    return pytester.path


def write(course: Path, exercise: str, body: str) -> None:
    for path in course.rglob("part*_*.py"):
        text = path.read_text()
        stub = f'raise NotImplementedError("write {exercise} here")'
        path.write_text(text.replace(stub, body))


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest(*arguments)


def collected(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


def test_one_item_for_each_public_group(course: Path, pytester: pytest.Pytester) -> None:
    result = run(pytester, "--collect-only", "-q")
    assert collected(result) == [f"course.yaml::{item}" for item in ITEMS]
    assert result.ret == 0


def test_the_same_groups_where_only_the_exercises_are(
    course: Path, pytester: pytest.Pytester
) -> None:
    wanted = [f"course.json::{item}" for item in ITEMS]
    (course / "exercises").rename(course / "mine")
    (course / "course.yaml").unlink()
    for place in ("mine", "mine/course.json"):
        result = run(pytester, "--collect-only", "-q", place)
        assert collected(result) == [f"mine/{item}" for item in wanted]


def test_exercises_of_a_course_can_be_asked_for_alone(
    course: Path, pytester: pytest.Pytester
) -> None:
    result = run(pytester, "--collect-only", "-q", "exercises")
    assert collected(result) == [f"exercises/course.json::{item}" for item in ITEMS]
    result = run(pytester, "--collect-only", "-q", "course.yaml::mix")
    assert collected(result) == ["course.yaml::mix::the worked example"]


def test_a_failure_is_our_message_and_the_students_lines(
    course: Path, pytester: pytest.Pytester
) -> None:
    write(course, "double", 'print("one\\x1b[31m"); return [1 / 0]')
    result = run(pytester, "-k", "double and worked")
    result.assert_outcomes(failed=1, deselected=2)
    result.stdout.fnmatch_lines(
        [
            "*_ double: the worked example _*",
            "raised ZeroDivisionError: division by zero (part1_scale.py, line *)",
            "part1_scale.py, line *, in double",
            '    print("one*"); return [[]1 / 0]',
            "*Captured stdout call*",
            "one?x1b[[]31m",
        ]
    )
    result.stdout.no_fnmatch_line("*pytest_plugin*")
    result.stdout.no_fnmatch_line("*Traceback*")


def test_wrong_numbers_are_shown_cell_by_cell_with_a_hint(
    course: Path, pytester: pytest.Pytester
) -> None:
    write(course, "double", "return -2.0 * v")
    result = run(pytester, "-k", "double and worked")
    result.stdout.fnmatch_lines(
        ["at [[]0] got -2, expected 2*", "row 0  got -2[*]  expected 2", "Hint: Every number has *"]
    )


def test_last_failed_and_right_answers(course: Path, pytester: pytest.Pytester) -> None:
    write(course, "double", "return 2.0 * v")
    run(pytester).assert_outcomes(passed=2, failed=1)
    write(course, "mix", "return A @ (2.0 * v)")
    run(pytester, "--lf").assert_outcomes(passed=1)
    run(pytester).assert_outcomes(passed=3)


def test_junit_and_xdist(course: Path, pytester: pytest.Pytester) -> None:
    write(course, "double", "return v")
    result = pytester.runpytest_subprocess("-n", "2", "--junitxml=report.xml")
    result.assert_outcomes(failed=3)
    cases = list(ElementTree.parse(course / "report.xml").iter("testcase"))
    assert sorted(f"{case.get('classname')}::{case.get('name')}" for case in cases) == sorted(
        f"course.yaml.{item}" for item in ITEMS
    )
    messages = {case.get("name"): case.find("failure").text for case in cases}
    assert messages["leaves its input alone"].startswith("at [0] got ")
    assert messages["the worked example"] == "mix is not written yet"


def test_a_group_that_changes_its_argument_loses_that_group_alone(
    course: Path, pytester: pytest.Pytester
) -> None:
    write(course, "double", "v *= 2.0; return v")
    result = run(pytester, "-k", "double")
    result.assert_outcomes(passed=1, failed=1, deselected=1)


def test_a_broken_key_is_one_line(course: Path, pytester: pytest.Pytester) -> None:
    key = course / "exercises" / "course.json"
    key.write_text(key.read_text().replace("tiny", "tiny", 1)[:-20])
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*course.json: is not valid JSON; *autograder sync*"])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("name", ["course.yaml", "course.json"])
def test_files_of_others_are_left_alone(name: str, pytester: pytest.Pytester) -> None:
    (pytester.path / name).write_text("{: not ours, nor even well-formed")
    (pytester.path / "exercises").mkdir()
    (pytester.path / "exercises" / "course.json").write_text('{"title": "not ours"}')
    pytester.makepyfile("def test_one(): pass")
    result = run(pytester)
    result.assert_outcomes(passed=1)


def test_the_engine_is_not_imported_without_a_course(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_one():
            ours = {name for name in sys.modules if name.partition(".")[0] == "autograder"}
            light = ("", ".fixed_names", ".integrations", ".integrations.pytest_plugin")
            assert ours == {"autograder" + name for name in light}
            assert "numpy" not in sys.modules
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest")
    result.assert_outcomes(passed=1)


def test_the_mark_is_that_of_the_key_file() -> None:
    assert f'"{SCHEMA}"'.encode().startswith(KEY_MARK)
