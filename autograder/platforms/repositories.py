"""Recognises folders of cloned repositories and finds the commit to grade at the deadline.

There is one repository for each student or team. GitHub Classroom names them like `hw1-adawong`;
GitLab names them by project: the student, or the assignment and the student.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from itertools import chain, islice, takewhile
from pathlib import Path

from autograder.errors import UsageError, WriteError
from autograder.gradebook.policy import Rules, days_late, deadline_of
from autograder.model.submission import Attempt, Student
from autograder.platforms.contents import clones_packed_in, write_entry
from autograder.platforms.git import (
    BARE,
    GIT,
    Clone,
    Commit,
    GitError,
    git_folder,
    is_same_file,
    opened,
)
from autograder.platforms.layouts import Layout, Tree
from autograder.submissions.entries import ENTRY_LIMIT, Found, distinct_ids, is_clutter, size_limit
from autograder.submissions.folder import read_path
from autograder.text import listed

_PARENT = re.compile(r"(?P<assignment>.+?)[-_]submissions(?:[-_].*)?")
"""`hw1-submissions` of `gh classroom clone`, `cs1-hw1_submissions_2026_09_01` of Classroom 50."""
_FIRST_GIT = 1112824800
"""7 April 2005; git did not exist before."""
_DAY = 86400
_AROUND = 6
"""The depth at which a clone is looked for below the folder of a submission."""


def _clones(inside: Tree, folder: str) -> Collection[str]:
    match = _PARENT.fullmatch(folder)
    prefix = match["assignment"] + "-" if match else ""
    folders = {name: below for name, below in inside.items() if below is not None}
    named = [name for name in folders if prefix and name.startswith(prefix) and name != prefix]
    if 2 * len(named) > len(folders):
        return named
    found = cloned(inside)
    return found if len(found) > 1 else ()


def cloned(inside: Tree) -> list[str]:
    """The names of the folders that are clones."""
    folders = [(name, below) for name, below in inside.items() if below is not None]
    return [name for name, below in folders if GIT in below or below.keys() >= BARE]


def repositories(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """One attempt for each clone as it is in the folder, with the time of its last commit.

    The assignment's name is taken from the folder's own name, or else is the words that all names
    start with.
    """
    match = _PARENT.fullmatch(folder.name)
    prefix = match["assignment"] + "-" if match else ""
    if not prefix or not all(name.startswith(prefix) for name in names):
        prefix = _common_words(names)
    users = [name.removeprefix(prefix).removesuffix(GIT) or name for name in names]
    return [
        _timed(
            Attempt(id=name, files=(("", folder / name),), students=(Student(user, (user,)),)),
            folder / name,
        )
        for name, user in zip(names, users, strict=True)
    ]


def _common_words(names: Sequence[str]) -> str:
    """The whole words that all names start with, each with its hyphen."""
    words = zip(*(name.split("-") for name in names), strict=False)
    alike = takewhile(lambda column: len(set(column)) == 1, words)
    return "".join(column[0] + "-" for column in alike) if len(names) > 1 else ""


@dataclass(frozen=True)
class _Split:
    """A hand-in as its clone and the files outside of it, each with its place in the hand-in."""

    name: str
    clone: Path
    outside: tuple[tuple[str, Path], ...]


def _split(attempt: Attempt) -> _Split | None:
    """Find the attempt's clone, perhaps in folders and next to other files.

    None if it has none, or several, which have no common history.
    """
    found, outside = _clones_and_others(attempt)
    if len(found) != 1:
        return None
    ((name, clone),) = found
    return _Split(name if outside else "", clone, outside)


def _has_several(attempt: Attempt) -> bool:
    return len(_clones_and_others(attempt)[0]) > 1


_Placed = tuple[tuple[str, Path], ...]


def _clones_and_others(attempt: Attempt) -> tuple[_Placed, _Placed]:
    """The attempt's clones, and the files outside of them; none if it cannot be read."""
    try:
        places = chain.from_iterable(_places(name, place) for name, place in attempt.files)
        every = tuple(islice(places, ENTRY_LIMIT))
    except OSError:
        return (), ()  # reported when the folder is read for grading
    clones = tuple((name, place) for name, place, is_clone in every if is_clone)
    return clones, tuple((name, place) for name, place, is_clone in every if not is_clone)


def _places(name: str, place: Path, depth: int = _AROUND) -> Iterator[tuple[str, Path, bool]]:
    """The clones at or below `place` and what is outside of them; True for a clone."""
    is_folder = place.is_dir() and not place.is_symlink()
    if is_folder and git_folder(place) is not None:
        yield name, place, True
    elif is_folder and depth:
        for one in sorted(place.iterdir()):
            if not is_clutter(one.name):
                yield from _places(f"{name}/{one.name}".lstrip("/"), one, depth - 1)
    else:
        yield name or place.name, place, False


