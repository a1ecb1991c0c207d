"""Exceptions told in plain text, those that fight back too, and code that takes too long."""

from __future__ import annotations

import linecache
import signal
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest

from autograder.sandbox.guest.errors import (
    MOST_FRAMES,
    MOST_TEXT,
    Allowance,
    TooLong,
    _in_markdown,
    _needs_newer,
    error_of,
    needed,
    plain,
)

TEXT = "def f(n):\n    return f(n - 1) if n else 1 / 0\n"


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


def raised_by_text(n: int) -> BaseException:
    names: dict = {}
    exec(compile(TEXT, "a.py", "exec"), names)
    linecache.cache["a.py"] = (len(TEXT), None, TEXT.splitlines(keepends=True), "a.py")
    with pytest.raises(ZeroDivisionError) as caught:
        names["f"](n)
    return caught.value


def test_frames_are_the_students_alone() -> None:
    told = error_of(raised_by_text(2), {"a.py": ("week/a.ipynb", 3)})
    assert (told.type, told.builtin) == ("ZeroDivisionError", True)
    assert told.message == "division by zero"
    frame = ("week/a.ipynb", 3, 2, "f", "return f(n - 1) if n else 1 / 0")
    assert told.frames == [frame] * 3


def test_only_the_last_frames_of_many_are_kept() -> None:
    assert len(error_of(raised_by_text(50), {"a.py": ("a.py", -1)}).frames) == MOST_FRAMES


def test_syntax_error_points_at_its_line() -> None:
    with pytest.raises(SyntaxError) as caught:
        compile("x = 1\ny = = 2\n", "a.py", "exec")
    told = error_of(caught.value, {"a.py": ("a.py", -1)})
    (frame,) = told.frames
    assert (frame.line, frame.source) == (2, "y = = 2")
    assert told.message == "invalid syntax"


@pytest.mark.parametrize("error", [np.linalg.LinAlgError("x"), KeyError("x"), SystemExit(1)])
def test_known_exceptions_are_known(error: BaseException) -> None:
    assert error_of(raised(error), {}).builtin


def test_numpys_error_for_a_refused_cast_is_known() -> None:
    whole = np.ones(2, dtype=int)
    with pytest.raises(TypeError) as caught:
        whole += 0.5
    told = error_of(caught.value, {})
    assert (told.type, told.builtin) == ("UFuncTypeError", True)


def test_class_of_the_same_name_is_not_taken_for_the_known_one() -> None:
    fake = type("ValueError", (Exception,), {})
    assert not error_of(raised(fake("x")), {}).builtin


class Liar(str):
    def __getitem__(self, key):
        raise RuntimeError

    def __str__(self):
        return self


class Mute(Exception):
    def __str__(self):
        raise SystemExit


class Talker(Exception):
    def __str__(self):
        return "x" * 10_000_000


class Swapped(Exception):
    def __str__(self):
        return 7


def test_messages_that_fight_back_are_plain_text() -> None:
    assert error_of(raised(Mute()), {}).message == ""
    assert error_of(raised(Swapped()), {}).message == ""
    assert error_of(raised(Talker()), {}).message == "x" * MOST_TEXT
    assert plain(Liar("abc")) == "abc"
    assert type(plain(Liar("abc"))) is str


def test_metaclass_cannot_speak_through_the_name_of_its_class() -> None:
    class Meta(type):
        @property
        def __name__(cls):
            raise RuntimeError

    error = Meta("Odd", (Exception,), {})("x")
    assert error_of(raised(error), {}).type == "Odd"


# --- the end of its time ----------------------------------------------------------------------

needs_timer = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no timer")


