#!/usr/bin/env bash
# Guess: a conftest's pytest_cmdline_main runs once, in the process that was started from the command line.
# What happens: with pytest-xdist it also runs in each worker, where `numprocesses` is None again and the hook
#               cannot see that from the options; only `config.workerinput` says so.
# Where it matters: a conftest that turns xdist on by default starts workers of workers of workers; look for workerinput.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet pytest==8.3.5 pytest-xdist==3.6.1
cat > conftest.py <<'PY'
import os


def pytest_cmdline_main(config):
    worker = hasattr(config, "workerinput")
    with open("calls", "a") as file:
        file.write(f"{'worker' if worker else 'main'} numprocesses={config.option.numprocesses}\n")
PY
echo 'def test_one(): pass' > test_one.py
env/bin/python -m pytest -q -n 2 | tail -n 1
env/bin/pip list 2>/dev/null | grep -E '^pytest'
sort calls
[ "$(sort calls)" = "$(printf 'main numprocesses=2\nworker numprocesses=None\nworker numprocesses=None')" ]
