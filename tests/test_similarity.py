"""Copies are found under other names, in another order, in parts; what is forced is not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from commands import run
from sample_class import MARKUP
from strange_code import handed_in, renamed, work

from autograder import similarity as module
from autograder.model.submission import Attempt, Source, Student, Submission
from autograder.reporting.document import similar_page
from autograder.similarity import (
    FUNCTIONS,
    LINES,
    MOST,
    Match,
    MatchWithCode,
    Sketch,
    class_matches,
    find_matches,
    known_hashes,
    sketch,
)

NOTHING = np.zeros(0, dtype=np.uint64)


def sketched(id: str, functions: Iterable[str], owners: Iterable[str] = ()) -> Sketch:
    return sketch(handed_in(id, functions), owners, NOTHING)


def a_class(size: int) -> list[Sketch]:
    return [sketched(f"s{seed}", work(seed)) for seed in range(size)]


def found(sketches: list[Sketch]) -> set[frozenset[str]]:
    return {frozenset((one.one, one.other)) for one in find_matches(sketches)}


def test_people_who_write_by_themselves_are_not_alike() -> None:
    assert find_matches(a_class(30)) == []


def test_a_copy_with_other_names_in_another_order_is_found() -> None:
    copy = [renamed(one) + "# my own work\n" for one in reversed(work(7))]
    (one,) = find_matches([*a_class(30), sketched("copy", copy)])
    assert {one.one, one.other} == {"s7", "copy"}
    assert one.share == 1.0
    names = {f"f{number}" for number in range(4)}
    assert {(mine.name, theirs.name) for mine, theirs in one.pairs} == {(n, n) for n in names}
    mine, theirs = next(pair for pair in one.pairs if pair[0].name == "f0")
    assert mine.filename == theirs.filename == "part1.py"
    assert {(mine.first, mine.last), (theirs.first, theirs.last)} == {(3, 20), (66, 83)}


def test_evidence_counts_functions_by_how_few_have_them() -> None:
    (whole,) = find_matches([*a_class(30), sketched("copy", work(7))])
    assert whole.evidence == pytest.approx(4 * np.log2(30), rel=0.05)
    (part,) = find_matches([*a_class(30), sketched("copy", [*work(7)[:3], *work(99)[3:]])])
    assert part.evidence == pytest.approx(3 * np.log2(30), rel=0.05)
    assert part.share == 0.75


@pytest.mark.parametrize(("size", "fewest"), [(5, 4), (31, 3)])
def test_copies_of_too_few_functions_are_left_out_and_the_page_says_how_few(
    size: int, fewest: int
) -> None:
    def copied(count: int) -> list[Match]:
        some = [*work(7, 5)[:count], *work(99, 5)[count:]]
        others = [sketched(f"s{seed}", work(seed, 5)) for seed in range(7, 6 + size)]
        return find_matches([*others, sketched("copy", some)])

    assert copied(fewest - 1) == []
    assert len(copied(fewest)) == 1
    assert f"a copy of fewer than {fewest} functions is not found" in similar_page(
        "C", (), size, {}
    )


def test_two_hand_ins_are_too_few_to_find_a_copy() -> None:
    assert find_matches([sketched(id, work(7)) for id in ("one", "two")]) == []
    page = similar_page("C", (), 2, {})
    assert "no pair is found among fewer than three submissions" in page


def test_a_changed_line_does_not_hide_a_function() -> None:
    changed = [one.replace("    return", "    a = a + 0.5\n    return") for one in work(7)]
    assert found([*a_class(30), sketched("copy", changed)]) == {frozenset(("copy", "s7"))}


def test_what_many_have_is_forced() -> None:
    lesson = work(1000)
    everybody = [sketched(f"s{seed}", [*lesson, *work(seed)]) for seed in range(30)]
    assert find_matches(everybody) == []


def test_a_text_that_has_gone_round_is_found_with_all_who_have_it() -> None:
    circle = [sketched(f"friend{number}", work(500, 6)) for number in range(5)]
    pairs = found([*a_class(40), *circle])
    assert len(pairs) == 5 * 4 / 2
    assert all(name.startswith("friend") for pair in pairs for name in pair)


def test_people_are_not_compared_with_themselves() -> None:
    mine = [sketched("first", work(77), ["wong"]), sketched("second", work(77), ["li", "wong"])]
    assert find_matches([*a_class(30), *mine]) == []
    assert found([*a_class(30), *mine, sketched("other", work(77))]) == {
        frozenset(("first", "other")),
        frozenset(("second", "other")),
    }


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_hand_ins_say_nothing(count: int) -> None:
    assert find_matches([sketched(f"s{number}", work(1)) for number in range(count)]) == []


def test_empty_hand_ins_and_bare_stubs_are_not_alike() -> None:
    stub = Source("part1", "part1.py", ("\n".join(work(3)).encode(),))
    known = known_hashes([stub])
    stubs = [sketch(handed_in(f"s{number}", work(3)), (), known) for number in range(20)]
    empty = [sketch(Submission(f"e{number}", (), ""), (), known) for number in range(20)]
    assert [place.name for one in stubs for place in one.functions] == []
    assert all(one.hashes.size == 0 for one in [*stubs, *empty])
    assert find_matches([*stubs, *empty]) == []


def test_notebooks_and_scripts_are_compared() -> None:
    cells = tuple(one.encode() for one in ["import numpy as np", *work(7)])
    notebook = Submission("copy", (Source("part1", "part1.ipynb", cells, notebook=True),), "")
    assert found([*a_class(30), sketch(notebook, (), NOTHING)]) == {frozenset(("copy", "s7"))}


def test_hostile_hand_ins_are_sketched() -> None:
    cells = (b"\xff\xfe def f(:\n" * 3000, b"def " * 100_000, b'"""' + b"x" * 3_000_000)
    hostile = Submission("x", tuple(Source("m", "m.py", (cell,)) for cell in cells), "")
    one = sketch(hostile, (), NOTHING)
    assert len(one.functions) <= 2000
    assert one.function.size == one.hashes.size


