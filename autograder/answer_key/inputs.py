"""Draws the arguments of every case of a test group."""

from __future__ import annotations

import copy
import inspect
import json
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np

from autograder.answer_key.trusted_modules import (
    Function,
    Parameter,
    TooSlow,
    failure,
    support_functions,
    within,
)
from autograder.compare import is_finite, same_value
from autograder.errors import CourseError, EntryError
from autograder.model.course import Course, Exercise, TestGroup
from autograder.model.values import MOST_DEPTH, Data, Seeded, SupportFunction, Value, set_of


def draw_arguments(
    course: Course,
    exercise: Exercise,
    group: TestGroup,
    recipes: Mapping[str, Function],
    parameters: Sequence[Parameter],
) -> list[dict[str, Value]]:
    """Return the arguments of each case of `group`: `count` cases for each entry of its sizes.

    The recipe's parameters are filled by name from `rng`, `scale`, the group's sizes and the worked
    example. Of the values it returns, those named in `parameters` become the arguments, in that
    order; a parameter with a default is left out if the recipe does not return it. Arrays are
    read-only. Raises CourseError if a name is missing, a second call draws something else, or a
    value cannot be an argument.
    """
    place = f"course.yaml: {exercise.name}, group '{group.name}'"
    recipe = recipes.get(group.draw.recipe)
    if recipe is None:
        near = get_close_matches(group.draw.recipe, recipes, n=1) or sorted(recipes)
        raise EntryError(
            f"{place}: solutions/inputs.py has no recipe '{group.draw.recipe}'"
            f"; it has {', '.join(near) or 'none'}",
            *("groups", group.name, "draw"),
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
            if first.keys() != second.keys() or not all(
                same_value(value, second[name]) for name, value in first.items()
            ):
                raise CourseError(
                    f"solutions/inputs.py: recipe '{group.draw.recipe}' draws different inputs "
                    f"each time, for {place}; draw only from its parameter rng, and keep no state"
                )
            for name, value in first.items():
                plain = value.value if isinstance(value, Data) else value
                if not (exercise.nonfinite or is_finite(plain)):
                    raise CourseError(
                        f"solutions/inputs.py: recipe '{group.draw.recipe}' drew {name} that is "
                        f"not finite, for {place}; draw finite numbers, or write "
                        "'nonfinite: true' if NaN and infinity belong to the exercise"
                    )
            drawn.append(first)
    return drawn


def copy_arguments(arguments: Mapping[str, Value]) -> list[Any]:
    """Return fresh, writable copies, in the same memory order, to call a function with.

    Raises CourseError for an unknown support function.
    """
    return [_fresh(value) for value in arguments.values()]


def _fresh(value: Value) -> Any:
    """Return what to pass for `value`: a fresh copy, a new generator, or the support function."""
    if isinstance(value, np.ndarray):
        return np.array(value, order="K")
    if isinstance(value, Data):
        return copy.deepcopy(value.value)
    if isinstance(value, Seeded):
        return np.random.default_rng(value.seed)
    if isinstance(value, SupportFunction):
        if value not in support_functions:
            raise CourseError(
                f"solutions/{value.module}.py: has no function {value.name}; define it, or draw "
                "another, then run 'autograder sync'"
            )
        return support_functions[value]
    return value


def _generator(
    seed: int, exercise: str, group: str, sizes: Mapping[str, int], repeat: int
) -> np.random.Generator:
    """Give each case its own random stream, so that adding a case never changes another."""
    name = json.dumps([exercise, group, sorted(sizes.items()), repeat], ensure_ascii=True)
    words = np.frombuffer(sha256(name.encode()).digest(), dtype="<u4")
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=tuple(int(word) for word in words))
    # PCG64 by name: numpy may change its default generator.
    return np.random.Generator(np.random.PCG64(sequence))


