"""A class is compared with its code beside it, and the page shows it as text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sample_class import MARKUP
from strange_code import handed_in, renamed, work

from autograder.model import Attempt, Student, Submission
from autograder.reporting.pages.document import similar_page
from autograder.similarity.matches import FUNCTIONS, LINES, MatchWithCode, class_matches

CLASS = [handed_in(f"s{seed}", work(seed)) for seed in range(30)]


def compare(submissions: list[Submission]) -> tuple[MatchWithCode, ...]:
    by_id = {one.id: one for one in submissions}
    attempts = [Attempt(id, (), (Student(f"Name of {id}", (id,)),)) for id in by_id]
    return class_matches(attempts, lambda attempt: by_id[attempt.id], (), ())


def test_the_code_of_both_stands_beside_the_likeness() -> None:
    (pair,) = compare([*CLASS, handed_in("copy", map(renamed, work(7)))])
    codes = {"\n".join(lines).strip() for both in pair.code for lines in both}
    assert codes == {text.strip() for one in work(7) for text in (one, renamed(one))}


def test_long_code_is_cut() -> None:
    long = work(7, FUNCTIONS + 3)
    long[0] = long[0].replace("    return", "    a = 1\n" * LINES + "    return")
    copies = [handed_in(id, long, MARKUP) for id in ("one", "two")]
    (pair,) = compare([*CLASS[8:], *copies])
    assert len(pair.match.pairs) == FUNCTIONS + 3
    assert len(pair.code) == FUNCTIONS
    assert max(len(lines) for both in pair.code for lines in both) == LINES + 1
    page = similar_page("C", (pair,), 24, {})
    assert "And also: f12, f13, f14." in page


def test_the_page_says_who_what_and_that_it_is_no_verdict() -> None:
    copy = [*work(7), f"'{MARKUP}'\n"]
    pairs = compare([*CLASS, handed_in("copy", copy, MARKUP)])
    page = similar_page(MARKUP, pairs, 31, {"copy": MARKUP, "s7": "Ada Wong"})
    assert "places to look, never a verdict" in page
    assert "1 pair<" in page
    assert '<strong dir="auto">Ada Wong</strong><small dir="auto"> s7</small>' in page
    assert "4 functions, 100% of what the first has of its own; evidence 19 bits" in page
    assert "lines 3 to 20" in page
    assert "<script" not in page
    assert "<img" not in page


def test_nobody_alike_is_said() -> None:
    page = similar_page("C", compare(CLASS), 30, {})
    assert "No two hand-ins are alike beyond what chance explains." in page
    assert "<details" not in page


@pytest.mark.parametrize("command", [("report", "graded", "--similar", "hand-ins")])
def test_report_compares_when_asked_to(tiny_folder: Path, command: tuple[str, ...]) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "autograder", *arguments],
            cwd=tiny_folder,
            env={**os.environ, "COLUMNS": "80"},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )

    run("sync")
    people = [*CLASS[:12], handed_in("copy", map(renamed, work(7)))]
    for one in people:
        (tiny_folder / "hand-ins" / one.id).mkdir(parents=True)
        code = one.sources[0].cells[0]
        (tiny_folder / "hand-ins" / one.id / "part1_scale.py").write_bytes(code)
    run("grade", "hand-ins", "--out", "graded", "--no-pages")
    run("report", "graded")
    assert not (tiny_folder / "graded" / "similar.html").exists()
    said = run(*command).stdout
    assert "similar.html: 1 pair to look at, of 13 hand-ins" in " ".join(said.split())
    page = (tiny_folder / "graded" / "similar.html").read_text(encoding="utf-8")
    assert "copy</strong>" in page
    assert "s7</strong>" in page
