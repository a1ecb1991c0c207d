"""Where a session finds functions, and what it remembers of files that came to grief."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

from autograder.model.course import Exercise, Limits
from autograder.model.submission import Outcome, Source, Status
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.host import wire
from autograder.sandbox.host.wire import Call, Job
from autograder.sandbox.sandbox import Sandbox, Session

LIMITS = Limits(case_seconds=0.25, submission_seconds=20)
SHORT = 0.1
"""The time limit for what runs out of time anyway."""
STUB = "def f(x):\n    raise NotImplementedError\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS) as sandbox:
        yield sandbox


def script(module: str, text: str) -> Source:
    return Source(module, f"{module}.py", (text.encode(),))


def notebook(module: str, *cells: str) -> Source:
    return Source(module, f"{module}.ipynb", tuple(map(str.encode, cells)), notebook=True)


# --- looking up -------------------------------------------------------------------------------


def test_home_comes_first_then_the_others_in_their_order(sandbox: Sandbox) -> None:
    sources = [script(name, f"def f(x): return {at}") for at, name in enumerate(("c", "a", "b"))]
    with sandbox.session(sources) as session:
        assert session.call("f", "b", [0]).value == 2
        assert session.call("f", "elsewhere", [0]).value == 0
        assert session.call("g", "b", [0]).status is Status.MISSING


def test_stub_at_home_gives_way_to_what_is_written_elsewhere(sandbox: Sandbox) -> None:
    with sandbox.session([script("home", STUB), script("work", "def f(x): return 7")]) as session:
        assert session.call("f", "home", [0]).value == 7
    with sandbox.session([script("home", STUB), script("work", STUB)]) as session:
        assert session.call("f", "home", [0]).status is Status.NOT_WRITTEN


def test_only_the_files_that_are_needed_are_run(sandbox: Sandbox) -> None:
    sources = [script("home", "def f(x): return 1"), script("other", "while True: pass")]
    with sandbox.session(sources) as session:
        assert session.call("f", "home", [0]).value == 1
        assert session._reported == {"home"}


def test_a_file_without_text_is_not_asked(sandbox: Sandbox) -> None:
    absent = Source("home", "home.py", ())
    with sandbox.session([absent, script("work", "def f(x): return 7")]) as session:
        assert session.call("f", "home", [0]).value == 7
        assert session.load_failures() == ()
        assert session._reported == {"work"}


def test_parts_import_one_another_notebooks_too(sandbox: Sandbox) -> None:
    sources = [
        notebook("part1", "%matplotlib inline\ndef g(x): return x + 1", "1 / 0"),
        script(
            "part4", "from part1 import g\nimport workbench\ndef f(x): return g(workbench.K * x)"
        ),
    ]
    tools = [script("workbench", "K = 10")]
    with sandbox.session(sources, tools) as session:
        assert session.call("f", "part4", [2]).value == 21
        (failure,) = session.load_failures()
    assert (failure.filename, failure.cell, failure.error.type) == (
        "part1.ipynb",
        2,
        "ZeroDivisionError",
    )


def test_each_session_has_the_support_it_was_opened_with(sandbox: Sandbox) -> None:
    text = "import os, tools\ndef f(x): return os._exit(1) if x < 0 else tools.N"
    ours, theirs = ([script("tools", f"N = {number}")] for number in (1, 2))
    with sandbox.session([script("part1", text)], ours) as first:
        assert first.call("f", "part1", [0]).value == 1
        with sandbox.session([script("part1", text)], theirs) as second:
            assert second.call("f", "part1", [0]).value == 2
        assert first.call("f", "part1", [-1]).status is Status.CRASHED
        assert first.call("f", "part1", [0]).value == 1
    with sandbox.session([script("part1", text)]) as third:
        assert third.call("f", "part1", [0]).status is Status.RAISED


def test_support_is_no_place_to_look_for_a_function(sandbox: Sandbox) -> None:
    with sandbox.session([script("part1", "")], [script("tools", "def f(x): return 1")]) as session:
        assert session.call("f", "part1", [0]).status is Status.MISSING


# --- several calls at once --------------------------------------------------------------------


def several(session: Session, *numbers: float) -> list[Outcome]:
    return list(session.run([Job("f", "part1", [Call([number]) for number in numbers])]))


def test_each_of_several_calls_has_its_own_outcome(sandbox: Sandbox) -> None:
    text = "def f(x):\n    print(x)\n    return 1 / x"
    with sandbox.session([script("part1", text)]) as session:
        outcomes = several(session, 1.0, 0.0, 4.0)
        assert [each.status for each in outcomes] == [
            Status.RETURNED,
            Status.RAISED,
            Status.RETURNED,
        ]
        assert outcomes[2].value == 0.25
        assert {each.printed for each in outcomes} == {""}
        assert session.call("f", "part1", [2.0]).printed == "2.0\n"


@pytest.mark.parametrize(
    ("act", "status"),
    [
        ("while True: pass", Status.OUT_OF_TIME),
        ("import os; os._exit(1)", Status.CRASHED),
        ("raise MemoryError", Status.OUT_OF_MEMORY),
        ("import numpy; return numpy.zeros(1 << 24)", Status.OUT_OF_OUTPUT),
        ("import os; os.write(4, b'x' * 1000)", Status.CRASHED),
    ],
)
def test_the_call_that_breaks_is_the_last_of_several(
    sandbox: Sandbox, act: str, status: Status
) -> None:
    text = f"def f(x):\n    if x == 2.0:\n        {act}\n    else:\n        return x"
    seconds = SHORT if status is Status.OUT_OF_TIME else None
    with sandbox.session([script("part1", text)], case_seconds=seconds) as session:
        *before, last = several(session, 0.0, 1.0, 2.0)
        assert [each.value for each in before] == [0.0, 1.0]
        assert last.status is status
        assert len(several(session, 0.0, 2.0, 1.0)) == 2
        assert several(session, 3.0)[0].value == 3.0


def test_a_call_that_is_not_written_does_not_keep_others_from_being_made(sandbox: Sandbox) -> None:
    text = "def f(x):\n    if x == 2.0:\n        raise NotImplementedError\n    return x"
    with sandbox.session([script("part1", text)]) as session:
        first, second, third = several(session, 1.0, 2.0, 3.0)
        assert (first.value, second.status, third.value) == (1.0, Status.NOT_WRITTEN, 3.0)


def test_an_untouched_stub_is_called_once_where_calls_are_made_one_by_one(sandbox: Sandbox) -> None:
    asked: list[int] = []
    with sandbox.session([script("part1", "def f(x):\n    raise NotImplementedError")]) as session:
        ask = session._conversation.ask
        session._conversation.ask = lambda kind, *rest: asked.append(kind) or ask(kind, *rest)
        outcomes = [session.call("f", "part1", [value]) for value in (1.0, 2.0, 3.0)]
        assert {each.status for each in outcomes} == {Status.NOT_WRITTEN}
        assert asked.count(guest.CALL) == 1


def test_the_functions_of_all_exercises_are_looked_for_at_once() -> None:
    exercises = [Exercise("f", "part1", ()), Exercise("g", "part2", ())]
    asked: list[int] = []
    sources = [
        script("part1", "def f(x):\n    return x"),
        script("part2", "def g(x):\n    return 2 * x"),
    ]
    with Sandbox(LIMITS, exercises=exercises) as sandbox, sandbox.session(sources) as session:
        ask = session._conversation.ask
        session._conversation.ask = lambda kind, *rest: asked.append(kind) or ask(kind, *rest)
        found = [session.call(name, home, [3.0]) for name, home in (("f", "part1"), ("g", "part2"))]
    assert [each.value for each in found] == [3.0, 6.0]
    assert asked == [guest.FIND, guest.CALL, guest.CALL]


# --- run ahead --------------------------------------------------------------------------------

AHEAD = {
    "an answer": "def f(x): return x + 1",
    "an error in the file": "def f(x): return x + 1\n1 / 0",
    "no such function": "def g(x): return x",
    "a stub": STUB,
    "not Python": "def f(x) return x",
    "a file that ends its process": "import os\nos._exit(3)",
    "more output than a pipe holds": "print('word ' * 100_000)\ndef f(x): return x",
    "a long text": f"def f(x): return x\n# {'long ' * 50_000}",
    "what is not asked for": "import os\nos.write(4, bytes(70))\ndef f(x): return x",
}


@pytest.fixture(scope="module")
def looking_ahead() -> Iterator[Sandbox]:
    with Sandbox(LIMITS, exercises=[Exercise("f", "part1", ())]) as sandbox:
        yield sandbox


def run_ahead(sandbox: Sandbox, sources: list[Source]) -> None:
    """Let these files run while another submission is called."""
    with sandbox.session([script("part1", "def f(x): return x")]) as session:
        sandbox.prepare(sources)
        session.call("f", "part1", [0.0])
        time.sleep(SHORT)


@pytest.mark.parametrize("text", AHEAD.values(), ids=AHEAD.keys())
def test_what_runs_ahead_gives_what_it_gives_in_its_turn(looking_ahead: Sandbox, text: str) -> None:
    sources = [script("part1", text)]

    def outcome() -> str:
        with looking_ahead.session(sources) as session:
            return f"{session.call('f', 'part1', [1.0])} {session.load_failures()}"

    in_turn = outcome()
    run_ahead(looking_ahead, sources)
    assert outcome() == in_turn


@pytest.mark.parametrize("text", ["while True: pass", "import time\ntime.sleep(9)"])
def test_what_hangs_ahead_hangs_in_its_turn(text: str) -> None:
    sources = [script("part1", text)]
    limits = Limits(case_seconds=SHORT / 2, submission_seconds=20)
    with Sandbox(limits, exercises=[Exercise("f", "part1", ())]) as sandbox:
        with sandbox.session(sources) as session:
            in_turn = session.load_failures()
        run_ahead(sandbox, sources)
        with sandbox.session(sources) as session:
            assert session.call("f", "part1", [1.0]).status is Status.MISSING
            assert repr(session.load_failures()) == repr(in_turn)


def test_a_session_for_other_files_is_not_the_one_prepared(looking_ahead: Sandbox) -> None:
    ours, theirs = ([script("part1", f"def f(x): return x + {n}")] for n in (1, 2))
    with looking_ahead.session(ours) as session:
        looking_ahead.prepare(theirs)
        assert session.call("f", "part1", [1.0]).value == 2.0
    with looking_ahead.session(ours) as again:
        assert again.call("f", "part1", [1.0]).value == 2.0
    with looking_ahead.session(theirs) as other, looking_ahead.session(theirs) as third:
        assert [one.call("f", "part1", [1.0]).value for one in (other, third)] == [3.0, 3.0]


def test_files_run_while_another_submission_does(looking_ahead: Sandbox) -> None:
    if not looking_ahead._children.runs_ahead:
        pytest.skip("children are not isolated from each other, or there is a single core")
    text = "import time\nBEGAN = time.monotonic()\ndef f(x): return BEGAN"
    sources = [script("part1", text)]
    run_ahead(looking_ahead, sources)
    with looking_ahead.session(sources) as session:
        asked = time.monotonic()
        assert session.call("f", "part1", [0.0]).value < asked


def test_a_function_that_was_not_announced_is_found_in_a_new_process(
    looking_ahead: Sandbox,
) -> None:
    sources = [script("part1", "def f(x): return x\ndef g(x): return 2 * x")]
    run_ahead(looking_ahead, sources)
    with looking_ahead.session(sources) as session:
        assert session.call("g", "part1", [2.0]).value == 4.0
        assert session.call("f", "part1", [2.0]).value == 2.0


# ----------------------------------------------------------------------------------------------


def test_calls_that_nobody_waits_for_end_their_process(sandbox: Sandbox) -> None:
    text = "n = 0\ndef f(x):\n    global n\n    n += 1\n    return n"
    with sandbox.session([script("part1", text)]) as session:
        calls = session.run([Job("f", "part1", [Call([0.0])] * 5)])
        assert [next(calls).value, next(calls).value] == [1, 2]
        assert session.call("f", "part1", [0.0]).value == 1


# --- files that fail --------------------------------------------------------------------------


def test_load_failures_runs_what_was_not_run(sandbox: Sandbox) -> None:
    sources = [script("a", "1 / 0"), script("b", "x ="), script("c", "def f(x): return x")]
    with sandbox.session(sources) as session:
        failures = session.load_failures()
        assert [failure.filename for failure in failures] == ["a.py", "b.py"]
        assert [failure.error.type for failure in failures] == ["ZeroDivisionError", "SyntaxError"]
        session.call("f", "c", [1])
        assert session.load_failures() == failures


def test_after_a_call_that_hung_a_file_that_makes_it_again_is_not_reported(sandbox) -> None:
    """As a notebook next to a script does, whose lesson checks the function itself."""
    sources = [
        script("part1", "def f(x):\n    while True: pass"),
        script("part2", "from part1 import f\nf(1)"),
        script("part3", "1 / 0"),
    ]
    with sandbox.session(sources, case_seconds=SHORT) as session:
        assert session.call("f", "part1", [7]).status is Status.OUT_OF_TIME
        assert [each.filename for each in session.load_failures()] == ["part3.py"]


def test_errors_of_files_are_told_by_a_process_that_was_not_called(sandbox: Sandbox) -> None:
    """A file that is run late could put into its error what a hidden case handed over."""
    part1 = "SEEN = []\ndef f(x):\n    SEEN.append(x)\n    return x"
    late = "import part1\ndef g(x): return x\nraise ValueError(f'knows {part1.SEEN}')"
    sources = [script("part1", part1), script("part2", late), script("part3", late)]
    with sandbox.session(sources) as session:
        assert session.call("f", "part1", [7]).value == 7
        assert session.call("g", "part2", [3]).value == 3
        failures = session.load_failures()
    assert [failure.filename for failure in failures] == ["part2.py", "part3.py"]
    assert {failure.error.message for failure in failures} == {"knows []"}


def test_a_file_that_is_run_again_tells_nothing_new(sandbox: Sandbox) -> None:
    part1 = "import os\nSEEN = []\ndef f(x):\n    SEEN.append(x)\n    return x or os._exit(1)"
    again = "import os, part1\ndef g(x): return x\nif part1.SEEN: {}\nraise ValueError('first')"
    for act in ("raise ValueError('again')", "os._exit(9)"):
        sources = [script("part1", part1), script("part2", again.format(act))]
        with sandbox.session(sources) as session:
            session.call("g", "part2", [3])
            session.call("f", "part1", [0])
            session.call("f", "part1", [7])
            session.call("g", "part2", [3])
            (failure,) = session.load_failures()
        assert failure.error.message in ("first", "it ended the process")


@pytest.mark.parametrize(
    "text", ["def f(x) return x", "Here:\n```python\ndef f(x): return x\n```\n"]
)
def test_the_message_of_a_file_that_does_not_compile_leaves_the_line_to_the_frame(
    sandbox: Sandbox, text: str
) -> None:
    with sandbox.session([script("part1", text)]) as session:
        (failure,) = session.load_failures()
    assert "line" not in failure.error.message.replace("without the lines", "")
    assert failure.error.frames[-1].line == 1


def test_no_more_failures_are_kept_than_a_hand_in_may_have(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_FAILURES", 3)
    sources = [notebook(name, "1 / 0", "1 / 0") for name in ("a", "b", "c")]
    with sandbox.session(sources) as session:
        assert [each.filename[0] for each in session.load_failures()] == ["a", "a", "b"]


def test_file_that_hangs_keeps_what_it_defines_before_and_after(sandbox: Sandbox) -> None:
    text = "def f(x): return x\nwhile True: pass\ndef g(x): return x\n"
    with sandbox.session([script("part1", text)], case_seconds=SHORT) as session:
        assert session.call("f", "part1", [3]).value == 3
        assert session.call("g", "part1", [3]).value == 3
        (failure,) = session.load_failures()
    assert failure.error.frames[0].line == 2


def test_cells_after_one_that_hangs_are_run(sandbox: Sandbox) -> None:
    cells = ("import time\ndef f(x): return x", "time.sleep(60)", "def g(x): return x + 1")
    with sandbox.session([notebook("part1", *cells)], case_seconds=SHORT) as session:
        assert session.call("g", "part1", [3]).value == 4
        assert [failure.cell for failure in session.load_failures()] == [2]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("import os\nos._exit(0)", Status.CRASHED),
        (
            "import time\nwhile True:\n    try: time.sleep(9)\n    except BaseException: pass",
            Status.OUT_OF_TIME,
        ),
    ],
)
def test_file_that_ends_its_process_is_paid_for_once(
    sandbox: Sandbox, text: str, status: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    children = []
    start = sandbox._children.start

    def counted(support: list[Source]) -> object:
        children.append(start(support))
        return children[-1]

    monkeypatch.setattr(sandbox._children, "start", counted)
    sources = [script("bad", text), script("good", "def g(x): return x")]
    with sandbox.session(sources, case_seconds=SHORT) as session:
        for _ in range(4):
            assert session.call("f", "bad", [1]).status is status
            assert session.call("g", "good", [1]).value == 1
        assert len(children) == 2
        (failure,) = session.load_failures()
        assert failure.filename == "bad.py"


def test_file_that_imports_one_that_ends_the_process_is_given_up_too(sandbox: Sandbox) -> None:
    sources = [
        script("part1", "import os\nos._exit(0)"),
        script("part4", "def f(x): return x\nimport part1\n"),
    ]
    with sandbox.session(sources) as session:
        assert session.call("g", "part1", [1]).status is Status.CRASHED
        assert session.call("f", "part4", [1]).value == 1


def test_state_of_one_session_is_gone_in_the_next(sandbox: Sandbox) -> None:
    text = "n = 0\ndef f(x):\n    global n\n    n += 1\n    return n"
    for _ in range(2):
        with sandbox.session([script("part1", text)]) as session:
            assert session.call("f", "part1", [0]).value == 1
            assert session.call("f", "part1", [0]).value == 2


def test_outcome_has_no_more_than_it_says(sandbox: Sandbox) -> None:
    with sandbox.session([script("part1", "def f(x, y):\n    x[0] = 9\n    return y")]) as session:
        outcome = session.call("f", "part1", [np.zeros(2), 1.5], keeps_arguments=True)
        assert outcome.arguments[0].tolist() == [9, 0]
        assert outcome.arguments[1] == 1.5
        assert session.call("f", "part1", [np.zeros(2), 1.5]).arguments is None
