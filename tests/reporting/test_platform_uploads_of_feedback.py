"""Feedback goes back by the names of the download: to its own student, and to nobody else."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from sample_class import COURSE, ISOLATION, report

from autograder.errors import UsageError
from autograder.gradebook.gradebook import Gradebook
from autograder.model.submission import Attempt, Student, Submission
from autograder.reporting.graded_folder import write_reports
from autograder.reporting.platform_uploads import write_feedback_zip


def graded(folder: Path, attempts: list[Attempt]) -> Gradebook:
    gradebook = Gradebook(folder)
    gradebook.begin(COURSE, "key", "assignment", attempts=attempts)
    rows = [(Submission(one.id, (), one.id), report(one.id)) for one in attempts]
    gradebook.record(rows, ISOLATION)
    write_reports(gradebook, folder)
    return gradebook


def packed(folder: Path, platform: str) -> dict[str, str]:
    with zipfile.ZipFile(folder / f"{platform}-feedback.zip") as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def moodles_rule(path: str) -> tuple[int, str] | None:
    """Whose a file is and what it is called: importziplib.php, in other words."""
    parts = path.split("/")
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) < 4 or not info[1].isdecimal():
            continue
        if (info[2], info[3]) not in {("assignsubmission", "file"), ("assignfeedback", "file")}:
            continue
        return int(info[1]), "/".join([info[4] if len(info) > 4 else "", *parts])
    return None


PARTICIPANTS = "Participant 501", "Teilnehmer/in502"
ADA, BEN = Student("Ada Wong", ("501", "ada@uni.example")), Student("Ben Li", ("502",))


def test_moodle_finds_each_student_again(tmp_path: Path) -> None:
    attempts = [
        # a folder, as since 3.1; without the last underscore, as since 4.1; a prefix, as before
        Attempt("a", (("", Path("Ada Wong_501_assignsubmission_file_")),), (ADA,)),
        Attempt("b", (("", Path("Ben Li_502_assignsubmission_file")),), (BEN,)),
        Attempt(
            "c",
            (("p.py", Path("Li_Na_503_assignsubmission_file_p.py")),),
            (Student("Li_Na", ("503",)),),
        ),
        Attempt(
            "d",
            (("p.py", Path("Cy_504_assignsubmission_file_p.py")),),
            (Student("Cy", ("504",)),),
        ),
    ]
    with graded(tmp_path, attempts) as gradebook:
        lines = list(write_feedback_zip(gradebook, tmp_path, "moodle"))
    found = {moodles_rule(name): text for name, text in packed(tmp_path, "moodle").items()}
    assert found.keys() == {
        (501, "/feedback.html"),
        (502, "/feedback.html"),
        (504, "/feedback.html"),
    }
    assert "Ada Wong" in found[501, "/feedback.html"]
    assert "Ben Li" in found[502, "/feedback.html"]
    assert lines[1].endswith("1: Li_Na (503)")  # Moodle takes `Na` for the number


def test_a_teams_page_goes_to_its_members_and_not_to_the_groups_number(tmp_path: Path) -> None:
    team = (("", Path("Team A_12_assignsubmission_file_")),)
    # as the grading worksheet says, in two languages; another list has a number of its own
    ada, ben = (
        replace(one, ids=(*one.ids, id)) for one, id in zip((ADA, BEN), PARTICIPANTS, strict=True)
    )
    cy = Student("Cy Ng", ("20301",))
    with graded(tmp_path, [Attempt("t", team, (ada, ben, cy))]) as gradebook:
        lines = list(write_feedback_zip(gradebook, tmp_path, "moodle"))
    assert lines[1].endswith("1: Cy Ng (20301)")
    assert {moodles_rule(name) for name in packed(tmp_path, "moodle")} == {
        (501, "/feedback.html"),
        (502, "/feedback.html"),
    }


def test_canvas_finds_the_numbers_in_the_name_of_the_upload(tmp_path: Path) -> None:
    files = (("part1.py", Path("wongada_LATE_70001_900001_part1.py")),)
    with graded(tmp_path, [Attempt("a", files, (ADA,)), Attempt("b", (), (BEN,))]) as gradebook:
        lines = list(write_feedback_zip(gradebook, tmp_path, "canvas"))
    assert list(packed(tmp_path, "canvas")) == ["wongada_LATE_70001_900001_part1.py.html"]
    assert lines == [
        f"{tmp_path / 'canvas-feedback.zip'}: 1 page for 1 student",
        "not in it, as no name of the download leads to them: 1: Ben Li (502)",
    ]


def test_hand_ins_of_another_place_are_refused(tmp_path: Path) -> None:
    with (
        graded(tmp_path, [Attempt("a", (("", Path("wong")),), (ADA,))]) as gradebook,
        pytest.raises(UsageError, match="no submission has a name as in a download from Moodle"),
    ):
        list(write_feedback_zip(gradebook, tmp_path, "moodle"))
    assert not (tmp_path / "moodle-feedback.zip").exists()
