import pytest
from warm_sandbox import warm_sandbox

from autograder.answer_key.build import build_key
from autograder.judging.check import check_submission
from autograder.judging.judge import JudgedExercise, Solutions, judge
from autograder.judging.states import Progress, state_of
from autograder.model.course import Course
from autograder.model.report import Verdict
from autograder.model.submission import Source, Submission
from autograder.reporting.plot import draw

CODE = b"""
def double(v):
    if len(v) != 3:
        raise RuntimeError("called with a hidden case")
    return 2 * v

def mix(A, v):
    return A @ v
"""


def run(course: Course, code: bytes):
    return run_files(course, Source("part1_scale", "part1_scale.py", (code,)))


def run_files(course: Course, *sources: Source):
    submission = Submission("wong", sources, "digest")
    sandbox = warm_sandbox(course.limits)
    return check_submission(course, build_key(course), submission, sandbox, ())


def test_only_public_groups_are_run(tiny_course):
    checked = run(tiny_course, CODE)
    double, mix = checked.exercises
    assert [result.group.name for result in double.results] == [
        "the worked example",
        "leaves its input alone",
    ]
    assert double.report.verdict is Verdict.ACCEPTED
    assert (double.report.score, double.report.max_score) == (2.0, 2.0)
    assert [group.name for group in double.exercise.groups if not group.public] == ["any length"]
    assert mix.report.verdict is Verdict.WRONG_ANSWER
    assert not checked.accepted


def test_a_file_that_stops_is_told(tiny_course):
    checked = run(tiny_course, b"import numpy as np\n1 / 0\n")
    assert [failure.error.type for failure in checked.ran.failures] == ["ZeroDivisionError"]
    assert checked.exercises[0].report.verdict is Verdict.NOT_ATTEMPTED


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (
            "# %% on flowers\n\nif __name__ == '__main__':\n\n    open('iris.csv')  # data\n# end",
            [],
        ),
        ("if __name__ == '__main__': open('iris.csv')", []),
        ("open('iris.csv')", ["FileNotFoundError"]),
        ("if __name__ == '__main__':\n    pass\nopen('iris.csv')", ["FileNotFoundError"]),
        (
            "if __name__ == '__main__':\n    def mix(A, v): return A @ v\n    1 / 0",
            ["ZeroDivisionError"],
        ),
        ("if __name__ == '__main__':\n    print('iris'", ["SyntaxError"]),
    ],
)
def test_a_self_check_of_a_notebook_that_cannot_run_is_not_told(tiny_course, cell, told):
    notebook = Source("part1_scale", "part1_scale.ipynb", (CODE, cell.encode()), notebook=True)
    checked = run_files(tiny_course, notebook)
    assert [failure.error.type for failure in checked.ran.failures] == told
    assert checked.exercises[0].report.verdict is Verdict.ACCEPTED


STUBS = b"""
def double(v):
    raise NotImplementedError("write double here")

def mix(A, v):
    raise NotImplementedError("write mix here")
"""


def test_a_file_that_does_not_compile_is_an_error_beside_an_untouched_notebook(tiny_course):
    broken = Source("part1_scale", "part1_scale.py", (b"def double(v):\n    return sum(2 * v\n",))
    notebook = Source("part1_scale", "part1_scale.ipynb", (STUBS,), notebook=True)
    checked = run_files(tiny_course, broken, notebook)
    double, mix = checked.exercises
    state = state_of(double, checked)
    assert (state.progress, state.source) == (Progress.ERROR, "return sum(2 * v")
    assert double.report.unreadable
    message = double.report.groups[0].message
    assert message.startswith("double could not be loaded: part1_scale.py: SyntaxError")
    assert state_of(mix, checked).progress is Progress.TO_DO


@pytest.mark.parametrize(
    "text",
    [
        "def double(v)\n    return 2 * v\n",
        "def double(v):\n    a = 1\n\treturn v\n",
        "def double(v):\n    a = 1\n   return v\n",
    ],
)
@pytest.mark.parametrize("notebook", [False, True])
def test_what_does_not_compile_is_not_called_unwritten(tiny_course, text, notebook):
    name = "part1_scale.ipynb" if notebook else "part1_scale.py"
    checked = run_files(tiny_course, Source("part1_scale", name, (text.encode(),), notebook))
    assert checked.exercises[0].report.unreadable
    assert draw(checked.exercises[0]) == "is in a file that does not run"


def test_what_the_notebook_has_counts_beside_a_file_that_does_not_compile(tiny_course):
    broken = Source("part1_scale", "part1_scale.py", (b"def double(v):\n    return sum(2 * v\n",))
    notebook = Source("part1_scale", "part1_scale.ipynb", (CODE,), notebook=True)
    assert run_files(tiny_course, broken, notebook).exercises[0].report.verdict is Verdict.ACCEPTED


def test_one_exercise_alone_waits_for_the_wrong_one_it_uses_beside_an_untouched_notebook(
    tiny_course,
):
    code = b"def double(v):\n    return 3 * v\n\ndef mix(A, v):\n    return A @ double(v)\n"
    sources = (
        Source("part1_scale", "part1_scale.py", (code,)),
        Source("part1_scale", "part1_scale.ipynb", (STUBS,), notebook=True),
    )
    submission = Submission("wong", sources, "digest")
    sandbox = warm_sandbox(tiny_course.limits)
    key = build_key(tiny_course)
    [mix] = check_submission(tiny_course, key, submission, sandbox, (), ["mix"]).exercises
    assert "uses your double, which is wrong: fix it first" in mix.report.groups[0].message


