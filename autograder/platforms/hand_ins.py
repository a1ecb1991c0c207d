"""Finds all submissions of a class, whichever platform they come from.

Whether a path is one submission or many is decided by its contents: names of a platform's download,
or the same part of the course in several places. If that is not conclusive, the user is asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.errors import UsageError
from autograder.fixed_names import GRADEBOOK, RESULTS
from autograder.model.submission import Attempt, Student
from autograder.platforms.contents import (
    CODE,
    ZIP,
    Work,
    archive_tree,
    clones_packed_in,
    folder_tree,
    is_unpacked,
    repeated,
    unpacked,
)
from autograder.platforms.git import git_folder
from autograder.platforms.gradescope import GRADESCOPE
from autograder.platforms.layouts import LAYOUTS, Layout, Tree, other_brightspace
from autograder.platforms.repositories import REPOSITORIES, cloned, repositories
from autograder.submissions.entries import (
    distinct_ids,
    ending,
    is_archive,
    notes,
    safe_id,
    without_part,
)
from autograder.submissions.folder import (
    find_submissions,
    is_hand_in,
    is_one_submission,
    visible_names,
)
from autograder.text import listed, printable

PLATFORMS: Mapping[str, Layout] = {
    **{layout.name.casefold(): layout for layout in (GRADESCOPE, *LAYOUTS)},
    "repositories": REPOSITORIES,
}
"""By the value of `--from`, in the order in which they are tried."""
ONE, CLASS, FOLDER = "one", "class", "folder"
"""What the user may say a path is, in addition to the keys of PLATFORMS."""

_ATTEMPT = re.compile(r"(?P<student>.+?)[ _-]*attempt[ _-]*(?P<number>[0-9]{1,9})", re.IGNORECASE)
_TEXTS = (".txt", ".pdf", ".doc", ".docx", ".odt", ".rtf", ".html", ".pages", ".md")
"""Endings of files that a student may have submitted instead of code."""


@dataclass(frozen=True)
class HandIns:
    """The submissions found, and their source."""

    platform: str
    """A platform's name, or `folder`."""
    attempts: tuple[Attempt, ...]
    """Sorted by id."""
    notes: tuple[str, ...] = ()
    """What was left out or may have been misinterpreted; safe to show."""
    packed_clones: tuple[str, ...] = ()
    """Folders with git history in the archives that were unpacked; that history is not read."""


@contextmanager
def hand_ins(
    path: Path,
    parts: Iterable[str] = (),
    graded: Path | None = None,
    *,
    exercises: Iterable[str] = (),
    said: str | None = None,
) -> Iterator[HandIns]:
    """The submissions at `path`: a platform's download, packed or not, a plain folder, or just one.

    The files can be read until the block ends. `parts` and `exercises` are the course's names; the
    folder `graded`, which results are written to, is not a submission. `said` is what the user says
    `path` is: ONE, CLASS, FOLDER, or a key of PLATFORMS. Raises UsageError if there is no
    submission, or if it is unclear whether there is one or many.
    """
    with ExitStack() as stack:
        own = tuple(parts)
        work = Work(own, tuple(exercises))
        search = _Search(path, own, work, graded, said, stack)
        found = search.found()
        yield replace(found, packed_clones=tuple(search.packed_clones))


