"""Naming the sources of one submission, and their bytes as UTF-8."""

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.submissions import sources as sources_module
from autograder.submissions.entries import Found
from autograder.submissions.sources import NOT_TEXT, as_utf8, name_sources

PARTS = ("part1_softmax", "part2_layer")
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": "x = 1"}]}).encode()


def _modules(files: dict[str, bytes]) -> dict[str, str]:
    sources, _ = name_sources([Found(*file) for file in files.items()], PARTS)
    return {source.filename: source.module for source in sources}


def _reasons(files: dict[str, bytes], *exercises: str) -> dict[str, str]:
    _, left_out = name_sources([Found(*file) for file in files.items()], PARTS, exercises)
    return {each.place: each.reason for each in left_out}


@pytest.mark.parametrize("draft", ["draft.py", "hw_old.py", "test_hw.py", "attempt2.py"])
def test_a_draft_counts_only_for_what_no_other_file_has(draft: str) -> None:
    right = b"def softmax(Z):\n    return Z\n"
    files = {draft: right.replace(b"Z\n", b"-Z\n"), "main.py": right}
    assert list(_modules(files)) == ["main.py", draft]
    assert _reasons(files) == {draft: "called like a draft; main.py counts where both have it"}
    assert _reasons({**files, draft: right}) == {}
    assert list(_modules({draft: right})) == [draft]


@pytest.mark.parametrize(
    ("counts", "other"),
    [
        ("answer.py", "work.py"),
        ("hw_final.py", "hw.py"),
        ("hw_v10.py", "hw_v9.py"),
        ("part1_softmax.py", "main.py"),
    ],
)
def test_of_two_modules_with_an_exercise_the_first_counts_and_both_are_named(
    counts: str, other: str
) -> None:
    right = b"def softmax(Z):\n    return Z\n"
    helper = b"def main():\n    return %s\n"
    files = {counts: right + helper % b"1", other: right.replace(b"Z\n", b"-Z\n") + helper % b"2"}
    assert _reasons(files, "softmax") == {other: f"has another softmax than {counts}, which counts"}
    assert counts.startswith("part1") or list(_modules(files)) == [counts, other]
    assert _reasons({**files, other: right}, "softmax") == _reasons(files) == {}


@pytest.mark.parametrize(
    ("newest", "other"),
    [
        ("2026-09-12-08-00-00", "2026-09-11-21-30-00"),
        ("10", "9"),
        ("v2", "v1"),
        ("wong 20260911_2131", "wong 20260911_2130"),
    ],
)
def test_of_versions_in_folders_the_newest_counts(newest: str, other: str) -> None:
    files = {
        f"{folder}/part1_softmax.py": b"def f():\n    return %d\n" % number
        for number, folder in enumerate((other, newest))
    }
    assert list(_modules(files)) == list(reversed(files))
    assert list(_reasons(files)) == [f"{other}/part1_softmax.py"]


@pytest.mark.parametrize(
    ("newest", "other"),
    [("_v10", "_v9"), ("_final", "_v2"), (" (2)", " (1)"), ("_2026-09-11", "_2026-09-10")],
)
def test_of_versions_without_the_plain_name_the_newest_counts(newest: str, other: str) -> None:
    files = [f"part1_softmax{end}.py" for end in (other, newest)]
    both = {name: b"def f():\n    return %d\n" % number for number, name in enumerate(files)}
    assert list(_modules(both)) == files[::-1]
    plain = {"part1_softmax.py": b"def f():\n    return 3\n"}
    assert list(_modules({**both, **plain})) == ["part1_softmax.py", *files[::-1]]


def test_the_shallowest_has_the_name_and_the_other_a_number() -> None:
    files = {
        "backup/part1_softmax.py": b"def softmax(Z):\n    return Z",
        "part1_softmax.py": b"def softmax(Z):\n    return -Z",
    }
    assert _modules(files) == {
        "part1_softmax.py": "part1_softmax",
        "backup/part1_softmax.py": "part1_softmax",
    }
    assert list(_modules(files)) == ["part1_softmax.py", "backup/part1_softmax.py"]
    assert _reasons(files) == {
        "backup/part1_softmax.py": "a second version of part1_softmax; part1_softmax.py counts, "
        "this one only for what is missing there"
    }


def test_the_one_called_just_so_comes_before_copies_then_the_alphabet() -> None:
    assert list(_modules({"part1_softmax (1).py": b"b", "part1_softmax.py": b"a"})) == [
        "part1_softmax.py",
        "part1_softmax (1).py",
    ]
    assert list(_modules({"b/main.py": b"b", "a/main.py": b"a"})) == ["a/main.py", "b/main.py"]


def test_the_same_bytes_twice_are_one_source() -> None:
    files = {"hw/part1_softmax.py": b"same", "part1_softmax.py": b"same"}
    assert list(_modules(files)) == ["part1_softmax.py"]
    assert _reasons(files) == {}


def test_script_and_notebook_share_a_name() -> None:
    files = {"part1_softmax.py": b"x = 2", "part1_softmax.ipynb": NOTEBOOK}
    sources, left_out = name_sources([Found(*file) for file in files.items()], PARTS)
    assert [(source.module, source.notebook, source.cells) for source in sources] == [
        ("part1_softmax", False, (b"x = 2",)),
        ("part1_softmax", True, (b"x = 1",)),
    ]
    assert left_out == ()


def test_a_file_that_others_import_by_its_own_name_keeps_it() -> None:
    files = {
        "wong_part1_softmax.py": b"def softmax(Z): ...",
        "part2_layer.py": b"import numpy as np\nfrom wong_part1_softmax import softmax\n",
    }
    assert _modules(files)["wong_part1_softmax.py"] == "wong_part1_softmax"
    files["part2_layer.py"] = b"from part1_softmax import softmax\n"
    assert _modules(files)["wong_part1_softmax.py"] == "part1_softmax"


