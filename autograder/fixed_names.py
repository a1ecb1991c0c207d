"""Names that are fixed outside the code: of files, and of the installed distribution.

Imports nothing of ours, so that any module can import it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import Distribution

COURSE_FILE = "course.yaml"
"""The file in the course's folder that declares the course."""
SOLUTIONS, EXERCISES = "solutions", "exercises"
"""The folder that the author writes, and the folder for students that is generated from it."""
PUBLIC_KEY = "course.json"
"""The answer key in the exercises folder, without the hidden cases."""
FULL_KEY = "key.json"
"""The full answer key, in the archives built for graders."""
GRADEBOOK, RESULTS = "gradebook.sqlite", "results.json"
"""Files in the folder that `grade --out` writes."""
NAME = "softmax-autograder"
"""The distribution of the engine; a course's own wheel has the course's name."""


def installed() -> Distribution:
    """The distribution that has this package. Raises PackageNotFoundError if not installed."""
    # Imported here, since most commands do not need it.
    from importlib.metadata import PackageNotFoundError, distribution, packages_distributions

    try:
        return distribution(NAME)
    except PackageNotFoundError:
        names = packages_distributions().get("autograder")  # slow: reads all distributions
        if not names:
            raise
        return distribution(names[0])
