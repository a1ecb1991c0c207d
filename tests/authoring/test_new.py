"""A new course and a new exercise are proved as they are, and nothing of the author's is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from autograder.authoring.build import build_wheel
from autograder.authoring.new import new_course, new_exercise
from autograder.authoring.validate import validate
from autograder.cli.commands import run
from autograder.course.load import load_course
from autograder.errors import AutograderError, CourseError, UsageError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new course, which no test changes."""
    place = tmp_path_factory.mktemp("new") / "linear_algebra"
    new_course(place)
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / made.name)


def test_a_new_course_with_a_new_exercise_is_proved(folder: Path) -> None:
    new_exercise(folder, "scale_rows")
    proof = validate(folder)
    assert (proof.failures, proof.survivors) == ((), ())
    assert [one.name for one in proof.exercises] == ["center", "scale_rows"]
    for one in proof.exercises:
        assert one.variants == one.misconceptions == one.recognised == 1
        assert one.killed == one.mutants > 5
    course = load_course(folder)
    assert course.name == "Linear algebra"
    for exercise in course.exercises:
        assert sorted(group.public for group in exercise.groups) == [False, True]


def test_every_course_has_a_seed_of_its_own(made: Path, tmp_path: Path) -> None:
    new_course(tmp_path / "other")
    assert load_course(made).seed != load_course(tmp_path / "other").seed


def test_the_softmax_course_is_copied_whole_but_for_its_seed(tmp_path: Path) -> None:
    new_course(tmp_path / "mine", "softmax")
    original, copied = load_course(ROOT), load_course(tmp_path / "mine")
    assert (original.exercises, original.example.keys()) == (
        copied.exercises,
        copied.example.keys(),
    )
    assert original.seed != copied.seed
    assert (tmp_path / "mine" / "exercises" / "part4_training.ipynb").exists()
    for path in (ROOT / "solutions").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            copy = tmp_path / "mine" / path.relative_to(ROOT)
            assert copy.read_bytes() == path.read_bytes()


def test_what_is_installed_holds_all_of_the_softmax_course() -> None:
    tomllib = pytest.importorskip("tomllib", reason="Python 3.10 reads no TOML")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = settings["tool"]["setuptools"]["data-files"]
    home = "share/softmax-autograder/softmax"
    installed = {
        (Path(target).relative_to(home) / path.name).as_posix(): path.relative_to(ROOT).as_posix()
        for target, patterns in declared.items()
        for pattern in patterns
        for path in ROOT.glob(pattern)
    }
    needed = {
        path.relative_to(ROOT).as_posix()
        for path in [ROOT / "course.yaml", *(ROOT / "solutions").rglob("*")]
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert installed == {place: place for place in needed}


def test_the_wheel_that_students_get_holds_no_solution() -> None:
    content = build_wheel().content
    assert b"solutions/" not in content
    assert b"misconceptions/" not in content


def test_an_exercise_goes_where_it_belongs_and_comments_are_kept(folder: Path) -> None:
    manifest = folder / "course.yaml"
    after = (
        "  # the second part\n  - name: part2\n    title: Part 2\n    exercises:\n"
        "    - name: last\n"
        "      groups: [{name: g, points: 1, public: true, draw: center_example}] # end"
    )
    manifest.write_text(manifest.read_text() + after)
    solution = (folder / "solutions" / "part1.py").read_text().replace("center(", "last(")
    (folder / "solutions" / "part2.py").write_text(solution)
    before = manifest.read_text()
    new_exercise(folder, "early", "part1")
    new_exercise(folder, "final")
    names = [[one.name for one in part.exercises] for part in load_course(folder).parts]
    assert names == [["center", "early"], ["last", "final"]]
    lines = iter(manifest.read_text().splitlines())
    assert all(line in lines for line in before.splitlines())


def test_line_ends_stay_as_they_are(folder: Path) -> None:
    changed = [folder / "course.yaml", folder / "solutions" / "part1.py"]
    for path in changed:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = [path.read_bytes() for path in changed]
    new_exercise(folder, "scale_rows")
    for path, old in zip(changed, before, strict=True):
        new = path.read_bytes()
        assert new.startswith(old)
        assert new.count(b"\n") == new.count(b"\r\n") > old.count(b"\n")


@pytest.mark.parametrize("name", ["center", "part1", "a-b", "class", "_x", "a__b", "x\n", "", "é"])
def test_a_name_that_cannot_be_used_changes_nothing(folder: Path, name: str) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match=r"choose another|cannot be an exercise"):
        new_exercise(folder, name)
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_list_in_brackets_is_refused_with_its_line(folder: Path) -> None:
    manifest = folder / "course.yaml"
    plain = yaml.safe_load(manifest.read_text())
    text = yaml.safe_dump({**plain, "parts": None}).replace("parts: null\n", "")
    parts = yaml.safe_dump(plain["parts"], default_flow_style=True, width=1000)
    manifest.write_text(f"{text}parts: {parts}")
    with pytest.raises(CourseError, match=r"^course\.yaml:\d+: no exercise can be added"):
        new_exercise(folder, "next_one")


def test_the_commands_say_what_they_did_or_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "course", "mine"]) == 0
    assert capsys.readouterr().out.endswith("next: autograder validate --course mine\n")
    assert run(["new", "exercise", "scale_rows", "--course", "mine"]) == 0
    next_line = "next: autograder validate -e scale_rows --course mine\n"
    assert capsys.readouterr().out.endswith(next_line)
    for words, why in (
        (["course", "mine"], "mine: has files in it; name a folder that is new or empty"),
        (["course", "mine/course.yaml"], "mine/course.yaml: is a file"),
        (["course", "mine/course.yaml/x"], "cannot be written"),
        (["course", "other", "--from", "tennis"], "Invalid value for '--from'"),
        (["exercise", "x", "--course", "mine", "--part", "part9"], "name one of part1"),
        (["exercise", "x"], "course.yaml: "),
        ([], "Missing command"),
    ):
        with pytest.raises(AutograderError) as refused:
            run(["new", *words])
        assert why in str(refused.value)
        assert "\n" not in str(refused.value)
        assert refused.value.exit_code == 2
    assert not (tmp_path / "other").exists()
