"""How `pytest` in this folder runs, and a course of two exercises for tests of the engine."""

from __future__ import annotations

import contextlib
import gc
import locale
import os
import shutil
import signal
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from autograder.course.load import load_course
from autograder.model.course import Course

ROOT = Path(__file__).parents[1]
NEEDED = ("hypothesis", "jupytext", "mpmath", "nbformat", "otter", "pexpect")
"""What the engine's own tests import; all of it is in the extra `dev`."""
# Tests start hundreds of interpreters. Without compiled files, each compiles all that it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

MISSING = [name for name in NEEDED if find_spec(name) is None]


if "hypothesis" not in MISSING:
    from hypothesis import HealthCheck, settings

    # a test passes on a machine that is busy, too
    settings.register_profile(
        "any load", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("any load")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Plain `pytest`: the engine's tests on all cores, or the course's where dev is missing."""
    worker = hasattr(config, "workerinput")  # a process of xdist's, which starts none itself
    if worker or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    if MISSING:
        config.args[:] = [str(ROOT / "course.yaml")]
        return
    xdist = config.pluginmanager.hasplugin("xdist") and config.option.numprocesses is None
    if xdist and not (config.option.usepdb or config.option.collectonly):
        config.option.numprocesses = "auto"
        config.option.dist = "worksteal"  # keeps a module's tests together as far as it can


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Spare what was imported and collected from garbage collection: it is never freed."""
    gc.freeze()


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which tests these are."""
    if config.args != [str(ROOT / "course.yaml")] or not MISSING:
        return []
    return [
        "these are the public test groups of the course, on your files in exercises/",
        f"the engine's own tests need {', '.join(MISSING)}: pip install --editable '.[dev]'",
    ]


@pytest.fixture(autouse=True, scope="session")
def surroundings() -> None:
    """What a test inherits is set here, so that it passes from a cron job as from a terminal."""
    for variable in ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "PYTHONWARNINGS"):
        os.environ.pop(variable, None)
    os.environ.update({"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC"})
    with contextlib.suppress(locale.Error):  # not every system has it
        locale.setlocale(locale.LC_ALL, "C.UTF-8")
    if sys.platform != "win32" and threading.current_thread() is threading.main_thread():
        time.tzset()
        os.umask(0o022)
        # `nohup` and a shell's `&` have these ignored, and a child would inherit that.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # as Python has it


COURSE = """\
name: A tiny course
version: 0.1.0
seed: 7
tolerance: {rtol: 1.0e-5, atol: 1.0e-8}
limits: {case_seconds: 2.0, submission_seconds: 20.0, memory_mb: 512, output_kb: 16}
support: [notes.csv]
example:
  v: [1.0, 2.0, 4.0]
  A: [[1.0, 0.5, 0.0], [0.0, 2.0, 1.0]]
parts:
  - name: part1_scale
    title: Scaling
    exercises:
      - name: double
        groups:
          - {name: the worked example, points: 1, public: true, draw: worked_example}
          - name: any length
            points: 3
            draw: drawn
            sizes: [{M: 2, N: 1}, {M: 2, N: 5}]
            count: 2
            scale: 3.0
          - name: leaves its input alone
            points: 1
            public: true
            draw: drawn
            sizes: [{M: 1, N: 3}]
            keeps_arguments: true
            read_only: true
  - name: part2_mix
    title: Mixing
    exercises:
      - name: mix
        uses: [double]
        follow_through: 0.5
        tolerance: {rtol: 1.0e-6}
        groups:
          - {name: the worked example, points: 2, public: true, draw: worked_example}
          - name: any shape
            points: 3
            draw: drawn
            sizes: [{M: 3, N: 2}, {M: 1, N: 4}]
            tolerance: {atol: 1.0e-9}
"""

SOLUTIONS = {
    "part1_scale.py": """\
import numpy as np


def double(v):
    \"\"\"Return 2 v, shape (N,), of floats v.\"\"\"
    return 2.0 * np.asarray(v)
""",
    "part2_mix.py": """\
from part1_scale import double


def mix(A, v):
    \"\"\"Return A (2 v), shape (M,), of floats.\"\"\"
    return A @ double(v)
""",
    "inputs.py": """\
import numpy as np


def worked_example(v, A):
    return {"v": v, "A": A}


def drawn(rng, M, N, scale):
    A = np.asfortranarray(rng.standard_normal((M, N)))
    return {"v": scale * rng.standard_normal(N), "A": A}
""",
    "notes.csv": "a,b\n1,2\n",
}


def _write_tiny(folder: Path) -> Path:
    (folder / "solutions").mkdir(parents=True)
    (folder / "course.yaml").write_text(COURSE, encoding="utf-8")
    for name, text in SOLUTIONS.items():
        (folder / "solutions" / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def tiny_folder(tmp_path: Path) -> Path:
    """A folder with course.yaml and solutions/, to be changed by the test at will."""
    return _write_tiny(tmp_path / "tiny")


@pytest.fixture(scope="session")
def _tiny_exercises(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from autograder.authoring.sync import sync  # needs the extra `author`

    folder = _write_tiny(tmp_path_factory.mktemp("synced") / "tiny")
    sync(folder)
    return folder / "exercises"


@pytest.fixture
def synced(tiny_folder: Path, _tiny_exercises: Path) -> Path:
    """The same folder with what `autograder sync` makes of it."""
    shutil.copytree(_tiny_exercises, tiny_folder / "exercises")
    return tiny_folder


@pytest.fixture
def tiny_course(tiny_folder: Path) -> Course:
    """The course of `tiny_folder`, loaded."""
    return load_course(tiny_folder)
