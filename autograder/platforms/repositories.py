"""Recognises a folder of cloned repositories, one for each student or team.

GitHub Classroom's are called `hw1-adawong`, GitLab's by project: as the student, or as the
assignment and the student.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from itertools import takewhile
from pathlib import Path

from autograder.model import Attempt, Student
from autograder.platforms.layouts import Layout, Tree

GIT = ".git"
_PARENT = re.compile(r"(?P<assignment>.+?)[-_]submissions(?:[-_].*)?")
"""`hw1-submissions` of `gh classroom clone`; `cs1-hw1_submissions_2026_09_01` of Classroom 50."""
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SECONDS = 20.0


def _clones(inside: Tree, folder: str) -> Collection[str]:
    match = _PARENT.fullmatch(folder)
    prefix = match["assignment"] + "-" if match else ""
    folders = {name: below for name, below in inside.items() if below is not None}
    named = [name for name in folders if prefix and name.startswith(prefix) and name != prefix]
    if 2 * len(named) > len(folders):
        return named
    cloned = [name for name, below in folders.items() if GIT in below]
    return cloned if len(cloned) > 1 else ()


def repositories(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each clone, with the time of its last commit, as the student's git wrote it.

    The name of the assignment is that in the folder's own name, else what all names begin with.
    """
    match = _PARENT.fullmatch(folder.name)
    prefix = match["assignment"] + "-" if match else ""
    if not prefix or not all(name.startswith(prefix) for name in names):
        prefix = _common_words(names)
    users = [name.removeprefix(prefix) or name for name in names]
    with _own_repository() as repository:
        return [
            Attempt(
                id=name,
                files=(("", folder / name),),
                students=(Student(user, (user,)),),
                time=_last_commit(folder / name / GIT, repository),
            )
            for name, user in zip(names, users, strict=True)
        ]


def _common_words(names: Sequence[str]) -> str:
    """What all names begin with, in whole words, each with its hyphen."""
    words = zip(*(name.split("-") for name in names), strict=False)
    alike = takewhile(lambda column: len(set(column)) == 1, words)
    return "".join(column[0] + "-" for column in alike) if len(names) > 1 else ""


@contextmanager
def _own_repository() -> Iterator[Path | None]:
    """An empty repository, through which objects are read; None where there is no git.

    No git command is run in a student's repository, as its settings can name programs to run.
    """
    with tempfile.TemporaryDirectory(prefix="autograder-git-") as folder:
        made = _git(Path(folder), "init", "--bare", "--quiet") is not None
        yield Path(folder) if made else None


def _last_commit(git: Path, repository: Path | None) -> datetime | None:
    """The committer's time of what is checked out; None where that cannot be read."""
    objects = git / "objects"
    if repository is None or "\n" in str(objects) or not objects.is_dir() or git.is_symlink():
        return None
    commit = _head(git)
    alternates = repository / "objects" / "info" / "alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_text(f"{objects.resolve()}\n")
    seconds = commit and _git(repository, "log", "-1", "--format=%ct", commit, "--")
    try:
        return datetime.fromtimestamp(int(seconds), timezone.utc) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def _head(git: Path) -> str | None:
    text = _beginning(git / "HEAD", 1000).strip()
    if match := re.fullmatch(r"ref: (refs(?:/[\w+-][\w.+-]*)+)", text):
        packed = _beginning(git / "packed-refs", 1 << 22)
        lines = [line.split(" ") for line in packed.splitlines()]
        text = _beginning(git / match[1], 1000).strip() or next(
            (line[0] for line in lines if line[1:] == [match[1]]), ""
        )
    return text if _COMMIT.fullmatch(text) else None


def _beginning(path: Path, limit: int) -> str:
    try:
        with path.open("rb") as file:
            return file.read(limit).decode(errors="replace")
    except OSError:
        return ""


def _git(repository: Path, *arguments: str) -> str | None:
    # no setting of anybody's; nothing derived that a clone may hold, and nothing fetched
    settings = ("core.commitGraph=false", "core.multiPackIndex=false", "log.showSignature=false")
    try:
        done = subprocess.run(
            ["git", *(word for one in settings for word in ("-c", one)), *arguments],
            cwd=repository,
            env={
                "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin",
                "GIT_DIR": str(repository),
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": "/dev/null",
                "GIT_NO_LAZY_FETCH": "1",
                "GIT_NO_REPLACE_OBJECTS": "1",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


REPOSITORIES = Layout("classroom repositories", _clones, repositories)
