"""Finds all submissions of a class, whichever platform they come from.

Whether a path is one submission or many is decided by its contents: names of a platform's download,
or the same part of the course in several places. If that is not conclusive, the user is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from autograder.errors import UsageError
from autograder.model.submission import Attempt, Student
from autograder.platforms.contents import (
    CODE,
    ZIP,
    Folder,
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
from autograder.platforms.plain_names import numbered, with_attempts
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


class _Class(NamedTuple):
    """What a folder or an archive holds, if it is itself a class."""

    size: int
    """About how many submissions; 0 if it is not a class."""
    is_download: bool = False
    """Whether its names are those of a download; it may be a section instead."""


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

    def _look(self, path: Path, *, packed: bool) -> HandIns | None:
        """The submissions in the folder at `path`; None if the folder is a single submission."""
        names = visible_names(path, self._graded) or []
        folder = Folder(path, {name: folder_tree(path / name) for name in names}, packed)
        layout, fitting = self._platform(folder)
        if layout is not None:
            return self._from_platform(layout, folder, fitting)
        if self._said == "repositories" and (alone := cloned(folder.inside)):
            return self._from_platform(REPOSITORIES, folder, alone)
        if self._said is None and (foreign := other_brightspace(folder.inside)):
            raise UsageError(
                f"{self._shown}: {listed(foreign[:1])} is named as Brightspace does, but its time "
                "is not in English; set your account there to English and download again, or use "
                "--from folder, without times"
            )
        if is_one_submission(names, self._parts) and self._is_one(folder):
            return None
        self._require_some(folder)
        tops = folder.hand_ins
        if len(tops) == 1 and is_archive(tops[0]) and self._said != FOLDER:
            many, unread = self._look_into(path / tops[0])
            if many is not None:
                return replace(many, notes=(*unread, *many.notes))
        tops = self._without_copies(folder)
        return self._of_classes(folder, tops) or self._of_people(folder, tops)

    def _is_one(self, folder: Folder) -> bool:
        """Whether a folder with a file of a part is one submission, not a class around the file."""
        if self._said is None and (several := self._work.in_several(folder.path, folder.folders)):
            raise self._unclear(f"has {several}, and also a file of a part")
        numbered = self._work.numbered(folder.inside)
        if numbered and self._said is None:
            raise self._unclear(f"{listed(numbered)} are the same part")
        return self._said != CLASS or not (numbered or any(folder.inside.values()))

    def _unclear(self, why: str) -> UsageError:
        return UsageError(
            f"{self._shown}: {why}: this may be one submission or a class; use --one or --class"
        )

    def _require_some(self, folder: Folder) -> None:
        """Raise UsageError if nothing in the folder may be a submission."""
        if folder.hand_ins:
            return
        if folder.results:
            raise UsageError(
                f"{self._shown}: {listed(folder.results)} holds the results of a run; "
                "found no submission"
            )
        if not folder.packed:
            is_named = folder.path == self._path.resolve()
            find_submissions(self._path if is_named else folder.path)  # raises

    def _without_copies(self, folder: Folder) -> list[str]:
        """What may be a submission, except files of a part and archives that are there unpacked."""
        copies = [
            name
            for name in folder.hand_ins
            if folder.is_file(name, (ZIP,))
            and is_unpacked(folder.path / name, self._unpacked_places(folder, name))
        ]
        if copies:
            folder.notes.append(f"{listed(copies)}: not graded, since it is also there unpacked")
        if folder.results:
            folder.notes.append(
                f"{listed(folder.results)}: not graded, since it holds the results of another run"
            )
        numbered = self._work.numbered(folder.inside)
        return [
            name
            for name in folder.hand_ins
            if name not in copies
            and (name in numbered or not is_one_submission([name], self._parts))
        ]

    def _of_classes(self, folder: Folder, tops: Sequence[str]) -> HandIns | None:
        """The submissions of the sections or downloads in the folder; None if these are few."""
        if self._said == FOLDER:
            return None
        held = {name: self._class_in(folder.path / name, folder.inside[name]) for name in tops}
        classes = [name for name in tops if held[name].size]
        others = [name for name in tops if name not in classes]
        is_stray = all(held[name].is_download for name in classes) or all(
            folder.is_file(name, CODE) for name in others
        )
        size = sum(held[name].size for name in classes)
        most = len(classes) > len(others) or (is_stray and size > max(2, len(others)))
        if not classes or not most:
            return None
        loose = {
            name: scripts
            for name in classes
            if not held[name].is_download
            and (scripts := self._work.scripts_of_many(folder.path / name, folder.inside[name]))
        }
        if loose and self._said is None:
            folder.notes.append(self._say_loose(loose))
        return self._union(folder, classes, others)

    def _of_people(self, folder: Folder, tops: Sequence[str]) -> HandIns | None:
        """The submissions `tops`, each of one person; None if together they are one submission."""
        if self._said in PLATFORMS:
            raise UsageError(
                f"{self._shown}: no name in it looks like a download from "
                f"{PLATFORMS[str(self._said)].name}; use another --from, or none"
            )
        if self._said is None:
            if folder.folders and all(map(self._work.is_nobody, folder.folders)):
                return None
            several = self._work.in_several(folder.path, tops)
            if folder.packed and not several:
                return None
            if folder.packed:
                folder.notes.append(
                    f"{self._shown}: graded as a class, since it has {several}; if it is one "
                    "submission, use --one"
                )
            elif not several and self._share_nothing(folder, tops):
                raise self._unclear(f"what {listed(tops)} hold has nothing in common")
        found = [(id, at) for id, at in find_submissions(folder.path) if at.name in tops]
        folder.notes += self._notes_on_names(folder, tops)
        attempts, said = with_attempts(self._with_files_of_one(_plain(found)))
        return _sorted(FOLDER, attempts, [*folder.notes, *said])

    def _notes_on_names(self, folder: Folder, tops: Sequence[str]) -> Iterator[str]:
        """Say which of `tops` may not be submissions, and which files were left out."""
        scripts = [name for name in tops if folder.is_file(name, CODE)]
        loose = scripts if 2 * len(scripts) < len(folder.folders) else []
        loose += filter(self._work.is_nobody, folder.folders)
        if len(loose) == 1:
            yield f"{listed(loose)}: graded as a submission; move it away if it is not one"
        elif loose:
            yield f"{listed(loose)}: graded as submissions; move away those that are not"
        owners = {self._work.owner(name) for name in tops}
        texts = [
            name
            for name in folder.inside
            if folder.is_file(name, _TEXTS) and self._work.owner(name) not in owners
        ]
        if texts:
            yield f"{listed(texts)}: not graded, since it is not code"

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

    def _with_files_of_one(self, found: HandIns) -> list[Attempt]:
        """Join files that differ only in the part or the ending into one submission."""
        files: dict[str, list[Attempt]] = {}
        for attempt in found.attempts:
            ((_, place),) = attempt.files
            is_file = not place.is_dir() and ending(place.name) in CODE
            if is_file:  # the part is not in the student's name; the id is unchanged
                owner = without_part(attempt.id, self._parts)
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
        return attempts

    def _platform(self, folder: Folder) -> tuple[Layout | None, Sequence[str]]:
        """The platform that most of the names match, and those names."""
        if self._said == FOLDER:
            return None, ()
        if self._said in PLATFORMS:
            layout = PLATFORMS[str(self._said)]
            fitting = sorted(layout.fitting(folder.inside, folder.path.name))
            return (layout, fitting) if fitting else (None, ())
        for layout in PLATFORMS.values():
            fitting = sorted(layout.fitting(folder.inside, folder.path.name))
            if len(fitting) > len(set(folder.hand_ins).difference(fitting)):
                return layout, fitting
        return None, ()

    def _from_platform(self, layout: Layout, folder: Folder, fitting: Sequence[str]) -> HandIns:
        attempts = [
            one for one in layout.attempts(folder.path, fitting) if one.files or one.students
        ]
        places = [place.relative_to(folder.path) for one in attempts for _, place in one.files]
        known = {place.parts[0] for place in places}
        stray = [
            name
            for name in folder.hand_ins
            if name not in known and (name not in fitting or folder.inside[name] is not None)
        ]
        said = [f"{listed(stray)}: not graded, since it is not a submission from {layout.name}"]
        return _sorted(layout.name, attempts, said if stray else [])

    def _class_in(self, place: Path, below: Tree | None) -> _Class:
        """What a folder or archive holds, judged by names and by what is in several files."""
        if below is None and is_archive(place.name):
            below = archive_tree(place)
            self._work.unpack(place, below or {})
        if not below or place.is_symlink():
            return _Class(0)
        if fitting := self._platform(Folder(place, below))[1]:
            return _Class(len(fitting), is_download=True)
        if is_one_submission(below, self._parts):
            return _Class(len(self._work.numbered(below)))
        around = Folder(place, below).hand_ins
        if len(around) == 1:  # a single folder around the contents, perhaps next to a list
            return self._class_in(place / around[0], below[around[0]])
        inner = [name for name in below if below[name] is not None or is_archive(name)]
        if not inner:
            return _Class(len(self._work.scripts_of_many(place, below)))
        if len(inner) < 2 or all(map(self._work.is_nobody, inner)):
            return _Class(0)
        several = repeated(self._work.held(place / name, below[name], name) for name in inner)
        return _Class(len(inner) if several else 0)

    def _say_loose(self, loose: Mapping[str, list[str]]) -> str:
        """Say which folders are taken for those of several students because of their scripts.

        Raises UsageError if it is a single one, which may be one student's.
        """
        if len(loose) == 1:
            ((name, scripts),) = loose.items()
            raise self._unclear(f"{listed(scripts)} in {printable(name)} write the same exercise")
        return (
            f"{listed(list(loose))}: each script in them graded as a submission, since several "
            "write the same exercise; if each folder is one student's, use --from folder"
        )

    def _union(self, folder: Folder, classes: Sequence[str], others: Sequence[str]) -> HandIns:
        """The submissions of several downloads or sections, or of one in a subfolder."""
        said = folder.notes
        downloads: list[HandIns] = []
        for name in classes:
            if folder.inside[name] is None:
                many, unread = self._look_into(folder.path / name)
                said += unread
            else:
                many = self._look(folder.path / name, packed=False)
            one = [(safe_id(name), folder.path / name)]
            downloads.append(many or _plain(one))
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
        joined: dict[object, int] = {}
        every: list[Attempt] = []
        again: list[str] = []
        for download in downloads:
            mine: dict[object, int] = {}
            for attempt in download.attempts:
                who = attempt.students or attempt.id
                at = joined.get(who, len(every))
                before = every[at] if who in joined else None
                if before is None or (before.time and attempt.time):
                    at = len(every)
                    every.append(attempt)
                elif self._parts_of(before) & self._parts_of(attempt):
                    again.append(attempt.id)
                else:
                    times = [time for time in (before.time, attempt.time) if time]
                    every[at] = replace(
                        before,
                        files=(*before.files, *attempt.files),
                        time=max(times, default=None),
                        late=before.late or attempt.late,
                    )
                mine[who] = at
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

    def _unpacked_places(self, folder: Folder, name: str) -> list[Path]:
        """The folders that may be an unpacked copy of the archive `name`.

        One student's archive may equal another student's folder, as with untouched stubs, so the
        archive of one submission is a copy only of the folder with its own name. The archive of a
        class may also be unpacked in place or, if it has several entries, in a folder of any name.
        """
        own = [folder.path / name[: len(name) - len(ending(name))]]
        held = archive_tree(folder.path / name) or {}
        if is_one_submission(list(held), self._parts):
            return own
        any_name = [folder.path / top for top in folder.hand_ins if folder.inside[top]]
        return [*own, folder.path, *(any_name if len(held) > 1 else [])]

    def _share_nothing(self, folder: Folder, tops: Sequence[str]) -> bool:
        """Whether most of `tops` contain a part or an exercise.

        Called when none of these is in two of them, which does not happen in a class.
        """
        held = [one for one in (self._work.held_by(folder.path, name) for name in tops) if one]
        return len(held) > 1 and 2 * len(held) > len(tops)


def _plain(found: Iterable[tuple[str, Path]]) -> HandIns:
    attempts = (Attempt(id, (("", place),), (Student(id, (id,)),)) for id, place in found)
    return HandIns(FOLDER, tuple(map(numbered, attempts)))


def _sorted(platform: str, attempts: Sequence[Attempt], said: Iterable[str]) -> HandIns:
    ids = distinct_ids((attempt.id,) for attempt in attempts)
    own = [replace(attempt, id=id) for attempt, id in zip(attempts, ids, strict=True)]
    return HandIns(platform, tuple(sorted(own, key=lambda attempt: attempt.id)), tuple(said))
