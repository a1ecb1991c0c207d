"""Draws the arguments of every case of a test group."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np

from autograder.answer_key.trusted_modules import Function, TooSlow, failure, within
from autograder.errors import CourseError
from autograder.model import Course, Exercise, TestGroup, Value


def draw_arguments(
    course: Course,
    exercise: Exercise,
    group: TestGroup,
    recipes: Mapping[str, Function],
    parameters: Sequence[str],
) -> list[dict[str, Value]]:
    """Return the arguments of each case of `group`: for every size in turn, `count` of them.

    A recipe's parameters are filled by name from `rng`, `scale`, the group's sizes and the worked
    example; of the values it returns, those that `parameters` name become the arguments, in that
    order. Arrays are float64 or int64 and read-only. Raises CourseError where a name is missing
    or a value is not a finite number.
    """
    place = f"course.yaml: {exercise.name}, group '{group.name}'"
    recipe = recipes.get(group.draw.recipe)
    if recipe is None:
        near = get_close_matches(group.draw.recipe, recipes, n=1) or sorted(recipes)
        raise CourseError(
            f"{place}: solutions/inputs.py has no recipe '{group.draw.recipe}'"
            f"; it has {', '.join(near) or 'none'}"
        )
    drawn = []
    for sizes in group.draw.sizes:
        for repeat in range(group.draw.count):
            rng = partial(
                _generator, course.seed, exercise.name, group.id or group.name, sizes, repeat
            )
            given = {**course.example, **sizes, "scale": group.draw.scale}
            _check_sizes_are_used(recipe, group, sizes, place)
            first, second = (
                _draw(course, group, recipe, {**given, "rng": rng()}, parameters, place)
                for _ in range(2)
            )
            if not _equal(first, second):
                raise CourseError(
                    f"solutions/inputs.py: recipe '{group.draw.recipe}' draws something else each "
                    f"time, for {place}; draw from its parameter rng alone, and keep no state"
                )
            drawn.append(first)
    return drawn


def copy_arguments(arguments: Mapping[str, Value]) -> list[Value]:
    """Fresh, writable copies in the same memory order, to be handed over by position."""
    return [
        np.array(value, order="K") if isinstance(value, np.ndarray) else value
        for value in arguments.values()
    ]


def _generator(
    seed: int, exercise: str, group: str, sizes: Mapping[str, int], repeat: int
) -> np.random.Generator:
    """A stream of its own for each case, so that adding one never reshuffles another."""
    name = json.dumps([exercise, group, sorted(sizes.items()), repeat], ensure_ascii=True)
    words = np.frombuffer(sha256(name.encode()).digest(), dtype="<u4")
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=tuple(int(word) for word in words))
    # PCG64 by name: the default generator may become another one.
    return np.random.Generator(np.random.PCG64(sequence))


def _check_sizes_are_used(
    recipe: Function, group: TestGroup, sizes: Mapping[str, int], place: str
) -> None:
    wanted = inspect.signature(recipe).parameters
    unused = [name for name in sizes if name not in wanted]
    if group.draw.scale != 1.0 and "scale" not in wanted:
        unused.append("scale")
    if unused:
        raise CourseError(
            f"{place}: recipe '{group.draw.recipe}' does not take {', '.join(unused)}"
            f"; it takes {', '.join(wanted) or 'nothing'}"
        )


def _draw(
    course: Course,
    group: TestGroup,
    recipe: Function,
    given: Mapping[str, Any],
    parameters: Sequence[str],
    place: str,
) -> dict[str, Value]:
    name = group.draw.recipe
    values = _run(recipe, name, given, place, course.limits.case_seconds)
    return {parameter: _pick(values, parameter, name, place) for parameter in parameters}


def _equal(first: Mapping[str, Value], second: Mapping[str, Value]) -> bool:
    pairs = ((np.asarray(value), np.asarray(second[name])) for name, value in first.items())
    return all(
        one.dtype == other.dtype and one.strides == other.strides and np.array_equal(one, other)
        for one, other in pairs
    )


def _run(
    recipe: Function, name: str, given: Mapping[str, Any], place: str, seconds: float
) -> Mapping[str, Any]:
    arguments = {}
    for parameter in inspect.signature(recipe).parameters.values():
        if parameter.name in given:
            value = given[parameter.name]
            arguments[parameter.name] = value.copy() if isinstance(value, np.ndarray) else value
        elif parameter.default is parameter.empty:
            raise CourseError(
                f"{place}: recipe '{name}' takes {parameter.name}, which is neither one of the "
                "group's sizes nor in the example; add it to the sizes"
            )
    try:
        with within(seconds):
            values = recipe(**arguments)
    except TooSlow as slow:
        raise CourseError(
            f"solutions/inputs.py: recipe '{name}' {slow}, for {place}; make it quicker"
        ) from None
    except Exception as error:
        raise CourseError(f"{failure(error)} (recipe '{name}', for {place}); fix it") from error
    if not isinstance(values, Mapping):
        raise CourseError(
            f"solutions/inputs.py: recipe '{name}' returned {type(values).__name__}"
            "; return a mapping of named values"
        )
    return values


def _pick(values: Mapping[str, Any], name: str, recipe: str, place: str) -> Value:
    if name not in values:
        raise CourseError(
            f"{place}: recipe '{recipe}' draws no {name}; it draws {', '.join(values) or 'nothing'}"
            f"; return {name} from it"
        )
    value = values[name]
    if isinstance(value, np.floating):
        value = float(value)
    elif isinstance(value, np.integer):
        value = int(value)
    if isinstance(value, np.ndarray) and value.dtype in (np.float64, np.int64):
        value = np.array(value, order="K", subok=False)
        value.setflags(write=False)
    elif isinstance(value, bool) or not isinstance(value, float | int):
        kind = value.dtype if isinstance(value, np.ndarray) else type(value).__name__
        raise CourseError(
            f"solutions/inputs.py: recipe '{recipe}' drew {name} as {kind}"
            "; draw a float64 or int64 array, a float or an int"
        )
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise CourseError(
            f"solutions/inputs.py: recipe '{recipe}' drew a {name} beyond 64 bits"
            "; draw a smaller int"
        )
    if not np.isfinite(value).all():
        raise CourseError(
            f"solutions/inputs.py: recipe '{recipe}' drew a {name} that is not finite, for {place}"
            "; draw finite numbers"
        )
    return value  # type: ignore[no-any-return]  # narrowed by the checks above
