"""The fork server: an interpreter that is warmed up once, then forks a child for each session.

`server/__init__.py` specifies its requests and answers. It never sees a submission: the grader
passes descriptors with FORK, and then talks to the child directly over them.
"""

from __future__ import annotations

import contextlib
import errno
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
)
from autograder.sandbox.server import prepare


class Cell(NamedTuple):
    """What a child is isolated with."""

    layers: list[isolation.Layer]
    null: int
    """A descriptor of the null device, for standard input."""
    allowance: Allowance


def get_ready(folders: list[str], packages: str, *, lean: bool) -> None:
    """Warm up this interpreter, then make it import from memory only."""
    if lean:
        prepare.import_extensions()
    else:
        prepare.warm_up()
    found = prepare.import_packages(packages)
    prepare.import_from_memory({"numpy": os.path.join(folders[1], "numpy"), **found})
    prepare.hide_the_grader()
    if not lean:
        gc.collect()
        prepare.fill_holes()
    gc.freeze()
    gc.enable()


def serve(wanted: Collection[str], descriptor: int) -> None:
    """Fork children with these layers for the grader at the other end of this socket.

    Exits when the grader closes it.
    """
    grader = socket.socket(fileno=descriptor)
    grader.set_inheritable(False)
    cell, states = _build_cell(wanted)
    surroundings.install()
    text = "\n".join(f"{name}\t{state}" for name, state in states.items()).encode()
    with contextlib.suppress(BrokenPipeError):  # the grader has ended in the meantime
        grader.sendall(words.READY.pack(len(text)) + text)
        _answer(grader, cell)
    os._exit(0)


def _build_cell(wanted: Collection[str]) -> tuple[Cell, dict[str, str]]:
    """Return the layers that work here, and the state of every layer, for the report."""
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
    # A refusal halfway cannot be undone, so a fork tries it first.
    refused = isolation.attempt(isolation.enter_namespaces)
    if refused:
        return f"off ({refused})"
    isolation.enter_namespaces()
    isolation.start_init()
    return f"on ({isolation.kinds_of_namespaces()})"


def _answer(grader: socket.socket, cell: Cell) -> None:
    """Answer requests until the grader has ended; then end the remaining children."""
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
        except OSError:  # the grader has ended in the meantime
            break
    for pid in children:
        _reap(pid)


def _receive_files(grader: socket.socket, length: int) -> list[guest.File]:
    payload = grader.recv(length, socket.MSG_WAITALL)
    if len(payload) < length:  # the grader has ended, as the next receive will show
        return []
    files, *_ = guest.read_files(Reader(payload))
    files = [file._replace(code=compiled(file)) for file in files]
    gc.freeze()
    return files


def compiled(file: guest.File) -> CodeType | None:
    """The compiled code of a script; None for any other file, or if compiling fails.

    The child then compiles the file itself, and reports the error.
    """
    if not file.filename.endswith(".py") or len(file.cells) != 1:
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
    except BaseException as error:
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            status = words.TOO_FEW_FILES
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
