"""A file is replaced as a whole, or left as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.whole_file import write_whole


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
