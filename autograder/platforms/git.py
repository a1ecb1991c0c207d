"""Reads the history and the files of a possibly hostile clone, without running git in it.

A repository's own settings can name programs to run, so no git command ever sees them: objects are
read through an empty repository of our own, by plumbing commands that apply no filter, hook or
attribute. A clone that borrows objects from elsewhere is refused: it could point to other people's
commits.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha1, sha256
from pathlib import Path
from typing import IO

from autograder.submissions.entries import (
    ENTRY_LIMIT,
    LINK,
    NOT_CODE,
    READ_LIMIT,
    READ_LIMITS,
    TOO_MANY,
    Found,
    LeftOut,
    ending,
    is_clutter,
    too_large,
)

GIT = ".git"
BARE = frozenset({"HEAD", "objects", "refs"})
"""The entries of a bare repository's folder."""

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_TREE_LINE = re.compile(rb"(\d{6}) (blob|commit) ([0-9a-f]+) +(\d+|-|BAD)\t(.+)", re.DOTALL)
_SECONDS = 60.0
"""How long one git command may take; by wall time, so that a busy machine must not come near it."""
_MOST_OUTPUT = 64 << 20
"""Bytes of a list of commits or files; enough for a million commits."""
_MISSING = "files of it are missing from the clone"
_LFS = b"version https://git-lfs.github.com/spec/"
_SETTINGS = (
    "core.commitGraph=false",
    "core.multiPackIndex=false",
    "pack.readReverseIndex=false",
    "log.showSignature=false",
)
"""Ignore the clone's caches of data derived from its objects, since they may be forged."""


class GitError(Exception):
    """The reason why a clone's history cannot be read, as in `since {message}`."""


@dataclass(frozen=True)
class Commit:
    id: str
    seconds: int
    """The committer's time as recorded by the committer's git, in seconds since 1970."""


def git_folder(place: Path) -> Path | None:
    """The git directory of the clone at `place`, which may be bare; None if it is not a clone."""
    inner = place / GIT
    if inner.is_dir() and not inner.is_symlink():
        return inner
    is_bare = all((place / name).exists() for name in BARE) and not inner.exists()
    return place if is_bare else None


@contextmanager
def opened(git: Path) -> Iterator[Clone]:
    """Open the clone with this git directory. Raises GitError if it cannot be read safely."""
    head = _head(git)
    objects = git / "objects"
    if head is None:
        raise GitError("it has no commit")
    if "\n" in str(objects.resolve()) or not objects.is_dir() or _borrows(objects):
        raise GitError("its objects are not its own")
    with tempfile.TemporaryDirectory(prefix="autograder-git-") as folder:
        own = Path(folder)
        kind = "sha1" if len(head) == 40 else "sha256"
        _git(own, "init", "--bare", "--quiet", f"--object-format={kind}")
        (own / "objects" / "info").mkdir(exist_ok=True)
        (own / "objects" / "info" / "alternates").write_text(f"{objects.resolve()}\n")
        cut_off = [line for line in _beginning(git / "shallow").split() if _COMMIT.fullmatch(line)]
        if cut_off:
            (own / "shallow").write_text("".join(f"{line}\n" for line in cut_off))
        yield Clone(own, head, bool(cut_off))


def _borrows(objects: Path) -> bool:
    if objects.is_symlink() or (objects / "info" / "alternates").exists():
        return True
    return any(one.is_symlink() for one in objects.rglob("*"))


def _head(git: Path) -> str | None:
    text = _beginning(git / "HEAD", 1000).strip()
    if match := re.fullmatch(r"ref: (refs(?:/[\w+-][\w.+-]*)+)", text):
        lines = [line.split(" ") for line in _beginning(git / "packed-refs").splitlines()]
        text = _beginning(git / match[1], 1000).strip() or next(
            (line[0] for line in lines if line[1:] == [match[1]]), ""
        )
    return text if _COMMIT.fullmatch(text) else None


def _beginning(path: Path, limit: int = 1 << 22) -> str:
    try:
        if path.is_symlink():
            return ""
        with path.open("rb") as file:
            return file.read(limit).decode(errors="replace")
    except OSError:
        return ""


