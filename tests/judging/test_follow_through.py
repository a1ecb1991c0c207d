"""Credit follows from a wrong earlier function only where the later one is right for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from warm_sandbox import warm_sandbox

from autograder.answer_key.build import build_key
from autograder.answer_key.file import key_text, read_key
from autograder.answer_key.trusted_modules import references_of, support_functions
from autograder.course.load import load_course
from autograder.errors import SandboxError
from autograder.judging.judge import grade
from autograder.judging.substitute import answers_follow, data_matter, substituted
from autograder.model.course import (
    AnswerKey,
    Case,
    Course,
    Draw,
    Exercise,
    Part,
    TestGroup,
    Tolerance,
)
from autograder.model.report import GroupResult, Report, Verdict
from autograder.model.submission import Outcome, Source, Status, Submission
from autograder.model.values import SupportFunction
from autograder.sandbox.host.wire import Job
from autograder.submissions.read import read_support

Function = Callable[..., Any]


def scale(x: Any) -> Any:
    return x / x.sum()


def halved(x: Any) -> Any:
    return scale(x) / 2


def step(W: Any, x: Any) -> Any:
    return W - halved(x)


SCALE = Exercise("scale", "one", (TestGroup("only", 1.0, True, Draw("r"), Tolerance()),))
STEP = Exercise(
    "step",
    "two",
    (
        TestGroup("first", 4.0, True, Draw("r"), Tolerance()),
        TestGroup("second", 5.0, False, Draw("r"), Tolerance(), keeps_arguments=True),
    ),
    uses=("scale",),
    follow_through=0.8,
)
COURSE = Course("c", "1", Path(), (Part("one", "1", (SCALE,)), Part("two", "2", (STEP,))), seed=1)
REFERENCES: dict[str, Function] = {"scale": scale, "step": step}
INPUTS = [np.array([1.0, 2.0, 5.0]), np.array([2.0, 2.0, 1.0]), np.array([3.0, 4.0])]
START = np.array([1.0, 1.0, 1.0])


def the_cases(exercise: Exercise) -> tuple[Case, ...]:
    reference = REFERENCES[exercise.name]
    cases = []
    for group in exercise.groups:
        for index, x in enumerate(INPUTS):
            arguments = {"W": START[: x.size], "x": x} if exercise is STEP else {"x": x}
            expected = np.asarray(reference(*arguments.values()))
            cases.append(
                Case(
                    exercise.name,
                    group.name,
                    index,
                    arguments,
                    expected,
                    group.tolerance,
                    group.keeps_arguments,
                )
            )
    return tuple(cases)


KEY = AnswerKey({one.name: the_cases(one) for one in COURSE.exercises}, "digest")


class InProcess:
    """A sandbox that calls functions of this file; each session has functions of its own."""

    def __init__(self, functions: Callable[[], Mapping[str, Function]]) -> None:
        self.make = functions
        self.functions: Mapping[str, Function] = {}
        self.sessions = 0
        self.requests = 0
        """In the present session."""

    def session(self, sources: Any, support: Any) -> InProcess:
        return self

    def __enter__(self) -> InProcess:
        self.sessions += 1
        self.requests = 0
        self.functions = self.make()
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def load_failures(self) -> tuple[()]:
        return ()

    def run(self, jobs: Sequence[Job]) -> Iterator[Outcome]:
        self.requests += 1
        calls = ((job, call) for job in jobs for call in job.calls)
        return (self.call(job.function, job.home, call.arguments) for job, call in calls)

    def call(self, function: str, home: str, arguments: Sequence[Any]) -> Outcome:
        assert home == {"scale": "one", "step": "two"}[function]
        copies = tuple(np.array(value) for value in arguments)
        try:
            value = np.asarray(self.functions[function](*copies))
        except SandboxError:
            raise
        except Exception:
            return Outcome(Status.RAISED)
        return Outcome(Status.RETURNED, value, arguments=copies)


def graded(
    own_scale: Function, own_step: Function | None = None, references: Any = REFERENCES
) -> Report:
    def functions() -> Mapping[str, Function]:
        return {"scale": own_scale, "step": own_step or (lambda W, x: W - own_scale(x) / 2)}

    sandbox = InProcess(functions)
    return grade(COURSE, KEY, Submission("a", (), "d"), sandbox, (), references)  # type: ignore


def wrong_scale(x: Any) -> Any:
    return x / x.max()


def test_what_is_right_for_a_wrong_earlier_function_earns_its_share() -> None:
    report = graded(wrong_scale)
    first, second = report.exercises[1].groups
    assert (first.score, second.score) == (3.2, 4.0)
    assert first.verdict is Verdict.WRONG_ANSWER
    assert first.message == second.message
    assert first.message == (
        "right for what your scale returns, and wrong only because of that: 80% of the points; "
        "fix scale for all of them"
    )
    assert report.exercises[1].misconception is None


def test_no_share_without_references_and_none_where_the_course_gives_none() -> None:
    assert graded(wrong_scale, references={}).exercises[1].score == 0.0


def test_an_inexact_earlier_function_does_not_excuse_a_mistake_of_its_own() -> None:
    def inexact(x: Any) -> Any:
        return scale(x) * (1 + 9e-6)

    report = graded(inexact, lambda W, x: W - inexact(x))
    assert report.exercises[0].verdict is Verdict.ACCEPTED
    assert report.exercises[1].score == 0.0
    assert graded(inexact).score == report.max_score


def test_right_earlier_functions_open_no_second_session() -> None:
    sandbox = InProcess(lambda: {"scale": scale, "step": lambda W, x: W})
    grade(COURSE, KEY, Submission("a", (), "d"), sandbox, (), REFERENCES)  # type: ignore[arg-type]
    assert sandbox.sessions == 1


def test_what_does_not_follow_is_found_out_in_a_single_request() -> None:
    sandbox = InProcess(lambda: {"scale": wrong_scale, "step": lambda W, x: 7.0 * x})
    grade(COURSE, KEY, Submission("a", (), "d"), sandbox, (), REFERENCES)  # type: ignore[arg-type]
    assert (sandbox.sessions, sandbox.requests) == (2, 1)


def test_calls_that_do_not_need_each_other_are_made_in_a_single_request() -> None:
    def own_step(W: Any, x: Any) -> Any:
        return W - np.mean([wrong_scale(x + number) / 2 for number in range(20)], axis=0)

    def looped(W: Any, x: Any) -> Any:
        return W - np.mean([scale(x + number) / 2 for number in range(20)], axis=0)

    sandbox = InProcess(lambda: {"scale": wrong_scale, "step": own_step})
    references = {"scale": scale, "step": looped}
    report = grade(COURSE, KEY, Submission("a", (), "d"), sandbox, (), references)  # type: ignore
    assert [group.score for group in report.exercises[1].groups] == [3.2, 4.0]
    assert sandbox.requests < 20


@pytest.mark.parametrize(
    "own_scale",
    [
        lambda x: 0 * x,
        lambda x: 0 * x + 1,
        lambda x: x,
        lambda x: np.full(x.size, x.sum()),
        lambda x: np.arange(x.size),
        lambda x: 1 / 0,
        lambda x: np.full(x.size, np.nan),
        lambda x: x / 0.0 - x / 0.0,
    ],
    ids=["zero", "one", "itself", "flat", "constant", "raises", "nan", "nan again"],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_constant_and_trivial_functions_earn_nothing(own_scale: Function) -> None:
    assert graded(own_scale).exercises[1].score == 0.0


@pytest.mark.parametrize(
    ("own_scale", "own_step"),
    [
        (lambda x: 1e-300 * x, lambda W, x: W),
        (lambda x: 1e-12 * x * x, lambda W, x: W),
        (lambda x: 2.0 + 1e-12 * x, lambda W, x: W - 1.0),
        (lambda x: 1e-12 * x.sum(), lambda W, x: W),
    ],
    ids=["tiny", "tiny and curved", "all but constant", "tiny number"],
)
def test_answers_to_which_the_data_do_not_matter_earn_nothing(
    own_scale: Function, own_step: Function
) -> None:
    assert graded(own_scale, own_step).exercises[1].score == 0.0


@pytest.mark.parametrize("cells", [(10**6,), (1000, 1), (1000, 1, 1)])
def test_what_grows_beyond_its_case_is_not_computed_with(cells: tuple[int, ...]) -> None:
    """Broadcast, an answer that the sandbox lets pass could fill the grader's memory."""
    seen: list[int] = []

    def watched(W: Any, x: Any) -> Any:
        value = halved(x)
        seen.append(int(np.size(value)))
        return W - value

    def own_scale(x: Any) -> Any:
        return np.full(cells, x.sum()) + np.arange(cells[0]).reshape(-1, *[1] * (len(cells) - 1))

    references = {"scale": scale, "step": watched}
    assert graded(own_scale, lambda W, x: 7.0 * x, references).exercises[1].score == 0.0
    assert max(seen, default=0) <= 3  # as many as x has, with the reference's own scale


