"""Small courses, each with one fault or one unusual but legal wish, through the commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.answer_key.build import build_key
from autograder.authoring.trials import slow_packages
from autograder.authoring.validate import misnamed
from autograder.course.load import load_course
from tests.support.commands import run

COURSE = """\
name: Unusual
version: "1"
seed: 5
parts:
  - name: part
    title: Part
    exercises:
      - name: f
        groups:
          - {name: shown, points: 1, public: true, draw: numbers}
          - {name: more, points: 2, draw: numbers, count: 3}
"""
SOLUTION = '''\
import numpy as np


def f(x):
    """Double x, floats."""
    return 2 * x
'''
RECIPE = """\
def numbers(rng):
    return {"x": rng.normal(size=3)}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course of one exercise, without an oracle and a bank."""
    write(tmp_path, "inputs", RECIPE)
    write(tmp_path, "part", SOLUTION)
    (tmp_path / "course.yaml").write_text(COURSE, encoding="utf-8")
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    path = folder / "solutions" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def declare(folder: Path, old: str, new: str) -> None:
    path = folder / "course.yaml"
    assert old in COURSE
    path.write_text(COURSE.replace(old, new), encoding="utf-8")


def solution(folder: Path, answer: str) -> None:
    write(folder, "part", SOLUTION.replace("2 * x", answer))


def failures(folder: Path) -> tuple[list[str], list[str]]:
    """What `validate` says is wrong, and what it notes."""
    run("sync", cwd=folder)
    done = run("validate", "--json", cwd=folder)
    proof = json.loads(done.stdout)
    survivors = [one["edit"] for one in proof["survivors"]]
    return [*proof["failures"], *survivors], proof["notes"]


def refusal(folder: Path) -> str:
    done = run("sync", cwd=folder)
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


# --- answers -------------------------------------------------------------------------------------


UNUSUAL = (
    "x[::-1]",
    "{1: x, 2: 'a', -3: None}",
    "{key: 1 for key in np.arange(3)}",
    "[[x, 2 * x], [x[:2]]]",
    "[[1, 2], [3]]",
    "frozenset({1, 2})",
    "{frozenset({'b', 'a'}), frozenset(), (1, frozenset('x'))}",
    "np.array(['a', 'bb'])",
    "(float(x[0]), [float(np.abs(x).max())])",
    "x + 1j",
)


def test_answers_of_these_kinds_are_proved_and_earn_their_points(folder: Path) -> None:
    """Each is an exercise of one course."""
    head, entry = COURSE.split("      - name: f\n")
    entries = (f"      - name: f{n}\n{entry}" for n in range(len(UNUSUAL)))
    (folder / "course.yaml").write_text(head + "".join(entries), encoding="utf-8")
    numpy, function = SOLUTION.split("\n\n\n")
    functions = (
        function.replace("f(x)", f"f{n}(x)").replace("2 * x", answer)
        for n, answer in enumerate(UNUSUAL)
    )
    write(folder, "part", "\n\n\n".join([numpy, *functions]))
    assert failures(folder)[0] == []
    (folder / "class" / "ann").mkdir(parents=True)
    own = (folder / "solutions" / "part.py").read_text(encoding="utf-8")
    (folder / "class" / "ann" / "part.py").write_text(own, encoding="utf-8")
    done = run("grade", "class", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    results = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
    (ann,) = results["submissions"]
    assert [one["score"] for one in ann["exercises"]] == [3.0] * len(UNUSUAL)


CHANGES = """\
name: Changes
version: "1"
seed: 5
support: [numbers.txt]
parts:
  - name: part
    title: Part
    exercises:
      - name: halve
        calls: [x, x]
        groups: [{name: shown, points: 1, public: true, draw: numbers}]
      - name: inverted
        groups: [{name: shown, points: 1, public: true, draw: pixels}]
      - name: distances
        nonfinite: true
        groups: [{name: shown, points: 1, public: true, draw: gaps}]
      - name: total
        groups: [{name: shown, points: 1, public: true, draw: file}]
