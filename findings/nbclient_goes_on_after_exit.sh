#!/usr/bin/env bash
# Guess: a cell with `exit()` ends a notebook that is executed, as it ends a script; so does `sys.exit(0)`, which is the same.
# What happens: nbclient goes on with the next cell after `exit()`, without a trace of it; `sys.exit(0)` is an error that stops the run.
# Where it matters: graders that execute notebooks: what stands below counts in one case, and everything is lost in the other.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet ipykernel==6.29.5 ipython==8.31.0 nbclient==0.10.2 nbformat==5.10.4
cat > try.py <<'PY'
from importlib.metadata import version

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook


def last_output(text):
    """What the cell below `text` prints when the notebook is executed."""
    notebook = new_notebook(cells=[new_code_cell(text), new_code_cell("print('below')")])
    try:
        NotebookClient(notebook, kernel_name="python3").execute()
    except CellExecutionError as error:
        return f"nothing: {error.ename}"
    assert not notebook.cells[0].outputs
    return notebook.cells[1].outputs[0].text.strip()


print("nbclient", version("nbclient"), "ipykernel", version("ipykernel"))
found = {text: last_output(text) for text in ("exit()", "import sys; sys.exit(0)")}
for text, printed in found.items():
    print(f"below {text!r}: {printed}")
assert found["exit()"] == "below", "exit() ends the notebook now"
assert found["import sys; sys.exit(0)"] == "nothing: SystemExit", "sys.exit(0) is no error now"
PY
env/bin/python try.py
