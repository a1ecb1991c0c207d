"""Tar archives: what is in them, and nothing beyond."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.submissions import tar_archive
from autograder.submissions.entries import LINK, NO_FILE, Found, LeftOut
from autograder.submissions.read import read_submission
from autograder.submissions.tar_archive import DAMAGED, OUTSIDE, TOO_MUCH, read_tar

PARTS = ("part1_softmax", "part2_layer")


def tarred(files: dict[str, bytes], mode: str = "w:gz", **changed: object) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            for key, value in changed.items():
                setattr(member, key, value)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def found(content: bytes) -> dict[str, bytes]:
    return {each.place: each.content for each in read_tar(content) if isinstance(each, Found)}


def reasons(content: bytes) -> dict[str, str]:
    return {each.place: each.reason for each in read_tar(content) if isinstance(each, LeftOut)}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_files_are_read_however_they_are_packed(mode: str) -> None:
    files = {"hw/part1.py": b"x = 1", "b.ipynb": b"{}", "__MACOSX/._b.py": b"", "hw/a.csv": b"1"}
    assert found(tarred(files, mode)) == {"hw/part1.py": b"x = 1", "b.ipynb": b"{}"}


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tgz", "tar.bz2", "tar.xz"])
def test_a_submission_may_be_one(tmp_path: Path, ending: str) -> None:
    mode = {"tar": "w", "tgz": "w:gz"}.get(ending, f"w:{ending[4:]}")
    (tmp_path / f"wong.{ending}").write_bytes(tarred({"part1_softmax.py": b"x = 1"}, mode))
    submission = read_submission(tmp_path / f"wong.{ending}", "wong", PARTS)
    assert [(one.module, one.filename) for one in submission.sources] == [
        ("part1_softmax", "part1_softmax.py")
    ]


@pytest.mark.parametrize("name", ["../up.py", "/etc/up.py", "a/../../up.py"])
def test_names_stay_inside(name: str) -> None:
    assert set(reasons(tarred({name: b"1"})).values()) == {OUTSIDE}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (tarfile.SYMTYPE, LINK),
        (tarfile.LNKTYPE, LINK),
        (tarfile.CHRTYPE, NO_FILE),
        (tarfile.FIFOTYPE, NO_FILE),
    ],
)
def test_only_files_are_read(kind: bytes, reason: str) -> None:
    content = tarred({"a.py": b""}, type=kind, linkname="/etc/passwd")
    assert reasons(content) == {"a.py": reason}


def test_a_bomb_is_not_blown_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar_archive, "READ_LIMIT", 1 << 20)
    content = tarred({"a.py": b"0" * (3 << 20)})
    assert len(content) < 10_000
    assert reasons(content) == {"": TOO_MUCH}


def test_too_large_a_file_is_named() -> None:
    assert "more than 4 MiB" in reasons(tarred({"a.py": b"0" * (5 << 20)}))["a.py"]


@pytest.mark.parametrize("content", [b"\x1f\x8bno", b"BZh9", b"no tar", b""])
def test_what_is_damaged_is_said(content: bytes) -> None:
    assert list(read_tar(content)) in ([LeftOut("", DAMAGED)], [])


@given(st.binary(max_size=3000))
def test_nothing_raises(content: bytes) -> None:
    list(read_tar(content))
    list(read_tar(tarred({"a.py": b"1"}, "w")[:300] + content))
