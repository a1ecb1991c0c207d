"""Grading on a Dask cluster: a real scheduler, real workers, and what kills them.

Where the test may make network namespaces, scheduler and workers are hosts of their own, joined by
a bridge, and share no more than the installed package.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.batch import pools as cluster_pool

pytest.importorskip("distributed", reason="Dask is not installed")

ROOT = Path(__file__).parents[2]
SUBMISSIONS = 40
_letters = iter("abcdefgh")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="starts processes")]


class Hosts:
    """This machine, or small networks of their own where root may make them."""

    def __init__(self, name: str) -> None:
        self._name = name
        # and a network of its own, as a run that was killed may have left its behind
        self._network = f"10.{200 + ord(name[-1]) % 50}.{os.getpid() % 250 + 1}"
        self._count = 0
        self.apart = os.geteuid() == 0 and shutil.which("ip") is not None
        if self.apart:
            self.apart = self._ip("link", "add", name, "type", "bridge")
        if self.apart:
            self._ip("addr", "add", f"{self._network}.1/24", "dev", name)
            self._ip("link", "set", name, "up")

    def command(self) -> tuple[list[str], str]:
        """What to put before a command to run it on the next host, and that host's address."""
        if not self.apart:
            return [], "127.0.0.1"
        self._count += 1
        host, address = f"{self._name}h{self._count}", f"{self._network}.{self._count + 1}"
        near, far = f"{self._name}n{self._count}", f"{self._name}f{self._count}"
        self._ip("netns", "add", host)
        self._ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", host)
        self._ip("link", "set", near, "master", self._name, "up")
        self._ip("-n", host, "addr", "add", f"{address}/24", "dev", far)
        self._ip("-n", host, "link", "set", far, "up")
        self._ip("-n", host, "link", "set", "lo", "up")
        return ["ip", "netns", "exec", host], address

    def close(self) -> None:
        for number in range(1, self._count + 1):
            self._ip("netns", "delete", f"{self._name}h{number}")
        if self.apart:
            self._ip("link", "delete", self._name)

    def _ip(self, *arguments: str) -> bool:
        done = subprocess.run(["ip", *arguments], capture_output=True, check=False)
        return done.returncode == 0