def _check_sizes_are_used(
    recipe: Function, group: TestGroup, sizes: Mapping[str, int], place: str
) -> None:
    wanted = inspect.signature(recipe).parameters
    unused = [name for name in sizes if name not in wanted]
    if group.draw.scale != 1.0 and "scale" not in wanted:
        unused.append("scale")
    if group.draw.count > 1 and "rng" not in wanted:
        raise EntryError(
            f"{place}: recipe '{group.draw.recipe}' does not take rng, so its {group.draw.count} "
            "cases are all the same; draw from rng, or take 'count' out",
            *("groups", group.name, "count"),
        )
    if unused:
        raise EntryError(
            f"{place}: recipe '{group.draw.recipe}' does not take {', '.join(unused)}"
            f"; it takes {', '.join(wanted) or 'nothing'}",
            *("groups", group.name, "scale" if unused == ["scale"] else "sizes"),
        )


def _draw(
    course: Course,
    group: TestGroup,
    recipe: Function,
    given: Mapping[str, Any],
    parameters: Sequence[Parameter],
    place: str,
) -> dict[str, Value]:
    name = group.draw.recipe
    here = ("groups", group.name, "draw")
    wanted = inspect.signature(recipe).parameters.values()
    for one in wanted:
        if one.name not in given and one.default is one.empty:
            raise EntryError(
                f"{place}: recipe '{name}' takes {one.name}, which is neither one of the "
                "group's sizes nor in the example; add it to the sizes",
                *here,
            )
    arguments = {one.name: given[one.name] for one in wanted if one.name in given}
    values = _run(recipe, name, arguments, place, course.limits.case_seconds)
    for parameter in parameters:
        if parameter.needed and parameter.name not in values:
            raise EntryError(
                f"{place}: recipe '{name}' draws no {parameter.name}; it draws "
                f"{', '.join(values) or 'nothing'}; return {parameter.name} from it",
                *here,
            )
    left_out = [one.name for one in parameters if not one.needed and one.name not in values]
    for extra in values.keys() - {one.name for one in parameters}:
        if near := get_close_matches(str(extra), left_out, n=1):
            raise CourseError(
                f"solutions/inputs.py: recipe '{name}' draws {extra}, which is not a parameter, "
                f"for {place}; did you mean '{near[0]}'?"
            )
    return {
        one.name: _drawn_value(values[one.name], one.name, name, place, course.support)
        for one in parameters
        if one.name in values
    }


def _run(
    recipe: Function, name: str, arguments: Mapping[str, Any], place: str, seconds: float
) -> Mapping[str, Any]:
    copies = {
        key: value.copy() if isinstance(value, np.ndarray) else value
        for key, value in arguments.items()
    }
    try:
        with within(seconds):
            values = recipe(**copies)
    except TooSlow as slow:
        raise CourseError(
            f"solutions/inputs.py: recipe '{name}' {slow}, for {place}; make it quicker"
        ) from None
    except (Exception, SystemExit) as error:
        raise CourseError(f"{failure(error)} (recipe '{name}', for {place}); fix it") from error
    if not isinstance(values, Mapping):
        raise CourseError(
            f"solutions/inputs.py: recipe '{name}' returned {type(values).__name__}"
            "; return a mapping of named values"
        )
    return values


def _drawn_value(value: Any, name: str, recipe: str, place: str, support: Collection[str]) -> Value:
    drew = f"solutions/inputs.py: recipe '{recipe}' drew {name}"
    if isinstance(value, np.random.Generator):
        return _seeded(value, drew)
    if callable(value):
        module, function = getattr(value, "__module__", ""), getattr(value, "__name__", "")
        if f"{module}.py" not in support or not function.isidentifier():
            raise CourseError(
                f"{drew} as a function of {module or 'no module'}; draw one that is defined with "
                "def in a file that course.yaml lists under 'support'"
            )
        return SupportFunction(module, function)
    if isinstance(value, np.floating):
        value = float(value)
    elif isinstance(value, np.integer):
        value = int(value)
    if isinstance(value, np.ndarray) and type(value) is not np.ndarray:
        raise CourseError(f"{drew} as {type(value).__name__}; draw a plain array")
    if isinstance(value, np.ndarray) and value.dtype in (np.float64, np.int64):
        value = np.array(value, order="K", subok=False)
        value.setflags(write=False)
        array: Value = value
        return array
    if (type(value) is float and is_finite(value)) or (
        type(value) is int and -(2**63) <= value < 2**63
    ):
        number: Value = value
        return number
    if isinstance(value, np.ndarray) and value.dtype.kind not in "biufc":
        raise CourseError(f"{drew} as an array of {value.dtype}; draw numbers, or a list")
    return Data(plain_data(value, drew))


