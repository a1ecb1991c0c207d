#!/usr/bin/env bash
# Guess: np.linalg.solve(A, b) with n matrices in A and n right-hand sides in the rows of b gives n solutions with every numpy.
# What happens: since numpy 2, a two-dimensional b is one matrix: where n is also the size, another system is solved without a word.
# Where it matters: courses and references written with numpy 1, and students' answers graded with another numpy than theirs.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
cat > try.py <<'PY'
import sys

import numpy as np

matrices = np.array([[[2.0, 0.0], [0.0, 4.0]], [[1.0, 0.0], [0.0, 2.0]]])
sides = np.array([[2.0, 4.0], [3.0, 4.0]])
found = np.linalg.solve(matrices, sides)
each = np.stack([np.linalg.solve(matrix, side) for matrix, side in zip(matrices, sides)])
print(f"numpy {np.__version__}: two systems of two unknowns give shape {found.shape}")
assert each.tolist() == [[1.0, 1.0], [3.0, 2.0]]
if sys.argv[1] == "1":
    assert found.tolist() == each.tolist(), "numpy 1 solves another system, too"
else:
    assert found.shape == (2, 2, 2), "numpy 2 solves the two systems again"
    assert found[1].tolist() == [[2.0, 4.0], [1.5, 2.0]]
PY
for version in 1.26.4 2.2.6; do
  python3 -m venv "env$version" && "env$version/bin/pip" install --quiet "numpy==$version"
  "env$version/bin/python" try.py "${version%%.*}"
done
