"""Grading, `check`, `study`, pytest and the notebook say the same of the same code.

Each submission of tests/submissions, each slip and each kind of files below is judged in a clone of
the course in all five ways. Of every public group, verdict and message are the same, and so are
the notes; the mistake of an exercise is the same for all ways that run the same groups.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from read_once import read_once
from studying import studying
from warm_process import WarmProcess, warm_process

from autograder import check
from autograder.answer_key.assignment import Assignment
from autograder.answer_key.file import key_text
from autograder.course.load import load_course
from autograder.judging.explain import explain_failures
from autograder.judging.grader import Grader, read_alone
from autograder.model.report import ExerciseReport, Verdict
from autograder.study.files import replace_function
from autograder.submissions.folder import find_submissions
from autograder.submissions.read import own_work, read_submission, read_support
from tests.support.corpus import softmax

ROOT = Path(__file__).parents[2]
SUPPORT = ROOT / "tests" / "support"
SUBMISSIONS = dict(find_submissions(ROOT / "tests" / "submissions"))
PARTS = {
    "softmax": "part1_softmax",
    "x_entropy": "part3_loss",
    "xe_dir": "part3_loss",
    "weight_gradient": "part4_training",
    "train_step": "part4_training",
    "fit": "part4_training",
}
SLIPS = {
    "mean": "def softmax(Z):\n    return np.exp(Z) / np.mean(np.exp(Z))",
    "negative exponents": "def softmax(Z):\n    return np.exp(-Z) / np.exp(-Z).sum()",
    "math.exp": "def softmax(Z):\n    import math\n    e = [math.exp(z) for z in Z]\n"
    "    return [one / sum(e) for one in e]",
    "zeros_like": "def softmax(Z):\n    out = np.zeros_like(Z)\n    for i in range(len(Z)):\n"
    "        out[i] = np.exp(Z[i] - np.max(Z))\n    return out / np.sum(out)",
    "all alike": "def softmax(Z):\n    return np.full(len(Z), 1 / len(Z))",
    "loss without minus": "def x_entropy(y, S):\n    return np.sum(y * np.log(S))",
    "slope without minus": "def xe_dir(y, S):\n    return y / S",
    "slope with a speck": "def xe_dir(y, S):\n    return y / (S + 1e-12)",
    "step of its own": "def train_step(W, x, y, rate):\n    e = np.exp(W.T @ x)\n"
    "    return W - rate * np.outer(x, e / np.sum(e) - y)",
    "output minus label": "def xe_dir(y, S):\n    return S - y",
    "sum with a speck": "def softmax(Z):\n    e = np.exp(Z - np.max(Z))\n"
    "    return e / (np.sum(e) + 1e-7)",
    "exponentials alone": "def softmax(Z):\n    return np.exp(Z)",
    "transposed": "def weight_gradient(W, S, x, y):\n    return np.outer(S - y, x)",
    "largest of all rows": "def fit(W, X, Y, rate, steps):\n    for _ in range(steps):\n"
    "        P = np.exp(X @ W - np.max(X @ W))\n        P = P / P.sum(axis=1, keepdims=True)\n"
    "        W = W - rate * X.T @ (P - Y) / X.shape[0]\n    return W",
}
FULL = {path.name: path.read_text("utf-8") for path in SUBMISSIONS["full"].glob("*.py")}
WRONG = "import numpy as np\n\n\ndef softmax(Z):\n    return np.exp(Z)\n"
CODE = FULL["part1_softmax.py"]


def notebook(*cells: tuple[str, str]) -> str:
    written = [
        {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for kind, text in cells
    ]
    return json.dumps({"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


MAGICS = (
    "%matplotlib inline\nimport numpy as np\n!pip install numpy \\\n  --quiet\n",
    "%time x = 3\nif x \\\n  != 4:\n    y = 2\nnp.exp?\n",
)
FILES: dict[str, dict[str, str]] = {
    "two versions": FULL | {"part1_softmax.ipynb": notebook(("code", WRONG))},
    "a notebook for one part": {
        **{name: text for name, text in FULL.items() if name != "part1_softmax.py"},
        "part1_softmax.ipynb.json": notebook(("markdown", "# Part 1"), ("code", CODE)),
    },
    "part 1 is missing": {n: text for n, text in FULL.items() if n != "part1_softmax.py"},
    "an ending of a browser": {
        **{name: text for name, text in FULL.items() if name != "part1_softmax.py"},
        "part1_softmax.py.txt": CODE,
    },
    "one script": {"homework1.py": "\n\n".join(FULL.values())},
    "an import that is not used": {"part1_softmax.py": f"import pandas_of_mine\n{CODE}"},
    "raw cells and Markdown": {
        "part1_softmax.ipynb": notebook(("raw", WRONG), ("markdown", WRONG), ("code", CODE))
    },
    "magics": {
        "part1_softmax.ipynb": notebook(*(("code", text) for text in MAGICS), ("code", CODE))
    },
    "a script for a notebook's name": {"part1_softmax.ipynb": CODE},
}
"""Kinds of submissions: two versions, renamed on the way, in one file, with more than code."""
CODE_ENDS_THE_KERNEL = {"crash", "hang"}
OTHER_THAN_A_KERNEL = {"an import that is not used", "magics", "two versions"}
"""What a kernel runs otherwise: lines of IPython, an import, the version that is not used."""
LIMIT = 0.25
"""Seconds for a case: what hangs is waited for in four of the ways, for each of its groups."""
CASES = [*SUBMISSIONS, *SLIPS, *FILES]

SOLUTIONS = """
import sys
from pathlib import Path
sys.path.append({!r})
from read_once import read_once
read_once(Path({!r}), setattr)
"""

KERNEL = """
import json
from importlib import import_module
from autograder.answer_key import build
from autograder.diagnosis import diagnose
from autograder.integrations.notebook_check import Notebook
from autograder.judging import follow_through

