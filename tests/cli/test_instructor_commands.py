"""What an instructor does from submissions to marks, with the `autograder` command."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest
from commands import run

RIGHT = "def double(v):\n    return 2 * v\n"
WRONG = "def double(v):\n    return 3 * v\n"
BUILT_ON_IT = "def mix(A, v):\n    return A @ double(v)\n"
ROSTER = (
    "ID,SIS User ID,Name,Section\n1,00101,Ada Wong,Monday\n2,00102,王小明,Tuesday\n"
    "3,00103,Zoe,Monday\n"
)
EXPORT = (
    "Student,ID,SIS User ID,Section,Scaling (7)\n    Points Possible,,,,10\n"
    '"Wong, Ada",1,00101,Monday,\n王小明,2,00102,Tuesday,1.5\nZoe,3,00103,Monday,\n'
)


def done(*arguments: str | Path, cwd: Path) -> str:
    result = run(*arguments, cwd=cwd)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "graded" / "gradebook.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def results(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "graded" / "results.json").read_text())
    return read


def ids(folder: Path) -> list[str]:
    read = json.loads((folder / "graded" / "results.json").read_text())
    return [submission["id"] for submission in read["submissions"]]


@pytest.fixture
def canvas(tiny_folder: Path) -> Path:
    """A course with Canvas's download, its export, and a roster."""
    with zipfile.ZipFile(tiny_folder / "submissions.zip", "w") as archive:
        archive.writestr("wongada_1_11_part1_scale.py", RIGHT + BUILT_ON_IT)
        archive.writestr("王小明_LATE_2_12_part1_scale-1.py", RIGHT)
    (tiny_folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (tiny_folder / "export.csv").write_text(EXPORT, encoding="utf-8")
    return tiny_folder


def edit(folder: Path, old: str, new: str) -> None:
    manifest = folder / "course.yaml"
    text = manifest.read_text(encoding="utf-8")
    assert old in text
    manifest.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_from_canvas_and_back(canvas):
    edit(canvas, "seed: 7", "seed: 7\ndeadline: {due: 2026-09-11 23:59 Z, percent_per_day: 20}")
    said = done("grade", "submissions.zip", "--roster", "roster.csv", "--out", "graded", cwd=canvas)
    assert "submissions from Canvas" in said
    assert "late: 1: 王小明 (2)" in said
    assert "no submission: 1: Zoe (3)" in said
    assert ids(canvas) == ["wongada_1", "王小明_2"]
    ada, xiaoming, zoe = table(canvas)
    assert (ada["student"], ada["section"], ada["final"]) == ("Ada Wong", "Monday", "10.0")
    assert (xiaoming["score"], xiaoming["late"], xiaoming["final"]) == ("5.0", "-1.0", "4.0")
    assert (zoe["id"], zoe["student_id"], zoe["status"], zoe["final"]) == ("", "3", "missing", "")

    said = done("adjust", "00102", "+0.5", "--because", "fine docstrings", cwd=canvas)
    assert "王小明 (2): graded: 5 of 10; late by 1 day: -1; adjusted: +0.5 (fine" in said
    assert [row["final"] for row in table(canvas)] == ["10.0", "4.5", ""]

    before = {path: path.read_bytes() for path in canvas.glob("*.csv")}
    said = done("report", "graded", "--canvas", "export.csv", cwd=canvas)
    assert "wrote 2 marks" in said
    filled = (canvas / "graded" / "canvas.csv").read_text(encoding="utf-8")
    assert filled == EXPORT.replace("00101,Monday,", "00101,Monday,10").replace("1.5", "4.5")
    assert {path: path.read_bytes() for path in canvas.glob("*.csv")} == before


def test_results_hold_the_graded_score_whatever_is_late_or_adjusted(canvas):
    edit(canvas, "seed: 7", "seed: 7\ndeadline: {due: 2026-09-11 23:59 Z, percent_per_day: 20}")
    done("grade", "submissions.zip", "--out", "graded", cwd=canvas)
    done("adjust", "王小明_2", "-2", "--because", "copied", cwd=canvas)
    read = json.loads((canvas / "graded" / "results.json").read_text())
    assert [one["score"] for one in read["submissions"]] == [10.0, 5.0]
    assert set(read["submissions"][0]) == {
        *("id", "score", "max_score", "status", "seconds", "problems", "exercises")
    }
    assert [row["final"] for row in table(canvas)] == ["10.0", "2.0"]


def test_moodle_gets_marks_and_comments(tiny_folder):
    folder = tiny_folder / "downloaded" / "Ada Wong_501_assignsubmission_file_"
    folder.mkdir(parents=True)
    (folder / "part1_scale.py").write_text(RIGHT)
    worksheet = (
        "Identifier,Full name,Grade,Maximum Grade,Feedback comments\n"
        "Participant 501,Ada Wong,,20,\nParticipant 502,Li,,20,\n"
    )
    (tiny_folder / "worksheet.csv").write_text(worksheet)
    assert "submissions from Moodle" in done(
        "grade", "downloaded", "--out", "graded", cwd=tiny_folder
    )
    said = done("report", "graded", "--moodle", "worksheet.csv", cwd=tiny_folder)
    assert "wrote 1 mark, in proportion to 20 points" in said
    assert (tiny_folder / "graded" / "moodle.csv").read_text() == worksheet.replace(
        "Wong,,20,", "Wong,10,20,graded: 5 of 10"
    )


def test_a_column_without_a_list_is_refused_in_one_line(canvas):
    done("grade", "submissions.zip", "--out", "graded", cwd=canvas)
    refused = run("report", "graded", "--column", "HW1", cwd=canvas)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "--column names a column of a list" in refused.stderr


@pytest.mark.parametrize(("rule", "id"), [("latest", "wong_attempt_2"), ("best", "wong_attempt_1")])
def test_of_several_attempts_one_counts(tiny_folder, rule, id):
    edit(tiny_folder, "seed: 7", f"seed: 7\nattempts: {rule}")
    hand_ins = tiny_folder / "hand-ins"
    hand_ins.mkdir()
    for name, code in (("wong_attempt_1", RIGHT), ("wong_attempt_2", WRONG), ("li", RIGHT)):
        (hand_ins / f"{name}.py").write_text(code)
    said = done("grade", "hand-ins", "--out", "graded", cwd=tiny_folder)
    assert "3 of 3" in said
    assert f"attempts not counted (the {rule} counts): 1: wong_attempt_" in said
    assert ids(tiny_folder) == ["li", id]
    assert [row["student"] for row in table(tiny_folder)] == ["li", "wong"]


def test_a_plain_folder_has_the_ids_of_its_entries(tiny_folder):
    names = ("wong", "Li-2", "王小明", "hw1-adawong", "submission_7", "a.b", "wongada_1_2_part1")
    for name in names:
        (tiny_folder / "hand-ins" / name).mkdir(parents=True)
        (tiny_folder / "hand-ins" / name / "part1_scale.py").write_text(RIGHT)
    (tiny_folder / "hand-ins" / "zoe.py").write_text(RIGHT)
    done("grade", "hand-ins", "--out", "graded", cwd=tiny_folder)
    assert ids(tiny_folder) == sorted((*names, "zoe"))
    assert [row["id"] for row in table(tiny_folder)] == sorted((*names, "zoe"))


def test_results_among_the_hand_ins_are_nobodys(tiny_folder):
    downloaded = tiny_folder / "downloaded"
    for student in ("wongada_1", "liwei_2"):
        downloaded.mkdir(exist_ok=True)
        (downloaded / f"{student}_11_part1_scale.py").write_text(RIGHT)
    for _ in range(2):
        said = done("grade", ".", "--out", "graded", "--course", "..", cwd=downloaded)
        assert "submissions from Canvas" in said
        assert ids(downloaded) == ["liwei_2", "wongada_1"]
    done("sync", cwd=tiny_folder)
    said = done("report", "graded", "--similar", ".", "--course", "..", cwd=downloaded)
    assert "of 2 submissions" in said

    refused = run("grade", "downloaded", "--out", "downloaded", cwd=tiny_folder)
    assert refused.returncode == 2
    assert refused.stderr == (
        "autograder: --out downloaded: is the folder of the submissions; choose another one\n"
    )
    assert not (downloaded / "gradebook.sqlite").exists()


def test_changes_say_whose_mark_moved_and_why(tiny_folder):
    hand_ins = tiny_folder / "hand-ins"
    hand_ins.mkdir()
    close = "def double(v):\n    return 2.0001 * v\n"
    for name, code in (("close", close), ("li", RIGHT), ("wong", WRONG)):
        (hand_ins / f"{name}.py").write_text(code)

    def grade() -> str:
        done("grade", "hand-ins", "--out", "graded", cwd=tiny_folder)
        said = done("report", "graded", "--changes", cwd=tiny_folder)
        return said.splitlines()[-1].partition("  ")[2] or said

    assert "no mark has changed" in grade()
    (hand_ins / "wong.py").write_text(RIGHT)
    assert grade() == "wong: 0 -> 5 (submission)"
    edit(tiny_folder, "tolerance: {rtol: 1.0e-5", "tolerance: {rtol: 1.0e-3")
    assert grade() == "close: 0 -> 5 (tolerance)"
    edit(tiny_folder, "points: 3", "points: 4")
    assert grade() == "wong: 5 of 10 -> 6 of 11 (points)"
    solution = tiny_folder / "solutions" / "part1_scale.py"
    solution.write_text(solution.read_text().replace("2.0 *", "3.0 *"))
    assert grade() == "wong: 6 -> 0 (answer key)"
    done("adjust", "li", "+2", "--because", "the key was wrong", cwd=tiny_folder)
    said = done("report", "graded", "--changes", cwd=tiny_folder)
    assert said.splitlines()[-1].endswith("li: 0 -> 2 (adjusted by +2)")


@pytest.fixture(scope="module")
def graded_wong(tmp_path_factory: pytest.TempPathFactory, _tiny_exercises: Path) -> Path:
    """A course with a graded submission, for tests that change nothing."""
    folder = tmp_path_factory.mktemp("wong") / "tiny"
    shutil.copytree(_tiny_exercises.parent, folder)
    (folder / "wong.py").write_text(RIGHT)
    done("grade", "wong.py", "--out", "graded", cwd=folder)
    return folder


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["wong", "2"], "--because: is empty; give the reason"),
        (["wong", "--because", "x"], "found 'wong'; write ID and POINTS"),
        (["wong", "2", "--all", "--because", "x"], "found 'wong' '2'; write POINTS"),
        (["--all", "--list", "course.yaml", "--because", "x"], "cannot be combined"),
        (["wong", "2", "--exercise", "halve", "--because", "x"], "no such exercise; they are"),
        (["--full-group", "double", "--because", "x"], "no such group; its groups are: "),
        (["--full-group", "halve: x", "--because", "x"], "the exercises are double"),
        (["--list", "course.yaml"], "write the titles id,points,reason"),
        (["wong", "2", "--take-back", "--because", "x"], "--take-back: goes with --full-group"),
        (["wong", "two", "--because", "x"], "POINTS is 'two'; write a number such as +2"),
        (["wong", "nan", "--because", "x"], "POINTS is 'nan'"),
        (["wong", "1e308", "--because", "x"], "POINTS is '1e308'; write at most the 10"),
        (["wong", "-10.5", "--because", "x"], "at most"),
        (["wong", "2", "--because", " "], "--because: is empty"),
        (["wnog", "2", "--because", "x"], "did you mean 'wong'?"),
        (["wong", "2", "--becuase", "x"], "No such option"),
        (["wong", "2", "--because", "x", "--out", "nowhere"], "holds no gradebook.sqlite"),
    ],
)
def test_a_wrong_adjustment_is_one_line_and_changes_nothing(graded_wong, arguments, said):
    def marks() -> tuple[bytes, str]:
        done("report", "graded", cwd=graded_wong)
        changes = done("report", "graded", "--changes", cwd=graded_wong)
        return (graded_wong / "graded" / "gradebook.csv").read_bytes(), changes

    before = marks()
    result = run("adjust", *arguments, cwd=graded_wong)
    assert result.returncode == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert marks() == before


