#!/usr/bin/env bash
# Guess: np.argsort of the same numbers gives the same order on every machine; ties may come in any order, but always in that one.
# What happens: with AVX2 or AVX-512 it sorts with other instructions, and equal numbers come in another order, even of 8 numbers.
# Where it matters: rankings, nearest neighbours, top k: an expected answer made on one machine rejects the same code on another; use kind="stable".
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet numpy==2.2.6
cat > try.py <<'PY'
import numpy as np

votes = np.array([3, 2, 2, 1, 1, 0, 0, 0])
print(f"numpy {np.__version__}: {np.argsort(votes).tolist()} stable {np.argsort(votes, kind='stable').tolist()}")
PY
fast=$(env/bin/python try.py)
features="AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR AVX2 FMA3"
plain=$(NPY_DISABLE_CPU_FEATURES="$features" env/bin/python -W ignore try.py)
printf 'this processor: %s\nwithout AVX:    %s\n' "$fast" "$plain"
[ "${fast##*stable}" = "${plain##*stable}" ]
[ "$fast" != "$plain" ] || { echo "the same order now, or this processor has no AVX2"; exit 1; }
