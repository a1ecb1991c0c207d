"""Denies a process every file, TCP port and process outside itself, by Linux's Landlock.

There are no exceptions to the rules, because a child of the fork server needs no file at all: it
has its modules in memory.
"""

from __future__ import annotations

import os

from autograder.sandbox.kernel_layers import linux

# include/uapi/linux/landlock.h: how many kinds of access to files each version knows.
_FILE_ACCESS_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_TCP_BIND_AND_CONNECT, _TCP_SINCE = 3, 4
_ABSTRACT_SOCKETS_AND_SIGNALS, _SCOPES_SINCE = 3, 6
_LOG_FLAGS_SINCE = 7


def restrict(version: int) -> None:
    """Deny this process all that this version of Landlock can deny, for good.

    It must not be able to gain privileges, or the kernel refuses.
    """
    bits = _FILE_ACCESS_BITS[min(version, max(_FILE_ACCESS_BITS))]
    network = _TCP_BIND_AND_CONNECT if version >= _TCP_SINCE else 0
    scopes = _ABSTRACT_SOCKETS_AND_SIGNALS if version >= _SCOPES_SINCE else 0
    ruleset = linux.landlock_ruleset((1 << bits) - 1, network, scopes)
    # What a student's code tries in vain is no news for the machine's audit log.
    quiet = linux.LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF if version >= _LOG_FLAGS_SINCE else 0
    linux.landlock_restrict_self(ruleset, quiet)
    os.close(ruleset)
