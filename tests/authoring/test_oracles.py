from __future__ import annotations

from collections.abc import Sequence

import pytest

from autograder.answer_key.build import build_key
from autograder.answer_key.trusted_modules import load_references
from autograder.authoring.oracles import Witness, consult
from autograder.errors import CourseError
from autograder.model.course import Course, Exercise


def ask(course: Course, text: str, names: tuple[str, ...] = ("double", "mix")) -> Witness:
    (course.folder / "solutions" / "oracles.py").write_text(text, encoding="utf-8")
    return consulted(course, [one for one in course.exercises if one.name in names])


def consulted(course: Course, exercises: Sequence[Exercise]) -> Witness:
    return consult(course, build_key(course), exercises, load_references(course))


RIGHT = "ALLOWED = {'sum': 1e-12}\ndef double__sum(v):\n    return v + v\n"


def test_an_oracle_that_agrees_vouches_for_every_case(tiny_course: Course) -> None:
    said = ask(tiny_course, RIGHT)
    [proof] = said.proofs["double"]
    assert (proof.name, proof.error, proof.allowed) == ("sum", 0.0, 1e-12)
    assert proof.cases == len(build_key(tiny_course).cases["double"])
    assert said.failures == said.notes == ()
    assert "mix" not in said.proofs


def test_an_oracle_that_differs_is_a_failure_with_both_numbers(tiny_course: Course) -> None:
    said = ask(tiny_course, RIGHT.replace("v + v", "v + v + 1e-3"))
    assert said.proofs["double"][0].error > 1e-4
    [failure] = said.failures
    assert "double__sum differs by" in failure
    assert "1e-12 is allowed" in failure


@pytest.mark.parametrize("wrong", ["(v + v)[:0]", "v * float('nan')"])
def test_another_shape_and_nan_are_infinitely_far_away(tiny_course: Course, wrong: str) -> None:
    said = ask(tiny_course, RIGHT.replace("v + v", wrong))
    assert said.proofs["double"][0].error == float("inf")
    assert said.failures


def test_errors_of_large_answers_are_relative(tiny_course: Course) -> None:
    said = ask(tiny_course, RIGHT.replace("v + v", "2 * v * (1 + 1e-13)"))
    assert said.failures == ()


def test_an_oracle_may_pass_over_cases_but_not_over_all(tiny_course: Course) -> None:
    few = ask(tiny_course, RIGHT.replace("v + v", "v + v if len(v) == 5 else None"))
    assert few.proofs["double"][0].cases == 2
    with pytest.raises(CourseError, match="double__sum judges no case; remove it"):
        ask(tiny_course, RIGHT.replace("v + v", "None"))


def test_a_missing_package_is_noted(tiny_course: Course) -> None:
    said = ask(tiny_course, RIGHT.replace("return", "import nowhere_to_be_found; return"))
    assert said.failures == ()
    assert said.proofs == {}
    assert "double__sum: not consulted: No module named 'nowhere_to_be_found'" in said.notes[0]


def test_an_oracle_needs_an_allowed_error_and_must_not_fail(tiny_course: Course) -> None:
    with pytest.raises(CourseError, match="ALLOWED has no error for 'sum'"):
        ask(tiny_course, RIGHT.replace("ALLOWED", "FORBIDDEN"))
    with pytest.raises(CourseError, match=r"oracles.py:3: ZeroDivisionError.*double__sum, group"):
        ask(tiny_course, RIGHT.replace("v + v", "1 / 0"))


def test_only_the_chosen_exercises_are_asked_about(tiny_course: Course) -> None:
    assert ask(tiny_course, RIGHT.replace("v + v", "1 / 0"), ("mix",)).proofs == {}


def test_a_course_without_oracles_is_noted(tiny_course: Course) -> None:
    said = consulted(tiny_course, tiny_course.exercises)
    assert said.failures == ()
    assert "solutions/oracles.py: there is none" in said.notes[0]


PRINTED = "def printed(references, example):\n    yield 'double', VALUE, '''TEXT'''\n"


def printed(course: Course, value: str, text: str) -> Witness:
    return ask(course, PRINTED.replace("VALUE", value).replace("TEXT", text))


def test_printed_numbers_may_be_rounded_or_cut(tiny_course: Course) -> None:
    value = "references['double'](example['v']) / 3"
    assert printed(tiny_course, value, "0.66 1.33\n 2.666").printed == {"double": 3}
    assert printed(tiny_course, value, "0.67 1.33\n 2.7e0").failures == ()


def test_printed_numbers_that_differ_are_named(tiny_course: Course) -> None:
    said = printed(tiny_course, "references['double'](example['v'])", "2. 4.1 8.")
    assert said.printed == {"double": 2}
    assert "double gives 4.0 where the source prints 4.1" in said.failures[0]


def test_all_numbers_must_be_printed(tiny_course: Course) -> None:
    said = printed(tiny_course, "references['double'](example['v'])", "2. 4.")
    assert "double gives 3 numbers, the text has 2" in said.failures[0]


def test_the_last_bit_of_a_fully_printed_number_may_differ(tiny_course: Course) -> None:
    assert printed(tiny_course, "0.1 + 0.2", "0.3000000000000000").failures == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def printed(references, example):\n    yield 1 / 0\n", "oracles.py:2: ZeroDivisionError"),
        ("def printed(references, example):\n    yield 'double', 1.0\n", "printed: number 1 is"),
        ("def printed(references, example):\n    yield 'double', 'x', '1'\n", "number 1 is"),
        ("def printed(references, example):\n    yield 'duble', 1.0, '1'\n", "is not an exercise"),
        ("def printed(references, example):\n    return None\n", "TypeError"),
        ("def printed():\n    return []\n", "TypeError"),
        (
            "def duble__other(v):\n    return v\n",
            "duble__other begins with the name of no exercise; did you mean 'double'?",
        ),
        (
            "ALLOWED = {'other': 1e-9}\ndef double__other(v):\n    return 'two'\n",
            "oracle double__other, group 'the worked example': returns str; return numbers or None",
        ),
        ("ALLOWED = 3\ndef double__other(v):\n    return v\n", "ALLOWED has no error for 'other'"),
    ],
)
def test_an_error_in_an_author_s_function_is_the_author_s(
    tiny_course: Course, text: str, said: str
) -> None:
    (tiny_course.folder / "solutions" / "oracles.py").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        consulted(tiny_course, tiny_course.exercises)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
