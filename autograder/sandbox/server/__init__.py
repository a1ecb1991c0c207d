"""The fork server, and the protocol between it and the grader. Both ends are trusted.

When the server is ready, it sends READY: the length of a UTF-8 text, then the text: one line for
each isolation layer, with its name, a tab and its state. From then on it answers requests:

    FORK    with three descriptors: the child's socket, its output pipe and its answer pipe
            -> the pid of the new child
    SUPPORT followed by as many bytes as its memory field says: the files that every new child gets,
            in the format of the request SOURCES in `guest/protocol.py`, from its count of files on
            -> 0
    REAP    end this child's process group and wait for it
            -> the child's exit status, as in `Popen.returncode`

An answer of REFUSED or lower is REFUSED minus the errno of the error.
"""

from __future__ import annotations

import struct

READY = struct.Struct("<I")
REQUEST = struct.Struct("<BIQI")
"""The request's kind, a pid, bytes of memory or of the data that follows, seconds of CPU time."""
ANSWER = struct.Struct("<i")
FORK, REAP, SUPPORT = 1, 2, 3
REFUSED = -1000
