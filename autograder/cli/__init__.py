"""The `autograder` command."""

from __future__ import annotations

import atexit
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
"""The threshold of allocations for garbage collection.

Imports create far more than the default of 700 objects, all of them long-lived.
"""
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
"""The extra of pyproject.toml that installs each optional module."""


class Ended(BaseException):
    """A signal asked this process to terminate."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main() -> NoReturn:
    """Run the command given by the arguments, and exit with its exit code."""
    _open_standard_streams()
    _end_in_order_on_signals()
    # Otherwise numpy's OpenBLAS starts a thread for each core. That takes half as long as the rest
    # of numpy's import, makes the order of sums depend on the machine, and interrupts the process
    # (SIGINT) if a thread cannot be started.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A notebook's kernel hands its own backend to programs that it starts, and since version 3.9,
    # matplotlib cannot be imported with a backend that is not installed. Pictures need none.
    os.environ.pop("MPLBACKEND", None)
    gc.set_threshold(_OBJECTS)
    try:
        code = run_command(sys.argv[1:])
        sys.stdout.flush()
    except OSError as error:
        # The reader closed the pipe, or writing failed; flushing buffers must not raise at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = BROKEN_PIPE
        if not isinstance(error, BrokenPipeError):
            code = _complain(_no_output(error), 3)
    if sys.argv[1:2] == ["check"]:
        # A student waits for each check: do not spend time on taking the interpreter apart.
        atexit._run_exitfuncs()
        os._exit(code)
    gc.freeze()  # skip garbage collection of all modules at exit
    sys.exit(code)


def _open_standard_streams() -> None:
    """Open closed standard streams on /dev/null, so that `print` cannot write to a later file."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # the lowest free descriptor is this one
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
            mode = "w" if number else "r"
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115 - stays open
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not if a test replaced the stream
            stream.reconfigure(errors="backslashreplace")  # for encodings that lack a character


def _end_in_order_on_signals() -> None:
    def end(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # a second signal ends it at once
        raise Ended(number)

    for name in ("SIGTERM", "SIGHUP", "SIGQUIT"):
        number = getattr(signal, name, None)
        # not if the parent process set it to be ignored, as nohup does
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, end)


def run_command(arguments: list[str]) -> int:
    """Run the command given by `arguments`, print its errors, and return its exit code."""
    # Imports are inside the try, because a Ctrl-C may arrive during them.
    try:
        try:
            here = os.getcwd()
        except OSError as error:
            gone = f"the current folder cannot be used ({error.strerror}); change into another one"
            return _complain(gone, 2)
        if sys.path and sys.path[0] in ("", here):
            # `python -m` puts the current folder first, where a student's random.py would hide
            # the standard library's
            sys.path.append(sys.path.pop(0))
        from autograder.errors import AutograderError, CourseError

        try:
            with _server_for(arguments) as launched:
                from autograder.cli.commands import run

                return run(arguments, launched)
        except CourseError as error:
            # A CourseError may list several faults, one on each line.
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
            raise  # standard output: errors in all other writing name the file
        return _complain(_refused(error), 3)
    except MemoryError:
        return _complain(_TOO_LITTLE_MEMORY, 3)
    except ImportError as error:  # the dynamic loader reports a lack of memory in these words
        mapped = "failed to map segment" in str(error)
        return _complain(_TOO_LITTLE_MEMORY if mapped else _internal(error), 3)
    except Exception as error:
        return _complain(_internal(error), 3)


_TOO_LITTLE_MEMORY = (
    "too little memory; free some, or raise the limit with `ulimit -v`, then run this again"
)


@contextlib.contextmanager
def _server_for(arguments: list[str]) -> Iterator[Launched | None]:
    """Start the sandbox server for `check`.

    It warms up while this process imports everything else, which halves the student's wait.
    """
    if arguments[:1] != ["check"] or not hasattr(os, "fork"):
        yield None
        return
    from autograder.sandbox.host.launch import launch_server

    launched = launch_server(lean=True)
    try:
        yield launched
    finally:
        launched.process.kill()  # if it was not used, it is still warming up
        launched.close()


def _complain(message: str, code: int) -> int:
    with contextlib.suppress(OSError, KeyboardInterrupt):
        print("autograder: " + " ".join(message.split()), file=sys.stderr)
    return code


def _not_installed(module: str, arguments: list[str]) -> str:
    command = next((word for word in arguments if not word.startswith("-")), "this")
    from autograder.fixed_names import NAME

    extra = f"{NAME}[{EXTRAS[module]}]"
    return f"'{command}' needs {module}, which is not installed; run pip install '{extra}'"


def _no_output(error: OSError) -> str:
    return (
        f"standard output cannot be written ({error.strerror or error}); "
        "send it elsewhere and run the command again"
    )


def _refused(error: OSError) -> str:
    """The error message for a request that the operating system refused."""
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
    """Write the error's traceback to a log; return its path, or None if it cannot be written."""
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
