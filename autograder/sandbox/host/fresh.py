"""Starts a fresh interpreter for each session, which is slow, and works on every system."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from autograder.model import Limits, Source
from autograder.sandbox import control
from autograder.sandbox.host.children import cpu_seconds
from autograder.sandbox.host.launch import launch_interpreter
from autograder.sandbox.host.pipes import PipeChannel


class FreshChild:
    """An interpreter that runs one submission."""

    def __init__(self, process: subprocess.Popen[bytes], keep: int) -> None:
        self._process = process
        self.channel = PipeChannel(process, keep)

    def cpu_seconds(self) -> float:
        return cpu_seconds(self._process.pid)

    def end(self) -> int:
        if sys.platform == "win32":
            tree = ["taskkill", "/F", "/T", "/PID", str(self._process.pid)]
            subprocess.run(tree, capture_output=True, check=False)
        else:
            os.killpg(self._process.pid, signal.SIGKILL)
        status = self._process.wait()
        self.channel.close()
        return status


class FreshInterpreters:
    """The children of a sandbox without a fork server."""

    keeps_support = False

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    @property
    def states(self) -> Mapping[str, str]:
        """Each layer of isolation with its state."""
        why = "off (a fresh interpreter has none)"
        limits = "on" if os.name == "posix" else "off (not on this system)"
        return {**dict.fromkeys(control.LAYERS, why), "limits": limits}

    def start(self, support: Sequence[Source]) -> FreshChild:
        """Start an interpreter, which has no files yet; it is not waited for."""
        memory = self._limits.memory_mb << 20
        process = launch_interpreter(memory, control.cpu_limit(self._limits.submission_seconds))
        return FreshChild(process, self._limits.output_kb << 10)

    def close(self) -> None:
        """There is nothing that outlives the sessions."""
