from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograder.answer_key.build import build_key
from autograder.answer_key.inputs import copy_arguments, draw_arguments, plain_data
from autograder.answer_key.trusted_modules import Function, Parameter, load_recipes
from autograder.course.load import load_course
from autograder.errors import CourseError
from autograder.model.course import Course, Draw
from autograder.model.values import Data, Seeded, Value


def draw(
    course: Course,
    recipes: dict[str, Function],
    settings: Draw,
    *parameters: str,
    group: str = "any length",
) -> list[dict[str, Value]]:
    exercise = course.exercises[0]
    test_group = replace(exercise.groups[1], name=group, draw=settings)
    known = [Parameter(name) for name in parameters]
    return draw_arguments(course, exercise, test_group, recipes, known)


def refusal(course: Course, recipe: Function, settings: Draw | None = None) -> str:
    with pytest.raises(CourseError) as caught:
        draw(course, {"drawn": recipe}, settings or Draw("drawn"), "v")
    assert "\n" not in str(caught.value)
    return str(caught.value)


SIZES = Draw("drawn", ({"M": 2, "N": 1}, {"M": 2, "N": 5}), count=2, scale=3.0)


def test_every_size_is_drawn_count_times(tiny_course: Course) -> None:
    drawn = draw(tiny_course, load_recipes(tiny_course), SIZES, "v")
    assert [np.shape(case["v"]) for case in drawn] == [(1,), (1,), (5,), (5,)]
    assert drawn[2]["v"] is not drawn[3]["v"]
    assert not np.array_equal(drawn[2]["v"], drawn[3]["v"])


def test_parameters_choose_values_and_order(tiny_course: Course) -> None:
    [first, *_] = draw(tiny_course, load_recipes(tiny_course), SIZES, "A", "v")
    assert list(first) == ["A", "v"]


def test_numbers_are_these_on_every_machine(tiny_course: Course) -> None:
    [*_, last] = draw(tiny_course, load_recipes(tiny_course), SIZES, "v")
    first_run = [0.118936, -0.128937, -7.394815, 5.390786, 0.776141]
    np.testing.assert_allclose(last["v"], first_run, atol=1e-6)


def test_adding_a_case_reshuffles_no_other(tiny_course: Course) -> None:
    recipes = load_recipes(tiny_course)
    before = draw(tiny_course, recipes, SIZES, "v")
    more = replace(SIZES, sizes=({"M": 1, "N": 9}, *SIZES.sizes), count=3)
    after = [np.asarray(case["v"]).tobytes() for case in draw(tiny_course, recipes, more, "v")]
    assert all(np.asarray(case["v"]).tobytes() in after for case in before)
    assert len(set(after)) == 9


def test_order_of_size_names_does_not_matter(tiny_course: Course) -> None:
    recipes = load_recipes(tiny_course)
    [one] = draw(tiny_course, recipes, Draw("drawn", ({"M": 2, "N": 5},)), "v")
    [other] = draw(tiny_course, recipes, Draw("drawn", ({"N": 5, "M": 2},)), "v")
    assert np.array_equal(one["v"], other["v"])


def test_scale_stretches_the_same_draw(tiny_course: Course) -> None:
    recipes = load_recipes(tiny_course)
    [one] = draw(tiny_course, recipes, Draw("drawn", ({"M": 2, "N": 5},)), "v")
    [other] = draw(tiny_course, recipes, Draw("drawn", ({"M": 2, "N": 5},), scale=2.0), "v")
    assert np.array_equal(2.0 * np.asarray(one["v"]), other["v"])


@pytest.mark.parametrize("change", ["seed", "group"])
def test_seed_and_names_change_the_draw(tiny_course: Course, change: str) -> None:
    recipes = load_recipes(tiny_course)
    before = draw(tiny_course, recipes, SIZES, "v")
    course = replace(tiny_course, seed=8) if change == "seed" else tiny_course
    group = "another" if change == "group" else "any length"
    after = draw(course, recipes, SIZES, "v", group=group)
    assert not any(np.array_equal(a["v"], b["v"]) for a, b in zip(before, after, strict=True))


def test_memory_order_is_kept_and_arrays_are_read_only(tiny_course: Course) -> None:
    [*_, last] = draw(tiny_course, load_recipes(tiny_course), SIZES, "A")
    assert isinstance(last["A"], np.ndarray)
    assert last["A"].flags.f_contiguous
    assert not last["A"].flags.c_contiguous
    assert not last["A"].flags.writeable


def test_recipe_cannot_spoil_the_example(tiny_course: Course) -> None:
    def recipe(v: Any) -> dict[str, Any]:
        v[0] = 99.0
        return {"v": v}

    [case] = draw(tiny_course, {"drawn": recipe}, Draw("drawn"), "v")
    assert np.array_equal(case["v"], [99.0, 2.0, 4.0])
    assert np.array_equal(tiny_course.example["v"], [1.0, 2.0, 4.0])


def test_numpy_scalars_become_plain_numbers(tiny_course: Course) -> None:
    recipe = lambda: {"v": np.float64(0.5), "n": np.int64(3), "z": np.array(2.0)}  # noqa: E731
    [case] = draw(tiny_course, {"drawn": recipe}, Draw("drawn"), "v", "n", "z")
    assert (type(case["v"]), type(case["n"])) == (float, int)
    assert isinstance(case["z"], np.ndarray)


def test_default_of_a_recipe_is_used_where_nothing_is_given(tiny_course: Course) -> None:
    [case] = draw(tiny_course, {"drawn": lambda k=4: {"v": k}}, Draw("drawn"), "v")
    assert case == {"v": 4}


def draws_nothing() -> dict[str, Value]:
    return {}


