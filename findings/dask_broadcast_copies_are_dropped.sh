#!/usr/bin/env bash
# Guess: Client.scatter(value, broadcast=True) leaves a copy of the value on every worker for as long as the client keeps the future.
# What happens: within seconds the active memory manager drops all copies but one, and a task elsewhere gets a newly unpickled object.
# Where it matters: a grader that opens a sandbox for each assignment object it meets opens another one for the same assignment.
set -euo pipefail
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder"
python3 -m venv env && env/bin/pip install --quiet distributed==2025.9.1 dask==2025.9.1
cat > try.py <<'PY'
import time

import distributed
from distributed import Client, LocalCluster


class Assignment:
    unpickled = 0  # in this process

    def __init__(self):
        self.key = list(range(1000))

    def __setstate__(self, state):
        Assignment.unpickled += 1
        self.__dict__ = state


def unpickled(assignment):
    return type(assignment).unpickled


if __name__ == "__main__":
    print("distributed", distributed.__version__)
    settings = {"n_workers": 3, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**settings) as cluster, Client(cluster) as client:
        future = client.scatter(Assignment(), broadcast=True, hash=False)
        workers = list(client.scheduler_info()["workers"])
        at_first = len(client.who_has(future)[future.key])
        until = time.monotonic() + 30
        while time.monotonic() < until and len(client.who_has(future)[future.key]) == at_first:
            time.sleep(0.5)
        later = len(client.who_has(future)[future.key])
        print(f"workers with a copy: {at_first} at first, {later} later, the future still held")
        tasks = [client.submit(unpickled, future, workers=one, pure=False) for one in workers]
        times = sorted(client.gather(tasks))
        print("times that it was unpickled, by worker, once each had a task:", times)
        assert at_first == 3, "broadcast no longer reaches every worker"
        assert later == 1, "the copies stay now"
        assert times[-1] > 1, "a worker that had it is not sent it again now"
PY
env/bin/python try.py
