"""The proof of a course: of the real one, of one that was weakened, of one with a new exercise."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.authoring import validate as validate_module
from autograder.authoring.mutants import read_equivalents
from autograder.authoring.proof import CourseProof
from autograder.authoring.sync import sync
from autograder.authoring.trials import Trial, judge_misconceptions, judge_mutants
from autograder.authoring.validate import validate
from autograder.errors import CourseError, UsageError
from tests.support.corpus import softmax

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def whole() -> tuple[CourseProof, list[Trial]]:
    """The proof of the real course, and every trial that went into it."""
    trials: list[Trial] = []

    def recorded(*arguments: object, **settings: object) -> Iterator[Trial]:
        for trial in original(*arguments, **settings):  # type: ignore[arg-type]
            trials.append(trial)
            yield trial

    original = validate_module.try_out
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validate_module, "try_out", recorded)
        return validate(ROOT), trials


def test_the_course_is_proved(whole: tuple[CourseProof, list[Trial]]) -> None:
    proof, _ = whole
    assert proof.failures == ()
    assert proof.proved
    for one in proof.exercises:
        assert one.reference == one.points > one.stub == 0
        assert one.accepted == one.variants > 5
        assert one.recognised == one.rejected == one.misconceptions >= 20
        assert one.killed + one.equivalent == one.mutants >= 7
        assert one.oracles
    assert sum(one.misconceptions for one in proof.exercises) >= 110
    assert sum(one.variants for one in proof.exercises) >= 50
    assert sum(one.printed for one in proof.exercises) > 200


def test_every_group_catches_something(whole: tuple[CourseProof, list[Trial]]) -> None:
    proof, _ = whole
    assert all(group.catches for group in proof.groups)
    # Fewer than there are groups: what a public group shows, a hidden one need not catch alone.
    assert sum(1 for group in proof.groups if group.alone) >= 15


def test_without_any_group_that_alone_catches_something_the_proof_fails_and_names_it(
    whole: tuple[CourseProof, list[Trial]],
) -> None:
    """The judges see the trials as they would be, had the group not been there."""
    proof, trials = whole
    key, equivalents = softmax()[1], read_equivalents(ROOT)
    needed = [group for group in proof.groups if group.alone]
    assert any(not group.public for group in needed)
    for group in needed:
        own = [
            trial
            for trial in trials
            if trial.candidate.exercise.name == group.exercise
            and trial.candidate.name in group.alone
        ]
        without = [_without(trial, group.name) for trial in own]
        mutants = [one for one in without if "->" in one.candidate.name]
        wrong = [
            one
            for one in without
            if one not in mutants and one.candidate.source.module.startswith("misconceptions")
        ]
        listed = {group.exercise: equivalents.get(group.exercise, ())}
        survivors = (f"'{one.edit}'" for one in judge_mutants(mutants, listed)[2])
        failures = [*judge_misconceptions(wrong, key)[0], *survivors]
        for name in group.alone:
            slipped = f"'{name}'" if "->" in name else f"{group.exercise}__{name} slips"
            assert any(slipped in failure for failure in failures), (group.name, name)


def _without(trial: Trial, group: str) -> Trial:
    results = tuple(result for result in trial.results if result.group.name != group)
    return replace(trial, results=results)


# --- a copy of the course, changed as an author would ---------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    for name in ("solutions", "exercises"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    shutil.copy(ROOT / "course.yaml", folder)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_hidden_group_taken_out_of_course_yaml_lets_something_through(copy: Path) -> None:
    lines = (copy / "course.yaml").read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if "- name: z_dir" in line)
    place = next(n for n in range(start, len(lines)) if "more than 256 classes" in lines[n])
    del lines[place]
    (copy / "course.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    proof = validate(copy, ["z_dir"])
    assert not proof.proved
    assert any("z_dir__is_for_equal slips through every group" in one for one in proof.failures)


LOG_SOFTMAX = '''

# %% [markdown]
# ## Logarithms of shares
#
# The logarithm of a share is what the loss needs. It can be had without the share itself.


# %%
def log_softmax(Z):
    """The logarithms of softmax(Z) for floats, shape (K,): Z_i - log(sum_k exp(Z_k))."""
    shifted = Z - np.max(Z)
    return shifted - np.log(np.sum(np.exp(shifted)))
'''

ENTRY = """\
      - name: log_softmax
        groups:
          - {name: the worked example, points: 1, public: true, draw: worked_example}
          - {name: any number of classes, points: 2, draw: layer, sizes: [{D: 3, K: 4}]}
