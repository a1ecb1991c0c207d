from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from autograder.authoring.mutants import read_equivalents
from autograder.authoring.proof import (
    CourseProof,
    ExerciseProof,
    GroupProof,
    OracleProof,
    Survivor,
    as_json,
    render,
)
from autograder.authoring.validate import accept_survivors

ONE = ExerciseProof(
    name="sm_dir",
    points=8.5,
    reference=8.5,
    stub=0.0,
    variants=7,
    accepted=7,
    misconceptions=12,
    rejected=12,
    recognised=11,
    mutants=9,
    killed=8,
    equivalent=1,
    oracles=(OracleProof("a", 1e-15, 1e-9, 3), OracleProof("b", 3e-12, 1e-9, 3)),
    printed=25,
)
GROUPS = (
    GroupProof("sm_dir", "any size", False, 20, ("squeezed", "a  ->  b", "a  ->  c")),
    GroupProof("sm_dir", "again", False, 18),
    GroupProof("sm_dir", "idle", False, 0),
)
PROOF = CourseProof("Softmax", (ONE,), GROUPS, (), isolation="full", seconds=12.3)


def test_the_table_shows_each_exercise_on_one_line() -> None:
    lines = render(PROOF).splitlines()
    assert lines[0].split() == [
        "exercise",
        "earns",
        "stub",
        "variants",
        "rejected",
        "named",
        "mutants",
        "oracles",
    ]
    assert lines[1].split() == ["sm_dir", "8.5/8.5", "0", "7/7", "12/12", "11/12", "8+1/9", "3e-12"]


def test_it_fits_eighty_columns() -> None:
    long = "solutions/part1.py: " + "a word " * 40
    proof = replace(PROOF, failures=(long,), notes=(long,))
    assert all(len(line) <= 80 for line in render(proof, groups=True).splitlines())


def test_the_last_line_says_whether_the_course_is_proved() -> None:
    assert "Softmax: proved (1 exercise, 8.5 points, 7 variants" in render(PROOF)
    failed = render(replace(PROOF, failures=("one", "two")))
    assert "FAILED: one\nFAILED: two\n" in failed
    assert "Softmax: NOT proved, 2 failures" in failed


def test_groups_that_catch_nothing_are_always_named() -> None:
    text = " ".join(render(PROOF).split())
    assert "Of 3 test groups, 1 catches what no other does" in text
    assert "these catch none: sm_dir: idle." in text


def test_what_only_one_group_catches_is_shown_on_request() -> None:
    assert "squeezed" not in render(PROOF)
    assert "  any size: catches 20, alone squeezed, 2 edits\n" in render(PROOF, groups=True)
    many = replace(GROUPS[0], alone=tuple("abcdefgh"))
    assert "alone a, b, c, d, e, f, 2 more\n" in render(replace(PROOF, groups=(many,)), groups=True)


def test_notes_stand_before_failures_and_change_nothing() -> None:
    text = render(replace(PROOF, notes=("no mpmath",)))
    assert "note: no mpmath" in text
    assert ": proved" in text


def test_survivors_are_a_line_a_statement_and_unwrapped() -> None:
    long = "return " + " + ".join(f"value_{n}" for n in range(30))
    edits = [f"{long}  ->  {long} - 1", f"{long}  ->  {long} + 1", "k = 0  ->  k = 1"]
    proof = CourseProof("C", (), (), (), tuple(Survivor("p1", "f", edit) for edit in edits))
    assert not proof.proved
    lines = render(proof, width=60).splitlines()
    assert f"FAILED: solutions/p1.py: f: no group notices {edits[0]}  |  {long} + 1" in lines
    assert "FAILED: solutions/p1.py: f: no group notices k = 0  ->  k = 1" in lines
    assert "NOT proved, 2 failures" in " ".join(lines)
    assert "--accept" in " ".join(lines)


def test_survivors_that_an_author_accepts_are_equivalents_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "solutions").mkdir()
    edits = ("a  ->  b", "a  ->  c")
    survivors = tuple(Survivor("part1_softmax", "sm_dir", edit) for edit in edits)
    accepted = accept_survivors(tmp_path, replace(PROOF, survivors=survivors), "the same sum")
    assert (accepted.survivors, accepted.exercises[0].equivalent) == ((), 3)
    assert read_equivalents(tmp_path) == {"sm_dir": edits}


def test_json_holds_all_of_the_proof() -> None:
    proof = CourseProof("C", (), (), ("bad",), (Survivor("p1", "f", "a  ->  b"),))
    read = json.loads(as_json(proof))
    assert (read["proved"], read["course"], read["failures"]) == (False, "C", ["bad"])
    assert read["survivors"] == [{"part": "p1", "exercise": "f", "edit": "a  ->  b"}]
