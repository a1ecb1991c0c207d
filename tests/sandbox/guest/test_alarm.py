"""Interrupting what takes too long."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest

from autograder.sandbox.guest.alarm import Allowance, TooLong

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no alarm")


@pytest.fixture
def allowance() -> Iterator[Allowance]:
    before = signal.getsignal(signal.SIGALRM)
    yield Allowance()
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def spin(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_what_computes_too_long_is_interrupted(allowance: Allowance) -> None:
    allowance.begin(0.1)
    with pytest.raises(TooLong), allowance:
        spin(20)


def test_what_sleeps_too_long_is_interrupted(allowance: Allowance) -> None:
    allowance.begin(0.05)
    began = time.monotonic()
    with pytest.raises(TooLong), allowance:
        time.sleep(20)
    assert time.monotonic() - began >= 0.05


def test_what_is_quick_is_not(allowance: Allowance) -> None:
    allowance.begin(0.1)
    with allowance:
        pass
    time.sleep(0.4)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_inner_and_outer_share_what_there_is(allowance: Allowance) -> None:
    def import_in_the_midst() -> None:
        with pytest.raises(TooLong), allowance:
            spin(20)
        spin(20)

    allowance.begin(0.2)
    with pytest.raises(TooLong), allowance:
        import_in_the_midst()


def test_code_outside_is_never_interrupted(allowance: Allowance) -> None:
    allowance.begin(0.05)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.1)
