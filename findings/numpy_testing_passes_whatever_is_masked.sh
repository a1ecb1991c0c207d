#!/usr/bin/env bash
# Guess: assert_allclose(answer, expected) fails if a number is wrong, whatever kind of array holds it.
# What happens: masked cells are left out of the comparison, so an answer that is masked everywhere passes; np.allclose refuses that one only.
# Where it matters: graders with numpy.testing: an answer made with np.ma for missing data, or log of negative numbers; compare np.asarray(answer).
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet numpy==2.2.6
env/bin/python - <<'PY'
import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

print("numpy", np.__version__)
expected = np.array([1.0, 2.0, 3.0])
one_wrong = np.ma.masked_greater(np.array([1.0, 9.0, 9.0]), 5.0)
all_wrong = np.ma.masked_greater(np.array([9.0, 9.0, 9.0]), 5.0)
for answer in (one_wrong, all_wrong):
    assert_allclose(answer, expected)
    assert_array_equal(answer, expected)
    print("assert_allclose passes", answer, "for", expected, "and allclose is", np.allclose(answer, expected))
assert np.allclose(one_wrong, expected)
assert not np.allclose(all_wrong, expected)
try:
    assert_allclose(np.asarray(one_wrong), expected)
except AssertionError:
    print("as a plain array it fails")
else:
    raise SystemExit("a plain array passes")
PY
