"""Lists come back with the marks in them and every other byte as it was."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.gradebook.marks import Adjustment, FinalMark, Standing
from autograder.model.submission import Mark, Student
from autograder.reporting.filling import Filled
from autograder.reporting.platform_uploads import (
    PLATFORMS,
    fill_list,
    fill_moodle,
)


def filled_in(
    platform: str, content: bytes, marks: Iterable[Mark], column: str = "", name: str = "the list"
) -> Filled:
    return PLATFORMS[platform](content, list(marks), column, name)


CANVAS = b"Student,ID,Section,Essay (7)\nLi,1,A,\nWong,2,A,3\nZoe,3,A,5\n"
MOODLE = b"Identifier,Grade,Feedback comments\nParticipant 1,,\nParticipant 2,,\n"
MARKS = (
    FinalMark(
        Student("Li", ("1",)),
        "li",
        Standing.GRADED,
        10.0,
        8.0,
        days_late=1,
        lost=0.8,
        adjustments=(Adjustment(2.0, "an idea", "2026"),),
    ),
    FinalMark(Student("Wong", ("2",)), "wong", Standing.JUDGE_ERROR, 10.0),
    FinalMark(Student("Zoe", ("3",)), None, Standing.MISSING, 10.0),
)


def test_final_marks_are_filled_and_who_has_none_keeps_the_cell(tmp_path: Path) -> None:
    given = tmp_path / "export.csv"
    given.write_bytes(CANVAS)
    path, filled = fill_list("canvas", given, MARKS, tmp_path)
    assert path == tmp_path / "canvas.csv"
    assert path.read_bytes() == CANVAS.replace(b"Li,1,A,", b"Li,1,A,9.2")
    assert given.read_bytes() == CANVAS
    assert [student.name for student in filled.filled] == ["Li"]


def test_moodle_gets_the_parts_as_a_comment(tmp_path: Path) -> None:
    given = tmp_path / "worksheet.csv"
    given.write_bytes(MOODLE)
    path, _ = fill_list("moodle", given, MARKS, tmp_path)
    line = path.read_text().splitlines()[1]
    assert line.startswith("Participant 1,9.2,graded: 8 of 10; late by 1 day: -0.8; adjusted: +2")


def test_the_list_itself_is_never_overwritten(tmp_path: Path) -> None:
    given = tmp_path / "canvas.csv"
    given.write_bytes(CANVAS)
    with pytest.raises(UsageError, match="move it elsewhere first"):
        fill_list("canvas", given, MARKS, tmp_path)
    assert given.read_bytes() == CANVAS


def test_a_wrong_file_leaves_nothing_behind(tmp_path: Path) -> None:
    given = tmp_path / "other.csv"
    given.write_bytes(b"a,b\n")
    with pytest.raises(UsageError, match=r"other\.csv"):
        fill_list("moodle", given, MARKS, tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        fill_list("moodle", tmp_path / "nowhere.csv", MARKS, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["other.csv"]


CANVAS_EXPORT = (Path(__file__).parents[1] / "samples" / "canvas_export.csv").read_bytes()
TITLE = "The softmax derivative"
CANVAS_MARKS = [
    Mark(Student("wongada", ("4101",)), 100.0, 100.0),
    Mark(Student("王小明", ("4102",)), 50.0, 100.0),
    Mark(Student("María García López", ("00103",)), 87.5, 100.0),
    Mark(Student("الزهراءفاطمة", ("4104",)), 10.0, 100.0),
    Mark(Student("Ada Wong"), 1.0, 100.0),
    Mark(Student("obriensean", ("4106",)), 1.0, 100.0),
    Mark(Student("Nguyễn Thị Hoa"), 0.0, 100.0),
]


def test_only_the_cells_of_one_column_change() -> None:
    result = filled_in("canvas", CANVAS_EXPORT, CANVAS_MARKS, TITLE)
    expected = CANVAS_EXPORT.decode()
    for before, after in (
        ('first",8.00,,80', 'first",8.00,20,80'),
        ("9.00,3.50,", "9.00,10,"),
        ('""late""",,,,', '""late""",,17.5,,'),
        ("5.00,,50", "5.00,0,50"),
    ):
        assert expected.count(before) == 1
        expected = expected.replace(before, after)
    assert result.content.decode() == expected
    assert result.scaled_to == 20.0
    assert [student.ids for student in result.refused] == [("4104",), ("4106",)]
    assert [student.name for student in result.unlisted] == ["Ada Wong"]


@pytest.mark.parametrize("assignment", [TITLE, f"{TITLE} (412)", "412"])
def test_the_column_has_several_names(assignment: str) -> None:
    assert filled_in("canvas", CANVAS_EXPORT, CANVAS_MARKS, assignment) == filled_in(
        "canvas", CANVAS_EXPORT, CANVAS_MARKS, TITLE
    )


def test_other_line_ends_and_marks_are_kept() -> None:
    plain = filled_in("canvas", CANVAS_EXPORT, CANVAS_MARKS, TITLE).content
    windows = b"\xef\xbb\xbf" + CANVAS_EXPORT.replace(b"\n", b"\r\n")
    result = filled_in("canvas", windows, CANVAS_MARKS, TITLE).content
    assert result == b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n")


def test_the_european_form_gets_decimal_commas() -> None:
    content = b"Student;ID;Section;Essay (7)\n    Points Possible;;;10,00\nLi;5;A;\n"
    mark = Mark(Student("", ("5",)), 87.5, 100.0)
    assert filled_in("canvas", content, [mark]).content.endswith(b"Li;5;A;8,75\n")


def test_first_and_last_names_in_two_columns() -> None:
    content = b"LastName,FirstName,ID,Section,Essay (7)\nWong,Ada,5,A,\n"
    mark = Mark(Student("Ada Wong", ("ada@x",)), 3.0, 4.0)
    assert filled_in("canvas", content, [mark]).content.endswith(b"Wong,Ada,5,A,3\n")


@pytest.mark.parametrize(
    ("content", "assignment", "words"),
    [
        (
            CANVAS_EXPORT,
            "",
            "found 2 columns; name one of these with --column: Homework 0; The soft",
        ),
        (CANVAS_EXPORT, "Final", "found 0 columns for 'Final'"),
        (b"Student,ID\n", "", "found the columns Student; ID; export the grades from Canvas"),
        (b"", "", "export the grades from Canvas"),
        (b"id,name\n1,2\n", "", "export the grades from Canvas"),
    ],
)
def test_a_wrong_file_or_column_is_an_error(content: bytes, assignment: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        filled_in("canvas", content, CANVAS_MARKS, assignment)
    assert str(caught.value).isprintable()


WORKSHEET = (Path(__file__).parents[1] / "samples" / "moodle_worksheet.csv").read_bytes()
MOODLE_MARKS = [
    Mark(Student("Ada Wong", ("501",)), 87.5, 100.0, "Part 1: look at the axis"),
    Mark(Student("小明 王", ("502",)), 60.0, 100.0),
    Mark(Student("María García López", ("503",)), 70.0, 100.0, "=1+1"),
    Mark(Student("فاطمة الزهراء", ("504",)), 80.0, 100.0),
    Mark(Student("Ada Wong", ("00105",)), 90.0, 100.0),
    Mark(Student("Seán O'Brien", ("506",)), 0.0, 100.0),
]


def test_grades_and_comments_change_and_nothing_else() -> None:
    result = fill_moodle(WORKSHEET, MOODLE_MARKS)
    lines = WORKSHEET.decode().split("\n")
    lines[1] = lines[1].replace(",,100.00", ",87.5,100.00") + "Part 1: look at the axis"
    lines[2] = lines[2].replace("55.00", "60")
    lines[4] = lines[4].replace(",,100.00", ",70,100.00") + "'=1+1"
    lines[6] = lines[6].replace(",,100.00", ",90,100.00")
    assert result.content.decode().split("\n") == lines
    assert [student.ids for student in result.refused] == [("504",)]
    assert [student.ids for student in result.unlisted] == [("506",)]


def test_titles_in_other_languages() -> None:
    german = (
        "ID,Vollständiger Name,Status,Bewertung,Bestwertung,Bewertung kann geändert werden\n"
        'Teilnehmer/in12,Ada Wong,,,"20,00",Ja\n'
    ).encode()
    mark = Mark(Student("", ("12",)), 87.5, 100.0)
    assert b',"17,5","20,00",Ja' in fill_moodle(german, [mark]).content
    other = german.replace(b"Bewertung,", b"patlh,", 1)
    with pytest.raises(UsageError, match="name that one"):
        fill_moodle(other, [mark])
    assert b',"17,5","20,00",Ja' in fill_moodle(other, [mark], "patlh").content


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"Identifier,Grade\nnobody,\n"])
def test_another_file_is_an_error(content: bytes) -> None:
    with pytest.raises(UsageError, match="download the worksheet again") as caught:
        fill_moodle(content, MOODLE_MARKS)
    assert str(caught.value).isprintable()


def test_a_comment_by_hand_stays_and_an_earlier_one_of_ours_is_replaced() -> None:
    li, wong = (
        Mark(Student("", ("1",)), 2.0, 4.0, "graded: 2 of 4"),
        Mark(Student("", ("2",)), 3.0, 4.0, "graded: 3 of 4"),
    )
    content = b"Identifier,Grade,Feedback comments\nParticipant 1,,well done: go on\n"
    content += b"Participant 2,1,graded: 1 of 4; final mark: 1\n"
    lines = fill_moodle(content, [li, wong]).content.splitlines()
    assert lines[1] == b"Participant 1,2,well done: go on"
    assert lines[2] == b"Participant 2,3,graded: 3 of 4"
    before = content.replace(b"graded: 1 of 4; final mark: 1", b"no submission; adjusted: +1 (ill)")
    assert fill_moodle(before, [li, wong]).content.splitlines() == lines


# --- lists of Brightspace, Blackboard and Sakai come back with the marks, and else as they were ---


ADA, BEN = Student("Ada Wong", ("00101", "adaw")), Student("Ben Li", ("00102", "bli"))
GIVEN = [
    Mark(ADA, 87.5, 100.0),
    Mark(BEN, 0.0, 100.0),
    Mark(Student("Zoe", ("9",)), 1.0, 100.0),
]

BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,"
    "HW1 Points Grade <Numeric MaxPoints:100 Weight:5 Category:Homework>,"
    "HW2 Points Grade <Numeric MaxPoints:10>,End-of-Line Indicator\r\n"
    "#00101,#adaw,Wong,Ada,,3,#\r\n"
    "#00102,#bli,Li,Ben,50,,#\r\n"
)


def test_brightspace_keeps_its_marks_of_ids_and_its_last_column() -> None:
    filled = filled_in("brightspace", BRIGHTSPACE.encode(), GIVEN, "HW1")
    expected = BRIGHTSPACE.replace("Ada,,3", "Ada,87.5,3").replace("Ben,50", "Ben,0")
    assert filled.content.decode() == expected
    assert (filled.filled, [one.name for one in filled.unlisted]) == ((ADA, BEN), ["Zoe"])
    small = filled_in("brightspace", BRIGHTSPACE.encode(), GIVEN, "HW2")
    assert "#adaw,Wong,Ada,,8.75,#" in small.content.decode()
    assert small.scaled_to == 10.0


BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t'
    '"Homework 1 [Total Pts: 100 Score] |12345"\t"Weighted Total [Total Pts: up to 0] |7"\n'
    '"Wong"\t"Ada"\t"adaw"\t"00101"\t""\t""\n'
    '"Li"\t"Ben"\t"bli"\t"00102"\t"12"\t""\n'
)


def test_blackboard_keeps_quotes_tabs_and_the_numbers_of_its_columns() -> None:
    filled = filled_in("blackboard", BLACKBOARD.encode("utf-8-sig"), GIVEN)
    expected = BLACKBOARD.replace('"00101"\t""', '"00101"\t"87.5"').replace('"12"', '"0"')
    assert filled.content.decode("utf-8-sig") == expected


def test_blackboards_own_form_for_excel_is_filled_and_columns_of_text_are_not() -> None:
    notes = BLACKBOARD.replace("Weighted Total [Total Pts: up to 0]", "Notes [Total Pts: 0 Text]")
    filled = filled_in("blackboard", notes.encode("utf-16"), GIVEN)
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
    filled = filled_in("sakai", text.encode(), GIVEN)
    assert filled.content.decode() == text.replace('"Ada",""', '"Ada","87.5"').replace(
        '"Ben",""', '"Ben","0"'
    )


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("id,name\n1,Ada\n", "", "found the columns id; name; export the grades from Brightspace"),
        ("", "", "found the columns (none)"),
        (BRIGHTSPACE, "", "found 2 columns; name one of these with --column: HW1; HW2"),
        (BRIGHTSPACE, "HW3", "found 0 columns for 'HW3'"),
    ],
)
def test_another_file_is_one_line(text: str, column: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        filled_in("brightspace", text.encode(), GIVEN, column, "b.csv")
    assert said in str(caught.value)


@pytest.mark.parametrize("content", [b"PK\x03\x04\x14", b"a,b\n\0\x17\xdc8", b"%PDF-1.7\n"])
def test_a_file_that_is_not_csv_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(UsageError, match=r"^class\.zip: is not a CSV file; [^\n\\]*$"):
        filled_in("sakai", content, GIVEN, "", "class.zip")


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
    filled = fill_moodle(worksheet(title, locked), GIVEN)
    assert (filled.filled, filled.refused) == ((ADA,), (BEN,))


def test_a_mark_above_moodles_maximum_is_named_since_moodle_skips_it() -> None:
    high = [Mark(ADA, 104.0, 100.0), Mark(Student("Ben Li", ("x",)), 100.0, 100.0)]
    content = worksheet("Grade can be changed", "No").replace(b"No", b"Yes")
    filled = fill_moodle(content, high)
    assert filled.above == (ADA,)
    assert b"-,104," in filled.content
    assert fill_moodle(content, [Mark(ADA, 100.0, 100.0)]).above == ()
