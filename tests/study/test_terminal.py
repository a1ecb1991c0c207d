import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect")
if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

RIGHT = "def double(v):\n    return 2 * v\n"


@contextmanager
def begun(folder: Path, *before: str) -> Iterator[pexpect.spawn]:
    """A session in that folder, by a command that has these words before it."""
    command, *rest = [*before, sys.executable, "-m", "autograder", "study"]
    environment = {**os.environ, "TERM": "xterm"}
    for name in ("NO_COLOR", "COLUMNS", "LINES"):  # these count for more than the terminal
        environment.pop(name, None)
    child = pexpect.spawn(
        command, rest, cwd=str(folder), env=environment, dimensions=(40, 80),
        encoding="utf-8", timeout=60,
    )  # fmt: skip
    try:
        child.expect("0 of 2 solved")
        child.expect("to do")  # the first check is done
        child.expect("q quit")
        yield child
    finally:
        child.close(force=True)


@pytest.fixture
def session(synced):
    with begun(synced) as child:
        yield child


def test_an_exercise_is_solved_hinted_and_reset(synced, session):
    session.send("h")
    session.expect("Hint 1 of 3")
    session.send("h")
    session.expect("Hint 2 of 3")
    path = synced / "exercises" / "part1_scale.py"
    path.write_text(RIGHT)
    session.expect("1 of 2 solved")
    session.expect("double is solved")
    session.send("x")
    session.expect("Press x again")
    session.send("x")
    session.expect("the old text is kept in")
    (kept,) = (synced / "exercises").glob(".part1_scale.before-reset-*")
    assert kept.read_text() == RIGHT
    session.send("q")
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 0


NO_WATCHER = (
    "unshare", "-Ur", "sh", "-c", 'echo 0 > /proc/sys/user/max_inotify_instances && exec "$0" "$@"',
)  # fmt: skip


def test_files_are_looked_at_where_none_can_be_watched(synced):
    if shutil.which("unshare") is None or subprocess.run([*NO_WATCHER, "true"]).returncode:
        pytest.skip("no namespace can be made here in which nothing is watched")
    with begun(synced, *NO_WATCHER) as session:
        (synced / "exercises" / "part1_scale.py").write_text(RIGHT)
        session.expect("double is solved")


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
    session.expect("l list  h\x1b")
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


LOOP = "def double(v):\n    while True:\n        pass\n"


def test_keys_work_while_a_check_runs_and_a_newer_save_ends_it(synced, session):
    path = synced / "exercises" / "part1_scale.py"
    path.write_text(LOOP)
    session.expect("checking double … 1 s")
    session.send("h")
    session.expect("Hint 1 of 3")
    session.send("n")
    session.expect("2. mix, in part2_mix")
    session.send("p")
    session.expect("1. double, in part1_scale")
    path.write_text(RIGHT)
    session.expect("double is solved")


def test_keys_typed_ahead_confirm_nothing(synced, session):
    path = synced / "exercises" / "part1_scale.py"
    path.write_text(RIGHT)
    session.expect("double is solved")
    session.send("xx")  # both before the question is on the screen
    session.expect("Press x again")
    session.send("l")
    session.expect("part2_mix")
    assert path.read_text() == RIGHT


def test_arrows_choose_from_the_list(session):
    session.send("l")
    session.expect(">  1")
    session.send("\x1b[B")
    session.expect(">  2")
    session.send("\r")
    session.expect("2. mix, in part2_mix")
