"""Writes the public groups of an exercise as a test file in otter's exception-based format."""

from __future__ import annotations

import json

from autograder.model import Exercise

HEADER = "# Made by `autograder sync` from course.yaml; what is changed here is lost.\n"

_TOP = """\
from otter.test_files import test_case

from autograder.integrations.notebook_check import check_public

OK_FORMAT = False
name = {name}
all_or_nothing = False
"""

# Otter takes the decorated values of the module's namespace: two functions of one name would be
# one test, so they are numbered.
_CASE = """

@test_case(name={title}, points={points})
def group_{number}(env):
    check_public({exercise}, {group}, env)
"""


def otter_test(exercise: Exercise) -> str | None:
    """The text of `exercises/tests/<exercise>.py`; None for an exercise without a public group.

    The file holds no inputs and no answers: it asks `check_public`, which finds both in the
    public key beside the exercises and says the same as `autograder check`.
    """
    public = [group for group in exercise.groups if group.public]
    if not public:
        return None
    cases = (
        _CASE.format(
            title=quoted(f"{exercise.name}: {group.name}"),
            points=f"{group.points:g}",
            number=number,
            exercise=quoted(exercise.name),
            group=quoted(group.name),
        )
        for number, group in enumerate(public, 1)
    )
    return HEADER + _TOP.format(name=quoted(exercise.name)) + "".join(cases)


def quoted(text: str) -> str:
    """`text` as a Python literal in double quotes, as the formatter writes it."""
    return json.dumps(text)
