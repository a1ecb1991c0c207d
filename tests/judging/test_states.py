"""A row says what is there: to do only where nothing was written, else what is in the way."""

from __future__ import annotations

import pytest
from warm_sandbox import warm_sandbox

from autograder.answer_key.build import build_key
from autograder.judging.check import check_submission
from autograder.judging.judge import JudgedExercise, Judgement, report_exercise
from autograder.judging.states import Progress, State, notes_on_failures, state_of
from autograder.model.course import Course, Exercise
from autograder.model.submission import Source, Submission

STUB = 'def double(v):\n    raise NotImplementedError("write double here")\n'
MIX = "from part1_scale import double\n\ndef mix(A, v):\n    return A @ double(v)\n"


@pytest.fixture
def judged(tiny_course: Course):
    key = build_key(tiny_course)
    sandbox = warm_sandbox(tiny_course.limits)

    def of(first: str, second: str = "", notebook: bool = False, twin: str = "") -> Judgement:
        ending = ".ipynb" if notebook else ".py"
        cells = tuple(first.encode().split(b"# %%")) if notebook else (first.encode(),)
        sources = [Source("part1_scale", "part1_scale" + ending, cells, notebook)]
        if twin:
            cells = (twin.encode(),)
            sources.append(Source("part1_scale", "part1_scale.ipynb", cells, notebook=True))
        if second:
            sources.append(Source("part2_mix", "part2_mix.py", (second.encode(),)))
        submission = Submission("wong", tuple(sources), "digest")
        return check_submission(tiny_course, key, submission, sandbox, ())

    return of


def states(found: Judgement) -> list[State]:
    return [state_of(one, found) for one in found.exercises]


def test_nothing_written_is_to_do(judged):
    double, mix = states(judged(STUB))
    assert double == State(Progress.TO_DO)
    assert mix == State(Progress.TO_DO, "there is no part2_mix.py or part2_mix.ipynb")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("def Double(v):\n    return 2 * v\n", "defined as Double: rename it to double"),
        (
            "class Mine:\n    def double(v):\n        return 2 * v\n",
            "part1_scale.py defines it inside the class Mine: move it to the left margin",
        ),
    ],
)
def test_the_stub_in_the_notebook_next_to_a_script_does_not_hide_what_is_in_the_script(
    judged, code, why
):
    found = judged(code, MIX, twin=STUB)
    double, mix = states(found)
    assert double == State(Progress.MISSING, why)
    assert mix.progress is Progress.WAITS
    assert list(notes_on_failures(found, {"part2_mix.py"})) == []


def test_a_stub_that_was_deleted_from_the_script_makes_the_next_part_wait(judged):
    found = judged("def mine(v):\n    return v\n", MIX, twin=STUB)
    double, mix = states(found)
    assert double == State(Progress.TO_DO)
    assert mix.progress is Progress.WAITS


def test_a_helper_with_a_similar_name_next_to_the_stub_is_not_what_was_asked(judged):
    helper = STUB + "\n\ndef double_(v):\n    return 2 * v\n"
    assert states(judged(helper, twin=STUB))[0] == State(Progress.TO_DO)


def test_what_was_run_has_the_word_of_its_verdict(judged):
    wrong = MIX.replace("A @", "-A @")
    found = states(judged("def double(v): return 2 * v", wrong))
    assert [one.progress for one in found] == [Progress.PASSED, Progress.WRONG]


