import os
import signal
import sys
import time
from pathlib import Path

import pytest

from autograder.authoring.sync import sync

pexpect = pytest.importorskip("pexpect")
if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

RIGHT = "def double(v):\n    return 2 * v\n"


@pytest.fixture
def folder(tiny_folder: Path) -> Path:
    sync(tiny_folder)
    return tiny_folder


@pytest.fixture
def session(folder):
    command = ["-m", "autograder", "study"]
    environment = {**os.environ, "TERM": "xterm"}
    for name in ("NO_COLOR", "COLUMNS", "LINES"):  # these count for more than the terminal
        environment.pop(name, None)
    child = pexpect.spawn(
        sys.executable, command, cwd=str(folder), env=environment, dimensions=(40, 80),
        encoding="utf-8", timeout=20,
    )  # fmt: skip
    child.expect("0 of 2 solved")
    child.expect("q quit")
    yield child
    child.close(force=True)


def test_an_exercise_is_solved_hinted_and_reset(folder, session):
    session.send("h")
    session.expect("Hint 1 of 3")
    session.send("h")
    session.expect("Hint 2 of 3")
    path = folder / "exercises" / "part1_scale.py"
    time.sleep(0.2)  # the watcher starts in a thread of its own
    path.write_text(RIGHT)
    session.expect("1 of 2 solved")
    session.expect("double is solved")
    session.send("x")
    session.expect("Press x again")
    session.send("x")
    session.expect("the old text is kept in")
    (kept,) = (folder / "exercises").glob(".part1_scale.before-reset-*")
    assert kept.read_text() == RIGHT
    session.send("q")
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 0


def test_arrows_and_function_keys_are_no_letters(session):
    # Home, F2 and the right arrow end in H, Q and C: no hint, no end, no list.
    for key in "\x1b[H", "\x1bOQ", "\x1b[C":
        session.send(key)
        time.sleep(0.1)
    session.send("x")
    session.expect("Press x again")
    assert "Hint" not in session.before
    assert "Enter goes back" not in session.before


def test_another_size_is_drawn_anew(session):
    session.setwinsize(40, 30)
    session.expect("l list  c\x1b")
    session.setwinsize(40, 80)
    session.expect("h hint[^\n]*q quit")


def test_ctrl_c_ends_it_in_one_line(session):
    session.kill(signal.SIGINT)
    session.expect("autograder: interrupted")
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 130


def test_the_terminal_is_as_it_was(session):
    import termios

    before = termios.tcgetattr(session.child_fd)[3]
    assert not before & termios.ICANON
    session.send("q")
    session.expect(pexpect.EOF)
    after = termios.tcgetattr(session.child_fd)[3]
    assert after & termios.ICANON
    assert after & termios.ECHO