@dataclass(frozen=True)
class Clone:
    """A clone whose objects are read through our own repository."""

    _own: Path
    head: str
    is_shallow: bool
    """Whether older commits are missing."""

    def commits(self) -> list[Commit]:
        """The checked-out commit and all of its ancestors, children before their parents."""
        lines = _git(self._own, "rev-list", "--topo-order", "--timestamp", self.head, "--")
        found = [line.split() for line in lines.decode().splitlines()]
        return [Commit(id, int(seconds)) for seconds, id in found]

    def last_commit(self) -> Commit:
        """The checked-out commit."""
        line = _git(self._own, "rev-list", "--max-count=1", "--timestamp", self.head, "--")
        seconds, id = line.decode().split()
        return Commit(id, int(seconds))

    def names(self, commit: str) -> dict[str, str]:
        """The hash of each file of a commit that may be code, by path."""
        return {entry.place: entry.id for entry in self._entries(commit) if entry.limit is not None}

    def files(self, commit: str) -> Iterator[Found | LeftOut]:
        """Yield the files of a commit, each with its content as committed or why it is left out."""
        room = READ_LIMIT
        with _running(self._own, "cat-file", "--batch") as (asked, answers):
            for number, entry in enumerate(self._entries(commit)):
                if number == ENTRY_LIMIT:
                    yield LeftOut("", TOO_MANY)
                    return
                if entry.limit is None or entry.size > entry.limit or entry.size > room:
                    yield LeftOut(entry.place, entry.reason or too_large(entry.place, 0))
                    continue
                room -= entry.size
                asked.write(entry.id.encode() + b"\n")
                asked.flush()
                wanted = b"%s blob %d\n" % (entry.id.encode(), entry.size)
                if answers.readline(200) != wanted:
                    raise GitError(_MISSING)
                content = answers.read(entry.size + 1)[: entry.size]
                if content.startswith(_LFS):
                    raise GitError("it keeps files in Git LFS")
                yield Found(entry.place, content)

    def _entries(self, commit: str) -> Iterator[_Entry]:
        lines = _git(self._own, "ls-tree", "-r", "-z", "--long", "--full-tree", commit)
        for line in lines.split(b"\0"):
            if match := _TREE_LINE.fullmatch(line):
                mode, kind, id, size, name = match.groups()
                place = name.decode("utf-8", "surrogateescape")
                steps = place.split("/")
                if any(step in ("", ".", "..") or is_clutter(step) for step in steps):
                    continue
                if size == b"BAD":
                    raise GitError(_MISSING)
                if kind == b"blob":  # otherwise a submodule
                    limit = None if mode == b"120000" else READ_LIMITS.get(ending(steps[-1]))
                    reason = LINK if mode == b"120000" else NOT_CODE if limit is None else ""
                    yield _Entry(place, id.decode(), int(size), limit, reason)


@dataclass(frozen=True)
class _Entry:
    place: str
    id: str
    size: int
    limit: int | None
    """The maximum size in bytes to read; None if the file is not read."""
    reason: str


def is_same_file(content: bytes, id: str) -> bool:
    """Whether a file's content has this blob hash, with its own or with LF line ends."""
    make = sha1 if len(id) == 40 else sha256
    return any(
        make(b"blob %d\0" % len(text) + text).hexdigest() == id
        for text in (content, content.replace(b"\r\n", b"\n"))
    )


def _git(repository: Path, *arguments: str) -> bytes:
    with _running(repository, *arguments) as (_, answers):
        output = answers.read(_MOST_OUTPUT)
        if answers.read(1):
            raise GitError("its history is too large to read")
    return output


@contextmanager
def _running(repository: Path, *arguments: str) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Run a git command on our own repository with a timeout; yield its stdin and stdout.

    Raises GitError if it fails or git is not installed.
    """
    try:
        process = subprocess.Popen(
            ["git", *(word for one in _SETTINGS for word in ("-c", one)), *arguments],
            cwd=repository,
            env={
                "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin",
                "GIT_DIR": str(repository),
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": "/dev/null",
                "GIT_NO_LAZY_FETCH": "1",
                "GIT_NO_REPLACE_OBJECTS": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        raise GitError("git is not installed") from None
    assert process.stdin is not None
    assert process.stdout is not None
    timer = threading.Timer(_SECONDS, process.kill)
    timer.start()
    with process:
        try:
            yield process.stdin, process.stdout
            process.stdin.close()
            failed = process.wait() != 0
        except BrokenPipeError:
            failed = True
        finally:
            timer.cancel()
            process.kill()
            with suppress(BrokenPipeError):
                process.stdin.close()
    if failed:
        raise GitError("its history cannot be read")
