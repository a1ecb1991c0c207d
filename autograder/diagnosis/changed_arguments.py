"""Detects mistakes that amount to calling the reference with a changed argument.

This covers many mistakes: a small number added for safety, a limit, a temperature, indices in place
of values, an argument that is rounded, sorted, doubled or confused with another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

import numpy as np

from autograder.diagnosis.alternatives import explained
from autograder.diagnosis.evidence import Alternative, Diagnosis, Evidence
from autograder.diagnosis.hints import named
from autograder.model.course import Case
from autograder.model.values import Array, Value

Changed = Callable[[Mapping[str, Value]], "Value | None"]
"""Takes a case's arguments; returns the changed one, or None if the change cannot be made."""

_POWERS = tuple(float(f"1e-{power}") for power in range(1, 21))
_MACHINE = float(np.finfo(float).eps)
_BASES = (2, 3, 10)
_LIMITS = (1.0, 5.0, 10.0, 20.0, 30.0, 50.0, 80.0, 88.0, 100.0, 200.0, 250.0, 300.0, 500.0, 600.0)
_LARGEST = (700.0, 709.0, 709.78, 710.0, 745.0, 1000.0)
_FACTORS = (2.0, 0.5, 3.0, 10.0, 0.1, 4.0, 0.25, 5.0, 0.2, 100.0, 0.01, 0.7, 1 / 0.7, 1.5, 1 / 1.5)
_SMOOTHED = (0.1, 0.2, 0.05, 0.01, 0.3)
_RATES = (1.0, 0.1, 0.01, 0.001, 0.5, 0.05, 0.2, 0.3)


def reference_on_another_argument(evidence: Evidence) -> Diagnosis | None:
    """Detect a change of an argument with which the reference gives the student's answers."""
    return explained(evidence, changed_arguments(evidence))


def changed_arguments(evidence: Evidence) -> tuple[Alternative, ...]:
    """The reference with each change of an argument; empty if the reference is not known."""
    if evidence.reference is None:
        return ()
    arguments = tuple(
        (name, np.ndim(value), np.asarray(value).dtype.kind)
        for name, value in evidence.cases[0].arguments.items()
    )
    return _alternatives(evidence.reference, arguments)


Arguments = tuple[tuple[str, int, str], ...]
"""The name, the number of axes and the dtype kind of each argument."""


@lru_cache(64)
def _alternatives(reference: Callable[..., Any], arguments: Arguments) -> tuple[Alternative, ...]:
    def alternative(name: str, label: str, words: str, changed: Changed) -> Alternative:
        def answer(case: Case) -> object:
            value = changed(case.arguments)
            if value is None:
                raise ValueError("this change cannot be made here")
            return reference(*{**case.arguments, name: value}.values())

        mistake = _mistake(label)
        family = "" if mistake not in _FAMILIES else f"{name} {mistake}"

        def diagnosis(alike: tuple[str, ...]) -> Diagnosis:
            if len(alike) <= _FEW:
                told, about = f"{name}_{label}", ", or for ".join(alike)
            else:
                told, about = f"{name}_{_FAMILIES[mistake][0]}", f"{name} {_FAMILIES[mistake][1]}"
            return named(mistake, told, argument=name, words=about)

        return Alternative(f"{name}_{label}", answer, diagnosis, words, family, _undoing(label))

    return tuple(alternative(*change) for change in _changes(arguments))


_FEW = 3
_FAMILIES = {
    "argument_made_safe": ("made_safe", "with a small number added, or kept above one"),
    "argument_limited": ("limited", "clipped at some limit"),
}
"""By mistake, the label and the words used if more than _FEW constants, or ways to apply them, give
the student's numbers."""


def _mistake(label: str) -> str:
    """The name of the hint for a change: the advice differs, not what the numbers show."""
    if label.startswith(("plus_1e", "plus_machine", "at_least", "kept_from")):
        return "argument_made_safe"
    if label.startswith(("at_most", "within")):
        return "argument_limited"
    if re.match(r"is_\d", label):
        return "argument_typed_in"
    if label in ("without_first", "without_last"):
        return "argument_cut_short"
    return "reference_on_another_argument"


def _undoing(label: str) -> str:
    if label in ("negated", "transposed"):
        return label
    return "factor" if re.match(r"times_\d|doubled|halved", label) else ""