def run(exercises, names):
    sys.path[:0] = [".", exercises]
    modules = []
    for path in sorted(Path().glob("*.py")):
        try:
            modules.append(vars(import_module(path.stem)))
        except BaseException as error:
            print(path.stem, repr(error))
    grader, found = Notebook(tests_dir=f"{exercises}/tests"), {}
    for part, name in names:
        homes = sorted(modules, key=lambda one: one["__name__"] != part)
        env = next((one for one in homes if callable(one.get(name))), None)
        if env is not None:
            report = grader.check(name, env).report
            groups = [[one.name, one.verdict.value, one.message] for one in report.groups]
            found[name] = [groups, report.misconception, report.hint]
    Path("found.json").write_text(json.dumps(found))
"""

CELLS = """
import linecache
for number, cell in enumerate({!r}):
    name = f"<ipython-input-{{__name__}}-{{number}}>"
    linecache.cache[name] = len(cell), None, cell.splitlines(True), name
    try:
        exec(compile(cell, name, "exec"), globals())
    except Exception:
        pass  # the next cell can run all the same
"""


@dataclass
class Course:
    root: Path
    assignment: Assignment
    grader: Grader
    kernel: WarmProcess

    @property
    def exercises(self) -> Path:
        return self.root / "exercises"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """A clone with a short time limit, whose warm sandbox serves all ways but the notebook."""
    root = tmp_path_factory.mktemp("clone")
    text = (ROOT / "course.yaml").read_text(encoding="utf-8")
    (root / "course.yaml").write_text(text.replace("case_seconds: 4.0", f"case_seconds: {LIMIT}"))
    shutil.copytree(ROOT / "solutions", root / "solutions")
    shutil.copytree(ROOT / "exercises", root / "exercises")
    loaded = load_course(root)
    _, key = softmax()
    (root / "exercises" / "course.json").write_text(key_text(loaded, key, public=True))
    support = read_support(loaded, root / "solutions")
    assignment = Assignment(loaded, key, support)
    with (
        Grader(assignment) as grader,
        pytest.MonkeyPatch.context() as patched,
        warm_process(f"{SOLUTIONS.format(str(SUPPORT), str(root))}\n{KERNEL}") as kernel,
    ):
        read_once(root, patched.setattr)
        # To start a sandbox takes longer than all that a check runs in it.
        sandbox = contextlib.nullcontext(grader._sandbox)
        patched.setattr("autograder.judging.check.Sandbox", lambda *_, **__: sandbox)
        yield Course(root, assignment, grader, kernel)


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, course: Course) -> str:
    """Its files are in the exercises' folder, as those of a student are."""
    name: str = request.param
    for path in course.exercises.iterdir():
        if path.name in ("tests", "course.json", *course.assignment.course.support):
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    source = SUBMISSIONS.get(name, SUBMISSIONS["full"])
    if name in FILES:
        for file, text in FILES[name].items():
            (course.exercises / file).write_text(text, encoding="utf-8")
    elif source.is_dir():
        shutil.copytree(source, course.exercises, dirs_exist_ok=True)
    else:
        shutil.copy(source, course.exercises)
    if name in SLIPS:
        function = SLIPS[name].split("(")[0].removeprefix("def ")
        path = course.exercises / f"{PARTS[function]}.py"
        changed = replace_function(path.read_text(encoding="utf-8"), function, SLIPS[name])
        assert changed is not None
        path.write_text(changed, encoding="utf-8")
    return name


Told = dict[str, tuple[list[tuple[str, str, str]], Any, Any]]
"""By exercise: verdict and message of each public group, the mistake, its hint."""


