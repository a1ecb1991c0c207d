"""What a child under the layers can and cannot do; the same attempts with the layers off succeed.

Nothing here does harm where it succeeds: signals are of number 0, files are only opened to read.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autograder.model.course import Limits
from autograder.model.submission import Source, Status
from autograder.sandbox.kernel_layers import LAYERS
from autograder.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")

ALL = frozenset(LAYERS)
ALONE = frozenset({"no new privileges", "limits", "seccomp"})
COMBINATIONS = {
    "all": ALL,
    "no namespaces": ALL - {"namespaces"},
    "no landlock": ALL - {"landlock"},
    "seccomp alone": ALONE,
}
LIMITS = Limits(case_seconds=2.0, submission_seconds=30)
STUDENT = """
# The kernel's own calls: those of os and threading are replaced by ones that work in memory.
import _thread, ctypes, mmap, os, posix, resource, signal, socket
libc = ctypes.CDLL(None, use_errno=True)
def raw(*arguments):
    if libc.syscall(*(ctypes.c_long(a) for a in arguments)) < 0:
        raise OSError(ctypes.get_errno(), "raw")
def thread():
    _thread.start_new_thread(len, ("",))
def bind(family, address):
    s = socket.socket(family, socket.SOCK_STREAM); s.bind(address); s.close()
def fork():
    pid = os.fork()
    if pid == 0: os._exit(0)
    os.waitpid(pid, 0)
ATTEMPTS = {
    "open": lambda: os.close(os.open("/etc/passwd", os.O_RDONLY)),
    "open to write": lambda: os.close(os.open("/dev/null", os.O_WRONLY)),
    "list": lambda: posix.listdir("/"),
    "stat": lambda: posix.stat("/etc/passwd"),
    "tcp": lambda: bind(socket.AF_INET, ("127.0.0.1", 0)),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
    "abstract": lambda: bind(socket.AF_UNIX, "\\0autograder-test-%d" % os.getpid()),
    "fork": fork,
    "thread": thread,
    "signal the parent": lambda: os.kill(os.getppid(), 0),
    "signal all": lambda: os.kill(-1, 0),
    "memory file": lambda: os.close(os.memfd_create("x")),
    "pipe": os.pipe,
    "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20)),
    "lower a limit": lambda: resource.setrlimit(resource.RLIMIT_STACK, (1 << 23, 1 << 23)),
    "run memory": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC).close(),
    "become dumpable": lambda: libc.prctl(4, 1) == 0 or raw(-1),
}
def f(name):
    try:
        list(ATTEMPTS.values())[int(name)]()
    except (OSError, RuntimeError, ValueError):
        return 0
    return 1
def g(x):
    return [os.getuid(), os.getpid(), os.getppid(), len(os.environ), len(posix.listdir("/"))]
"""
NAMES = [line.split('"')[1] for line in STUDENT.splitlines() if line.startswith('    "')]
SOURCE = Source("part1", "part1.py", (STUDENT.encode(),))


def sandbox_with(layers: frozenset[str]) -> Sandbox:
    return Sandbox(LIMITS, layers=layers)


def is_on(sandbox: Sandbox, layer: str) -> bool:
    return sandbox.isolation.layers[layer].startswith("on")


def does(sandbox: Sandbox, name: str) -> bool:
    """Whether a student's code manages to do it."""
    with sandbox.session([SOURCE]) as session:
        outcome = session.call("f", "part1", [NAMES.index(name)])
    assert outcome.status is Status.RETURNED, outcome
    return bool(outcome.value)


@pytest.fixture(scope="module", params=COMBINATIONS)
def shut(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with sandbox_with(COMBINATIONS[request.param]) as sandbox:
        if not is_on(sandbox, "seccomp"):
            pytest.skip(f"no seccomp here: {sandbox.isolation}")
        yield sandbox


@pytest.fixture(scope="module")
def bare() -> Iterator[Sandbox]:
    with sandbox_with(frozenset()) as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_this_is_possible(shut: Sandbox, name: str) -> None:
    assert not does(shut, name)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"thread"}))
def test_all_of_it_is_possible_without_layers(bare: Sandbox, name: str) -> None:
    assert does(bare, name)


def test_level_is_told_from_what_is_on(shut: Sandbox) -> None:
    inside = is_on(shut, "namespaces") or is_on(shut, "uid")
    assert shut.isolation.level == ("full" if inside else "partial")


@pytest.mark.parametrize(
    ("layers", "level"), [(ALONE, {"partial", "process"}), (ALL - {"seccomp"}, {"process"})]
)
def test_what_is_not_asked_for_is_off(layers: frozenset[str], level: set[str]) -> None:
    with sandbox_with(layers) as sandbox:
        states = sandbox.isolation.layers
        assert set(states) == ALL
        assert all(states[other] == "off (not asked for)" for other in ALL - layers)
        assert sandbox.isolation.level in level


