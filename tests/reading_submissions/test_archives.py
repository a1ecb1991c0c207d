"""Reading zip and tar archives in memory, hostile ones among them."""

import io
import random
import stat
import struct
import tarfile
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.submissions import archives
from autograder.submissions import entries as found
from autograder.submissions.archives import (
    DAMAGED,
    ENCRYPTED,
    METHOD,
    OUTSIDE,
    TOO_MUCH,
    TWICE,
    read_archive,
)
from autograder.submissions.entries import (
    LINK,
    NO_FILE,
    NOT_CODE,
    TOO_DEEP,
    TOO_MANY,
    Found,
    LeftOut,
)
from autograder.submissions.read import read_submission

PARTS = ("part1_softmax", "part2_layer")


def _zipped(
    files: dict[str, bytes] | list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", method) as archive:
        warnings.simplefilter("ignore")  # of names that come twice
        for name, content in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, content)
    return stream.getvalue()


def _found(content: bytes) -> dict[str, bytes]:
    return {each.place: each.content for each in read_archive(content) if isinstance(each, Found)}


def _reasons(content: bytes) -> dict[str, str]:
    return {each.place: each.reason for each in read_archive(content) if isinstance(each, LeftOut)}


def test_files_come_with_their_bytes_the_shallowest_first() -> None:
    content = _zipped({"b/deep/z.py": b"3", "b/a.py": b"2", "z.ipynb": b"1", "empty/": b""})
    assert list(_found(content).items()) == [
        ("z.ipynb", b"1"),
        ("b/a.py", b"2"),
        ("b/deep/z.py", b"3"),
    ]
    assert _reasons(content) == {}


def test_clutter_in_archives_is_passed_over_in_silence() -> None:
    content = _zipped(
        {
            "__MACOSX/._part.py": b"1",
            "hw/.git/hook.py": b"1",
            "hw/.venv/lib/a.py": b"1",
            "hw/my_env/pyvenv.cfg": b"1",
            "hw/my_env/lib/b.py": b"1",
            "hw/part.py": b"2",
        }
    )
    assert _found(content) == {"hw/part.py": b"2"}
    assert _reasons(content) == {}


@pytest.mark.parametrize(
    "name",
    ["../up.py", "a/../../up.py", "/etc/up.py", "\\up.py", "..\\up.py", "C:\\up.py", "c:up.py"],
)
def test_names_that_lead_outside_are_refused(name: str) -> None:
    content = _zipped({name: b"evil", "part.py": b"good"})
    assert _found(content) == {"part.py": b"good"}
    assert list(_reasons(content).values()) == [OUTSIDE]


def test_names_that_windows_tools_write_are_understood() -> None:
    assert _found(_zipped({"hw\\sub\\part.py": b"1", "./a.py": b"2", "b//c.py": b"3"})) == {
        "a.py": b"2",
        "b/c.py": b"3",
        "hw/sub/part.py": b"1",
    }


def test_names_in_utf8_without_the_flag_are_understood() -> None:
    content = _zipped({"Übung/作业.py": b"1"})
    for flag_offset, signature in ((6, b"PK\x03\x04"), (8, b"PK\x01\x02")):
        at = content.index(signature) + flag_offset
        content = content[:at] + b"\x00\x00" + content[at + 2 :]
    assert _found(content) == {"Übung/作业.py": b"1"}


def _with_attributes(mode: int, content: bytes = b"/etc/passwd") -> bytes:
    entry = zipfile.ZipInfo("odd.py")
    entry.create_system = 3
    entry.external_attr = mode << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(entry, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(stat.S_IFLNK, LINK), (stat.S_IFIFO, NO_FILE), (stat.S_IFCHR, NO_FILE)],
)
def test_links_and_devices_in_archives_are_refused(kind: int, reason: str) -> None:
    assert list(read_archive(_with_attributes(kind | 0o644))) == [LeftOut("odd.py", reason)]


def test_entries_with_and_without_a_file_mode_are_read() -> None:
    assert _found(_with_attributes(stat.S_IFREG | 0o644, b"1")) == {"odd.py": b"1"}
    assert _found(_with_attributes(0o644, b"1")) == {"odd.py": b"1"}


def test_encrypted_entries_are_refused_and_others_read() -> None:
    content = bytearray(_zipped([("secret.py", b"1"), ("open.py", b"2")]))
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert _found(bytes(content)) == {"open.py": b"2"}
    assert _reasons(bytes(content)) == {"secret.py": ENCRYPTED}


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_do_not_stop_at_a_limit_are_refused(method: int) -> None:
    content = _zipped({"a.py": b"0" * 100_000}, method)
    assert _reasons(content) == {"a.py": METHOD}


