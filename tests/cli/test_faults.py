"""What goes wrong around a run of `autograder grade`: one line, an exit code, and nothing lost."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import run
from processes import descendants

from autograder import grade, load_course
from autograder.errors import UsageError
from autograder.gradebook.database import alone_in
from autograder.gradebook.gradebook import Gradebook
from autograder.submissions.read import read_submission

if sys.platform == "win32":
    pytest.skip("signals, limits and descriptors of POSIX", allow_module_level=True)

RIGHT = "def double(v):\n    return 2 * v\n"
NEVER_ENDS = "def double(v):\n    while True:\n        pass\n"
COMMAND = (sys.executable, "-m", "autograder")


@pytest.fixture
def folder(tiny_folder: Path) -> Path:
    write_hand_ins(tiny_folder)
    return tiny_folder


def write_hand_ins(folder: Path) -> None:
    (folder / "hand-ins").mkdir()
    for name in ("kim", "li", "wong"):
        (folder / "hand-ins" / f"{name}.py").write_text(f"# {name}\n{RIGHT}")


ARGUMENTS = ("grade", "hand-ins", "--out", "graded", "--no-pages")


def grade_again(folder: Path, *more: str) -> None:
    """Nothing was lost: the same command, undisturbed, gives everybody the right score."""
    done = run(*ARGUMENTS, *more, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert scores(folder) == ALL_RIGHT


def shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Run a shell's line, in which GRADE is the command; its exit code is the command's own."""
    command = " ".join([*COMMAND, *ARGUMENTS, "--workers", "1"])
    return subprocess.run(
        ["bash", "-c", line.replace("GRADE", command)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def only_line(stderr: str) -> str:
    assert stderr.count("\n") == 1, stderr
    assert stderr.startswith("autograder: ")
    assert "internal error" not in stderr
    return stderr.rstrip()


def scores(folder: Path) -> dict[str, float | None]:
    written = json.loads((folder / "graded" / "results.json").read_text())
    return {one["id"]: one["score"] for one in written["submissions"]}


ALL_RIGHT = {"kim": 5.0, "li": 5.0, "wong": 5.0}


needs_setpriv = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can become a user of whom nothing else runs",
)


def alone(most: int) -> str:
    """The beginning of a command, up to its end in a quote, of a user with that many processes."""
    user = f"setpriv --reuid {100_000 + os.getpid()} --regid 65534 --clear-groups"
    # may read what root may, as the interpreter can be root's alone
    rights = "--inh-caps +dac_override --ambient-caps +dac_override"
    return f"{user} {rights} bash -c 'ulimit -u {most}; exec"


# --- files that this account may not read -----------------------------------------------------


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything, so not as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("closed", ["part1_scale.py", "more", "."])
def test_what_we_may_not_read_is_our_failure_and_no_students(closed: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        hand_in = Path(scratch) / "wong"
        (hand_in / "more").mkdir(parents=True)
        (hand_in / "part1_scale.py").write_text(RIGHT)
        (hand_in / "more" / "part2_mix.py").write_text(RIGHT)
        for place in (Path(scratch), hand_in, hand_in / "more"):
            place.chmod(0o755)
        with as_nobody():
            assert len(read_submission(hand_in, "wong").sources) == 2
        (hand_in / closed).chmod(0)
        try:
            with as_nobody(), pytest.raises(UsageError, match="Permission denied") as raised:
                read_submission(hand_in, "wong")
            assert Path(closed).name in str(raised.value) or str(hand_in) in str(raised.value)
        finally:
            (hand_in / closed).chmod(0o755)


def test_a_hand_in_that_cannot_be_read_is_a_judge_error_and_named(folder: Path) -> None:
    closed = folder / "hand-ins" / "li.py"
    closed.chmod(0)
    # root without its right to read everything
    rights = "setpriv --bounding-set=-dac_override,-dac_read_search " if os.geteuid() == 0 else ""
    done = shell(folder, f"{rights}GRADE")
    assert done.returncode == 3
    assert "not graded, the grader failed: li: " in done.stdout
    assert "Permission denied" in done.stdout
    assert scores(folder) == {**ALL_RIGHT, "li": None}
    closed.chmod(0o644)
    grade_again(folder)


# --- few descriptors --------------------------------------------------------------------------


def test_too_few_descriptors_are_said_before_anything_is_written(folder: Path) -> None:
    done = shell(folder, "ulimit -n 31; GRADE")
    assert done.returncode == 2
    assert "only 31 files may be open at a time" in only_line(done.stderr)
    assert "ulimit -n 256" in done.stderr
    assert not (folder / "graded").exists()


@pytest.mark.parametrize(("limit", "workers"), [(32, 1), (40, 2)])
def test_few_descriptors_mean_fewer_workers(folder: Path, limit: int, workers: int) -> None:
    done = shell(folder, f"ulimit -n {limit}; GRADE --workers 8")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"graded with --workers {workers}: " in done.stdout
    assert scores(folder) == ALL_RIGHT


def test_a_limit_that_may_be_raised_is_raised(folder: Path) -> None:
    done = shell(folder, "ulimit -Sn 20; GRADE")
    assert (done.returncode, done.stderr) == (0, "")
    assert scores(folder) == ALL_RIGHT


# --- little memory ----------------------------------------------------------------------------


@pytest.mark.parametrize("kilobytes", [60_000, 300_000])
def test_too_little_memory_to_start_is_one_line(folder: Path, kilobytes: int) -> None:
    done = shell(folder, f"ulimit -v {kilobytes}; GRADE")
    assert done.returncode == 3
    line = only_line(done.stderr)
    assert "too little memory" in line
    assert "ulimit -v" in line
    grade_again(folder)


# --- no more processes ------------------------------------------------------------------------


@needs_setpriv
@pytest.mark.parametrize(
    ("most", "workers", "said"),
    [
        (1, 1, "no process can be started (Resource temporarily unavailable)"),
        (2, 1, "the sandbox did not start: this account may start no more processes"),
        (1, 2, "no process can be started (Resource temporarily unavailable)"),
        (3, 2, "the sandbox did not start: this account may start no more processes"),
    ],
)
def test_no_processes_left_is_one_line(folder: Path, most: int, workers: int, said: str) -> None:
    done = shell(folder, f"{alone(most)} GRADE --workers {workers}'")
    assert done.returncode == 3
    assert said in only_line(done.stderr)
    assert "raise" in done.stderr
    assert "ulimit -u" in done.stderr
    grade_again(folder)


@needs_setpriv
@pytest.mark.parametrize(("most", "workers"), [(14, 1), (25, 2)])
def test_few_processes_mean_fewer_workers(folder: Path, most: int, workers: int) -> None:
    """More workers than can be started would wait for each other without end."""
    done = shell(folder, f"{alone(most)} GRADE --workers 3'")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"graded with --workers {workers}: no more processes may be started" in done.stdout
    assert scores(folder) == ALL_RIGHT


# --- standard output --------------------------------------------------------------------------


def test_closed_output_is_no_file_of_ours(folder: Path) -> None:
    done = shell(folder, "GRADE <&- >&- 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert scores(folder) == ALL_RIGHT
    with Gradebook(folder / "graded", must_exist=True) as gradebook:
        assert len(list(gradebook.reports())) == 3


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_a_full_output_is_said_and_grading_goes_on(folder: Path) -> None:
    done = shell(folder, "GRADE > /dev/full")
    assert done.returncode == 3
    assert "standard output cannot be written (No space left on device)" in only_line(done.stderr)
    assert scores(folder) == ALL_RIGHT


def test_a_reader_that_goes_ends_no_grading(folder: Path) -> None:
    done = shell(folder, "GRADE | true; exit ${PIPESTATUS[0]}")
    assert (done.returncode, done.stderr) == (141, "")
    assert scores(folder) == ALL_RIGHT


# --- folders ----------------------------------------------------------------------------------


def test_a_current_folder_that_is_gone_is_one_line(folder: Path) -> None:
    (folder / "gone").mkdir()
    done = shell(folder, "cd gone; rmdir ../gone; GRADE")
    assert done.returncode == 2
    assert "the current folder cannot be used" in only_line(done.stderr)


def test_an_out_that_cannot_be_entered_is_one_line(folder: Path) -> None:
    (folder / "file").write_text("")
    done = shell(folder, "GRADE --out file/graded")
    assert done.returncode == 2
    assert "--out file/graded: cannot be " in only_line(done.stderr)


# --- one at a time ----------------------------------------------------------------------------


def test_the_second_run_into_a_folder_says_so(folder: Path) -> None:
    out = folder / "graded"
    out.mkdir()
    with alone_in(out):
        done = run(*ARGUMENTS, cwd=folder)
        assert done.returncode == 2
        assert "another autograder is writing into it" in only_line(done.stderr)
        assert {path.name for path in out.iterdir()} == {"gradebook.lock"}
    grade_again(folder)


def test_a_dead_process_holds_no_folder(folder: Path) -> None:
    (folder / "hand-ins" / "slow.py").write_text(NEVER_ENDS)
    with subprocess.Popen([*COMMAND, *ARGUMENTS, "--workers", "1"], cwd=folder) as first:
        wait_for(folder / "graded" / "gradebook.lock")
        time.sleep(0.2)
        first.kill()
    (folder / "hand-ins" / "slow.py").unlink()
    grade_again(folder, "--class")


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# --- signals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "workers"), [("SIGTERM", "1"), ("SIGTERM", "2"), ("SIGHUP", "2"), ("SIGQUIT", "1")]
)
def test_a_signal_ends_a_run_in_order(folder: Path, name: str, workers: str) -> None:
    number = getattr(signal, name)
    (folder / "hand-ins" / "z.py").write_text(NEVER_ENDS)
    scratch = folder / "scratch"
    scratch.mkdir()
    with subprocess.Popen(
        [*COMMAND, *ARGUMENTS, "--workers", workers],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(scratch), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL) and None,
    ) as process:
        assert process.stdout is not None
        for _ in range(2):  # the third line may wait for the last submission, which never ends
            assert " of 4: " in process.stdout.readline()
        started = descendants(process.pid)
        os.kill(process.pid, number)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert f"ended by {name}; what was finished before is kept" in only_line(stderr)
    assert not list(scratch.iterdir())
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in started):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (folder / "hand-ins" / "z.py").unlink()
    grade_again(folder, "--class")


