"""A process that has imported what takes long, and runs each job in a fork, as in a new process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SERVER = """
import json, os, sys, traceback

exec(sys.argv[1])
for line in sys.stdin:
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    folder, arguments = json.loads(line)
    os.chdir(folder)
    log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    code = 1
    try:
        run(*arguments)
        code = 0
    except SystemExit as ending:
        code = ending.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
"""


class WarmProcess:
    """Runs `run`, a function of the code that the process has begun with."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, folder: Path, *arguments: Any) -> None:
        """Call `run(*arguments)` in a fork, in the folder; fails with its output if it fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([str(folder), arguments]), file=self._process.stdin, flush=True)
        assert self._process.stdout.readline() == "0\n", (folder / "log").read_text()


@contextmanager
def warm_process(code: str) -> Iterator[WarmProcess]:
    """A process that has run this code, which defines `run`."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVER, code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "MPLBACKEND": "agg", "PYTHONWARNINGS": "ignore"},
    ) as process:
        yield WarmProcess(process)
