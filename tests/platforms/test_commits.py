"""Clones are graded at the last commit before the deadline, by objects alone."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.gradebook.policy import Lateness, Rules, days_late, lateness
from autograder.model.course import Deadline, Extension
from autograder.model.submission import Attempt, Student
from autograder.platforms.hand_ins import hand_ins
from autograder.platforms.repositories import at_deadline, require_unpacked, with_history
from autograder.submissions.read import read_attempt

DUE = datetime(2026, 9, 11, 21, 59, tzinfo=timezone.utc)
DEADLINE = Deadline(DUE, percent_per_day=10.0)
RULES = Rules(deadline=DEADLINE)
PART = "part1_softmax.py"


def git(folder: Path, *words: str, at: datetime | int | None = None, **more: str) -> str:
    date = {} if at is None else {"GIT_COMMITTER_DATE": stamp(at), "GIT_AUTHOR_DATE": stamp(at)}
    who = {
        f"GIT_{role}_{what}": "x@y"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *words],
        cwd=folder,
        env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", **who, **date, **more},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def stamp(at: datetime | int) -> str:
    seconds = at if isinstance(at, int) else int(at.timestamp())
    return f"@{seconds} +0000"


def commit(folder: Path, files: Mapping[str, str], at: datetime | int) -> str:
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "-q", "-b", "main")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "-q", "--allow-empty", "-m", "work", at=at)
    return git(folder, "rev-parse", "HEAD")


EARLY, LATE = DUE - timedelta(hours=2), DUE + timedelta(hours=2)


@pytest.fixture
def clones(tmp_path: Path) -> Path:
    """`ada` worked until after the deadline, `bo` was done before it."""
    folder = tmp_path / "hw1-submissions"
    commit(folder / "hw1-ada", {PART: "early = 1\n", "old.py": "x = 1\n"}, EARLY)
    (folder / "hw1-ada" / "old.py").unlink()
    commit(folder / "hw1-ada", {PART: "late = 1\n"}, LATE)
    commit(folder / "hw1-bo", {PART: "early = 2\n"}, EARLY)
    return folder


def graded(
    folder: Path, rules: Rules = RULES, **more: bool
) -> tuple[dict[str, tuple[dict[str, str], datetime | None, str]], str]:
    """Each attempt's files, time and commit, and what was said."""
    with hand_ins(folder, ["part1_softmax"]) as found:
        attempts = found.attempts
        with at_deadline(attempts, rules, **more) as (chosen, notes):
            return {one.id: (code(one), one.time, one.commit) for one in chosen}, "\n".join(notes)


def code(attempt: Attempt) -> dict[str, str]:
    return {
        source.filename: b"".join(source.cells).decode() for source in read_attempt(attempt).sources
    }


def test_what_counts_is_the_content_of_the_last_commit_before_the_deadline(clones: Path) -> None:
    found, notes = graded(clones)
    files, time, commit = found["hw1-ada"]
    assert files == {PART: "early = 1\n", "old.py": "x = 1\n"}
    assert (time, commit) == (EARLY, git(clones / "hw1-ada", "rev-parse", "HEAD~1"))
    assert found["hw1-bo"][:2] == ({PART: "early = 2\n"}, EARLY)
    assert "what the students' computers wrote" in notes


def test_the_time_of_grace_and_an_extension_are_before_the_deadline(clones: Path) -> None:
    grace = Rules(deadline=Deadline(DUE, grace_hours=2.0))
    assert graded(clones, grace)[0]["hw1-ada"][0] == {PART: "late = 1\n"}
    longer = Rules(deadline=DEADLINE, extensions=(Extension("ada", hours=3.0),))
    assert graded(clones, longer)[0]["hw1-ada"][0] == {PART: "late = 1\n"}


