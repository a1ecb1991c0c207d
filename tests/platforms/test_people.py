"""One person in two lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.model.submission import Student
from autograder.platforms.enrolment import matches
from autograder.platforms.roster import merged

PEOPLE = (
    Student("Ada Wong", ("00101", "ada@uni.example")),
    Student("María García López", ("00103", "maria@uni.example")),
    Student("王小明", ("00102", "xwang")),
    Student("فاطمة الزهراء", ("00104",)),
    Student("Ada Wong", ("00105", "ada2")),
    Student("Jürgen Groß", ("00106",)),
)


def _found(name: str = "", *ids: str) -> str | None:
    student = Student(name, ids)
    found = matches([student], PEOPLE).get(student)
    return None if found is None else found.ids[0]


@pytest.mark.parametrize(
    ("name", "ids", "found"),
    [
        ("", ["00103"], "00103"),
        ("", ["103"], "00103"),
        ("", ["MARIA@uni.example"], "00103"),
        ("", ["maria"], "00103"),
        ("", [" xwang "], "00102"),
        ("garcíalópezmaría", ["77"], "00103"),
        ("GARCIA LOPEZ, Maria", [], "00103"),
        ("الزهراءفاطمة", [], "00104"),
        ("王小明", [], "00102"),
        ("jurgen gross", [], "00106"),
        ("wongada", ["00105"], "00105"),
    ],
)
def test_people_are_found(name: str, ids: list[str], found: str) -> None:
    assert _found(name, *ids) == found


def test_two_people_of_one_name_are_not_guessed_at() -> None:
    assert _found("Ada Wong") is None
    assert _found("wongada", "77") is None


def test_a_number_is_not_believed_against_the_name() -> None:
    assert _found("María García López", "00101") is None
    assert _found("M. García", "00103") == "00103"


def test_strangers_are_not_found() -> None:
    assert _found("Nobody", "00999", "nobody@uni.example") is None
    assert _found() is None


def test_ids_of_two_people_are_settled_by_the_name_or_not_at_all() -> None:
    assert _found("", "00101", "xwang") is None
    assert _found("王小明", "00101", "xwang") == "00102"


def test_entries_are_merged_with_the_known_first() -> None:
    both = merged(Student("Ada Wong", ("1", "ada")), Student("wongada", ("ada", "77"), "Monday"))
    assert both == Student("Ada Wong", ("1", "ada", "77"), "Monday")


def test_a_name_is_not_enough_where_another_student_is_that_person() -> None:
    people = [Student("Ada Wong", ("101",)), Student("Grace Li", ("103",))]
    by_id, namesake = Student("wongada", ("101",)), Student("wongada", ("102",))
    assert matches([by_id, namesake], people) == {by_id: people[0]}
    assert matches([namesake, by_id], people) == {by_id: people[0]}
    assert matches([namesake], people) == {namesake: people[0]}

    others = Student("ligrace", ("201",)), Student("Li, Grace", ("202",))
    assert matches(others, people) == {}


def test_a_login_in_another_case_is_still_one_person() -> None:
    people = [Student("Grace Li", ("103",))]
    twice = Student("Grace Li", ("Grace Li",)), Student("grace li", ("grace li",))
    assert matches(twice, people) == dict.fromkeys(twice, people[0])


@given(st.lists(st.builds(Student, st.text(max_size=8), st.tuples(st.text(max_size=4)))))
def test_who_is_found_is_in_the_list(people: list[Student]) -> None:
    assert set(matches(people, people).values()) <= set(people)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("xwang 王小明", "00102"),
        ("王小明 (xwang)", "00102"),
        ("Groß_Jürgen_00106", "00106"),
        ("106 Gross, Jürgen", "00106"),
        ("hw1 xwang", "00102"),
        ("Ada Wong (ada2)", "00105"),
        ("xwang Jürgen Groß", None),  # the login of one, the name of another
        ("xwang ada2", None),
        ("Ada Smith", None),  # a first name that is a login
    ],
)
def test_a_name_with_an_id_next_to_it_is_found(name: str, found: str | None) -> None:
    assert _found(name, name) == found


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Mueller_Juergen", "Jürgen Müller"),
        ("Sørensen Åse", "Ase Sorensen"),
        ("Lukasz Zak", "Łukasz Żak"),
        ("Isil Sen", "Iş\u0131l Şen"),
        ("Grace Li", 'Li, Grace "GG"'),
        ("Li Grace", "Grace Li (she/her)"),
        ("O'Neil Sean", "Seán O\u2019Neil"),
    ],
)
def test_a_name_in_another_spelling_is_the_same(name: str, other: str) -> None:
    student, person = Student(name, (name,)), Student(other, ("00107",))
    assert matches([student], [*PEOPLE, person]) == {student: person}


@pytest.mark.parametrize("id", ["103.0", "00103.0", "103.000"])
def test_a_spreadsheets_decimals_are_no_part_of_an_id(id: str) -> None:
    assert _found("", id) == "00103"