@pytest.fixture
def allowance() -> Iterator[Allowance]:
    before = signal.getsignal(signal.SIGALRM)
    made = Allowance()
    made.take_timers()
    yield made
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def spin(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


@needs_timer
def test_what_computes_too_long_is_interrupted(allowance: Allowance) -> None:
    allowance.begin(0.1)
    with pytest.raises(TooLong), allowance:
        spin(20)


@needs_timer
def test_what_sleeps_too_long_is_interrupted(allowance: Allowance) -> None:
    allowance.begin(0.05)
    began = time.monotonic()
    with pytest.raises(TooLong), allowance:
        time.sleep(20)
    assert time.monotonic() - began >= 0.05


@needs_timer
def test_what_is_quick_is_not(allowance: Allowance) -> None:
    allowance.begin(0.1)
    for _ in range(6):
        with allowance:
            spin(0.03)
        allowance.begin(0.1)


@needs_timer
def test_inner_and_outer_share_what_there_is(allowance: Allowance) -> None:
    def import_in_the_midst() -> None:
        with pytest.raises(TooLong), allowance:
            spin(20)
        spin(20)

    allowance.begin(0.2)
    with pytest.raises(TooLong), allowance:
        import_in_the_midst()


@needs_timer
def test_code_outside_is_never_interrupted(allowance: Allowance) -> None:
    allowance.begin(0.05)
    spin(0.2)


@needs_timer
def test_code_that_goes_on_is_interrupted_again(allowance: Allowance) -> None:
    def refuse() -> None:
        try:
            spin(20)
        except TooLong:
            spin(20)

    allowance.begin(0.05)
    with pytest.raises(TooLong), allowance:
        refuse()


# --- which newer Python a file needs ----------------------------------------------------------

HERE = sys.version_info[:2]
GRAMMAR = [
    ("try:\n    pass\nexcept* ValueError:\n    pass\n", (3, 11)),
    ("print(f'{d['a']}')\n", (3, 12)),
    ("print(f'{'\\n'.join(x)}')\n", (3, 12)),
    ("print(f'''{\nx # why\n}''')\n", (3, 12)),
    ("type Vector = list[float]\n", (3, 12)),
    ("type Pair[T] = tuple[T, T]\n", (3, 12)),
    ("def first[T](x: list[T]) -> T:\n    return x[0]\n", (3, 12)),
    ("class Box[T]:\n    pass\n", (3, 12)),
    ("try:\n    pass\nexcept ValueError, TypeError:\n    pass\n", (3, 14)),
    ("x = t'{y}'\n", (3, 14)),
]


@pytest.mark.parametrize(("text", "version"), GRAMMAR)
def test_a_newer_grammar_is_named(text: str, version: tuple[int, int]) -> None:
    assert needed(f"x = 1\n{text}y = 2\n") == (version if version > HERE else None)


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "print 'x'\n",
        "x = (1\n",
        "f'{x\n",
        "type\n",
        "# ä\nx = 1\n",
        "\0",
        "x = 'open\n",
    ],
)
def test_what_no_python_takes_needs_none(text: str) -> None:
    assert needed(text) is None


def raised_by(statement: str) -> BaseException:
    try:
        exec(statement)
    except Exception as error:
        return error
    raise AssertionError


def test_code_pasted_with_the_markdown_around_it_is_named() -> None:
    text = "Here it is:\n\n```python\ndef double(v):\n    return 2 * v\n```\nIt doubles v.\n"
    said = _in_markdown(SyntaxError("invalid syntax", ("part1.py", 1, 6, "Here it is:")), text)
    assert said is not None
    assert said.startswith("this is Markdown: hand in only the code")
    wrong = SyntaxError("invalid syntax", ("part1.py", 4, 1, None))
    assert _in_markdown(wrong, text.replace("return", "return return")) is None
    assert _in_markdown(wrong, "def double(v)\n") is None


@pytest.mark.skipif(HERE >= (3, 12), reason="this Python has these names")
@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("from typing import override", "typing.override needs Python 3.12 or newer"),
        ("from itertools import batched", "itertools.batched needs Python 3.12 or newer"),
        ("import itertools\nitertools.batched", "itertools.batched needs Python 3.12 or newer"),
        ("from warnings import deprecated", "warnings.deprecated needs Python 3.13 or newer"),
        ("import annotationlib", "annotationlib needs Python 3.14 or newer"),
        ("from string.templatelib import Template", "string.templatelib needs Python 3.14"),
    ],
)
def test_a_newer_name_is_named(statement: str, what: str) -> None:
    said = _needs_newer(raised_by(statement), "")
    assert said is not None
    assert said.startswith(what)
    assert f"graded with Python {HERE[0]}.{HERE[1]}" in said


@pytest.mark.parametrize(
    "statement",
    [
        "import no_such",
        "from math import no_such",
        "import math\nmath.no",
        "(1).no",
        "1 / 0",
        "''.x",
    ],
)
def test_other_errors_say_it_themselves(statement: str) -> None:
    assert _needs_newer(raised_by(statement), "") is None


def test_the_line_to_rewrite_is_named() -> None:
    text = next((text for text, version in GRAMMAR if version > HERE), None)
    if text is None:
        pytest.skip("this Python takes all of these")
    error = raised_by(f"compile({text!r}, 'part1.py', 'exec')")
    said = _needs_newer(error, text)
    assert said is not None
    assert f"write line {error.lineno} as Python" in said
