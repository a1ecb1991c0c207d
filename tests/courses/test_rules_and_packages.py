"""What a course forbids, and the packages that it allows, in every way that code is judged."""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from autograder.answer_key.file import read_key
from autograder.authoring.sync import sync
from autograder.course.load import load_course
from autograder.errors import CourseError
from autograder.integrations.notebook_check import Notebook
from autograder.model.course import Limits
from autograder.model.submission import Source, Status
from autograder.sandbox.sandbox import Sandbox
from tests.support.commands import run

FOLDER = Path(__file__).parent / "numerical_methods"

SHORT_WAY = """
def trapezoid(f, a, b, n):
    from numpy import trapezoid as area
    x = np.linspace(a, b, n + 1)
    return area([f(t) for t in x], x)
"""


LONG_WAY = """
def trapezoid(f, a, b, n):
    h = (b - a) / n
    return sum(h * (f(a + i * h) + f(a + i * h + h)) / 2 for i in range(n))
"""


@pytest.fixture(scope="module")
def hand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The solutions, in which numpy does the work of one exercise."""
    own = tmp_path_factory.mktemp("class") / "short_way"
    own.mkdir()
    for name in ("roots.py", "sums.py"):
        shutil.copy(FOLDER / "solutions" / name, own)
    with (own / "sums.py").open("a", encoding="utf-8") as file:
        file.write(SHORT_WAY)
    return own


def test_grading_and_a_check_name_what_is_forbidden_with_its_line(
    hand_in: Path, tmp_path: Path
) -> None:
    line = (hand_in / "sums.py").read_text(encoding="utf-8").splitlines()
    number = line.index("    from numpy import trapezoid as area") + 1
    said = f"not allowed in trapezoid: numpy.trapezoid (sums.py, line {number})"
    graded = run("grade", str(hand_in.parent), "--out", str(tmp_path), cwd=FOLDER)
    assert graded.returncode == 0, graded.stderr
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    (found,) = results["submissions"]
    of = {one["name"]: one for one in found["exercises"]}
    assert (of["trapezoid"]["score"], of["trapezoid"]["verdict"]) == (0.0, "RUNTIME_ERROR")
    assert all(group["message"].startswith(said) for group in of["trapezoid"]["groups"])
    assert found["score"] == found["max_score"] - of["trapezoid"]["max_score"]
    checked = run("check", str(hand_in), "-e", "trapezoid", cwd=FOLDER)
    assert checked.returncode == 1
    assert said in " ".join(checked.stdout.split())


HIDDEN_WAY = """
def trapezoid(f, a, b, n):
    import operator
    x = np.linspace(a, b, n + 1)
    return operator.methodcaller("diozepart"[::-1], [f(t) for t in x], x)(np)
"""


def test_what_the_text_does_not_show_raises_and_reads_alike(tmp_path: Path) -> None:
    own = tmp_path / "class" / "hidden_way"
    own.mkdir(parents=True)
    for name in ("roots.py", "sums.py"):
        shutil.copy(FOLDER / "solutions" / name, own)
    with (own / "sums.py").open("a", encoding="utf-8") as file:
        file.write(HIDDEN_WAY)
    graded = run("grade", str(own.parent), "--out", str(tmp_path / "out"), cwd=FOLDER)
    assert graded.returncode == 0, graded.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    (found,) = results["submissions"]
    (exercise,) = [one for one in found["exercises"] if one["name"] == "trapezoid"]
    assert (exercise["score"], exercise["verdict"]) == (0.0, "RUNTIME_ERROR")
    assert (exercise["misconception"], exercise["hint"]) == (None, None)
    line = len((own / "sums.py").read_text(encoding="utf-8").splitlines())
    said = f"not allowed in trapezoid: numpy.trapezoid (sums.py, line {line}); no points for that; "
    assert {group["message"] for group in exercise["groups"]} == {
        f"{said}write the answer without it"
    }
    assert found["score"] == found["max_score"] - exercise["max_score"]


def test_a_running_notebook_hears_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER / "exercises"))
    cells = ["", "import numpy as np", SHORT_WAY]
    env: dict[str, object] = {"In": cells}
    exec("\n".join(cells), env)  # as the kernel did
    told = repr(Notebook(tests_dir=str(FOLDER / "exercises" / "tests")).check("trapezoid", env))
    assert "numpy.trapezoid (this notebook, cell 2, line 3)" in told
    right = ["", "import numpy as np", LONG_WAY]
    env = {"In": [*cells, *right]}
    exec("\n".join(right), env)
    told = repr(Notebook(tests_dir=str(FOLDER / "exercises" / "tests")).check("trapezoid", env))
    assert "passed" in told
    assert "not allowed" not in told


def test_students_read_it_where_they_write_the_answer(tmp_path: Path) -> None:
    for name in ("sums.py", "sums.ipynb"):
        text = (FOLDER / "exercises" / name).read_text(encoding="utf-8")
        assert "# Not allowed here: numpy.trapezoid, numpy.trapz." in text
    course, _ = read_key(FOLDER / "exercises" / "course.json")
    assert course.exercises[3].forbid == ("numpy.trapezoid", "numpy.trapz")


# --- packages ------------------------------------------------------------------------------------

USES_PACKAGES = '''
import mpmath
import numpy as np
from scipy import optimize


def cubic_root(c):
    """The real root of t**3 + t - c, for a float c."""
    found = optimize.brentq(lambda t: t**3 + t - c, -10, 10, xtol=1e-14)
    return float(mpmath.mpf(found))
'''
COURSE = """
name: Packages
version: 1.0.0
seed: 1
packages: [scipy.optimize, mpmath]
parts:
  - name: roots
    title: Roots
    exercises:
      - name: cubic_root
        groups:
          - {name: example, points: 1, public: true, draw: number}
          - {name: others, points: 1, draw: number, count: 3}
