"""The layers that isolate a child of the fork server: applies them, and tests which work here."""

from __future__ import annotations

import errno
import fcntl
import os
import platform
import resource
import signal
import socket
import sys
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from autograder.sandbox.kernel_layers import ANSWERS, CHANNEL, linux

# No account has one of these: systemd reserves them for dynamic users (see its UIDS-GIDS.md).
_FIRST_UID, _LAST_UID = 61184, 65519


class Budget(NamedTuple):
    """One child's limits: bytes of memory on top of what it starts with, seconds of CPU time."""

    memory: int
    seconds: int


class Layer(NamedTuple):
    """One protection: `apply` switches it on, and `holds` tests whether it works.

    `apply` raises OSError if the system refuses it.
    """

    name: str
    apply: Callable[[Budget], object]
    holds: Callable[[], bool] = lambda: True
    note: str = ""


def make_layers(wanted: Collection[str]) -> tuple[list[Layer], dict[str, str]]:
    """Return the layers to apply, in order, and for each other layer why it is off.

    What they need is prepared here, once. None of them is tested yet.
    """
    found: list[Layer] = []
    off: dict[str, str] = {}
    for name, make in _MAKERS.items():
        if name not in wanted:
            off[name] = "not asked for"
        elif name != "limits" and sys.platform != "linux":
            off[name] = "only Linux has it"
        else:
            try:
                found.append(make(name))
            except OSError as error:
                off[name] = error.strerror or str(error)
    return found, off


_FREE = 8
"""The first descriptor number that is free to use while a child's descriptors are moved."""


def own_session(null: int, channel: int, output: int, answers: int) -> None:
    """Move this process to a new session, and close all but these descriptors.

    They become 0 (null), 1 and 2 (output), CHANNEL and ANSWERS.
    """
    os.setsid()
    # Copy them to free numbers first, since one may have another's target number.
    high = [
        fcntl.fcntl(each, fcntl.F_DUPFD, _FREE) for each in (null, output, output, channel, answers)
    ]
    for place, descriptor in enumerate(high):
        os.dup2(descriptor, place)
    os.closerange(ANSWERS + 1, 1024)


def shut_in(layers: Sequence[Layer], budget: Budget) -> str:
    """Apply the layers to this process; return "", or which layer was refused and why."""
    for layer in layers:
        try:
            layer.apply(budget)
        except OSError as error:
            return f"{layer.name} was switched on, and is refused now: {error.strerror}"
    return ""


# --- the layers, in the order in which they are applied ----------------------------------------


def _make_uid(name: str) -> Layer:
    if os.geteuid() != 0:
        raise OSError("only root can change it")
    uid = _FIRST_UID + os.getpid() % (_LAST_UID - _FIRST_UID + 1)

    def apply(budget: Budget) -> None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)

    return Layer(name, apply, lambda: os.getresuid() == (uid, uid, uid), "a user of its own")


def _make_capabilities(name: str) -> Layer:
    linux.capabilities()
    return Layer(name, lambda budget: linux.drop_capabilities(), lambda: not linux.capabilities())


def _make_landlock(name: str) -> Layer:
    version = linux.landlock_version()

    def apply(budget: Budget) -> None:
        linux.landlock_restrict(version)

    return Layer(name, apply, lambda: _refuses(lambda: os.open("/", os.O_RDONLY)), f"ABI {version}")


def _by_prctl(option: int, value: int) -> Callable[[str], Layer]:
    return lambda name: Layer(name, lambda budget: linux.prctl(option, value))


def _make_limits(name: str) -> Layer:
    size = _virtual_size()

    def apply(budget: Budget) -> None:
        limits = {
            "RLIMIT_AS": size + budget.memory,
            "RLIMIT_CPU": budget.seconds,
            "RLIMIT_NOFILE": 16,
        }
        nothing = ("RLIMIT_FSIZE", "RLIMIT_NPROC", "RLIMIT_CORE", "RLIMIT_MEMLOCK")
        limits.update(dict.fromkeys((*nothing, "RLIMIT_MSGQUEUE", "RLIMIT_SIGPENDING"), 0))
        if sys.platform != "linux":
            del limits["RLIMIT_AS"]  # other systems do not enforce it, and some refuse it
        for limit, most in limits.items():
            kind = getattr(resource, limit, None)
            if kind is not None:
                hard = resource.getrlimit(kind)[1]
                most = most if hard == resource.RLIM_INFINITY else min(most, hard)
                try:
                    resource.setrlimit(kind, (most, most))
                except ValueError as error:
                    raise OSError(errno.EINVAL, str(error), limit) from None

    return Layer(name, apply)


def _make_seccomp(name: str) -> Layer:
    machine = platform.machine()
    try:
        program = linux.filter_program(machine)
    except KeyError:
        raise OSError(f"the system calls of {machine} are not known") from None

    def apply(budget: Budget) -> None:
        linux.seccomp_filter(linux.filter_for_process(program, os.getpid()))

    return Layer(name, apply, lambda: _refuses(socket.socket))


_MAKERS: dict[str, Callable[[str], Layer]] = {
    "uid": _make_uid,
    "capabilities": _make_capabilities,
    "no new privileges": _by_prctl(linux.PR_SET_NO_NEW_PRIVS, 1),
    "landlock": _make_landlock,
    # Must come after the change of uid, which clears it.
    "parent-death signal": _by_prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL),
    "undumpable": _by_prctl(linux.PR_SET_DUMPABLE, 0),
    "limits": _make_limits,
    "seccomp": _make_seccomp,
}