def _changes(arguments: Arguments) -> Iterator[tuple[str, str, str, Changed]]:
    """Yield each change of each argument: the name, a label, words for the hint, the function."""
    for name, axes, kind in arguments:
        changes = (
            _of_array(name, axes) if axes else _of_count(name) if kind in "iu" else _of_number(name)
        )
        for label, words, function in changes:
            yield name, label, words, _on(name, function)
        for other, other_axes, _ in arguments:
            if other != name and other_axes == axes > 0:
                yield name, f"is_{other}", f"{other} instead of {name}", _other(name, other)
        if axes < 2:
            sides = [(other, side) for other, count, _ in arguments for side in range(count)]
            yield from (change for other, side in sides for change in _by_sizes(name, other, side))


def _by_sizes(name: str, other: str, side: int) -> Iterator[tuple[str, str, str, Changed]]:
    size = f"the number of columns of {other}" if side else f"the length of {other}"
    place = f"{'columns' if side else 'length'}_of_{other}"
    for label, words, power in (
        ("divided_by", f"divided by {size}", -1.0),
        ("times", f"times {size}", 1.0),
        ("divided_by_root_of", f"divided by the square root of {size}", -0.5),
        ("times_root_of", f"times the square root of {size}", 0.5),
    ):
        for sign, minus, lead in ((1.0, "", ""), (-1.0, "minus_", "-")):
            change = _by_size(name, other, side, power, sign)
            yield name, f"{minus}{label}_{place}", f"{lead}{name} {words}", change


Function = Callable[[Array], "Value | None"]


