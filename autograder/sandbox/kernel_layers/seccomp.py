"""The system calls that a student's code may make, as a seccomp filter program.

An allow-list: memory, time, signals to itself, and reading and writing open descriptors. Opening a
file fails as if there were no such file. `chdir` does nothing but reports success, since many
scripts that read no files begin with it.
"""

from __future__ import annotations

import errno
import struct

from autograder.sandbox.kernel_layers import linux

# Offsets in struct seccomp_data and codes of include/uapi/linux/{seccomp,bpf_common,filter}.h.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_LOAD, _JUMP_EQUAL, _JUMP_ANY_BIT, _JUMP_GREATER_OR_EQUAL, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000

_ALLOWED = (
    # open descriptors
    "read write readv writev close fstat lseek dup dup2 dup3 "
    # memory
    "brk munmap mremap madvise "
    # time, waiting, and information about the process itself
    "alarm clock_getres clock_gettime clock_nanosleep futex getcpu getcwd getegid geteuid getgid "
    "getitimer getpgid getpgrp getpid getppid getrandom getrlimit getrusage getsid gettid "
    "gettimeofday getuid nanosleep pause poll ppoll pselect6 restart_syscall sched_getaffinity "
    "sched_yield select setitimer sysinfo time times uname "
    # its own signals and exit
    "exit exit_group rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend "
    "rt_sigtimedwait sigaltstack"
)
_PRETENDED = 0
_REFUSED = {
    _PRETENDED: "chdir",
    errno.ENOENT: "access faccessat faccessat2 lstat newfstatat readlink readlinkat stat statx",
    errno.ENOTTY: "ioctl",
    errno.EPERM: "clone execve execveat fork prctl socket socketpair vfork",
}
_PROT_EXEC = 4  # include/uapi/asm-generic/mman-common.h
_WRITING = 0o3 | 0o100  # O_WRONLY, O_RDWR and O_CREAT of include/uapi/asm-generic/fcntl.h
# Allows F_DUPFD to F_SETFL, but not F_SETOWN, which chooses a process to signal (fcntl.h as above).
_FIRST_OTHER_FCNTL = 5
_X32_BIT = 0x40000000  # arch/x86/include/uapi/asm/unistd.h: another table of calls
PID = 0xDEADBEE5
"""Placeholder in the program for the process ID."""


def program(machine: str) -> bytes:
    """The program for that machine, with PID as a placeholder for the process ID.

    Raises KeyError if the machine is not known.
    """
    numbers = linux.numbers(machine)
    code = [
        _do(_LOAD, _ARCHITECTURE),
        _do(_JUMP_EQUAL, linux.architecture(machine), 1, 0),
        _do(_RETURN, _KILL_PROCESS),
        _do(_LOAD, _NUMBER),
        _do(_JUMP_GREATER_OR_EQUAL, _X32_BIT, 0, 1),
        _do(_RETURN, _ERRNO | errno.ENOSYS),
    ]
    for name in _ALLOWED.split():
        if name in numbers:
            code += [_do(_JUMP_EQUAL, numbers[name], 0, 1), _do(_RETURN, _ALLOW)]
    for number, names in _REFUSED.items():
        for name in names.split():
            if name in numbers:
                code += [_do(_JUMP_EQUAL, numbers[name], 0, 1), _do(_RETURN, _ERRNO | number)]
    for name, checks in _checked_calls().items():
        if name in numbers:
            code += [_do(_JUMP_EQUAL, numbers[name], 0, len(checks)), *checks]
    code.append(_do(_RETURN, _ERRNO | errno.ENOSYS))
    return b"".join(code)


def for_process(program: bytes, pid: int) -> bytes:
    """The program with `pid` filled in: the process's ID as it sees it in its own pid namespace."""
    return program.replace(struct.pack("<I", PID), struct.pack("<I", pid))


def _checked_calls() -> dict[str, list[bytes]]:
    """The instructions for calls that are allowed or refused by their arguments, by name.

    The first one runs after the call's number has matched.
    """
    no_code = [*_unless_any_bit(2, _PROT_EXEC), _do(_RETURN, _ERRNO | errno.EACCES)]
    only_self = [*_if_equal(0, PID), _do(_RETURN, _ERRNO | errno.EPERM)]
    return {
        "mmap": no_code,
        "mprotect": no_code,
        "kill": only_self,
        "tgkill": only_self,
        "open": _no_file(1),
        "openat": _no_file(2),
        "fcntl": [
            _load(1),
            _do(_JUMP_GREATER_OR_EQUAL, _FIRST_OTHER_FCNTL, 0, 1),
            _do(_RETURN, _ERRNO | errno.EPERM),
            _do(_RETURN, _ALLOW),
        ],
        # It may read its own limits (pid 0 and a null pointer for new ones), but not set any.
        "prlimit64": [
            _load(0),
            _do(_JUMP_EQUAL, 0, 0, 5),
            _load(2),
            _do(_JUMP_EQUAL, 0, 0, 3),
            _load(2, high=True),
            _do(_JUMP_EQUAL, 0, 0, 1),
            _do(_RETURN, _ALLOW),
            _do(_RETURN, _ERRNO | errno.EPERM),
        ],
    }


def _do(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, operand)


def _load(argument: int, *, high: bool = False) -> bytes:
    return _do(_LOAD, _ARGUMENTS + 8 * argument + 4 * high)


def _unless_any_bit(argument: int, bits: int) -> list[bytes]:
    return [_load(argument), _do(_JUMP_ANY_BIT, bits, 1, 0), _do(_RETURN, _ALLOW)]


def _if_equal(argument: int, value: int) -> list[bytes]:
    return [_load(argument), _do(_JUMP_EQUAL, value, 0, 1), _do(_RETURN, _ALLOW)]


def _no_file(flags: int) -> list[bytes]:
    return [
        _load(flags),
        _do(_JUMP_ANY_BIT, _WRITING, 0, 1),
        _do(_RETURN, _ERRNO | errno.EACCES),
        _do(_RETURN, _ERRNO | errno.ENOENT),
    ]
