"""A file is replaced as a whole, or left as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.atomic_write import keep_copy, replacing, write_whole
from autograder.errors import WriteError


def test_the_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    with replacing(path) as file:
        file.write("half")
        file.flush()
        assert not path.exists()
        file.write(" and whole ✓\n")
    assert path.read_bytes() == "half and whole ✓\n".encode()
    assert [child.name for child in tmp_path.iterdir()] == ["results.json"]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text("old")

    def fail() -> None:
        with replacing(path) as file:
            file.write("new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert [child.name for child in tmp_path.iterdir()] == ["results.json"]


def test_a_disk_that_refuses_is_said_in_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "results.json"
    with (
        pytest.raises(WriteError, match=r"results\.json: cannot be written") as caught,
        replacing(missing),
    ):
        pass
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_refusal_is_said_also_where_the_collected_text_cannot_be_removed(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.with_name(f".results.json.{os.getpid()}.partial").mkdir()
    with (
        pytest.raises(WriteError, match=r"results\.json: cannot be written"),
        replacing(path),
    ):
        pass


def test_folders_are_made_and_old_content_goes(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.txt"
    write_whole(path, b"a long text")
    write_whole(path, b"short")
    assert path.read_bytes() == b"short"
    assert [one.name for one in path.parent.iterdir()] == ["b.txt"]


def test_a_folder_in_its_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "b.txt" / "c").mkdir(parents=True)
    with pytest.raises(OSError, match=r"b\.txt"):
        write_whole(tmp_path / "b.txt", b"x")
    assert (tmp_path / "b.txt" / "c").is_dir()
    assert [one.name for one in tmp_path.iterdir()] == ["b.txt"]


def test_a_file_where_its_folder_should_be_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"kept")
    with pytest.raises(OSError, match="a"):
        write_whole(tmp_path / "a" / "b.txt", b"x")
    assert (tmp_path / "a").read_bytes() == b"kept"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_where_the_partial_file_goes_is_not_followed(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "picture.png"
    other.write_text("mine")
    for write in (lambda: write_whole(path, b"new"), lambda: _replace(path, "new")):
        (tmp_path / f".picture.png.{os.getpid()}.partial").symlink_to(other)
        write()
        assert (path.read_text(), other.read_text()) == ("new", "mine")
        assert not path.is_symlink()


def _replace(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text)


def test_a_copy_is_hidden_and_takes_no_other_ones_place(tmp_path: Path) -> None:
    path = tmp_path / "part1.py"
    copies = [keep_copy(path, text, "reset") for text in (b"one", b"two")]
    assert [one.name for one in copies] == [
        ".part1.before-reset-1.py",
        ".part1.before-reset-2.py",
    ]
    assert [one.read_bytes() for one in copies] == [b"one", b"two"]
