"""Parts that import one another from scripts and notebooks alike."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOLUTIONS = Path(__file__).parents[2] / "solutions"
STUB = '''\
def double(x):
    """Twice x."""
    raise NotImplementedError("write double here")
'''
WRITTEN = STUB.replace('raise NotImplementedError("write double here")', "return {} * x")


def notebook(*cells):
    codes = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    text = {"cell_type": "markdown", "source": ["def double(x): not code"]}
    return json.dumps({"cells": [text, *codes], "nbformat": 4})


@pytest.fixture
def folder(tmp_path):
    for name in ("workbench.py", "part_finder.py"):
        (tmp_path / name).write_text((SOLUTIONS / name).read_text())
    return tmp_path


def write(folder, script=None, cells=None, newer="notebook"):
    for ending, text in ((".py", script), (".ipynb", notebook(*cells) if cells else None)):
        if text is not None:
            path = folder / f"part1_double{ending}"
            path.write_text(text)
            seconds = 2_000_000_000 if (ending == ".ipynb") == (newer == "notebook") else 10**9
            os.utime(path, (seconds, seconds))


def run(folder, code="print(double(3))"):
    program = f"import workbench\nfrom part1_double import double\n{code}"
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=folder, capture_output=True, text=True
    )


def test_a_script_alone_is_imported_as_ever(folder):
    write(folder, script=WRITTEN.format(2))
    assert run(folder).stdout == "6\n"


def test_a_notebook_alone_is_enough(folder):
    write(folder, cells=["import math", WRITTEN.format(2)])
    assert run(folder).stdout == "6\n"


@pytest.mark.parametrize("newer", ["script", "notebook"])
def test_a_stub_gives_way_to_what_has_been_written(folder, newer):
    write(folder, script=WRITTEN.format(2), cells=[STUB], newer=newer)
    assert run(folder).stdout == "6\n"
    write(folder, script=STUB, cells=[WRITTEN.format(3)], newer=newer)
    assert run(folder).stdout == "9\n"


@pytest.mark.parametrize(("newer", "answer"), [("script", "6\n"), ("notebook", "9\n")])
def test_of_two_that_are_written_the_one_saved_last_counts(folder, newer, answer):
    write(folder, script=WRITTEN.format(2), cells=[WRITTEN.format(3)], newer=newer)
    assert run(folder).stdout == answer


def test_two_stubs_stay_a_stub(folder):
    write(folder, script=STUB, cells=[STUB])
    assert "NotImplementedError: write double here" in run(folder).stderr


def test_magics_plots_and_otter_are_passed_over(folder):
    write(
        folder,
        cells=[
            "import otter\ngrader = otter.Notebook('part1_double.ipynb')",
            "%matplotlib inline\n!pip install nothing",
            "%%time\nraise SystemExit",
            "FACTOR = 2",
            "def double(x):\n    return FACTOR * x",
            "if __name__ == '__main__':\n    raise SystemExit",
            "grader.check('double')\nprint('noise')\nresult = grader.check('double')",
        ],
    )
    done = run(folder)
    assert (done.stdout, done.stderr) == ("6\n", "")


def test_a_cell_that_fails_is_named_and_hides_no_other(folder):
    write(folder, cells=["x = 1 / 0", "def broken(:", "import nowhere_at_all", WRITTEN.format(2)])
    done = run(folder)
    assert done.stdout == "6\n"
    complaints = done.stderr.splitlines()
    assert complaints[0].startswith("part1_double.ipynb, code cell 1: left out, line 1: ZeroDiv")
    assert complaints[1].startswith("part1_double.ipynb, code cell 2: left out, line 1: invalid")
    assert complaints[2].startswith("part1_double.ipynb, code cell 3: left out, line 1: ModuleNot")


def test_an_error_shows_the_line_of_its_cell(folder):
    write(folder, cells=["def double(x):\n    return x.missing"])
    code = (
        "import traceback\ntry:\n    double(3)\nexcept AttributeError:\n    traceback.print_exc()"
    )
    shown = run(folder, code).stderr
    assert 'File "part1_double.ipynb, code cell 1", line 2' in shown
    assert "return x.missing" in shown


def test_a_broken_notebook_says_so(folder):
    write(folder, script=WRITTEN.format(2))
    (folder / "part1_double.ipynb").write_text("{")
    assert "part1_double.ipynb: is not a notebook" in run(folder).stderr


def test_the_finder_is_there_once_and_before_pythons_own(folder):
    write(folder, cells=[WRITTEN.format(2)])
    code = (
        "import sys, importlib\n"
        "importlib.reload(workbench)\n"
        "names = [getattr(f, '__name__', repr(f)) for f in sys.meta_path]\n"
        "mine = [n for n, name in enumerate(names) if name.startswith('PartFinder')]\n"
        "print(len(mine), names.index('PathFinder') - mine[0])"
    )
    assert run(folder, code).stdout == "1 1\n"


def test_other_modules_are_none_of_its_business(folder):
    write(folder, cells=[WRITTEN.format(2)])
    (folder / "colorsys.ipynb").write_text("{")
    assert run(folder, "import colorsys; print(colorsys.ONE_THIRD > 0)").stdout == "True\n"
