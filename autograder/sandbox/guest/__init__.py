"""Our code that runs in the same process as the student's."""

UNWRITTEN_BYTE = 0x5A
"""Fill value of memory that was never written. Eight such bytes are a float near 1e127, so an
answer from `np.empty` is never right by luck, and can be recognised as uninitialised memory."""

WALL_FACTOR = 3
"""The wall time limit as a multiple of the CPU time limit."""
