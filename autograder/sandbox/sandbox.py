"""The sandbox: a warm server that runs submissions one after another."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from autograder.model.course import Limits
from autograder.model.report import Isolation
from autograder.model.submission import Source
from autograder.sandbox.host.children import ForkServer, FreshInterpreters
from autograder.sandbox.host.launch import Launched, launch_server
from autograder.sandbox.host.session import Session
from autograder.sandbox.kernel_layers import LAYERS

Support = Sequence[Source]
"""The course's own files that students' code may import."""


class Sandbox:
    """A warm server; use it as a context manager.

    Students' code may import numpy and `packages`. `layers` names the isolation layers to apply,
    from `kernel_layers.LAYERS`; layers that the machine refuses stay off, as `isolation` reports.
    `launched` is a server that was started earlier. It was started without packages, so if there
    are any, it is closed and replaced. If `warm` is false, each session gets a fresh interpreter,
    with process isolation only.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        packages: Collection[str] = (),
        layers: Collection[str] = LAYERS,
        launched: Launched | None = None,
        warm: bool = hasattr(os, "fork"),
    ) -> None:
        self._limits = limits
        self._children: ForkServer | FreshInterpreters
        if launched and packages:
            launched.close()
            launched = None
        if warm:
            launched = launched or launch_server(layers, packages=packages)
            self._children = ForkServer(limits, launched)
        else:
            self._children = FreshInterpreters(limits, packages)
        self._undo = contextlib.ExitStack()
        if "undumpable" in layers and sys.platform == "linux":
            self._undo.enter_context(_undumpable())

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    @property
    def isolation(self) -> Isolation:
        """Which protections are on, and why the others are off. Waits until the server is ready."""
        states = self._children.states
        on = {name for name, state in states.items() if state.startswith("on")}
        if "seccomp" not in on:
            return Isolation("process", states)
        # "full" does not require Landlock: the seccomp list allows no call that opens a file.
        return Isolation("full" if on & {"namespaces", "uid"} else "partial", states)

    def session(
        self,
        sources: Sequence[Source],
        support: Support = (),
        *,
        case_seconds: float | None = None,
    ) -> Session:
        """Return a session for one submission. Nothing runs before its first call.

        `case_seconds`, if given, overrides the value in the limits.
        """
        seconds = self._limits.case_seconds if case_seconds is None else case_seconds
        limits = replace(self._limits, case_seconds=seconds)
        return Session(self._children, limits, sources, support)

    def close(self) -> None:
        """End the server and all remaining session processes."""
        try:
            self._children.close()
        finally:
            self._undo.close()


_undumpable_lock = threading.Lock()
_undumpable_users = 0
_dumpable_before = 0


@contextlib.contextmanager
def _undumpable() -> Iterator[None]:
    """Keep other processes of this user from reading the answers in our memory.

    The setting belongs to the whole process, so the users are counted: the first one saves the old
    value, and the last one restores it.
    """
    from autograder.sandbox.kernel_layers import linux  # loads on Linux only

    global _undumpable_users, _dumpable_before
    with _undumpable_lock:
        if not _undumpable_users:
            _dumpable_before = linux.prctl(linux.PR_GET_DUMPABLE)
            linux.prctl(linux.PR_SET_DUMPABLE, 0)
        _undumpable_users += 1
    try:
        yield
    finally:
        with _undumpable_lock:
            _undumpable_users -= 1
            if not _undumpable_users and _dumpable_before == 1:  # only 0 and 1 can be set
                linux.prctl(linux.PR_SET_DUMPABLE, 1)