def test_many_adjustments_at_once(tiny_folder):
    hand_ins = tiny_folder / "hand-ins"
    hand_ins.mkdir()
    for name, code in (("li", RIGHT), ("wong", WRONG)):
        (hand_ins / f"{name}.py").write_text(code)
    done("grade", "hand-ins", "--out", "graded", cwd=tiny_folder)
    before = {row["id"]: float(row["final"]) for row in table(tiny_folder)}
    exercise, group = next(
        (one["name"], each["name"])
        for one in results(tiny_folder)["submissions"][1]["exercises"]
        for each in one["groups"]
        if each["score"] == 0.0
    )

    def moved() -> dict[str, float]:
        return {row["id"]: float(row["final"]) - before[row["id"]] for row in table(tiny_folder)}

    said = done(
        "adjust", "--all", "+1", "--exercise", exercise, "--because", "a typo", cwd=tiny_folder
    )
    assert f"adjusted in {exercise}: +1 (a typo)" in said
    assert moved() == {"li": 1.0, "wong": 1.0}
    (tiny_folder / "more.csv").write_text(
        "sep=;\nid;points;reason\nli;-0.5;copied\nwong;2;a talk\n"
    )
    done("adjust", "--list", "more.csv", cwd=tiny_folder)
    assert moved() == {"li": 0.5, "wong": 3.0}
    (tiny_folder / "more.csv").write_text("id,points,reason\nli,1,x\nzoe,1,x\n")
    refused = run("adjust", "--list", "more.csv", cwd=tiny_folder)
    assert refused.stderr.startswith("autograder: more.csv: line 3: 'zoe': nobody")
    assert moved() == {"li": 0.5, "wong": 3.0}

    full = ("adjust", "--full-group", f"{exercise}: {group}")
    said = done(*full, "--because", "a bad test", cwd=tiny_folder)
    assert "li" not in said
    given = moved()["wong"] - 3.0
    assert given > 0.0
    done("grade", "hand-ins", "--out", "graded", "--again", cwd=tiny_folder)
    assert moved() == {"li": 0.5, "wong": 3.0 + given}
    done(*full, "--take-back", cwd=tiny_folder)
    assert moved() == {"li": 0.5, "wong": 3.0}
    changes = done("report", "graded", "--changes", cwd=tiny_folder)
    assert changes.count("wong") == 4


