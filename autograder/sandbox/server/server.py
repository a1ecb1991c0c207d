"""The fork server: a fresh interpreter that is warmed once, then forks a child for each session.

Its requests and answers are stated in `server/__init__.py`. It never sees a submission: the grader
sends along the descriptors over which it then talks to the child directly.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Collection
from functools import partial
from types import CodeType
from typing import NamedTuple

from autograder.sandbox import server as words
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.guest import surroundings
from autograder.sandbox.guest.calls import open_workspace
from autograder.sandbox.guest.errors import Allowance
from autograder.sandbox.guest.values import Reader
from autograder.sandbox.kernel_layers import (
    ANSWERS,
    CHANNEL,
    LAYERS,
    isolation,
    linux,
    namespaces,
)
from autograder.sandbox.server import stdlib, warm


class Cell(NamedTuple):
    """What shuts a child in."""

    layers: list[isolation.Layer]
    null: int
    """A descriptor from which there is nothing to read."""
    allowance: Allowance


def prepare(folders: list[str], packages: str, *, lean: bool) -> None:
    """Warm this interpreter, then leave it nothing but its memory to import from."""
    if lean:
        warm.prepare_imports()
    else:
        warm.warm_up()
    found = warm.import_packages(packages)
    stdlib.install({"numpy": os.path.join(folders[1], "numpy"), **found})
    for name in [name for name in sys.modules if name.partition(".")[0] == "autograder"]:
        del sys.modules[name]
    sys.argv = [""]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    if not lean:
        gc.collect()
        warm.fill_holes()
    gc.freeze()
    gc.enable()


def serve(wanted: Collection[str], descriptor: int) -> None:
    """Fork children with these layers for the grader at the other end of this socket."""
    grader = socket.socket(fileno=descriptor)
    grader.set_inheritable(False)
    cell, states = _build_cell(wanted)
    surroundings.install()
    text = "\n".join(f"{name}\t{state}" for name, state in states.items()).encode()
    with contextlib.suppress(BrokenPipeError):  # the grader went in the meantime
        grader.sendall(words.READY.pack(len(text)) + text)
        _answer(grader, cell)
    os._exit(0)


def _build_cell(wanted: Collection[str]) -> tuple[Cell, dict[str, str]]:
    """The layers that hold here, and the state of each for the report."""
    null = os.open(os.devnull, os.O_RDONLY)
    layers, off = isolation.make_layers(wanted)
    inside = _enter_namespaces(wanted)
    layers, more = isolation.probe(layers, null)
    states = {name: f"off ({why})" for name, why in {**off, **more}.items()}
    states.update({layer.name: f"on ({layer.note})" if layer.note else "on" for layer in layers})
    states["namespaces"] = inside
    if "undumpable" in wanted and sys.platform == "linux":
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
    return Cell(layers, null, Allowance()), {name: states[name] for name in LAYERS}


def _enter_namespaces(wanted: Collection[str]) -> str:
    if "namespaces" not in wanted:
        return "off (not asked for)"
    if sys.platform != "linux":
        return "off (only Linux has it)"
    # What is refused half-way cannot be undone, so that a fork tries it first.
    refused = isolation.attempt(namespaces.enter)
    if refused:
        return f"off ({refused})"
    namespaces.enter()
    namespaces.start_init()
    return f"on ({namespaces.kinds()})"


def _answer(grader: socket.socket, cell: Cell) -> None:
    """Fork and reap as told, until the grader is gone; then end the children that are left."""
    children: set[int] = set()
    support: list[guest.File] = []
    while True:
        message, descriptors, _, _ = socket.recv_fds(grader, words.REQUEST.size, 3)
        if not message:
            break
        what, pid, memory, seconds = words.REQUEST.unpack(message)
        try:
            if what == words.FORK:
                answer = _fork(cell, support, descriptors, isolation.Budget(memory, seconds))
                children.add(answer)
            elif what == words.SUPPORT:
                support = _receive_files(grader, memory)
                answer = 0
            else:
                answer = _reap(pid)
                children.discard(pid)
        except OSError as error:
            answer = words.REFUSED - (error.errno or 0)
        for descriptor in descriptors:
            os.close(descriptor)
        try:
            grader.sendall(words.ANSWER.pack(answer))
        except OSError:  # it went in the meantime
            break
    for pid in children:
        _reap(pid)


def _receive_files(grader: socket.socket, length: int) -> list[guest.File]:
    payload = grader.recv(length, socket.MSG_WAITALL)
    if len(payload) < length:  # the grader went in the meantime, as the next message will show
        return []
    files, _ = guest.read_files(Reader(payload))
    files = [file._replace(code=compiled(file)) for file in files]
    gc.freeze()
    return files


def compiled(file: guest.File) -> CodeType | None:
    """The code of a script; None where there is none, as whoever runs it will find out."""
    if file.notebook or len(file.cells) != 1:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code: CodeType = compile(file.cells[0], file.filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    return code


def _fork(
    cell: Cell, support: list[guest.File], descriptors: list[int], budget: isolation.Budget
) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        isolation.own_session(cell.null, *descriptors)
        failed = isolation.shut_in(cell.layers, budget)
        workspace = partial(open_workspace, support=support, allowance=cell.allowance)
        guest.converse(CHANNEL, ANSWERS, workspace, failed, bell=CHANNEL)
        status = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _reap(pid: int) -> int:
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
