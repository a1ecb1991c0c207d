"""A run of `autograder grade` that is killed at any moment goes on as if nothing had been."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(sys.executable).with_name("autograder")
SUBMISSIONS = 80
LINES = 20
"""The lines of progress that a run prints, each for some submissions."""
KILLS = 6
SEED = 20260911

ANSWERS = (
    "def double(v):\n    return 2 * v\n",
    "def double(v):\n    return 3 * v\n",
    "def double(v):\n    v *= 2\n    return v\n",
    "def double(v):\n    return 2 * v\n\ndef mix(A, v):\n    return A @ double(v)\n",
    "def double(v):\n    return 3 * v\n\ndef mix(A, v):\n    return A @ double(v)\n",
    "def double(v):\n    return w\n",
)


def command(folder: Path, out: str) -> list[str]:
    arguments = ("grade", "hand-ins", "--out", out, "--workers", "2", "--course", str(folder))
    return [str(SCRIPT), *arguments]


def finish(folder: Path, out: str) -> str:
    result = subprocess.run(
        command(folder, out), cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def results(folder: Path, out: str) -> dict[str, Any]:
    """All but what may differ from run to run."""
    read: dict[str, Any] = json.loads((folder / out / "results.json").read_text())
    del read["isolation"]
    for submission in read["submissions"]:
        del submission["seconds"]
    return read


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal to send")
def test_killed_at_random_moments_and_resumed(tiny_folder: Path) -> None:
    hand_ins = tiny_folder / "hand-ins"
    hand_ins.mkdir()
    for number in range(SUBMISSIONS):
        # two attempts of every tenth student, so that which one counts has to come out alike
        name = f"twice{number // 2}_attempt_{number % 2}" if number % 20 < 2 else f"s{number}"
        text = f"# {number}\n{ANSWERS[number % len(ANSWERS)]}"
        (hand_ins / f"{name}.py").write_text(text)
    finish(tiny_folder, "undisturbed")
    undisturbed = results(tiny_folder, "undisturbed")
    assert len(undisturbed["submissions"]) == SUBMISSIONS - SUBMISSIONS // 20

    moments = random.Random(SEED)
    for lines in moments.sample(range(LINES + 1), KILLS):
        with subprocess.Popen(
            command(tiny_folder, "killed"), cwd=tiny_folder, stdout=subprocess.PIPE
        ) as process:
            # so many lines of progress, which say what was kept, too; before the first one the run
            # starts, and after the last one it writes its files
            assert process.stdout is not None
            for _ in range(lines):
                process.stdout.readline()
            time.sleep(moments.uniform(0.0, 0.1 if lines else 0.8))
            process.kill()
    said = finish(tiny_folder, "killed")
    assert results(tiny_folder, "killed") == undisturbed
    kept = re.search(rf"(\d+) of {SUBMISSIONS} were graded before", said)
    assert kept is not None
    assert int(kept[1]) > 0