"""
CHANGING = """\
from pathlib import Path
import numpy as np

HERE = Path(__file__)


def halve(x):
    \"\"\"In place, floats.\"\"\"
    x /= 2


def inverted(pixels):
    assert pixels.dtype == np.uint8
    return ~pixels


def distances(x, y):
    return np.abs(x - y)


def total(path):
    return np.loadtxt(HERE.with_name(path)).sum()
"""
CHANGED = """\
import numpy as np


def numbers(rng):
    return {"x": rng.normal(size=3)}


def pixels():
    return {"pixels": np.array([0, 255, 7], dtype=np.uint8)}


def gaps():
    return {"x": np.array([1.0, np.nan, np.inf, -np.inf]), "y": float("inf")}


def file():
    return {"path": "numbers.txt"}
"""
SLIPS = """\
import numpy as np


def halve(x):
    x = x / 2
    return x


def inverted(pixels):
    return 254 - pixels


def distances(x, y):
    return np.nan_to_num(np.abs(x - y), nan=0.0, posinf=np.inf)


def total(path):
    return sum(float(line) for line in open(path, encoding="utf-8")) + 1
"""


def test_functions_that_change_their_argument_and_inputs_of_other_kinds(folder: Path) -> None:
    (folder / "course.yaml").write_text(CHANGES, encoding="utf-8")
    write(folder, "part", CHANGING)
    write(folder, "inputs", CHANGED)
    (folder / "solutions" / "numbers.txt").write_text("1\n2.5\n", encoding="utf-8")
    run("sync", cwd=folder)
    for name, text in (("right", CHANGING), ("wrong", SLIPS)):
        (folder / "class" / name).mkdir(parents=True)
        (folder / "class" / name / "part.py").write_text(text, encoding="utf-8")
    done = run("grade", "class", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    results = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
    right, wrong = results["submissions"]
    assert [one["score"] for one in right["exercises"]] == [1.0] * 4
    assert [one["score"] for one in wrong["exercises"]] == [0.0] * 4
    assert [one["groups"][0]["message"].partition("got ")[0] for one in wrong["exercises"]] == [
        "step 1, the argument x: at [0] ",
        "at [0] ",
        "at [1] ",
        "",
    ]


def test_more_cases_of_a_recipe_that_draws_nothing_are_refused(folder: Path) -> None:
    write(folder, "inputs", "def numbers():\n    return {'x': 1.5}\n")
    said = "course.yaml:11: f, group 'more': recipe 'numbers' does not take rng, so its 3 cases are"
    assert said in refusal(folder)


def test_axes_that_no_answer_has_are_refused(folder: Path) -> None:
    declare(folder, "name: f\n", "name: f\n        axes: [row, column]\n")
    said = "course.yaml:9: f.axes has 2 of the axes, the reference's answers have 1; write an entry"
    assert said in refusal(folder)


def test_a_misconception_with_other_parameters_is_refused(folder: Path) -> None:
    write(
        folder, "misconceptions/f", 'def f__more(x, y):\n    """You added y."""\n    return x + y\n'
    )
    said = "solutions/misconceptions/f.py: f__more: takes (x, y), and is called with (x); give it"
    assert said in refusal(folder)


def test_files_of_solutions_that_nothing_reads_are_named(folder: Path) -> None:
    write(folder, "oracle", "")
    write(folder, "misconception/f", "")
    write(folder, "variants/f", "")
    (folder / "solutions" / "variants" / "f.txt").touch()
    (folder / "solutions" / "equivalent_mutants.yaml").write_text("", encoding="utf-8")
    assert list(misnamed(load_course(folder))) == [
        "solutions/misconception: nothing reads it; did you mean misconceptions?",
        "solutions/oracle.py: nothing reads it; did you mean oracles.py?",
        "solutions/variants/f.txt: nothing reads it; end its name in .py, or move it elsewhere",
    ]


def test_code_for_students_that_needs_its_file_is_refused(folder: Path) -> None:
    declare(folder, "    title: Part\n", "    title: Part\n    lesson: [HERE]\n")
    write(folder, "part", SOLUTION.replace("\n\n\n", "\n\nHERE = __file__\n\n\n", 1))
    assert "students' code would use __file__, which notebooks do not have" in refusal(folder)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            "[y]",
            "course.yaml:9: f: 'calls' has the step 'y', which is not one of the arguments (x); na",
        ),
        ("[x], keeps_arguments: true", "does not go with the step 'x' of calls, an argument that"),
    ],
)
def test_a_step_that_reads_no_argument_is_refused(folder: Path, step: str, said: str) -> None:
    calls, _, option = step.partition(", ")
    text = COURSE.replace("      - name: f\n", f"      - name: f\n        calls: {calls}\n")
    text = text.replace("draw: numbers}", f"draw: numbers, {option}}}", 1) if option else text
    (folder / "course.yaml").write_text(text, encoding="utf-8")
    assert said in refusal(folder)


def test_keys_of_numpy_are_keys(folder: Path) -> None:
    solution(folder, "{key: 1 for key in np.arange(2)}")
    (case, *_) = build_key(load_course(folder)).cases["f"]
    assert case.data is not None
    assert [type(key) for key in case.data.value] == [int, int]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("{1.5: x}", "as dict with a key of type float; use arrays"),
        ("{True: x}", "as dict with a key of type bool; use arrays"),
        ("b'abc'", "as bytes; use arrays"),
        ("'\\ud800'", "returns its answer as text with half a character in it; use whole"),
        ("{'\\udfff': 1}", "returns its answer as text with half a character in it; use whole"),
        ("10**5000", "returns its answer as a number of 16610 bits; use smaller ones"),
        ("[*range(200_000), 'a']", "returns its answer of more than 200000 values; use arrays"),
        ("type('Thing', (), {})()", "returns a Thing; say in course.yaml under 'calls'"),
        ("(v for v in x)", "returns a generator; say in course.yaml under 'calls'"),
    ],
)
def test_an_answer_of_that_kind_is_refused_in_one_line(
    folder: Path, answer: str, said: str
) -> None:
    solution(folder, answer)
    told = refusal(folder)
    assert said in told
    assert len(told.splitlines()) == 1


def test_a_yielded_number_has_no_mutant_without_its_conversion(folder: Path) -> None:
    declare(folder, "      - name: f\n", "      - name: f\n        calls: [take 2]\n")
    text = "for v in x:\n        yield float(2 * v)"
    write(folder, "part", SOLUTION.replace("return 2 * x", text))
    assert failures(folder)[0] == []


def test_a_helper_that_returns_the_whole_answer_has_its_axes(folder: Path) -> None:
    helper = SOLUTION.replace("def f(x):", "def _g(x):\n    return 2 * x\n\n\ndef f(x):")
    write(
        folder,
        "part",
        helper.replace('floats."""\n    return 2 * x', 'floats."""\n    return _g(x)'),
    )
    assert failures(folder)[0] == []


# --- recipes, judges, oracles, banks -------------------------------------------------------------


def test_a_misspelt_argument_with_a_default_is_named(folder: Path) -> None:
    write(folder, "part", SOLUTION.replace("(x)", "(x, scale=2.0)").replace("2 * x", "scale * x"))
    write(folder, "inputs", RECIPE.replace("size=3)", 'size=3), "scal": 3.0'))
    said = (
        "recipe 'numbers' draws scal, which is not a parameter, for course.yaml: f, group 'shown'"
    )
    assert f"{said}; did you mean 'scale'?" in refusal(folder)


def test_a_judge_that_fails_is_named_with_its_file(folder: Path) -> None:
    declare(folder, "      - name: f\n", "      - name: f\n        judge: fits\n")
    write(folder, "judges", "def fits(answer):\n    return 1 / 0\n")
    run("sync", cwd=folder)
    done = run("validate", cwd=folder)
    assert done.returncode == 3
    assert "solutions/judges.py:2: ZeroDivisionError: division by zero (judge fits)" in done.stderr
    write(folder, "judges", "import part\n")
    assert "solutions/judges.py:1: ModuleNotFoundError: No module named 'part'" in refusal(folder)


@pytest.mark.parametrize("name", ["f__other", "other"])
def test_an_oracle_may_be_allowed_under_either_name(folder: Path, name: str) -> None:
    write(folder, "oracles", f"ALLOWED = {{'{name}': 0}}\ndef f__other(x):\n    return x + x\n")
    assert failures(folder) == ([], [])
    write(folder, "oracles", "def f__other(x):\n    return x + x\n")
    done = run("validate", cwd=folder)
    assert """write ALLOWED = {"f__other": 1e-9}""" in done.stderr


def test_twins_of_plain_data_are_named(folder: Path) -> None:
    solution(folder, "{'a': 2}")
    bank = 'def f__{}(x):\n    """{} hint."""\n    return {{"a": {}}}\n\n\n'
    text = bank.format("one", "A", "3") + bank.format("two", "Another", "1 + 2")
    write(folder, "misconceptions/f", text)
    found = [line for line in failures(folder)[0] if "misconceptions" in line]
    assert [line.partition(": ")[2] for line in found] == [
        "f__one answers exactly like two; merge them",
        "f__two answers exactly like one; merge them",
    ]


def test_a_package_listed_as_a_whole_is_noted(folder: Path) -> None:
    pytest.importorskip("scipy")
    declare(folder, "seed: 5\n", "seed: 5\npackages: [scipy]\n")
    (note,) = slow_packages(load_course(folder))
    assert note.startswith("course.yaml:4: packages: all of scipy (")
    declare(folder, "seed: 5\n", "seed: 5\npackages: [scipy.linalg, mpmath]\n")
    assert slow_packages(load_course(folder)) == []


# --- course.yaml ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("- name: f\n", "- name: ff\n", "the exercise ff is not defined; did you mean 'f'?"),
        ("name: Unusual", f"name: {'x' * 200}", "course.yaml:1: name has 200 characters; write at"),
        (
            "seed: 5\n",
            "seed: 5\nextensions: [{}]\n",
            "course.yaml:4: extensions[0] has no 'student'",
        ),
        ("name: more", "<<: *g, name: more", "undefined alias"),
        ("parts:\n", "--- \nparts:\n", "is not valid YAML (but found another document); take out"),
    ],
)
def test_a_fault_of_the_file_is_told_with_what_to_write(
    folder: Path, old: str, new: str, said: str
) -> None:
    declare(folder, old, new)
    assert said in refusal(folder)


def test_merged_entries_are_refused_by_name(folder: Path) -> None:
    text = COURSE.replace("- {name: shown", "- &g {name: shown").replace("{name: more", "{<<: *g")
    (folder / "course.yaml").write_text(text, encoding="utf-8")
    assert "course.yaml:11: '<<' is not read; write the keys of the other entry" in refusal(folder)


def test_an_empty_list_is_called_so(folder: Path) -> None:
    text = COURSE.partition("parts:")[0] + "parts: []\n"
    (folder / "course.yaml").write_text(text, encoding="utf-8")
    assert "course.yaml:4: parts is an empty list; write at least one entry" in refusal(folder)


def test_an_empty_reason_is_refused_before_anything_is_tried(folder: Path) -> None:
    (folder / "course.yaml").write_text("not a course", encoding="utf-8")
    done = run("validate", "--accept", " ", cwd=folder)
    assert done.returncode == 2
    assert "--accept: has no reason" in done.stderr
