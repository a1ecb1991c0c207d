"""The grader's end of the wire: what is read back is what was sent, and nothing else is taken."""

from __future__ import annotations

import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.errors import SandboxError
from autograder.model.submission import Outcome, Source, Status
from autograder.sandbox.guest import protocol as guest
from autograder.sandbox.guest import values as guest_values
from autograder.sandbox.host import wire
from autograder.sandbox.host.wire import Call

dtypes = st.sampled_from([np.dtype(code) for code in guest_values.DTYPES])
arrays = dtypes.flatmap(
    lambda dtype: npst.arrays(dtype, npst.array_shapes(min_dims=0, max_dims=4, min_side=0))
)


def same(left: np.ndarray, right: np.ndarray) -> bool:
    """The same shape, type and bits, so that -0.0 and each NaN count as themselves."""
    return (left.dtype, left.shape, left.tobytes()) == (right.dtype, right.shape, right.tobytes())


# --- there and back ---------------------------------------------------------------------------


@given(arrays, st.sampled_from("CF"))
def test_argument_arrives_as_it_was_sent(array: np.ndarray, order: str) -> None:
    sent = np.array(array, order=order)
    fields = guest_values.Reader(bytearray(wire.pack_value(sent)))
    got = fields.value(read_only=False)
    assert same(got, array)
    assert got.flags.writeable
    assert got.flags.aligned
    assert got.flags.owndata
    if array.ndim > 1 and array.size:
        assert got.flags.f_contiguous == sent.flags.f_contiguous
        assert got.flags.c_contiguous == sent.flags.c_contiguous


@given(arrays)
def test_returned_array_arrives_as_it_is(array: np.ndarray) -> None:
    outcome = wire.read_answer(guest.pack_answer(guest.Answer("RETURNED", value=array)))
    assert outcome.status is Status.RETURNED
    assert same(outcome.value, array)
    assert not outcome.value.flags.writeable


def test_a_short_answer_is_read_once() -> None:
    def answer(size: int) -> Outcome:
        payload = guest.pack_answer(guest.Answer("RETURNED", value=np.arange(float(size))))
        return wire.read_answer(bytearray(payload))

    assert answer(5) is answer(5)
    assert answer(5) is not answer(6)
    assert answer(1000) is not answer(1000)


@given(st.one_of(st.floats(allow_nan=True), st.integers(-(2**70), 2**70)))
def test_scalar_passes_through_both_ends_untouched(value: float) -> None:
    got = guest_values.Reader(bytearray(wire.pack_value(value))).value(read_only=False)
    back = wire.Reader(guest_values.pack_value(got)).value()
    assert type(got) is type(back) is type(value)
    assert repr(got) == repr(back) == repr(value)


@pytest.mark.parametrize("value", [np.float64(-0.0), np.int32(-7), np.float32(0.5), True])
def test_numpy_scalar_becomes_plain_python(value: object) -> None:
    got = guest_values.Reader(bytearray(wire.pack_value(value))).value(read_only=False)
    assert type(got) in (float, int)
    assert got == value


def test_strided_and_big_endian_arrays_are_sent_by_value() -> None:
    for array in (np.arange(12.0).reshape(3, 4)[::-1, ::2], np.arange(3.0).astype(">f8")):
        got = guest_values.Reader(bytearray(wire.pack_value(array))).value(read_only=False)
        assert np.array_equal(got, array)
        assert got.dtype.isnative


def test_read_only_argument_cannot_be_written() -> None:
    got = guest_values.Reader(bytearray(wire.pack_value(np.zeros(3)))).value(read_only=True)
    with pytest.raises(ValueError, match="read-only"):
        got[0] = 1


@pytest.mark.parametrize("wide", [np.longdouble, np.clongdouble])
def test_wider_float_is_sent_as_a_double(wide: type) -> None:
    payload = guest.pack_answer(guest.Answer("RETURNED", value=np.array([1.5, 2], dtype=wide)))
    value = wire.read_answer(payload).value
    assert value.dtype.itemsize in (8, 16)
    assert value.tolist() == [1.5, 2]


