#!/usr/bin/env bash
# Guess: `answer == pytest.approx(expected)` compares shapes first, as it does for (3, 1) and (3,).
# What happens: a single number equals an array of equal numbers, and an empty array equals any single number.
# Where it matters: tests of uniform probabilities, gradients of zeros or padded results pass for `return 0.5`; compare np.shape too.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet pytest==8.3.5 numpy==2.2.6
env/bin/python - <<'PY'
import numpy as np
import pytest

print("pytest", pytest.__version__, "numpy", np.__version__)
uniform = np.full(3, 0.5)
same = {
    "(3, 1)": np.full((3, 1), 0.5) == pytest.approx(uniform),
    "0-d": np.array(0.5) == pytest.approx(uniform),
    "one number": np.float64(0.5) == pytest.approx(uniform),
    "empty, for one number": np.array([]) == pytest.approx(0.5),
}
print(same)
assert [bool(one) for one in same.values()] == [False, False, True, True], "shapes are compared now"
PY