def test_no_more_are_told_than_anybody_looks_at() -> None:
    circle = [sketched(f"friend{number:02}", work(500, 8)) for number in range(25)]
    told = find_matches([*a_class(80), *circle])
    assert len(told) == MOST


def test_counting_in_small_portions_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    copies = [sketched(f"c{number}", work(number)) for number in range(6)]
    whole = find_matches([*a_class(40), *copies])
    monkeypatch.setattr(module, "_AT_ONCE", 3)
    assert find_matches([*a_class(40), *copies]) == whole
    assert len(whole) == 6


# --- a class is compared with its code beside it, and the page shows it as text ---


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
    assert "4 functions, 100% of the first one's own code; evidence 19 bits" in page
    assert "lines 3 to 20" in page
    assert "<script" not in page
    assert "<img" not in page


def test_nobody_alike_is_said() -> None:
    page = similar_page("C", compare(CLASS), 30, {})
    assert "No two submissions are more similar than chance explains." in page
    assert "<details" not in page


def test_report_compares_when_asked_to(synced: Path) -> None:
    people = [*CLASS[:12], handed_in("copy", map(renamed, work(7)))]
    for one in people:
        (synced / "hand-ins" / one.id).mkdir(parents=True)
        (synced / "hand-ins" / one.id / "part1_scale.py").write_bytes(one.sources[0].cells[0])
    run("grade", "hand-ins", "--out", "graded", "--no-pages", cwd=synced)
    run("report", "graded", cwd=synced)
    page = synced / "graded" / "similar.html"
    assert not page.exists()
    said = run("report", "graded", "--similar", "hand-ins", cwd=synced).stdout
    assert "similar.html: 1 pair to look at, of 13 submissions" in " ".join(said.split())
    text = page.read_text(encoding="utf-8")
    assert "copy</strong>" in text
    assert "s7</strong>" in text
