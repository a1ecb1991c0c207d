"""A notebook's check says what `autograder check` says, about the notebook's own function."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.answer_key.file import read_key
from autograder.errors import UsageError
from autograder.integrations import notebook_check
from autograder.judging.check import check_submission
from autograder.reporting.styled_text import grid_text
from autograder.sandbox.sandbox import Sandbox
from autograder.submissions.read import read_submission

EXAMPLE, KEEPS = "the worked example", "leaves its input alone"
Checker = Callable[[str, str, Mapping[str, Any]], None]


@pytest.fixture
def exercises(synced: Path) -> Path:
    return synced / "exercises"


@pytest.fixture
def check_public(exercises: Path) -> Checker:
    """`check_public`, called from a file that lies where otter's tests do."""
    caller = "def call(f, *arguments): return f(*arguments)"
    names: dict[str, Any] = {}
    exec(compile(caller, str(exercises / "tests" / "double.py"), "exec"), names)
    return lambda *arguments: names["call"](notebook_check.check_public, *arguments)


def defined(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {"np": np}
    exec(compile(text, "<ipython-input-1-abc>", "exec"), names)
    return names


def message_of(check_public: Checker, exercise: str, group: str, env: Mapping[str, Any]) -> str:
    with pytest.raises(AssertionError) as caught:
        check_public(exercise, group, env)
    return str(caught.value)


def test_a_right_function_passes(check_public: Checker) -> None:
    env = defined("def double(v): return [2 * x for x in v]")
    check_public("double", EXAMPLE, env)
    check_public("double", KEEPS, env)


def test_input_has_nothing_to_read_as_when_graded(check_public: Checker) -> None:
    asks = input
    env = defined("def double(v): return float(input('scale? ')) * v")
    message = message_of(check_public, "double", EXAMPLE, env)
    assert "raised EOFError: input() has nothing to read when graded" in message
    assert input is asks


WRONG = {
    "values": "return v",
    "shape": "return (2 * v)[:, None]",
    "none": "2 * v",
    "text": "return 'two'",
    "nan": "return v * np.nan",
    "ragged": "return [[1.0], [1.0, 2.0]]",
    "not written": "raise NotImplementedError",
    "type": "return object()",
    "changes": "v *= 2; return v",
}


def test_messages_are_those_of_check(check_public: Checker, exercises: Path) -> None:
    course, key = read_key(exercises / "course.json")
    (exercises / "part1_scale.ipynb").unlink()
    failed = 0
    with Sandbox(course.limits) as sandbox:
        for body in WRONG.values():
            text = f"import numpy as np\ndef double(v): {body}\n"
            (exercises / "part1_scale.py").write_text(text)
            submission = read_submission(exercises, "mine")
            checked = check_submission(course, key, submission, sandbox, (), ["double"])
            for group in checked.exercises[0].report.groups:
                if group.message.startswith("raised"):
                    continue  # a cell has another name than a file
                if group.message:
                    env = defined(text)
                    message = message_of(check_public, "double", group.name, env)
                    told = message.split("\nHint: ")[0].split("\n")
                    shows_grid = group.grid is not None and group.name == EXAMPLE
                    grid = grid_text(group.grid) if group.grid and shows_grid else []
                    assert told == [group.message, *grid]
                    failed += 1
                else:
                    check_public("double", group.name, defined(text))
    assert failed == 2 * len(WRONG) - 2  # but for the one that changes its argument


def test_the_first_group_tells_the_mistake_cell_by_cell(check_public: Checker) -> None:
    env = defined("def double(v): return v")
    lines = message_of(check_public, "double", EXAMPLE, env).split("\n")
    assert lines[1] == "row 0  got 1*  expected 2"
    assert lines[-1] == "Hint: You return v unchanged."
    assert "row 0" not in message_of(check_public, "double", KEEPS, env)


def test_an_exception_is_placed_in_its_cell(check_public: Checker) -> None:
    env = defined("def helper(v):\n    return v / 0\ndef double(v):\n    return helper(1)")
    wanted = "raised ZeroDivisionError: division by zero (an earlier cell, line 2)"
    said = message_of(check_public, "double", EXAMPLE, env)
    assert said.splitlines() == [wanted, "Hint: Your code divides by zero."]


def test_the_student_can_stop_a_check(check_public: Checker) -> None:
    env = defined("def double(v): raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        check_public("double", EXAMPLE, env)


def test_exit_is_an_answer_like_any_other(check_public: Checker) -> None:
    env = defined("def double(v): raise SystemExit('bye')")
    assert message_of(check_public, "double", EXAMPLE, env).startswith("raised SystemExit: bye")


def test_what_the_student_wrote_is_no_markup(check_public: Checker) -> None:
    env = defined("def double(v): raise ValueError('<b onclick=x>&amp;</b> 1 < 2 & 3')")
    message = message_of(check_public, "double", EXAMPLE, env)
    assert not re.search(r"<[a-zA-Z/!?]|&[a-zA-Z#]", message)
    shown = message.replace("\N{WORD JOINER}", "")
    assert "ValueError: <b onclick=x>&amp;</b> 1 < 2 & 3" in shown


def test_a_function_that_the_notebook_lacks_is_looked_for_in_the_files(
    check_public: Checker, exercises: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(exercises)
    assert message_of(check_public, "mix", EXAMPLE, {}) == "mix is not written yet"
    part = exercises / "part2_mix.py"
    part.write_text(part.read_text().replace("raise Not", "return A @ (2 * v)  # "))
    check_public("mix", EXAMPLE, {})


def test_code_from_elsewhere_is_not_helped_out_by_these_files(
    check_public: Checker, exercises: Path
) -> None:
    part = exercises / "part2_mix.py"
    part.write_text(part.read_text().replace("raise Not", "return A @ (2 * v)  # "))
    assert "mix is not in the submission" in message_of(check_public, "mix", EXAMPLE, {})


def test_a_hidden_group_cannot_be_asked_for(check_public: Checker) -> None:
    with pytest.raises(UsageError, match="double has no public group 'any length'"):
        check_public("double", "any length", defined("def double(v): return 2 * v"))


def test_without_the_key_the_student_is_told_what_to_do(
    check_public: Checker, exercises: Path
) -> None:
    (exercises / "course.json").unlink()
    with pytest.raises(UsageError, match=r"course\.json: not found; get the exercises'"):
        check_public("double", EXAMPLE, {})


def test_the_key_in_the_current_folder_serves_tests_that_were_moved(
    check_public: Checker, exercises: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (exercises / "course.json").rename(tmp_path / "course.json")
    monkeypatch.chdir(tmp_path)
    check_public("double", EXAMPLE, defined("def double(v): return 2 * v"))


def test_it_stands_in_for_otter(exercises: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(exercises)
    cells = """
grader = notebook_check.Notebook("part1_scale.ipynb", tests_dir="tests")
def double(v):
    v *= 2
    return v
shown = repr(grader.check("double"))
"""
    names: dict[str, Any] = {"notebook_check": notebook_check}
    exec(cells, names)
    assert names["shown"].startswith(
        "double:\n  the worked example: passed\n  leaves its input alone: raised ValueError: "
    )


LOOPS = {
    "steps": "\n    while True: pass",
    "waiting": "import time; time.sleep(600)",
    "refusing Exception": """
    while True:
        try:
            while True: pass
        except Exception: pass""",
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS)
def test_a_function_that_hangs_ends_with_the_time_limit(
    check_public: Checker, exercises: Path, body: str
) -> None:
    key = exercises / "course.json"
    key.write_text(re.sub(r'"case_seconds": [\d.]+', '"case_seconds": 0.3', key.read_text()))
    before = signal.getsignal(signal.SIGALRM)
    message = message_of(check_public, "double", EXAMPLE, defined(f"def double(v): {body}"))
    assert message.startswith("ran out of time: ")
    assert signal.getsignal(signal.SIGALRM) is before
    check_public("double", EXAMPLE, defined("def double(v): return 2 * v"))


def test_in_another_thread_it_ends_too(check_public: Checker, exercises: Path) -> None:
    key = exercises / "course.json"
    key.write_text(re.sub(r'"case_seconds": [\d.]+', '"case_seconds": 0.3', key.read_text()))
    env = defined("def double(v):\n    while True: pass")
    with ThreadPoolExecutor(1) as pool:
        message = pool.submit(message_of, check_public, "double", EXAMPLE, env).result(60)
    assert message.startswith("ran out of time: ")
