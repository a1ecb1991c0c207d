"""The examples of a reference's docstring print what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.authoring.oracles import try_examples
from autograder.authoring.sync import sync
from autograder.authoring.validate import validate
from autograder.course.load import load_course

ROOT = Path(__file__).parents[2]
PLACE = "solutions/part1_scale.py"
REFERENCE = '''\
import numpy as np

def double(v):
    """Twice v.

{examples}    """
    return 2.0 * v
'''


def tried(folder: Path, examples: str) -> tuple[dict[str, int], list[str]]:
    """Try these examples of `double`, from line 6 of the file on."""
    lines = "".join(f"    {line}\n" for line in examples.splitlines())
    text = REFERENCE.replace("{examples}", lines)
    (folder / "solutions" / "part1_scale.py").write_text(text, encoding="utf-8")
    course = load_course(folder)
    return try_examples(course, course.parts[0].exercises)


@pytest.mark.parametrize(
    ("example", "numbers"),
    [
        (">>> double(1.5)\n3.0", 1),
        (">>> double(1.5)\n3", 1),
        (">>> double(np.float64(1.5))\n3.0", 1),
        (">>> double(np.float64(1.5))\nnp.float64(3.0)", 1),
        (">>> double(1.5)\nnp.float64(3.0)", 1),
        (">>> double(1 / 3)\n0.667", 1),
        (">>> double(1e-20 / 3)\n6.67e-21", 1),
        (">>> v = np.array([1.0, 2.5])\n>>> double(v)\narray([ 2.0, 5.0 ])", 2),
        (">>> print(double(np.eye(2)))\n[[2. 0.]\n [0. 2.]]", 4),
        (">>> double(np.eye(2))\narray([[2., 0.],\n       [0., 2.]])", 4),
        (">>> double(np.ones(2)) == 2\narray([ True,  True])", 0),
        (">>> np.bool_(double(1) == 2)\nTrue", 0),
        (">>> double('x')\nTraceback (most recent call last):\nTypeError: ...", 0),
        (">>> double(7)  # doctest: +SKIP\n15", 0),
        (">>> from part1_scale import double as twice\n>>> twice(4)\n8.0", 1),
        (">>> double(np.array([1, np.sin(np.pi)]))\narray([2., 0.])", 2),
        (">>> double(np.array([1j, np.exp(1j * np.pi)]))\narray([ 0.+2.j, -2.+0.j])", 4),
        ("No example.", 0),
    ],
)
def test_examples_that_are_right(tiny_folder: Path, example: str, numbers: int) -> None:
    right, failures = tried(tiny_folder, example)
    assert failures == []
    assert sum(right.values()) == numbers


@pytest.mark.parametrize(
    ("example", "failure"),
    [
        (
            ">>> double(1.5)\n3.5",
            f"{PLACE}:6: double: the example double(1.5) prints 3.0, and the docstring shows 3.5; "
            "fix the reference or the example",
        ),
        (">>> v = 1.7\n>>> double(v)\n3", f"{PLACE}:7: double: the example double(v) prints 3.4, "),
        (">>> double(1 / 3)\n0.666", "prints 0.6666666666666666, and the docstring shows 0.666;"),
        (">>> double(np.ones(2))\narray([2., 3.])", "array([2., 2.]), and the docstring shows ar"),
        (">>> double(np.ones(2))\narray([2.])", "prints array([2., 2.]), and the docstring shows"),
        (">>> double(np.ones(2))\n[2. 2.]", "prints array([2., 2.]), and the docstring shows [2."),
        (">>> double(1)\n-2.0", "prints 2.0, and the docstring shows -2.0"),
        (">>> double(1)", "the example double(1) prints 2.0, and the docstring shows nothing"),
        (">>> v = double(1)\n2.0", "prints nothing, and the docstring shows 2.0"),
        (">>> dubble(1)\n2.0", "the example dubble(1) raises NameError: name 'dubble' is not"),
        (">>>double(1)\n2.0", "lacks blank after >>>"),
        (">>> raise SystemExit", "the example raise SystemExit raises SystemExit"),
    ],
)
def test_examples_that_are_wrong_are_one_line_with_both(
    tiny_folder: Path, example: str, failure: str
) -> None:
    _, [line] = tried(tiny_folder, example)
    assert line.startswith(PLACE)
    assert failure in line
    assert "\n" not in line


def test_an_example_that_never_ends_is_stopped(tiny_folder: Path) -> None:
    path = tiny_folder / "course.yaml"
    text = path.read_text(encoding="utf-8")
    text, changed = re.subn(r"case_seconds: [\d.]+", "case_seconds: 0.2", text)
    assert changed
    path.write_text(text, encoding="utf-8")
    _, [line] = tried(tiny_folder, ">>> while True: pass")
    assert line.startswith(f"{PLACE}:4: double: the examples of its docstring took more than 0.2 s")


def test_the_examples_of_methods_are_tried(tiny_folder: Path) -> None:
    text = (
        "class double:\n    '''Twice.\n\n    >>> double(2).n\n    4\n    '''\n"
        "    def __init__(self, n):\n        self.n = 2 * n\n"
        "    def half(self):\n        '''>>> double(2).half()\n        3.0\n        '''\n"
        "        return self.n / 2\n"
    )
    (tiny_folder / "solutions" / "part1_scale.py").write_text(text, encoding="utf-8")
    course = load_course(tiny_folder)
    right, [line] = try_examples(course, course.parts[0].exercises)
    assert right == {"double": 1}
    assert line.startswith(f"{PLACE}:10: double: the example double(2).half() prints 2.0, and the")


@pytest.mark.parametrize("folder", [".", "tests/courses/numerical_methods"])
def test_the_examples_of_the_courses_are_right(folder: str) -> None:
    course = load_course(ROOT / folder)
    right, failures = try_examples(course, course.exercises)
    assert failures == []
    assert folder != "." or sum(right.values()) > 40


def test_a_wrong_example_fails_the_proof(tiny_folder: Path) -> None:
    tried(tiny_folder, ">>> double(1)\n3.0\n>>> double(2)\n4.0")
    sync(tiny_folder)
    proof = validate(tiny_folder, ["double"])
    assert [one for one in proof.failures if "the example double(1) prints 2.0" in one]
    assert proof.exercises[0].printed == 1