"""


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course whose students may use two packages, one of which is compiled."""
    pytest.importorskip("scipy")
    folder = tmp_path_factory.mktemp("packaged")
    (folder / "solutions").mkdir()
    (folder / "course.yaml").write_text(COURSE, encoding="utf-8")
    (folder / "solutions" / "roots.py").write_text(USES_PACKAGES, encoding="utf-8")
    recipes = "def number(rng):\n    return {'c': float(rng.normal())}\n"
    (folder / "solutions" / "inputs.py").write_text(recipes, encoding="utf-8")
    sync(folder)
    hand_in = folder / "class" / "right"
    hand_in.mkdir(parents=True)
    (hand_in / "roots.py").write_text(USES_PACKAGES, encoding="utf-8")
    return folder


def test_students_may_import_the_packages_of_the_course(packaged: Path, tmp_path: Path) -> None:
    graded = run("grade", str(packaged / "class"), "--out", str(tmp_path), cwd=packaged)
    assert graded.returncode == 0, graded.stderr
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert results["submissions"][0]["score"] == 2.0
    if sys.platform == "linux" and os.geteuid() == 0:
        assert results["isolation"]["level"] == "full"
    checked = run("check", str(packaged / "class" / "right"), cwd=packaged)
    assert checked.returncode == 0, checked.stdout


def test_a_fresh_interpreter_has_them_too(packaged: Path) -> None:
    course = load_course(packaged)
    text = (packaged / "solutions" / "roots.py").read_bytes()
    source = Source("roots", "roots.py", (text,))
    with (
        Sandbox(Limits(), packages=course.packages, warm=False) as sandbox,
        sandbox.session([source]) as session,
    ):
        outcome = session.call("cubic_root", "roots", [2.0])
    assert outcome.value is not None
    assert abs(float(outcome.value) - 1.0) < 1e-9


def test_other_packages_stay_out(packaged: Path) -> None:
    text = b"import yaml\ndef f(x):\n    return yaml.safe_load('1')"
    with (
        Sandbox(Limits(), packages=("mpmath",)) as sandbox,
        sandbox.session([Source("part", "part.py", (text,))]) as session,
    ):
        outcome = session.call("f", "part", [2.0])
    assert outcome.status is Status.RAISED
    assert outcome.error is not None
    assert outcome.error.message == "package yaml is not available here"


def test_what_grades_elsewhere_installs_them(packaged: Path, tmp_path: Path) -> None:
    built = run("build", "--out", str(tmp_path), cwd=packaged)
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(tmp_path / "student.zip") as archive:
        texts = {name.rpartition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert b"numpy, scipy.optimize, mpmath, nothing else" in texts["README.md"]
    wheel = next(content for name, content in texts.items() if name.endswith(".whl"))
    with zipfile.ZipFile(BytesIO(wheel)) as archive:
        (metadata,) = [name for name in archive.namelist() if name.endswith("METADATA")]
        assert b"Requires-Dist: scipy\nRequires-Dist: mpmath\n" in archive.read(metadata)
    with zipfile.ZipFile(tmp_path / "gradescope.zip") as archive:
        assert b"click>=8.1 scipy mpmath\n" in archive.read("setup.sh").replace(b"'", b"")
    with zipfile.ZipFile(tmp_path / "otter.zip") as archive:
        assert archive.read("environment.yml").split()[-3:] == [b"scipy", b"-", b"mpmath"]
    for place in ("github/grade.yml", "platforms/gitlab/.gitlab-ci.yml"):
        assert "scipy mpmath" in (tmp_path / place).read_text(encoding="utf-8")


def test_a_package_that_is_not_installed_is_told() -> None:
    with pytest.raises(CourseError, match="packages: not_there is not installed here"):
        Sandbox(Limits(), packages=("not_there",))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("packages: [numpy]", "packages[0] can be imported anyway"),
        ("packages: [math]", "packages[0] can be imported anyway"),
        ("packages: [part1_scale]", "packages[0] is the name of a file of the course"),
        ("packages: [sci py]", "write the name under which it is imported"),
        ("packages: scipy", "packages is the text 'scipy'; write a list"),
        ("forbid: [np.linalg.inv()]", "write a function or module"),
        ("forbid: [1]", "forbid[0] is the number 1"),
    ],
)
def test_a_list_that_is_wrong_is_told(tiny_folder: Path, line: str, said: str) -> None:
    path = tiny_folder / "course.yaml"
    path.write_text(f"{line}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    with pytest.raises(CourseError) as raised:
        load_course(tiny_folder)
    assert said in str(raised.value)
