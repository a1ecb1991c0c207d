"""The sandbox as the grader uses it: outcomes, limits, replaced children, nothing left behind."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autograder.errors import SandboxError
from autograder.model.course import Limits
from autograder.model.submission import Outcome, Source, Status
from autograder.sandbox.host.launch import launch_server
from autograder.sandbox.host.wire import Call, Job
from autograder.sandbox.kernel_layers import LAYERS
from autograder.sandbox.sandbox import Sandbox

LIMITS = Limits(case_seconds=0.25, submission_seconds=30, memory_mb=256, output_kb=1)
FORMS = {"warm": hasattr(os, "fork"), "fresh": False}


def script(text: str, module: str = "part1") -> Source:
    return Source(module, f"{module}.py", (f"import numpy as np\n{text}".encode(),))


@pytest.fixture(scope="module", params=FORMS)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(LIMITS, warm=FORMS[request.param]) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def usual() -> Iterator[Sandbox]:
    """For what does not depend on how a session's process is started."""
    with Sandbox(LIMITS) as sandbox:
        yield sandbox


@pytest.fixture
def warm(usual: Sandbox) -> Sandbox:
    if not FORMS["warm"]:
        pytest.skip("nothing can be forked here")
    return usual


def call(sandbox: Sandbox, body: str, *arguments: object, **options: bool) -> Outcome:
    """The outcome of `f`, defined by this text, for these arguments."""
    with sandbox.session([script(body)]) as session:
        return session.call("f", "part1", arguments, **options)


# --- what comes back --------------------------------------------------------------------------


def test_returned_array_comes_back(sandbox: Sandbox) -> None:
    outcome = call(sandbox, "def f(Z): return Z * 2", np.arange(3.0))
    assert outcome.status is Status.RETURNED
    assert outcome.value.tolist() == [0.0, 2.0, 4.0]
    assert (outcome.arguments, outcome.printed) == (None, "")


def test_numbers_keep_every_bit(usual: Sandbox) -> None:
    odd = np.array([np.nan, -0.0, np.inf, 5e-324])
    assert call(usual, "def f(x): return x", odd).value.tobytes() == odd.tobytes()
    assert np.signbit(call(usual, "def f(x): return x", -0.0).value)


def test_arguments_are_fresh_writable_and_in_their_order(usual: Sandbox) -> None:
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    text = "def f(W):\n    order = W.flags.f_contiguous\n    W += 1\n    return order"
    outcome = call(usual, text, array, keeps_arguments=True)
    assert outcome.value == np.True_
    assert outcome.arguments[0].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_read_only_arguments_cannot_be_written(usual: Sandbox) -> None:
    outcome = call(usual, "def f(W):\n    W += 1", np.zeros(2), read_only=True)
    assert (outcome.status, outcome.error.type) == (Status.RAISED, "ValueError")


def test_raised_error_has_the_students_lines(sandbox: Sandbox) -> None:
    error = call(sandbox, "def f(Z):\n    return g(Z)\ndef g(Z):\n    return Z.T.oops", 1.0).error
    assert (error.type, error.builtin) == ("AttributeError", True)
    assert [(each.function, each.line) for each in error.frames] == [("f", 3), ("g", 5)]
    assert error.frames[-1].source == "return Z.T.oops"


def test_printed_text_is_kept_up_to_the_limit(sandbox: Sandbox) -> None:
    text = (
        "import sys\ndef f(n):\n    print('é' * n)\n    print('x', file=sys.stderr)\n    return n"
    )
    assert sorted(call(sandbox, text, 3).printed.split()) == ["x", "ééé"]
    outcome = call(sandbox, text, 10**6)
    assert outcome.status is Status.RETURNED
    assert len(outcome.printed.encode()) <= 1024 + 3


def test_what_one_call_prints_is_not_laid_to_another(sandbox: Sandbox) -> None:
    several = [Call([float(number)]) for number in range(20)]
    with sandbox.session([script("def f(x):\n    print(x)\n    return x")]) as session:
        for number in range(100):
            assert {each.printed for each in session.run([Job("f", "part1", several)])} == {""}
            assert session.call("f", "part1", [number]).printed == f"{number}\n"


def test_stub_and_missing(usual: Sandbox) -> None:
    assert call(usual, "def f(Z): raise NotImplementedError", 1.0).status is Status.NOT_WRITTEN
    assert call(usual, "def g(Z): return Z", 1.0).status is Status.MISSING
    with usual.session([]) as session:
        assert session.call("f", "part1", [1.0]).status is Status.MISSING


def test_seeds_and_memory_are_the_same_in_every_session(sandbox: Sandbox) -> None:
    text = "def f(n): return [np.random.rand(), hash('a')]"
    first, second = call(sandbox, text, 1).value, call(sandbox, text, 1).value
    assert first.tolist() == second.tolist()


