"""The only code that runs in the same process as a student's."""

UNWRITTEN_BYTE = 0x5A
"""Each byte of memory that was never written. Eight of them are a float near 1e127, so that an
answer from `np.empty` is never right by luck, and is recognised for what it is."""

WALL_FACTOR = 3
"""How many times its CPU time something may take by the clock on the wall."""
