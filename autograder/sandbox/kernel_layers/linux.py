"""Calls of the Linux kernel that Python has no function for; each raises OSError when refused."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping

from autograder.sandbox.kernel_layers import syscalls

# include/uapi/linux/prctl.h
PR_SET_PDEATHSIG = 1
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
# include/uapi/linux/mount.h; umount's flag is of include/linux/fs.h
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REC, MS_PRIVATE = 16384, 1 << 18
MNT_DETACH = 2
# include/uapi/linux/seccomp.h
SECCOMP_SET_MODE_FILTER = 1
# include/uapi/linux/landlock.h
LANDLOCK_CREATE_RULESET_VERSION = 1
LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF = 1
# include/uapi/linux/capability.h
_LINUX_CAPABILITY_VERSION_3 = 0x20080522


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
_numbers: Mapping[str, int] = syscalls.numbers(syscalls.machine())


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result


def _system_call(name: str, *arguments: object) -> int:
    if name not in _numbers:
        raise OSError(38, f"its number on {syscalls.machine()} is not known", name)
    number = ctypes.c_long(_numbers[name])
    return _checked(int(_libc.syscall(number, *arguments)), name)


def prctl(option: int, value: int = 0) -> None:
    zero = ctypes.c_ulong(0)
    _checked(_libc.prctl(option, ctypes.c_ulong(value), zero, zero, zero), "prctl")


def current_core() -> int:
    """The number of the core that this thread runs on at this moment."""
    return _checked(_libc.sched_getcpu(), "sched_getcpu")


def unshare(flags: int) -> None:
    _checked(_libc.unshare(flags), "unshare")


def mount(kind: str, target: str, flags: int, options: str = "") -> None:
    """Mount a file system without a device; an empty kind changes what is mounted there."""
    arguments = (None, target.encode(), kind.encode() or None, ctypes.c_ulong(flags))
    _checked(_libc.mount(*arguments, options.encode() or None), "mount")


def unmount(target: str) -> None:
    """Take it out of sight now, and away when it is no longer used."""
    _checked(_libc.umount2(target.encode(), MNT_DETACH), "umount2")


def pivot_root(new: str, old: str) -> None:
    """Put `new` in the place of the root, and the root at `old`."""
    _system_call("pivot_root", new.encode(), old.encode())


def capabilities() -> bool:
    """Whether this process has, or may take, any."""
    header = _CapabilityHeader(_LINUX_CAPABILITY_VERSION_3, 0)
    sets = (_CapabilitySets * 2)()
    _system_call("capget", ctypes.byref(header), ctypes.byref(sets))
    return any(half.effective | half.permitted | half.inheritable for half in sets)


def drop_capabilities() -> None:
    """Give up every capability; without privileges to gain, for good."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = _CapabilityHeader(_LINUX_CAPABILITY_VERSION_3, 0)
    none = (_CapabilitySets * 2)()
    _system_call("capset", ctypes.byref(header), ctypes.byref(none))


def landlock_version() -> int:
    """The version of Landlock's interface; raises OSError where it is missing or switched off."""
    size, flags = ctypes.c_size_t(0), ctypes.c_uint32(LANDLOCK_CREATE_RULESET_VERSION)
    return _system_call("landlock_create_ruleset", None, size, flags)


def landlock_ruleset(files: int, network: int, scopes: int) -> int:
    """The descriptor of a ruleset that denies these kinds of access."""
    attributes = _LandlockRuleset(files, network, scopes)
    # An older kernel takes the fields that it does not know where they are zero.
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    flags = ctypes.c_uint32(0)
    return _system_call("landlock_create_ruleset", ctypes.byref(attributes), size, flags)


def landlock_restrict_self(ruleset: int, flags: int) -> None:
    _system_call("landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint32(flags))


def seccomp_filter(instructions: bytes) -> None:
    """Have every system call from now on judged by this program of 8-byte instructions."""
    program = _Program(len(instructions) // 8, instructions)
    mode, flags = ctypes.c_uint(SECCOMP_SET_MODE_FILTER), ctypes.c_uint(0)
    _system_call("seccomp", mode, flags, ctypes.byref(program))