def _refuses(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return True
    return False


def _virtual_size() -> int:
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:  # only Linux has this file, and only Linux enforces the limit
        return 1 << 40


# --- namespaces, for the fork server and all its children --------------------------------------

_NAMESPACES = {
    "mount": linux.CLONE_NEWNS,
    "network": linux.CLONE_NEWNET,
    "pid": linux.CLONE_NEWPID,
    "ipc": linux.CLONE_NEWIPC,
    "uts": linux.CLONE_NEWUTS,
}


def enter_namespaces() -> None:
    """Give this process and its children namespaces of their own; the pid one is for children only.

    Raises OSError if one is refused; the process is then half changed and must exit. An ordinary
    user also gets a user namespace, which root does not need.
    """
    user, group = os.geteuid(), os.getegid()
    flags = sum(_NAMESPACES.values())
    if user == 0:
        linux.unshare(flags)
    else:
        linux.unshare(linux.CLONE_NEWUSER)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
        linux.unshare(flags)
    _leave_the_files()


def kinds_of_namespaces() -> str:
    """The names of the namespaces that `enter_namespaces` creates, for display."""
    return ", ".join([*([] if os.geteuid() == 0 else ["user"]), *_NAMESPACES])


def start_init() -> int:
    """Fork the init process of the new pid namespace; when it ends, all others in it end too.

    It adopts and reaps orphaned processes, and ends with its parent.
    """
    pid = os.fork()
    if pid:
        return pid
    try:
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        os.closerange(0, 1024)
        # The kernel reaps the children of a process that ignores this signal.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            signal.pause()
    finally:
        os._exit(0)


def _leave_the_files() -> None:
    """Make an empty directory the root, so that no mounted file system can be reached."""
    root = "/proc"  # it exists everywhere, and an ordinary user may mount on it too
    linux.mount("", "/", linux.MS_REC | linux.MS_PRIVATE)
    flags = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount("tmpfs", root, flags, "size=4k,nr_inodes=1,mode=555")
    os.chdir(root)
    # The new root and the mount point for the old one may be the same: see pivot_root(2), NOTES.
    linux.pivot_root(".", ".")
    linux.unmount(".")
    os.chdir("/")


def _write(path: str, text: str) -> None:
    # As bytes: a codec would be imported, and in a new user namespace, which has lost its owner's
    # rights, the library may not be readable.
    with open(path, "wb") as file:
        file.write(text.encode())


# --- tests in throw-away forks of which layers work ---------------------------------------------

_BUDGET = Budget(1 << 30, 60)
_SECONDS = 10.0
_END = "end"


def probe(layers: Sequence[Layer], null: int) -> tuple[list[Layer], dict[str, str]]:
    """Return the layers that work when all are applied together, and why the others do not.

    A fork applies the layers; if one of them ends the fork, it is dropped and the rest tried again.
    """
    left, off = list(layers), {}
    while True:
        tried, endable = _in_fork(lambda channel: _try_all(left, null, channel))
        found = dict(line.split("\t") for line in tried.splitlines())
        off.update({name: refused for name, refused in found.items() if refused})
        if _END in found:
            if not endable:  # we may not kill a process of another uid
                off["uid"] = "its processes could not be ended"
            return [layer for layer in left if layer.name not in off], off
        if not left:
            return [], off
        # where it reported every layer and ended then, the last one is to blame
        ended = next((layer for layer in left if layer.name not in found), left[-1])
        off[ended.name] = "it ends the process that tries it"
        left.remove(ended)


def attempt(action: Callable[[], None]) -> str:
    """Try the action in a fork; return why it was refused, or "" if it was not."""

    def try_it(channel: int) -> None:
        try:
            action()
            refused = ""
        except OSError as error:
            refused = f"{error.filename}: {error.strerror}"
        os.write(channel, f"{refused}\n".encode())

    tried, _ = _in_fork(try_it)
    return tried.strip() if tried else "it ends the process that tries it"


def _try_all(layers: Sequence[Layer], null: int, channel: int) -> None:
    own_session(null, channel, channel, channel)
    for layer in layers:
        refused = ""
        try:
            layer.apply(_BUDGET)
            if not layer.holds():
                refused = "the system takes it, and it does not hold"
        except OSError as error:
            refused = error.strerror or str(error)
        os.write(CHANNEL, f"{layer.name}\t{refused}\n".encode())
    os.write(CHANNEL, f"{_END}\t\n".encode())
    os.read(CHANNEL, 1)  # wait until we kill it, or the channel is closed


def _in_fork(action: Callable[[int], None]) -> tuple[str, bool]:
    """Run the action in a fork; return what it wrote to its channel, and whether we may kill it.

    Waits at most _SECONDS for each piece of output.
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                action(theirs.fileno())
            finally:
                os._exit(0)
        theirs.close()
        ours.settimeout(_SECONDS)
        said = b""
        try:
            while not said.endswith(f"{_END}\t\n".encode()):
                piece = ours.recv(4096)
                if not piece:
                    break
                said += piece
        except TimeoutError:
            pass
        try:
            os.kill(pid, signal.SIGKILL)
            endable = True
        except PermissionError:
            endable = False
    os.waitpid(pid, 0)
    return said.decode(), endable
