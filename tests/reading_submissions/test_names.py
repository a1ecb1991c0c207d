"""Names of modules, and ids of submissions."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.submissions.entries import (
    distinct_ids,
    is_part_itself,
    module_name,
    recognised_part,
    safe_id,
    without_part,
)

PARTS = ("part1_softmax", "part2_layer", "part3_loss", "part4_training")


@pytest.mark.parametrize(
    "stem",
    [
        "part1_softmax",
        "Part1_Softmax",
        "PART1-SOFTMAX",
        "part1_softmax (1)",
        "part1_softmax-1",
        "part1_softmax copy 2",
        "Copy of part1_softmax",
        "wong_part1_softmax",
        "lastfirst_LATE_123_456_part1_softmax-1",
        "王小明_part1_softmax",
        "part1softmax",
        "Part 1 - Softmax",
        "part1_softmax2",
        "part1.softmax.final",
        "ｐａｒｔ１＿ｓｏｆｔｍａｘ",  # noqa: RUF001 (full-width, as East Asian keyboards write it)
        "part1",
        "hw_part1_solution",
        "Part 1",
    ],
)
def test_a_part_is_recognised_in_what_is_added_to_it(stem: str) -> None:
    assert module_name(stem, PARTS) == "part1_softmax"


@pytest.mark.parametrize(
    ("stem", "module"),
    [
        ("main", "main"),
        ("part12", "part12"),
        ("part5_extra", "part5_extra"),
        ("softmax", "softmax"),
        ("counterpart1_softmax", "counterpart1_softmax"),
        ("part1_softmaxes", "part1_softmax"),  # by its beginning
        ("part1_softmax_part2_layer", "part1_softmax_part2_layer"),
        ("part1 and part2", "part1_and_part2"),
        ("my file", "my_file"),
        ("2nd", "_2nd"),
        ("", "_"),
        ("__main__", "main"),
        ("__init__", "init"),
        ("\x1b[31m", "__31m"),
        ("\udcff", "_"),
        ("naïve", "naïve"),
        ("作业", "作业"),
    ],
)
def test_other_names_are_made_identifiers(stem: str, module: str) -> None:
    assert module_name(stem, PARTS) == module


def test_the_longest_part_is_meant_and_a_shared_beginning_is_none() -> None:
    assert recognised_part("my_part1_softmax", ("softmax", "part1_softmax")) == "part1_softmax"
    assert recognised_part("part1", ("part1_softmax", "part1_layer")) is None
    assert recognised_part("anything", ()) is None


@given(st.text(max_size=300))
@example("\ua900")  # a digit that is not ASCII: part of a word, and not the beginning of a name
def test_every_name_is_an_identifier_that_stays_itself(stem: str) -> None:
    module = module_name(stem, PARTS)
    assert module.isidentifier()
    assert not (module.startswith("__") and module.endswith("__") and module.strip("_"))
    assert module_name(module, PARTS) == module


_separators = st.text(alphabet=" _-.()[]~+&123", max_size=6)


@given(
    st.sampled_from(PARTS),
    st.sampled_from(["", "wong", "Müller", "李", "LATE", "copy", "final"]),
    _separators,
    _separators,
    st.booleans(),
)
def test_any_decoration_set_apart_is_seen_through(
    part: str, word: str, before: str, after: str, shout: bool
) -> None:
    stem = f"{word}_{before}{part.upper() if shout else part}{after}"
    assert module_name(stem, PARTS) == part


@pytest.mark.parametrize(
    "stem",
    [
        "part1_softmax",
        "part1_softmax (1)",
        "part1",
        "Part1_Softmax-2",
        "part1_softmax copy",
        "part1_softmax_v2",
        "01_part1_softmax",
        "part1_softmax 2026-09-24",
        "20260924_1530 part1_softmax",
        "part1_softmax_2026",
    ],
)
def test_a_part_itself_bears_nobodys_name(stem: str) -> None:
    assert is_part_itself(stem, PARTS)


@pytest.mark.parametrize(
    "stem",
    [
        "wong_part1_softmax",
        "part1_softmax_wong",
        "wong",
        "李_part1",
        "",
        "20301_part1",
        "part1-101",
    ],
)
def test_a_name_beside_the_part_is_somebodys(stem: str) -> None:
    assert not is_part_itself(stem, PARTS)


@pytest.mark.parametrize(
    ("stem", "owner"),
    [
        ("wong_part1_softmax (1)", "wong"),
        ("wong_part1_softmax-1", "wong"),
        ("wong-part1_softmax-2026-09-11-213000", "wong"),
        ("part1_softmax 1_Ada Wong", "Ada Wong"),
        ("part1_softmax_20301", "20301"),
        ("part1_softmax_07", "part1_softmax_07"),
        ("wong", "wong"),
    ],
)
def test_the_owner_is_what_is_around_the_part(stem: str, owner: str) -> None:
    assert without_part(stem, PARTS) == owner


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
