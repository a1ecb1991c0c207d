"""A course of two exercises, small enough to read, for tests of the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.load import load_course
from autograder.model import Course

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
    \"\"\"Return 2 v, shape (N,).\"\"\"
    return 2.0 * np.asarray(v)
""",
    "part2_mix.py": """\
from part1_scale import double


def mix(A, v):
    \"\"\"Return A (2 v), shape (M,).\"\"\"
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


@pytest.fixture
def tiny_folder(tmp_path: Path) -> Path:
    """A folder with course.yaml and solutions/, to be changed by the test at will."""
    folder = tmp_path / "tiny"
    (folder / "solutions").mkdir(parents=True)
    (folder / "course.yaml").write_text(COURSE, encoding="utf-8")
    for name, text in SOLUTIONS.items():
        (folder / "solutions" / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def tiny_course(tiny_folder: Path) -> Course:
    """The course of `tiny_folder`, loaded."""
    return load_course(tiny_folder)