def _of_array(name: str, axes: int) -> Iterator[tuple[str, str, Function]]:
    one = "row" if axes > 1 else "number"
    functions: tuple[tuple[str, str, Function], ...] = (
        ("negated", f"-{name}", np.negative),
        ("size", f"the absolute value of {name}", np.abs),
        ("squared", f"the square of {name}", np.square),
        ("root", f"the square root of {name}", np.sqrt),
        ("exponential", f"exp({name})", np.exp),
        ("logarithm", f"log({name})", np.log),
        ("base_two_logarithm", f"log2({name})", np.log2),
        ("reciprocal", f"1 / {name}", np.reciprocal),
        ("complement", f"1 - {name}", lambda a: 1.0 - a),
        ("plus_1", f"{name} + 1", lambda a: a + 1.0),
        ("minus_1", f"{name} - 1", lambda a: a - 1.0),
        ("softmax", f"softmax({name})", _softmax),
        ("logistic", f"the logistic function of {name}", lambda a: 1.0 / (1.0 + np.exp(-a))),
        ("tanh", f"tanh({name})", np.tanh),
        (
            "without_negatives",
            f"{name} with its negative numbers set to 0",
            partial(np.maximum, 0.0),
        ),
        ("rounded_to_1_place", f"{name} rounded to 1 place", lambda a: np.round(a, 1)),
        ("rounded_to_2_places", f"{name} rounded to 2 places", lambda a: np.round(a, 2)),
        ("rounded_to_3_places", f"{name} rounded to 3 places", lambda a: np.round(a, 3)),
        ("rounded_to_4_places", f"{name} rounded to 4 places", lambda a: np.round(a, 4)),
        ("truncated", f"{name} truncated to whole numbers", np.trunc),
        ("signs", f"the signs of {name}", np.sign),
        ("largest_only", f"1 for the largest of {name} and 0 for the others", _largest_only),
        ("ones_only", f"only the numbers of {name} that are exactly 1", lambda a: (a == 1) * 1.0),
        ("not_zero", f"1 for each number of {name} that is not 0", lambda a: (a != 0) * 1.0),
        ("rounded", f"{name} rounded to whole numbers", np.rint),
        (
            "indices",
            f"the indices of {name} instead of its values",
            lambda a: np.arange(float(a.size)),
        ),
        (
            "indices_from_1",
            f"the indices 1, 2, … instead of the values of {name}",
            lambda a: np.arange(1.0, a.size + 1.0),
        ),
        (
            "standardised",
            f"{name} standardised (mean 0, deviation 1)",
            lambda a: (a - a.mean()) / a.std(),
        ),
        ("standardised_by_column", f"each column of {name} standardised", _standardised_columns),
        ("centred", f"{name} with its mean subtracted", lambda a: a - a.mean()),
        ("centred_by_column", f"each column of {name} centred", lambda a: a - a.mean(axis=0)),
        ("sum_1", f"{name} divided by its sum", lambda a: a / a.sum()),
        ("divided_by_largest", f"{name} divided by its largest number", lambda a: a / a.max()),
        ("unit_length", f"{name} divided by its length", lambda a: a / np.sqrt(np.sum(a * a))),
        (
            "min_max",
            f"{name} scaled to lie between 0 and 1",
            lambda a: (a - a.min()) / (a.max() - a.min()),
        ),
        ("first_only", f"only the first {one} of {name}, with 0 for the others", _first_only),
        ("without_first", f"{name} with its first {one} set to 0", lambda a: _set(a, 0, 0.0)),
        ("without_last", f"{name} with its last {one} set to 0", lambda a: _set(a, -1, 0.0)),
        ("first_is_1", f"{name} with its first {one} set to 1", lambda a: _set(a, 0, 1.0)),
        ("last_is_1", f"{name} with its last {one} set to 1", lambda a: _set(a, -1, 1.0)),
        ("all_first", f"the first {one} of {name} everywhere", lambda a: np.full_like(a, a[0])),
        ("mean_everywhere", f"the mean of {name} everywhere", lambda a: np.full_like(a, a.mean())),
        ("ones", f"ones instead of {name}", np.ones_like),
        ("zeros", f"zeros instead of {name}", np.zeros_like),
        ("sum_everywhere", f"the sum of {name} in every place", lambda a: np.full_like(a, a.sum())),
        ("sorted", f"{name} sorted", lambda a: np.sort(a, axis=0)),
        ("reversed", f"{name} in reverse order", lambda a: a[::-1]),
        ("reversed_columns", f"the columns of {name} in reverse order", lambda a: a[:, ::-1]),
        ("moved_on_by_one", f"{name} shifted on by 1 {one}", lambda a: np.roll(a, 1, axis=0)),
        ("moved_back_by_one", f"{name} shifted back by 1 {one}", lambda a: np.roll(a, -1, axis=0)),
        ("last_row_only", f"the last row of {name} only", lambda a: np.full_like(a, a[-1])),
        ("running_sums", f"the running sums of {name}", lambda a: np.cumsum(a, axis=0)),
        ("transposed", f"{name} transposed", lambda a: a.T.copy()),
        ("reshaped", f"{name} reshaped instead of transposed", _scrambled),
        ("diagonal", f"the diagonal of {name} only", lambda a: a * np.eye(*a.shape)),
        (
            "without_diagonal",
            f"{name} with zeros on its diagonal",
            lambda a: a * (1.0 - np.eye(*a.shape)),
        ),
        ("with_a_1", f"{name} with a 1 appended", lambda a: np.append(a, 1.0)),
    )
    others = _MATRICES_ONLY if axes == 1 else _VECTORS_ONLY
    yield from (change for change in functions if change[0] not in others)
    if axes == 1:
        yield from _with_constants(name)


_VECTORS_ONLY = {"indices", "indices_from_1", "with_a_1"}
_MATRICES_ONLY = {
    "standardised_by_column",
    "reversed_columns",
    "last_row_only",
    "transposed",
    "reshaped",
    "diagonal",
    "without_diagonal",
}


def _with_constants(name: str) -> Iterator[tuple[str, str, Function]]:
    """Yield changes with a constant: terms added for safety, limits, factors and the like.

    The words for the hint include the constant.
    """
    for small in _POWERS:
        text = f"{small:.0e}".replace("e-0", "e-")
        yield f"plus_{text}", f"{name} + {text}", partial(np.add, small)
        yield f"at_least_{text}", f"{name} kept above {text}", partial(np.maximum, small)
        yield (
            f"kept_from_0_and_1_by_{text}",
            f"{name} kept between {text} and 1 - {text}",
            partial(_clipped, small, 1.0 - small),
        )
    words = "the distance from 1 to the next float64, 2.2e-16"
    yield "plus_machine_epsilon", f"{name} plus {words}", partial(np.add, _MACHINE)
    yield "at_least_machine_epsilon", f"{name} kept above {words}", partial(np.maximum, _MACHINE)
    for base in _BASES:
        yield f"times_ln_{base}", f"{name} times ln {base}", partial(np.multiply, np.log(base))
        yield (
            f"over_ln_{base}",
            f"{name} divided by ln {base}",
            partial(np.multiply, 1 / np.log(base)),
        )
    for limit in (*_LIMITS, *_LARGEST):
        yield (f"at_most_{limit:g}", f"{name} clipped at {limit:g}", partial(np.minimum, limit))
        yield (
            f"within_{limit:g}",
            f"{name} clipped to between -{limit:g} and {limit:g}",
            partial(_clipped, -limit, limit),
        )
    for factor in _FACTORS:
        yield (f"times_{factor:.3g}", f"{name} times {factor:.3g}", partial(np.multiply, factor))
    for share in _SMOOTHED:
        yield (
            f"smoothed_by_{share:g}",
            f"{name} smoothed: {1 - share:g} * {name} + {share:g} / (number of classes)",
            partial(_smoothed, share),
        )