def told(reports: Iterator[ExerciseReport] | list[ExerciseReport]) -> Told:
    return {
        report.name: (
            [(g.name, g.verdict.value, g.message) for g in report.groups if g.public],
            report.misconception,
            report.hint,
        )
        for report in reports
    }


def by_pytest(course: Course) -> dict[tuple[str, str], str]:
    """By exercise and group, what pytest says of it; "" where it is passed."""

    class Listening:
        def __init__(self) -> None:
            self.heard: dict[tuple[str, str], str] = {}

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.when == "call":
                _, exercise, group = report.nodeid.split("::")
                self.heard[exercise, group] = report.longreprtext

    listening = Listening()
    options = ["-q", "-p", "no:cacheprovider", "-p", "autograder.integrations.pytest_plugin"]
    with contextlib.redirect_stdout(io.StringIO()), pytest.MonkeyPatch.context() as patched:
        # to look for plugins takes longer than the tests
        patched.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        pytest.main(
            [*options, "--rootdir", str(course.root), str(course.exercises)], plugins=[listening]
        )
    return listening.heard


def in_notebook(course: Course, tmp_path: Path) -> Told:
    """Of the exercises that are there when the files were run as a kernel runs them."""
    for source in read_alone(course.exercises, "mine", course.assignment).sources:
        if source.cells:
            cells = [re.sub(r"(?m)^\s*[%!].*$", "", cell.decode()) for cell in source.cells]
            (tmp_path / f"{source.module}.py").write_text(CELLS.format(cells))
    names = [(one.part, one.name) for one in course.assignment.course.exercises]
    course.kernel.run(tmp_path, str(course.exercises), names)
    found = json.loads((tmp_path / "found.json").read_text())
    return {
        name: ([tuple(group) for group in groups], *mistake)
        for name, (groups, *mistake) in found.items()
    }


def placeless(found: Any) -> Any:
    """Without the line of an error, which a cell has and a file has too, in other words."""
    text = json.dumps(found)
    return json.loads(re.sub(r" \([^()]*(?:line|cell)[^()]*\)", "", text))


def test_five_ways_say_the_same(case: str, course: Course, tmp_path: Path) -> None:
    whole = course.assignment.course
    parts = [part.name for part in whole.parts]
    submission = read_submission(course.exercises, "mine", parts)
    report = course.grader.grade(own_work(submission, course.assignment.support))
    graded = told(list(report.exercises))

    checked = check(course=course.root).check
    shown = told([one.report for one in checked.exercises])
    assert {name: one[0] for name, one in shown.items()} == {
        name: one[0] for name, one in graded.items()
    }
    assert (*checked.notes, *explain_failures(checked.ran.failures)) == report.notes

    assert studied(course) == graded

    heard = by_pytest(course)
    for name, (groups, _, hint) in shown.items():
        for group, verdict, message in groups:
            if verdict == "ACCEPTED":
                assert heard[name, group] == ""
            else:
                assert heard[name, group].startswith(message)
                assert ("Hint: " in heard[name, group]) is (hint is not None)

    if case not in CODE_ENDS_THE_KERNEL | OTHER_THAN_A_KERNEL:
        here = in_notebook(course, tmp_path)
        there = {name: shown[name] for name in here}
        assert placeless(here) == placeless(there)
        assert here or not submission.sources or report.score == 0.0


@pytest.mark.parametrize("case", ["mean", "negative exponents"], indirect=True)
def test_what_follows_from_an_earlier_mistake_gets_no_name_of_its_own(
    case: str, course: Course
) -> None:
    """The groups that do not follow hold NaN, and any two mistakes would explain the others."""
    report = course.grader.grade(read_alone(course.exercises, "mine", course.assignment))
    assert [one.name for one in report.exercises if one.misconception or one.hint] == ["softmax"]


@pytest.mark.parametrize("case", ["sum with a speck"], indirect=True)
def test_what_an_inexact_function_makes_wrong_is_put_down_to_that_function(
    case: str, course: Course
) -> None:
    """Its small error is within the tolerance, and too large for what is computed with it."""
    report = course.grader.grade(read_alone(course.exercises, "mine", course.assignment))
    wrong = [one for one in report.exercises if one.verdict is not Verdict.ACCEPTED]
    assert [one.name for one in wrong] == ["train_step"]
    assert (wrong[0].misconception, wrong[0].hint) == (None, None)
    (message,) = {one.message for one in wrong[0].groups if one.message}
    assert message.startswith("right for what your softmax returns, and wrong only because of that")
    assert "make softmax exact" in message


def studied(course: Course) -> Told:
    assignment, sandbox = course.assignment, course.grader._sandbox
    assert sandbox is not None
    lesson = studying(
        assignment.course, course.exercises, sandbox, assignment.support, assignment.key
    )
    lesson.look()
    return told([one.report for one in lesson.view.standings.values()])
