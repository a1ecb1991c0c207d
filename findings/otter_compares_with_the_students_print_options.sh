#!/usr/bin/env bash
# Guess: a test `>>> thirds(3)` with an array below it compares what the function returns.
# What happens: it compares the printed text, and a student who calls np.set_printoptions, as many lessons do, fails with a right answer.
# Where it matters: otter and other graders built on doctest; compare with np.allclose(...), whose result is printed the same everywhere.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet 'otter-grader[grading]==7.0.0' numpy==2.2.6
mkdir tests
cat > tests/q1.py <<'PY'
OK_FORMAT = True
code = ">>> thirds(3)\narray([0.33333333, 0.66666667, 1.        ])"
case = {"code": code, "hidden": False, "locked": False}
suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
test = {"name": "q1", "points": 1, "suites": [suite]}
PY
cat > plain.py <<'PY'
import numpy as np


def thirds(n):
    return np.arange(1, n + 1) / n
PY
{ cat plain.py; echo 'np.set_printoptions(precision=3, suppress=True)'; } > fewer_digits.py
env/bin/pip list 2>/dev/null | grep -E '^(otter-grader|numpy) '
for file in plain fewer_digits; do
  env/bin/otter check "$file.py" > "$file.said" 2> warned
  echo "$file: $(grep -m 1 -E 'passed|failed' "$file.said")"
done
grep -q 'All tests passed' plain.said
grep -q 'failed' fewer_digits.said || { echo "the values are compared now"; exit 1; }
