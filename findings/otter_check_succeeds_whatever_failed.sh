#!/usr/bin/env bash
# Guess: `otter check` exits with another code than 0 if a test fails, as pytest does.
# What happens: it prints the failed test and exits with 0.
# Where it matters: a workflow or a pre-commit hook that runs it is green for every student; read its output, or use another command.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet 'otter-grader[grading]==7.0.0'
mkdir tests
cat > tests/q1.py <<'PY'
OK_FORMAT = True
case = {"code": ">>> double(2)\n4", "hidden": False, "locked": False}
suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
test = {"name": "q1", "points": 1, "suites": [suite]}
PY
echo 'def double(x): return 3 * x' > hand_in.py
env/bin/pip list 2>/dev/null | grep '^otter-grader'
code=0
env/bin/otter check hand_in.py > said 2> warned || code=$?
cat said
echo "exit code: $code"
grep -q "failed" said || { echo "the wrong answer is no longer found: $(tail -n 3 warned)"; exit 1; }
[ "$code" -eq 0 ] || { echo "otter check fails now as its tests do"; exit 1; }