def test_arguments_come_back_beside_the_value() -> None:
    answer = guest.Answer("RETURNED", value=np.float64(1), arguments=[np.arange(2), 0.5, 3])
    outcome = wire.read_answer(guest.pack_answer(answer))
    assert outcome.arguments[0].tolist() == [0, 1]
    assert outcome.arguments[1:] == (0.5, 3)


def test_call_and_sources_say_what_they_were_given() -> None:
    job = wire.Job("f", "part2", [Call([1.5], True), Call([])])
    request = wire.call_request([(job, ("part1", True))], 2.0)
    fields = guest_values.Reader(bytearray(request))
    assert fields.numbers("<dI") == (2.0, 1)
    assert (fields.text(), fields.text()) == ("f", "part1")
    assert fields.numbers("<BI") == (1, 2)
    assert guest.read_call(fields) == guest.Call([1.5], True)
    assert guest.read_call(fields) == guest.Call([], False)
    source = Source("part1", "a/part1.ipynb", (b"x = 1", b"\xff"), notebook=True)
    tool = Source("workbench", "workbench.py", (b"x = 2",))
    rule = guest.Rule(["numpy.sort"], ["g"])
    request = wire.sources_request([source], [tool], {"part2"}, {"f": rule})
    files, refused, rules = guest.read_files(guest_values.Reader(bytearray(request)))
    assert files[0] == guest.File("part1", "a/part1.ipynb", True, False, [b"x = 1", b"\xff"])
    assert files[1].support
    assert (refused, rules) == ({"part2"}, {"f": rule})


def test_a_call_is_packed_once() -> None:
    call = Call([np.arange(3.0), 1.5], read_only=True)
    assert call.packed is call.packed
    packed = wire.pack_value(np.arange(3.0)) + wire.pack_value(1.5)
    assert call.packed == bytes([guest.READ_ONLY, 2]) + packed


def test_what_the_wire_cannot_carry_is_refused_by_name() -> None:
    with pytest.raises(SandboxError, match="type object"):
        wire.pack_value(np.array([None]))


def test_error_and_failures_keep_their_frames() -> None:
    error = guest.Error("ValueError", True, "bad", [guest.Frame("a.py", -1, 3, "f", "x = 1")])
    got = wire.read_answer(guest.pack_answer(guest.Answer("RAISED", error=error))).error
    assert (got.type, got.builtin, got.message) == ("ValueError", True, "bad")
    assert (got.frames[0].cell, got.frames[0].line) == (None, 3)
    payload = struct.pack("<I", 1) + guest_values.pack_text("b.ipynb") + struct.pack("<i", 2)
    (failure,) = wire.read_loaded(payload + guest.pack_error(error))
    assert (failure.filename, failure.cell, failure.error) == ("b.ipynb", 2, got)


# --- what is not taken ------------------------------------------------------------------------


@given(st.binary(max_size=200))
def test_no_payload_does_more_than_raise_wire_error(payload: bytes) -> None:
    for read in (wire.read_answer, wire.read_loaded):
        try:
            read(payload)
        except wire.WireError:
            continue


@given(arrays, st.data())
def test_answer_with_one_byte_changed_is_an_outcome_or_a_wire_error(array, data) -> None:
    payload = bytearray(guest.pack_answer(guest.Answer("RETURNED", value=array)))
    payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    try:
        outcome = wire.read_answer(payload)
    except wire.WireError:
        return
    assert outcome.status in Status


def array_payload(code: int, shape: tuple[int, ...], data: bytes, size: int | None = None) -> bytes:
    head = struct.pack(f"<BBBB{len(shape)}Q", 0, code, len(shape), 0, *shape)
    return head + struct.pack("<Q", len(data) if size is None else size) + data + b"\0"


F8 = guest_values.DTYPES.index("f8")


