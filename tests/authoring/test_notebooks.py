from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest

from autograder.authoring.stubs import HEADER, notebook_text, otter_test
from autograder.authoring.sync import derive
from autograder.course.load import load_course
from autograder.model.course import Draw, Exercise, Part, TestGroup, Tolerance
from tests.support.corpus import softmax

ROOT = Path(__file__).parents[2]

STUB = '''\
# %% [markdown]
# # Part 1
# An $é$.

# %%
import numpy as np


# %% tags=["keep"]
def f(x):
    """One."""
    raise NotImplementedError("write f here")


def g(x):
    """Two."""
    raise NotImplementedError("write g here")


# %%
def hidden_only(x):
    """Three."""
    raise NotImplementedError("write hidden_only here")

# %%
# %matplotlib inline
print(f(1))
'''


def exercise(name: str, public: bool) -> Exercise:
    group = TestGroup("the worked example", 1.0, public, Draw("example"), Tolerance())
    return Exercise(name, "part1_f", (group,))


PART = Part(
    "part1_f", "F", (exercise("f", True), exercise("g", True), exercise("hidden_only", False))
)


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    return nbformat.reads(notebook_text(STUB, PART), as_version=4)


def test_it_is_a_valid_notebook_for_python(notebook: nbformat.NotebookNode) -> None:
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_a_check_follows_each_exercise_that_has_a_public_group(
    notebook: nbformat.NotebookNode,
) -> None:
    sources = [cell.source for cell in notebook.cells]
    assert sources[0] == "# Part 1\nAn $é$."
    assert 'grader = otter.Notebook("part1_f.ipynb", tests_dir="tests")' in sources[1]
    assert "Leave the notebook in the folder that it\n# came in" in sources[1]
    assert sources[2] == "import numpy as np"
    assert sources[3].startswith("def f(x):")
    assert sources[4:6] == ['grader.check("f")', 'grader.check("g")']
    assert sources[6].startswith("def hidden_only(x):")
    assert sources[7] == "%matplotlib inline\nprint(f(1))"
    assert 'for exercise in ["f", "g"]:' in sources[8]
    assert len(sources) == 9


def test_cells_of_ours_are_locked_and_tags_survive(notebook: nbformat.NotebookNode) -> None:
    locked = [n for n, cell in enumerate(notebook.cells) if cell.metadata.get("editable") is False]
    assert locked == [1, 4, 5, 8]
    assert notebook.cells[3].metadata == {"tags": ["keep"]}


