import pickle
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from autograder.answer_key.assignment import (
    Assignment,
    digest_assignment,
    ingredients,
    pack_assignment,
)
from autograder.model.course import (
    Answered,
    AnswerKey,
    Course,
    Draw,
    Exercise,
    Limits,
    Misconception,
    Part,
    TestGroup,
    Tolerance,
)
from autograder.model.submission import Source

GROUP = TestGroup("first", 2.0, True, Draw("r"), Tolerance())
EXERCISE = Exercise("double", "part1", (GROUP,))
COURSE = Course("c", "1", Path(), (Part("part1", "One", (EXERCISE,)),), seed=1)
KNOWN = Misconception("double", "tripled", ("three?",), (np.ones(2), None))
KEY = AnswerKey({}, "key digest", MappingProxyType({"double": (KNOWN,)}))
ASSIGNMENT = Assignment(COURSE, KEY, (Source("workbench", "workbench.py", (b"x = 1",)),))


def with_exercise(exercise: Exercise) -> Assignment:
    return replace(ASSIGNMENT, course=replace(COURSE, parts=(Part("part1", "One", (exercise,)),)))


def test_equal_assignments_have_equal_digests():
    assert digest_assignment(ASSIGNMENT, "1") == digest_assignment(replace(ASSIGNMENT), "1")


@pytest.mark.parametrize(
    "changed",
    [
        replace(ASSIGNMENT, key=replace(KEY, digest="other")),
        with_exercise(replace(EXERCISE, groups=(replace(GROUP, points=3.0),))),
        with_exercise(replace(EXERCISE, groups=(replace(GROUP, public=False),))),
        with_exercise(replace(EXERCISE, follow_through=0.5)),
        replace(ASSIGNMENT, course=replace(COURSE, limits=Limits(case_seconds=1.0))),
        replace(ASSIGNMENT, support=()),
        replace(ASSIGNMENT, support=(Source("workbench", "workbench.py", (b"x = 2",)),)),
        replace(ASSIGNMENT, key=replace(KEY, solutions={"part1": "x = 1"})),
        replace(ASSIGNMENT, key=replace(KEY, misconceptions={})),
        replace(
            ASSIGNMENT,
            key=replace(KEY, misconceptions={"double": (replace(KNOWN, hints=("what?",)),)}),
        ),
        replace(
            ASSIGNMENT,
            key=replace(
                KEY, misconceptions={"double": (replace(KNOWN, answers=(np.zeros(2), None)),)}
            ),
        ),
        replace(
            ASSIGNMENT,
            key=replace(
                KEY, misconceptions={"double": (replace(KNOWN, answers=(Answered.RIGHT, None)),)}
            ),
        ),
    ],
)
def test_whatever_can_change_a_mark_or_a_message_changes_the_digest(changed):
    assert digest_assignment(changed, "1") != digest_assignment(ASSIGNMENT, "1")


def test_another_engine_grades_again():
    assert digest_assignment(ASSIGNMENT, "1") != digest_assignment(ASSIGNMENT, "2")


def test_how_strict_the_isolation_is_changes_no_mark():
    strict = replace(ASSIGNMENT, least_level="full")
    assert digest_assignment(strict, "1") == digest_assignment(ASSIGNMENT, "1")


def test_an_assignment_can_be_sent_to_another_process():
    course = replace(COURSE, example=MappingProxyType({"x": 1.5}))
    sent = replace(ASSIGNMENT, course=course)
    received = pickle.loads(pack_assignment(sent))
    assert received.course == course
    assert received.course.parts[0].exercises[0].groups[0].draw.sizes == (MappingProxyType({}),)
    assert digest_assignment(received, "1") == digest_assignment(sent, "1")


def changed_ingredients(changed: Assignment) -> set[str]:
    before, after = ingredients(ASSIGNMENT, "1"), ingredients(changed, "1")
    assert before.keys() == after.keys()
    return {name for name in before if before[name] != after[name]}


def test_each_change_is_known_by_what_it_is():
    strict = replace(EXERCISE, groups=(replace(GROUP, tolerance=Tolerance(1e-9)),))
    assert changed_ingredients(with_exercise(strict)) == {"tolerance", "course"}
    worth = replace(EXERCISE, groups=(replace(GROUP, points=3.0),))
    assert changed_ingredients(with_exercise(worth)) == {"points", "course"}
    solved = replace(ASSIGNMENT, key=replace(KEY, solutions={"part1": "x = 1"}))
    assert changed_ingredients(solved) == {"answer key"}
    assert changed_ingredients(replace(ASSIGNMENT, support=())) == {"support files"}
    assert changed_ingredients(ASSIGNMENT) == set()
