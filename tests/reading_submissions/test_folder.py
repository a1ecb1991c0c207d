"""Reading a folder tree: what is found, what is left out, and that nothing is followed."""

import os
import socket
from pathlib import Path

import pytest

from autograder.submissions import entries as found
from autograder.submissions import folder as folder_module
from autograder.submissions.entries import (
    HIDDEN_COPY,
    LINK,
    NO_FILE,
    NOT_CODE,
    TOO_DEEP,
    TOO_MANY,
    Found,
    LeftOut,
)
from autograder.submissions.folder import read_path

posix_only = pytest.mark.skipif(os.name == "nt", reason="needs links, fifos, modes")


def _places(path: Path) -> list[str]:
    return [each.place for each in read_path(path) if isinstance(each, Found)]


def _reasons(path: Path) -> dict[str, str]:
    return {each.place: each.reason for each in read_path(path) if isinstance(each, LeftOut)}


@pytest.fixture(params=["by descriptor", "by path"])
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second way is the one of systems that cannot open below an open folder."""
    if request.param == "by path":
        monkeypatch.setattr(folder_module, "_BY_DESCRIPTOR", False)


def test_one_file_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "wong.py").write_bytes(b"x = 1\n")
    assert list(read_path(tmp_path / "wong.py")) == [Found("wong.py", b"x = 1\n")]


@pytest.mark.usefixtures("_both_ways")
def test_the_shallowest_come_first_in_a_fixed_order(tmp_path: Path) -> None:
    for place in ("b/deep/z.py", "b/a.py", "a/c.ipynb", "z.py", "y.ZIP"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(b"1")
    assert _places(tmp_path) == ["y.ZIP", "z.py", "a/c.ipynb", "b/a.py", "b/deep/z.py"]


def test_clutter_is_passed_over_in_silence(tmp_path: Path) -> None:
    for name in (".git", "__MACOSX", ".ipynb_checkpoints", "__pycache__", "venv", "my_env"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "inside.py").write_text("1")
    (tmp_path / "my_env" / "pyvenv.cfg").write_text("home = /usr/bin")
    (tmp_path / "pyvenv.cfg").write_text("a hand-in may itself lie in one")
    (tmp_path / "._part.py").write_text("1")
    (tmp_path / "part.py").write_text("1")
    assert _places(tmp_path) == ["part.py"]
    assert _reasons(tmp_path) == {"pyvenv.cfg": NOT_CODE, ".ipynb_checkpoints": HIDDEN_COPY}


@posix_only
@pytest.mark.usefixtures("_both_ways")
def test_links_are_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.py").write_text("answers")
    hand_in = tmp_path / "wong"
    hand_in.mkdir()
    (hand_in / "file.py").symlink_to(secret / "key.py")
    (hand_in / "folder").symlink_to(secret)
    (hand_in / "loop.py").symlink_to("loop.py")
    (hand_in / "up").symlink_to("..")
    assert _places(hand_in) == []
    assert _reasons(hand_in) == dict.fromkeys(["file.py", "folder", "loop.py", "up"], LINK)


@posix_only
def test_a_hand_in_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text("1")
    (tmp_path / "wong.py").symlink_to("real.py")
    assert list(read_path(tmp_path / "wong.py")) == [LeftOut("wong.py", LINK)]


@posix_only
def test_a_folder_swapped_for_a_link_while_reading_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "key.py").write_text("answers")
    hand_in = tmp_path / "wong"
    (hand_in / "b").mkdir(parents=True)
    (hand_in / "a.py").write_text("1")
    entries = read_path(hand_in)
    assert next(entries) == Found("a.py", b"1")
    (hand_in / "b").rmdir()
    (hand_in / "b").symlink_to(outside)
    rest = list(entries)
    assert [type(each) for each in rest] == [LeftOut]
    assert rest[0].place == "b"


@posix_only
@pytest.mark.usefixtures("_both_ways")
def test_fifos_sockets_and_devices_never_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.py")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "socket.py"))
        wanted = {"fifo.py": NO_FILE, "socket.py": NO_FILE}
        if os.geteuid() == 0:
            try:
                os.mknod(tmp_path / "zero.py", 0o600 | 0o020000, os.makedev(1, 5))
                wanted["zero.py"] = NO_FILE
            except PermissionError:  # containers may refuse it even to root
                pass
        assert _reasons(tmp_path) == wanted


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs /dev/zero")
def test_a_device_as_hand_in_is_not_read() -> None:
    assert list(read_path(Path("/dev/zero"))) == [LeftOut("zero", NO_FILE)]


def test_files_up_to_the_limit_are_read_and_no_byte_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(found.READ_LIMITS, ".py", 10)
    (tmp_path / "a.py").write_bytes(b"x" * 10)
    (tmp_path / "b.py").write_bytes(b"x" * 11)
    assert _places(tmp_path) == ["a.py"]
    assert list(_reasons(tmp_path)) == ["b.py"]


def test_a_sparse_giant_is_not_read_into_memory(tmp_path: Path) -> None:
    with open(tmp_path / "giant.py", "wb") as file:
        file.truncate(1 << 40)
    assert "more than 4 MiB" in _reasons(tmp_path)["giant.py"]


def test_entries_and_depth_are_capped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "ENTRY_LIMIT", 8)
    monkeypatch.setattr(folder_module, "DEPTH_LIMIT", 2)
    (tmp_path / "1/2/3").mkdir(parents=True)
    (tmp_path / "1/2/3/deep.py").write_text("1")
    (tmp_path / "1/2/near.py").write_text("1")
    assert _places(tmp_path) == ["1/2/near.py"]
    assert _reasons(tmp_path) == {"1/2/3": TOO_DEEP}
    for number in range(20):
        (tmp_path / f"{number:02}.py").write_text("1")
    assert len(_places(tmp_path)) <= 8
    assert _reasons(tmp_path)[""] == TOO_MANY


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "a.py").chmod(0)
    (tmp_path / "b").mkdir(mode=0)
    try:
        assert set(_reasons(tmp_path)) == {"a.py", "b"}
        assert all("Permission denied" in reason for reason in _reasons(tmp_path).values())
    finally:
        (tmp_path / "b").chmod(0o700)


def test_a_missing_path_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_path(tmp_path / "nobody"))


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts open descriptors")
def test_no_descriptor_stays_open_when_reading_stops_early(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for place in ("a/x.py", "b.py", "c.py"):
        (tmp_path / place).write_text("1")
    before = len(os.listdir("/proc/self/fd"))
    entries = read_path(tmp_path)
    next(entries)
    entries.close()  # type: ignore[attr-defined]
    list(read_path(tmp_path))
    list(read_path(tmp_path / "b.py"))
    assert len(os.listdir("/proc/self/fd")) == before
