"""A session's keys, hints and screen, with checks in a sandbox that the tests share."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from studying import Studying as Lesson
from studying import studying

from autograder.answer_key.build import build_key
from autograder.course.load import load_course
from autograder.judging.judge import JudgedExercise
from autograder.model.course import Case, Draw, Exercise, TestGroup, Tolerance
from autograder.model.report import ExerciseReport, GroupReport, GroupResult, Verdict
from autograder.reporting.styled_text import plain
from autograder.sandbox.sandbox import Sandbox
from autograder.study.lesson import hints_for
from autograder.study.screen import KEYS, screen

RIGHT = "def double(v):\n    return 2 * v\n"
WRONG = "def double(v):\n    return [2 * x if x == int(x) else x ** 3 for x in v]\n"


@pytest.fixture(scope="module")
def begin(_tiny_exercises: Path) -> Iterator[Callable[[Path], Lesson]]:
    """Begin a session on the files in a folder and look at them; the course is not changed."""
    course = load_course(_tiny_exercises.parent)
    key = build_key(course)
    with Sandbox(course.limits) as sandbox:

        def begin(folder: Path) -> Lesson:
            lesson = studying(course, folder, sandbox, key=key)
            lesson.look()
            return lesson

        yield begin


@pytest.fixture
def lesson(begin: Callable[[Path], Lesson], _tiny_exercises: Path, tmp_path: Path) -> Lesson:
    return begin(shutil.copytree(_tiny_exercises, tmp_path / "exercises"))


def write(lesson: Lesson, code: str) -> None:
    (lesson.folder / "part1_scale.py").write_text(code)


def shown(lesson: Lesson, width: int = 80) -> str:
    return plain(screen(lesson.view, width))


def words(lesson: Lesson) -> str:
    """What is shown, wherever its lines are wrapped: they may hold a long path."""
    return " ".join(shown(lesson).split())


def test_it_begins_with_the_first_exercise(lesson):
    text = shown(lesson)
    assert "[..] 0 of 2 solved, 0 of 10 points" in text
    assert "1. double, in part1_scale: 0 of 5 points" in text
    assert "Write double and save the file" in text
    assert KEYS in text


def test_solving_it_turns_it_green_and_next_goes_on(lesson):
    write(lesson, RIGHT)
    lesson.look()
    assert "double is solved. Press n" in shown(lesson)
    assert "[#.] 1 of 2 solved, 5 of 10 points" in shown(lesson)
    lesson.press("n")
    assert "2. mix, in part2_mix" in shown(lesson)
    lesson.press("n")
    assert lesson.view.current == "mix"


def test_there_is_a_job_only_where_files_have_changed(lesson):
    assert not lesson.saved()
    write(lesson, RIGHT)
    assert lesson.saved()
    assert not lesson.saved()
    assert lesson.job.first == ("double",)
    assert lesson.job.others == ("mix",)
    (lesson.folder / "part1_scale.ipynb").write_text("no notebook")
    assert lesson.saved()


def test_what_is_found_of_an_older_file_is_not_shown(lesson):
    write(lesson, RIGHT)
    lesson.saved()
    old, lesson.job = lesson.job, None
    write(lesson, WRONG)
    lesson.saved()
    lesson.checker.run(old, lesson.take)
    assert not lesson.view.standings["double"].solved
    assert "is solved" not in lesson.view.message


def test_hidden_groups_are_run_and_shown_in_full(lesson):
    write(lesson, WRONG)
    lesson.look()
    report = lesson.view.standings["double"].report
    assert [group.verdict for group in report.groups][:2] == [
        Verdict.ACCEPTED,
        Verdict.WRONG_ANSWER,
    ]
    text = shown(lesson)
    assert "any length: at [" in text
    assert "called with v = [" in text
    assert "got" in text


def test_a_public_mismatch_is_shown_cell_by_cell(lesson):
    write(lesson, "def double(v):\n    print('here')\n    return [2.0, 4.0, 9.0]\n")
    lesson.look()
    assert "got 9*  expected 8" in shown(lesson)
    assert "| here" in shown(lesson)


def test_hints_come_one_at_a_time_and_end(lesson):
    assert lesson.view.hints == ()
    for level in (1, 2, 3):
        lesson.press("h")
        assert len(lesson.view.hints) == level
        assert f"Hint {level} of 3: " in shown(lesson)
    lesson.press("h")
    assert "no more hints" in shown(lesson)


def test_another_mistake_has_hints_of_its_own(lesson):
    lesson.press("h")
    write(lesson, WRONG)
    lesson.look()
    assert lesson.view.hints == ()
    lesson.press("h")
    assert "It passes 'the worked example' and fails 'any length'" in words(lesson)


def test_the_reference_is_confirmed_before_it_is_shown(lesson):
    lesson.press("r")
    assert "Press r again" in shown(lesson)
    assert "return 2.0 * np.asarray(v)" not in shown(lesson)
    lesson.press("l")
    lesson.press("r")
    assert "return 2.0 * np.asarray(v)" not in shown(lesson)
    lesson.press("r")
    assert "return 2.0 * np.asarray(v)" in shown(lesson)


def test_the_reference_of_a_solved_exercise_is_shown_at_once(lesson):
    write(lesson, RIGHT)
    lesson.look()
    lesson.press("r")
    assert "return 2.0 * np.asarray(v)" in shown(lesson)


def test_a_reset_is_confirmed_and_keeps_the_old_text(lesson):
    write(lesson, RIGHT)
    lesson.look()
    lesson.press("x")
    assert (lesson.folder / "part1_scale.py").read_text() == RIGHT
    lesson.press("x")
    assert "is a stub again" in lesson.view.message
    assert not lesson.saved()  # or the message would be gone at once
    assert "raise NotImplementedError" in (lesson.folder / "part1_scale.py").read_text()
    (kept,) = lesson.folder.glob(".part1_scale.before-reset-*")
    assert kept.read_text() == RIGHT
    assert not lesson.view.standings["double"].solved


def test_the_list_shows_every_exercise(lesson):
    write(lesson, RIGHT)
    lesson.press("c")
    lines = [line.split() for line in shown(lesson).splitlines()]
    assert ["passed", "double", "5/5"] in [line[:3] for line in lines]
    assert ["to", "do", "mix", "0/5"] in [line[:4] for line in lines]


def test_where_the_learner_is_outlives_the_session(lesson, begin):
    lesson.press("n")
    lesson.press("h")
    again = begin(lesson.folder)
    assert again.view.current == "mix"
    assert len(again.view.hints) == 1


def test_a_picture_lands_beside_the_files(lesson):
    pytest.importorskip("matplotlib")
    lesson.press("s")
    assert "not written yet" in shown(lesson)
    write(lesson, "def double(v):\n    return [2.0, 4.0, 9.0]\n")
    lesson.look()
    lesson.press("s")
    assert (lesson.folder / "check_double.png").read_bytes().startswith(b"\x89PNG")
    assert "check_double.png" in shown(lesson)


def test_unknown_keys_do_nothing_and_q_ends(lesson):
    before = shown(lesson)
    for key in "?\x1b7 ":
        lesson.press(key)
    assert shown(lesson) == before
    lesson.press("Q")
    assert lesson.finished


@pytest.mark.parametrize("keys", ["l", "rr", "c"])
@pytest.mark.parametrize("code", [RIGHT, WRONG])
def test_a_save_shows_the_exercise_again(lesson, keys, code):
    for key in keys:
        lesson.press(key)
    write(lesson, code)
    lesson.look()
    assert "1. double, in part1_scale" in shown(lesson)
    assert "Enter goes" not in words(lesson)


@pytest.mark.parametrize("keys", ["l", "rr", "c"])
def test_any_other_key_goes_back_to_the_exercise(lesson, keys):
    for key in keys:
        lesson.press(key)
    assert "Enter goes " in words(lesson)
    assert "1. double" not in shown(lesson)
    lesson.press("?")
    assert "1. double, in part1_scale" in shown(lesson)
    assert "Enter goes " not in words(lesson)


def test_a_key_between_two_presses_takes_the_first_one_back(lesson):
    write(lesson, RIGHT)
    for key in "x x":
        lesson.press(key)
    assert (lesson.folder / "part1_scale.py").read_text() == RIGHT
    assert "Press x again" in shown(lesson)


def test_a_file_that_does_not_run_is_told_though_its_notebook_has_the_stub(lesson):
    write(lesson, "def double(v):\n    return 2 * (v\n")
    lesson.look()
    assert "part1_scale.py: SyntaxError: '(' was never closed" in shown(lesson)
    assert "Write double" not in shown(lesson)


def test_a_file_that_cannot_be_read_is_told_and_what_is_no_part_is_not(lesson):
    (lesson.folder / "part1_scale.py").write_bytes(b"")
    (lesson.folder / "part1_scale.py~").write_bytes(b"an editor's own")
    lesson.look()
    assert "note: part1_scale.py: not read: empty" in shown(lesson)
    assert "~" not in shown(lesson)


def test_a_disk_that_refuses_does_not_end_the_session(lesson):
    (lesson.folder / ".study.json").mkdir()
    lesson.press("n")
    assert lesson.view.current == "mix"
    assert ".study.json: cannot be written" in lesson.view.message
    lesson.press("h")
    assert len(lesson.view.hints) == 1


def test_a_reset_that_cannot_be_done_does_not_end_the_session(lesson):
    (lesson.folder / "part1_scale.ipynb").write_text("{")
    for key in "xx":
        lesson.press(key)
    assert "part1_scale.ipynb: cannot be read" in lesson.view.message


def test_the_newest_hint_is_seen_on_a_small_screen(lesson):
    write(lesson, WRONG)
    lesson.look()
    for level in (1, 2, 3):
        lesson.press("h")
        text = plain(screen(lesson.view, 60, 18))
        assert f"Hint {level} of 3: " in text
        assert "wrong  any length" in text
        assert "any length: at [" in text


def test_a_reference_is_shown_without_its_docstring(lesson):
    for key in "rr":
        lesson.press(key)
    assert "def double(v):\n    return 2.0 * np.asarray(v)\n" in shown(lesson)


@pytest.mark.parametrize("keys", ["", "l", "hhh", "rr", "x"])
def test_the_screen_keeps_to_the_terminal(lesson, keys):
    for key in keys:
        lesson.press(key)
    for width, height in (60, 15), (40, 11), (100, 40):
        text = plain(screen(lesson.view, width, height))
        assert text.count("\n") < height  # the cursor stands in a line of its own
        assert max(map(len, text.split("\n"))) <= width


def test_previous_goes_back_and_stops_at_the_first(lesson):
    lesson.press("n")
    assert lesson.view.current == "mix"
    lesson.press("p")
    assert lesson.view.current == "double"
    lesson.press("p")
    assert lesson.view.current == "double"
    assert "double is the first exercise." in shown(lesson)


@pytest.mark.parametrize(
    "keys", [["down"], ["j"], ["2"], ["up"], ["k", "down", "down"], ["1", "2"]]
)
def test_an_exercise_is_chosen_from_the_list(lesson, keys):
    lesson.press("l")
    assert ">  1 to do   double" in shown(lesson)
    for key in keys:
        lesson.press(key)
    assert ">  2 to do   mix" in shown(lesson)
    assert lesson.view.current == "double"
    lesson.press("\n")
    assert lesson.view.current == "mix"
    assert "2. mix, in part2_mix" in shown(lesson)


def test_the_list_is_a_picture_of_the_course(lesson):
    write(lesson, RIGHT)
    lesson.look()
    lesson.press("l")
    lines = {line.split()[0]: line for line in shown(lesson).splitlines() if line.strip()}
    assert lines["part1_scale"].endswith(" [####################] 5/5")
    assert lines["part2_mix"].endswith(" [....................] 0/5")


def test_check_all_shows_results_and_not_the_list(lesson):
    write(lesson, WRONG)
    lesson.look()
    lesson.press("c")
    text = shown(lesson)
    assert "any length: at [" in text
    assert " s\n" in text
    assert "[####" not in text


def test_a_key_that_was_pressed_before_its_question_was_shown_confirms_nothing(lesson):
    write(lesson, RIGHT)
    lesson.look()
    lesson.press("x", seen=0)
    asked = lesson.view.question
    assert asked
    lesson.press("x", seen=0)  # typed together with the first one
    assert "Press x again" in lesson.view.message
    assert lesson.view.question != asked
    lesson.press("x", seen=asked)
    assert (lesson.folder / "part1_scale.py").read_text() == RIGHT
    lesson.press("x", seen=lesson.view.question)
    assert "raise NotImplementedError" in (lesson.folder / "part1_scale.py").read_text()


def test_where_the_old_text_is_stays_on_the_screen_until_a_key(lesson):
    write(lesson, RIGHT)
    lesson.look()
    lesson.press("x")
    lesson.press("x")
    write(lesson, WRONG)
    lesson.look()
    assert "the old text is kept in" in lesson.view.message
    lesson.press("h")
    assert lesson.view.message == ""


def test_the_screen_says_what_is_checked_and_for_how_long(lesson):
    text = plain(screen(lesson.view, 80, None, ("mix", 3.2)))
    assert "checking mix … 3 s" in text
    assert "checking double … 0 s" in plain(screen(lesson.view, 80, 24, ("", 0.1)))
    assert " points  ran " in text


# --- hints ------------------------------------------------------------------------------------


PUBLIC = TestGroup("the worked example", 2.0, True, Draw("r"), Tolerance())
HIDDEN = TestGroup("one class", 3.0, False, Draw("r"), Tolerance())
EXERCISE = Exercise("double", "part1_scale", (PUBLIC, HIDDEN))


def standing(first: Verdict, second: Verdict, *hints: str) -> JudgedExercise:
    def result(group: TestGroup, number: float) -> GroupResult:
        arguments = {"v": np.array([number, 1 / 3])}
        case = Case("double", group.name, 0, arguments, 2 * arguments["v"], Tolerance())
        return GroupResult(group, (case,), (), (None,))

    groups = tuple(
        GroupReport(group.name, group.public, 0.0, group.points, verdict)
        for group, verdict in ((PUBLIC, first), (HIDDEN, second))
    )
    report = ExerciseReport(
        "double", "part1_scale", groups, "known" if hints else None, *hints[:1], hints[1:]
    ) if hints else ExerciseReport("double", "part1_scale", groups)  # fmt: skip
    return JudgedExercise(EXERCISE, (result(PUBLIC, 1.5), result(HIDDEN, 77.0)), report)


def test_a_known_mistake_has_its_own_hints():
    known = standing(Verdict.ACCEPTED, Verdict.WRONG_ANSWER, "one", "two", "three")
    assert hints_for(known) == ("one", "two", "three")


def test_a_solved_exercise_has_none():
    assert hints_for(standing(Verdict.ACCEPTED, Verdict.ACCEPTED)) == ()


def test_an_untouched_one_begins_with_the_docstring_then_shows_the_example():
    first, second, third = hints_for(standing(Verdict.NOT_ATTEMPTED, Verdict.NOT_ATTEMPTED))
    assert "docstring of double in part1_scale" in first
    assert second == "With v = [1.5, 0.33333], double returns [3., 0.66667]."
    assert "r shows the reference" in third


def test_an_unknown_mistake_is_narrowed_down_by_groups():
    first, *_ = hints_for(standing(Verdict.ACCEPTED, Verdict.WRONG_ANSWER))
    assert "passes 'the worked example' and fails 'one class'" in first
    first, *_ = hints_for(standing(Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR))
    assert "No group passes yet" in first


def test_no_hint_holds_a_hidden_number():
    for verdict in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER, Verdict.NOT_ATTEMPTED):
        assert "77" not in " ".join(hints_for(standing(verdict, Verdict.WRONG_ANSWER)))