def test_a_bomb_is_not_blown_up() -> None:
    content = _zipped({"bomb.py": b"\0" * 50_000_000, "part.py": b"1"})
    assert len(content) < 100_000
    assert _found(content) == {"part.py": b"1"}
    assert "more than 4 MiB" in _reasons(content)["bomb.py"]


def test_a_bomb_that_declares_a_small_size_is_not_blown_up() -> None:
    content = bytearray(_zipped({"bomb.py": b"\0" * 50_000_000}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(signature) + offset, 100)
    (entry,) = read_archive(bytes(content))
    assert isinstance(entry, LeftOut) or len(entry.content) <= 100


def test_many_entries_over_the_same_bytes_each_stay_within_the_limit() -> None:
    """An overlapping bomb: one compressed block, named by many entries of the directory."""
    content = _zipped({"a0.py": b"\0" * 1000})
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry, tail = content[start:end], bytearray(content[end:])
    many = b"".join(entry.replace(b"a0.py", b"%02d.py" % n) for n in range(50))
    struct.pack_into("<HHI", tail, 8, 50, 50, len(many))
    bomb = content[:start] + many + bytes(tail)
    assert all(
        isinstance(each, LeftOut) or len(each.content) == 1000 for each in read_archive(bomb)
    )


@pytest.mark.parametrize("lie", ["checksum", "length"])
def test_files_that_come_to_nothing_use_up_the_room_too(
    lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "READ_LIMIT", 64 * found.MIB)
    content = bytearray(
        _zipped([(f"{number:03}.ipynb", b"\0" * found.MIB) for number in range(80)])
    )
    at = 0
    while (at := content.find(b"PK\x01\x02", at + 1)) > 0:
        struct.pack_into("<I", content, at + 16, 1)  # no entry has this checksum
        if lie == "length":
            struct.pack_into("<I", content, at + 24, 2 * found.MIB)
    *damaged, last = read_archive(bytes(content))
    assert last == LeftOut("", TOO_MUCH)
    assert len(damaged) == (64 if lie == "checksum" else 32)


def test_what_says_that_it_is_too_large_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = _zipped({"bomb.py": b"\0" * 50_000_000, "part.py": b"1"})
    opened: list[str] = []
    real = zipfile.ZipFile.open

    def watched(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> object:
        opened.append(entry.filename)
        return real(archive, entry)

    monkeypatch.setattr(zipfile.ZipFile, "open", watched)
    assert _found(content) == {"part.py": b"1"}
    assert opened == ["part.py"]


def test_an_archive_of_too_many_entries_is_not_even_opened() -> None:
    content = _zipped([(f"{number}.py", b"") for number in range(found.ENTRY_LIMIT + 1)])
    assert list(read_archive(content)) == [LeftOut("", TOO_MANY)]


def test_folders_in_archives_have_a_depth_limit() -> None:
    assert list(_reasons(_zipped({"a/" * 21 + "b.py": b"1"})).values()) == [TOO_DEEP]
    assert _reasons(_zipped({"a/" * 20 + "b.py": b"1"})) == {}


def test_of_a_name_that_comes_twice_the_last_counts() -> None:
    content = _zipped([("part.py", b"old"), ("part.py", b"new")])
    assert _found(content) == {"part.py": b"new"}
    assert _reasons(content) == {"part.py": TWICE}


def test_other_files_are_named_but_never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = _zipped({"report.docx": b"1"})
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    assert _reasons(content) == {"report.docx": NOT_CODE}


@pytest.mark.parametrize("content", [b"no zip", b"PK\x03\x04", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_archive_is_damaged(content: bytes) -> None:
    assert list(read_archive(content)) == [LeftOut("", DAMAGED)]


def test_a_damaged_entry_does_not_hide_the_others() -> None:
    content = _zipped([("a.py", b"the first"), ("b.py", b"the second")], zipfile.ZIP_STORED)
    content = content.replace(b"the first", b"the fjrst")
    assert _found(content) == {"b.py": b"the second"}
    assert _reasons(content) == {"a.py": DAMAGED}


def test_odd_names_are_kept_as_they_are() -> None:
    names = ["\x1b[31mred\x07.py", "a" * 5000 + ".py", "‮yp.trap.py", "<script>.py"]
    content = _zipped(dict.fromkeys(names, b"1"))
    assert set(_found(content)) == set(names)


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_damage_raises(random: random.Random) -> None:
    content = bytearray(_zipped({"a.py": b"x = 1\n" * 50, "b/c.ipynb": b"{}", "d.zip": b"PK"}))
    for _ in range(random.randrange(1, 8)):
        content[random.randrange(len(content))] = random.randrange(256)
    if random.random() < 0.2:
        del content[random.randrange(len(content)) :]
    for each in read_archive(bytes(content)):
        assert isinstance(each, LeftOut) or len(each.content) <= found.SIZE_LIMITS[".zip"]


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the archive is unpacked")

    for method in ("extract", "extractall", "_extract_member"):
        monkeypatch.setattr(zipfile.ZipFile, method, refuse)
    monkeypatch.chdir(tmp_path)
    list(read_archive(_zipped({"a/b.py": b"1"})))
    assert list(tmp_path.iterdir()) == []


def test_limits_are_those_of_the_shared_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(found.READ_LIMITS, ".py", 3)
    assert _found(_zipped({"a.py": b"123", "b.py": b"1234", "c.PY": b"1"})) == {
        "a.py": b"123",
        "c.PY": b"1",
    }


# --- tar ---------------------------------------------------------------------------------------


def _tarred(files: dict[str, bytes], mode: str = "w:gz", **changed: object) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            for key, value in changed.items():
                setattr(member, key, value)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_files_are_read_however_they_are_packed(mode: str) -> None:
    files = {"hw/part1.py": b"x = 1", "b.ipynb": b"{}", "__MACOSX/._b.py": b"", "hw/a.csv": b"1"}
    assert _found(_tarred(files, mode)) == {"hw/part1.py": b"x = 1", "b.ipynb": b"{}"}


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tgz", "tar.bz2", "tar.xz"])
def test_a_submission_may_be_a_tar(tmp_path: Path, ending: str) -> None:
    mode = {"tar": "w", "tgz": "w:gz"}.get(ending, f"w:{ending[4:]}")
    (tmp_path / f"wong.{ending}").write_bytes(_tarred({"part1_softmax.py": b"x = 1"}, mode))
    submission = read_submission(tmp_path / f"wong.{ending}", "wong", PARTS)
    assert [(one.module, one.filename) for one in submission.sources] == [
        ("part1_softmax", "part1_softmax.py")
    ]


@pytest.mark.parametrize("name", ["../up.py", "/etc/up.py", "a/../../up.py"])
def test_names_in_a_tar_stay_inside(name: str) -> None:
    assert set(_reasons(_tarred({name: b"1"})).values()) == {OUTSIDE}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (tarfile.SYMTYPE, LINK),
        (tarfile.LNKTYPE, LINK),
        (tarfile.CHRTYPE, NO_FILE),
        (tarfile.FIFOTYPE, NO_FILE),
    ],
)
def test_only_files_of_a_tar_are_read(kind: bytes, reason: str) -> None:
    content = _tarred({"a.py": b""}, type=kind, linkname="/etc/passwd")
    assert _reasons(content) == {"a.py": reason}


def test_a_packed_bomb_is_not_blown_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "READ_LIMIT", 1 << 20)
    content = _tarred({"a.py": b"0" * (3 << 20)})
    assert len(content) < 10_000
    assert _reasons(content) == {"": TOO_MUCH}


def test_too_large_a_file_is_named() -> None:
    assert "more than 4 MiB" in _reasons(_tarred({"a.py": b"0" * (5 << 20)}))["a.py"]


@pytest.mark.parametrize("content", [b"\x1f\x8bno", b"BZh9", b"\xfd7zXZ\x00no"])
def test_a_damaged_tar_is_said_to_be(content: bytes) -> None:
    assert list(read_archive(content)) == [LeftOut("", DAMAGED)]


@given(st.binary(max_size=3000))
def test_no_bytes_raise(content: bytes) -> None:
    list(read_archive(content))
    list(read_archive(_tarred({"a.py": b"1"}, "w")[:300] + content))


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"Rar!\x1a\x07\x01\x00", ".rar"), (b"7z\xbc\xaf\x27\x1c", ".7z"), (b"<html>", "web page")],
)
def test_what_is_called_an_archive_and_is_none_is_said(content: bytes, what: str) -> None:
    (left_out,) = read_archive(content)
    assert isinstance(left_out, LeftOut)
    assert what in left_out.reason


def test_jupyters_own_copies_are_named(tmp_path: Path) -> None:
    place = ".ipynb_checkpoints/part1_softmax-checkpoint.ipynb"
    (tmp_path / "a.zip").write_bytes(_zipped({place: b"{}"}))
    (problem, _) = read_submission(tmp_path / "a.zip", "a", PARTS).notes
    assert problem.startswith(f"{place}: not read: a copy that Jupyter keeps")
    (tmp_path / "b.zip").write_bytes(_zipped({place: b"{}", "part1_softmax.py": b"x = 1"}))
    assert read_submission(tmp_path / "b.zip", "b", PARTS).notes == ()