def test_no_warning_of_numpy_reaches_the_instructor() -> None:
    graded(lambda x: x * np.where(x > 1.5, np.inf, -np.inf), lambda W, x: 7.0 * x)


def test_another_mistake_of_its_own_earns_nothing() -> None:
    report = graded(wrong_scale, lambda W, x: W + wrong_scale(x) / 2)
    assert report.exercises[1].score == 0.0
    assert "scale" not in report.exercises[1].groups[0].message


def test_the_group_that_asks_to_leave_arguments_alone_still_asks_it() -> None:
    def in_place(W: Any, x: Any) -> Any:
        W -= wrong_scale(x) / 2
        return W

    first, second = graded(wrong_scale, in_place).exercises[1].groups
    assert (first.score, second.score) == (3.2, 0.0)


def test_a_function_cannot_remember_what_it_is_to_agree_with() -> None:
    seen: dict[str, Any] = {}

    def functions() -> Mapping[str, Function]:
        memory: dict[bytes, Any] = {}

        def own_step(W: Any, x: Any) -> Any:
            memory[x.tobytes()] = 2 * (W - 7.0 * x)
            return 7.0 * x

        def own_scale(x: Any) -> Any:
            seen["asked"] = True
            return memory.get(x.tobytes(), x[::-1])

        return {"scale": own_scale, "step": own_step}

    report = grade(
        COURSE,
        KEY,
        Submission("a", (), "d"),
        InProcess(functions),  # type: ignore[arg-type]
        (),
        REFERENCES,
    )
    assert seen
    assert report.exercises[1].score == 0.0


