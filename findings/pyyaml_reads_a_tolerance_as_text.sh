#!/usr/bin/env bash
# Guess: `rtol: 1e-5` in YAML is a number, a key given twice is an error, and `no` is a word.
# What happens: PyYAML loads the text '1e-5', takes the last of two keys without a word, and makes False of `no`.
# Where it matters: settings of graders: a tolerance that is text, points that are declared twice, an answer `no`.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet pyyaml==6.0.2
env/bin/python - <<'PY'
import yaml

print("PyYAML", yaml.__version__)
read = yaml.safe_load("rtol: 1e-5\natol: 1.0e-8\npoints: 3\npoints: 5\nanswer: no\n")
print(read)
assert read == {"rtol": "1e-5", "atol": 1e-08, "points": 5, "answer": False}
PY
