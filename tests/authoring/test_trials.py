from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest

from autograder.answer_key.build import build_key
from autograder.answer_key.catalog import MISCONCEPTIONS
from autograder.authoring.sync import sync
from autograder.authoring.trials import (
    Bench,
    Candidate,
    bank_candidates,
    hand_in,
    mutant_candidates,
    parts_in,
    try_out,
)
from autograder.model.course import Course
from autograder.model.report import Verdict
from autograder.model.submission import Source, Status
from autograder.sandbox.sandbox import Sandbox


@pytest.fixture
def bench(tiny_course: Course) -> Iterator[Bench]:
    key, references = build_key(tiny_course), parts_in(tiny_course, "solutions")
    with Sandbox(replace(tiny_course.limits, case_seconds=0.5)) as sandbox:
        yield Bench(tiny_course, key, references, (), sandbox)


def candidate(course: Course, text: str, number: int = 0, function: str = "double") -> Candidate:
    source = Source(f"own_{number}", "own.py", (text.encode(),))
    return Candidate(course.exercises[0], f"number {number}", function, source)


def test_the_references_earn_everything_and_the_stubs_nothing(bench: Bench) -> None:
    sync(bench.course.folder)
    assert hand_in(bench, bench.references, "solutions").score == bench.course.points
    stubs = hand_in(bench, parts_in(bench.course, "exercises"), "exercises")
    assert {one.verdict for one in stubs.exercises} == {Verdict.NOT_ATTEMPTED}


def test_a_candidate_is_called_under_its_own_name_and_told_by_the_groups_that_catch_it(
    bench: Bench,
) -> None:
    right = "import numpy as np\ndef manner(u):\n    return np.add(u, u)\n"
    wrong = "def manner(u):\n    u *= 2\n    return u\n"
    trials = list(
        try_out(
            bench,
            [
                candidate(bench.course, right, 0, "manner"),
                candidate(bench.course, wrong, 1, "manner"),
            ],
        )
    )
    assert [trial.candidate.name for trial in trials] == ["number 0", "number 1"]
    assert [trial.caught_by for trial in trials] == [(), ("leaves its input alone",)]


def test_a_candidate_that_hangs_or_ends_the_process_harms_no_other(bench: Bench) -> None:
    texts = [
        "def double(v):\n    while True: pass\n",
        "import os\ndef double(v):\n    os._exit(0)\n",
        "def double(v):\n    return 2 * v\n",
    ]
    candidates = [candidate(bench.course, text, number) for number, text in enumerate(texts)]
    hung, ended, right = try_out(bench, candidates)
    assert hung.results[0].outcomes[0].status is Status.OUT_OF_TIME
    assert ended.results[0].outcomes[0].status is Status.CRASHED
    assert right.caught_by == ()


def test_candidates_come_from_a_bank_and_from_the_edits_of_the_references(bench: Bench) -> None:
    course = bench.course
    folder = course.folder / "solutions" / MISCONCEPTIONS
    folder.mkdir()
    text = (
        "from part2_mix import mix\ndef mix__negated(A, v):\n    'A hint.'\n    return -mix(A, v)\n"
    )
    (folder / "part2_mix.py").write_text(text, encoding="utf-8")
    double, mix = course.exercises
    assert list(bank_candidates(course, MISCONCEPTIONS, [double])) == []
    [negated] = bank_candidates(course, MISCONCEPTIONS, [mix])
    assert (negated.name, negated.function) == ("negated", "mix__negated")
    mutants = [one for each in (double, mix) for one in mutant_candidates(bench, each)]
    assert {one.exercise.name for one in mutants} == {"double", "mix"}
    assert len({one.source.module for one in mutants}) == len(mutants)
    caught = {
        trial.candidate.name: trial.caught_by for trial in try_out(bench, [negated, *mutants])
    }
    assert caught["negated"] == ("the worked example", "any shape")
    assert caught["return A @ double(v)  ->  return double(v) @ A"]
    assert caught["return A @ double(v)  ->  return A @ v"]
    # What np.asarray adds is nothing, for arguments that are arrays.
    assert [name for name, groups in caught.items() if not groups] == [
        "return 2.0 * np.asarray(v)  ->  return 2.0 * v",
    ]


def test_parts_that_are_not_there_are_left_out(tiny_folder: Path, tiny_course: Course) -> None:
    assert parts_in(tiny_course, "nowhere") == ()
    (tiny_folder / "solutions" / "part2_mix.py").unlink()
    assert [source.module for source in parts_in(tiny_course, "solutions")] == ["part1_scale"]


def test_a_mutant_that_hangs_is_caught_soon_and_tried_no_further(bench: Bench) -> None:
    hangs = "def double(v):\n    while True:\n        pass\n"
    slow = replace(bench.course.limits, case_seconds=30.0, submission_seconds=300.0)
    with Sandbox(slow) as sandbox:
        started = perf_counter()
        patient = replace(bench, sandbox=sandbox, course=replace(bench.course, limits=slow))
        [trial] = try_out(patient, [candidate(bench.course, hangs)], briefly=True)
        seconds = perf_counter() - started
    statuses = {outcome.status for result in trial.results for outcome in result.outcomes}
    assert statuses == {Status.OUT_OF_TIME}
    assert seconds < 15