def test_namespaces_leave_nothing_to_see() -> None:
    with sandbox_with(frozenset({"namespaces"})) as sandbox:
        if not is_on(sandbox, "namespaces"):
            pytest.skip(sandbox.isolation.layers["namespaces"])
        with sandbox.session([SOURCE]) as session:
            uid, pid, parent, _, entries = session.call("g", "part1", [0]).value.tolist()
        assert (uid, parent, entries) == (os.getuid(), 0, 0)
        assert pid < 1000
        assert not does(sandbox, "open")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change its uid")
def test_root_becomes_nobody_in_particular() -> None:
    with sandbox_with(frozenset({"uid"})) as sandbox, sandbox.session([SOURCE]) as session:
        uid = int(session.call("g", "part1", [0]).value[0])
        assert uid >= 61184
        assert sandbox.isolation.layers["uid"] == "on (a user of its own)"


def test_landlock_alone_denies_files_and_tcp() -> None:
    with sandbox_with(frozenset({"landlock"})) as sandbox:
        if not is_on(sandbox, "landlock"):
            pytest.skip(sandbox.isolation.layers["landlock"])
        assert not does(sandbox, "open")
        assert not does(sandbox, "list")
        assert is_on(sandbox, "no new privileges")


def test_the_host_process_is_left_as_it_was() -> None:
    """While it grades and afterwards; only that nobody reads its memory lasts until the close."""
    script = """
import copyreg, ctypes, json, os, threading
import numpy as np
picklers = dict(copyreg.dispatch_table)
from autograder.answer_key import assignment
from autograder.model.course import Limits
from autograder.model.submission import Source
from autograder.sandbox.sandbox import Sandbox

def host():
    there = [ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)]  # PR_GET_DUMPABLE
    def look():
        there.extend([sorted(os.sched_getaffinity(0)), os.sched_getscheduler(0)])
    look()
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return there

before = host()
code = Source("part1", "part1.py", (b"def f(x): return x",))
with Sandbox(Limits()) as first, Sandbox(Limits()) as second:
    with first.session([code]) as session:
        assert session.call("f", "part1", [1.0]).value == 1.0
        during = host()
    second.close()
    still = host()
assert during == still == [0, *before[1:]], (before, during, still)
assert before == host(), (before, host())
assert copyreg.dispatch_table == picklers, copyreg.dispatch_table.keys() - picklers.keys()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_layer_that_is_refused_in_a_child_is_our_own_failure() -> None:
    from autograder.sandbox.kernel_layers.isolation import Budget, Layer, shut_in

    def refuse(budget: Budget) -> None:
        raise OSError(1, "Operation not permitted")

    done: list[str] = []
    layers = [Layer("first", lambda budget: done.append("first")), Layer("second", refuse)]
    layers.append(Layer("third", lambda budget: done.append("third")))
    refused = shut_in(layers, Budget(1, 1))
    assert refused == "second was switched on, and is refused now: Operation not permitted"
    assert done == ["first"]


# --- another user -----------------------------------------------------------------------------

ORDINARY = """
import sys
sys.path[:0] = sys.argv[1:3]
from autograder.model.course import Limits
from autograder.model.submission import Source
from autograder.sandbox.sandbox import Sandbox
with Sandbox(Limits()) as sandbox:
    with sandbox.session([Source("part1", "part1.py", (b"def f(x): return x + 1",))]) as session:
        print(sandbox.isolation.level, session.call("f", "part1", [1]).value)
"""


def _interpreter_for_all() -> str | None:
    """One that every user may run, of the version for which numpy is installed here."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for path in (sys.executable, f"/usr/bin/python{version}"):
        folders = Path(path).resolve().parents
        if Path(path).exists() and all(folder.stat().st_mode & 1 for folder in folders):
            return path
    return None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_ordinary_user_is_shut_in_as_well() -> None:
    python = _interpreter_for_all()
    if python is None:
        pytest.skip("no interpreter that another user may run")
    folders = [str(Path(__file__).parents[3]), str(Path(np.__file__).parents[1])]
    done = subprocess.run(
        [python, "-I", "-c", ORDINARY, *folders],
        capture_output=True,
        text=True,
        timeout=60,
        cwd="/",
        user=65534,
        group=65534,
        extra_groups=[],
    )
    level, value = done.stdout.split() or [done.stderr, ""]
    assert level in ("full", "partial", "process"), done.stderr
    assert value == "2"
