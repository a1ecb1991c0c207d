#!/usr/bin/env bash
# Guess: printing a list of numpy results gives the same text with every numpy.
# What happens: since numpy 2 each scalar in it is written np.float64(0.5); a float32 plus 0.1 is float32, not float64.
# Where it matters: doctests, graders that compare printed text, and tolerances set with another numpy than students have.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python=$(command -v python3.11 || command -v python3.12 || command -v python3.10 || command -v python3)
for version in 1.26.4 2.2.6; do
  "$python" -m venv "env$version" && "env$version/bin/pip" install --quiet "numpy==$version"
  "env$version/bin/python" - > "said$version" <<'PY'
import numpy as np

print([np.float64(0.5)], (np.float32(3) + np.float64(0.1)).dtype, (np.float32(3) + 0.1).dtype)
PY
  echo "numpy $version: $(cat "said$version")"
done
[ "$(cat said1.26.4)" = "[0.5] float64 float64" ]
[ "$(cat said2.2.6)" = "[np.float64(0.5)] float64 float32" ]
