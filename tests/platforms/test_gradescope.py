"""What Gradescope delivers."""

from datetime import datetime, timezone
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.model.submission import Attempt, Student
from autograder.platforms import gradescope as gradescope_module
from autograder.platforms.gradescope import GRADESCOPE, METADATA, gradescope

SAMPLE = Path(__file__).parents[1] / "samples" / "gradescope"


def _attempts(folder: Path) -> dict[str, Attempt]:
    attempts = gradescope(folder, sorted(path.name for path in folder.iterdir()))
    return {attempt.id: attempt for attempt in attempts}


def _metadata(folder: Path, text: str) -> dict[str, Attempt]:
    (folder / "submission_1").mkdir(exist_ok=True)
    (folder / METADATA).write_text(text, encoding="utf-8")
    return _attempts(folder)


def test_submitters_and_times_come_from_the_metadata() -> None:
    attempts = _attempts(SAMPLE)
    assert list(attempts) == [f"submission_700{number}" for number in (1, 2, 3, 4)]
    assert attempts["submission_7001"].students == (
        Student("Ada Wong", ("00101", "ada@uni.example")),
    )
    assert attempts["submission_7001"].time == datetime(2026, 9, 10, 17, 34, 0, tzinfo=timezone.utc)
    assert [student.name for student in attempts["submission_7002"].students] == [
        "王小明",
        "María García López",
    ]
    later = attempts["submission_7002"].time
    assert later == datetime(2026, 9, 12, 6, 59, 59, tzinfo=timezone.utc)
    assert attempts["submission_7003"].students == (Student("فاطمة الزهراء", ("00104",)),)


def test_without_metadata_the_folders_still_count(tmp_path: Path) -> None:
    (tmp_path / "submission_1").mkdir()
    assert _attempts(tmp_path)["submission_1"].students == ()


@pytest.mark.parametrize(
    "text",
    [
        "submission_1: 7",
        "submission_1:\n  :submitters: nobody",
        "submission_1:\n  :submitters:\n  - :name: [a]\n    :sid: {b: c}\n  - 5",
        "submission_1:\n  :created_at: 2026-99-99 00:00:00 Z",
        "submission_1:\n  :created_at: yesterday",
        "- a\n- list",
        "",
    ],
)
def test_odd_metadata_gives_no_names_and_no_error(tmp_path: Path, text: str) -> None:
    attempt = _metadata(tmp_path, text)["submission_1"]
    assert all(not student.name and not student.ids for student in attempt.students)
    assert attempt.time is None


def test_ids_keep_their_zeros_and_objects_are_never_made(tmp_path: Path) -> None:
    text = (
        "submission_1:\n  :submitters:\n  - :name: Li\n    :sid: 007\n"
        "  :score: !!python/object/apply:os.mkdir ['pwned']\n"
        "  :results: !ruby/object:Anything {}\n"
    )
    attempt = _metadata(tmp_path, text)["submission_1"]
    assert attempt.students == (Student("Li", ("007",)),)
    assert not Path("pwned").exists()


def test_paths_in_the_metadata_are_not_followed(tmp_path: Path) -> None:
    assert list(_metadata(tmp_path, "../../etc:\n  :submitters: []\n/etc: {}\n")) == [
        "submission_1"
    ]


def test_aliases_that_would_grow_without_end_stay_small(tmp_path: Path) -> None:
    lines = ["a0: &a0 {x: y}"]
    lines += [f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: v}}" for n in range(1, 60)]
    assert list(_metadata(tmp_path, "\n".join(lines))) == ["submission_1"]


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "a: " + "[" * 2_000, "\x00"])
def test_unreadable_metadata_is_an_error_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="export the submissions again") as caught:
        _metadata(tmp_path, text)
    assert str(caught.value).isprintable()


def test_huge_metadata_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradescope_module, "METADATA_LIMIT", 10)
    with pytest.raises(UsageError, match="larger"):
        _metadata(tmp_path, "submission_1: {}")


def test_other_folders_are_not_gradescope() -> None:
    found = GRADESCOPE.fitting({"submission_1": {}, "wong": {}}, "hand-ins")
    assert list(found) == ["submission_1"]
    assert not GRADESCOPE.fitting({"wong": {}, "part1.py": None}, "hand-ins")