class Cluster:
    """A scheduler with workers, each a process that can be killed."""

    def __init__(self, hosts: Hosts, folder: Path) -> None:
        self._hosts = hosts
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        prefix, address = hosts.command()
        self.address = f"tcp://{address}:18786"
        self._start(prefix, "scheduler", "--host", address, "--port", "18786")

    def add_worker(self) -> subprocess.Popen[bytes]:
        prefix, address = self._hosts.command()
        return self._start(
            prefix, "worker", self.address, "--host", address, "--nthreads", "1", "--no-nanny"
        )

    def close(self) -> None:
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, prefix: list[str], what: str, *arguments: str) -> subprocess.Popen[bytes]:
        place = self._folder / f"host{len(self._processes)}"
        place.mkdir()
        module = ["-m", f"distributed.cli.dask_{what}", "--no-dashboard"]
        # They end with the test, however that ends.
        leash = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        process = subprocess.Popen(
            [*leash, *prefix, sys.executable, *module, *arguments],
            cwd=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._processes.append(process)
        return process


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    # A name of its own each time: the kernel takes a while to clear away what is deleted.
    hosts = Hosts(f"ag{os.getpid() % 10_000}{next(_letters)}")
    cluster = Cluster(hosts, tmp_path)
    try:
        yield cluster
    finally:
        cluster.close()
        hosts.close()


@pytest.fixture(scope="module")
def class_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    for number in range(SUBMISSIONS):
        name = ("full", "article_style", "stubs")[number % 3]
        shutil.copytree(ROOT / "tests" / "submissions" / name, folder / f"student{number:02}")
    return folder


@pytest.fixture(scope="module")
def undisturbed(class_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    out = tmp_path_factory.mktemp("undisturbed")
    subprocess.run(_command(class_folder, out, "--workers", "2"), check=True, capture_output=True)
    return _marks(out)


def test_a_cluster_gives_the_marks_of_one_machine(
    cluster: Cluster, class_folder: Path, undisturbed: Any, tmp_path: Path
) -> None:
    cluster.add_worker()
    cluster.add_worker()
    _grade(cluster, class_folder, tmp_path / "out")
    assert _marks(tmp_path / "out") == undisturbed


def test_a_killed_worker_loses_nothing(
    cluster: Cluster, class_folder: Path, undisturbed: Any, tmp_path: Path
) -> None:
    victim = cluster.add_worker()
    cluster.add_worker()
    _grade(cluster, class_folder, tmp_path / "out", lambda: os.killpg(victim.pid, signal.SIGKILL))
    assert _marks(tmp_path / "out") == undisturbed
    assert _times_graded(tmp_path / "out") == [1] * SUBMISSIONS


def test_a_dead_client_goes_on_where_it_was(
    cluster: Cluster, class_folder: Path, undisturbed: Any, tmp_path: Path
) -> None:
    cluster.add_worker()
    cluster.add_worker()
    out = tmp_path / "out"
    client = _start(cluster, class_folder, out)
    _wait_for_reports(out, 5, client)
    client.kill()
    client.communicate()
    done = len(_times_graded(out))
    assert 5 <= done < SUBMISSIONS
    _grade(cluster, class_folder, out)
    assert _marks(out) == undisturbed
    assert _times_graded(out) == [1] * SUBMISSIONS


@pytest.mark.parametrize(
    ("address", "complaint"),
    [("tcp://127.0.0.1:9", "no answer"), ("nonsense", "no address")],
)
def test_a_scheduler_that_is_not_there_is_one_line(
    address: str, complaint: str, class_folder: Path, tmp_path: Path
) -> None:
    command = _command(class_folder, tmp_path / "out", "--scheduler", address)
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert complaint in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_a_worker_opens_one_sandbox_for_an_assignment(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    class Opened:
        def __init__(self, assignment: str) -> None:
            self.assignment = assignment

        def __enter__(self) -> Opened:
            said.append(f"open {self.assignment}")
            return self

        def __exit__(self, *error: object) -> None:
            said.append(f"close {self.assignment}")

    monkeypatch.setattr(cluster_pool, "Grader", Opened)
    monkeypatch.setattr(cluster_pool, "grade_batch", lambda grader, batch: grader.assignment)
    monkeypatch.setattr(cluster_pool, "_thread", SimpleNamespace())
    for name in ("one", "one", "two", "two"):
        assert cluster_pool.grade_on_worker(name, pickle.dumps(name), ()) == name
    assert said == ["open one", "close one", "open two"]


def _command(folder: Path, out: Path, *options: str) -> list[str]:
    grade = ["-m", "autograder", "grade", str(folder), "--out", str(out), "--course", str(ROOT)]
    return [sys.executable, *grade, *options]


def _start(cluster: Cluster, folder: Path, out: Path) -> subprocess.Popen[bytes]:
    command = _command(folder, out, "--scheduler", cluster.address)
    _wait_for_workers(cluster)
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _grade(
    cluster: Cluster, folder: Path, out: Path, meanwhile: Callable[[], None] | None = None
) -> None:
    client = _start(cluster, folder, out)
    if meanwhile is not None:
        _wait_for_reports(out, 5, client)
        meanwhile()
    said = client.communicate(timeout=240)[1].decode()
    assert client.returncode == 0, said


def _wait_for_workers(cluster: Cluster) -> None:
    from distributed import Client

    until = time.monotonic() + 120
    while True:
        with contextlib.suppress(OSError), Client(cluster.address, timeout=2) as client:
            client.wait_for_workers(len(cluster._processes) - 1, timeout=30)
            return
        assert time.monotonic() < until, "the scheduler did not start"


def _wait_for_reports(out: Path, count: int, client: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while len(_times_graded(out)) < count:
        assert client.poll() is None, client.communicate()[1].decode()
        assert time.monotonic() < until
        time.sleep(0.05)


def _marks(out: Path) -> Any:
    results = json.loads((out / "results.json").read_text())
    del results["isolation"]
    for submission in results["submissions"]:
        del submission["seconds"]
    return results


def _times_graded(out: Path) -> list[int]:
    """How often each submission that the gradebook knows was graded."""
    if not (out / "gradebook.sqlite").exists():
        return []
    with contextlib.closing(sqlite3.connect(out / "gradebook.sqlite", timeout=30)) as gradebook:
        query = "SELECT count(*) FROM gradings GROUP BY submission"
        try:
            return [count for (count,) in gradebook.execute(query)]
        except sqlite3.OperationalError:  # not made yet
            return []
