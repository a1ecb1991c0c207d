"""For many checks in one course's folder, each of which reads what is wrong from its solutions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.answer_key import catalog, trusted_modules
from autograder.answer_key.file import read_key


def read_once(root: Path, put: Callable[[Any, str, Any], None]) -> None:
    """Read the references and the mistakes now; `put` is `setattr`, or undoes it later."""
    course, key = read_key(root / "exercises" / "course.json")
    course = replace(course, folder=root)
    references = trusted_modules.load_references(course)
    known = catalog.misconceptions_of(course, key.cases)
    put(trusted_modules, "load_references", lambda course: references)
    put(catalog, "misconceptions_of", lambda course, cases: {name: known[name] for name in cases})
