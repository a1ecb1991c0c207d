"""Bytes of text files as UTF-8."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.submissions.encoding import NOT_TEXT, as_utf8

CODE = "s = 'größer 大'\n"


@pytest.mark.parametrize(
    "content",
    [
        CODE.encode(),
        CODE.encode("utf-8-sig"),
        CODE.encode("utf-16"),
        codecs.BOM_UTF16_BE + CODE.encode("utf-16-be"),
        CODE.encode("utf-32"),
        codecs.BOM_UTF32_BE + CODE.encode("utf-32-be"),
    ],
)
def test_a_mark_says_what_the_bytes_are(content: bytes) -> None:
    assert as_utf8(content) == (CODE.encode(), None)


@pytest.mark.parametrize(
    "content", [CODE.encode("utf-16") + b"x", b"s = '\xff'", codecs.BOM_UTF8 + b"\xff"]
)
def test_undecodable_bytes_stay_and_are_noted(content: bytes) -> None:
    assert as_utf8(content) == (content, NOT_TEXT)
    with pytest.raises((SyntaxError, ValueError)):
        compile(content, "part1.py", "exec")


@pytest.mark.parametrize(
    "line", [b"# -*- coding: latin-1 -*-\n", b"#!/usr/bin/python\n#coding=cp1252\n"]
)
def test_a_declared_encoding_is_the_interpreters_business(line: bytes) -> None:
    content = line + b"s = '\xe9'\n"
    assert as_utf8(content) == (content, None)
    compile(content, "part1.py", "exec")


@given(st.binary())
def test_no_bytes_raise(content: bytes) -> None:
    text, fault = as_utf8(content)
    if fault is not None:
        assert text == content