def test_a_run_that_was_stopped_says_what_is_left(tiny_folder):
    (tiny_folder / "hand-ins").mkdir()
    for name in ("li.py", "wong.py"):
        (tiny_folder / "hand-ins" / name).write_text(RIGHT)
    done("grade", "hand-ins", "--out", "graded", cwd=tiny_folder)
    database = sqlite3.connect(tiny_folder / "graded" / "gradebook.sqlite")
    with database:
        database.execute("DELETE FROM latest WHERE submission = 'wong'")
    database.close()
    assert "still to be graded: 1: wong; " in done("report", "graded", cwd=tiny_folder)
    result = run("adjust", "wong", "+1", "--because", "x", cwd=tiny_folder)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "graded: still to be graded: 1: wong; wait for" in result.stderr


def test_who_is_no_longer_among_the_hand_ins_is_said(tiny_folder):
    (tiny_folder / "hand-ins").mkdir()
    for name in ("li.py", "wong.py"):
        (tiny_folder / "hand-ins" / name).write_text(RIGHT)
    assert "no longer" not in done("grade", "hand-ins", "--out", "graded", cwd=tiny_folder)
    (tiny_folder / "hand-ins" / "li.py").unlink()
    said = done("grade", "hand-ins", "--out", "graded", cwd=tiny_folder)
    assert "no longer among the submissions, so no longer in the marks: 1: li" in said