def _clipped(low: float, high: float, values: Array) -> Array:
    return np.clip(values, low, high)


def _smoothed(share: float, values: Array) -> Array:
    return np.asarray((1.0 - share) * values + share / values.shape[-1])


def _of_number(name: str) -> Iterator[tuple[str, str, Function]]:
    for rate in _RATES:
        yield f"is_{rate:g}", f"{rate:g} instead of {name}", partial(_instead, rate)
    functions: tuple[tuple[str, str, Function], ...] = (
        ("negated", f"-{name}", lambda a: -float(a)),
        ("doubled", f"2 * {name}", lambda a: 2.0 * float(a)),
        ("halved", f"{name} / 2", lambda a: float(a) / 2.0),
        ("squared", f"{name} squared", lambda a: float(a) ** 2),
        ("root", f"the square root of {name}", lambda a: float(a) ** 0.5),
        ("reciprocal", f"1 / {name}", lambda a: 1.0 / float(a)),
    )
    yield from functions


def _instead(number: float, _: Array) -> float:
    return number


def _plus(number: int, count: Array) -> int:
    return int(count) + number


def _of_count(name: str) -> Iterator[tuple[str, str, Function]]:
    functions: tuple[tuple[str, str, Function], ...] = (
        *((f"plus_{n}", f"{name} + {n}", partial(_plus, n)) for n in (1, 2, 3)),
        *((f"minus_{n}", f"{name} - {n}", partial(_plus, -n)) for n in (1, 2)),
        ("is_1", f"1 instead of {name}", lambda a: 1),
        ("is_0", f"0 instead of {name}", lambda a: 0),
        ("doubled", f"2 * {name}", lambda a: 2 * int(a)),
        ("halved", f"{name} // 2", lambda a: int(a) // 2),
    )
    yield from functions


def _on(name: str, function: Function) -> Changed:
    def changed(arguments: Mapping[str, Value]) -> Value | None:
        value = arguments[name]
        return function(np.asarray(value, dtype=float) if np.ndim(value) else np.asarray(value))

    return changed


def _other(name: str, other: str) -> Changed:
    def changed(arguments: Mapping[str, Value]) -> Value | None:
        same = np.shape(arguments[name]) == np.shape(arguments[other])
        return arguments[other] if same else None

    return changed


def _by_size(name: str, other: str, side: int, power: float, sign: float) -> Changed:
    def changed(arguments: Mapping[str, Value]) -> Value | None:
        shape = np.shape(arguments[other])
        value = arguments[name]
        if side >= len(shape) or not shape[side] or isinstance(value, int):
            return None
        return np.asarray(np.asarray(value) * (sign * float(shape[side]) ** power))[()]

    return changed


def _softmax(values: Array) -> Array:
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _largest_only(values: Array) -> Array:
    chosen = np.zeros_like(values)
    places = np.expand_dims(np.argmax(values, axis=-1), -1)
    np.put_along_axis(chosen, places, 1.0, axis=-1)
    return chosen


def _standardised_columns(values: Array) -> Array:
    deviations = values.std(axis=0)
    return np.asarray((values - values.mean(axis=0)) / np.where(deviations == 0, 1e-8, deviations))


def _first_only(values: Array) -> Array:
    chosen = np.zeros_like(values)
    chosen[0] = values[0]
    return chosen


def _set(values: Array, place: int, number: float) -> Array:
    changed = values.copy()
    changed[place] = number
    return changed


def _scrambled(values: Array) -> Array | None:
    if values.shape[0] == values.shape[1]:  # a square one is transposed
        return None
    return values.T.reshape(values.shape)