needs_mount = pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode,
    reason="may not mount anything here",
)


@needs_mount
@pytest.mark.parametrize(
    "command", ["report graded", "adjust kim +1 --because x", "grade hand-ins --out graded"]
)
def test_a_folder_that_cannot_be_written_is_one_line(folder: Path, command: str) -> None:
    """Read-only by a mount, since root may write into any other folder."""
    grade_again(folder)
    line = f"mount --bind -o ro graded graded && exec {' '.join(COMMAND)} {command}"
    done = subprocess.run(
        ["unshare", "--mount", "bash", "-c", line],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "graded: cannot be written; choose" in only_line(done.stderr)


def test_an_ignored_signal_stays_ignored(folder: Path) -> None:
    """As `nohup` wants it."""
    done = shell(folder, "trap '' HUP; (sleep 0.3; kill -HUP $$) & exec GRADE")
    assert (done.returncode, done.stderr) == (0, "")
    assert scores(folder) == ALL_RIGHT


# --- gradebook.sqlite -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory: pytest.TempPathFactory, _tiny_exercises: Path) -> Path:
    """A course with its submissions and their graded folder, to be copied."""
    folder = tmp_path_factory.mktemp("class") / "tiny"
    shutil.copytree(_tiny_exercises.parent, folder)
    write_hand_ins(folder)
    grade(load_course(folder), folder / "hand-ins", folder / "graded", pages=False)
    return folder


@pytest.fixture
def graded(graded_class: Path, tmp_path: Path) -> Path:
    return shutil.copytree(graded_class, tmp_path / "tiny") / "graded"


def foreign(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE places (url TEXT)")
        other.execute("PRAGMA user_version = 3")
        other.commit()


def marked(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE gradings (url TEXT)")
        other.execute("PRAGMA application_id = 7")
        other.commit()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def another_file(path: Path) -> None:
    path.write_text("id,score\nli,5\n")


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(b ^ 0x5A for b in content[4096:])
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6000])


def test_a_folder_in_the_place_of_the_gradebook_is_said(folder: Path) -> None:
    (folder / "graded" / "gradebook.sqlite").mkdir(parents=True)
    done = shell(folder, "GRADE")
    assert done.returncode == 2
    assert only_line(done.stderr).endswith(
        "gradebook.sqlite: is a folder, not a gradebook; move it, or choose another folder"
    )


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (foreign, "is a database of another program; move it, or choose another folder"),
        (marked, "is a database of another program; move it, or choose another folder"),
        (emptied, "is empty, but"),
        (another_file, "is not a gradebook; move it, or choose another folder"),
        (damaged, "is damaged ("),
        (cut, "is damaged ("),
    ],
)
def test_a_gradebook_that_is_none_is_said_before_anything_is_written(
    graded: Path, break_it, said: str
) -> None:
    book = graded / "gradebook.sqlite"
    break_it(book)
    before = {path.name: path.read_bytes() for path in graded.iterdir() if path.is_file()}
    for command in (
        ["grade", "hand-ins", "--out", "graded"],
        ["report", "graded"],
        ["adjust", "li", "+1", "--because", "x", "--out", "graded"],
    ):
        done = run(*command, cwd=graded.parent)
        assert done.returncode == 2, command
        assert f"gradebook.sqlite: {said}" in only_line(done.stderr)
        after = {path.name: path.read_bytes() for path in graded.iterdir() if path.is_file()}
        after.pop("gradebook.lock", None)
        before.pop("gradebook.lock", None)
        assert after == before, command