def test_where_the_best_attempt_counts_a_late_commit_is_an_attempt_too(clones: Path) -> None:
    found, _ = graded(clones, Rules("best", DEADLINE))
    assert found["hw1-ada"][0] == {PART: "early = 1\n", "old.py": "x = 1\n"}
    assert found["hw1-ada~2"][:2] == ({PART: "late = 1\n"}, LATE)
    assert set(found) == {"hw1-ada", "hw1-ada~2", "hw1-bo"}


@pytest.mark.parametrize(
    ("rules", "more"), [(Rules(), {}), (Rules(deadline=DEADLINE), {"checked_out": True})]
)
def test_without_a_deadline_or_on_request_the_folder_counts(
    clones: Path, rules: Rules, more: dict[str, bool]
) -> None:
    (clones / "hw1-ada" / PART).write_text("uncommitted = 1\n")
    found, notes = graded(clones, rules, **more)
    assert found["hw1-ada"] == ({PART: "uncommitted = 1\n"}, LATE, "")
    assert "times are those of the last commits" in notes


def test_a_history_rewritten_after_the_deadline_is_late(clones: Path) -> None:
    amended = clones / "hw1-bo"
    git(amended, "commit", "--amend", "-q", "-m", "again", at=LATE)
    found, notes = graded(clones)
    files, time, _ = found["hw1-bo"]
    assert (files, time) == ({PART: "early = 2\n"}, LATE)
    assert days_late(Attempt("", (), time=time), DEADLINE) == 1
    assert "no commit before the deadline: the last one is graded" in notes
    assert "hw1-bo" in notes


def test_a_date_that_cannot_be_is_said_and_is_not_on_time(clones: Path) -> None:
    for impossible in (4_000_000_000, 86_400):
        commit(clones / "hw1-bo", {PART: f"at = {impossible}\n"}, impossible)
        commit(clones / "hw1-cy", {PART: "only = 1\n"}, impossible)
        found, notes = graded(clones)
        assert found["hw1-bo"][:2] == ({PART: "early = 2\n"}, EARLY)
        assert found["hw1-cy"][:2] == ({PART: "only = 1\n"}, None)
        assert "from the future, or from before git existed: hw1-bo, hw1-cy" in notes
    commit(clones / "hw1-dee", {PART: "early = 1\n"}, LATE)
    commit(clones / "hw1-dee", {PART: "never = 1\n"}, 4_000_000_000)
    assert graded(clones)[0]["hw1-dee"][1] is None
    assert "the largest late penalty: hw1-cy, hw1-dee" in graded(clones)[1]
    found, _ = graded(clones, Rules("best", DEADLINE))
    assert (found["hw1-bo"][1], found["hw1-bo~2"][1]) == (EARLY, None)


@pytest.mark.parametrize("checked_out", [False, True])
def test_an_impossible_time_costs_all_that_lateness_can(clones: Path, checked_out: bool) -> None:
    commit(clones / "hw1-cy", {PART: "only = 1\n"}, 4_000_000_000)
    deadline = Deadline(DUE, percent_per_day=15.0, cap_percent=40.0, free_days=3)
    rules = Rules(deadline=deadline, extensions=(Extension("cy", hours=24.0),))
    with (
        hand_ins(clones, ["part1_softmax"]) as found,
        at_deadline(found.attempts, rules, checked_out=checked_out) as (chosen, _),
    ):
        (cy,) = [one for one in chosen if one.id == "hw1-cy"]
    assert lateness(cy, cy.students[0], 10.0, rules) == Lateness(3, 0, 4.0)
    assert lateness(cy, cy.students[0], 10.0, Rules()) == Lateness()


def test_a_merged_branch_counts_by_its_own_commits(clones: Path) -> None:
    bo = clones / "hw1-bo"
    git(bo, "checkout", "-q", "-b", "side")
    commit(bo, {PART: "side = 1\n"}, EARLY + timedelta(minutes=5))
    git(bo, "checkout", "-q", "main")
    git(bo, "merge", "-q", "--no-ff", "-m", "merge", "side", at=LATE)
    assert graded(clones)[0]["hw1-bo"][0] == {PART: "side = 1\n"}


