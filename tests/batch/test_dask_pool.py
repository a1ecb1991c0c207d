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
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder import grade, load_course
from autograder.batch import pools as cluster_pool
from autograder.errors import UsageError
from autograder.model.course import Course
from autograder.model.report import Report

SUBMISSIONS = 40
ANSWERS = (
    "def double(v):\n    return 2 * v\n",
    "def double(v):\n    return 3 * v\n",
    "def double(v):\n    return v\n\ndef mix(A, v):\n    return A @ double(v)\n",
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="starts processes"),
    pytest.mark.skipif(find_spec("distributed") is None, reason="Dask is not installed"),
]


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
        prefix, address = hosts.command()
        self.address = f"tcp://{address}:18786"
        self._processes = [self._start(prefix, "scheduler", "--host", address, "--port", "18786")]
        self.workers: list[subprocess.Popen[bytes]] = []

    def have_workers(self, count: int) -> None:
        """Start workers until there are so many, and wait for them."""
        from distributed import Client

        while len(self.workers) < count:
            prefix, address = self._hosts.command()
            options = ("--host", address, "--nthreads", "1", "--no-nanny")
            self.workers.append(self._start(prefix, "worker", self.address, *options))
        until = time.monotonic() + 120
        while True:
            with contextlib.suppress(OSError), Client(self.address, timeout=2) as client:
                client.wait_for_workers(count, timeout=30)
                return
            assert time.monotonic() < until, "the scheduler did not start"

    def kill_worker(self) -> None:
        victim = self.workers.pop()
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()

    def close(self) -> None:
        for process in (*self._processes, *self.workers):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, prefix: list[str], what: str, *arguments: str) -> subprocess.Popen[bytes]:
        place = self._folder / f"host{len(list(self._folder.iterdir()))}"
        place.mkdir()
        module = ["-m", f"distributed.cli.dask_{what}", "--no-dashboard"]
        # They end with the test, however that ends.
        leash = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        return subprocess.Popen(
            [*leash, *prefix, sys.executable, *module, *arguments],
            cwd=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    hosts = Hosts(f"ag{os.getpid() % 10_000}a")
    cluster = Cluster(hosts, tmp_path_factory.mktemp("hosts"))
    try:
        yield cluster
    finally:
        cluster.close()
        hosts.close()


@pytest.fixture(scope="module")
def course(_tiny_exercises: Path) -> Course:
    return load_course(_tiny_exercises.parent)


def a_class(folder: Path, seconds: float) -> Path:
    """Submissions that take so many seconds each."""
    for number in range(SUBMISSIONS):
        text = f"import time\ntime.sleep({seconds})\n{ANSWERS[number % len(ANSWERS)]}"
        (folder / f"student{number:02}.py").write_text(text)
    return folder


@pytest.fixture(scope="module")
def class_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_class(tmp_path_factory.mktemp("class"), 0.1)


@pytest.fixture(scope="module")
def undisturbed(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Any:
    out = tmp_path_factory.mktemp("undisturbed")
    grade(course, a_class(tmp_path_factory.mktemp("class"), 0.0), out, pages=False)
    return _marks(out)


def test_a_killed_worker_loses_nothing_and_the_marks_are_those_of_one_machine(
    cluster: Cluster, course: Course, class_folder: Path, undisturbed: Any, tmp_path: Path
) -> None:
    cluster.have_workers(2)
    seen: list[str] = []

    def on_report(report: Report, fresh: bool) -> None:
        seen.append(report.id)
        if len(seen) == 5:
            cluster.kill_worker()

    grade(
        course,
        class_folder,
        tmp_path / "out",
        scheduler=cluster.address,
        pages=False,
        watch=lambda total: contextlib.nullcontext(on_report),
    )
    assert _marks(tmp_path / "out") == undisturbed
    assert _times_graded(tmp_path / "out") == [1] * SUBMISSIONS


def test_a_dead_client_goes_on_where_it_was(
    cluster: Cluster, course: Course, class_folder: Path, undisturbed: Any, tmp_path: Path
) -> None:
    cluster.have_workers(2)
    out = tmp_path / "out"
    command = [sys.executable, "-m", "autograder", "grade", str(class_folder), "--out", str(out)]
    command += ["--course", str(course.folder), "--scheduler", cluster.address]
    client = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _wait_for_reports(out, 5, client)
    client.kill()
    client.communicate()
    done = len(_times_graded(out))
    assert 5 <= done < SUBMISSIONS
    grade(course, class_folder, out, scheduler=cluster.address, pages=False)
    assert _marks(out) == undisturbed
    assert _times_graded(out) == [1] * SUBMISSIONS


@pytest.mark.parametrize(
    ("address", "complaint"),
    [("tcp://127.0.0.1:9", "no answer"), ("nonsense", "no address")],
)
def test_a_scheduler_that_is_not_there_is_one_line(
    address: str,
    complaint: str,
    course: Course,
    class_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster_pool, "_CONNECT_SECONDS", 0.3)
    with pytest.raises(UsageError, match=complaint) as error:
        grade(course, class_folder, tmp_path / "out", scheduler=address, pages=False)
    assert len(str(error.value).splitlines()) == 1


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
