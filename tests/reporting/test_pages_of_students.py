"""A student finds every group, the hint, the picture, the mark; nothing hidden, nobody else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sample_class import GRID, HINTS, MARKUP, report

from autograder.gradebook.gradebook import GradedCourse
from autograder.gradebook.marks import Adjustment, FinalMark, Standing
from autograder.model.report import Report, Verdict
from autograder.model.submission import Student
from autograder.reporting.document import VERDICTS
from autograder.reporting.pages import student_page

COURSE = GradedCourse("The softmax derivative", "1.0.0", "0123456789abcdef")
WRONG = report("bo", (0.0, 0.0, 1.0, 0.5))


def mark(name: str = "", **changes: object) -> FinalMark:
    made = FinalMark(Student(name, ("17",)), "bo", Standing.GRADED, 8.0, 3.0)
    return replace(made, **changes)  # type: ignore[arg-type]


def words(page: str) -> str:
    """What is read: no tags, no head."""
    body = page.split("<body>")[1]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def test_every_group_has_its_verdict_points_and_message() -> None:
    page = student_page(WRONG, COURSE)
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", page)
    said = [words(f"<body>{row}") for row in rows if "sign" in row]
    assert said == [
        "the worked example at [0] got 1, expected 2 wrong answer 0 / 2",
        "huge logits hidden returned wrong values wrong answer 0 / 2",
        "soft labels hidden passed 2 / 2",
        "a probability of exactly zero hidden wrong answer 1 / 2",
    ]
    assert "<strong>3</strong> of 8 points" in page


def test_hints_open_one_inside_the_other() -> None:
    page = student_page(WRONG, COURSE)
    (hint,) = re.findall(r'<div class="hint">.*?</div>', page)
    one, two, three = (hint.index(text) for text in HINTS)
    assert one < hint.index("<details>") < two < hint.rindex("<details>") < three
    assert hint.count("</details></details>") == 1
    assert "open" not in hint


def test_a_picture_for_public_groups_and_none_for_hidden_ones() -> None:
    assert student_page(WRONG, COURSE).count("<figure>") == 1
    exercise = WRONG.exercises[0]
    groups = tuple(replace(group, public=False) for group in exercise.groups)
    hidden = replace(WRONG, exercises=(replace(exercise, groups=groups),))
    page = student_page(hidden, COURSE)
    assert "<figure>" not in page
    assert "-0.125" not in page


def test_the_same_picture_is_shown_once() -> None:
    exercise = WRONG.exercises[0]
    twice = tuple(replace(group, public=True, grid=GRID) for group in exercise.groups)
    page = student_page(replace(WRONG, exercises=(replace(exercise, groups=twice),)), COURSE)
    assert page.count("<figure>") == 1


def test_a_long_message_is_not_said_again_in_the_next_row() -> None:
    exercise = WRONG.exercises[0]
    message = "returned wrong values; try others"
    alike = tuple(replace(group, message=message) for group in exercise.groups)
    page = student_page(replace(WRONG, exercises=(replace(exercise, groups=alike),)), COURSE)
    assert words(page).count(message) == 1
    assert words(page).count("the same as above") == 1


def test_what_is_all_passed_is_folded_away() -> None:
    page = student_page(report("ada"), COURSE)
    assert page.count("2 test groups, all passed") == 2
    assert "hint" not in words(page)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_words_and_a_sign_of_its_own(verdict: Verdict) -> None:
    exercise = WRONG.exercises[0]
    groups = (replace(exercise.groups[0], verdict=verdict),)
    page = student_page(replace(WRONG, exercises=(replace(exercise, groups=groups),)), COURSE)
    name, said = VERDICTS[verdict]
    assert f'<span class="sign {name}">{said}</span>' in page
    assert f".{name} {{ --sign: url(" in page
    assert len({pair for value in Verdict for pair in VERDICTS[value]}) == 2 * len(Verdict)


def test_a_failure_of_ours_shows_no_marks_and_no_reason() -> None:
    failed = replace(WRONG, judge_error="/srv/secret: the server went away")
    page = words(student_page(failed, COURSE, [mark(standing=Standing.JUDGE_ERROR, score=None)]))
    assert "no marks yet" in page
    assert "failure of the grader, not of your work" in page
    assert "server" not in page
    assert "huge logits" not in page


def test_a_page_bears_the_name_of_its_only_student() -> None:
    assert '<h1 dir="auto">Ada Wong</h1>' in student_page(WRONG, COURSE, [mark("Ada Wong")])
    assert '<h1 dir="auto">bo</h1>' in student_page(WRONG, COURSE, [mark()])


def test_partners_are_not_named() -> None:
    page = student_page(WRONG, COURSE, [mark("Ada Wong"), mark("Li Garcia")])
    assert '<h1 dir="auto">bo</h1>' in page
    assert "Wong" not in page
    assert "Garcia" not in page


def test_lateness_and_adjustments_are_told() -> None:
    given = Adjustment(2.0, f"the talk {MARKUP}", "2026-09-10T08:00:00+00:00")
    page = student_page(WRONG, COURSE, [mark(days_late=2, lost=0.6, adjustments=(given,))])
    said = words(page)
    assert "<strong>4.4</strong> of 8 points" in page
    assert "How your mark is made up" in said
    assert "late by 2 days: -0.6" in said
    assert "adjusted: +2 (the talk &lt;script&gt;" in said
    assert "final mark: 4.4 of 8" in said
    assert "<script" not in page


def test_an_exercise_has_the_points_that_were_given_for_it() -> None:
    exercise = WRONG.exercises[0]
    given = Adjustment(1.5, f"a bad test {MARKUP}", "2026-09-10", exercise.name)
    page = student_page(WRONG, COURSE, [mark(adjustments=(given,))])
    said = words(page)
    assert f"{exercise.score + 1.5:g} / {exercise.max_score:g}" in said
    assert "Adjusted by +1.5: a bad test &lt;script&gt;" in said
    assert student_page(WRONG, COURSE, [mark()]).count("Adjusted by") == 0


def test_a_plain_mark_is_not_taken_apart() -> None:
    assert "made up" not in student_page(WRONG, COURSE, [mark()])


def test_whatever_a_student_wrote_is_text() -> None:
    hostile = report(MARKUP, (0.0, 1.0, 1.0, 1.0), MARKUP)
    first = replace(hostile.exercises[0], hint=MARKUP, more_hints=(MARKUP,), misconception=MARKUP)
    cells = (GRID.lines[0].cells[0]._replace(got=MARKUP),)
    grid = replace(
        GRID,
        columns=((0, MARKUP),),
        lines=(GRID.lines[0]._replace(meaning=MARKUP, cells=cells),),
        pattern=MARKUP,
    )
    groups = (replace(first.groups[0], name=MARKUP, grid=grid), *first.groups[1:])
    exercises = (replace(first, groups=groups), hostile.exercises[1])
    page = student_page(
        Report(MARKUP, exercises, 0.1, notes=(MARKUP,)), COURSE, [mark(MARKUP), mark(MARKUP)]
    )
    assert "<script" not in page
    assert "<img" not in page
    assert words(page).count("&lt;script&gt;") > 10
