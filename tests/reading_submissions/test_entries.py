"""Notes on what was left out."""

from hypothesis import given
from hypothesis import strategies as st

from autograder.submissions.entries import LINK, NOT_CODE, NOTE_LIMIT, LeftOut, notes


def test_places_are_gathered_by_reason_in_order() -> None:
    left_out = [LeftOut("a.py", LINK), LeftOut("b.rar", NOT_CODE), LeftOut("c.py", LINK)]
    assert notes(left_out) == (f"a.py, c.py: {LINK}", f"b.rar: {NOT_CODE}")


def test_many_places_are_counted() -> None:
    (note,) = notes([LeftOut(f"{number}.py", LINK) for number in range(1000)])
    assert note == f"0.py, 1.py, 2.py, 3.py, 996 more: {LINK}"


def test_what_lies_beside_code_is_not_worth_a_note() -> None:
    names = ["iris.csv", "README.md", "plot.PNG", "LICENSE", "course.json", "old.pyc", "e.whl"]
    assert notes([LeftOut(f"hw/{name}", NOT_CODE) for name in names], ("part1_softmax",)) == ()


def test_what_could_be_missed_is_named() -> None:
    names = ["hw.rar", "part1_softmax.txt", "part1_softmax", "main.py.txt", "answers.docx"]
    for name in names:
        assert notes([LeftOut(name, NOT_CODE)], ("part1_softmax",)) == (f"{name}: {NOT_CODE}",)


def test_the_whole_hand_in_has_a_name() -> None:
    assert notes([LeftOut("", "not read")]) == ("the submission: not read",)


@given(st.lists(st.builds(LeftOut, st.text(), st.sampled_from(["r1", "r2"]))))
def test_notes_are_printable_and_short(left_out: list[LeftOut]) -> None:
    for note in notes(left_out):
        assert note.isprintable()
        assert len(note) <= 600


def test_reasons_are_capped() -> None:
    lines = notes([LeftOut("a", f"reason {number}") for number in range(100)])
    assert len(lines) == NOTE_LIMIT
    assert lines[-1] == "and 81 more notes of this kind"
