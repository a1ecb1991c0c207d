"""What students earn in the course on linear models: shares, judges that fail, and a closure."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring import build
from tests.support.commands import run

FOLDER = Path(__file__).parent / "linear_models"

CLASSICAL = '''
def qr(X):
    """Gram-Schmidt's method."""
    n, d = X.shape
    Q, R = np.zeros((n, d)), np.zeros((d, d))
    for k in range(d):
        R[:k, k] = Q[:, :k].T @ X[:, k]
        v = X[:, k] - Q[:, :k] @ R[:k, k]
        R[k, k] = np.linalg.norm(v)
        Q[:, k] = v / R[k, k]
    return Q, R
'''
NOT_A_NUMBER = """
def square_root(A):
    return np.full(A.shape, np.nan)
"""
NOT_A_FUNCTION = """
def predictor(X, y):
    return np.zeros(len(y))
"""
LATE = """
def predictor(X, y):
    def of(new):
        return new @ w + b
    b, *w = normal_equations(np.column_stack([np.ones(len(X)), X]), y)
    X[:], y[:] = 0, 0
    return of
"""
RIGHT_BUT_FOR_THE_CALL = """
def predictor(X, y):
    return lambda: np.zeros(1)
"""


def hand_in(class_folder: Path, name: str, part: str, text: str) -> None:
    """A submission of the solutions, in which `text` at the end of a part replaces an answer."""
    own = class_folder / name
    own.mkdir(parents=True)
    for module in ("models", "factors"):
        solution = (FOLDER / "solutions" / f"{module}.py").read_text(encoding="utf-8")
        more = text if module == part else ""
        (own / f"{module}.py").write_text(solution + more, encoding="utf-8")


def graded(folder: Path, class_folder: Path, exit_code: int = 0) -> dict[str, Any]:
    out = class_folder.parent / "graded"
    done = run("grade", str(class_folder), "--out", str(out), cwd=folder)
    assert done.returncode == exit_code, done.stderr
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return {one["id"]: one for one in results["submissions"]}


def lost(submission: dict[str, Any]) -> list[tuple[str, float, str]]:
    """The groups that did not earn all of their points: name, points lost, message."""
    return [
        (group["name"], group["max_score"] - group["score"], group["message"])
        for exercise in submission["exercises"]
        for group in exercise["groups"]
        if group["score"] < group["max_score"]
    ]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    class_folder = tmp_path_factory.mktemp("linear") / "class"
    hand_in(class_folder, "classical", "factors", CLASSICAL)
    hand_in(class_folder, "nan", "factors", NOT_A_NUMBER)
    hand_in(class_folder, "array", "models", NOT_A_FUNCTION)
    hand_in(class_folder, "late", "models", LATE)
    hand_in(class_folder, "uncallable", "models", RIGHT_BUT_FOR_THE_CALL)
    return graded(FOLDER, class_folder)


def test_factors_that_are_not_orthogonal_earn_half_and_are_named(results: dict[str, Any]) -> None:
    group, points, message = lost(results["classical"])[0]
    assert (group, points) == ("columns that are almost parallel", 1.0)
    assert message == (
        "multiplies back to X, but the columns of Q are not orthonormal: 50% of the points"
    )
    qr = next(one for one in results["classical"]["exercises"] if one["name"] == "qr")
    assert (qr["verdict"], qr["misconception"]) == ("WRONG_ANSWER", "classical_gram_schmidt")


def test_nan_is_no_square_root_of_anything(results: dict[str, Any]) -> None:
    assert [(group, points) for group, points, _ in lost(results["nan"])] == [
        ("two by two", 1.0),
        ("larger matrices", 2.0),
        ("whole numbers", 1.0),
    ]
    assert all("holds NaN or infinity" in message for *_, message in lost(results["nan"]))


def test_what_is_returned_has_to_be_called(results: dict[str, Any]) -> None:
    for name in ("array", "uncallable"):
        found = lost(results[name])
        assert [points for _, points, _ in found] == [1.0, 2.0, 1.0]
        assert "TypeError" in found[0][2]
    assert lost(results["late"]) == []  # the closure has what it needs, whatever X becomes


def test_a_judge_that_fails_costs_nobody_else_a_mark(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "course")
    judges = folder / "solutions" / "judges.py"
    text = judges.read_text(encoding="utf-8")
    careless = "    np.linalg.inv(np.asarray(answer))\n    B = "
    judges.write_text(text.replace("    B = ", careless), encoding="utf-8")
    assert run("sync", cwd=folder).returncode == 0
    class_folder = tmp_path / "class"
    hand_in(class_folder, "right", "factors", "")
    hand_in(class_folder, "zeros", "factors", "\ndef square_root(A):\n    return 0 * A\n")
    submissions = graded(folder, class_folder, exit_code=3)
    assert submissions["right"]["status"] == "graded"
    assert submissions["right"]["score"] == submissions["right"]["max_score"]
    assert submissions["zeros"]["status"] == "judge_error"
    checked = run("check", class_folder / "zeros", cwd=folder)
    assert (checked.returncode, checked.stderr.count("\n")) == (3, 1)
    assert "Singular matrix" in checked.stderr
    assert "(judge square_root); fix it" in checked.stderr


def test_sync_and_build_say_that_the_judges_go_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "otter_archive", lambda course, assignment, wheel: b"PK")
    said = (
        "handed out as it is: solutions/judges.py: all of it, in exercises/course.json, "
        "for the public groups\n"
    )
    folder = shutil.copytree(FOLDER, tmp_path / "course")
    assert said in run("sync", cwd=folder).stdout
    built = run("build", "--out", tmp_path / "out", cwd=folder)
    assert said in built.stdout
    course = folder / "course.yaml"
    text = course.read_text(encoding="utf-8").replace(", public: true", "")
    course.write_text(text, encoding="utf-8")
    assert "judges.py" not in run("sync", cwd=folder).stdout
    assert "def square_root" not in (folder / "exercises" / "course.json").read_text()
