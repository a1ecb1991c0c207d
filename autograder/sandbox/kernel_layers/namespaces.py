"""Moves the fork server's children into namespaces in which there is nothing but themselves."""

from __future__ import annotations

import os
import signal

from autograder.sandbox.kernel_layers import linux

_FLAGS = {
    "mount": linux.CLONE_NEWNS,
    "network": linux.CLONE_NEWNET,
    "pid": linux.CLONE_NEWPID,
    "ipc": linux.CLONE_NEWIPC,
    "uts": linux.CLONE_NEWUTS,
}


def enter() -> None:
    """Give this process, or its children, namespaces of their own.

    Raises OSError where one is refused; the process is then good for nothing but an end. An
    ordinary user gets a user namespace, which root does not need.
    """
    user, group = os.geteuid(), os.getegid()
    flags = sum(_FLAGS.values())
    if user == 0:
        linux.unshare(flags)
    else:
        linux.unshare(linux.CLONE_NEWUSER)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
        linux.unshare(flags)
    _leave_the_files()


def kinds() -> str:
    """The names of the namespaces that `enter` gives."""
    return ", ".join([*([] if os.geteuid() == 0 else ["user"]), *_FLAGS])


def start_init() -> int:
    """Fork the first process of the new pid namespace; all others end when it does.

    It takes in what children leave behind, and ends with its parent.
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
    """Make an empty directory the root: whatever was mounted is out of reach."""
    root = "/proc"  # an ordinary user may mount on it too, and it is there
    linux.mount("", "/", linux.MS_REC | linux.MS_PRIVATE)
    flags = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount("tmpfs", root, flags, "size=4k,nr_inodes=1,mode=555")
    os.chdir(root)
    # The new root and the place for the old one may be the same: see pivot_root(2), NOTES.
    linux.pivot_root(".", ".")
    linux.unmount(".")
    os.chdir("/")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