PLACE = "course.yaml: double, group 'any length'"


def used_generator() -> np.random.Generator:
    generator = np.random.default_rng(3)
    generator.random()
    return generator


@pytest.mark.parametrize(
    "value",
    [None, True, "text", 2**70, 1 + 2j, [1, "a"], (1, [2.0]), {"a": {1: (None,)}}, {1, 2}, []],
)
def test_plain_data_is_drawn_as_it_is(tiny_course: Course, value: Any) -> None:
    [drawn, *_] = draw(tiny_course, {"drawn": lambda: {"v": value}}, Draw("drawn"), "v")
    assert isinstance(drawn["v"], Data)
    assert drawn["v"].value == value
    assert type(drawn["v"].value) is type(value)
    assert copy_arguments(drawn)[0] == value


def test_a_subclass_is_plain_data_of_its_base_as_it_is_from_a_student() -> None:
    class Pair(NamedTuple):
        first: Any
        second: Any

    plain = plain_data(Pair(Counter("aab"), [1]), "it")
    assert (plain, type(plain), type(plain[0])) == (({"a": 2, "b": 1}, [1]), tuple, dict)
    factors = plain_data(np.linalg.qr(np.eye(2)), "it")
    assert (type(factors), len(factors)) == (tuple, 2)


def test_a_generator_is_drawn_by_its_seed_and_made_afresh(tiny_course: Course) -> None:
    recipe = lambda: {"v": np.random.default_rng(12)}  # noqa: E731
    [drawn, *_] = draw(tiny_course, {"drawn": recipe}, Draw("drawn"), "v")
    assert drawn["v"] == Seeded(12)
    [first], [second] = copy_arguments(drawn), copy_arguments(drawn)
    assert first.random() == second.random()


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        (draws_nothing, f"{PLACE}: recipe 'drawn' draws no v; it draws nothing; return v from it"),
        (lambda: {"w": 1}, f"{PLACE}: recipe 'drawn' draws no v; it draws w; return v from it"),
        (lambda D: {"v": D}, f"{PLACE}: recipe 'drawn' takes D, which is neither one of the group"),
        (lambda: [1], "recipe 'drawn' returned list; return a mapping of named values"),
        (lambda: {"v": 1 / 0}, "ZeroDivisionError: division by zero (recipe 'drawn', for course"),
        (lambda: {"v": object()}, "recipe 'drawn' drew v as object; use arrays of numbers, numb"),
        (
            lambda: {"v": [{1.5: 2}]},
            "recipe 'drawn' drew v as dict with a key of type float; use arrays of numbers",
        ),
        (lambda: {"v": np.cos}, "drew v as a function of numpy; draw one that is defined with"),
        (lambda: {"v": draws_nothing}, "drew v as a function of"),
        (lambda: {"v": np.random.default_rng()}, "as a Generator that has no plain seed, or was"),
        (lambda: {"v": used_generator()}, "as a Generator that has no plain seed, or was used"),
        (lambda: {"v": np.zeros(2, "M8[D]")}, "drew v as an array of datetime64[D]; draw numbers"),
        (lambda: {"v": np.zeros(2, object)}, "recipe 'drawn' drew v as an array of object; draw"),
        (lambda: {"v": np.array(["a"])}, "drew v as an array of <U1; draw numbers, or a list"),
        (lambda: {"v": [1.0, np.nan]}, "drew v that is not finite"),
        (lambda: {"v": np.array([1.0, np.nan])}, "drew v that is not finite"),
        (lambda: {"v": float("inf")}, "drew v that is not finite"),
    ],
)
def test_recipe_that_draws_something_else(
    tiny_course: Course, recipe: Function, message: str
) -> None:
    assert message in refusal(tiny_course, recipe)


def test_recipe_that_does_not_exist(tiny_course: Course) -> None:
    assert refusal(tiny_course, draws_nothing, Draw("darwn")) == (
        f"{PLACE}: solutions/inputs.py has no recipe 'darwn'; it has drawn"
    )


@pytest.mark.parametrize("settings", [Draw("drawn", ({"K": 2},)), Draw("drawn", scale=2.0)])
def test_setting_without_effect_is_refused(tiny_course: Course, settings: Draw) -> None:
    message = refusal(tiny_course, lambda v: {"v": v}, settings)
    assert "recipe 'drawn' does not take" in message
    assert message.endswith("; it takes v")


def test_a_renamed_group_draws_the_same_numbers_under_its_id(tiny_course: Course) -> None:
    exercise, recipes = tiny_course.exercises[0], load_recipes(tiny_course)
    group = exercise.groups[1]
    before = draw_arguments(tiny_course, exercise, group, recipes, [Parameter("v")])
    for renamed, same in (
        (replace(group, name="new", id=group.name), True),
        (replace(group, name="new"), False),
    ):
        after = draw_arguments(tiny_course, exercise, renamed, recipes, [Parameter("v")])
        pairs = zip(before, after, strict=True)
        assert all(np.array_equal(one["v"], other["v"]) for one, other in pairs) is same


def test_a_subclass_of_an_array_is_refused_rather_than_stripped(tiny_folder: Path) -> None:
    """A masked array would lose its mask, for one."""
    for made in ("np.ma.masked_less(v, 2)", "v.view(np.recarray)"):
        inputs = tiny_folder / "solutions" / "inputs.py"
        recipe = f"def worked_example(v, A):\n    return {{'v': {made}, 'A': A}}\n"
        inputs.write_text(f"import numpy as np\n\n\n{recipe}", encoding="utf-8")
        with pytest.raises(CourseError, match=r"drew v as (MaskedA|reca)rray; draw a plain array"):
            build_key(load_course(tiny_folder))