def test_the_same_stub_gives_the_same_text() -> None:
    first = notebook_text(STUB, PART)
    assert first == notebook_text(STUB, PART)
    assert first.endswith("}\n")
    code = [cell for cell in json.loads(first)["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.fixture(scope="module")
def exercises(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `autograder sync` makes of this repository's course, in a folder of its own."""
    folder = tmp_path_factory.mktemp("course")
    for place, content in derive(*softmax()).items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "exercises"


PARTS = load_course(ROOT).parts
BEGIN = """\
%reset -f
import os, sys
own = {{name.partition(".")[0] for name in os.listdir()}}
for name in [*own.intersection(sys.modules), "otter"]:
    sys.modules.pop(name, None)
sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ not in own]
{}
os.chdir({!r})
del os, sys, own, name"""
"""As in a new kernel in this folder: nothing of the last one's files is imported."""


@dataclass
class Shown:
    """What the cells of a notebook show when they are run in a kernel."""

    texts: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def outputs(notebooks: Sequence[tuple[Path, bool]]) -> list[Shown]:
    """Run these notebooks one after another: to start a kernel takes longer than their cells.

    With each, whether otter can be imported, as it cannot in a student's own environment.
    """
    from nbclient import NotebookClient

    joined = nbformat.v4.new_notebook()
    whose: list[int] = []
    for number, (path, otter) in enumerate(notebooks):
        hide = "" if otter else 'sys.modules["otter"] = None'
        begin = nbformat.v4.new_code_cell(BEGIN.format(hide, str(path.parent)))
        cells = [begin, *nbformat.read(path, as_version=4).cells]
        joined.cells += cells
        whose += [number] * len(cells)
    place = {"metadata": {"path": str(notebooks[0][0].parent)}}
    NotebookClient(joined, timeout=120, resources=place, allow_errors=True).execute()
    shown = [Shown() for _ in notebooks]
    for number, cell in zip(whose, joined.cells, strict=True):
        own = shown[number]
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                own.errors.append(f"{cell.source}: {output.ename}: {output.evalue}")
            elif output.output_type == "stream":
                own.texts.append(output.text)
            else:
                own.texts.append(output.data.get("text/plain", ""))
    return shown


@pytest.fixture(scope="module")
def ran(exercises: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Shown]:
    """What the notebooks of all parts show, by "stubs" or "solved" and part."""
    solved = tmp_path_factory.mktemp("solved") / "exercises"
    shutil.copytree(exercises, solved)
    for part in PARTS:
        solution = (ROOT / "solutions" / f"{part.name}.py").read_text(encoding="utf-8")
        path = solved / f"{part.name}.ipynb"
        path.write_text(notebook_text(solution, part), encoding="utf-8")
        path.with_suffix(".py").unlink()  # an earlier part is there as a notebook alone
    folders = {"stubs": exercises, "solved": solved}
    keys = [(kind, part.name) for kind in folders for part in PARTS]
    notebooks = [(folders[kind] / f"{part}.ipynb", (kind, part) == OTTER) for kind, part in keys]
    return dict(zip(keys, outputs(notebooks), strict=True))


OTTER = ("solved", PARTS[-1].name)
"""The notebook that is run with otter; it takes seconds to import."""
# Jupyter's own packages warn of what they will change in themselves.
in_a_kernel = pytest.mark.filterwarnings("ignore")


@pytest.mark.slow
@in_a_kernel
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_stub_notebook_runs_and_says_what_is_to_write(
    part: Part, ran: dict[tuple[str, str], Shown]
) -> None:
    shown = ran["stubs", part.name]
    assert shown.errors == []
    assert ": passed" not in shown.text
    for exercise in part.exercises:
        assert f"{exercise.name} is not written yet" in shown.text
    assert "Traceback" not in shown.text


@pytest.mark.slow
@in_a_kernel
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_solved_notebook_passes_every_check(
    part: Part, ran: dict[tuple[str, str], Shown]
) -> None:
    shown = ran["solved", part.name]
    assert shown.errors == []
    for exercise in part.exercises:
        public = sum(group.public for group in exercise.groups)
        if ("solved", part.name) == OTTER:
            assert shown.text.count(f"{exercise.name} results: All test cases passed!") == 2
        else:
            passed = rf"^{exercise.name}:\n(?:  .+: passed\n?){{{public}}}"
            assert len(re.findall(passed, shown.text, re.MULTILINE)) == 2
    assert "results:\n" not in shown.text


def group(name: str, points: float, public: bool) -> TestGroup:
    return TestGroup(name, points, public, Draw("example"), Tolerance())


NAMES = ["the worked example", "the worked-example", 'a "quoted" \\name', "é"]
EXERCISE = Exercise(
    "f",
    "part1_f",
    (
        group(NAMES[0], 2.0, True),
        group("a hidden one", 5.0, False),
        group(NAMES[1], 0.5, True),
        group(NAMES[2], 1.25, True),
        group(NAMES[3], 1.0, True),
    ),
)


# Importing otter warns, through packages of its own.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_otter_finds_one_test_for_each_public_group() -> None:
    import otter.test_files.exception_test as otter

    text = otter_test(EXERCISE)
    assert text is not None
    assert text.startswith(HEADER)
    assert "hidden" not in text
    test = otter.ExceptionTestFile.from_string(text)
    assert test.name == "f"
    assert test.all_or_nothing is False
    assert [case.name for case in test.test_cases] == [f"f: {name}" for name in NAMES]
    assert [case.points for case in test.test_cases] == [2, 0.5, 1.25, 1]
    assert not any(case.hidden for case in test.test_cases)


def test_an_exercise_without_a_public_group_has_no_test() -> None:
    assert otter_test(Exercise("f", "part1_f", (group("a hidden one", 5.0, False),))) is None


def answer(path: Path, value: str) -> None:
    text = path.read_text()
    path.write_text(text.replace("raise NotImplementedError", f"return {value}  # "))


CHECKS = """
import os, sys
from otter.check import main
for path in sys.argv[1:]:
    os.chdir(os.path.dirname(path))
    main(os.path.basename(path))
"""


@pytest.mark.slow
def test_otter_check_says_the_same_and_checks_all_parts_from_the_script_of_one(
    synced: Path,
) -> None:
    """Both in one process: to import otter takes seconds."""
    solved = synced / "exercises"
    wrong = shutil.copytree(solved, synced / "wrong")
    answer(solved / "part1_scale.py", "2.0 * v")
    answer(solved / "part2_mix.py", "A @ double(v)")
    answer(wrong / "part1_scale.ipynb", "v")
    files = [str(solved / "part1_scale.py"), str(wrong / "part1_scale.ipynb")]
    command = [sys.executable, "-c", CHECKS, *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    script, _, notebook = done.stdout.partition("All tests passed!\n")
    assert script == ""
    assert "AssertionError: at [0] got 1, expected 2 (3 of 3 cells are wrong)" in notebook
    assert "AssertionError: mix is not written yet" in notebook
