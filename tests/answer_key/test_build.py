from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder.answer_key.build import build_cases, build_key
from autograder.answer_key.file import key_text, read_key
from autograder.answer_key.inputs import copy_arguments
from autograder.compare import same_value
from autograder.course.load import load_course
from autograder.errors import CourseError
from autograder.judging.execute import run_exercises
from autograder.model import values
from autograder.model.course import AnswerKey, Course, Part, Tolerance
from autograder.model.submission import Source
from autograder.sandbox.guest import values as guest_values
from autograder.sandbox.sandbox import Sandbox


def rewrite(course: Course, name: str, text: str) -> None:
    (course.folder / "solutions" / name).write_text(text, encoding="utf-8")


def refusal(course: Course, text: str) -> str:
    rewrite(course, "part1_scale.py", text)
    with pytest.raises(CourseError) as caught:
        build_key(course)
    return str(caught.value).splitlines()[0]


def test_cases_of_every_group_in_order(tiny_course: Course) -> None:
    key = build_key(tiny_course)
    assert list(key.cases) == ["double", "mix"]
    assert [(case.group, case.index) for case in key.cases["double"]] == [
        ("the worked example", 0),
        ("any length", 0),
        ("any length", 1),
        ("any length", 2),
        ("any length", 3),
        ("leaves its input alone", 0),
    ]
    last = key.cases["double"][-1]
    assert (last.keeps_arguments, last.read_only) == (True, True)
    mix = key.cases["mix"]
    assert list(mix[0].arguments) == ["A", "v"]
    assert np.array_equal(mix[0].expected, [4.0, 16.0])
    assert mix[1].tolerance == Tolerance(1e-6, 1e-9)


def test_nothing_in_the_key_can_be_written_to(tiny_course: Course) -> None:
    for cases in build_key(tiny_course).cases.values():
        for case in cases:
            arrays = [case.expected, *case.arguments.values()]
            assert not any(a.flags.writeable for a in arrays if isinstance(a, np.ndarray))


def test_same_course_gives_the_same_key(tiny_course: Course) -> None:
    assert build_key(tiny_course).digest == build_key(tiny_course).digest


def test_digest_ignores_points_and_sees_the_seed(tiny_course: Course) -> None:
    digest = build_key(tiny_course).digest
    part = tiny_course.parts[0]
    [double] = part.exercises
    groups = tuple(replace(group, points=group.points + 1) for group in double.groups)
    dearer = Part(part.name, part.title, (replace(double, groups=groups),))
    assert build_key(replace(tiny_course, parts=(dearer, tiny_course.parts[1]))).digest == digest
    assert build_key(replace(tiny_course, seed=8)).digest != digest


def test_scalar_answer_is_an_array_without_dimensions(tiny_course: Course) -> None:
    rewrite(tiny_course, "part1_scale.py", "def double(v):\n    return float(2 * v.sum())\n")
    rewrite(tiny_course, "part2_mix.py", "def mix(A, v):\n    return A @ v\n")
    expected = build_key(tiny_course).cases["double"][0].expected
    assert expected.shape == ()
    assert expected.dtype == np.float64
    assert expected == 14.0


def test_reference_may_return_its_argument(tiny_course: Course) -> None:
    rewrite(tiny_course, "part1_scale.py", "def double(v):\n    return v\n")
    case = build_key(tiny_course).cases["double"][0]
    assert isinstance(case.arguments["v"], np.ndarray)
    assert not np.shares_memory(case.expected, case.arguments["v"])


PLACE = "solutions/part1_scale.py: double, group 'the worked example'"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def double(v):\n    v *= 2\n    return v", f"{PLACE}: changes its argument v; work on a"),
        (
            "n = [0]\ndef double(v):\n    n[0] += 1\n    return v * n[0]",
            f"{PLACE}: returns a different answer",
        ),
        ("def double(v):\n    return object()", f"{PLACE}: returns its answer as object; use"),
        ("def double(v):\n    return [v, object()]", f"{PLACE}: returns its answer as object; use"),
        (
            "import numpy\nclass M(numpy.ndarray): ...\ndef double(v): return v.view(M)",
            "returns M; ",
        ),
        (
            "def double(v):\n    return v.astype('f4')",
            f"{PLACE}: returns an array of float32; return",
        ),
        ("def double(v):\n    return v / 0", f"{PLACE}: returns a number that is not finite"),
        (
            "def double(v):\n    return v[9]",
            "solutions/part1_scale.py:2: IndexError: index 9 is out",
        ),
        (
            "def double(*v):\n    return v[0]",
            "solutions/part1_scale.py: double: parameter *v takes any number",
        ),
        (
            "def double(q):\n    return q",
            "recipe 'worked_example' draws no q; it draws v, A; return q",
        ),
    ],
)
def test_unsound_reference_is_refused_in_one_line(
    tiny_course: Course, text: str, message: str
) -> None:
    assert message in refusal(tiny_course, text)