@pytest.mark.parametrize(
    ("code", "source"),
    [
        ("def double(v)\n    return v\n", "def double(v)"),
        ("def double(v):\n    a = 1\n\treturn v\n", "return v"),
        ("import math\nno_such_name()\n", "no_such_name()"),
    ],
)
def test_a_file_that_stopped_is_an_error_with_its_line(judged, code, source):
    found = judged(code)
    state = states(found)[0]
    assert state.progress is Progress.ERROR
    assert state.why.startswith("part1_scale.py: ")
    assert state.source.strip() == source
    assert list(notes_on_failures(found, {state.filename})) == []


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (
            "# def double(v):\n#     return 2 * v\n",
            "part1_scale.py has it only in a comment: remove the # before its lines",
        ),
        (
            "'''\ndef double(v):\n    return 2 * v\n'''\n",
            "part1_scale.py has it only inside a string: remove the quotation marks around it",
        ),
        (
            "if False:\n    def double(v):\n        return 2 * v\n",
            "part1_scale.py defines it under `if False:`, which did not run: "
            "move it to the left margin",
        ),
        (
            "def d\u043euble(v):\n    return 2 * v\n",
            "defined as d\u043euble (d\\u043euble): rename it to double",
        ),
    ],
)
def test_why_a_function_that_can_be_seen_is_missing_is_said(judged, code, why):
    assert states(judged(code))[0] == State(Progress.MISSING, why)


@pytest.mark.parametrize("notebook", [False, True])
def test_code_below_the_raise_of_the_stub_is_named(judged, notebook):
    found = judged("import math\n# %%\n" + STUB + "\n    # here\n    return 2 * v\n", "", notebook)
    state = states(found)[0]
    assert state.progress is Progress.ERROR
    assert "your code is below a raise and is never reached: delete the raise" in state.why
    assert state.source == 'raise NotImplementedError("write double here")'


@pytest.mark.parametrize("notebook", [False, True])
def test_a_stub_left_below_what_is_written_is_named(judged, notebook):
    found = judged("def double(v):\n    return 2 * v\n# %%\n" + STUB, "", notebook)
    state = states(found)[0]
    assert state.progress is Progress.ERROR
    places = ("cell 1, line 1", "cell 2, line 3") if notebook else ("line 1", "line 5")
    file = "part1_scale" + (".ipynb" if notebook else ".py")
    assert state.why == (
        f"double is defined in {file}, {places[0]}, but a stub below replaces it: "
        f"delete the stub ({file}, {places[1]})"
    )


def test_two_stubs_are_to_do(judged):
    assert states(judged(STUB + STUB))[0] == State(Progress.TO_DO)


def test_a_line_outside_the_function_is_not_below_its_raise(judged):
    code = STUB + "\n    # a comment\n\ndef other(v):\n    return v\n"
    assert states(judged(code))[0] == State(Progress.TO_DO)


@pytest.mark.parametrize("name", ["do_uble", "Double", "dubble"])
def test_a_name_that_is_nearly_right_is_named(judged, name):
    found = judged(f"def {name}(v):\n    return 2 * v\n", MIX)
    double, mix = states(found)
    assert double == State(Progress.MISSING, f"defined as {name}: rename it to double")
    assert mix.progress is Progress.WAITS
    assert mix.why == "calls double, which is missing"
    assert f"it is defined as {name}: rename it" in found.exercises[0].report.groups[0].message
    assert list(notes_on_failures(found)) == []


def test_a_helper_that_is_not_there_costs_only_what_calls_it(judged):
    imports = MIX.replace("import double", "import double, helper")
    right = "def double(v):\n    return 2 * v\n"
    assert [one.progress for one in states(judged(right, imports))] == [Progress.PASSED] * 2
    mix = judged(right, imports.replace("@ double", "@ helper")).exercises[1].report.groups[0]
    assert "NameError: part1_scale does not define helper" in mix.message


def test_what_calls_an_exercise_that_is_to_do_waits(judged):
    mix = states(judged(STUB, MIX))[1]
    assert mix == State(Progress.WAITS, "calls double, which is not written yet")


def test_an_exercise_of_hidden_groups_alone_was_not_tried():
    exercise = Exercise("double", "part1_scale", ())
    one = JudgedExercise(exercise, (), report_exercise(exercise, ()))
    state = state_of(one, Judgement((one,)))
    assert state == State(Progress.NOT_TRIED, "not tried: it has only hidden groups")
    assert not one.solved