def test_adjustments_outlive_a_new_hand_in_and_a_roster(tiny_folder):
    (tiny_folder / "hand-ins").mkdir()
    hand_in = tiny_folder / "hand-ins" / "awong.py"
    hand_in.write_text(WRONG)
    done("grade", "hand-ins", "--out", "graded", cwd=tiny_folder)
    done("adjust", "awong", "-1.5", "--because", "late", cwd=tiny_folder)
    done("adjust", "awong", "+2.5", "--because", "ill, after all", cwd=tiny_folder)
    hand_in.write_text(RIGHT)
    (tiny_folder / "roster.csv").write_text("id,login,name\n00101,awong,Ada Wong\n")
    done("grade", "hand-ins", "--out", "graded", "--roster", "roster.csv", cwd=tiny_folder)
    (row,) = table(tiny_folder)
    assert (row["student_id"], row["adjustment"], row["final"]) == ("00101", "1.0", "6.0")


def test_a_wrong_roster_is_refused_before_anything_is_graded(canvas):
    result = run("grade", "submissions.zip", "--roster", "course.yaml", "--out", "o", cwd=canvas)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "course.yaml: no column of ids in the first 10 lines" in result.stderr
    assert not (canvas / "o").exists()


def test_follow_through_credit_is_the_same_in_every_pool(tiny_folder):
    (tiny_folder / "hand-ins").mkdir()
    for name in ("li", "wong"):
        (tiny_folder / "hand-ins" / f"{name}.py").write_text(f"# {name}\n{WRONG}{BUILT_ON_IT}")
    for workers in ("1", "2"):
        again = ("--workers", workers, "--again")
        done("grade", "hand-ins", "--out", "graded", *again, cwd=tiny_folder)
        # nothing for double; of the five points for mix the share that course.yaml gives
        assert [row["score"] for row in table(tiny_folder)] == ["2.5", "2.5"]
