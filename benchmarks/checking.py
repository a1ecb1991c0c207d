"""How long a student waits: `check` of the stubs, otter's check, and importing numpy."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.material import ROOT
from benchmarks.measure import Run

_FORBIDS = "PYTHONDONTWRITEBYTECODE"


def checks() -> dict[str, Run]:
    """For each command, a function that runs it in a new process."""
    exercises = ROOT / "exercises"
    otter = ["-m", "otter", "check", "part1_softmax.py", "-q", "softmax", "-t", "tests"]
    return {
        'python -c "import numpy"': lambda: _run(["-c", "import numpy"]),
        "autograder check": lambda: _run(["-m", "autograder", "check", str(exercises)]),
        "otter check -q softmax": lambda: _run(otter, str(exercises)),
    }


def _run(arguments: list[str], folder: str | None = None) -> int:
    # Python caches compiled files, as it does unless a user has forbidden it.
    environment = {name: os.environ[name] for name in os.environ.keys() - {_FORBIDS}}
    # The exit code is ignored, since stubs fail their check.
    command = [sys.executable, *arguments]
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    return 1
