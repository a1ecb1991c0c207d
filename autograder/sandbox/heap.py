"""Fills the holes in the C library's heap, before the first fork.

What a child allocates lies in such holes first, here one and there one, and each touches a page
that is then copied for it: some 300 pages that way. Without holes the child gets memory of its own
in one piece, which costs half as much and is sooner at hand.
"""

from __future__ import annotations

import ctypes

_SIZES = (65536, 16384, 4096, 2048, 1024, 512, 256, 128, 64, 24)
_MOST = 100_000
"""Pieces, in case that the C library counts in another way than it says."""


class _Info(ctypes.Structure):
    """`struct mallinfo2` of malloc.h."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            [
                "arena",
                "ordblks",
                "smblks",
                "hblks",
                "hblkhd",
                "usmblks",
                "fsmblks",
                "uordblks",
                "fordblks",
                "keepcost",
            ]
        )
    ]


def fill_holes() -> None:
    """Take every free piece but the last, which the heap grows from; glibc alone tells of them."""
    libc = ctypes.CDLL(None)
    try:
        tell, take = libc.mallinfo2, libc.malloc
    except AttributeError:
        return
    tell.restype, take.restype, take.argtypes = _Info, ctypes.c_void_p, [ctypes.c_size_t]
    taken = 0
    for size in _SIZES:
        info = tell()
        while info.fordblks - info.keepcost >= size and taken < _MOST:
            take(size)
            taken += 1
            end, info = info.keepcost, tell()
            if info.keepcost != end:  # there was no hole of this size
                break
