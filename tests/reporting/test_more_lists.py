"""Lists of Brightspace, Blackboard and Sakai come back with the marks, and else as they were."""

from __future__ import annotations

import pytest

from autograder.errors import UsageError
from autograder.model import Mark, Student
from autograder.reporting.platform_lists import (
    fill_blackboard,
    fill_brightspace,
    fill_moodle,
    fill_sakai,
)

ADA, BEN = Student("Ada Wong", ("00101", "adaw")), Student("Ben Li", ("00102", "bli"))
MARKS = [Mark(ADA, 87.5, 100.0), Mark(BEN, 0.0, 100.0), Mark(Student("Zoe", ("9",)), 1.0, 100.0)]

BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,"
    "HW1 Points Grade <Numeric MaxPoints:100 Weight:5 Category:Homework>,"
    "HW2 Points Grade <Numeric MaxPoints:10>,End-of-Line Indicator\r\n"
    "#00101,#adaw,Wong,Ada,,3,#\r\n"
    "#00102,#bli,Li,Ben,50,,#\r\n"
)


def test_brightspace_keeps_its_marks_of_ids_and_its_last_column() -> None:
    filled = fill_brightspace(BRIGHTSPACE.encode(), MARKS, "HW1")
    expected = BRIGHTSPACE.replace("Ada,,3", "Ada,87.5,3").replace("Ben,50", "Ben,0")
    assert filled.content.decode() == expected
    assert (filled.filled, [one.name for one in filled.unlisted]) == ((ADA, BEN), ["Zoe"])
    small = fill_brightspace(BRIGHTSPACE.encode(), MARKS, "HW2")
    assert "#adaw,Wong,Ada,,8.75,#" in small.content.decode()
    assert small.scaled_to == 10.0


BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t'
    '"Homework 1 [Total Pts: 100 Score] |12345"\t"Weighted Total [Total Pts: up to 0] |7"\n'
    '"Wong"\t"Ada"\t"adaw"\t"00101"\t""\t""\n'
    '"Li"\t"Ben"\t"bli"\t"00102"\t"12"\t""\n'
)


def test_blackboard_keeps_quotes_tabs_and_the_numbers_of_its_columns() -> None:
    filled = fill_blackboard(BLACKBOARD.encode("utf-8-sig"), MARKS)
    expected = BLACKBOARD.replace('"00101"\t""', '"00101"\t"87.5"').replace('"12"', '"0"')
    assert filled.content.decode("utf-8-sig") == expected


def test_blackboards_own_form_for_excel_is_filled_and_columns_of_text_are_not() -> None:
    notes = BLACKBOARD.replace("Weighted Total [Total Pts: up to 0]", "Notes [Total Pts: 0 Text]")
    filled = fill_blackboard(notes.encode("utf-16"), MARKS)
    expected = notes.replace('"00101"\t""', '"00101"\t"87.5"').replace('"12"', '"0"')
    assert filled.content == expected.encode("utf-16")


@pytest.mark.parametrize("title", ["grade", "Mark"])
def test_sakai_has_two_lines_above_its_titles(title: str) -> None:
    text = (
        '"Homework 1","SCORE_GRADE_TYPE"\n""\n'
        f'"Display ID","ID","Last Name","First Name","{title}","Submission date"\n'
        '"adaw","adaw","Wong","Ada","","2026-04-02T04:00:05Z"\n'
        '"bli","bli","Li","Ben","","2026-04-01T16:41:58Z"\n'
    )
    filled = fill_sakai(text.encode(), MARKS)
    assert filled.content.decode() == text.replace('"Ada",""', '"Ada","87.5"').replace(
        '"Ben",""', '"Ben","0"'
    )


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("id,name\n1,Ada\n", "", "found the columns id; name; export the grades from Brightspace"),
        ("", "", "found the columns (none)"),
        (BRIGHTSPACE, "", "found 2; name one of these with --column: HW1; HW2"),
        (BRIGHTSPACE, "HW3", "found 0 columns for 'HW3'"),
    ],
)
def test_another_file_is_one_line(text: str, column: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        fill_brightspace(text.encode(), MARKS, column, "b.csv")
    assert said in str(caught.value)


# --- Moodle's own rules: mod/assign/feedback/offline/importgradesform.php -------------------------


def worksheet(changeable: str, locked: str, most: str = "100.00") -> bytes:
    text = (
        f'Identifier,"Full name",Status,Grade,"Maximum Grade","{changeable}","Feedback comments"\n'
        f'"Participant 1","Ada Wong",-,,{most},Yes,\n'
        f'"Participant 2","Ben Li",-,,{most},{locked},\n'
    )
    words = {"Nein": "Ja", "Non": "Oui", "No": "Yes", "否": "是"}
    return text.replace("Yes", words[locked]).encode()


@pytest.mark.parametrize(
    ("title", "locked"),
    [
        ("Grade can be changed", "No"),
        ("Bewertung kann geändert werden", "Nein"),
        ("La note peut être modifiée", "Non"),
        ("允许更改成绩", "否"),
    ],
)
def test_a_locked_row_is_left_alone_in_every_language(title: str, locked: str) -> None:
    filled = fill_moodle(worksheet(title, locked), MARKS)
    assert (filled.filled, filled.refused) == ((ADA,), (BEN,))


def test_a_mark_above_moodles_maximum_is_named_since_moodle_skips_it() -> None:
    high = [Mark(ADA, 104.0, 100.0), Mark(Student("Ben Li", ("x",)), 100.0, 100.0)]
    content = worksheet("Grade can be changed", "No").replace(b"No", b"Yes")
    filled = fill_moodle(content, high)
    assert filled.above == (ADA,)
    assert b"-,104," in filled.content
    assert fill_moodle(content, [Mark(ADA, 100.0, 100.0)]).above == ()