def test_a_failure_of_the_sandbox_is_not_taken_for_a_wrong_answer() -> None:
    calls: list[int] = []

    def fails_later(x: Any) -> Any:
        calls.append(1)
        if len(calls) > 3 * len(INPUTS):
            raise SandboxError("gone")
        return wrong_scale(x)

    assert graded(fails_later).judge_error == "gone"


# --- a reference on other functions ---

X = np.array([1.0, 2.0, 5.0])


def result_of(answer: Any) -> GroupResult:
    group = TestGroup("only", 1.0, True, Draw("r"), Tolerance())
    case = Case("step", "only", 0, {"W": START, "x": X}, step(START, X), Tolerance())
    return GroupResult(group, (case,), (Outcome(Status.RETURNED, answer),), (None,))


def test_a_reference_is_rebuilt_with_the_other_functions_of_its_module() -> None:
    rebuilt = substituted(step, {"scale": wrong_scale})
    assert rebuilt is not None
    assert rebuilt(START, X).tolist() == (START - X / X.max() / 2).tolist()
    assert step(START, X).tolist() == (START - X / X.sum() / 2).tolist()
    assert substituted(np.sum, {}) is None


@pytest.mark.parametrize(
    ("own_scale", "answer", "follow", "matter"),
    [
        (wrong_scale, START - X / 10, True, True),
        (wrong_scale, START - X / 5, False, True),
        (lambda x: 1e-20 * x, START, True, False),
        (lambda x: x.sum() + 1e-9 * x, START - 4.0, True, False),
    ],
)
def test_what_follows_shows_something_where_the_data_matter(
    own_scale: Any, answer: Any, follow: bool, matter: bool
) -> None:
    given = {"scale": own_scale}
    assert answers_follow(result_of(answer), step, given) is follow
    assert data_matter(result_of(answer), step, given) is matter


def norm(x: Any) -> Any:
    return (x**2).sum()


def spread(x: Any) -> Any:
    return ((x - mean(x)) ** 2).mean()


def mean(x: Any) -> Any:
    return x.mean()


def surprise(x: Any) -> Any:
    return -(scale(x) * np.log(scale(x))).sum()


def offset(w: Any, x: Any) -> Any:
    return w.sum() + norm(x)


def choices(n: int) -> Any:
    return np.asarray(factorial(n) / factorial(2) / factorial(n - 2))


def factorial(n: int) -> Any:
    return np.prod(np.arange(1.0, n + 1))


COUNTS = np.array([4, 1, 1, 7])
SHARES = np.array([0.2, 0.5, 0.3])


