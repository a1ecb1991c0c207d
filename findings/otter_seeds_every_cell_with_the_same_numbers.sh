#!/usr/bin/env bash
# Guess: `seed` in otter_config.json seeds numpy once, so that a notebook with random numbers comes out the same each time.
# What happens: every cell is seeded anew, so two cells that draw numbers draw the same ones; the student's own run does not.
# Where it matters: a split into training and test data, or two samples to compare, in two cells: right answers fail when graded.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet 'otter-grader[grading]==7.0.0'
mkdir tests
cat > tests/q1.py <<'PY'
OK_FORMAT = True
case = {"code": ">>> bool((first != second).any())\nTrue", "hidden": False, "locked": False}
suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
test = {"name": "q1", "points": 4, "suites": [suite]}
PY
cat > write.py <<'PY'
import nbformat
from nbformat.v4 import new_code_cell, new_notebook

texts = ["import numpy as np", "first = np.random.rand(3)", "second = np.random.rand(3)"]
kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
nbformat.write(new_notebook(cells=[*map(new_code_cell, texts)], metadata=kernel), "hand_in.ipynb")
PY
. env/bin/activate
pip list 2>/dev/null | grep '^otter-grader'
python write.py
for config in '{}' '{"seed": 42}'; do
  echo "$config" > otter_config.json
  otter generate -t tests -o autograder.zip > generated 2>&1
  said=$(otter run -a autograder.zip hand_in.ipynb 2>/dev/null | grep '^Total Score')
  echo "$config: $said"
  rm autograder.zip
  case "$config" in
    '{}') [[ $said == *"4.000 / 4.000"* ]] ;;
    *) [[ $said == *"0.000 / 4.000"* ]] || { echo "the seed is set once now"; exit 1; } ;;
  esac
done
