"""The `autograder` command in the test's own process.

It does and prints what a process of its own would, without that one's start, which takes longer
than what most tests ask of it. Submissions are graded by one worker unless a test says how many:
a second one takes longer to start than the few submissions of a test take to be graded.
tests/cli/test_cli.py starts the real command.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

from autograder.cli import run_command


def run(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with these arguments, from this folder, with these variables as well."""
    words = list(map(str, arguments))
    if words[:1] == ["grade"] and not {"--workers", "--scheduler", "--help"} & {*words}:
        words += ["--workers", "1"]
    before = Path.cwd()
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(sys, "path", [*sys.path]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        os.chdir(cwd)
        try:
            code = run_command(words)
        finally:
            os.chdir(before)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
