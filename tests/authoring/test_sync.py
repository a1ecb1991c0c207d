"""The exercises folder follows the solutions, and nobody's work is lost on the way."""

import ast
import json
import re
import shutil
from pathlib import Path

import pytest

from autograder.authoring.sync import Difference, Kind, beside_stubs, check, derive, sync
from autograder.course.load import load_course
from autograder.errors import CourseError
from tests.support.corpus import softmax

COURSE = """\
name: Doubling
version: 1.0.0
seed: 1
support: [numbers.csv]
example:
  x: [1, 2]
parts:
  - name: part1_double
    title: Double
    exercises:
      - name: double
        groups:
          - {name: the worked example, points: 1, public: true, draw: example}
          - {name: any size, points: 2, draw: vector, sizes: [{D: 3}]}
      - name: half
        groups:
          - {name: "a \\"quoted\\" name", points: 0.5, public: true, draw: example}
"""
SOLUTION = '''\
# %% [markdown]
# # Twice

# %%
import numpy as np


def _twice(x):
    return 2.0 * np.asarray(x)


def double(x):
    """Return twice `x`, shape (D,)."""
    return _twice(x)


# %%
def half(x):
    """Return half of `x`, shape (D,)."""
    return x / 2.0
'''
INPUTS = """\
def example(x):
    return {"x": x}


def vector(rng, D):
    return {"x": rng.standard_normal(D)}
"""


def write_course(folder: Path) -> Path:
    solutions = folder / "solutions"
    solutions.mkdir()
    (folder / "course.yaml").write_text(COURSE)
    (solutions / "part1_double.py").write_text(SOLUTION)
    (solutions / "inputs.py").write_text(INPUTS)
    (solutions / "numbers.csv").write_bytes(b"1,2\r\n\xff\n")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path)


@pytest.fixture(scope="module")
def _synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = write_course(tmp_path_factory.mktemp("synced"))
    sync(course)
    return course


@pytest.fixture
def synced(_synced: Path, tmp_path: Path) -> Path:
    """The same folder after `sync`."""
    return shutil.copytree(_synced, tmp_path, dirs_exist_ok=True)


def listing(folder: Path) -> dict[str, bytes]:
    exercises = folder / "exercises"
    return {
        path.relative_to(exercises).as_posix(): path.read_bytes()
        for path in exercises.rglob("*")
        if path.is_file()
    }


def test_sync_writes_everything_once(folder: Path) -> None:
    found = sync(folder)
    assert [difference.kind for difference in found] == [Kind.MISSING] * 6
    files = listing(folder)
    assert sorted(files) == [
        ".synced.json",
        "course.json",
        "numbers.csv",
        "part1_double.ipynb",
        "part1_double.py",
        "tests/double.py",
        "tests/half.py",
    ]
    assert files["numbers.csv"] == b"1,2\r\n\xff\n"
    assert sync(folder) == check(folder) == ()
    assert listing(folder) == files


def test_nothing_derived_holds_an_answer_or_a_hidden_case(synced: Path) -> None:
    everything = b"".join(listing(synced).values())
    assert b"_twice" not in everything
    assert b"/ 2.0" not in everything
    key = json.loads(listing(synced)["course.json"])
    hidden = key["course"]["parts"][0]["exercises"][0]["groups"][1]
    assert hidden == {"name": "any size", "points": 2.0, "public": False}
    assert [case["group"] for case in key["cases"]["double"]] == ["the worked example"]
    assert "seed" not in key["course"]


def test_check_names_what_drifted_and_what_mends_it(synced: Path) -> None:
    exercises = synced / "exercises"
    (exercises / "numbers.csv").write_text("3\n")
    (exercises / "part1_double.ipynb").unlink()
    (exercises / "tests" / "old.py").write_bytes((exercises / "tests" / "half.py").read_bytes())
    (exercises / "notes.txt").write_text("mine")
    (exercises / "tests" / "mine.py").write_text("mine = 1\n")
    (exercises / ".OTTER_LOG").write_text("hidden files are nobody's concern")
    (exercises / "__pycache__").mkdir()
    (exercises / "__pycache__" / "a.pyc").write_text("")
    before = listing(synced)
    wanted = (
        Difference("exercises/notes.txt", Kind.STRAY),
        Difference("exercises/numbers.csv", Kind.DRIFTED),
        Difference("exercises/part1_double.ipynb", Kind.MISSING),
        Difference("exercises/tests/mine.py", Kind.STRAY),
        Difference("exercises/tests/old.py", Kind.OUTDATED),
    )
    assert check(synced) == wanted
    assert listing(synced) == before
    assert str(wanted[2]) == ("exercises/part1_double.ipynb: is missing; run 'autograder sync'")

    assert sync(synced) == wanted
    assert check(synced) == (wanted[0], wanted[3])
    assert (exercises / "notes.txt").read_text() == "mine"
    assert not (exercises / "tests" / "old.py").exists()


def test_the_key_follows_the_course(synced: Path) -> None:
    course = synced / "course.yaml"
    course.write_text(course.read_text().replace("x: [1, 2]", "x: [1, 3]"))
    assert check(synced) == (Difference("exercises/course.json", Kind.DRIFTED),)


def test_windows_line_ends_are_no_drift(synced: Path) -> None:
    stub = synced / "exercises" / "part1_double.py"
    stub.write_bytes(stub.read_bytes().replace(b"\n", b"\r\n"))
    assert check(synced) == ()


