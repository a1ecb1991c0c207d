"""The command as people and programs use it: arguments in, text and an exit code out.

`start` runs the real program, where its own start or end is what is tested; `run` runs the command
in this process.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import run

from autograder.cli.commands import COMMANDS

ROOT = Path(__file__).parents[2]
RIGHT = "def double(v):\n    return 2 * v\n"
WRONG = "def double(v):\n    return 3 * v\n"
MIX = "def mix(A, v):\n    return A @ (2 * v)\n"


def start(
    *arguments: str | Path, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "80", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def only_line(result: subprocess.CompletedProcess[str]) -> str:
    """What went to standard error, which has to be one line."""
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.startswith("autograder: ")
    return result.stderr.rstrip()


def results(folder: Path) -> dict:
    """What is the same from run to run."""
    read = json.loads((folder / "results.json").read_text())
    del read["isolation"]
    for submission in read["submissions"]:
        del submission["seconds"]
    return read


@pytest.fixture
def hand_ins(synced: Path) -> Path:
    folder = synced / "hand-ins"
    for id, code in (("wong", RIGHT + MIX), ("li", WRONG)):
        (folder / id).mkdir(parents=True)
        (folder / id / "part1_scale.py").write_text(code)
    return folder


# --- all commands -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name, tmp_path):
    result = run(name, "--help", cwd=tmp_path, COLUMNS="80")
    assert result.returncode == 0
    assert result.stderr == ""
    assert f"Usage: autograder {name}" in result.stdout
    assert "\n  -h, --help" in result.stdout
    options = re.findall(r"^  (-.*?)(?:  +|\n {10,})(\S.*)$", result.stdout, re.MULTILINE)
    assert len(options) == len(re.findall(r"^  -", result.stdout, re.MULTILINE)), (
        "an option lacks help"
    )


def test_the_console_script_is_the_same_command(tmp_path):
    script = Path(sys.executable).with_name("autograder")
    by_script = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
    assert by_script.stdout == start("--help", cwd=tmp_path).stdout
    for name in COMMANDS:
        assert re.search(rf"^  {name}  +\S", by_script.stdout, re.MULTILINE)


def test_no_command_shows_the_help(tmp_path):
    result = run(cwd=tmp_path)
    assert result.returncode == 2
    assert "Usage: autograder" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "did you mean 'check'"),
        (["grade"], "Missing argument 'SUBMISSIONS'"),
        (["grade", "nowhere", "--out", "x"], "'nowhere' does not exist"),
        (["grade", ".", "--out", "x", "--workers", "0"], "0 is not in the range"),
        (["grade", ".", "--out", "x", "--require-isolation", "total"], "'total' is not one of"),
        (["check", "--what"], "No such option"),
        (["check", "--course", "nowhere"], "'nowhere' does not exist"),
        (["report", "nowhere"], "holds no gradebook.sqlite"),
    ],
)
def test_wrong_usage_is_one_line_and_2(arguments, said, tmp_path):
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert said in only_line(result)
    assert result.stdout == ""


def test_a_bug_is_one_line_and_3_with_its_details_in_a_file(synced, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, types\n"
        "module = types.ModuleType('autograder.authoring.sync')\n"
        "def check(folder): raise RuntimeError('not\\nexpected')\n"
        "module.check = module.sync = module.beside_stubs = check\n"
        "module.Kind = None\n"
        "sys.modules['autograder.authoring.sync'] = module\n"
    )
    logs = tmp_path / "logs"
    logs.mkdir()
    result = start("sync", cwd=synced, PYTHONPATH=str(tmp_path), TMPDIR=str(logs))
    assert result.returncode == 3
    (log,) = logs.glob("autograder-*.log")
    line = only_line(result)
    assert "internal error: RuntimeError: not expected" in line
    assert str(log) in line
    assert "Traceback" in log.read_text()


# --- sync -------------------------------------------------------------------------------------


def test_sync_makes_the_exercises_and_check_compares_them(synced):
    assert (synced / "exercises" / "part1_scale.py").is_file()
    assert run("sync", "--check", cwd=synced).returncode == 0
    (synced / "exercises" / "part1_scale.py").write_text("# drifted\n")
    result = run("sync", "--check", "--course", synced, cwd=synced.parent)
    assert result.returncode == 1
    assert "exercises/part1_scale.py" in result.stdout
    assert (synced / "exercises" / "part1_scale.py").read_text() == "# drifted\n"


def test_a_mistake_in_the_course_is_one_line_and_2(synced):
    manifest = synced / "course.yaml"
    manifest.write_text(manifest.read_text().replace("points: 3", "points: three", 1))
    result = run("sync", cwd=synced)
    assert result.returncode == 2
    assert "course.yaml" in only_line(result)


# --- check ------------------------------------------------------------------------------------


def test_check_needs_only_the_exercises(synced):
    alone = synced.parent / "alone"
    (synced / "exercises").rename(alone)
    result = start("check", cwd=alone)
    assert (result.returncode, result.stderr) == (1, "")
    assert "to do" in result.stdout
    assert "hidden, 3 points: any length" in result.stdout
    (alone / "part1_scale.py").write_text(RIGHT)
    assert run("check", "-e", "double", cwd=alone).returncode == 0
    assert run("check", cwd=alone).returncode == 1


def test_check_takes_a_file_a_folder_or_an_archive(synced, tmp_path):
    script = tmp_path / "part1_scale.py"
    script.write_text(RIGHT + MIX)
    assert run("check", script, cwd=synced).returncode == 0
    assert (
        run("check", tmp_path / "part1_scale.py", "--course", synced, cwd=tmp_path).returncode == 0
    )
    assert run("check", "-e", "mix", synced / "exercises", cwd=synced).returncode == 1


def test_check_of_a_file_that_is_no_submission_is_one_line(synced, tmp_path):
    (tmp_path / "grades.csv").write_text("id,grade\n")
    result = run("check", tmp_path / "grades.csv", "--course", synced, cwd=tmp_path)
    assert result.returncode == 2
    assert "grades.csv: not a script, a notebook or an archive; give" in only_line(result)


def test_check_of_one_part_finds_the_earlier_ones_beside_it(synced):
    folder = synced / "exercises"
    (folder / "part1_scale.py").write_text(RIGHT)
    text = "from part1_scale import double\ndef mix(A, v):\n    return A @ double(v)\n"
    (folder / "part2_mix.py").write_text(text)
    result = run("check", folder / "part2_mix.py", cwd=synced)
    assert result.returncode == 0
    assert "passed  mix" in result.stdout
    assert "part1_scale" not in result.stdout
    # The notebook that lies beside it, untouched, is another submission.
    result = run("check", folder / "part2_mix.ipynb", cwd=synced)
    assert "to do   mix" in result.stdout


def test_check_shows_no_colour_and_no_grader_lines_when_piped(synced):
    (synced / "exercises" / "part1_scale.py").write_text("def double(v):\n    return w\n")
    result = run("check", cwd=synced, FORCE_COLOR="", COLUMNS="80")
    assert "\x1b" not in result.stdout
    assert "NameError" in result.stdout
    assert "part1_scale.py, line 2, in double" in result.stdout
    assert "guest" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_check_that_takes_long_says_so_on_a_terminal_and_takes_it_back(synced):
    endless = "def double(v):\n    while True:\n        pass\n"
    (synced / "exercises" / "part1_scale.py").write_text(endless)
    key = synced / "exercises" / "course.json"
    assert '"case_seconds": 2.0' in key.read_text()
    key.write_text(key.read_text().replace('"case_seconds": 2.0', '"case_seconds": 1.2'))
    ours, theirs = os.openpty()
    with os.fdopen(ours, "rb", 0) as terminal:
        done = subprocess.run(
            [sys.executable, "-m", "autograder", "check", "-e", "double"],
            cwd=synced,
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
            timeout=120,
            check=False,
        )
        os.close(theirs)
        told = terminal.read(4096).decode()
    assert told.startswith("\r\x1b[Kchecking … 1 s\r\x1b[Kchecking … 2 s")
    assert told.endswith("\r\x1b[K")
    assert "checking" not in done.stdout
    assert "ran out of time" in done.stdout


def test_a_students_file_is_not_taken_for_pythons_own(synced):
    for name in ("random.py", "numpy.py", "click.py"):
        (synced / "exercises" / name).write_text("raise SystemExit('taken')\n")
    result = start("check", cwd=synced / "exercises")
    assert result.returncode == 1
    assert "to do" in result.stdout
    assert "taken" not in result.stderr


def test_check_as_json(synced):
    result = run("check", "--json", cwd=synced)
    assert result.returncode == 1
    assert [one["name"] for one in json.loads(result.stdout)["exercises"]] == ["double", "mix"]


def test_check_draws_what_is_wrong(synced, tmp_path):
    pytest.importorskip("matplotlib")
    script = synced / "exercises" / "part1_scale.py"
    script.write_text(WRONG)
    result = run("check", "--plot", cwd=synced)
    assert result.returncode == 1
    picture = synced / "exercises" / "check_double.png"
    assert result.stdout.splitlines()[-1] == f"Picture of double: {picture.relative_to(synced)}"
    assert picture.read_bytes().startswith(b"\x89PNG")
    result = run("check", "--json", "--plot-to", tmp_path, script, cwd=synced)
    json.loads(result.stdout)
    assert result.stderr == f"Picture of double: {tmp_path / 'check_double.png'}\n"
    assert (tmp_path / "check_double.png").is_file()


def test_check_draws_where_a_notebook_hands_on_its_own_backend(synced, tmp_path):
    """As ipykernel 6.29 does for `!autograder check --plot`; matplotlib 3.10 refuses it."""
    pytest.importorskip("matplotlib")
    (synced / "exercises" / "part1_scale.py").write_text(WRONG)
    command = [sys.executable, "-m", "autograder", "check", "--plot-to", str(tmp_path)]
    environment = {**os.environ, "MPLBACKEND": "a backend that is not installed"}
    result = subprocess.run(command, cwd=synced, env=environment, capture_output=True, check=False)
    assert (result.returncode, result.stderr) == (1, b"")
    assert (tmp_path / "check_double.png").is_file()


def test_check_knows_what_was_meant(synced):
    result = run("check", "-e", "dubble", cwd=synced)
    assert result.returncode == 2
    assert "did you mean 'double'?" in only_line(result)


def test_check_outside_a_course_says_what_to_do(tmp_path):
    result = run("check", cwd=tmp_path)
    assert result.returncode == 2
    assert "--course" in only_line(result)


def test_a_reader_that_leaves_early_is_no_error(synced):
    command = [sys.executable, "-m", "autograder", "check"]
    with subprocess.Popen(
        command, cwd=synced, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


# --- grade ------------------------------------------------------------------------------------


def test_grade_writes_the_results(hand_ins, synced):
    result = start("grade", "hand-ins", "--out", "graded", "--workers", "1", cwd=synced)
    assert (result.returncode, result.stderr) == (0, "")
    assert "wong" in result.stdout
    assert "2 graded, of 10 points: mean 5.0" in result.stdout
    graded = synced / "graded"
    assert {path.name for path in graded.iterdir()} == {
        "results.json",
        "gradebook.csv",
        "gradebook.sqlite",
        "index.html",
        "feedback",
    }
    assert {path.name for path in (graded / "feedback").iterdir()} == {"li.html", "wong.html"}
    read = json.loads((graded / "results.json").read_text())
    assert read["schema"] == "autograder/results/v1"
    assert [(one["id"], one["score"]) for one in read["submissions"]] == [
        ("li", 0),
        ("wong", 10),
    ]
    with (graded / "gradebook.csv").open(newline="", encoding="utf-8-sig") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["li", "wong"]


def test_grade_leaves_the_pages_to_report_when_asked_to(hand_ins, synced):
    result = run("grade", "hand-ins", "--out", "graded", "--no-pages", cwd=synced)
    assert result.returncode == 0
    assert not (synced / "graded" / "index.html").exists()
    assert "index.html" not in result.stdout
    assert run("report", "graded", cwd=synced).returncode == 0
    assert (synced / "graded" / "feedback" / "wong.html").is_file()
    assert (synced / "graded" / "index.html").is_file()


def test_two_runs_give_the_same_results_whatever_the_workers(hand_ins, synced):
    for workers in (1, 2):
        out = synced / f"graded{workers}"
        assert (
            run("grade", hand_ins, "--out", out, "--workers", str(workers), cwd=synced).returncode
            == 0
        )
    assert results(synced / "graded1") == results(synced / "graded2")


def test_grading_again_grades_only_what_changed(hand_ins, synced):
    run("grade", "hand-ins", "--out", "graded", cwd=synced)
    (hand_ins / "li" / "part1_scale.py").write_text(RIGHT)
    result = run("grade", "hand-ins", "--out", "graded", cwd=synced)
    assert "1 of 2 were graded before and have not changed" in result.stdout
    submissions = results(synced / "graded")["submissions"]
    assert [one["score"] for one in submissions] == [5, 10]


def test_report_writes_the_files_again(hand_ins, synced):
    run("grade", "hand-ins", "--out", "graded", cwd=synced)
    before = (synced / "graded" / "results.json").read_bytes()
    (synced / "graded" / "results.json").unlink()
    assert run("report", "graded", cwd=synced).returncode == 0
    assert (synced / "graded" / "results.json").read_bytes() == before


def test_nothing_to_grade_is_wrong_usage(synced):
    (synced / "empty").mkdir()
    result = run("grade", "empty", "--out", "graded", cwd=synced)
    assert result.returncode == 2
    assert "empty" in only_line(result)
    assert not (synced / "graded").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal to send")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_is_one_line_and_130_and_loses_nothing(hand_ins, synced, workers):
    for number in range(3):
        (hand_ins / f"z{number}.py").write_text("def double(v):\n    while True:\n        pass\n")
    command = [sys.executable, "-m", "autograder", "grade", "hand-ins", "--out", "graded"]
    with subprocess.Popen(
        [*command, "--workers", workers],
        cwd=synced,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        seen = [process.stdout.readline(), process.stdout.readline()]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        error = process.stderr.read()
    assert error.count("\n") == 1
    assert "interrupted" in error
    assert sorted(line.split()[3] for line in seen) == ["li", "wong"]
    assert run("report", "graded", cwd=synced).returncode == 0
    submissions = results(synced / "graded")["submissions"]
    assert {"li", "wong"} <= {one["id"] for one in submissions}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal to send")
def test_a_run_of_one_worker_that_is_killed_loses_nothing(synced):
    """tests/batch/test_killed_runs.py does the same to two workers, again and again."""
    folder = synced / "hand-ins"
    folder.mkdir()
    for number in range(8):
        code = RIGHT + (MIX if number % 3 else "")
        (folder / f"s{number}.py").write_text(f"# {number}\n{code}")
    assert run("grade", folder, "--out", "undisturbed", cwd=synced).returncode == 0
    command = [sys.executable, "-m", "autograder", "grade", folder, "--out", "killed"]
    with subprocess.Popen(
        [*command, "--workers", "1"],
        cwd=synced,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        for _ in range(3):
            assert b" of 8: " in process.stdout.readline()
        process.kill()
    last = run("grade", folder, "--out", "killed", cwd=synced)
    assert last.returncode == 0
    kept = re.search(r"(\d+) of 8 were graded before", last.stdout)
    assert kept is not None
    assert int(kept[1]) >= 3
    assert results(synced / "killed") == results(synced / "undisturbed")


# --- validate ---------------------------------------------------------------------------------


def test_validate_prints_the_proof_and_fails_what_is_not_proved(synced):
    result = run("validate", cwd=synced)
    assert result.stderr.splitlines()[0] == "checking derived files"
    assert "double" in result.stdout
    (synced / "exercises" / "part1_scale.py").write_text("# drifted\n")
    result = run("validate", "--course", synced, "-e", "double", cwd=synced.parent)
    assert result.returncode == 1
    assert "exercises/part1_scale.py" in result.stdout


# --- study ------------------------------------------------------------------------------------


def test_study_works_without_a_terminal(synced):
    result = run("study", "--once", "-e", "mix", cwd=synced, COLUMNS="80")
    assert (result.returncode, result.stderr) == (0, "")
    assert "2. mix, in part2_mix" in result.stdout
    assert "\x1b" not in result.stdout
    piped = subprocess.run(
        [sys.executable, "-m", "autograder", "study", "--course", synced],
        input="hl",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (piped.returncode, piped.stderr) == (0, "")
    assert "Hint 1 of 3" in piped.stdout
    assert " 2 to do   mix" in piped.stdout


def test_study_in_a_folder_that_was_handed_out_says_what_to_do(synced, tmp_path):
    shutil.copytree(synced / "exercises", tmp_path / "handed out")
    result = run("study", cwd=tmp_path / "handed out")
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "study needs the course's own folder" in result.stderr
    assert "'autograder check'" in result.stderr