def test_a_gradebook_from_before_it_was_marked_is_ours(graded: Path) -> None:
    path = graded / "gradebook.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as book:
        assert book.execute("PRAGMA application_id").fetchone() != (0,)
        book.execute("PRAGMA application_id = 0")
    with Gradebook(graded, must_exist=True) as gradebook:
        assert len(gradebook.marks()) == 3
    with contextlib.closing(sqlite3.connect(path)) as book:
        assert book.execute("PRAGMA application_id").fetchone() != (0,)


# --- results ----------------------------------------------------------------------------------


def test_results_are_the_same_from_run_to_run(folder: Path) -> None:
    course, texts = load_course(folder), []
    for _ in range(2):
        grade(course, folder / "hand-ins", folder / "graded", pages=False)
        written = json.loads((folder / "graded" / "results.json").read_text())
        for submission in written["submissions"]:
            del submission["seconds"]
        texts.append(json.dumps(written))
        shutil.rmtree(folder / "graded")
    assert texts[0] == texts[1]


def test_a_run_that_graded_nothing_yet_overwrites_nothing(graded: Path) -> None:
    before = {path.name: path.read_bytes() for path in graded.glob("*.[jc]*")}
    with Gradebook(graded) as gradebook:
        gradebook.begin(load_course(graded.parent), "key", "assignment")
        assert gradebook.isolation().level == "none"
    done = run("report", "graded", cwd=graded.parent)
    assert done.returncode == 2
    assert "the last run has graded nothing yet" in only_line(done.stderr)
    assert {path.name: path.read_bytes() for path in graded.glob("*.[jc]*")} == before