def with_history(attempts: Iterable[Attempt]) -> tuple[list[Attempt], list[Attempt]]:
    """The attempts that only a history gives a time to, with that of the last commit; the others.

    For downloads and folders that are not clones throughout. Attempts with several clones are among
    the first, without a time, so that `at_deadline` reports them.
    """
    clones: list[Attempt] = []
    others: list[Attempt] = []
    for attempt in attempts:
        is_timed = attempt.time is not None or attempt.late
        split = None if is_timed else _split(attempt)
        if split is not None:
            clones.append(_timed(attempt, split.clone))
        else:
            (others if is_timed or not _has_several(attempt) else clones).append(attempt)
    return clones, others


def require_unpacked(
    clones: Sequence[str],
    platform: str,
    attempts: Iterable[Attempt],
    rules: Rules,
    *,
    checked_out: bool,
) -> tuple[str, ...]:
    """Say whose history is not read, since it is in an archive.

    `clones` are the names of those in the archives that were unpacked. Raises UsageError if there
    are some, and only their history gives a time to the attempts, unless the download is a
    learning platform's.
    """
    timeless = [one for one in attempts if one.time is None and not one.late]
    if rules.deadline is None or checked_out or not timeless:
        return ()
    packed = list(clones)
    if packed and platform in (REPOSITORIES.name, "folder"):
        raise UsageError(
            f"{listed(dict.fromkeys(packed))}: unpack it first: "
            "history in an archive is not read, and the deadline needs it; or use --checked-out"
        )
    for one in timeless:
        packed += [one.id for _, place in one.files if clones_packed_in(place)]
    unread = "graded as it is, since history in an archive is not read; unpack it first"
    return (f"{unread}: {listed(dict.fromkeys(packed))}",) if packed else ()


def _timed(attempt: Attempt, place: Path) -> Attempt:
    """The attempt with the time of the clone's last commit; without one, but with the commit, if
    that time is impossible.
    """
    git = git_folder(place)
    if git is None:
        return attempt
    try:
        with opened(git) as clone:
            last = clone.last_commit()
    except GitError:
        return attempt
    time = _moment(last)
    return replace(attempt, time=time, commit="" if time else last.id)


def _moment(commit: Commit) -> datetime | None:
    """The commit's time; None if it is before git existed or over a day in the future."""
    if not _FIRST_GIT < commit.seconds < time.time() + _DAY:
        return None
    return datetime.fromtimestamp(commit.seconds, timezone.utc)


REPOSITORIES = Layout("classroom repositories", _clones, repositories)


# --- clones at the deadline -------------------------------------------------------------------


@contextmanager
def at_deadline(
    attempts: Sequence[Attempt],
    rules: Rules,
    *,
    others: Sequence[Attempt] = (),
    checked_out: bool = False,
) -> Iterator[tuple[tuple[Attempt, ...], tuple[str, ...]]]:
    """Yield the clones as they were at their students' deadlines, and notes to show.

    The graded commit is the last one that is not late, by the committer's time. If all commits are
    late, it is the checked-out commit, with its lateness. If the best attempt counts, a later
    checked-out commit is an additional attempt. Team members with different deadlines can have
    different commits. A clone is used as it is in the folder if its history cannot be read, if
    `checked_out` is set, or if there is no deadline. A commit with an impossible time is never on
    time; it has no time then, and loses the whole penalty. The `others`, which are next to the
    clones, are yielded as they are. The files exist until the block ends. Raises UsageError if a
    shallow clone lacks the commits that decide.
    """
    if rules.deadline is None or checked_out:
        by_time = any(attempt.time for attempt in attempts)
        yield (
            tuple(sorted((*attempts, *others), key=lambda one: one.id)),
            (f"times are those of the last commits, which are {_OWN_WORD}",) * by_time,
        )
        return
    with tempfile.TemporaryDirectory(prefix="commits-") as scratch:
        search = _AtDeadline(rules, Path(scratch))
        found = sorted(search.attempts(attempts, others), key=lambda one: one.id)
        yield tuple(found), tuple(search.lines())


