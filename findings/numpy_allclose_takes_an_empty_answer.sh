#!/usr/bin/env bash
# Guess: np.allclose(answer, expected) is False if the answer has another shape than expected.
# What happens: it broadcasts first: (3, 1) equals (3,), and an empty array equals any single number.
# Where it matters: a grader built on allclose gives points for `return np.array([])`; compare shapes before values.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet numpy==2.2.6
env/bin/python - <<'PY'
import numpy as np
from numpy.testing import assert_allclose

print("numpy", np.__version__)
expected = np.array([0.5])
print("allclose([], [0.5]):", np.allclose(np.array([]), expected))
print("allclose of (3, 1) and (3,):", np.allclose(np.ones((3, 1)), np.ones(3)))
assert np.allclose(np.array([]), expected)
assert np.allclose(np.ones((3, 1)), np.ones(3))
assert_allclose(np.ones(3), 1.0)  # a scalar expectation takes any shape
for answer in (np.array([]), np.ones((3, 1))):
    try:
        assert_allclose(answer, np.ones(3))
    except AssertionError as error:
        print("assert_allclose refuses", answer.shape, "for (3,):", str(error).split("\n")[3])
    else:
        raise SystemExit(f"assert_allclose takes {answer.shape} now")
PY