@pytest.mark.parametrize(
    ("reference", "given", "arguments", "matter"),
    [
        (spread, {"mean": np.median}, {"x": X}, True),
        (spread, {"mean": np.median}, {"x": COUNTS}, True),
        (spread, {"mean": lambda x: 1e-9 * x.sum()}, {"x": X}, False),
        (spread, {"mean": lambda x: 2.0 + 1e-9 * x.sum()}, {"x": X}, False),
        (surprise, {"scale": lambda x: x / x.max()}, {"x": X}, True),
        (surprise, {"scale": lambda x: np.sqrt(x)}, {"x": SHARES}, True),
        (offset, {"norm": lambda x: np.abs(x).sum()}, {"w": START, "x": X}, True),
        (offset, {"norm": lambda x: 1e-9 * x.sum()}, {"w": START, "x": X}, False),
        (choices, {"factorial": lambda n: n * n + 1.0}, {"n": 5}, True),
        (choices, {"factorial": lambda n: 3.0 + 1e-9 * n}, {"n": 5}, False),
        # Changed numbers that a function refuses show nothing.
        (spread, {"mean": lambda x: {2.0: 3.0}[float(np.median(x))]}, {"x": X}, False),
    ],
)
def test_other_data_matter_where_their_order_does_not(
    reference: Function, given: Any, arguments: Any, matter: bool
) -> None:
    built = substituted(reference, given)
    assert built is not None
    group = TestGroup("only", 1.0, True, Draw("r"), Tolerance())
    right, answer = (np.asarray(one(*arguments.values())) for one in (reference, built))
    case = Case("last", "only", 0, arguments, right, Tolerance())
    result = GroupResult(group, (case,), (Outcome(Status.RETURNED, answer),), (None,))
    assert answers_follow(result, reference, given)
    assert data_matter(result, reference, given) is matter


SLOPES = {
    "course.yaml": """
name: Slopes
version: 1.0.0
seed: 1
support: [curves.py]
parts:
  - name: slopes
    title: Slopes
    exercises:
      - name: slope
        groups: [{name: any, points: 1, draw: point, count: 3}]
      - name: tangent
        uses: [slope]
        follow_through: 0.5
        groups: [{name: any, points: 2, draw: point, count: 3}]
""",
    "solutions/curves.py": "def cube(x):\n    return x**3\n",
    "solutions/inputs.py": (
        "from curves import cube\n\ndef point(rng):\n"
        "    return {'f': cube, 'x': float(rng.random()), 't': float(rng.random())}\n"
    ),
    "solutions/slopes.py": (
        "import numpy as np\n\n"
        "def slope(f, x):\n    return (f(x + 1e-4) - f(x - 1e-4)) / 2e-4\n\n"
        "def tangent(f, x, t):\n    return f(x) + slope(f, x) * (t - x)\n"
    ),
}


def test_references_with_functions_as_arguments_need_nothing_but_the_answer_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in SLOPES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    course = load_course(tmp_path)
    key = build_key(course)
    (tmp_path / "key.json").write_text(key_text(course, key, public=False), encoding="utf-8")
    support = read_support(course, tmp_path / "solutions")
    course, key = read_key(tmp_path / "key.json")
    shutil.rmtree(tmp_path / "solutions")
    # As in another process, which has not drawn the inputs.
    monkeypatch.delitem(support_functions, SupportFunction("curves", "cube"))
    wrong = SLOPES["solutions/slopes.py"].replace("/ 2e-4", "/ 1e-4").encode()
    submission = Submission("w", (Source("slopes", "slopes.py", (wrong,)),), "")
    sandbox = warm_sandbox(course.limits)
    report = grade(course, key, submission, sandbox, support, references_of(course, key))
    assert [one.score for one in report.exercises] == [0.0, 1.0]


MOMENTS = {
    "course.yaml": """
name: Moments
version: 1.0.0
seed: 1
parts:
  - name: moments
    title: Moments
    exercises:
      - name: mean
        groups: [{name: any, points: 1, draw: numbers}]
      - name: variance
        uses: [mean]
        follow_through: 0.5
        groups: [{name: any, points: 3, draw: numbers, count: 3}]
""",
    "solutions/inputs.py": "def numbers(rng):\n    return {'x': rng.random(6)}\n",
    "solutions/moments.py": (
        "import numpy as np\n\n"
        "def mean(x):\n    return np.mean(x)\n\n"
        "def variance(x):\n    return np.mean((x - mean(x)) ** 2)\n"
    ),
}


@pytest.mark.parametrize(
    ("wrong", "score"), [("np.median(x)", 1.5), ("x.sum()", 1.5), ("0.5", 0.0), ("x", 0.0)]
)
def test_a_variance_on_a_wrong_mean_earns_its_share(
    tmp_path: Path, wrong: str, score: float
) -> None:
    for name, text in MOMENTS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    course = load_course(tmp_path)
    key = build_key(course)
    text = MOMENTS["solutions/moments.py"].replace("np.mean(x)\n", f"{wrong}\n")
    submission = Submission("w", (Source("moments", "moments.py", (text.encode(),)),), "")
    sandbox = warm_sandbox(course.limits)
    report = grade(course, key, submission, sandbox, (), references_of(course, key))
    assert [one.score for one in report.exercises] == [0.0, score]