class _AtDeadline:
    def __init__(self, rules: Rules, scratch: Path) -> None:
        self._rules = rules
        self._scratch = scratch
        self._said: dict[str, list[str]] = {}
        self._count = 0

    def attempts(self, attempts: Sequence[Attempt], others: Sequence[Attempt]) -> Iterator[Attempt]:
        made = list(others)
        wanted: list[tuple[str, ...]] = [(one.id,) for one in others]
        for one in others:
            if one.time is None and not one.late:
                self._say(_NO_HISTORY, one.id)
        for attempt in attempts:
            for number, one in enumerate(self._of_clone(attempt)):
                made.append(one)
                wanted.append((attempt.id,) if number == 0 else (f"{attempt.id}~{number + 1}",))
        # the clones' own ids first, so that added attempts get the modified ids
        order = sorted(range(len(made)), key=lambda place: wanted[place][0] != made[place].id)
        ids = distinct_ids(wanted[place] for place in order)
        for place, id in zip(order, ids, strict=True):
            yield replace(made[place], id=id)
        if shallow := self._said.get(_SHALLOW):
            raise UsageError(
                f"{listed(dict.fromkeys(shallow))}: the last commit is late, and earlier ones are "
                "missing from the clone; run `git fetch --unshallow` in it, or use --checked-out"
            )

    def lines(self) -> Iterator[str]:
        """One line for each kind of note."""
        for what, ids in self._said.items():
            yield f"{what}: {listed(dict.fromkeys(ids))}" if ids[0] else what

    def _say(self, what: str, id: str) -> None:
        self._said.setdefault(what, []).append(id)

    def _of_clone(self, attempt: Attempt) -> list[Attempt]:
        split = _split(attempt)
        git = None if split is None else git_folder(split.clone)
        if split is None or git is None:
            self._say(_SEVERAL if _has_several(attempt) else _NO_HISTORY, attempt.id)
            return [attempt]
        try:
            with opened(git) as clone:
                return self._by_commit(attempt, clone, split, is_bare=git == split.clone)
        except GitError as error:
            self._say(f"graded as it is in the folder, since {error}", attempt.id)
            return [attempt]
        except OSError as error:
            raise WriteError(self._scratch, error, "make room there") from None

    def _by_commit(
        self, attempt: Attempt, clone: Clone, split: _Split, *, is_bare: bool
    ) -> list[Attempt]:
        commits = clone.commits()
        head = commits[0]
        known = [(moment, commit) for commit in commits if (moment := _moment(commit))]
        if len(known) < len(commits):
            self._say("with commits from the future, or from before git existed", attempt.id)
        students: dict[str, list[Student]] = {}
        for student in attempt.students:
            deadline, _ = deadline_of(student, self._rules)
            on_time = [
                (moment, commit)
                for moment, commit in known
                if not days_late(replace(attempt, time=moment, late=False), deadline)
            ]
            # of commits with equal times, max returns the first, which is the latest child
            chosen = max(on_time, key=lambda one: one[0], default=(None, None))[1]
            if chosen is None:
                what = _ALL_LATE if _moment(head) else _IMPOSSIBLE
                self._say(_SHALLOW if clone.is_shallow else what, attempt.id)
            students.setdefault((chosen or head).id, []).append(student)
        # a commit is later than its parents, whatever its date; an impossible one is no time at all
        latest = max(moment for moment, _ in known) if _moment(head) else None
        times = {commit.id: moment for moment, commit in known} | {head.id: latest}
        found = [
            self._at(attempt, clone, split, commit, times[commit], people)
            for commit, people in students.items()
        ]
        if self._rules.attempts == "best" and head.id not in students:
            people = list(attempt.students)
            found.append(self._at(attempt, clone, split, head.id, latest, people))
        if not is_bare and self._differs(clone, split.clone):
            self._say("not graded, as they are in no commit: changes in the folder of", attempt.id)
        self._say(f"graded at the last commit before the deadline; times are {_OWN_WORD}", "")
        return found

    def _at(
        self,
        attempt: Attempt,
        clone: Clone,
        split: _Split,
        commit: str,
        moment: datetime | None,
        students: Sequence[Student],
    ) -> Attempt:
        self._count += 1
        folder = self._scratch / str(self._count) / split.clone.name
        folder.mkdir(parents=True)
        for entry in clone.files(commit):
            try:
                if not write_entry(entry, folder) and entry.place:
                    with suppress(OSError):  # left out without a note if links are not supported
                        (folder / entry.place).symlink_to("nowhere")
            except (FileExistsError, NotADirectoryError, IsADirectoryError):
                raise GitError("a file in it has the place of another") from None
        return replace(
            attempt,
            files=((split.name, folder), *split.outside),
            students=tuple(students),
            time=moment,
            commit=commit,
        )

    def _differs(self, clone: Clone, place: Path) -> bool:
        """Whether code in the folder differs from the checked-out commit."""
        committed = clone.names(clone.head)
        wanted = {name for name in committed if size_limit(name) is not None}
        with suppress(OSError):
            for entry in read_path(place):
                if isinstance(entry, Found) and size_limit(entry.place) is not None:
                    if not is_same_file(entry.content, committed.get(entry.place, "")):
                        return True
                    wanted.discard(entry.place)
        return bool(wanted)


_ALL_LATE = "no commit before the deadline: the last one is graded, with its late penalty"
_IMPOSSIBLE = (
    "no commit before the deadline: the last one is graded; its time is impossible, so it gets "
    "the largest late penalty"
)
_NO_HISTORY = "graded as it is in the folder, since it has no git history"
_SEVERAL = "graded as it is in the folder, since it has several git histories; keep one clone in it"
_SHALLOW = "shallow"
_OWN_WORD = "what the students' computers wrote"
