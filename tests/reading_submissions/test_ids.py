"""Ids of hand-ins."""

from hypothesis import given
from hypothesis import strategies as st

from autograder.submissions.ids import distinct_ids, safe_id


@given(st.text())
def test_an_id_is_a_safe_file_name(name: str) -> None:
    id = safe_id(name)
    assert id.isprintable()
    assert id == id.strip(" .")
    assert not set(id) & set('/\\:*?"<>|')
    assert 0 < len(id.encode()) <= 150


@given(st.lists(st.lists(st.text(max_size=3), min_size=1, max_size=2).map(tuple)))
def test_ids_differ_where_case_does_not_count(wanted: list[tuple[str, ...]]) -> None:
    ids = distinct_ids(wanted)
    assert len(ids) == len(wanted)
    assert len({id.casefold() for id in ids}) == len(ids)


def test_the_first_free_name_is_taken_then_a_number() -> None:
    wanted = [("wong",), ("Wong", "Wong.zip"), ("wong", "wong.zip"), ("李",), ("李",)]
    assert distinct_ids(wanted) == ["wong", "Wong.zip", "wong.zip~2", "李", "李~2"]


def test_names_are_composed_so_that_lists_from_other_systems_agree() -> None:
    assert safe_id("e\u0301milie") == "émilie"