def test_all_right_is_accepted(tiny_course):
    assert run(tiny_course, CODE + b"\ndef mix(A, v):\n    return A @ double(v)\n").accepted


def whole(course: Course, code: str) -> JudgedExercise:
    """The first exercise on all its groups, as in a study session."""
    key = build_key(course)
    sources = (Source("part1_scale", "part1_scale.py", (code.encode(),)),)
    sandbox = warm_sandbox(course.limits)
    judged = judge(
        course,
        key,
        Submission("study", sources, "digest"),
        lambda sources: sandbox.session(sources),
        names=["double"],
        solutions=lambda wrong: Solutions(misconceptions=key.misconceptions),
    )
    (one,) = judged.exercises
    return one


def test_a_stub_is_untouched(tiny_course):
    one = whole(tiny_course, "def double(v):\n    raise NotImplementedError\n")
    assert one.untouched
    assert not one.solved
    assert one.report.hint is None


def test_a_right_answer_is_solved(tiny_course):
    one = whole(tiny_course, "def double(v):\n    return 2 * v\n")
    assert one.solved
    assert one.mismatch is None
    assert one.report.score == 5.0


def test_hidden_groups_are_run_too(tiny_course):
    one = whole(tiny_course, "def double(v):\n    return -2 * v\n")
    groups = {group.name: group.verdict for group in one.report.groups}
    assert groups["any length"] is Verdict.WRONG_ANSWER
    assert "sign" in str(one.report.hint)
    assert one.mismatch is not None
    assert not one.untouched


@pytest.mark.parametrize(
    ("mix", "waits"),
    [
        ("return A @ double(v)", True),
        ("return helper(A, v)", True),
        ("return A @ (3 * v)  # not double(v)", False),
        ("return np.zeros((7, 7)) @ double(v)", False),
    ],
)
def test_what_uses_a_wrong_function_waits_for_it(tiny_course, mix, waits):
    """Without the references nobody can tell whether a wrong answer follows from a wrong one."""
    code = f"""
import numpy as np

def double(v):
    return 3 * v

def helper(A, v):
    return A @ double(v)

def mix(A, v):
    {mix}
"""
    [_, one] = run(tiny_course, code.encode()).exercises
    message = one.report.groups[0].message
    assert ("uses your double, which is wrong: fix it first" in message) is waits
    assert (one.report.groups[0].grid is None) is (waits or "zeros" in mix)


def test_a_mistake_on_inputs_that_the_called_function_is_right_on_is_its_own(tiny_course):
    code = b"""
def double(v):
    v *= 2
    return v

def mix(A, v):
    return A @ double(v.copy()) + 1
"""
    [first, one] = run(tiny_course, code).exercises
    assert first.report.verdict is not Verdict.ACCEPTED
    assert "uses your double" not in one.report.groups[0].message


@pytest.mark.parametrize(
    ("double", "why"),
    [
        ("return (2 * v).reshape(1, -1)", "returns shape (1, 3), not (3,)"),
        ("2 * v", "returns None"),
        ("return 2 * v + None", "raises TypeError"),
    ],
)
def test_what_raises_because_of_an_earlier_function_names_that(tiny_course, double, why):
    code = f"def double(v):\n    {double}\n\ndef mix(A, v):\n    return A @ double(v)"
    [_, one] = run(tiny_course, code.encode()).exercises
    assert one.report.verdict is Verdict.RUNTIME_ERROR
    assert one.report.hint is None
    message = one.report.groups[0].message
    assert message.endswith(f"; it calls your double, which {why}: fix that first")


def test_what_raises_of_its_own_accord_is_its_own_mistake(tiny_course):
    code = b"def double(v):\n    return 3 * v\n\ndef mix(A, v):\n    return A.T[:1] @ double(v)[:1]"
    [_, one] = run(tiny_course, code).exercises
    assert one.report.verdict is Verdict.RUNTIME_ERROR
    assert "it calls your double" not in one.report.groups[0].message


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("(A, v, axis)", "your definition also requires axis: remove it or give it a default"),
        ("(A, v, *, b, c)", "your definition also requires b and c: remove"),
        ("(A)", "does not take that many: mix() takes 1 positional argument but 2 were given"),
        ("()", "does not take that many: mix() takes 0 positional arguments but 2 were given"),
    ],
)
def test_a_definition_with_other_parameters_is_told_what_it_is_called_with(
    tiny_course, head, words
):
    one = run(tiny_course, f"def mix{head}:\n    return A @ v\n".encode()).exercises[1]
    assert one.report.verdict is Verdict.RUNTIME_ERROR
    message = one.report.groups[0].message
    assert message.startswith("mix is called with (A, v); your definition ")
    assert words in message
    assert "does not accept the arguments that the exercise passes" in str(one.report.hint)


def test_a_hidden_case_says_only_what_the_function_is_called_with(tiny_course):
    report = whole(tiny_course, "def double(v, secret):\n    return 2 * v\n").report
    [message] = {group.message for group in report.groups if not group.public}
    assert message == (
        "double is called with (v), which your definition does not accept: change its parameters"
    )


def test_an_own_call_with_too_many_arguments_is_the_call_s_mistake(tiny_course):
    code = b"def mix(A, v):\n    return other(A, v)\n\ndef other(A):\n    return A\n"
    one = run(tiny_course, code).exercises[1]
    assert "raised TypeError: other() takes 1 positional" in one.report.groups[0].message
    assert "wrong number of arguments" in str(one.report.hint)