def test_environment_and_arguments_say_nothing(sandbox: Sandbox) -> None:
    text = (
        "import os, sys\ndef f(x):\n    print(sorted(os.environ), sys.argv, sys.path)\n"
        "    print(sorted(n for n in sys.modules if n.startswith('autograder')))\n"
        "    print(sys.stdin.read(), os.getcwd())\n    return 1"
    )
    printed = call(sandbox, text, 1).printed
    assert "HOME" in printed
    for word in ("USER", "VIRTUAL_ENV", "site-packages", "autograder", str(Path.cwd())):
        assert word not in printed


# --- grief ------------------------------------------------------------------------------------

GRIEF = {
    "hang": ("while True: pass", Status.OUT_OF_TIME),
    "sleep": ("import time; time.sleep(100)", Status.OUT_OF_TIME),
    "stubborn": (
        "import time\n    while True:\n        try: time.sleep(9)\n"
        "        except BaseException: pass",
        Status.OUT_OF_TIME,
    ),
    "hang in C": ("return sum(range(10**11))", Status.OUT_OF_TIME),
    "stopped": ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", Status.OUT_OF_TIME),
    "exit": ("import os; os._exit(0)", Status.CRASHED),
    "abort": ("import os; os.abort()", Status.CRASHED),
    "signal without a name": ("import os; os.kill(os.getpid(), 40)", Status.CRASHED),
    "segfault": ("import ctypes; ctypes.string_at(1)", Status.CRASHED),
    "no descriptors": ("import os; os.closerange(0, 100); return 1", Status.CRASHED),
    "memory": ("return np.ones((10**5, 10**5))", Status.OUT_OF_MEMORY),
    "hoard": ("x = []\n    while True: x.append(bytearray(10**7))", Status.OUT_OF_MEMORY),
    "huge": ("return np.broadcast_to(Z, (10**4, 10**4))", Status.OUT_OF_OUTPUT),
}
if os.name == "nt":
    for unknown in ("stopped", "memory", "hoard"):
        del GRIEF[unknown]


@pytest.mark.parametrize("grief", GRIEF)
def test_grief_costs_its_own_call_only(sandbox: Sandbox, grief: str) -> None:
    body, status = GRIEF[grief]
    text = f"def f(Z):\n    {body}\ndef g(Z): return Z"
    seconds = 0.1 if status is Status.OUT_OF_TIME else None
    with sandbox.session([script(text)], case_seconds=seconds) as session:
        assert session.call("g", "part1", [1.0]).value == 1.0
        assert session.call("f", "part1", [1.0]).status is status
        assert session.call("g", "part1", [2.0]).value == 2.0


@pytest.mark.parametrize(
    ("end", "says"),
    [("os._exit(3)", "exit status 3"), ("os.kill(os.getpid(), 11)", "SIGSEGV")],
)
def test_crash_says_how_the_process_ended(warm: Sandbox, end: str, says: str) -> None:
    error = call(warm, f"import os\ndef f(Z): {end}", 1.0).error
    assert says in error.message
    assert error.builtin


def test_hang_says_where(warm: Sandbox) -> None:
    error = call(warm, "def f(Z):\n    while True:\n        Z = Z", 1.0).error
    assert error.frames[0].function == "f"


@pytest.mark.parametrize("data", [b"x" * 100, b"\xa7\x47" + bytes(14)])
def test_bytes_that_nobody_asked_for_are_a_crash(warm: Sandbox, data: bytes) -> None:
    text = f"import os\ndef f(Z):\n    os.write(4, {data})\n    return Z\ndef g(Z): return Z"
    with warm.session([script(text)]) as session:
        assert session.call("f", "part1", [1.0]).status is Status.CRASHED
        assert session.call("g", "part1", [2.0]).value == 2.0


def test_answer_that_trickles_runs_out_of_time(warm: Sandbox) -> None:
    text = "import os, time\ndef f(Z):\n    while True:\n        os.write(4, b'\\xa7')\n"
    text += "        time.sleep(0.01)\n"
    assert call(warm, text, 1.0).status in (Status.OUT_OF_TIME, Status.CRASHED)


def test_flood_of_output_ends(warm: Sandbox) -> None:
    body = "def f(Z):\n    while True: os.write(1, bytes(60000))"
    outcome = call(warm, f"import os\n{body}", 1.0)
    assert outcome.status in (Status.OUT_OF_OUTPUT, Status.OUT_OF_TIME)


def test_budget_of_the_submission_ends_it() -> None:
    limits = Limits(case_seconds=0.2, submission_seconds=0.5)
    with (
        Sandbox(limits) as sandbox,
        sandbox.session([script("def f(Z):\n    while True: pass\ndef g(Z): return Z")]) as session,
    ):
        for _ in range(5):
            assert session.call("f", "part1", [1.0]).status is Status.OUT_OF_TIME
        assert session.call("g", "part1", [1.0]).status is Status.OUT_OF_TIME
        assert session.load_failures() == ()


