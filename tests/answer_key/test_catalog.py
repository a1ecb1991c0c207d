from __future__ import annotations

from pathlib import Path

import pytest

from autograder.answer_key.catalog import MISCONCEPTIONS, VARIANTS, read_bank
from autograder.course.load import load_course
from autograder.errors import CourseError
from autograder.model.course import Course

ROOT = Path(__file__).parents[2]


def write(course: Course, bank: str, name: str, text: str) -> None:
    folder = course.folder / "solutions" / bank
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_answers_come_in_the_order_of_course_and_file_with_their_hints(tiny_course: Course) -> None:
    write(
        tiny_course,
        MISCONCEPTIONS,
        "part2_mix.py",
        "from part2_mix import mix\n"
        "def _times(k, A, v):\n    return k * mix(A, v)\n"
        'def mix__halved(A, v):\n    """You halved\n    it.\n\n    Do not."""\n'
        "    return _times(0.5, A, v)\n"
        'def mix__negated(A, v):\n    """The sign."""\n    return _times(-1, A, v)\n',
    )
    write(
        tiny_course,
        MISCONCEPTIONS,
        "part1_scale.py",
        'def double__tripled(v):\n    """Thrice."""\n    return 3 * v\n',
    )
    found = read_bank(tiny_course, MISCONCEPTIONS)
    assert [(one.exercise, one.name, one.file) for one in found] == [
        ("double", "tripled", "part1_scale"),
        ("mix", "halved", "part2_mix"),
        ("mix", "negated", "part2_mix"),
    ]
    assert found[1].hints == ("You halved it.", "Do not.")
    assert found[1].identifier == "mix__halved"
    # It imported the reference of its own part, and calls it.
    assert found[1].function([[2.0]] @ __import__("numpy").ones((1, 1)), [3.0]).tolist() == [6.0]


def test_variants_may_be_anything_that_can_be_called_and_need_no_docstring(
    tiny_course: Course,
) -> None:
    text = "from functools import partial\nimport operator\n"
    text += "double__lambda = lambda v: 2 * v\ndouble__partial = partial(operator.mul, 2)\n"
    write(tiny_course, VARIANTS, "part1_scale.py", text + "NOT__callable = 3\n")
    assert [one.name for one in read_bank(tiny_course, VARIANTS)] == ["lambda", "partial"]


def test_a_course_may_have_no_bank(tiny_course: Course) -> None:
    assert read_bank(tiny_course, MISCONCEPTIONS) == ()


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("part9.py", "", "no part or exercise is called part9; name the file after one of"),
        (
            "part1_scale.py",
            "def mix__x(A, v):\n    'Hint.'\n",
            "mix__x: is an answer to the exercise mix; move",
        ),
        ("part1_scale.py", "def double_x(v):\n    'Hint.'\n", "rename it to double__x, or, if it"),
        ("part1_scale.py", "def mxi__x(v):\n    'Hint.'\n", "mxi__x: does not begin with the name"),
        (
            "double.py",
            "def mix__x(A, v):\n    'Hint.'\n",
            "move it to solutions/misconceptions/mix.py or solutions/misconceptions/part2_mix.py",
        ),
        ("part1_scale.py", "def double__x(v):\n    return v\n", "double__x: its docstring has 0"),
        ("part1_scale.py", "def double__x(v):\n    '''a\n\n    b\n\n    c\n\n    d'''\n", "has 4"),
        ("part1_scale.py", "def double__x(:\n", "part1_scale.py:1: SyntaxError"),
    ],
)
def test_a_broken_bank_is_told_in_one_line(
    tiny_course: Course, name: str, text: str, complaint: str
) -> None:
    write(tiny_course, MISCONCEPTIONS, name, text)
    with pytest.raises(CourseError) as raised:
        read_bank(tiny_course, MISCONCEPTIONS)
    assert complaint in str(raised.value)
    assert "\n" not in str(raised.value)


COURSE = load_course(ROOT)
BANK = read_bank(COURSE, MISCONCEPTIONS)


def test_the_course_knows_its_mistakes_and_its_manners() -> None:
    assert len(BANK) >= 110
    assert len(read_bank(COURSE, VARIANTS)) >= 50
    for exercise in COURSE.exercises:
        assert sum(one.exercise == exercise.name for one in BANK) >= 20


def test_every_misconception_has_three_hints_of_a_readable_length() -> None:
    for one in BANK:
        assert len(one.hints) == 3, one.identifier
        assert all(15 <= len(hint) <= 320 for hint in one.hints), one.identifier
        assert all(hint.endswith(".") for hint in one.hints), one.identifier


def test_no_hint_holds_code_that_is_the_answer() -> None:
    for one in BANK:
        for hint in one.hints:
            for giveaway in ("np.outer(", "np.kron(", "np.diag(", "S - y", "DS @", "np.exp("):
                assert giveaway not in hint, one.identifier
