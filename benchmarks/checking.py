"""How soon a student is answered: `check` on the stubs, otter's check, and importing numpy."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.material import ROOT
from benchmarks.measure import Run

_FORBIDS = "PYTHONDONTWRITEBYTECODE"


def checks() -> dict[str, Run]:
    """Whole processes, from start to end."""
    exercises = ROOT / "exercises"
    otter = ["-m", "otter", "check", "part1_softmax.py", "-q", "softmax", "-t", "tests"]
    return {
        'python -c "import numpy"': lambda: _run(["-c", "import numpy"]),
        "autograder check": lambda: _run(["-m", "autograder", "check", str(exercises)]),
        "otter check -q softmax": lambda: _run(otter, str(exercises)),
    }


def _run(arguments: list[str], folder: str | None = None) -> int:
    # Python keeps what it has compiled, as it does for whoever has not forbidden it.
    environment = {name: os.environ[name] for name in os.environ.keys() - {_FORBIDS}}
    # a stub fails its check: the exit code says nothing here
    command = [sys.executable, *arguments]
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    return 1
