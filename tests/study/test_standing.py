import pytest

from autograder.answer_key.build import build_key
from autograder.model import Course, Source, Submission, Verdict
from autograder.sandbox.sandbox import Sandbox
from autograder.study.standing import Standing, checked, try_exercises

STUB = "def double(v):\n    raise NotImplementedError\n"
RIGHT = "def double(v):\n    return 2 * v\n"
NEGATED = "def double(v):\n    return -2 * v\n"


@pytest.fixture
def stand(tiny_course: Course):
    key = build_key(tiny_course)
    with Sandbox(tiny_course.limits) as sandbox:

        def of(code: str) -> Standing:
            sources = (Source("part1_scale", "part1_scale.py", (code.encode(),)),)
            submission = Submission("study", sources, "digest")
            tried = try_exercises(tiny_course.exercises[:1], key, submission, sandbox, ())
            assert list(tried) == ["double"]
            return tried["double"]

        yield of


def test_a_stub_is_untouched(stand):
    standing = stand(STUB)
    assert standing.untouched
    assert not standing.solved
    assert standing.diagnosed == ()


def test_a_right_answer_is_solved(stand):
    standing = stand(RIGHT)
    assert standing.solved
    assert standing.mismatch is None
    assert standing.report.score == 5.0


def test_hidden_groups_are_run_and_mistakes_are_named(stand):
    standing = stand(NEGATED)
    groups = {group.name: group.verdict for group in standing.report.groups}
    assert groups["any length"] is Verdict.WRONG_ANSWER
    assert "sign" in standing.diagnosed[0]
    assert standing.mismatch is not None
    assert not standing.untouched


def test_only_public_groups_may_be_shown_in_full(stand):
    shown = checked(stand(NEGATED))
    names = ["the worked example", "leaves its input alone"]
    assert [result.group.name for result in shown.results] == names
    assert [group.name for group in shown.report.groups] == names