def test_the_payload_that_the_others_distort_is_right() -> None:
    assert wire.read_answer(array_payload(F8, (2,), bytes(16))).value.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "payload",
    [
        array_payload(F8, (3,), bytes(16)),
        array_payload(F8, (2,), bytes(16), size=8),
        array_payload(F8, (2,), bytes(16), size=1 << 40),
        array_payload(99, (2,), bytes(16)),
        array_payload(F8, (1,) * 40, bytes(8)),
        array_payload(F8, (1 << 32, 1 << 32, 0), b""),
        array_payload(F8, (1 << 26, 1 << 26, 1 << 26, 0), b""),
        array_payload(F8, (2**63, 2), bytes(16)),
        array_payload(F8, (2,), bytes(16)) + b"\0",
        b"",
        b"\xff",
        b"\x01" + struct.pack("<Q", 1 << 60),
        b"\x00" + bytes([F8, 0, 1]) + struct.pack("<Qd", 8, 1.0) + b"\0",
    ],
)
def test_distorted_array_is_refused(payload: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.read_answer(payload)


def test_nothing_is_allocated_for_what_is_only_claimed() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(wire.WireError):
            wire.read_answer(array_payload(F8, (1 << 22,), bytes(16), size=1 << 25))
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_byte_that_is_no_bool_counts_as_true() -> None:
    outcome = wire.read_answer(array_payload(0, (4,), b"\x00\x01\x02\xff"))
    assert outcome.value.dtype == np.bool_
    assert outcome.value.view(np.uint8).tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("name", "known"),
    [("x is 3.14", False), ("print", False), ("LinAlgError", True), ("UFuncTypeError", True)],
)
def test_guest_cannot_pass_its_own_exception_off_as_a_known_one(name: str, known: bool) -> None:
    error = guest.Error(name, True, "")
    got = wire.read_answer(guest.pack_answer(guest.Answer("RAISED", error=error))).error
    assert got.builtin is known


def test_text_is_cut_and_decoded_whatever_it_holds() -> None:
    payload = b"\x01" + struct.pack("<Q", 100_000) + b"\xff" * 100_000
    returned = wire.read_answer(payload).returned
    assert len(returned) == wire.MOST_TEXT
    assert set(returned) == {"\N{REPLACEMENT CHARACTER}"}


@pytest.mark.parametrize("digits", ["", "-", "1e9", "٣", "0x1", "9" * 5000, " 1", "--1"])
def test_integer_must_be_made_of_digits(digits: str) -> None:
    payload = bytes([guest_values.INTEGER]) + guest_values.pack_text(digits)
    with pytest.raises(wire.WireError):
        wire.Reader(payload).value()


HEADER = guest.HEADER.pack(guest.MAGIC, guest.ANSWER, 7, 10)


def test_header_that_the_others_distort_is_right() -> None:
    assert wire.frame_length(HEADER, {guest.ANSWER}, 7) == guest.HEADER.size + 10


@pytest.mark.parametrize(
    "header",
    [
        b"\0" + HEADER[1:],
        guest.HEADER.pack(guest.MAGIC, guest.READY, 7, 10),
        guest.HEADER.pack(guest.MAGIC, guest.ANSWER, 6, 10),
        guest.HEADER.pack(guest.MAGIC, guest.ANSWER, 8, 10),
        guest.HEADER.pack(guest.MAGIC, guest.ANSWER, 7, 1 << 40),
        HEADER[:3] + b"\1" + HEADER[4:],
    ],
)
def test_frame_that_was_not_asked_for_is_refused(header: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.frame_length(header, {guest.ANSWER}, 7)


@given(st.lists(st.binary(max_size=30)), st.integers(0, 40), st.integers(1, 20))
def test_a_stream_is_split_into_its_whole_frames(
    payloads: list[bytes], missing: int, most: int
) -> None:
    written = [wire.frame(guest.ANSWER, number, each) for number, each in enumerate(payloads, 7)]
    stream = b"".join(written)
    stream = stream[: max(len(stream) - missing, 0)]
    frames, read = wire.split_frames(memoryview(stream), {guest.ANSWER}, 7, most)
    whole = [
        each for at, each in enumerate(payloads) if len(b"".join(written[: at + 1])) <= len(stream)
    ]
    assert [bytes(payload) for _, payload in frames] == whole[:most]
    assert read == len(b"".join(written[: len(frames)]))


def test_what_is_wrong_with_a_later_frame_shows_in_its_turn() -> None:
    stream = memoryview(wire.frame(guest.ANSWER, 7, b"good") + bytes(100))
    frames, read = wire.split_frames(stream, {guest.ANSWER}, 7, 5)
    assert [bytes(payload) for _, payload in frames] == [b"good"]
    with pytest.raises(wire.WireError):
        wire.split_frames(stream[read:], {guest.ANSWER}, 8, 5)
