"""A class graded on one Dask worker and on two, each a process with its own sandbox."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial

from autograder.batch.pools import ClusterPool
from benchmarks.material import Material
from benchmarks.measure import Run
from benchmarks.whole_class import grade_class

DASK_WORKERS = {"one Dask worker": 1, "two Dask workers": 2}
CLASS = 160
"""Hand-ins of a class at a turn, for each worker: Dask hands batches out ahead, so that in a short
class one worker may wait for the other."""


@contextlib.contextmanager
def clusters(material: Material) -> Iterator[dict[str, Run]]:
    """Each cluster as a function that grades a small class."""
    from distributed import LocalCluster

    runs: dict[str, Run] = {}
    with contextlib.ExitStack() as stack:
        for name, count in DASK_WORKERS.items():
            cluster = stack.enter_context(
                LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=":0")
            )
            address = cluster.scheduler_address
            pool = stack.enter_context(ClusterPool(material.assignment, address))
            runs[name] = partial(grade_class, material, CLASS * count, pool)
        yield runs