@dataclass
class _Search:
    _path: Path
    _parts: tuple[str, ...]
    _work: Work
    _graded: Path | None
    _said: str | None
    _stack: ExitStack
    packed_clones: list[str] = field(default_factory=list)

    @property
    def _shown(self) -> str:
        return printable(str(self._path))

    def found(self) -> HandIns:
        path = self._path
        if visible_names(path) is not None:
            whole = path.resolve()
            many = None if self._said == ONE else self._look(whole, packed=False)
            if many is None and git_folder(whole) is not None:
                return _sorted(REPOSITORIES.name, repositories(whole.parent, [whole.name]), ())
            return many or _plain([(safe_id(whole.name), whole)])
        one = _plain(find_submissions(path))
        if self._said == ONE or not is_archive(path.name):
            return one
        many, unread = self._look_into(path.resolve())
        if many is None and self._said not in (None, FOLDER):
            raise UsageError(f"{self._shown}: holds no class; name the download, or use --one")
        return replace(many or one, notes=(*unread, *(many.notes if many else ())))

    def _look(self, folder: Path, *, packed: bool) -> HandIns | None:
        """The submissions in `folder`; None if the folder is a single submission."""
        names = visible_names(folder, self._graded) or []
        inside = {name: folder_tree(folder / name) for name in names}
        layout, fitting = self._platform(inside, folder.name)
        if layout is not None:
            return self._from_platform(layout, folder, inside, fitting)
        if self._said == "repositories" and (alone := cloned(inside)):
            return self._from_platform(REPOSITORIES, folder, inside, alone)
        if self._said is None and (foreign := other_brightspace(inside)):
            raise UsageError(
                f"{self._shown}: {listed(foreign[:1])} is named as Brightspace does, but its time "
                "is not in English; set your account there to English and download again, or use "
                "--from folder, without times"
            )
        direct = is_one_submission(names, self._parts)
        if direct and self._said is None:
            several = self._work.in_several(folder, [n for n in inside if inside[n] is not None])
            if several:
                raise UsageError(
                    f"{self._shown}: has {several}, and also a file of a part: this may be one "
                    "submission or a class; use --one or --class"
                )
        if direct and (self._said != CLASS or not any(below for below in inside.values())):
            return None
        tops = [name for name in names if _is_hand_in(name, inside)]
        results = [name for name in tops if {GRADEBOOK, RESULTS} <= (inside[name] or {}).keys()]
        tops = [name for name in tops if name not in results]
        if results and not tops:
            raise UsageError(
                f"{self._shown}: {listed(results)} holds the results of a run; found no submission"
            )
        if not tops and not packed:
            find_submissions(folder if folder != self._path.resolve() else self._path)  # raises
        if len(tops) == 1 and is_archive(tops[0]) and self._said != FOLDER:
            many, said = self._look_into(folder / tops[0])
            if many is not None:
                return replace(many, notes=(*said, *many.notes))
        copies = [
            name
            for name in tops
            if inside[name] is None
            and ending(name) == ZIP
            and is_unpacked(folder / name, self._unpacked_places(folder, name, tops, inside))
        ]
        tops = [
            name
            for name in tops
            if name not in copies and not (direct and is_one_submission([name], self._parts))
        ]
        said = [f"{listed(copies)}: not graded, since it is also there unpacked"] if copies else []
        if results:
            said.append(f"{listed(results)}: not graded, since it holds the results of another run")
        known = {name: self._class_in(folder / name, inside[name]) for name in tops}
        classes = [name for name in tops if self._said != FOLDER and known[name][0]]
        others = [name for name in tops if name not in classes]
        is_stray = all(known[name][1] for name in classes) or all(
            inside[name] is None and ending(name) in CODE for name in others
        )
        held = sum(known[name][0] for name in classes)
        if classes and (len(classes) > len(others) or (is_stray and held > max(2, len(others)))):
            sections = [name for name in classes if not known[name][1]]
            scripts = {
                name: self._work.scripts_of_many(folder / name, inside[name]) for name in sections
            }
            self._say_loose({name: own for name, own in scripts.items() if own}, said)
            return self._union(folder, classes, inside, others, said)
        if self._said in PLATFORMS:
            raise UsageError(
                f"{self._shown}: no name in it looks like a download from "
                f"{PLATFORMS[str(self._said)].name}; use another --from, or none"
            )
        folders = [name for name in tops if inside[name] is not None]
        if self._said is None and folders and all(map(self._work.is_nobody, folders)):
            return None
        several = self._work.in_several(folder, tops)
        if packed and not several and self._said is None:
            return None
        if packed and self._said is None:
            said.append(
                f"{self._shown}: graded as a class, since it has {several}; if it is one "
                "submission, use --one"
            )
        if not several and self._said is None and self._share_nothing(folder, tops):
            raise UsageError(
                f"{self._shown}: what {listed(tops)} hold has nothing in common: this may be one "
                "submission or a class; use --one or --class"
            )
        loose = [name for name in tops if inside[name] is None and ending(name) in CODE]
        loose = loose if 2 * len(loose) < len(folders) else []
        loose += filter(self._work.is_nobody, folders)
        if loose:
            said.append(
                f"{listed(loose)}: graded as a submission; move it away if it is not one"
                if len(loose) == 1
                else f"{listed(loose)}: graded as submissions; move away those that are not"
            )
        owners = {self._work.owner(name) for name in tops}
        others = [
            name
            for name in inside
            if ending(name) in _TEXTS
            and inside[name] is None
            and self._work.owner(name) not in owners
        ]
        if others:
            said.append(f"{listed(others)}: not graded, since it is not code")
        found = [(id, at) for id, at in find_submissions(folder) if at.name in tops]
        return replace(self._with_files_of_one(_plain(found)), notes=tuple(said))

    def _look_into(self, archive: Path) -> tuple[HandIns | None, list[str]]:
        """The submissions in an archive, None if it is a single one, and notes on what is not read.

        The notes of the submissions themselves are not among these.
        """
        folder, left_out = self._stack.enter_context(unpacked(archive))
        many = self._look(folder, packed=True)
        return many, [*notes(left_out), *self._without_files(archive, folder)]

    def _without_files(self, archive: Path, folder: Path) -> list[str]:
        """Say which clones in the archive, unpacked in `folder`, have nothing but their history."""
        clones = clones_packed_in(archive)
        self.packed_clones += [name or archive.name for name in clones]
        lost = [name for name in clones if ".." not in name and not (folder / name).exists()]
        return (
            [f"{listed(lost)}: not graded, since it has only git history and no files"]
            if lost
            else []
        )

    def _with_files_of_one(self, found: HandIns) -> HandIns:
        """Join files that differ only in the part or the ending into one submission."""
        files: dict[str, list[Attempt]] = {}
        for attempt in found.attempts:
            ((_, place),) = attempt.files
            is_file = not place.is_dir() and ending(place.name) in CODE
            is_attempt = _ATTEMPT.fullmatch(attempt.id)
            owner = without_part(attempt.id, self._parts) if is_file and not is_attempt else ""
            if owner:  # the part is not in the student's name; the id is unchanged
                attempt = replace(attempt, students=(Student(owner, (owner,)),))
            key = self._work.owner(place.name) if is_file else str(place)
            files.setdefault(key, []).append(attempt)
        together = [own for own in files.values() if len(own) > 1]
        attempts = [own[0] for own in files.values() if len(own) == 1]
        for own in together:
            places = [place for one in own for _, place in one.files]
            first = min(places, key=lambda place: len(place.name))
            id = safe_id(without_part(first.name[: -len(ending(first.name))], self._parts))
            files_of_one = tuple((place.name, place) for place in places)
            attempts.append(Attempt(id=id, files=files_of_one, students=(Student(id, (id,)),)))
        return _sorted(FOLDER, attempts, ())

    def _platform(self, inside: Tree, folder: str) -> tuple[Layout | None, Sequence[str]]:
        """The platform that most of the names match, and those names."""
        if self._said == FOLDER:
            return None, ()
        if self._said in PLATFORMS:
            layout = PLATFORMS[str(self._said)]
            fitting = sorted(layout.fitting(inside, folder))
            return (layout, fitting) if fitting else (None, ())
        for layout in PLATFORMS.values():
            fitting = sorted(layout.fitting(inside, folder))
            others = [n for n in inside if n not in fitting and _is_hand_in(n, inside)]
            if len(fitting) > len(others):
                return layout, fitting
        return None, ()

    def _from_platform(
        self, layout: Layout, folder: Path, inside: Tree, fitting: Sequence[str]
    ) -> HandIns:
        attempts = [one for one in layout.attempts(folder, fitting) if one.files or one.students]
        known = {place.relative_to(folder).parts[0] for one in attempts for _, place in one.files}
        stray = [
            name
            for name in inside
            if name not in known
            and _is_hand_in(name, inside)
            and (name not in fitting or inside[name] is not None)
        ]
        said = [f"{listed(stray)}: not graded, since it is not a submission from {layout.name}"]
        return _sorted(layout.name, attempts, said if stray else said[1:])

    def _class_in(self, place: Path, below: Tree | None) -> tuple[int, bool]:
        """How many submissions a folder or archive seems to hold, if it is itself a class, else 0.

        Also whether its names are those of a download; it may be a section instead.
        """
        if below is None and is_archive(place.name):
            below = archive_tree(place)
            self._work.unpack(place, below or {})
        if not below or place.is_symlink():
            return 0, False
        if fitting := self._platform(below, place.name)[1]:
            return len(fitting), True
        if is_one_submission(below, self._parts):
            return 0, False
        if len(below) == 1:  # a single folder around the contents
            (name,) = below
            return self._class_in(place / name, below[name])
        inner = [name for name in below if below[name] is not None or is_archive(name)]
        if not inner:
            return len(self._work.scripts_of_many(place, below)), False
        if len(inner) < 2 or all(map(self._work.is_nobody, inner)):
            return 0, False
        several = repeated(self._work.held(place / name, below[name], name) for name in inner)
        return (len(inner) if several else 0), False

    def _say_loose(self, loose: Mapping[str, list[str]], said: list[str]) -> None:
        """Say which folders are taken for those of several students because of their scripts.

        Raises UsageError if it is a single one, which may be one student's.
        """
        if not loose or self._said is not None:
            return
        if len(loose) == 1:
            ((name, scripts),) = loose.items()
            raise UsageError(
                f"{self._shown}: {listed(scripts)} in {printable(name)} write the same exercise: "
                "this may be one submission or a class; use --one or --class"
            )
        said.append(
            f"{listed(list(loose))}: each script in them graded as a submission, since several "
            "write the same exercise; if each folder is one student's, use --from folder"
        )

    def _union(
        self,
        folder: Path,
        classes: Sequence[str],
        inside: Tree,
        others: Sequence[str],
        said: list[str],
    ) -> HandIns:
        """The submissions of several downloads or sections, or of one in a subfolder."""
        downloads: list[HandIns] = []
        for name in classes:
            if inside[name] is None:
                many, unread = self._look_into(folder / name)
                said += unread
            else:
                many = self._look(folder / name, packed=False)
            assert many is not None
            downloads.append(many)
        if others:
            said.append(f"{listed(others)}: not graded, since it is next to a whole class")
        attempts = self._joined(classes, downloads)
        platforms = dict.fromkeys(download.platform for download in downloads)
        said += [note for download in downloads for note in download.notes]
        return _sorted(" and ".join(platforms), attempts, said)

    def _joined(self, names: Sequence[str], downloads: Sequence[HandIns]) -> list[Attempt]:
        """All attempts; two of one student are joined into one unless both have a time.

        Raises UsageError if they would be joined but contain the same part.
        """
        joined: dict[object, Attempt] = {}
        every: list[Attempt] = []
        again: list[str] = []
        for download in downloads:
            mine: dict[object, Attempt] = {}
            for attempt in download.attempts:
                who = attempt.students or attempt.id
                before = joined.get(who)
                if before is None or (before.time and attempt.time):
                    every.append(attempt)
                elif self._parts_of(before) & self._parts_of(attempt):
                    again.append(attempt.id)
                else:
                    times = [time for time in (before.time, attempt.time) if time]
                    both = replace(
                        before,
                        files=(*before.files, *attempt.files),
                        time=max(times, default=None),
                        late=before.late or attempt.late,
                    )
                    every[every.index(before)] = both
                    attempt = both
                mine[who] = attempt
            joined |= mine
        if again:
            raise UsageError(
                f"{self._shown}: {listed(names)} hold the same part of "
                f"{listed(list(dict.fromkeys(again)))}, and none says which is later; grade one of "
                "them at a time, or use --from folder if each of them is a student"
            )
        return every

    def _parts_of(self, attempt: Attempt) -> set[str]:
        found: set[str] = set()
        for name, place in attempt.files:
            found |= self._work.held(place, folder_tree(place), name or place.name)
        return found

    def _unpacked_places(
        self, folder: Path, name: str, tops: Collection[str], inside: Mapping[str, Tree | None]
    ) -> list[Path]:
        """The folders that may be an unpacked copy of the archive `name`.

        One student's archive may equal another student's folder, as with untouched stubs, so the
        archive of one submission is a copy only of the folder with its own name. The archive of a
        class may also be unpacked in place or, if it has several entries, in a folder of any name.
        """
        own = [folder / name[: len(name) - len(ending(name))]]
        held = archive_tree(folder / name) or {}
        if is_one_submission(list(held), self._parts):
            return own
        several = len(held) > 1
        return [*own, folder, *(folder / n for n in tops if several and inside[n])]

    def _share_nothing(self, folder: Path, tops: Sequence[str]) -> bool:
        """Whether most of `tops` contain a part or an exercise.

        Called when none of these is in two of them, which does not happen in a class.
        """
        held = [one for one in (self._work.held_by(folder, name) for name in tops) if one]
        return len(held) > 1 and 2 * len(held) > len(tops)


def _plain(found: Iterable[tuple[str, Path]]) -> HandIns:
    attempts = []
    for id, place in found:
        match = _ATTEMPT.fullmatch(id)
        student = match["student"] if match else id
        attempts.append(
            Attempt(
                id=id,
                files=(("", place),),
                students=(Student(student, (student,)),),
                number=int(match["number"]) if match else 0,
            )
        )
    return HandIns(FOLDER, tuple(attempts))


def _sorted(platform: str, attempts: Sequence[Attempt], said: Iterable[str]) -> HandIns:
    ids = distinct_ids((attempt.id,) for attempt in attempts)
    own = [replace(attempt, id=id) for attempt, id in zip(attempts, ids, strict=True)]
    return HandIns(platform, tuple(sorted(own, key=lambda attempt: attempt.id)), tuple(said))


def _is_hand_in(name: str, inside: Tree) -> bool:
    return inside[name] is not None or is_hand_in(name)
