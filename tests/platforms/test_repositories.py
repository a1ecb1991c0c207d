"""Clones of classroom repositories."""

from pathlib import Path

import pytest

from autograder.platforms.contents import folder_tree
from autograder.platforms.repositories import REPOSITORIES


def _users(folder: Path, *made: str, git: bool = False) -> list[str] | None:
    for name in made:
        (folder / name).mkdir(parents=True, exist_ok=True)
        if git:
            (folder / name / ".git").mkdir(exist_ok=True)
    folder.mkdir(exist_ok=True)
    names = REPOSITORIES.fitting(folder_tree(folder) or {}, folder.name)
    attempts = REPOSITORIES.attempts(folder, sorted(names))
    return [each.students[0].ids[0] for each in attempts] or None


@pytest.mark.parametrize("parent", ["hw-1-submissions", "hw-1_submissions_2026_09_01_T_10_00_00"])
def test_the_folder_tells_the_assignment(tmp_path: Path, parent: str) -> None:
    assert _users(tmp_path / parent, "hw-1-ada-w", "hw-1-xiaoming") == ["ada-w", "xiaoming"]


def test_else_the_clones_have_it_in_common(tmp_path: Path) -> None:
    assert _users(tmp_path, "hw-1-anna", "hw-1-andrea", "hw-1-li", git=True) == [
        "andrea",
        "anna",
        "li",
    ]


def test_gitlab_calls_a_clone_as_its_student(tmp_path: Path) -> None:
    assert _users(tmp_path, "anna", "andrea", git=True) == ["andrea", "anna"]


def test_what_is_no_clone_is_left_to_others(tmp_path: Path) -> None:
    assert _users(tmp_path / "a", "hw-1-anna", "hw-1-andrea") is None
    assert _users(tmp_path / "c", "hw-1-anna", git=True) is None
    assert _users(tmp_path / "hw-submissions", "hw-", "hw-li") is None
    assert _users(tmp_path / "d") is None
