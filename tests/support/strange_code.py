"""Functions that nobody else would write, for tests of likeness."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

from autograder.model.submission import Source, Submission

_CALLS = ("np.exp", "np.log", "np.sum", "np.outer", "abs", "np.dot")


def function(name: str, rng: random.Random) -> str:
    """Sixteen lines of arithmetic."""
    lines = [f"def {name}(a, b):"]
    for _ in range(8):
        one, other, made = (rng.choice("abcdefgh") for _ in range(3))
        lines.append(
            f"    {made} = {rng.choice(_CALLS)}({one} {rng.choice('+-*/')} {rng.random()})"
        )
        lines.append(f"    {made} {rng.choice('+-*')}= {other}[{rng.choice('0123')}]")
    return "\n".join([*lines, f"    return {rng.choice('abc')}", ""])


def work(seed: int, count: int = 4) -> list[str]:
    """So many functions, `f0`, `f1` and so on, in the way of the one with this number."""
    rng = random.Random(seed)
    return [function(f"f{number}", rng) for number in range(count)]


def renamed(text: str) -> str:
    """The same with other names for all variables."""
    return re.sub(r"(?<![\w.])([a-h])(?!\w)", lambda match: f"value_{match[1]}", text)


def handed_in(id: str, functions: Iterable[str], filename: str = "part1.py") -> Submission:
    """A submission of one file."""
    code = "import numpy as np\n\n" + "\n\n".join(functions)
    return Submission(id, (Source("part1", filename, (code.encode(),)),), id)