# --- what could not be read, stopped early, or holds no code ----------------------------------


def test_whoever_grades_is_told_whose_hand_in_needs_a_look(tiny_folder: Path) -> None:
    hand_ins = {
        "wong": {"part1_scale.py": RIGHT},
        "li": {"part1_scale.py": RIGHT + "raise ValueError('left in')\n"},
        "kim": {"report.docx": "words"},
        "ng": {"part1_scale.py": RIGHT, "part2_mix.ipynb": "{"},
        "do": {"part1_scale.py": RIGHT, "old/part1_scale.py": "# another version"},
    }
    for who, files in hand_ins.items():
        for name, text in files.items():
            path = tiny_folder / "hand-ins" / who / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    done = run("grade", "hand-ins", "--out", "graded", cwd=tiny_folder)
    assert (done.returncode, done.stderr) == (0, "")
    out = tiny_folder / "graded"
    written = json.loads((out / "results.json").read_text())
    problems = {one["id"]: one["problems"] for one in written["submissions"]}
    assert {who for who, lines in problems.items() if lines} == {"kim", "li", "ng"}
    assert "left in" in problems["li"][0]
    assert "report.docx: not read" in problems["kim"][0]
    assert "part2_mix.ipynb: not read" in problems["ng"][0]
    assert "3 to look at: not read in full, stopped early, or without code" in done.stdout
    for who in ("kim", "li", "ng"):
        assert f"  {who}: {problems[who][0][:40]}" in done.stdout
    with (out / "gradebook.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = {row["id"]: row["problems"] for row in csv.DictReader(file)}
    assert {who: "; ".join(lines) for who, lines in problems.items()} == rows
    page = (out / "index.html").read_text()
    assert page.count(" data-p>") == 3
    assert 'id="troubled"> not read, or stopped early (3)' in page


@pytest.mark.parametrize(
    "command", [["report", "graded"], ["adjust", "li", "+1", "--because", "x", "--out", "graded"]]
)
def test_nothing_else_writes_into_a_folder_that_is_being_graded(
    graded: Path, command: list[str]
) -> None:
    with alone_in(graded):
        done = run(*command, cwd=graded.parent)
    assert done.returncode == 2
    assert "another autograder is writing into it" in only_line(done.stderr)