def test_memory_of_an_answer_is_no_answer(sandbox: Sandbox) -> None:
    text = (
        "import numpy as np\nright = 0.25\n"
        "def f(n):\n    a = np.empty(int(n))\n    a[:] = right\n    return a\n"
        "def g(n):\n    return np.empty(int(n))\n"
    )
    with sandbox.session([script(text)]) as session:
        for size in [3, 100, 128, 225, 1000, 5000, 70_000] * 3:
            assert session.call("f", "part1", [size]).value.tolist() == [0.25] * size
            assert not np.isclose(session.call("g", "part1", [size]).value, 0.25).any(), size


# --- our own failures -------------------------------------------------------------------------


def test_dead_server_is_our_failure() -> None:
    with Sandbox(LIMITS) as sandbox:
        call(sandbox, "def f(Z): return Z", 1.0)
        sandbox._children._launched.process.kill()
        with pytest.raises(SandboxError):
            call(sandbox, "def f(Z): return Z", 1.0)


def test_server_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "autograder.sandbox.host.launch._START", "raise SystemExit('no {function}')"
    )
    with Sandbox(LIMITS) as sandbox, pytest.raises(SandboxError, match="no fork_server"):
        sandbox.isolation  # noqa: B018  it waits for the start


def test_unknown_layer_is_refused() -> None:
    with pytest.raises(SandboxError, match="'walls'"):
        Sandbox(LIMITS, layers=["walls"])


def test_argument_that_cannot_be_sent_is_our_failure(warm: Sandbox) -> None:
    with pytest.raises(SandboxError), warm.session([script("def f(Z): return Z")]) as session:
        session.call("f", "part1", [np.array([None])])


# --- what is left behind ----------------------------------------------------------------------


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def state_and_parent(pid: int | str) -> tuple[str, int]:
    try:
        state, parent, *_ = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return "", 0
    return state, int(parent)


def children_of(pid: int) -> list[str]:
    """The states of the processes that this one started and has not waited for."""
    found = [state_and_parent(each.name) for each in Path("/proc").glob("[0-9]*")]
    return [state for state, parent in found if parent == pid]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_sessions_leave_no_process_descriptor_or_memory(warm: Sandbox) -> None:
    text = "import os\ndef f(Z): return Z\ndef g(Z): os._exit(1)"

    def run() -> None:
        with warm.session([script(text)]) as session:
            session.call("f", "part1", [np.zeros(100)])
            session.call("g", "part1", [1.0])
            session.call("f", "part1", [1.0])

    for _ in range(5):
        run()
    server = warm._children._launched.process.pid
    gc.collect()
    before = descriptors(), sorted(children_of(server)), descriptors_of(server)
    for _ in range(20):
        run()
    gc.collect()
    assert (descriptors(), sorted(children_of(server)), descriptors_of(server)) == before


def descriptors_of(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except PermissionError:  # the server is undumpable, and this user not root
        return 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("layers", [LAYERS, ()], ids=["all layers", "no layers"])
def test_closed_sandbox_leaves_no_process(layers: tuple[str, ...]) -> None:
    before = sorted(children_of(os.getpid()))
    with Sandbox(LIMITS, layers=layers) as sandbox:
        session = sandbox.session([script("def f(Z): return Z")])
        session.call("f", "part1", [1.0])
        server = sandbox._children._launched.process.pid
    assert sorted(children_of(os.getpid())) == before
    until = time.monotonic() + 10
    while children_of(server) and time.monotonic() < until:
        time.sleep(0.01)
    assert children_of(server) == []
    session.close()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_killed_grader_leaves_no_process() -> None:
    script = (
        "import os, sys, time\n"
        "from autograder.model.course import Limits\n"
        "from autograder.model.submission import Source\n"
        "from autograder.sandbox.sandbox import Sandbox\n"
        "sandbox = Sandbox(Limits())\n"
        "s = sandbox.session([Source('p', 'p.py', (b'def f(x): return x',))])\n"
        "s.call('f', 'p', [1.0])\n"
        "print(sandbox._children._launched.process.pid, s._conversation._child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    grader = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    pids = [int(word) for word in grader.stdout.readline().split()]
    os.kill(grader.pid, signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    until = time.monotonic() + 10
    # A zombie has ended, even if whoever adopted it takes a while to wait for it.
    while lives := {state_and_parent(pid)[0] for pid in pids} - {"", "Z", "X"}:
        assert time.monotonic() < until, lives
        time.sleep(0.01)


def test_server_may_be_started_beforehand_and_two_sessions_may_be_open() -> None:
    with (
        Sandbox(LIMITS, launched=launch_server()) as sandbox,
        sandbox.session([script("def f(Z): return Z + 1")]) as one,
        sandbox.session([script("def f(Z): return Z + 2")]) as two,
    ):
        assert one.call("f", "part1", [1.0]).value == 2.0
        assert two.call("f", "part1", [1.0]).value == 3.0
        assert one.call("f", "part1", [3.0]).value == 4.0
