#!/usr/bin/env bash
# Guess: Client.submit(function, x) runs this function; another student's function of the same name is another task.
# What happens: the key of a task is made from the function's module and name, not its code, so the second student gets the first one's result.
# Where it matters: graders that load one file `part1.py` after the other and send its functions to a cluster; give pure=False or a key of your own.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet distributed==2024.12.1 dask==2024.12.1
cat > try.py <<'PY'
import sys
import types

import distributed
from dask.base import tokenize
from distributed import Client, LocalCluster


def load(text):
    """Load a hand-in as the module `part1`, as a grader does for one student after the other."""
    module = sys.modules["part1"] = types.ModuleType("part1")
    exec(text, vars(module))
    return module.scale


if __name__ == "__main__":
    print("distributed", distributed.__version__)
    settings = {"n_workers": 1, "processes": False, "dashboard_address": None}
    with LocalCluster(**settings) as cluster, Client(cluster) as client:
        first = load("def scale(x):\n    return x + 1\n")
        token, future = tokenize(first), client.submit(first, 10)
        print("the first student's function returns 11; the cluster says", future.result())
        second = load("def scale(x):\n    return x * 100\n")
        same = tokenize(second) == token
        other = client.submit(second, 10)
        print("the second student's returns 1000; the cluster says", other.result())
        alone = client.submit(second, 10, pure=False)
        print("with pure=False it says", alone.result())
        assert second(10) == 1000
        assert same and future.key == other.key, "the code is part of the key now"
        assert other.result() == 11, "the second function is called now"
        assert alone.result() == 1000
PY
env/bin/python try.py
