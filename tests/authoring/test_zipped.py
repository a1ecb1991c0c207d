"""An archive depends on nothing but what is put into it."""

from __future__ import annotations

import zipfile
from io import BytesIO

from autograder.authoring.zipped import zipped


def test_the_order_and_the_time_of_packing_do_not_show() -> None:
    one = zipped({"b.txt": b"2", "a/c.txt": b"1"})
    other = zipped({"a/c.txt": b"1", "b.txt": b"2"})
    assert one == other
    with zipfile.ZipFile(BytesIO(one)) as archive:
        assert archive.namelist() == ["a/c.txt", "b.txt"]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("a/c.txt") == b"1"


def test_scripts_are_executable_and_nothing_else_is() -> None:
    packed = zipped({"run": b"#!/bin/sh\n", "read.md": b"# title\n"})
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    assert modes == {"run": 0o755, "read.md": 0o644}
