"""Calls of the kernel: each is an OSError where it is refused, and never passes in silence."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("these are Linux's", allow_module_level=True)

from autograder.sandbox.kernel_layers import linux

ROOT = Path(__file__).parents[3]

REFUSED: dict[str, tuple[Callable[[], object], set[int]]] = {
    "prctl": (lambda: linux.prctl(linux.PR_SET_DUMPABLE, 77), {errno.EINVAL}),
    "unshare": (lambda: linux.unshare(0x1), {errno.EINVAL}),
    "mount": (lambda: linux.mount("nosuch", "/nonexistent", 0), {errno.ENOENT, errno.EPERM}),
    "unmount": (lambda: linux.unmount("/nonexistent"), {errno.ENOENT, errno.EPERM}),
    "pivot_root": (
        lambda: linux.pivot_root("/nonexistent", "/nonexistent"),
        {errno.ENOENT, errno.EPERM},
    ),
    "landlock_restrict_self": (
        lambda: linux._landlock_restrict_self(-1, 0),
        {errno.EBADF, errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP},
    ),
    "landlock_ruleset": (
        lambda: linux._landlock_ruleset(1 << 63, 0, 0),
        {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP},
    ),
    "seccomp_filter": (
        lambda: linux.seccomp_filter(b"\0" * 4),
        {errno.EINVAL, errno.EACCES, errno.ENOSYS},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_is_an_error_that_names_the_call(name: str) -> None:
    attempt, numbers = REFUSED[name]
    with pytest.raises(OSError, match=r".") as caught:
        attempt()
    assert caught.value.errno in numbers
    assert caught.value.strerror
    assert caught.value.filename


def test_unknown_machine_has_no_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linux, "_numbers", linux.numbers("riscv64"))
    with pytest.raises(OSError, match="not known"):
        linux.landlock_version()


def test_capabilities_are_told() -> None:
    status = Path("/proc/self/status").read_text()
    effective = next(line for line in status.splitlines() if line.startswith("CapPrm"))
    assert linux.capabilities() == (int(effective.split()[1], 16) != 0)


def in_fork(action: Callable[[], bool]) -> bool:
    """Whether the action returns true in a process that ends after it."""
    pid = os.fork()
    if pid == 0:
        try:
            status = 0 if action() else 1
        except BaseException:
            status = 2
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_dropped_capabilities_are_gone() -> None:
    def drop() -> bool:
        linux.drop_capabilities()
        return not linux.capabilities()

    assert in_fork(drop)


def test_landlock_denies_every_file_in_each_version() -> None:
    try:
        newest = linux.landlock_version()
    except OSError as error:
        pytest.skip(f"no Landlock here: {error}")

    def denied(version: int) -> bool:
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        linux.landlock_restrict(version)
        try:
            os.open("/etc/passwd", os.O_RDONLY)
        except PermissionError:
            return True
        return False

    for version in range(1, newest + 1):
        assert in_fork(lambda version=version: denied(version)), version


def test_entering_namespaces_shows_an_empty_root() -> None:
    script = (
        "import os, sys\nsys.path.insert(0, sys.argv[1])\n"
        "from autograder.sandbox.kernel_layers import isolation\n"
        "try: isolation.enter_namespaces()\nexcept OSError as error: print('refused', error)\n"
        "else:\n    isolation.start_init()\n    pid = os.fork()\n"
        "    if pid == 0:\n        print(os.listdir('/'), os.getpid(), os.getppid(), flush=True)\n"
        "        os._exit(0)\n    os.waitpid(pid, 0)\n"
    )
    command = [sys.executable, "-I", "-S", "-c", script, str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.stdout.startswith("refused"):
        pytest.skip(done.stdout)
    assert done.stdout == "[] 2 0\n", done.stderr


# --- their numbers, against the C library's headers where these are ----------------------------

HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", r"#define __NR_(\w+)\s+(\d+)"),
    "aarch64": ("/usr/include/asm-generic/unistd.h", r"#define __NR(?:3264)?_(\w+)\s+(\d+)"),
}


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_are_those_of_the_header(machine: str) -> None:
    path, pattern = HEADERS[machine]
    if not Path(path).exists():
        pytest.skip(f"{path} is not installed")
    found = {name: int(number) for name, number in re.findall(pattern, Path(path).read_text())}
    found["newfstatat"] = found.get("newfstatat", found.get("fstatat", 0))  # its name is a macro
    ours = linux.numbers(machine)
    assert len(ours) > 60
    assert ours == {name: found[name] for name in ours}


def test_no_two_calls_share_a_number() -> None:
    for machine in HEADERS:
        numbers = linux.numbers(machine)
        assert len(set(numbers.values())) == len(numbers)
