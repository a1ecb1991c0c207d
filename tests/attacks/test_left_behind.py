"""What one function, or one submission, leaves behind is not attributed to another.

`f` changes something that the whole process shares; `g` is called afterwards. Whatever becomes of
`f`, every call of `g` returns what it would have returned alone. Likewise for the next submission,
whose process runs its files already while the hostile one runs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from autograder.model.course import Exercise, Limits
from autograder.model.submission import Source, Status
from autograder.sandbox.host.wire import Call, Job
from autograder.sandbox.kernel_layers import LAYERS
from autograder.sandbox.sandbox import Sandbox

IMPORTS = """
import builtins, copy, gc, linecache, os, signal, struct, sys, time, warnings
import numpy as np

def ring(*_):
    raise TimeoutError("mine")
"""
LEAVES = {
    "an alarm": "signal.signal(signal.SIGALRM, ring); signal.setitimer(0, 0.1)",
    "a handler": "signal.signal(signal.SIGALRM, ring); signal.alarm(0)",
    "no handler": "signal.signal(signal.SIGALRM, signal.SIG_DFL)",
    "a profiling timer": "signal.signal(signal.SIGPROF, ring); signal.setitimer(2, 0.02)",
    "a virtual timer": "signal.setitimer(signal.ITIMER_VIRTUAL, 0.02)",
    "a trace function": "sys.settrace(ring)",
    "a profiler": "sys.setprofile(ring)",
    "a collection that raises": "gc.callbacks.append(ring); gc.set_threshold(1)",
    "a low recursion limit": "sys.setrecursionlimit(60)",
    "strict errors": "np.seterr(all='raise'); np.seterr = np.errstate = copy.deepcopy = None",
    "no error settings": "np.geterr = None",
    "no printing": "np.set_printoptions(3); np.set_printoptions = np.get_printoptions = None",
    "no numpy": "np.ndarray = np.asarray = np.dtype = np.empty = np.random.default_rng = None",
    "another numpy.ma": "sys.modules['numpy.ma'] = type('M', (), {'MaskedArray': 3})",
    "no filters": "del warnings.filters",
    "other filters": "warnings.filters = (); warnings.resetwarnings = None",
    "no clocks": "time.monotonic = time.process_time = None",
    "no timers": "signal.setitimer = signal.signal = signal.getsignal = None",
    "no reading": "os.read = os.readv = None",
    "no packing": "struct.pack = struct.unpack_from = struct.calcsize = None",
    "no system": "sys.setrecursionlimit = sys.settrace = sys.setprofile = gc.enable = None",
    "no lines": "linecache.cache.clear(); linecache.getline = linecache.getlines = None",
    "a stream that raises": "sys.stdout.flush = ring",
    "no writing": "os.write = None",
    "no types": "builtins.isinstance = None",
}
G = """
def g(x, now=time.monotonic):
    end = now() + 0.06 * x  # longer than the guest's timer waits between two signals
    while now() < end:
        pass
    return x * 2
"""


@pytest.fixture(scope="module", params=[LAYERS, ()], ids=["all layers", "no layers"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    exercises = [Exercise("g", "part1", ())]
    with Sandbox(Limits(case_seconds=5.0), layers=request.param, exercises=exercises) as opened:
        yield opened


@pytest.mark.parametrize("left", LEAVES)
def test_another_function_does_not_pay_for_it(sandbox: Sandbox, left: str) -> None:
    text = f"{IMPORTS}\ndef f(x):\n    {LEAVES[left]}\n    return x\n{G}"
    with sandbox.session([Source("part1", "part1.py", (text.encode(),))]) as session:
        of_f, *of_g = session.run([Job("f", "part1", [Call([1.0])]), *_of_g(2)])
        if of_f.status is Status.CRASHED:  # that is its own fault
            of_g = list(session.run(_of_g(2)))
        assert [outcome.value for outcome in of_g] == [0.0, 2.0]
        if "signal." in LEAVES[left]:
            time.sleep(0.15)  # the process waits for a request when the signal comes
        assert [outcome.value for outcome in session.run(_of_g(2))] == [0.0, 2.0]


def _of_g(count: int) -> list[Job]:
    return [Job("g", "part1", [Call([float(number)]) for number in range(count)])]


FRAME = r"struct.pack('<2sBxIQ', b'\xa7\x47', {}, {}, 0)"
HOSTILE = {
    "rings the bell without end": "[os.write(3, bytes(4096)) for _ in range(200)]",
    "rings the bell between requests": (
        "signal.signal(signal.SIGALRM, lambda *_: os.write(3, b'x')); "
        "signal.setitimer(signal.ITIMER_REAL, 1e-3, 1e-3)"
    ),
    "answers where it should ring": "os.dup2(4, 3)",
    "prints where it should answer": "os.dup2(4, 1); os.write(1, bytes(5000))",
    "answers more than it is asked": f"os.write(4, {FRAME.format(70, 999)})",
    "says that it is not isolated": f"os.write(4, {FRAME.format(66, 3)})",
    "aborts at its end": "import atexit; atexit.register(os.abort)",
    "reads every descriptor": "assert all(map(fails, range(5, 1024)))",
    "closes every descriptor": "os.closerange(0, 1024)",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_next_submission_does_not_notice(sandbox: Sandbox, name: str) -> None:
    fails = """
def fails(descriptor):
    try:
        os.read(descriptor, 1)
    except OSError:
        return True
"""
    text = f"{IMPORTS}{fails}\ndef f(x):\n    {HOSTILE[name]}\n    return x\n"
    honest = [Source("part1", "part1.py", (f"import time\n{G}".encode(),))]
    with sandbox.session(honest) as session:  # so that the next process is forked ahead
        list(session.run(_of_g(1)))
    with sandbox.session([Source("part1", "part1.py", (text.encode(),))]) as session:
        sandbox.prepare(honest)
        outcomes = list(session.run([Job("f", "part1", [Call([1.0]), Call([2.0])])]))
    assert {outcome.status for outcome in outcomes} <= {Status.RETURNED, Status.CRASHED}
    with sandbox.session(honest) as session:
        assert [outcome.value for outcome in session.run(_of_g(2))] == [0.0, 2.0]