def test_of_equal_times_the_later_commit_counts(clones: Path) -> None:
    commit(clones / "hw1-bo", {PART: "second = 1\n"}, EARLY)
    assert graded(clones)[0]["hw1-bo"][0] == {PART: "second = 1\n"}


def test_a_detached_head_and_packed_objects_are_read(clones: Path) -> None:
    ada = clones / "hw1-ada"
    git(ada, "gc", "-q")
    git(ada, "checkout", "-q", "--detach")
    assert graded(clones)[0]["hw1-ada"][1] == EARLY
    git(ada, "checkout", "-q", "HEAD~1")
    assert graded(clones)[0]["hw1-ada"][1] == EARLY


def test_a_bare_clone_is_graded_by_its_commits(clones: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("ada", "bo"):
        git(bare, "clone", "-q", "--bare", str(clones / f"hw1-{name}"), f"{name}.git")
    found, notes = graded(bare)
    assert found["ada.git"][0] == {PART: "early = 1\n", "old.py": "x = 1\n"}
    assert "not graded" not in notes
    with hand_ins(bare) as listed:
        assert [one.students for one in listed.attempts] == [
            (Student("ada", ("ada",)),),
            (Student("bo", ("bo",)),),
        ]


def test_a_shallow_clone_is_refused_where_that_decides(clones: Path, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    shallow.mkdir()
    for name in ("ada", "bo"):
        git(shallow, "clone", "-q", "--depth=1", f"file://{clones}/hw1-{name}", name)
    with pytest.raises(UsageError, match=r"^ada: .*git fetch --unshallow.*--checked-out"):
        graded(shallow)
    git(shallow / "ada", "fetch", "-q", "--unshallow")
    assert graded(shallow)[0]["bo"][:2] == ({PART: "early = 2\n"}, EARLY)


def test_what_is_in_no_commit_is_not_graded_and_said(clones: Path) -> None:
    assert "in no commit" not in graded(clones)[1]
    (clones / "hw1-bo" / PART).write_bytes(b"early = 2\r\n")  # as Windows checks it out
    (clones / "hw1-bo" / "notes.txt").write_text("not code")
    assert "in no commit" not in graded(clones)[1]
    (clones / "hw1-bo" / "more.py").write_text("untracked = 1\n")
    found, notes = graded(clones)
    assert found["hw1-bo"][0] == {PART: "early = 2\n"}
    assert "as they are in no commit: changes in the folder of: hw1-bo" in notes
    (clones / "hw1-bo" / "more.py").unlink()
    (clones / "hw1-bo" / PART).unlink()
    assert "changes in the folder of: hw1-bo" in graded(clones)[1]


def test_nothing_of_a_clone_is_run_or_followed(clones: Path, tmp_path: Path) -> None:
    ada, mark = clones / "hw1-ada", tmp_path / "was-run"
    (ada / ".gitattributes").write_text("*.py filter=evil diff=evil ident export-ignore\n")
    (ada / "link.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "secret.py").write_text("secret = 1\n")
    commit(ada, {PART: "safe = '$Id$'\n"}, EARLY + timedelta(minutes=1))
    for key in ("filter.evil.smudge", "filter.evil.clean", "core.fsmonitor", "core.pager"):
        git(ada, "config", key, f"touch {mark}")
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        (ada / ".git" / "hooks" / hook).write_text(f"#!/bin/sh\ntouch {mark}\n")
        (ada / ".git" / "hooks" / hook).chmod(0o755)
    found, _ = graded(clones)
    assert found["hw1-ada"][0] == {PART: "safe = '$Id$'\n"}
    assert not mark.exists()


def test_a_clone_that_borrows_objects_is_not_believed(clones: Path) -> None:
    """Its HEAD could name a commit of the instructor's."""
    commit(clones / "hw1-cy", {PART: "mine = 1\n"}, EARLY)
    borrowed = clones / "hw1-ada" / ".git"
    own = clones / "hw1-cy" / ".git"
    (own / "objects" / "info" / "alternates").write_text(f"{borrowed / 'objects'}\n")
    (own / "HEAD").write_text(git(clones / "hw1-ada", "rev-parse", "HEAD~1") + "\n")
    found, notes = graded(clones)
    assert found["hw1-cy"][0] == {PART: "mine = 1\n"}
    assert "graded as it is in the folder, since its objects are not its own: hw1-cy" in notes
    (own / "objects" / "info" / "alternates").unlink()
    (own / "objects" / "ff").symlink_to(borrowed / "objects")
    assert "objects are not its own: hw1-cy" in graded(clones)[1]


def test_what_cannot_be_read_stays_as_it_lies_in_the_folder(clones: Path) -> None:
    (clones / "hw1-cy" / ".git").mkdir(parents=True)
    (clones / "hw1-cy" / PART).write_text("no_history = 1\n")
    commit(clones / "hw1-dee", {PART: "broken = 1\n"}, EARLY)
    for blob in (clones / "hw1-dee" / ".git" / "objects").glob("??/*"):
        if git(clones / "hw1-dee", "cat-file", "-t", blob.parent.name + blob.name) == "blob":
            blob.unlink()
    (clones / "hw1-eve").mkdir()
    (clones / "hw1-eve" / PART).write_text("never_cloned = 1\n")
    lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    commit(clones / "hw1-flo", {PART: "x = 1\n", "big.ipynb": lfs}, EARLY)
    found, notes = graded(clones)
    assert found["hw1-cy"] == ({PART: "no_history = 1\n"}, None, "")
    assert found["hw1-dee"][0] == {PART: "broken = 1\n"}
    assert found["hw1-eve"][0] == {PART: "never_cloned = 1\n"}
    for id, why in {
        "hw1-cy": "it has no commit",
        "hw1-dee": "files of it are missing from the clone",
        "hw1-eve": "it has no git history",
        "hw1-flo": "it keeps files in Git LFS",
    }.items():
        assert f"graded as it is in the folder, since {why}: {id}" in notes


def test_members_of_a_team_have_their_own_deadlines(clones: Path) -> None:
    team = (Student("Ada", ("1",)), Student("Bo", ("2",)))
    rules = Rules(deadline=DEADLINE, extensions=(Extension("2", hours=24.0),))
    attempt = Attempt("team", (("", clones / "hw1-ada"),), team)
    with at_deadline([attempt], rules) as (found, _):
        assert {one.id: (one.students, one.time) for one in found} == {
            "team": (team[:1], EARLY),
            "team~2": (team[1:], LATE),
        }


def test_a_submodule_is_no_file_of_the_clone(clones: Path, tmp_path: Path) -> None:
    bo = clones / "hw1-bo"
    git(bo, "submodule", "add", "-q", str(clones / "hw1-ada"), "lib")
    commit(bo, {}, EARLY + timedelta(minutes=1))
    assert graded(clones)[0]["hw1-bo"][0] == {PART: "early = 2\n"}


def test_one_clone_is_graded_as_in_its_class(clones: Path) -> None:
    assert graded(clones / "hw1-ada")[0]["hw1-ada"][:2] == graded(clones)[0]["hw1-ada"][:2]


@pytest.mark.parametrize("said", [None, "class", "repositories"])
@pytest.mark.parametrize("around", ["", "wrapped"])
def test_a_clone_next_to_anything_is_graded_by_its_history(
    clones: Path, tmp_path: Path, said: str | None, around: str
) -> None:
    one = tmp_path / "one"
    (one / around).mkdir(parents=True)
    (clones / "hw1-ada").rename(one / around / "hw1-ada")
    if around and said == "repositories":
        return
    for plain in (False, True):
        if plain:
            (one / "bo").mkdir()
            (one / "bo" / PART).write_text("plain = 1\n")
        with hand_ins(one, ["part1_softmax"], said=said) as found:
            lone, others = found.attempts, ()
            if said != "repositories":
                lone, others = with_history(found.attempts)
            with at_deadline(lone, RULES, others=others) as (chosen, notes):
                ada = chosen[-1]
                assert (code(ada)[PART], ada.time) == ("early = 1\n", EARLY)
                assert len(chosen) == 1 + (plain and said != "repositories")
                assert ("no git history: bo" in "\n".join(notes)) == (len(chosen) == 2)


def test_a_clone_next_to_other_files_of_the_hand_in_is_graded_by_its_history(
    clones: Path, tmp_path: Path
) -> None:
    ada = tmp_path / "class" / "ada"
    (ada / "git").mkdir(parents=True)
    (clones / "hw1-ada").rename(ada / "git" / "hw1")
    (ada / "report.pdf").write_bytes(b"%PDF")
    (ada / "own.py").write_text("own = 1\n")
    (ada.parent / "bo").mkdir()
    (ada.parent / "bo" / PART).write_text("plain = 1\n")
    with hand_ins(ada.parent, ["part1_softmax"]) as found:
        lone, others = with_history(found.attempts)
        assert [one.id for one in others] == ["bo"]
        with at_deadline(lone, RULES, others=others) as (chosen, _):
            files = {"own.py": "own = 1\n", f"git/hw1/{PART}": "early = 1\n"}
            files["git/hw1/old.py"] = "x = 1\n"
            assert (code(chosen[0]), chosen[0].time) == (files, EARLY)
    git(clones / "hw1-bo", "clone", "-q", ".", str(ada / "second"))
    with hand_ins(ada.parent, ["part1_softmax"]) as found:  # which of two histories would count?
        several, others = with_history(found.attempts)
        with at_deadline(several, RULES, others=others) as (chosen, notes):
            assert (chosen, chosen[0].time) == (found.attempts, None)
        assert any(note.endswith("it has several git histories; keep one clone in it: ada")
                   for note in notes)  # fmt: skip


def test_a_time_of_the_platform_counts_before_that_of_a_commit(clones: Path) -> None:
    timed = Attempt("ada", (("", clones / "hw1-ada"),), time=LATE)
    assert with_history([timed, Attempt("nothing", ())])[0] == []


def test_a_shallow_clone_alone_is_refused(clones: Path, tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    git(folder, "clone", "-q", "--depth=1", f"file://{clones}/hw1-ada", "ada")
    with hand_ins(folder, ["part1_softmax"]) as found:
        lone, others = with_history(found.attempts)
        with (
            pytest.raises(UsageError, match=r"^ada: .*git fetch --unshallow"),
            at_deadline(lone, RULES, others=others),
        ):
            pass


@pytest.mark.parametrize("kind", ["zip", "gztar"])
def test_a_history_in_an_archive_is_not_lost_in_silence(
    clones: Path, tmp_path: Path, kind: str
) -> None:
    commit(clones / "hw1-cy", {}, EARLY)
    packed = Path(shutil.make_archive(str(tmp_path / "hw1"), kind, clones))
    with hand_ins(packed, ["part1_softmax"], said="class") as found:
        assert "hw1-cy: not graded, since it has only git history and no files" in found.notes
        with pytest.raises(UsageError, match=r"^hw1-ada, hw1-bo, hw1-cy: unpack it first"):
            require_unpacked(
                found.packed_clones, found.platform, found.attempts, RULES, checked_out=False
            )
        assert not require_unpacked(
            found.packed_clones, found.platform, found.attempts, RULES, checked_out=True
        )
        assert not require_unpacked(
            found.packed_clones, found.platform, found.attempts, Rules(), checked_out=False
        )
    folder = tmp_path / "archives"
    for name in ("ada", "bo"):
        shutil.make_archive(str(folder / name), kind, clones / f"hw1-{name}")
    with hand_ins(folder, ["part1_softmax"]) as found:
        (line,) = require_unpacked(
            found.packed_clones, found.platform, found.attempts, RULES, checked_out=False
        )
        assert line.endswith("history in an archive is not read; unpack it first: ada, bo")
