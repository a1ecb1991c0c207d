#!/usr/bin/env bash
# Guess: the mean of a column of ones is 1, and np.mean(a, axis=0) is as exact as the mean of each column.
# What happens: only sums along the last axis of memory are pairwise; a float32 column is added up one by one, and its sum stops at 2**24.
# Where it matters: a reference and an answer that differ in memory order or axis disagree by more than a tolerance; give dtype=np.float64.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet numpy==2.2.6
env/bin/python - <<'PY'
import numpy as np

print("numpy", np.__version__)
ones = np.ones((2**25, 2), dtype=np.float32)
by_rows, by_columns = ones.mean(axis=0), np.asfortranarray(ones).mean(axis=0)
print("mean of each column of ones, rows in memory:", by_rows, "columns in memory:", by_columns)
pixels = np.random.default_rng(0).random((200_000, 3), dtype=np.float32)
exact = pixels.mean(axis=0, dtype=np.float64)
errors = [float(np.max(abs(way.mean(axis=0) / exact - 1))) for way in (pixels, np.asfortranarray(pixels))]
print("largest relative error for 200,000 random rows: {:.0e} and {:.0e}".format(*errors))
assert by_rows.tolist() == [0.5, 0.5], "rows are added up exactly now"
assert by_columns.tolist() == [1.0, 1.0]
assert errors[0] > 1e-6 > errors[1], "both are as exact now"
PY
