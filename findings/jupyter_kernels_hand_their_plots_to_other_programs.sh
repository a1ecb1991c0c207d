#!/usr/bin/env bash
# Guess: a check that a notebook starts in another environment (`!python check.py`) runs as it does in a terminal.
# What happens: it inherits MPLBACKEND=module://matplotlib_inline.backend_inline, which that environment lacks: pyplot cannot be imported.
# Where it matters: checkers, pytest and graders started from a notebook for files that import pyplot; set MPLBACKEND=agg for them.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv jupyter && jupyter/bin/pip install --quiet ipykernel==6.29.5 nbclient==0.10.2 nbformat==5.10.4
python3 -m venv course && course/bin/pip install --quiet matplotlib==3.10.0
echo "import matplotlib.pyplot" > part1.py
course/bin/python part1.py && echo "from a terminal: part1.py runs"
cat > try.py <<'PY'
from importlib.metadata import version

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

cell = "import subprocess\nprint(subprocess.run(['course/bin/python', 'part1.py'], capture_output=True, text=True).stderr)"
notebook = new_notebook(cells=[new_code_cell(cell)])
NotebookClient(notebook, kernel_name="python3").execute()
last = notebook.cells[0].outputs[0].text.strip().splitlines()[-1]
print("ipykernel", version("ipykernel"))
print("from a notebook:", last[:99])
assert "matplotlib_inline" in last, "a notebook's backend is not handed on any more"
PY
jupyter/bin/python try.py
