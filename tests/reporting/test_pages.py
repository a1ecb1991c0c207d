"""The class page counts right, links everybody, survives nobody."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from sample_class import COURSE as PLAIN_COURSE
from sample_class import ISOLATION, MARKUP, report

from autograder.gradebook.gradebook import GradedCourse
from autograder.gradebook.marks import Adjustment, FinalMark, Standing
from autograder.model.report import Isolation, Report
from autograder.model.submission import Student
from autograder.reporting.class_results import gather
from autograder.reporting.pages import class_page

COURSE = GradedCourse(PLAIN_COURSE.name, "1.0.0", "0123456789abcdef")
CLASS = [
    report("ada"),
    report("bo", (0.0, 0.0, 1.0, 1.0)),
    report("cy", (0.0, 1.0, 1.0, 1.0)),
    report("di", (1.0, 0.0, 1.0, 1.0)),
]


def mark_of(one: Report, **changes: object) -> FinalMark:
    failed = one.judge_error is not None
    made = FinalMark(
        Student("", (one.id,)),
        one.id,
        Standing.JUDGE_ERROR if failed else Standing.GRADED,
        one.max_score,
        None if failed else one.score,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def page_of(
    reports: list[Report], marks: list[FinalMark] | None = None, isolation: Isolation = ISOLATION
) -> str:
    marks = [mark_of(one) for one in reports] if marks is None else marks
    links = {place: f"feedback/{place}.html" for place, one in enumerate(marks) if one.submission}
    return "".join(class_page(gather(reports), marks, COURSE, isolation, links))


def text(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def section(page: str, id: str) -> str:
    (found,) = re.findall(rf'<section aria-labelledby="{id}">(.*?)</section>', page, re.DOTALL)
    return str(found)


def rows(markup: str) -> list[list[str]]:
    bodies = "".join(re.findall(r"<tbody>(.*?)</tbody>", markup))
    return [
        [text(cell) for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", row)]
        for row in re.findall(r"<tr.*?</tr>", bodies)
    ]


def test_the_marks_in_numbers_and_as_bars() -> None:
    marks = section(page_of(CLASS), "marks")
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", marks))
    assert facts == {
        "submissions": "4",
        "mean": "6.0",
        "median": "6.0",
        "lowest to highest": "4 to 8",
        "standard deviation": "1.4",
        "with full marks": "1",
    }
    counts = {low: count for low, count in rows(marks) if count != "0"}
    assert counts == {"4 to under 4.4": "1", "6 to under 6.4": "2", "7.6 to 8": "1"}
    assert marks.count("<g><title>") == 3


def test_full_marks_need_no_extra_credit() -> None:
    marks = [replace(mark_of(one), max_score=6.0) for one in CLASS]
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page_of(CLASS, marks)))
    assert facts["with full marks"] == "3"


def test_exercises_have_pass_rates_difficulty_discrimination_and_mistakes() -> None:
    first, second = rows(section(page_of(CLASS), "exercises"))
    assert first == ["softmax", "4", "25%", "0.50", "\N{EN DASH}", "transposed (2)"]
    assert second == ["x_entropy", "4", "100%", "0.00", "\N{EN DASH}", ""]


def test_groups_have_them_too() -> None:
    found = rows(section(page_of(CLASS), "groups"))
    assert found[0] == ["softmax", "the worked example", "public", "2", "50%", "0.50", "0.00"]
    assert found[1][:6] == ["softmax", "huge logits", "hidden", "2", "50%", "0.50"]
    assert [row[2] for row in found] == ["public", "hidden", "hidden", "hidden"]


def test_who_does_well_elsewhere_and_badly_here_is_pointed_out() -> None:
    reports = [report("ada", (0.0, 1.0, 1.0, 1.0)), report("bo", (1.0, 0.0, 0.0, 0.0))]
    assert "\N{MINUS SIGN}1.00 check this" in text(section(page_of(reports), "groups"))


def test_groups_that_separate_nobody_are_listed() -> None:
    groups = text(section(page_of(CLASS), "groups"))
    assert "2 of 4 test groups gave everyone" in groups
    assert "Passed by everybody: 2 x_entropy : soft labels, a probability" in groups
    assert "Passed by nobody" not in groups
    failing = [replace_group(one) for one in CLASS]
    groups = text(section(page_of(failing), "groups"))
    assert "Passed by nobody: 1 x_entropy : soft labels" in groups


def replace_group(one: Report) -> Report:
    first, second = one.exercises
    wrong = report("x", (1.0, 1.0, 0.0, 1.0)).exercises[1].groups[0]
    return replace(one, exercises=(first, replace(second, groups=(wrong, second.groups[1]))))


def test_partial_points_for_everybody_alike_separate_nobody() -> None:
    reports = [report(id, (1.0, 1.0, 0.5, 1.0)) for id in ("ada", "bo")]
    groups = text(section(page_of(reports), "groups"))
    assert "4 of 4 test groups gave everyone" in groups
    assert "Passed by nobody: 1 x_entropy : soft labels" in groups


def test_mistakes_are_counted_and_their_students_can_be_asked_for() -> None:
    page = page_of(CLASS)
    mistakes = section(page, "mistakes")
    assert rows(mistakes) == [["transposed", "softmax", "2", "50%", "Your matrix is transposed."]]
    assert '<option value="0">softmax: transposed (2)</option>' in page
    assert len(re.findall(r'<tr data-m="0">', section(page, "students"))) == 2


@pytest.mark.parametrize(
    ("others", "words"), [(3, "The other 3 mistakes"), (1, "The other mistake")]
)
def test_only_the_first_mistakes_are_shown_at_once(others: int, words: str) -> None:
    shown = 12
    reports = []
    for number in range(shown + others):
        one = report(f"s{number:02}", (0.0, 1.0, 1.0, 1.0))
        named = replace(one.exercises[0], misconception=f"mistake_{number}")
        reports.append(replace(one, exercises=(named, one.exercises[1])))
    mistakes = section(page_of(reports), "mistakes")
    assert f"<summary>{words}</summary>" in mistakes
    assert len(rows(mistakes)) == shown + others
    assert len(rows(mistakes.split("<details>")[0])) == shown


def test_students_are_linked_with_their_points() -> None:
    students = section(page_of(CLASS), "students")
    assert rows(students) == [
        ["ada", "8", "4", "4", "0.030"],
        ["bo", "4", "0", "4", "0.020"],
        ["cy", "6", "2", "4", "0.020"],
        ["di", "6", "2", "4", "0.020"],
    ]
    assert '<a href="feedback/1.html" dir="auto">bo</a>' in students
    assert "Section" not in text(students)


def test_names_sections_lateness_and_adjustments_are_shown_where_there_are_any() -> None:
    given = Adjustment(1.0, "the talk", "2026-09-10")
    marks = [
        mark_of(CLASS[0], student=Student("Ada Wong", ("17",), "Tue"), days_late=1, lost=0.8),
        *(mark_of(one) for one in CLASS[1:3]),
        mark_of(CLASS[3], adjustments=(replace(given, exercise="softmax"),)),
        FinalMark(Student("Eve Li", ("18",)), None, Standing.MISSING, 8.0),
        FinalMark(Student("", ("19",)), None, Standing.MISSING, 8.0, adjustments=(given,)),
    ]
    page = page_of(CLASS, marks)
    found = rows(section(page, "students"))
    assert found[0] == ["Ada Wong ada", "Tue", "7.2 late", "8", "4", "4", "0.030"]
    assert found[3][-3:] == ["3", "4", "0.020"]
    assert found[4] == ["Eve Li 18", "", "no submission", "", "", "", ""]
    assert found[5] == ["19", "", "1 adjusted", "", "", "", ""]
    assert "without a submission" in section(page, "marks")


def test_failures_of_ours_are_told_and_stay_out_of_the_numbers() -> None:
    failed = replace(CLASS[1], judge_error=f"the server {MARKUP}")
    page = page_of([CLASS[0], failed, *CLASS[2:]])
    run = section(page, "run")
    assert "Not graded, because the grader failed: 1" in text(run)
    assert "bo : the server <script>" in text(run)
    assert "<script>" not in run
    assert rows(section(page, "students"))[1] == ["bo", "not graded", "", "", "0.020"]
    assert rows(section(page, "exercises"))[0][2] == "33%"


def test_the_slowest_and_the_isolation_are_shown() -> None:
    reports = [replace(report(f"s{n:02}"), seconds=float(n)) for n in range(12)]
    run = section(page_of(reports), "run")
    assert rows(run)[:2] == [["s11", "11.000"], ["s10", "10.000"]]
    assert len([row for row in rows(run) if row[0].startswith("s")]) == 10
    assert "Isolation: partial" in text(run)
    assert ["user", "off (not root)"] in rows(run)


@pytest.mark.parametrize("count", [0, 1])
def test_nobody_and_one_student_make_a_page(count: int) -> None:
    page = page_of(CLASS[:count], isolation=Isolation("process", {}))
    assert "At least two submissions" in text(section(page, "groups"))
    assert ("There are no marks yet." in page) is (count == 0)
    assert "nan" not in text(page.split("<body>")[1].split("<script>")[0])


def test_a_class_of_failures_makes_a_page() -> None:
    page = page_of([replace(one, judge_error="no sandbox") for one in CLASS])
    assert rows(section(page, "exercises"))[0][2:5] == ["\N{EN DASH}"] * 3
    assert "There are no marks yet." in page


def test_names_that_want_to_be_markup_are_text() -> None:
    reports = [report(MARKUP), report("a\"b'c", (0.0, 1.0, 1.0, 1.0))]
    marks = [mark_of(reports[0], student=Student(MARKUP, (MARKUP,), MARKUP)), mark_of(reports[1])]
    page = page_of(reports, marks)
    assert page.count("<script") == 1
    assert "<img" not in page


def test_every_table_has_headings_of_its_columns_and_rows() -> None:
    page = page_of(CLASS)
    for table in re.findall(r"<table.*?</table>", page):
        assert "<caption" in table or 'class="narrow"' in table
        heads = re.findall(r"<th[ >][^>]*", table.split("</thead>")[0])
        assert heads
        assert all('scope="col"' in head for head in heads)
        for row in re.findall(r"<tr.*?</tr>", table.split("<tbody>")[1]):
            assert '<th scope="row">' in row