def _seeded(generator: np.random.Generator, drew: str) -> Seeded:
    sequence = generator.bit_generator.seed_seq
    seed = getattr(sequence, "entropy", None)
    if isinstance(seed, int) and 0 <= seed < 2**64:
        state = np.random.default_rng(seed).bit_generator.state
        if generator.bit_generator.state == state:
            return Seeded(seed)
    raise CourseError(
        f"{drew} as a Generator that has no plain seed, or was used; draw "
        "np.random.default_rng(int(rng.integers(2**32)))"
    )


_NUMBERS = {"b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"}
"""Arrays that every machine has: not long doubles."""


MOST_PARTS, _MOST_BITS = 200_000, 12_000
"""How many values plain data may have, and how large its integers may be, as in the guest."""


def plain_data(value: Any, what: str) -> Any:
    """Copy `value` as plain data; a subclass, such as a named tuple, becomes its base type.

    Students' values are treated the same way: see pack_data in the guest. Raises CourseError, with
    a message that begins with `what`, for any other value.
    """
    data = _plain(value, what, MOST_DEPTH)
    if _parts(data) > MOST_PARTS:
        raise CourseError(f"{what} of more than {MOST_PARTS} values; use arrays, or fewer values")
    return data


def _parts(data: Any) -> int:
    inside = (*data, *data.values()) if isinstance(data, dict) else data
    return 1 + sum(map(_parts, inside)) if isinstance(data, dict | list | tuple | set) else 1


def _plain(value: Any, what: str, depth: int) -> Any:
    if depth < 0:
        raise CourseError(f"{what} nested deeper than {MOST_DEPTH}; flatten it")
    if isinstance(value, np.generic):
        value = value.item()
    if type(value) is int and value.bit_length() > _MOST_BITS:
        raise CourseError(f"{what} as a number of {value.bit_length()} bits; use smaller ones")
    if type(value) is str and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise CourseError(f"{what} as text with half a character in it; use whole characters")
    if value is None or type(value) in (bool, int, float, complex, str):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in "UO" and value.ndim:
        value = value.tolist()
    if isinstance(value, np.ndarray) and value.dtype.str[1:] in _NUMBERS:
        array = np.array(value, order="K", subok=False)
        array.setflags(write=False)
        return array
    if isinstance(value, list | tuple):
        base = list if isinstance(value, list) else tuple
        return base(_plain(part, what, depth - 1) for part in value)
    if isinstance(value, set | frozenset):
        return set_of(_plain(part, what, depth - 1) for part in value)
    if isinstance(value, dict):
        simple = str | int | np.integer
        keys = [_plain(one, what, depth) if isinstance(one, simple) else one for one in value]
        other = next((type(key).__name__ for key in keys if type(key) not in (str, int)), "")
        if not other:
            parts = (_plain(part, what, depth - 1) for part in value.values())
            return dict(zip(keys, parts, strict=True))
        kind = f"dict with a key of type {other}"
    else:
        kind = value.dtype if isinstance(value, np.ndarray) else type(value).__name__
    raise CourseError(
        f"{what} as {kind}; use arrays of numbers, numbers, text, None, or lists, tuples, dicts "
        "(with keys that are text or ints) and sets of them"
    )
