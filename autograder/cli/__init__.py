"""The `autograder` command."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import signal
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from autograder.sandbox.host.launch import Launched

_OBJECTS = 100_000
"""New ones before Python looks for garbage: imports make far more than its usual 700, to stay."""
INTERRUPTED = 130
BROKEN_PIPE = 141

EXTRAS = {
    "distributed": "cluster",
    "jupytext": "author",
    "markdown_it": "web",
    "matplotlib": "plot",
    "mdit_py_plugins": "web",
    "mpmath": "author",
    "otter": "instructor",
    "starlette": "web",
    "uvicorn": "web",
}
"""The extra of pyproject.toml that brings each module a student can do without."""


class Ended(BaseException):
    """A signal asked this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main() -> NoReturn:
    """Run the command that the arguments name, and exit with its code."""
    _open_standard_streams()
    _end_in_order_on_signals()
    # numpy's OpenBLAS otherwise starts a thread for each core, which takes half as long as all else
    # of numpy, sums in another order on another machine, and interrupts the process (SIGINT) where
    # it may not start one.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(_OBJECTS)
    try:
        code = run_command(sys.argv[1:])
        sys.stdout.flush()
    except OSError as error:
        # Whoever read our output has seen enough; what is still buffered must not raise at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = BROKEN_PIPE
        if not isinstance(error, BrokenPipeError):
            code = _complain(_no_output(error), 3)
    gc.freeze()  # or Python looks through all modules for what it could free, just before it ends
    sys.exit(code)


def _open_standard_streams() -> None:
    """Closed ones lead nowhere, so that no file that is opened later is written to by `print`."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # gets the lowest number that is free: this one
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
            mode = "w" if number else "r"
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 - till the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not where a test has put something else in its place
            stream.reconfigure(errors="backslashreplace")  # for terminals that lack a letter


def _end_in_order_on_signals() -> None:
    def end(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # the second time it ends at once
        raise Ended(number)

    for name in ("SIGTERM", "SIGHUP", "SIGQUIT"):
        number = getattr(signal, name, None)
        # not where whoever started this wants it ignored, as nohup does
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, end)


def run_command(arguments: list[str]) -> int:
    """Run the command that `arguments` name; its exit code. What goes wrong is printed."""
    # In here, because a Ctrl-C may come while these are still being imported.
    try:
        try:
            here = os.getcwd()
        except OSError as error:
            gone = f"the current folder cannot be used ({error.strerror}); change into another one"
            return _complain(gone, 2)
        if sys.path and sys.path[0] in ("", here):
            # `python -m` puts the current folder first, and a student's random.py there is not
            # Python's
            sys.path.append(sys.path.pop(0))
        from autograder.errors import AutograderError, CourseError

        try:
            with _server_for(arguments) as launched:
                from autograder.cli.commands import run

                return run(arguments, launched)
        except CourseError as error:
            # Several faults of a course are told at once, a line each.
            return [_complain(line, error.exit_code) for line in str(error).splitlines()][-1]
        except AutograderError as error:
            return _complain(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _complain("interrupted; what was finished before is kept", INTERRUPTED)
    except Ended as ended:
        name = signal.Signals(ended.number).name
        return _complain(f"ended by {name}; what was finished before is kept", 128 + ended.number)
    except BrokenPipeError:
        raise
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in EXTRAS:
            return _complain(_internal(error), 3)
        return _complain(_not_installed(error.name.partition(".")[0], arguments), 2)
    except OSError as error:
        if error.filename is None and error.errno in (errno.ENOSPC, errno.EBADF, errno.EIO):
            raise  # standard output: all other writing says what it writes
        return _complain(_refused(error), 3)
    except Exception as error:
        return _complain(_internal(error), 3)


@contextlib.contextmanager
def _server_for(arguments: list[str]) -> Iterator[Launched | None]:
    """The sandbox's server for `check`.

    It warms up while this process imports everything else: a student waits half as long.
    """
    if arguments[:1] != ["check"] or not hasattr(os, "fork"):
        yield None
        return
    from autograder.sandbox.host.launch import launch_server

    launched = launch_server(lean=True)
    try:
        yield launched
    finally:
        launched.process.kill()  # where nobody used it, it is still warming up
        launched.close()


def _complain(message: str, code: int) -> int:
    with contextlib.suppress(OSError, KeyboardInterrupt):
        print("autograder: " + " ".join(message.split()), file=sys.stderr)
    return code


def _not_installed(module: str, arguments: list[str]) -> str:
    command = next((word for word in arguments if not word.startswith("-")), "this")
    extra = f"softmax-autograder[{EXTRAS[module]}]"
    return f"'{command}' needs {module}, which is not installed; run pip install '{extra}'"


def _no_output(error: OSError) -> str:
    return (
        f"standard output cannot be written ({error.strerror or error}); "
        "send it elsewhere and run the command again"
    )


def _refused(error: OSError) -> str:
    """What the system would not do, and for what."""
    what = error.strerror or str(error)
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return f"too many open files ({what}); raise the limit, such as with `ulimit -n 256`"
    if error.errno in (errno.EAGAIN, errno.ENOMEM):
        return f"no process can be started ({what}); end others, or raise `ulimit -u`"
    place = f"{error.filename}: " if error.filename is not None else ""
    log = _logged(error)
    return f"{place}the system says {what!r}{f'; details are in {log}' if log else ''}"


def _internal(error: Exception) -> str:
    what = f"internal error: {type(error).__name__}: {error}"
    log = _logged(error)
    return f"{what}; this is a bug of autograder: please report it with {log}" if log else what


def _logged(error: Exception) -> str | None:
    """Where the details of an error are; None where there is no place for them."""
    import tempfile
    import traceback

    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="autograder-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            log.write("".join(traceback.format_exception(error)))
    except OSError:
        return None
    return log.name
