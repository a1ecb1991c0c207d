"""Whole submissions, graded for real: each of tests/submissions/ has its report in goldens/.

After a change that is meant to change marks or messages, write the goldens again, and read the
difference before committing it:

    python -m tests.judging.test_sample_submissions

This also copies the stubs of exercises/ into the submissions that hold some as they came.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.answer_key.assignment import Assignment
from autograder.course.load import load_course
from autograder.judging.grader import Grader
from autograder.reporting.graded_folder import submission_entry
from autograder.submissions.folder import find_submissions
from autograder.submissions.read import own_work, read_submission, read_support
from tests.support.corpus import softmax

ROOT = Path(__file__).parents[2]
SUBMISSIONS = dict(find_submissions(ROOT / "tests" / "submissions"))
GOLDENS = ROOT / "tests" / "judging" / "goldens"
STUBS = {
    "stubs": ("part1_softmax", "part2_layer", "part3_loss", "part4_training"),
    "half_done": ("part3_loss", "part4_training"),
}
"""The stubs that a submission holds as they came."""
ALL_RIGHT = (
    "full",
    "mixed",
    "notebook",
    "one_notebook",
    "one_script",
    "prints_and_plots",
    "single_precision",
    "unusual",
    "windows_files",
    "zip_in_folder",
    "zipped",
)


def open_grader() -> Grader:
    course, key = softmax()
    # Shorter than the course's own: what hangs here hangs for good.
    course = replace(course, limits=replace(course.limits, case_seconds=1.0))
    support = read_support(course, ROOT / "solutions")
    return Grader(Assignment(course, key, support))


def graded(grader: Grader, id: str) -> dict[str, Any]:
    """The submission's entry in results.json, and what a reader of it is told besides."""
    support = read_support(load_course(ROOT), ROOT / "solutions")
    report = grader.grade(own_work(read_submission(SUBMISSIONS[id], id), support))
    entry = {**submission_entry(report), "notes": list(report.notes)}
    del entry["seconds"]
    assert set(entry.pop("problems")) <= set(entry["notes"])
    return entry


def golden(id: str) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads((GOLDENS / f"{id}.json").read_text(encoding="utf-8"))
    return entry


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with open_grader() as opened:
        yield opened


@pytest.mark.parametrize("id", SUBMISSIONS)
def test_a_hand_in_gets_its_golden_report(grader: Grader, id: str) -> None:
    assert graded(grader, id) == golden(id), f"{__doc__}"


def test_every_golden_has_its_hand_in() -> None:
    assert sorted(path.stem for path in GOLDENS.glob("*.json")) == sorted(SUBMISSIONS)


@pytest.mark.parametrize(("id", "score"), [*((id, 100.0) for id in ALL_RIGHT), ("stubs", 0.0)])
def test_what_is_all_right_or_untouched_is_marked_so(id: str, score: float) -> None:
    assert golden(id)["score"] == score


@pytest.mark.parametrize("id", STUBS)
def test_stubs_are_as_they_came(id: str) -> None:
    for part in STUBS[id]:
        handed_in = (SUBMISSIONS[id] / f"{part}.py").read_text(encoding="utf-8")
        assert handed_in == (ROOT / "exercises" / f"{part}.py").read_text(encoding="utf-8"), __doc__


def test_article_style_loses_what_overflow_and_log_of_zero_cost() -> None:
    lost = [
        (exercise["name"], group["name"])
        for exercise in golden("article_style")["exercises"]
        for group in exercise["groups"]
        if group["score"] < group["max_score"]
    ]
    robust = [
        ("softmax", "huge logits"),
        ("x_entropy", "a probability of exactly zero"),
        ("xe_dir", "a probability of exactly zero"),
        ("train_step", "logits far apart"),
        ("fit", "logits far apart"),
    ]
    by_hand = ", to check by hand"
    assert lost == [(name, group + more) for name, group in robust for more in (by_hand, "")]


def regenerate() -> None:
    """Write all goldens, and copy the stubs."""
    for id, parts in STUBS.items():
        for part in parts:
            text = (ROOT / "exercises" / f"{part}.py").read_bytes()
            (SUBMISSIONS[id] / f"{part}.py").write_bytes(text)
    GOLDENS.mkdir(exist_ok=True)
    for path in GOLDENS.glob("*.json"):
        path.unlink()
    with open_grader() as grader:
        for id in SUBMISSIONS:
            text = json.dumps(graded(grader, id), indent=1, ensure_ascii=False) + "\n"
            (GOLDENS / f"{id}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    regenerate()
