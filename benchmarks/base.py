"""The grader of another commit, for comparison: `--base DIR` is a checkout of that commit."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Run

_SCRIPT = """
import sys
from benchmarks.material import load_material
from benchmarks.ours import ALL_LAYERS, FORMS, forms

with forms(load_material()[sys.argv[1]], {ALL_LAYERS: FORMS[ALL_LAYERS]}) as runs:
    for _ in sys.stdin:
        print(runs[ALL_LAYERS](), flush=True)
"""


@contextlib.contextmanager
def base(folder: Path | None, hand_in: str) -> Iterator[dict[str, Run]]:
    """A function that grades the submission in a process that runs the other commit's code."""
    if folder is None:
        yield {}
        return
    command = [sys.executable, "-c", _SCRIPT, hand_in]
    environment = {**os.environ, "PYTHONPATH": str(folder.resolve()), "PYTHONSAFEPATH": "1"}
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        asked, answers = process.stdin, process.stdout
        assert asked is not None
        assert answers is not None

        def run() -> int:
            asked.write("\n")
            asked.flush()
            return int(answers.readline())

        yield {"the base, all layers": run}
        asked.close()
