#!/usr/bin/env bash
# Guess: a notebook converted to a script defines every function that the notebook defines, wherever it is converted.
# What happens: a cell that begins with %%time becomes a string in a call of get_ipython(); where IPython is not installed, the script is no Python.
# Where it matters: graders, linters and similarity checks that read the script: they miss the function, or the whole file.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet nbconvert==7.16.6 nbformat==5.10.4
cat > try.py <<'PY'
import ast
import sys
import warnings
from importlib.metadata import version

import nbconvert
from nbformat.v4 import new_code_cell, new_notebook

cells = [
    new_code_cell("import numpy as np"),
    new_code_cell("%%time\ndef softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()"),
    new_code_cell("def sm_dir(s):\n    return np.diag(s) - np.outer(s, s)"),
]
warnings.simplefilter("ignore")
script, _ = nbconvert.PythonExporter().from_notebook_node(new_notebook(cells=cells))
print("nbconvert", version("nbconvert"), sys.argv[1], "IPython:")
try:
    parsed = ast.parse(script)
except SyntaxError as error:
    found = f"a SyntaxError at {error.text.strip()}"
else:
    found = [one.name for one in ast.walk(parsed) if isinstance(one, ast.FunctionDef)]
print("    the notebook defines softmax and sm_dir; the script has", found)
expected = {"without": "a SyntaxError at %%time", "with": ["sm_dir"]}
assert found == expected[sys.argv[1]], "the timed cell is code now"
PY
env/bin/python try.py without
env/bin/pip install --quiet ipython==8.31.0
env/bin/python try.py with