"""


def test_a_thirteenth_exercise_takes_one_function_one_entry_sync_and_validate(copy: Path) -> None:
    """As the README tells authors."""
    with (copy / "solutions" / "part1_softmax.py").open("a", encoding="utf-8") as file:
        file.write(LOG_SOFTMAX)
    edit(copy / "course.yaml", "  - name: part2_layer\n", f"{ENTRY}\n  - name: part2_layer\n")
    weak = validate(copy, ["log_softmax"])
    [one] = weak.exercises
    assert (one.name, one.reference) == ("log_softmax", 3.0)
    assert one.killed < one.mutants
    assert any("run 'autograder sync'" in failure for failure in weak.failures)
    # Nothing but a large logit needs the shift, and validate says which edit shows it.
    assert not weak.proved
    assert {one.exercise for one in weak.survivors} == {"log_softmax"}
    assert any("shifted = Z" in one.edit for one in weak.survivors)

    huge = "{name: huge logits, points: 1, draw: huge_logits, sizes: [{K: 5, turn: 1}, "
    huge += "{K: 5, turn: 2}, {K: 6, turn: 3}]}"
    edit(copy / "course.yaml", ENTRY, f"{ENTRY}          - {huge}\n")
    sync(copy)
    proof = validate(copy, ["log_softmax"])
    assert (proof.failures, proof.exercises[0].stub) == ((), 0.0)
    assert [group.name for group in proof.groups if group.alone] == ["huge logits"]


# --- small courses --------------------------------------------------------------------------------


def test_every_step_is_announced(tiny_folder: Path) -> None:
    sync(tiny_folder)
    heard: list[str] = []
    proof = validate(tiny_folder, ["mix"], heard.append)
    assert heard == [
        "derived files",
        "references",
        "stubs",
        "variants",
        "misconceptions",
        "mutants of mix (1 of 1)",
        "oracles",
    ]
    assert [one.name for one in proof.exercises] == ["mix"]
    assert proof.seconds > 0
    assert proof.isolation in ("full", "partial", "process")
    assert "solutions/oracles.py: there is none" in proof.notes[0]


def test_a_variant_that_is_refused_and_a_stale_equivalent_fail(tiny_folder: Path) -> None:
    sync(tiny_folder)
    variants = tiny_folder / "solutions" / "variants"
    variants.mkdir()
    text = "double__lambda = lambda v: v + v\ndouble__rounded = lambda v: (2 * v).round(3)\n"
    (variants / "part1_scale.py").write_text(text, encoding="utf-8")
    listed = "double:\n  - {reason: It is gone., edits: [an old edit]}\n"
    listed += "gone:\n  - {reason: So is this., edits: [another]}\n"
    listed += "mix:\n  - {reason: Not tried here., edits: [a third]}\n"
    (tiny_folder / "solutions" / "equivalent_mutants.yaml").write_text(listed, encoding="utf-8")
    proof = validate(tiny_folder, ["double"])
    assert (proof.exercises[0].accepted, proof.exercises[0].variants) == (1, 2)
    assert any("double__rounded is right, but the group" in one for one in proof.failures)
    stale = [one for one in proof.failures if "there is no mutant" in one]
    assert ["'an old edit'" in stale[0], "gone: " in stale[1], len(stale)] == [True, True, 2]


def test_an_exercise_that_is_not_there_is_refused(tiny_folder: Path) -> None:
    with pytest.raises(UsageError, match="has no exercise 'dubble'; did you mean 'double'"):
        validate(tiny_folder, ["dubble"])


def test_a_broken_course_is_told_in_one_line(tiny_folder: Path) -> None:
    (tiny_folder / "course.yaml").write_text("name: 3\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"course\.yaml:1"):
        validate(tiny_folder)


def test_an_oracle_without_an_allowed_error_is_found_before_anything_is_tried(
    tiny_folder: Path,
) -> None:
    oracles = "def double__other(v):\n    return v + v\n"
    (tiny_folder / "solutions" / "oracles.py").write_text(oracles, encoding="utf-8")
    steps: list[str] = []
    with pytest.raises(CourseError, match="ALLOWED has no error for 'other'"):
        validate(tiny_folder, (), steps.append)
    assert steps == []


def test_without_the_library_that_writes_notebooks_nothing_is_tried(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jupytext", None)
    steps: list[str] = []
    with pytest.raises(ModuleNotFoundError, match="jupytext"):
        validate(tiny_folder, (), steps.append)
    assert steps == []
