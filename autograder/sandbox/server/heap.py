"""Fills the holes in this process's memory, before the first fork.

What a child allocates would lie in such holes first, here one and there one, and each touches a
page that is then copied for it: hundreds of pages. Where there are none it gets memory of its own,
in one piece.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import partial

_PIECES = (65536, 16384, 4096, 2048, 1024, 512, 256, 128, 64, 24)
_MOST = 100_000
"""Pieces of a size, in case that memory is not handed out as it is thought to be."""
_IN_A_ROW = 12
_FLOATS = 5000
_EMPTY = 33
"""Bytes of an empty `bytes`."""

_COUNTS = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"

_kept: list[object] = []


def fill_holes() -> None:
    """Take what is free among what is in use, for as long as this process lives."""
    _fill_python(16, object)
    for size in range(48, 513, 16):
        _fill_python(size, partial(bytes, size - _EMPTY))
    # Of 32 bytes are the numbers, too, that tell where an object lies.
    _kept.extend(map(float, range(_FLOATS)))
    _fill_c()


def _fill_python(size: int, make: Callable[[], object]) -> None:
    """Make objects of this size until they lie side by side: Python hands out holes first."""
    in_a_row, place = 0, 0
    for _ in range(_MOST):
        made = make()
        _kept.append(made)
        in_a_row = in_a_row + 1 if id(made) == place + size else 0
        place = id(made)
        if in_a_row == _IN_A_ROW:
            break


class _Info(ctypes.Structure):
    """`struct mallinfo2` of malloc.h."""

    _fields_ = [(name, ctypes.c_size_t) for name in _COUNTS.split()]


def _fill_c() -> None:
    """Take every free piece but the last, which the heap grows from; glibc alone tells of them."""
    libc = ctypes.CDLL(None)
    try:
        tell, take = libc.mallinfo2, libc.malloc
    except AttributeError:
        return
    tell.restype, take.restype, take.argtypes = _Info, ctypes.c_void_p, [ctypes.c_size_t]
    for size in _PIECES:
        info = tell()
        for _ in range(_MOST):
            if info.fordblks - info.keepcost < size:
                break
            take(size)
            end, info = info.keepcost, tell()
            if info.keepcost != end:  # there was no hole of this size
                break
