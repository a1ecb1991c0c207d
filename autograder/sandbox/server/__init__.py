"""The fork server, and the words between it and the grader, both of them ours.

The server says when it is ready, in READY: the length of a text in UTF-8, then the text: a line for
each layer of isolation, its name, a tab, and its state. From then on it answers requests:

    FORK    with three descriptors: the child's channel, and where its output and its answers go
            -> the pid of the new child
    SUPPORT with as many bytes after it as it says: the files that each new child is to have, in the
            form of the request SOURCES that `guest/protocol.py` states
            -> 0
    REAP    end this child's process group and wait for it
            -> how the child ended, as `subprocess.returncode` has it

An answer of REFUSED or lower is REFUSED less the errno of what was refused.
"""

from __future__ import annotations

import struct

READY = struct.Struct("<I")
REQUEST = struct.Struct("<BIQI")
"""What to do, a pid, bytes of memory or of what follows, seconds of CPU time."""
ANSWER = struct.Struct("<i")
FORK, REAP, SUPPORT = 1, 2, 3
REFUSED = -1000
