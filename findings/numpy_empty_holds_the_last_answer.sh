#!/usr/bin/env bash
# Guess: a function that forgets to fill its np.empty result returns garbage, so that any test catches it.
# What happens: a small array gets the memory of the last one of its size, which may be the right answer.
# Where it matters: a grader that computes the expected value just before the call passes a function that does nothing.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet numpy==2.2.6
env/bin/python - <<'PY'
import numpy as np


def reference(x):
    return x * 2


def forgotten(x):
    return np.empty(x.shape)


print("numpy", np.__version__)
x = np.linspace(1.0, 2.0, 5)
reference(x)  # thrown away, as in `assert np.allclose(student(x), reference(x))` written the other way round
returned = forgotten(x)
print("returned", returned, "expected", x * 2)
assert np.array_equal(returned, x * 2), "the memory was not used again"
PY
