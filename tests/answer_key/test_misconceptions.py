from __future__ import annotations

import numpy as np
import pytest

from autograder.answer_key.build import build_key
from autograder.answer_key.catalog import MOST_CELLS, misconceptions_of
from autograder.model.course import Answered, Case, Course, Misconception, Tolerance

HINT = '    """A hint."""\n'


def known(course: Course, body: str, cases: tuple[Case, ...] | None = None) -> Misconception:
    """The only misconception of `double`, with this body."""
    folder = course.folder / "solutions" / "misconceptions"
    folder.mkdir(exist_ok=True)
    text = f"import numpy as np\nSEEN = []\ndef double__wrong(v):\n{HINT}{body}"
    (folder / "part1_scale.py").write_text(text, encoding="utf-8")
    chosen = build_key(course).cases["double"] if cases is None else cases
    [misconception] = misconceptions_of(course, {"double": chosen, "mix": ()})["double"]
    return misconception


def case(v: list[float] | np.ndarray, **more: bool) -> Case:
    argument = np.array(v, dtype=float)
    return Case("double", "group", 0, {"v": argument}, 2 * argument, Tolerance(), **more)


def test_the_key_holds_every_misconception_with_an_answer_for_each_case(
    tiny_course: Course,
) -> None:
    known(tiny_course, "    return 3 * v\n")
    key = build_key(tiny_course)
    [wrong] = key.misconceptions["double"]
    assert key.misconceptions["mix"] == ()
    assert (wrong.name, wrong.hints) == ("wrong", ("A hint.",))
    assert len(wrong.answers) == len(key.cases["double"])
    for answer, one in zip(wrong.answers, key.cases["double"], strict=True):
        assert np.array_equal(answer, 1.5 * one.expected)
        assert not answer.flags.writeable


def test_right_answers_are_only_marked(tiny_course: Course) -> None:
    cases = (case([1.0, -1.0]), case([1.0, 2.0]))
    wrong = known(tiny_course, "    return 2 * np.abs(v)\n", cases)
    assert np.array_equal(wrong.answers[0], [2.0, 2.0])
    assert wrong.answers[1] is Answered.RIGHT


@pytest.mark.parametrize("body", ["    raise ValueError\n", "    return 'a'\n", "    return\n"])
def test_what_gives_no_numbers_is_none(tiny_course: Course, body: str) -> None:
    assert known(tiny_course, body, (case([1.0]),)).answers == (None,)


def test_changed_arguments_count_only_where_they_must_be_kept(tiny_course: Course) -> None:
    body = "    v *= 2\n    return v\n"
    cases = (case([1.0]), case([1.0], keeps_arguments=True), case([1.0], read_only=True))
    assert known(tiny_course, body, cases).answers == (Answered.RIGHT, None, None)
    assert cases[0].arguments["v"].tolist() == [1.0]


def test_state_is_kept_from_case_to_case_but_not_from_key_to_key(tiny_course: Course) -> None:
    body = "    SEEN.append(1)\n    return 2 * v + len(SEEN) - 1\n"
    cases = (case([1.0]), case([1.0]), case([1.0]))
    for _ in range(2):
        right, *later = known(tiny_course, body, cases).answers
        assert right is Answered.RIGHT
        assert [answer.tolist() for answer in later] == [[3.0], [4.0]]


def test_large_wrong_answers_are_dropped_where_a_small_one_tells_enough(
    tiny_course: Course,
) -> None:
    large = case(np.ones(MOST_CELLS + 1))
    both = known(tiny_course, "    return 3 * v\n", (case([1.0]), large))
    assert both.answers[0].tolist() == [3.0]
    assert both.answers[1] is Answered.WRONG
    alone = known(tiny_course, "    return 2 * v + (len(v) > 9)\n", (case([1.0]), large))
    assert alone.answers[0] is Answered.RIGHT
    assert alone.answers[1].shape == large.expected.shape


def test_warnings_of_a_misconception_are_not_the_keys(tiny_course: Course) -> None:
    body = "    import warnings\n    warnings.warn('look')\n    return v / (v - v)\n"
    [answer] = known(tiny_course, body, (case([1.0]),)).answers
    assert np.isinf(answer).all()


def test_public_groups_are_called_first_as_in_a_submission(tiny_course: Course) -> None:
    wrong = known(tiny_course, "    SEEN.append(1)\n    return 2 * v + len(SEEN)\n")
    cases = build_key(tiny_course).cases["double"]
    public = {group.name for group in tiny_course.exercises[0].groups if group.public}
    calls = [
        round(float((answer - one.expected)[0]))
        for answer, one in zip(wrong.answers, cases, strict=True)
    ]
    first = [call for call, one in zip(calls, cases, strict=True) if one.group in public]
    later = [call for call, one in zip(calls, cases, strict=True) if one.group not in public]
    assert first == [1, 2]
    assert later == [3, 4, 5, 6]