def test_the_file_of_a_folder_that_is_imported_has_its_name() -> None:
    files = {
        "hw/helpers/__init__.py": b"from .numeric import stable",
        "hw/helpers/numeric.py": b"def stable(Z): ...",
        "hw/part1_softmax.py": b"from helpers import stable\n",
        "hw/other/__init__.py": b"x = 1",
    }
    assert _modules(files) == {
        "hw/helpers/__init__.py": "helpers",
        "hw/helpers/numeric.py": "numeric",
        "hw/part1_softmax.py": "part1_softmax",
        "hw/other/__init__.py": "init",
    }


def test_the_file_of_a_folder_takes_no_name_from_another() -> None:
    files = {
        "part1_softmax/__init__.py": b"from .part1_softmax import *\n",
        "part1_softmax/deep/part1_softmax.py": b"def softmax(Z): ...",
    }
    assert _modules(files)["part1_softmax/deep/part1_softmax.py"] == "part1_softmax"


@pytest.mark.parametrize(
    ("stubs", "written"),
    [
        ("part1_softmax.py", "part1_softmax (1).py"),
        ("part1_softmax.py", "solution/part1_softmax.py"),
        ("exercises/part1_softmax.py", "solution/part1_softmax.py"),
    ],
)
def test_untouched_stubs_give_way_to_what_is_written(stubs: str, written: str) -> None:
    stub = b'def softmax(Z):\n    """Doc."""\n    raise NotImplementedError("write softmax here")\n'
    half = stub + b"def sm_dir(S):\n    return S\n"
    assert list(_modules({stubs: stub, written: half})) == [written, stubs]
    begun = stub + b"def sm_dir(S):\n    return -S\n"
    assert list(_modules({stubs: begun, written: half})) == [stubs, written]


@pytest.mark.parametrize(
    ("line", "keeps"),
    [
        (b"import os, wong_part1_softmax as s", True),
        (b"    from a.wong_part1_softmax import softmax", True),
        (b"import wong_part1_softmax_2", False),
        (b"import os  # not wong_part1_softmax", False),
        (b"x = 'import wong_part1_softmax'", False),
    ],
)
def test_a_name_counts_as_a_whole_where_something_is_imported(line: bytes, keeps: bool) -> None:
    files = {"wong_part1_softmax.py": b"x = 1", "other.py": b"x = 1\n" + line}
    found = _modules(files)["wong_part1_softmax.py"]
    assert found == ("wong_part1_softmax" if keeps else "part1_softmax")


def test_many_names_beside_much_code_are_two_modules() -> None:
    names = [
        f"part1_softmax_{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(150)
    ]
    line = b"import " + b",".join(name.encode() + b"_" for name in names)
    files = {f"{name}.py": b"x = 1" for name in names} | {"other.py": line * 300}
    assert len(set(_modules(files).values())) == 2


def test_empty_files_do_not_stand_in_the_way() -> None:
    files = {"part1_softmax.py": b" \n", "a/part1_softmax.py": b"1", "a/__init__.py": b""}
    assert _modules(files) == {"a/part1_softmax.py": "part1_softmax"}
    assert _reasons(files) == {"part1_softmax.py": "not read: empty"}


def test_tests_of_otter_are_no_source() -> None:
    test = b"from otter.test_files import test_case\n\nOK_FORMAT = False\nname = 'softmax'\n"
    files = {"tests/softmax.py": test, "mine.py": b"x = 'OK_FORMAT = False'\n"}
    assert _modules(files) == {"mine.py": "mine"}
    assert _reasons(files) == {}


def test_faults_are_reported_by_place() -> None:
    assert _reasons({"a.ipynb": b"{x"})["a.ipynb"].startswith("not read: not a notebook")
    files = {"a.py": b"s = '\xff'"}
    assert _reasons(files) == {"a.py": NOT_TEXT}
    assert _modules(files) == {"a.py": "a"}


def test_a_notebook_in_utf16_is_read() -> None:
    content = NOTEBOOK.decode().encode("utf-16")
    assert _modules({"a.ipynb": content}) == {"a.ipynb": "a"}


def test_files_and_code_have_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources_module, "SOURCE_LIMIT", 2)
    files = {"deep/a.py": b"1", "b.py": b"2", "c.py": b"3"}
    assert list(_modules(files)) == ["b.py", "c.py"]
    assert list(_reasons(files)) == ["deep/a.py"]
    monkeypatch.setattr(sources_module, "CODE_LIMIT", 1)
    assert list(_modules(files)) == ["b.py"]


def test_file_names_are_safe_to_show_and_short() -> None:
    (name,) = _modules({"\x1b[2J\udcff" + "a" * 1000 + ".py": b"1"})
    assert name.startswith("\\x1b[2J\\udcff")
    assert len(name) <= 200
    name.encode()


CODE = "s = 'größer 大'\n"


@pytest.mark.parametrize(
    "content",
    [
        CODE.encode(),
        CODE.encode("utf-8-sig"),
        CODE.encode("utf-16"),
        CODE.encode("utf-16-le"),
        CODE.encode("utf-16-be"),
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
        assert text == content.rstrip(b"\0\x1a")


def test_a_second_version_that_fills_a_gap_is_said() -> None:
    only_f = b"def f(x):\n    return x\n"
    both = only_f + b"def g(x):\n    return x\n"
    files = {"part1_softmax.py": only_f, "old/part1_softmax.py": both}
    assert "second version" in _reasons(files)["old/part1_softmax.py"]
    assert _reasons({"part1_softmax.py": both, "old/part1_softmax.py": only_f}) == {}