def test_copies_are_fresh_and_keep_their_order() -> None:
    fortran = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    fortran.setflags(write=False)
    copied, number = copy_arguments({"W": fortran, "rate": 0.5})
    assert isinstance(copied, np.ndarray)
    assert copied.flags.f_contiguous
    assert copied.flags.writeable
    assert not np.shares_memory(copied, fortran)
    assert number == 0.5


def test_an_exercise_that_answers_none_every_time_is_refused(tiny_course: Course) -> None:
    rewrite(tiny_course, "part2_mix.py", "def mix(A, v):\n    pass\n")
    with pytest.raises(CourseError, match=r"mix: returns None in every case; return an answer"):
        build_key(tiny_course)


@pytest.mark.parametrize(
    ("answer", "kind", "shape"),
    [
        ("[1, 2, 3]", "i", (3,)),
        ("[[1.5, 2.0], [3.0, 4.0]]", "f", (2, 2)),
        ("7", "i", ()),
        ("True", "b", ()),
        ("1 + 2j", "c", ()),
        ("np.arange(3, dtype='i4')", "i", (3,)),
    ],
)
def test_numbers_in_any_form_are_one_array(
    tiny_course: Course, answer: str, kind: str, shape: tuple[int, ...]
) -> None:
    text = f"import numpy as np\ndef mix(A, v):\n    return {answer}\n"
    rewrite(tiny_course, "part2_mix.py", text)
    for case in build_key(tiny_course).cases["mix"]:
        assert (case.data, case.expected.dtype.kind, case.expected.shape) == (None, kind, shape)


@pytest.mark.parametrize(
    "answer", ["'text'", "(1.0, 2.0)", "[1, 'a']", "{'a': [1], 2: None}", "{1, 2}", "[[1], [2, 3]]"]
)
def test_whatever_else_is_plain_data_and_comes_back_from_the_file(
    tiny_course: Course, answer: str, tmp_path: Path
) -> None:
    rewrite(tiny_course, "part2_mix.py", f"def mix(A, v):\n    return {answer}\n")
    key = build_key(tiny_course)
    (tmp_path / "key.json").write_text(key_text(tiny_course, key, public=False), encoding="utf-8")
    back = read_key(tmp_path / "key.json")[1].cases["mix"]
    for before, after in zip(key.cases["mix"], back, strict=True):
        assert before.data is not None
        assert before.data.value == eval(answer)
        assert same_value(before.data, after.data)


