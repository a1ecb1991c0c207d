#!/usr/bin/env bash
# Guess: a test cell whose last line is `4 * right.mean()` gives 4, 2 or 0 points, as nbgrader's partial credit does for numbers.
# What happens: numpy 2 shows the number as np.float64(2.0), which nbgrader cannot read and counts as full credit; it was 2 points with numpy 1.
# Where it matters: assignments with partial credit after an upgrade of numpy: everybody has all points; end the cell with float(...).
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
cat > try.py <<'PY'
import os
import pathlib
import subprocess
import sys

import nbformat
import numpy
from nbformat.v4 import new_code_cell, new_notebook

ANSWERS = {"both right": "return 2 * x", "one right": "return x + 1", "none right": "return 0 * x"}
SOLUTION = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
TEST = "import numpy as np\nright = np.array([double(1) == 2, double(3) == 6])\n4 * right.mean()"


def cell(text, name, **more):
    """A cell of nbgrader's, of the kind that `more` says."""
    kind = {"locked": False, "solution": False, "grade": False, "task": False, **more}
    return new_code_cell(text, metadata={"nbgrader": {"schema_version": 3, "grade_id": name, **kind}})


def nbgrader(*words):
    done = subprocess.run([sys.executable, "-m", "nbgrader", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


os.environ["PATH"] = f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
test = cell(TEST, "test", grade=True, locked=True, points=4)
kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
source = pathlib.Path("source/hw1/hw1.ipynb")
source.parent.mkdir(parents=True)
nbformat.write(new_notebook(cells=[cell(SOLUTION, "double", solution=True), test], metadata=kernel), source)
nbgrader("generate_assignment", "hw1")
for student, answer in ANSWERS.items():
    notebook = nbformat.read("release/hw1/hw1.ipynb", 4)
    notebook.cells[0].source = f"def double(x):\n    {answer}"
    submitted = pathlib.Path("submitted", student, "hw1", "hw1.ipynb")
    submitted.parent.mkdir(parents=True)
    nbformat.write(notebook, submitted)
nbgrader("autograde", "hw1")

from nbgrader.api import Gradebook

with Gradebook("sqlite:///gradebook.db") as gradebook:
    scores = {one.student.id: one.score for one in gradebook.assignment_submissions("hw1")}
print("numpy", numpy.__version__, {name: scores[name] for name in ANSWERS})
expected = [4.0, 2.0, 0.0] if sys.argv[1] == "1" else [4.0, 4.0, 4.0]
assert [scores[name] for name in ANSWERS] == expected, "nbgrader reads the number now"
PY
for version in 1.26.4 2.2.6; do
  python3 -m venv "env$version"
  "env$version/bin/pip" install --quiet nbgrader==0.9.5 ipykernel==6.29.5 "numpy==$version"
  "env$version/bin/pip" list 2>/dev/null | grep '^nbgrader'
  mkdir "course$version"
  (cd "course$version" && "../env$version/bin/python" -W ignore ../try.py "${version%%.*}")
done
