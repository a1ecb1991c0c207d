"""Sandboxes that are opened one after another share a server: its start takes longer than a test.

A server forks a child for each submission and sees none itself, so nothing is left for the next
one. Only what a test opens in its own process is served so; a process that it starts has servers of
its own, and so have tests/sandbox and tests/attacks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import pytest

from autograder.errors import SandboxError
from autograder.model.course import Limits
from autograder.sandbox import server as fork_server
from autograder.sandbox.host import launch
from autograder.sandbox.kernel_layers import LAYERS

_idle: dict[Any, list[SharedServer]] = defaultdict(list)


class _Wanted(NamedTuple):
    """What a server has to be like; in the place of one that was launched."""

    layers: tuple[str, ...]
    packages: tuple[str, ...]

    @property
    def process(self) -> _Wanted:
        return self

    def kill(self) -> None:
        """Nothing was started yet."""

    def close(self) -> None:
        """Nothing was started yet."""


class SharedServer(launch.ForkServer):
    """A server that waits for the next sandbox when it is closed."""

    wanted: _Wanted
    _lost = False

    def close(self) -> None:
        if not self._lost and not self._closed and self._is_well():
            _idle[self.wanted].append(self)
        else:
            super().close()

    def _is_well(self) -> bool:
        """Whether it ends what is left of the last session and answers."""
        try:
            spare = self._take_spare()
            if spare is not None:
                spare.leave()
            if self._support:
                again = fork_server.REQUEST.pack(fork_server.SUPPORT, 0, len(self._support), 0)
                self.value(self._ask(again + self._support), "did not answer")
            elif self._replies:
                self.value(self._replies[-1], "did not answer")
        except SandboxError:
            return False
        return True

    def _gone(self, error: OSError) -> SandboxError:
        self._lost = True
        return super()._gone(error)

    def serve(self, limits: Limits) -> SharedServer:
        self._limits = limits
        return self


def _launch(
    layers: Collection[str] = LAYERS, *, lean: bool = False, packages: Collection[str] = ()
) -> _Wanted:
    return _Wanted(tuple(layers), tuple(packages))


def _serve(limits: Limits, wanted: _Wanted) -> SharedServer:
    if _idle[wanted]:
        return _idle[wanted].pop().serve(limits)
    started = SharedServer(limits, _really_launch(wanted.layers, packages=wanted.packages))
    started.wanted = wanted
    return started


_really_launch = launch.launch_server


@pytest.fixture(scope="session")
def idle_servers() -> Iterator[None]:
    """Ends them after the last test."""
    yield
    for servers in _idle.values():
        for server in servers:
            launch.ForkServer.close(server)


@pytest.fixture(autouse=True, scope="module")
def shared_servers(idle_servers: None) -> Iterator[None]:
    """For the tests of a folder whose conftest.py imports both."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograder.sandbox.host.launch.launch_server", _launch)
        patch.setattr("autograder.sandbox.sandbox.launch_server", _launch)
        patch.setattr("autograder.sandbox.sandbox.ForkServer", _serve)
        yield
