"""Moves the fork server's children into Linux namespaces that contain nothing but themselves."""

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
    """Give this process and its children namespaces of their own; the pid one is for children only.

    Raises OSError if one is refused; the process is then half changed and must exit. An ordinary
    user also gets a user namespace, which root does not need.
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
    """The names of the namespaces that `enter` creates, for display."""
    return ", ".join([*([] if os.geteuid() == 0 else ["user"]), *_FLAGS])


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
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
