"""The `autograder` command."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

INTERRUPTED = 130
BROKEN_PIPE = 141


def main() -> NoReturn:
    """Run the command that the arguments name, and exit with its code."""
    if sys.path and sys.path[0] in ("", os.getcwd()):
        # `python -m` puts the current folder first, and a student's random.py there is not Python's
        sys.path.append(sys.path.pop(0))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not where a test has put something else in its place
            stream.reconfigure(errors="backslashreplace")  # for terminals that lack a letter
    try:
        code = _run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is still buffered must not raise at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = BROKEN_PIPE
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    # In here, because a Ctrl-C may come while these are still being imported.
    try:
        from autograder.cli.commands import run
        from autograder.errors import AutograderError

        try:
            return run(arguments)
        except AutograderError as error:
            return _complain(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _complain("interrupted; what was finished before is kept", INTERRUPTED)
    except BrokenPipeError:
        raise
    except Exception as error:
        return _complain(_internal(error), 3)


def _complain(message: str, code: int) -> int:
    with contextlib.suppress(OSError, KeyboardInterrupt):
        print("autograder: " + " ".join(message.split()), file=sys.stderr)
    return code


def _internal(error: Exception) -> str:
    import tempfile
    import traceback

    what = f"internal error: {type(error).__name__}: {error}"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="autograder-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            log.write("".join(traceback.format_exception(error)))
    except OSError:
        return what
    return f"{what}; this is a bug of autograder: please report it with {log.name}"