@pytest.mark.parametrize("ending", [".py", ".ipynb"])
def test_sync_does_not_overwrite_an_answer(synced: Path, ending: str) -> None:
    path = synced / "exercises" / f"part1_double{ending}"
    (synced / "exercises" / "numbers.csv").write_text("3\n")
    stub = path.read_text()
    written = stub.replace('raise NotImplementedError(\\"write double here\\")', "return x + x")
    written = written.replace('raise NotImplementedError("write double here")', "return x + x")
    assert written != stub
    path.write_text(written)
    before = listing(synced)
    with pytest.raises(CourseError, match=r"holds an answer \(double\)"):
        sync(synced)
    assert listing(synced) == before


def test_a_stub_that_only_lost_its_text_is_mended(synced: Path) -> None:
    path = synced / "exercises" / "part1_double.py"
    stub = path.read_bytes()
    path.write_bytes(stub.replace(b"Twice", b"Thrice"))
    assert sync(synced) == (Difference("exercises/part1_double.py", Kind.DRIFTED),)
    assert path.read_bytes() == stub


def test_what_somebody_wrote_into_a_file_is_kept(synced: Path) -> None:
    part, test = (f"exercises/{name}" for name in ("part1_double.py", "tests/double.py"))
    solution = synced / "solutions" / "part1_double.py"
    solution.write_text(solution.read_text().replace("Twice", "Two times"))
    (drifted, *_) = [one for one in sync(synced) if one.path == part]
    assert drifted.kept == ""  # only our own text was replaced
    for number in (1, 2):
        own = (synced / part).read_text() + "\n\ndef my_helper(x):\n    return x  # mine\n"
        (synced / part).write_text(own)
        (drifted,) = sync(synced)
        assert drifted.kept == f"exercises/.part1_double.before-sync-{number}.py"
        assert (synced / drifted.kept).read_text() == own
        assert "my_helper" not in (synced / part).read_text()
    (synced / test).write_text((synced / test).read_text() + "# a note\n")
    (drifted,) = sync(synced)
    assert drifted.kept == "exercises/tests/.double.before-sync-1.py"
    (synced / "exercises" / ".synced.json").write_text("[")
    assert sync(synced) == ()
    assert check(synced) == ()


def test_a_course_that_cannot_be_derived_changes_nothing(synced: Path) -> None:
    before = listing(synced)
    (synced / "solutions" / "numbers.csv").unlink()
    solution = synced / "solutions" / "part1_double.py"
    solution.write_text(solution.read_text().replace("# Twice", "# Thrice"))
    with pytest.raises(CourseError, match=r"solutions/numbers\.csv: cannot be read"):
        sync(synced)
    assert listing(synced) == before


ROOT = Path(__file__).parents[2]


def test_no_line_of_a_reference_is_in_what_students_get() -> None:
    course, key = softmax()
    derived = {
        path: [line.strip() for line in content.decode().splitlines()]
        for path, content in derive(course, key).items()
        if not path.endswith(".csv")
    }
    names = {exercise.name for exercise in course.exercises}
    secret: set[str] = set()
    for part in course.parts:
        solution = (ROOT / "solutions" / f"{part.name}.py").read_text(encoding="utf-8")
        for node in ast.parse(solution).body:
            if isinstance(node, ast.FunctionDef) and node.name in names:
                body = solution.splitlines()[node.body[0].end_lineno : node.end_lineno]
                secret |= {line.strip() for line in body}
    # `return slopes` gives nothing away, and another function may end with it too.
    secret = {line for line in secret if not re.fullmatch(r"return \w+|", line)}
    assert len(secret) >= len(names)
    for path, lines in derived.items():
        assert secret.isdisjoint(lines), path


def test_what_goes_out_beside_the_stubs_is_told(folder: Path) -> None:
    solution = folder / "solutions" / "part1_double.py"
    lesson = "\nSCALE = 3\nprint(double(SCALE))\n"
    solution.write_text(solution.read_text(encoding="utf-8") + lesson, encoding="utf-8")
    assert beside_stubs(load_course(folder)) == (
        "solutions/part1_double.py: SCALE",
        "solutions/numbers.csv: all of it",
    )


def test_an_exercise_taken_out_is_not_handed_out_and_its_return_overwrites_its_own_text(
    folder: Path,
) -> None:
    course, whole = folder / "course.yaml", (folder / "course.yaml").read_text(encoding="utf-8")
    course.write_text(whole[: whole.index("      - name: half")], encoding="utf-8")
    with pytest.raises(CourseError, match=r"part1_double.py:\d+: half would be handed out"):
        sync(folder)
    # As earlier engines handed it out: the reference's own text is no student's answer.
    stub = folder / "exercises" / "part1_double.py"
    stub.parent.mkdir(exist_ok=True)
    stub.write_text((folder / "solutions" / "part1_double.py").read_text(encoding="utf-8"))
    course.write_text(whole, encoding="utf-8")
    assert Difference("exercises/part1_double.py", Kind.DRIFTED) in sync(folder)
    assert "/ 2.0" not in stub.read_text(encoding="utf-8")


def test_a_lesson_that_is_not_there_is_told_with_its_line(folder: Path) -> None:
    course = folder / "course.yaml"
    title = "    title: Double\n"
    course.write_text(course.read_text().replace(title, f"{title}    lesson: [twice]\n"))
    with pytest.raises(CourseError, match=r"^course\.yaml:10: part1_double\.lesson: .* no twice"):
        check(folder)


def test_a_lesson_that_imports_what_students_do_not_get_is_refused(folder: Path) -> None:
    (folder / "solutions" / "secret.py").write_text("ANSWER = 42\n", encoding="utf-8")
    solution = folder / "solutions" / "part1_double.py"
    text = solution.read_text(encoding="utf-8") + "\nfrom secret import ANSWER\nprint(ANSWER)\n"
    solution.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=r"import secret, which they do not get; list secret.py"):
        sync(folder)
