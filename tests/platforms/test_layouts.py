"""The names in each platform's download."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from autograder.model.submission import Attempt
from autograder.platforms.contents import folder_tree
from autograder.platforms.hand_ins import PLATFORMS
from autograder.submissions.read import read_attempt

SAMPLES = Path(__file__).parents[1] / "samples"
FOLDER = Path("hand-ins")


def of(platform: str, *names: str) -> list[Attempt]:
    """The attempts of files with these names, which need not be there."""
    layout = PLATFORMS[platform]
    assert list(layout.fitting(dict.fromkeys(names), "hand-ins")) == list(names)
    return layout.attempts(FOLDER, names)


def sample(platform: str, folder: Path) -> dict[str, Attempt]:
    layout = PLATFORMS[platform]
    inside = folder_tree(folder)
    assert inside
    found = layout.attempts(folder, sorted(layout.fitting(inside, folder.name)))
    return {attempt.id: attempt for attempt in found}


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        *(("canvas", n) for n in ("wong.py", "wong_part1.py", "wong_1_part1.py", "part1_2.py")),
        ("blackboard", "hw_wong_attempt_1.py"),
        ("moodle", "Ada Wong_12.py"),
        ("brightspace", "12-34 - Ada Wong.py"),
        ("brightspace", "Ada Wong - Sep 24, 2026 926 PM - part1.py"),
        ("google", "Ada Wong-part1.py"),
        ("google", "12 - part1.py"),
        ("sakai", "Wong, Ada(adaw)"),
        ("gradescope", "submission_1.py"),
    ],
)
def test_other_names_are_of_no_platform(platform: str, name: str) -> None:
    assert not PLATFORMS[platform].fitting({name: None}, "hand-ins")


# --- Canvas -----------------------------------------------------------------------------------


def test_canvas_files_are_grouped_by_the_users_number_not_by_name() -> None:
    attempts = sample("canvas", SAMPLES / "canvas")
    assert {id: len(attempt.files) for id, attempt in attempts.items()} == {
        "garcíalópezmaría_4103": 1,
        "obriensean_4106": 1,
        "wongada_4101": 3,
        "wongada_4105": 1,
        "الزهراءفاطمة_4104": 1,
        "王小明_4102": 1,
    }
    late = {id for id, attempt in attempts.items() if attempt.late}
    assert late == {"garcíalópezmaría_4103", "الزهراءفاطمة_4104"}
    assert attempts["王小明_4102"].students[0].name == "王小明"
    assert attempts["王小明_4102"].students[0].ids == ("4102",)


@pytest.mark.parametrize(
    ("name", "id", "given", "late"),
    [
        ("wong_12_34_a.py", "wong_12", "a.py", False),
        ("wong_LATE_12_34_a_5_6_b.py", "wong_12", "a_5_6_b.py", True),
        ("van_der_berg_12_34_a.py", "van_der_berg_12", "a.py", False),
        ("anon_x7Yz2_34_a.py", "anon_x7Yz2", "a.py", False),
        ("LATE_anon_x7Yz2_34_a.py", "anon_x7Yz2", "a.py", True),
        ("wong_12_link.html", "wong_12", "link.html", False),
        ("wong_12_34_a-1.py", "wong_12", "a.py", False),
        ("wong_12_34_report-1.pdf", "wong_12", "report-1.pdf", False),
    ],
)
def test_canvas_names_are_taken_apart(name: str, id: str, given: str, late: bool) -> None:
    (attempt,) = of("canvas", name)
    assert attempt.id == id
    assert attempt.files == ((given, FOLDER / name),)
    assert attempt.late is late


@pytest.mark.parametrize(
    ("last", "earlier"),
    [("wong_12_35_a-1.py", "wong_12_34_a.py"), ("wong_12_35_a.py", "wong_12_34_a-1.py")],
)
def test_the_last_of_canvas_uploads_gets_the_name(last: str, earlier: str) -> None:
    attempt = of("canvas", last, earlier)[0]
    assert dict(attempt.files) == {"a.py": FOLDER / last, "upload 34/a.py": FOLDER / earlier}


@pytest.mark.parametrize(
    "names",
    [
        ["wong1_question_5_10_part1.py", "li2_question_5_11_part1.py"],
        ["ada@x.de_1_softmax_1_1_part1.py", "ben@x.de_1_softmax_1_1_part1.py"],
    ],
)
def test_a_number_with_several_names_is_not_a_canvas_user(names: list[str]) -> None:
    assert PLATFORMS["canvas"].fitting(dict.fromkeys(names), "") == ()


# --- Moodle -----------------------------------------------------------------------------------


def test_moodle_folders_are_grouped_by_participant() -> None:
    by_id = sample("moodle", SAMPLES / "moodle")
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
    (attempt,) = of("moodle", name)
    assert (attempt.students[0].name, attempt.students[0].ids) == (student, ids)
    assert attempt.files == ((given, FOLDER / name),)


# --- Blackboard -------------------------------------------------------------------------------


def test_each_attempt_of_each_user_is_one() -> None:
    attempts = sample("blackboard", SAMPLES / "blackboard")
    assert {id: [name for name, _ in each.files] for id, each in attempts.items()} == {
        "adawong_2026-09-10-20-44-21": ["part1_softmax.py"],
        "adawong_2026-09-11-08-00-00": ["part1_softmax.py"],
        "xwang_2026-09-11-07-30-00": ["part1_softmax.py"],
    }


def test_blackboards_time_is_the_schools_without_a_zone() -> None:
    (attempt,) = of("blackboard", "hw_wong_attempt_2026-09-10-20-44-21_a.py")
    assert attempt.time == datetime(2026, 9, 10, 20, 44, 21)
    assert attempt.time.tzinfo is None
    (attempt,) = of("blackboard", "hw_wong_attempt_2026-99-10-20-44-21_a.py")
    assert attempt.time is None


# --- Brightspace ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "student", "user", "time", "given"),
    [
        (
            "123-678 - Ada Wong - Sep 24, 2026 926 PM - part1.py",
            "Ada Wong",
            "123",
            datetime(2026, 9, 24, 21, 26),
            "part1.py",
        ),
        (
            "123-678 - Ada Wong-Li - May 4, 2026 1201 AM - a - b.py",
            "Ada Wong-Li",
            "123",
            datetime(2026, 5, 4, 0, 1),
            "a - b.py",
        ),
        (
            "5-6 - Seán O'Brien- September 1, 2026 2105 - p.zip",
            "Seán O'Brien",
            "5",
            datetime(2026, 9, 1, 21, 5),
            "p.zip",
        ),
        ("5-6 - Wei - Feb 31, 2026 926 PM - p.py", "Wei", "5", None, "p.py"),
    ],
)
def test_brightspace_names_are_taken_apart(
    name: str, student: str, user: str, time: datetime | None, given: str
) -> None:
    (attempt,) = of("brightspace", name)
    assert (attempt.students[0].name, attempt.students[0].ids) == (student, (user,))
    assert attempt.time == time
    assert attempt.files == ((given, FOLDER / name),)


def test_brightspace_later_files_replace_those_of_their_name(tmp_path: Path) -> None:
    first = tmp_path / "9-1 - Ada Wong - Sep 23, 2026 926 PM"
    first.mkdir()
    for name in ("part1.py", "part2.py"):
        (first / name).write_text("x = 1")
    (tmp_path / "9-1 - Ada Wong - Sep 24, 2026 806 AM - part2.py").write_text("x = 2")
    attempts = sample("brightspace", tmp_path)
    assert list(attempts) == ["Ada Wong_9", "Ada Wong_9_2"]
    last = attempts["Ada Wong_9_2"]
    assert [(name, place.parent.name) for name, place in last.files] == [
        ("part1.py", first.name),
        ("part2.py", tmp_path.name),
    ]
    assert last.time == datetime(2026, 9, 24, 8, 6)


# --- Sakai ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("20260924212600000", datetime(2026, 9, 24, 21, 26, tzinfo=timezone.utc)),
        ("yesterday", None),
        ("99999999999999999", None),
    ],
)
def test_sakai_reads_what_was_attached_and_when(
    stamp: str, time: datetime | None, tmp_path: Path
) -> None:
    student = tmp_path / "Wong, Ada(adaw)"
    for below in ("Submission attachment(s)", "Feedback Attachment(s)"):
        (student / below).mkdir(parents=True)
        (student / below / "part1_softmax.py").write_text(f"x = '{below}'")
    (student / "timestamp.txt").write_text(stamp)
    (tmp_path / "grades.csv").write_text("x")
    attempt = sample("sakai", tmp_path)["adaw"]
    assert (attempt.students[0].name, attempt.students[0].ids) == ("Wong, Ada", ("adaw",))
    assert attempt.time == time
    (source,) = read_attempt(attempt).sources
    assert source.cells == (b"x = 'Submission attachment(s)'",)


# --- Google -----------------------------------------------------------------------------------


def test_google_names_come_first_or_last() -> None:
    first = of("google", "Ada Wong - part1.py", "Ada Wong - Copy of part2.py", "Wei Li - part1.py")
    assert [(one.id, [name for name, _ in one.files]) for one in first] == [
        ("Ada Wong", ["part1.py", "part2.py"]),
        ("Wei Li", ["part1.py"]),
    ]
    assert [each.id for each in of("google", "J. Wong - part1", "Wei Li - part1.py")] == [
        "J. Wong",
        "Wei Li",
    ]
    last = of("google", "Softmax - Ada Wong.ipynb", "Softmax - Wei Li.py")
    assert [(one.id, one.files[0][0]) for one in last] == [
        ("Ada Wong", "Softmax.ipynb"),
        ("Wei Li", "Softmax.py"),
    ]
    parts = of("google", "part1 - Ada Wong.py", "part1 - Wei Li.py", "part2 - Ada Wong.py")
    assert [(one.id, [name for name, _ in one.files]) for one in parts] == [
        ("Ada Wong", ["part1.py", "part2.py"]),
        ("Wei Li", ["part1.py"]),
    ]
