"""Plain data goes to a student's process and back, and nothing that poses as it comes through."""

from __future__ import annotations

import struct
from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.compare import same_value
from autograder.model.values import Data
from autograder.sandbox.guest import values as guest
from autograder.sandbox.guest.values import NotPlain, TooMuch, pack_data
from autograder.sandbox.host.wire import Reader, WireError, pack_value

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]))
)
KEYS = st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.integers()
PLAIN = st.recursive(
    SCALARS,
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.lists(inside, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inside, max_size=4)
        | st.sets(SCALARS | st.frozensets(SCALARS, max_size=3), max_size=4)
    ),
    max_leaves=20,
)


def from_guest(packed: bytes) -> Data:
    reader = Reader(packed)
    data = reader.data()
    reader.end()
    return data


@given(PLAIN)
def test_it_comes_back_as_it_was(value: Any) -> None:
    if value == value:  # a set of nan is not itself
        there = guest.Reader(pack_value(Data(value))).value(read_only=False)
        assert there == value
        back = from_guest(pack_data(there))
        assert back.value == value
        assert type(back.value) is type(value)


@given(st.binary(max_size=200))
def test_any_bytes_are_plain_data_or_refused(packed: bytes) -> None:
    try:
        data = from_guest(packed)
    except WireError:
        return
    assert isinstance(data, Data)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def test_nesting_and_size_have_limits_at_both_ends() -> None:
    assert from_guest(pack_data(nested(guest.MOST_DEPTH))).value == nested(guest.MOST_DEPTH)
    itself: list[Any] = []
    itself.append(itself)
    for value in (nested(guest.MOST_DEPTH + 1), itself, [0] * guest.MOST_PARTS, 10**5000):
        with pytest.raises(TooMuch):
            pack_data(value)
    too_deep = struct.pack("<BI", guest.LIST, 1) * (guest.MOST_DEPTH + 2) + bytes([guest.NOTHING])
    too_many = struct.pack("<BI", guest.LIST, guest.MOST_PARTS + 5)
    twice = struct.pack("<BI", guest.DICT, 2) + 2 * (pack_data("a") + pack_data(1))
    listed_key = struct.pack("<BI", guest.DICT, 1) + pack_data([1]) + pack_data(1)
    a_set_of_lists = struct.pack("<BI", guest.SET, 1) + pack_data([1])
    function = bytes([guest.FUNCTION]) + 2 * guest.pack_text("x")
    for packed in (too_deep, too_many, twice, listed_key, a_set_of_lists, function, b"\x0c"):
        with pytest.raises(WireError):
            from_guest(packed)


class PosesAsDict:
    """Says that it is a dict, and is none."""

    @property
    def __class__(self) -> type:  # type: ignore[override]
        return dict

    def items(self) -> list[tuple[str, int]]:
        return [("right", 1)]


class AlwaysEqual(list):  # type: ignore[type-arg]
    """Equal to everything, and other values each time somebody looks."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __iter__(self) -> Any:
        return iter(["the right answer"])

    def __len__(self) -> int:
        return 1


def test_what_a_class_pretends_does_not_count() -> None:
    with pytest.raises(NotPlain, match="a PosesAsDict"):
        pack_data(PosesAsDict())
    back = from_guest(pack_data(AlwaysEqual([1, 2]))).value
    assert type(back) is list
    assert back == [1, 2]
    point = namedtuple("point", "x y")(1, 2)
    assert same_value(from_guest(pack_data(point)), Data((1, 2)))
    assert same_value(from_guest(pack_data(OrderedDict(a=1))), Data({"a": 1}))
    with pytest.raises(NotPlain, match="keys are not text or whole numbers but a tuple"):
        pack_data({(1, 2): 3})
    with pytest.raises(NotPlain, match="masked"):
        pack_data([np.ma.array([1, 2], mask=[True, False])])
    with pytest.raises(NotPlain, match="a function"):
        pack_data([len, test_what_a_class_pretends_does_not_count][1:])
