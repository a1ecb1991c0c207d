"""Finding submissions."""

import os
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.submissions.discover import find_submissions
from autograder.submissions.read import read_submission

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
