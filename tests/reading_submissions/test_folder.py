"""Reading a folder tree: what is found, what is left out, and that nothing is followed."""

import os
import socket
from pathlib import Path

import pytest

from autograder.errors import UsageError
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
from autograder.submissions.folder import find_submissions, read_path
from autograder.submissions.read import read_submission

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
    (tmp_path / "pyvenv.cfg").write_text("a submission may itself lie in one")
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


# --- the submissions of a folder ---------------------------------------------------------------

PARTS = ("part1_softmax", "part2_layer")


def _make(root: Path, *places: str) -> None:
    for place in places:
        path = root / place
        if place.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"1")


def _ids(path: Path) -> list[str]:
    return [id for id, _ in find_submissions(path, PARTS)]


def test_one_submission_for_each_student(tmp_path: Path) -> None:
    _make(tmp_path, "wong/part1_softmax.py", "li.zip", "o'brien.py", "müller.ipynb", "empty/")
    _make(tmp_path, "README.md", "marks.csv", ".git/x", "__pycache__/x", ".hidden.py")
    assert _ids(tmp_path) == ["empty", "li", "müller", "o'brien", "wong"]


def test_a_folder_with_a_part_in_it_is_one_submission(tmp_path: Path) -> None:
    folder = tmp_path / "wong"
    _make(folder, "part1_softmax.py", "more/part2_layer.py")
    assert find_submissions(folder, PARTS) == [("wong", folder)]


def test_parts_that_bear_names_are_several_submissions(tmp_path: Path) -> None:
    _make(tmp_path, "wong_part1_softmax.py", "li_part1_softmax.py")
    assert _ids(tmp_path) == ["li_part1_softmax", "wong_part1_softmax"]


@pytest.mark.parametrize("name", ["wong.py", "wong.ipynb", "wong.zip", "WONG.ZIP"])
def test_a_file_is_one_submission(tmp_path: Path, name: str) -> None:
    _make(tmp_path, name)
    assert _ids(tmp_path / name) == [name[:4]]


def test_ids_that_would_be_alike_are_told_apart(tmp_path: Path) -> None:
    _make(tmp_path, "wong/a.py", "wong.zip", "wong.py", "wong.zip.py")
    assert find_submissions(tmp_path) == [
        ("wong", tmp_path / "wong"),
        ("wong.py", tmp_path / "wong.py"),
        ("wong.zip", tmp_path / "wong.zip"),
        ("wong.zip.py", tmp_path / "wong.zip.py"),
    ]


@pytest.mark.skipif(os.name == "nt", reason="needs case and any byte in names")
def test_ids_are_safe_as_file_names_everywhere(tmp_path: Path) -> None:
    names = ["Wong.py", "wong.py", "a\x1b[31m.py", "<script>.py", "a:b\\c.py", "é.py"]
    _make(tmp_path, *names, "é.zip", "x" * 240 + ".py", "x" * 241 + ".py")
    (tmp_path / os.fsdecode(b"\xff.py")).write_bytes(b"1")
    ids = _ids(tmp_path)
    assert len({id.casefold() for id in ids}) == len(ids) == 10
    for id in ids:
        assert id.isprintable()
        assert not set(id) & set('/\\:*?"<>|')
        assert 0 < len(id.encode()) <= 200
        assert id.strip(" .") == id


def test_archives_that_cannot_be_read_are_listed_all_the_same(tmp_path: Path) -> None:
    _make(tmp_path, "wong.rar", "li.tar.gz")
    assert _ids(tmp_path) == ["li", "wong"]


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_linked_submissions_are_listed_and_not_followed(tmp_path: Path) -> None:
    _make(tmp_path, "secret/key.py", "hand-ins/wong/a.py")
    hand_ins = tmp_path / "hand-ins"
    (hand_ins / "li").symlink_to(tmp_path / "secret")
    (hand_ins / "ng.py").symlink_to("/etc/passwd")
    found = dict(find_submissions(hand_ins))
    assert sorted(found) == ["li", "ng", "wong"]
    for id in ("li", "ng"):
        assert read_submission(found[id], id).sources == ()
    (tmp_path / "link").symlink_to(hand_ins)
    assert list(dict(find_submissions(tmp_path / "link"))) == ["li", "ng", "wong"]


@pytest.mark.parametrize("name", ["nothing", "empty/", "notes.txt", "link"])
def test_no_submission_is_an_error_in_one_line(tmp_path: Path, name: str) -> None:
    if name == "link":
        (tmp_path / "link").symlink_to("link")
    elif name != "nothing":
        _make(tmp_path, name)
    with pytest.raises(UsageError, match=r"name a folder of submissions, or one submission$") as e:
        find_submissions(tmp_path / name)
    assert str(e.value).isprintable()


def test_the_results_are_no_submission(tmp_path: Path) -> None:
    for name in ("graded", "wong"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "graded", target_is_directory=True)
    found = find_submissions(tmp_path, PARTS, tmp_path / "wong" / ".." / "graded")
    assert [id for id, _ in found] == ["link", "wong"]
