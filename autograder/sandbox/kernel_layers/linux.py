"""Linux system calls: those that Python has no function for, and which ones a child may make.

Each function raises OSError when the call is refused.

The numbers are from arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of
Linux, where they are never changed, only added. A call without a number does not exist on that
machine.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Mapping
from types import MappingProxyType

# include/uapi/linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
# include/uapi/linux/sched.h
CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
# include/uapi/linux/mount.h; umount's flag is from include/linux/fs.h
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REC, MS_PRIVATE = 16384, 1 << 18
MNT_DETACH = 2
# include/uapi/linux/seccomp.h
SECCOMP_SET_MODE_FILTER = 1
# include/uapi/linux/landlock.h
LANDLOCK_CREATE_RULESET_VERSION = 1
LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF = 1
# The number of file access rights that each version of Landlock has.
_FILE_ACCESS_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_TCP_BIND_AND_CONNECT, _TCP_SINCE = 3, 4
_ABSTRACT_SOCKETS_AND_SIGNALS, _SCOPES_SINCE = 3, 6
_LOG_FLAGS_SINCE = 7
# include/uapi/linux/capability.h
_LINUX_CAPABILITY_VERSION_3 = 0x20080522

# What the filter answers: the codes of include/uapi/linux/seccomp.h, some with an error number.
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000

# name:x86-64:aarch64, by what the filter answers to a student's code. An allow-list: memory, time,
# signals to itself, and reading and writing open descriptors. Opening a file fails as if there were
# no such file. `chdir` does nothing but reports success, since many scripts that read no files
# begin with it.
_CALLS: dict[int | None, str] = {
    _ALLOW: """
        read:0:63 write:1:64 readv:19:65 writev:20:66 close:3:57 fstat:5:80 lseek:8:62 dup:32:23
        dup2:33: dup3:292:24
        brk:12:214 munmap:11:215 mremap:25:216 madvise:28:233
        alarm:37: clock_getres:229:114 clock_gettime:228:113 clock_nanosleep:230:115 futex:202:98
        getcpu:309:168 getcwd:79:17 getegid:108:177 geteuid:107:175 getgid:104:176 getitimer:36:102
        getpgid:121:155 getpgrp:111: getpid:39:172 getppid:110:173 getrandom:318:278
        getrlimit:97:163 getrusage:98:165 getsid:124:156 gettid:186:178 gettimeofday:96:169
        getuid:102:174 nanosleep:35:101 pause:34: poll:7: ppoll:271:73 pselect6:270:72
        restart_syscall:219:128 sched_getaffinity:204:123 sched_yield:24:124 select:23:
        setitimer:38:103 sysinfo:99:179 time:201: times:100:153 uname:63:160
        exit:60:93 exit_group:231:94 rt_sigaction:13:134 rt_sigpending:127:136 rt_sigprocmask:14:135
        rt_sigreturn:15:139 rt_sigsuspend:130:133 rt_sigtimedwait:128:137 sigaltstack:131:132
    """,
    _ERRNO | 0: "chdir:80:49",
    _ERRNO | errno.ENOENT: """
        access:21: faccessat:269:48 faccessat2:439:439 lstat:6: newfstatat:262:79 readlink:89:
        readlinkat:267:78 stat:4: statx:332:291
    """,
    _ERRNO | errno.ENOTTY: "ioctl:16:29",
    _ERRNO | errno.EPERM: """
        clone:56:220 execve:59:221 execveat:322:281 fork:57: prctl:157:167 socket:41:198
        socketpair:53:199 vfork:58:
    """,
    # Decided by their arguments in `_by_arguments`; the last six are the grader's own, which the
    # filter treats like any call that is not listed here.
    None: """
        mmap:9:222 mprotect:10:226 kill:62:129 tgkill:234:131 open:2: openat:257:56 fcntl:72:25
        prlimit64:302:261
        capget:125:90 capset:126:91 landlock_create_ruleset:444:444 landlock_restrict_self:446:446
        pivot_root:155:41 seccomp:317:277
    """,
}
_ENTRIES = {
    name: (answer, columns)
    for answer, calls in _CALLS.items()
    for name, *columns in (call.split(":") for call in calls.split())
}

# AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 of include/uapi/linux/audit.h.
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def numbers(machine: str) -> Mapping[str, int]:
    """Each system call's number on that machine; empty if the machine is not in the tables."""
    if machine not in _MACHINES:
        return MappingProxyType({})
    column = _MACHINES[machine][0]
    found = ((name, columns[column]) for name, (_, columns) in _ENTRIES.items())
    return MappingProxyType({name: int(number) for name, number in found if number})


def architecture(machine: str) -> int:
    """seccomp's code for that machine's architecture. Raises KeyError if it is not known."""
    return _MACHINES[machine][1]


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilitySets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


class _LandlockRuleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_numbers: Mapping[str, int] = numbers(platform.machine())


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result


def _system_call(name: str, *arguments: object) -> int:
    if name not in _numbers:
        raise OSError(38, f"its number on {platform.machine()} is not known", name)
    number = ctypes.c_long(_numbers[name])
    return _checked(int(_libc.syscall(number, *arguments)), name)


def prctl(option: int, value: int = 0) -> int:
    zero = ctypes.c_ulong(0)
    return _checked(_libc.prctl(option, ctypes.c_ulong(value), zero, zero, zero), "prctl")


def unshare(flags: int) -> None:
    _checked(_libc.unshare(flags), "unshare")


def mount(kind: str, target: str, flags: int, options: str = "") -> None:
    """Mount a file system that has no device; an empty `kind` changes an existing mount's flags."""
    arguments = (None, target.encode(), kind.encode() or None, ctypes.c_ulong(flags))
    _checked(_libc.mount(*arguments, options.encode() or None), "mount")


