#!/usr/bin/env bash
# Guess: pandas reads a gradebook export as it is, and writes it back unchanged.
# What happens: the surname NULL (or NA) becomes missing, 00101 becomes 101, and an id column with a gap becomes floats.
# Where it matters: marks written back to an LMS by way of pandas; read every column as text and keep_default_na=False.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet pandas==2.2.3 'numpy<2.3'
cat > export.csv <<'CSV'
Surname,SIS User ID,Canvas ID,Homework 1
NULL,00101,7,10
Wong,00102,8,9.5
Test,,,
CSV
env/bin/python - <<'PY'
import pandas as pd

print("pandas", pd.__version__)
guessed = pd.read_csv("export.csv")
print(guessed.to_csv(index=False))
assert pd.isna(guessed["Surname"][0])
assert guessed["SIS User ID"][0] == 101
assert str(guessed["Canvas ID"][0]) == "7.0"
kept = pd.read_csv("export.csv", dtype=str, keep_default_na=False)
assert kept.to_csv(index=False) == open("export.csv").read()
print("dtype=str, keep_default_na=False: the same text")
PY
