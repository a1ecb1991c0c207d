"""Finds out, in throw-away forks, which layers hold on this machine."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Sequence

from autograder.sandbox.control import CHANNEL
from autograder.sandbox.kernel_layers.isolation import Budget, Layer, own_session

_BUDGET = Budget(1 << 30, 60)
_SECONDS = 10.0
_END = "end"


def probe(layers: Sequence[Layer], null: int) -> tuple[list[Layer], dict[str, str]]:
    """The layers that hold, all of them put on together; and for the others why they do not."""
    left, off = list(layers), {}
    while True:
        tried, endable = _in_fork(lambda channel: _try_all(left, null, channel))
        found = dict(line.split("\t") for line in tried.splitlines())
        off.update({name: refused for name, refused in found.items() if refused})
        if _END in found:
            if not endable:  # a process of another uid that nobody could end
                off["uid"] = "its processes could not be ended"
            return [layer for layer in left if layer.name not in off], off
        ended = next(layer for layer in left if layer.name not in found)
        off[ended.name] = "it ends the process that tries it"
        left.remove(ended)


def attempt(action: Callable[[], None]) -> str:
    """What refuses the action when a fork tries it; "" where nothing does."""

    def try_it(channel: int) -> None:
        try:
            action()
            refused = ""
        except OSError as error:
            refused = f"{error.filename}: {error.strerror}"
        os.write(channel, f"{refused}\n".encode())

    tried, _ = _in_fork(try_it)
    return tried.strip() if tried else "it ends the process that tries it"


def _try_all(layers: Sequence[Layer], null: int, channel: int) -> None:
    own_session(null, channel, channel)
    for layer in layers:
        refused = ""
        try:
            layer.apply(_BUDGET)
            if not layer.holds():
                refused = "the system takes it, and it does not hold"
        except OSError as error:
            refused = error.strerror or str(error)
        os.write(CHANNEL, f"{layer.name}\t{refused}\n".encode())
    os.write(CHANNEL, f"{_END}\t\n".encode())
    os.read(CHANNEL, 1)  # until it is ended, by us or by the end of the channel


def _in_fork(action: Callable[[int], None]) -> tuple[str, bool]:
    """What the action says over its channel, and whether we may end the fork that ran it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                action(theirs.fileno())
            finally:
                os._exit(0)
        theirs.close()
        ours.settimeout(_SECONDS)
        said = b""
        try:
            while not said.endswith(f"{_END}\t\n".encode()):
                piece = ours.recv(4096)
                if not piece:
                    break
                said += piece
        except TimeoutError:
            pass
        try:
            os.kill(pid, signal.SIGKILL)
            endable = True
        except PermissionError:
            endable = False
    os.waitpid(pid, 0)
    return said.decode(), endable