def unmount(target: str) -> None:
    """Detach the mount now; the kernel removes it once it is no longer in use."""
    _checked(_libc.umount2(target.encode(), MNT_DETACH), "umount2")


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root mount, and move the old root to `old`."""
    _system_call("pivot_root", new.encode(), old.encode())


def capabilities() -> bool:
    """Whether this process has, or may acquire or inherit, any capability."""
    header = _CapabilityHeader(_LINUX_CAPABILITY_VERSION_3, 0)
    sets = (_CapabilitySets * 2)()
    _system_call("capget", ctypes.byref(header), ctypes.byref(sets))
    return any(half.effective | half.permitted | half.inheritable for half in sets)


def drop_capabilities() -> None:
    """Give up every capability: permanently, if the process cannot gain new privileges."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = _CapabilityHeader(_LINUX_CAPABILITY_VERSION_3, 0)
    none = (_CapabilitySets * 2)()
    _system_call("capset", ctypes.byref(header), ctypes.byref(none))


def landlock_version() -> int:
    """The version of Landlock's ABI. Raises OSError if Landlock is missing or disabled."""
    size, flags = ctypes.c_size_t(0), ctypes.c_uint32(LANDLOCK_CREATE_RULESET_VERSION)
    return _system_call("landlock_create_ruleset", None, size, flags)


def _landlock_ruleset(files: int, network: int, scopes: int) -> int:
    """Create a ruleset that denies these kinds of access; return its descriptor."""
    attributes = _LandlockRuleset(files, network, scopes)
    # An older kernel accepts fields that it does not know if they are zero.
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    flags = ctypes.c_uint32(0)
    return _system_call("landlock_create_ruleset", ctypes.byref(attributes), size, flags)


def landlock_restrict(version: int) -> None:
    """Permanently deny this process all access that this version of Landlock can deny.

    That is access to files and, in later versions, to TCP ports, and to other processes by signals
    and abstract sockets. The kernel refuses it to a process that could gain privileges.
    """
    bits = _FILE_ACCESS_BITS[min(version, max(_FILE_ACCESS_BITS))]
    network = _TCP_BIND_AND_CONNECT if version >= _TCP_SINCE else 0
    scopes = _ABSTRACT_SOCKETS_AND_SIGNALS if version >= _SCOPES_SINCE else 0
    ruleset = _landlock_ruleset((1 << bits) - 1, network, scopes)
    # Keep denied attempts by a student's code out of the machine's audit log.
    quiet = LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF if version >= _LOG_FLAGS_SINCE else 0
    _landlock_restrict_self(ruleset, quiet)
    os.close(ruleset)


def _landlock_restrict_self(ruleset: int, flags: int) -> None:
    _system_call("landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint32(flags))


def seccomp_filter(instructions: bytes) -> None:
    """Install this BPF program of 8-byte instructions as a filter for all further system calls."""
    program = _Program(len(instructions) // 8, instructions)
    mode, flags = ctypes.c_uint(SECCOMP_SET_MODE_FILTER), ctypes.c_uint(0)
    _system_call("seccomp", mode, flags, ctypes.byref(program))


# --- the system calls that a student's code may make -------------------------------------------

# Offsets in struct seccomp_data and codes of include/uapi/linux/{seccomp,bpf_common,filter}.h.
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_LOAD, _JUMP_EQUAL, _JUMP_ANY_BIT, _JUMP_GREATER_OR_EQUAL, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_PROT_EXEC = 4  # include/uapi/asm-generic/mman-common.h
_WRITING = 0o3 | 0o100  # O_WRONLY, O_RDWR and O_CREAT of include/uapi/asm-generic/fcntl.h
# Allows F_DUPFD to F_SETFL, but not F_SETOWN, which chooses a process to signal (fcntl.h as above).
_FIRST_OTHER_FCNTL = 5
_X32_BIT = 0x40000000  # arch/x86/include/uapi/asm/unistd.h: another table of calls
FILTERED_PID = 0xDEADBEE5
"""Placeholder in the program for the process ID."""


def filter_program(machine: str) -> bytes:
    """The program for that machine, with FILTERED_PID as a placeholder for the process ID.

    Raises KeyError if the machine is not known.
    """
    code = [
        _do(_LOAD, _ARCHITECTURE),
        _do(_JUMP_EQUAL, architecture(machine), 1, 0),
        _do(_RETURN, _KILL_PROCESS),
        _do(_LOAD, _NUMBER),
        _do(_JUMP_GREATER_OR_EQUAL, _X32_BIT, 0, 1),
        _do(_RETURN, _ERRNO | errno.ENOSYS),
    ]
    by_arguments = _by_arguments()
    for name, number in numbers(machine).items():
        answer, _ = _ENTRIES[name]
        checks = by_arguments.get(name) if answer is None else [_do(_RETURN, answer)]
        if checks:
            code += [_do(_JUMP_EQUAL, number, 0, len(checks)), *checks]
    code.append(_do(_RETURN, _ERRNO | errno.ENOSYS))
    return b"".join(code)


def filter_for_process(program: bytes, pid: int) -> bytes:
    """The program with `pid` filled in: the process's ID as it sees it in its own pid namespace."""
    return program.replace(struct.pack("<I", FILTERED_PID), struct.pack("<I", pid))


def _by_arguments() -> dict[str, list[bytes]]:
    """The instructions for calls that are allowed or refused by their arguments, by name.

    The first one runs after the call's number has matched.
    """
    no_code = [*_unless_any_bit(2, _PROT_EXEC), _do(_RETURN, _ERRNO | errno.EACCES)]
    only_self = [*_if_equal(0, FILTERED_PID), _do(_RETURN, _ERRNO | errno.EPERM)]
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
