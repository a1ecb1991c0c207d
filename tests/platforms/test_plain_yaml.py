"""YAML as text, lists, dicts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.platforms.gradescope import DEPTH_LIMIT, PlainYamlError, read_plain_yaml


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("a: 007\nb: [yes, 1e3, ~]\n", {"a": "007", "b": ["yes", "1e3", "~"]}),
        ("a: !!python/object/apply:os.getcwd []\n", {"a": []}),
        ("a: !ruby/object:Big 18:0.1\n", {"a": "18:0.1"}),
        ("a: &x {b: c}\nd: *x\n<<: *x\n", {"a": {"b": "c"}, "d": "", "<<": ""}),
        ("? [a]\n: b\nc: d\n", {"c": "d"}),
        ("--- first\n--- second\n", "first"),
        ("", None),
        ("\ufeffa: ü\n", {"a": "ü"}),
    ],
)
def test_values_are_plain(content: str, value: Any) -> None:
    assert read_plain_yaml(content.encode()) == value


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a: b\nc: [\n", "line"),
        (b"\xff\xff", "cannot be read"),
        (b"\x00", "cannot be read"),
        # libyaml from 0.2.6 on refuses this one itself, before we see any of it.
        (b"[" * 1_000_000, "line 1 (is nested too deeply|cannot be read)"),
        (b"[" * 100, "line 1 is nested too deeply"),
        (b"- " * 1_000_000, "line 1 is nested too deeply"),
        (b"\n".join(b" " * n + b"a:" for n in range(1000)), "line 51 is nested too deeply"),
    ],
)
def test_what_is_no_yaml_is_an_error_at_once(content: bytes, words: str) -> None:
    with pytest.raises(PlainYamlError, match=words):
        read_plain_yaml(content)


def test_the_limit_of_depth_is_the_last_that_is_read() -> None:
    value = read_plain_yaml(b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT)
    for _ in range(DEPTH_LIMIT - 1):
        (value,) = value
    assert value == []


@given(st.binary(max_size=200) | st.text(alphabet="ab:-?[]{},&*!|>'\"#%\n ").map(str.encode))
def test_any_bytes_give_a_value_or_our_error(content: bytes) -> None:
    try:
        value = read_plain_yaml(content)
    except PlainYamlError:
        return
    assert value is None or isinstance(value, str | list | dict)
