"""The program for the kernel's filter, run here by a small machine of the same instructions."""

from __future__ import annotations

import errno
import struct

import pytest

from autograder.sandbox.kernel_layers import linux

MACHINES = ("x86_64", "aarch64")
PID = 4321
ALLOW, KILL = "allow", "kill"


def judge(machine: str, number: int, *arguments: int, architecture: int | None = None) -> object:
    """ALLOW, KILL, or the errno that the program gives for this call."""
    program = linux.filter_for_process(linux.filter_program(machine), PID)
    if architecture is None:
        architecture = linux.architecture(machine)
    filled = (*arguments, *[0] * 6)[:6]
    data = struct.pack("<IIQ6Q", number, architecture, 0, *filled)
    at = accumulator = 0
    for _ in range(10_000):
        code, if_true, if_false, operand = struct.unpack_from("<HBBI", program, 8 * at)
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, operand)
        elif code == 0x06:
            kind = operand & 0xFFFF0000
            return {0x7FFF0000: ALLOW, 0x80000000: KILL}.get(kind, operand & 0xFFFF)
        else:
            holds = {
                0x15: accumulator == operand,
                0x35: accumulator >= operand,
                0x45: bool(accumulator & operand),
            }[code]
            at += if_true if holds else if_false
    raise AssertionError("the program does not end")


def by_name(machine: str, name: str, *arguments: int) -> object:
    return judge(machine, linux.numbers(machine)[name], *arguments)


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.parametrize(
    "name", ["read", "write", "brk", "munmap", "futex", "exit_group", "getpid"]
)
def test_what_every_process_needs_is_allowed(machine: str, name: str) -> None:
    assert by_name(machine, name) == ALLOW


@pytest.mark.parametrize("name", ["clone", "execve", "execveat", "socket", "socketpair", "prctl"])
def test_nothing_is_started_and_nobody_talked_to(machine: str, name: str) -> None:
    assert by_name(machine, name) == errno.EPERM


def test_another_folder_is_only_said_to_be_entered(machine: str) -> None:
    assert by_name(machine, "chdir") == 0


def test_calls_of_one_machine_alone_are_judged_there() -> None:
    assert by_name("x86_64", "fork") == by_name("x86_64", "vfork") == errno.EPERM
    assert by_name("x86_64", "open", 0, 0) == errno.ENOENT
    assert by_name("x86_64", "open", 0, 0o101) == errno.EACCES


@pytest.mark.parametrize(
    ("x86_64", "aarch64"),
    [
        (101, 117),  # ptrace
        (310, 270),  # process_vm_readv
        (319, 279),  # memfd_create
        (29, 194),  # shmget
        (425, 425),  # io_uring_setup
        (434, 434),  # pidfd_open
        (435, 435),  # clone3
        (437, 437),  # openat2
        (321, 280),  # bpf
        (298, 241),  # perf_event_open
        (272, 97),  # unshare
        (165, 40),  # mount
        (157 + 100_000, 157 + 100_000),  # no call at all
    ],
)
def test_call_that_is_not_listed_does_not_exist(x86_64: int, aarch64: int) -> None:
    assert judge("x86_64", x86_64) == errno.ENOSYS
    assert judge("aarch64", aarch64) == errno.ENOSYS


def test_other_table_of_calls_is_out_of_reach() -> None:
    assert judge("x86_64", 0x40000000) == errno.ENOSYS  # x32's read
    assert judge("x86_64", 3, architecture=0x40000003) == KILL  # i386's read
    assert judge("aarch64", 3, architecture=0x40000028) == KILL  # arm's read


@pytest.mark.parametrize("name", ["kill", "tgkill"])
@pytest.mark.parametrize("target", [0, 1, 2**64 - 1, 2**32 - 1, PID - 1, 2**64 - PID])
def test_signals_reach_the_process_itself_only(machine: str, name: str, target: int) -> None:
    assert by_name(machine, name, target, 9) == errno.EPERM
    assert by_name(machine, name, PID, 9) == ALLOW


@pytest.mark.parametrize("name", ["mmap", "mprotect"])
def test_memory_is_never_made_code(machine: str, name: str) -> None:
    assert by_name(machine, name, 0, 4096, 3) == ALLOW
    assert by_name(machine, name, 0, 4096, 4) == errno.EACCES
    assert by_name(machine, name, 0, 4096, 7) == errno.EACCES


def test_files_are_not_there_and_cannot_be_made(machine: str) -> None:
    assert by_name(machine, "openat", 2**64 - 100, 1, 0) == errno.ENOENT
    for flags in (1, 2, 0o100, 0o1102):
        assert by_name(machine, "openat", 2**64 - 100, 1, flags) == errno.EACCES
    for name in ("newfstatat", "statx", "faccessat", "readlinkat"):
        assert by_name(machine, name) == errno.ENOENT


def test_limits_may_be_read_and_not_set(machine: str) -> None:
    assert by_name(machine, "prlimit64", 0, 9, 0, 123) == ALLOW
    assert by_name(machine, "prlimit64", 0, 9, 123, 0) == errno.EPERM
    assert by_name(machine, "prlimit64", 0, 9, 1 << 40, 0) == errno.EPERM
    assert by_name(machine, "prlimit64", 77, 9, 0, 123) == errno.EPERM


def test_descriptor_cannot_send_its_signals_elsewhere(machine: str) -> None:
    assert by_name(machine, "fcntl", 3, 3) == ALLOW
    assert by_name(machine, "fcntl", 3, 8) == errno.EPERM  # F_SETOWN


def test_machine_that_is_not_known_has_no_program() -> None:
    with pytest.raises(KeyError):
        linux.filter_program("riscv64")
    assert linux.numbers("riscv64") == {}


def test_program_is_short_enough_for_the_kernel(machine: str) -> None:
    assert len(linux.filter_program(machine)) // 8 <= 4096  # BPF_MAXINSNS