ODD = "import numpy as np\n\n\ndef double(v, on=True):\n    {}\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("v.sort()", "work on a copy and return the answer, or write 'calls: [v]' if it is meant"),
        ("raise SystemExit(1)", "SystemExit: 1 (for solutions/part1_scale.py: double"),
        ("return lambda: v", "returns a function; say in course.yaml under 'calls'"),
        ("return (x for x in v)", "returns a generator; say in course.yaml under 'calls'"),
        ("return v.astype('f4')", "returns an array of float32; return float64, complex128"),
        ("return v.astype('M8[D]')", "returns an array of datetime64[D]; return float64"),
        ("return {(1, 2): v}", "returns its answer as dict with a key of type tuple"),
        ("return np.zeros((3000, 3000))", "returns 68 MiB, and a student's function at most 64"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_with_what_to_do(
    tiny_folder: Path, body: str, said: str
) -> None:
    solution = tiny_folder / "solutions" / "part1_scale.py"
    solution.write_text(ODD.format(body), encoding="utf-8")
    with pytest.raises(CourseError) as raised:
        build_cases(load_course(tiny_folder))
    assert said in str(raised.value)


def test_what_an_author_prints_is_no_part_of_the_output(
    tiny_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    solution = tiny_folder / "solutions" / "part1_scale.py"
    printing = "print('loaded')\n" + ODD.format("print('called')\n    return 2.0 * v")
    solution.write_text(printing, encoding="utf-8")
    build_cases(load_course(tiny_folder))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "loaded" in printed.err
    assert "called" in printed.err


def test_arguments_of_every_kind_may_stay_as_they_are(tiny_folder: Path) -> None:
    """Bools and complex arrays are plain data; that none was changed is seen of each."""
    inputs = tiny_folder / "solutions" / "inputs.py"
    text = inputs.read_text(encoding="utf-8").replace('{"v":', '{"on": True, "z": 1j * A, "v":')
    inputs.write_text(text, encoding="utf-8")
    solution = tiny_folder / "solutions" / "part1_scale.py"
    solution.write_text("def double(v, on=False, z=None):\n    return 2.0 * v\n", encoding="utf-8")
    course = load_course(tiny_folder)
    source = Source("part1_scale", "part1_scale.py", (solution.read_bytes(),))
    with Sandbox(course.limits) as sandbox, sandbox.session([source]) as session:
        cases = build_cases(course)
        (results, *_) = run_exercises(course.exercises[:1], AnswerKey(cases, ""), session).values()
    assert [result.mismatches for result in results] == [(None,), (None,) * 4, (None,)]


def test_the_size_of_answers_is_what_the_sandbox_takes() -> None:
    assert values.MOST_RESULT_BYTES == guest_values.MOST_RESULT_BYTES


BINS = """name: Bins
version: "1"
seed: 1
parts:
  - name: bins
    title: Bins
    exercises:
      - name: histogram
        outputs: [{name: counts}, {name: edges}]
        groups: [{name: any, points: 1, draw: numbers}]
      - name: Running
        calls: [push(x), .n]
        groups:
          - name: any
            points: 1
            draw: numbers
            sizes: [{N: 3}]
"""
SOLUTION = """import numpy as np

def histogram(x):
    return np.histogram(x)

class Running:
    n = 0

    def push(self, x):
        self.n += len(x)
        return self.n
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            ", {name: edges}",
            "",
            "9: histogram.outputs has 1 entry, the reference returns 2 values; write an entry for",
        ),
        (
            "{name: edges}",
            "{name: edges}, {name: c}",
            "9: histogram.outputs has 3 entries, the reference returns 2 values; write an entry",
        ),
        (
            "name: Running\n",
            "name: Running\n        outputs: [{name: pushed}]\n",
            "12: Running.outputs has 1 entry, the reference returns 2 values; write an entry for",
        ),
        (
            "push(x)",
            "pull(x)",
            "12: Running, group 'any': 'calls' has a step that does not fit what the reference "
            "returns ('Running' object has no attribute 'pull'); fix the step or the reference",
        ),
        (
            "push(x)",
            "push()",
            "12: Running, group 'any': 'calls' has a step that does not fit what the reference "
            "returns (Running.push() missing 1 required positional argument: 'x'); fix",
        ),
        ("push(x)", "(x)", "('Running' object is not callable); fix the step or the reference"),
        ("push(x)", "take 2", "('Running' object is not iterable); fix the step or the reference"),
        (
            "draw: numbers\n",
            "draw: nmbers\n",
            "16: Running, group 'any': solutions/inputs.py has no recipe 'nmbers'; it has numbers",
        ),
        (
            "draw: numbers}",
            "draw: nmbers}",
            "10: histogram, group 'any': solutions/inputs.py has no recipe 'nmbers'",
        ),
        (
            "{N: 3}",
            "{M: 3}",
            "17: Running, group 'any': recipe 'numbers' does not take M; it takes rng, N",
        ),
        (
            "{N: 3}]",
            "{N: 3}]\n            scale: 2.0",
            "18: Running, group 'any': recipe 'numbers' does not take scale; it takes rng, N",
        ),
    ],
)
def test_an_entry_that_does_not_fit_the_solutions_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "bins.py").write_text(SOLUTION, encoding="utf-8")
    (tmp_path / "solutions" / "inputs.py").write_text(
        "def numbers(rng, N=4):\n    return {'x': rng.random(N)}\n", encoding="utf-8"
    )
    (tmp_path / "course.yaml").write_text(BINS, encoding="utf-8")
    build_key(load_course(tmp_path))
    assert BINS.count(old) == 1
    (tmp_path / "course.yaml").write_text(BINS.replace(old, new), encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        build_key(load_course(tmp_path))
    assert str(caught.value).startswith("course.yaml:")
    assert message in str(caught.value)


def test_an_error_inside_a_method_is_a_fault_of_the_solution(tmp_path: Path) -> None:
    (tmp_path / "solutions").mkdir()
    text = SOLUTION.replace("self.n += len(x)", "self.n += len(x.missing)")
    (tmp_path / "solutions" / "bins.py").write_text(text, encoding="utf-8")
    (tmp_path / "solutions" / "inputs.py").write_text(
        "def numbers(rng, N=4):\n    return {'x': rng.random(N)}\n", encoding="utf-8"
    )
    (tmp_path / "course.yaml").write_text(BINS, encoding="utf-8")
    with pytest.raises(CourseError, match=r"^solutions/bins.py:10: AttributeError: .*missing"):
        build_key(load_course(tmp_path))
