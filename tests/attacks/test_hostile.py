"""Every hostile hand-in under all layers: no point, no trace, no harm to the next.

Each folder of tests/attacks/hostile is one hand-in, with `about.yaml`: what it tries, what
defeats it, which of the kernel's layers stop it, which canary would show that it got through, and
the points of its honest part. An attack that a layer stops is run again without that layer, which
the others must make up for, and with seccomp and limits alone.
`{CANARY}` and the like in its files are replaced by the places of that canary; what git cannot
keep, its `build.py` makes.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from canary import TOKEN, Canary

from autograder.judging.execute import run_exercises
from autograder.judging.judge import grade
from autograder.model.course import AnswerKey, Course
from autograder.model.report import Report
from autograder.model.submission import Source, Submission
from autograder.sandbox.kernel_layers import LAYERS
from autograder.sandbox.sandbox import Sandbox
from autograder.submissions.read import read_submission
from tests.support.corpus import softmax

ROOT = Path(__file__).parents[2]
ATTACKS = sorted(
    path.parent for path in (ROOT / "tests" / "attacks" / "hostile").glob("*/about.yaml")
)
ALL = frozenset(LAYERS)
ABOUT = {attack: yaml.safe_load((attack / "about.yaml").read_text()) for attack in ATTACKS}
LEVELS = {
    "all layers": ALL,
    "without namespaces": ALL - {"namespaces"},
    "without landlock": ALL - {"landlock"},
    "seccomp and limits alone": frozenset({"no new privileges", "limits", "seccomp"}),
}
NONE = "no layers"


def _runs_at() -> list[Any]:
    """Each attack under all layers, and where one is missing if that one would stop it."""
    runs = []
    for level, layers in LEVELS.items():
        for attack, about in ABOUT.items():
            stopped_by = set(about.get("layers", ()))
            if layers == ALL or stopped_by & (ALL - layers):
                marks = [pytest.mark.layered] if stopped_by else []
                runs.append(pytest.param(level, attack, marks=marks, id=f"{level}-{attack.name}"))
    return runs


HONEST = b"""
import numpy as np

def softmax(Z):
    e = np.exp(Z - Z.max())
    return e / e.sum()
"""
STATE = b"""
import builtins, gc, os, random, signal, sys, threading, warnings
import numpy as np

def softmax(Z):
    print(sorted(os.environ.items()), os.getcwd(), sys.path, sys.argv, sorted(sys.modules))
    print(np.geterr(), np.get_printoptions(), np.random.random(), random.random())
    print(warnings.filters[:1], sys.getrecursionlimit(), threading.active_count(), gc.isenabled())
    print([str(signal.getsignal(n)).partition(" at ")[0] for n in (2, 11, 13, 14, 15)])
    print(len(vars(builtins)), len(vars(np)))
    print(np.asarray.__module__, abs(-1), len([1]), np.exp(0.0))
    return Z
"""


@dataclass(frozen=True)
class Ground:
    """What every attack meets, with the world that a hand-in sees before any of them."""

    course: Course
    key: AnswerKey
    sandbox: Sandbox
    state: str

    def grade(self, submission: Submission) -> Report:
        return grade(self.course, self.key, submission, self.sandbox, ())

    def told(self, submission: Submission) -> str:
        """What the student's code could say to anyone while its first exercise runs."""
        exercise = self.course.exercises[0]
        with self.sandbox.session(submission.sources) as session:
            two = AnswerKey({exercise.name: self.key.cases[exercise.name][:2]}, "")
            results = run_exercises([exercise], two, session, together=False)
        said = [outcome for result in results[exercise.name] for outcome in result.outcomes]
        return " ".join(f"{each.printed} {each.error} {each.returned}" for each in said)


@pytest.fixture(scope="module")
def course_and_key() -> tuple[Course, AnswerKey]:
    course, key = softmax()
    limits = replace(course.limits, case_seconds=0.2, submission_seconds=1.0)
    return replace(course, limits=limits), key


@contextlib.contextmanager
def _ground(of: tuple[Course, AnswerKey], level: str) -> Iterator[Ground]:
    course, key = of
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_SECRET", TOKEN)
        with Sandbox(course.limits, layers=LEVELS.get(level, ())) as sandbox:
            yield Ground(course, key, sandbox, _state(sandbox))


@pytest.fixture(scope="module")
def ground_at(course_and_key: tuple[Course, AnswerKey]) -> Iterator[Callable[[str], Ground]]:
    """The ground of a level; opened when its first attack comes, and open to the end."""
    with contextlib.ExitStack() as stack:
        yield cache(lambda level: stack.enter_context(_ground(course_and_key, level)))


def _skip_without_its_layers(ground: Ground, level: str) -> None:
    states = ground.sandbox.isolation.layers
    off = {name: states[name] for name in LEVELS[level] if not states[name].startswith("on")}
    for name in ("seccomp", "limits"):  # without them these hand-ins would harm the machine
        assert name not in off, off
    if off.keys() - {"uid"}:  # an ordinary user has no other to become
        pytest.skip(f"this machine has not all of these layers: {off}")


@pytest.mark.parametrize(("level", "attack"), _runs_at())
def test_attack(
    level: str, attack: Path, ground_at: Callable[[str], Ground], tmp_path: Path
) -> None:
    ground = ground_at(level)
    _skip_without_its_layers(ground, level)
    about = ABOUT[attack]
    with Canary(attack, tmp_path) as canary:
        submission = read_submission(canary.hand_in, attack.name)
        report = ground.grade(submission)
        time.sleep(about.get("wait", 0))
        shown = _shown(report)
        assert report.judge_error is None
        assert report.score <= about.get("honest", 0.0), shown
        assert canary.disturbed() == []
    if about.get("canary") == "secret":
        assert TOKEN not in shown + ground.told(submission)
    assert not {"\x1b", "\x07", "\x00"} & set(shown)
    hidden = [group for each in report.exercises for group in each.groups if not group.public]
    assert not any("LEAK" in text for text in [*report.notes, *(each.message for each in hidden)])
    _next_is_unharmed(ground)


@pytest.mark.parametrize(
    "attack",
    [attack for attack, about in ABOUT.items() if about.get("control")],
    ids=lambda path: path.name,
)
def test_its_canary_sings_where_no_layer_is_on(
    attack: Path, ground_at: Callable[[str], Ground], tmp_path: Path
) -> None:
    ground = ground_at(NONE)
    with Canary(attack, tmp_path) as canary:
        submission = read_submission(canary.hand_in, attack.name)
        score = ground.grade(submission).score
        assert canary.disturbed() or TOKEN in ground.told(submission) or score > 0


def test_at_least_fifty_attacks_say_what_they_try_and_what_defeats_them() -> None:
    assert len(ABOUT) >= 50
    assert all(about["tries"] and about["defeated_by"] for about in ABOUT.values())
    assert all(ALL.issuperset(about.get("layers", ())) for about in ABOUT.values())


def _shown(report: Report) -> str:
    groups = [group for exercise in report.exercises for group in exercise.groups]
    return " ".join([*report.notes, *(group.message for group in groups)])


def _state(sandbox: Sandbox) -> str:
    with sandbox.session([Source("part1_softmax", "part1_softmax.py", (STATE,))]) as session:
        return session.call("softmax", "part1_softmax", [np.zeros(3)]).printed


def _next_is_unharmed(ground: Ground) -> None:
    assert _state(ground.sandbox) == ground.state
    honest = Source("part1_softmax", "part1_softmax.py", (HONEST,))
    softmax = ground.grade(Submission("honest", (honest,), "")).exercises[0]
    assert softmax.score == softmax.max_score
