"""Starting the interpreters that run students' code."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from autograder.errors import SandboxError
from autograder.model.course import Limits
from autograder.sandbox.host import launch
from autograder.sandbox.host.channel import ChannelClosed


def test_nothing_heavy_is_imported_to_launch() -> None:
    script = (
        "import autograder.sandbox.host.launch, sys\n"
        "print('numpy' in sys.modules, len(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.startswith("False")


def test_layers_come_with_what_they_stand_on() -> None:
    assert launch._completed({"seccomp"}) == ["no new privileges", "seccomp"]
    assert launch._completed({"limits"}) == ["limits"]
    with pytest.raises(SandboxError, match="'walls'"):
        launch._completed({"walls"})


def test_environment_is_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADER_SECRET", "swordfish")
    assert "swordfish" not in launch._ENVIRONMENT.values()
    assert launch._ENVIRONMENT["OPENBLAS_NUM_THREADS"] == "1"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing can be forked here")
def test_server_ends_when_its_grader_goes() -> None:
    launched = launch.launch_server(())
    launched.connection.close()
    assert launched.process.wait(30) == 0
    launched.process.stderr.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing can be forked here")
def test_server_that_did_not_start_says_why_each_time_it_is_asked() -> None:
    launched = launch.launch_server(())
    launched.process.kill()
    server = launch.ForkServer(Limits(), launched)
    said = []
    for _ in range(2):
        with pytest.raises(SandboxError, match="the sandbox did not start: ") as raised:
            _ = server.states
        said.append(str(raised.value))
    assert said[0] == said[1]
    server.close()


def test_interpreter_ends_when_there_are_no_more_requests() -> None:
    child = launch.FreshInterpreters(Limits()).start(b"")
    child._process.stdin.close()
    until = time.monotonic() + 60
    with pytest.raises(ChannelClosed):
        child.channel.receive(1, lambda: until - time.monotonic())
    assert child.channel.output.take() == ""
    assert child.end() == 0


def test_missing_numpy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "find_spec", lambda name: None)
    with pytest.raises(SandboxError, match="pip install numpy"):
        launch.launch_server()
