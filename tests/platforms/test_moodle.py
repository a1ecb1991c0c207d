"""What Moodle delivers."""

from pathlib import Path

import pytest

from autograder.platforms.moodle import moodle
from autograder.submissions.read import read_attempt

SAMPLE = Path(__file__).parents[1] / "samples" / "moodle"


def test_folders_are_grouped_by_participant() -> None:
    attempts = moodle(SAMPLE, sorted(path.name for path in SAMPLE.iterdir()))
    assert attempts is not None
    by_id = {attempt.id: attempt for attempt in attempts}
    assert set(by_id) == {
        "Ada Wong_501",
        "小明 王_502",
        "María García López_503",
        "فاطمة الزهراء_504",
        "Ada Wong_505",
        "Seán O'Brien_506",
    }
    assert len(by_id["Ada Wong_505"].files) == 2
    assert by_id["فاطمة الزهراء_504"].students[0].ids == ("504",)
    submission = read_attempt(by_id["María García López_503"], ("part1_softmax",))
    assert submission.sources[0].filename == "week 1/part1_softmax.py"
    only_text = read_attempt(by_id["Seán O'Brien_506"])
    assert "onlinetext.html: not read" in only_text.notes[0]


@pytest.mark.parametrize(
    ("name", "student", "ids", "given"),
    [
        ("Ada Wong_12_assignsubmission_file_", "Ada Wong", ("12",), ""),
        ("Ada Wong_12_assignsubmission_file", "Ada Wong", ("12",), ""),
        ("Ada Wong_12_assignsubmission_file_a_1_b.py", "Ada Wong", ("12",), "a_1_b.py"),
        ("Participant_12_assignsubmission_file_", "Participant", ("12",), ""),
        ("Default group_assignsubmission_file_", "Default group", (), ""),
    ],
)
def test_moodle_names_are_taken_apart(
    name: str, student: str, ids: tuple[str, ...], given: str
) -> None:
    attempts = moodle(Path("hand-ins"), [name])
    assert attempts is not None
    (attempt,) = attempts
    assert (attempt.students[0].name, attempt.students[0].ids) == (student, ids)
    assert attempt.files == ((given, Path("hand-ins", name)),)


def test_other_names_are_not_moodle() -> None:
    assert moodle(Path("hand-ins"), ["Ada Wong_12.py"]) is None
    assert moodle(Path("hand-ins"), []) is None
