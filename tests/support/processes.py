"""The processes of this machine, as /proc shows them on Linux."""

from pathlib import Path


def children(of: int | str = "self") -> set[int]:
    """The processes that a process has started; none if it has ended."""
    found: set[int] = set()
    for task in Path(f"/proc/{of}/task").glob("*/children"):
        try:
            found.update(map(int, task.read_text().split()))
        except (FileNotFoundError, ProcessLookupError):
            continue  # this thread ended in between
    return found


def descendants(of: int) -> set[int]:
    """The processes that a process has started, and those that they have started."""
    found = children(of)
    return found.union(*map(descendants, found))
