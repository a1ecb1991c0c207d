"""The `autograder` command."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

INTERRUPTED = 130
BROKEN_PIPE = 141

EXTRAS = {
    "distributed": "cluster",
    "jupytext": "author",
    "matplotlib": "plot",
    "mpmath": "author",
    "otter": "instructor",
}
"""The extra of pyproject.toml that brings each module a student can do without."""


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
        from autograder.errors import AutograderError, CourseError

        try:
            return run(arguments)
        except CourseError as error:
            # Several faults of a course are told at once, a line each.
            return [_complain(line, error.exit_code) for line in str(error).splitlines()][-1]
        except AutograderError as error:
            return _complain(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _complain("interrupted; what was finished before is kept", INTERRUPTED)
    except BrokenPipeError:
        raise
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in EXTRAS:
            return _complain(_internal(error), 3)
        return _complain(_not_installed(error.name.partition(".")[0], arguments), 2)
    except Exception as error:
        return _complain(_internal(error), 3)


def _complain(message: str, code: int) -> int:
    with contextlib.suppress(OSError, KeyboardInterrupt):
        print("autograder: " + " ".join(message.split()), file=sys.stderr)
    return code


def _not_installed(module: str, arguments: list[str]) -> str:
    command = next((word for word in arguments if not word.startswith("-")), "this")
    extra = f"softmax-autograder[{EXTRAS[module]}]"
    return f"'{command}' needs {module}, which is not installed; run pip install '{extra}'"


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
