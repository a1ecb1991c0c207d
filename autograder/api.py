"""Grades a class: the function behind `autograder grade`, without a terminal."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.answer_key.assignment import LEVELS, Assignment
from autograder.errors import UsageError
from autograder.fixed_names import GRADEBOOK
from autograder.model.course import Course
from autograder.model.report import Isolation, Report
from autograder.model.submission import Attempt, Student
from autograder.submissions.read import read_support
from autograder.text import listed, number_of

if TYPE_CHECKING:
    from autograder.batch.schedule import Pool
    from autograder.gradebook.marks import FinalMark
    from autograder.platforms.enrolment import Enrolment
    from autograder.platforms.hand_ins import HandIns

OnReport = Callable[[Report, bool], None]
Watch = Callable[[int], AbstractContextManager[OnReport]]
"""Called with the number of submissions. Returns a context manager, which yields the callback for
each report; the callback also gets a flag: True for a new report, False for a kept one."""


@dataclass(frozen=True, eq=False)
class GradedClass:
    """The result of `grade`. The files in `folder` hold the same and more."""

    folder: Path
    platform: str
    """Where the submissions come from: `Canvas`, …, or `folder`."""
    attempts: tuple[Attempt, ...]
    marks: tuple[FinalMark, ...]
    """One for each student, including students on the roster who submitted nothing."""
    marks_before: tuple[FinalMark, ...]
    """The marks of the previous run."""
    strangers: tuple[Student, ...]
    """Students who submitted but are not on the roster; empty without a roster."""
    isolation: Isolation
    notes: tuple[str, ...]
    """Notes on all submissions together, such as files that could not be unpacked; safe to show."""

    def reports(self) -> Iterator[Report]:
        """Yield the report of each submission that counts, sorted by id, reading one at a time."""
        from autograder.gradebook.gradebook import Gradebook

        with Gradebook(self.folder, must_exist=True) as gradebook:
            yield from gradebook.reports()


def grade(
    course: Course,
    submissions: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    roster: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None = None,
    earlier: Sequence[str | os.PathLike[str]] = (),
    workers: int = 1,
    scheduler: str | None = None,
    least_level: str = LEVELS[0],
    again: bool = False,
    pages: bool = True,
    layout: str | None = None,
    checked_out: bool = False,
    watch: Watch = lambda total: nullcontext(lambda report, fresh: None),
) -> GradedClass:
    """Grade the submissions at `submissions` on all test groups and write the results into `out`.

    - `submissions`: a folder of submissions, a platform's download (zipped or not), or a single
      submission.
    - `out`: the graded folder. Results of an earlier run are kept if nothing has changed.
    - `roster`: a CSV file that lists all students, or several files, one for each section.
    - `earlier`: graded folders of earlier assignments; free days spent there count.
    - `workers`: the number of processes that grade. With more than one, a script needs the usual
      `if __name__ == "__main__"`; with one, the sandbox belongs to the calling process.
    - `scheduler`: the address of a Dask cluster whose workers grade instead.
    - `least_level`: `process`, `partial` or `full`. Students' code is not run under less
      isolation.
    - `again`: regrade everything.
    - `pages`: also write the HTML pages.
    - `layout`: what `submissions` is, if known: `one` submission, a `class`, a plain `folder`, or
      a platform, such as `canvas`.
    - `checked_out`: grade git clones as they are checked out, not at their last commit before the
      deadline.
    - `watch`: reports progress; see `Watch`.

    Raises AutograderError: UsageError or CourseError for a mistake in the arguments or the course,
    IsolationError if the machine isolates less than `least_level`, and SandboxError if no sandbox
    can be started. A submission that cannot be graded through no fault of its own raises nothing:
    its report has a `judge_error`.
    """
    from autograder.answer_key.build import build_key
    from autograder.batch.schedule import batch_size, collect
    from autograder.fixed_names import installed  # pip's own list takes long to read
    from autograder.gradebook.database import alone_in, require_writable
    from autograder.gradebook.gradebook import Gradebook
    from autograder.judging.grader import Grader
    from autograder.reporting.graded_folder import write_reports

    if pages:  # fail now if a dependency is missing, not after an hour of grading
        import autograder.reporting.document  # noqa: F401

    source, folder = Path(submissions), Path(out)
    if _is_same(source, folder):
        raise UsageError(f"--out {folder}: is the folder of the submissions; choose another one")
    if folder.is_dir():
        require_writable(folder)
    rosters = [roster] if isinstance(roster, str | os.PathLike) else roster or ()
    spent = _spent([Path(one) for one in earlier])
    with _arrived(course, source, folder, list(map(Path, rosters)), layout, checked_out) as arrived:
        course, attempts = arrived.course, arrived.attempts
        support = read_support(course, course.folder / "solutions")
        assignment = Assignment(course, build_key(course), support, least_level)
        _make(folder)
        if least_level != LEVELS[0] and not scheduler:
            with Grader(assignment):
                pass  # raises IsolationError now, before an earlier run's results are touched
        with alone_in(folder), Gradebook(folder) as gradebook:
            before = gradebook.marks()
            with (
                watch(len(attempts)) as on_report,
                _pool(assignment, min(workers, len(attempts)), scheduler) as pool,
            ):
                collect(
                    attempts,
                    assignment,
                    gradebook,
                    pool,
                    on_report,
                    version=installed().version,
                    missing=arrived.missing,
                    spent=spent,
                    batch_size=batch_size(len(attempts), pool.capacity),
                    again=again,
                )
            write_reports(gradebook, folder, pages=pages)
            return GradedClass(
                folder,
                arrived.platform,
                attempts,
                gradebook.marks(),
                before,
                arrived.strangers,
                gradebook.isolation(),
                arrived.notes,
            )


@dataclass(frozen=True)
class _Arrived:
    """What was handed in, by whom."""

    course: Course
    """With the ids of the students who have an extension."""
    platform: str
    attempts: tuple[Attempt, ...]
    missing: tuple[Student, ...]
    """Students on the roster who submitted nothing."""
    strangers: tuple[Student, ...]
    """Students who submitted but are not on the roster; empty without a roster."""
    notes: tuple[str, ...]


@contextmanager
def _arrived(
    course: Course,
    source: Path,
    folder: Path,
    rosters: Sequence[Path],
    layout: str | None,
    checked_out: bool,
) -> Iterator[_Arrived]:
    """Yield the attempts at `source`, whose files can be read until the block ends.

    Attempts have the students and the times that the rosters give them, and clones are at their
    last commit before the deadline.
    """
    from autograder.gradebook.policy import rules_of
    from autograder.platforms.enrolment import enrol, extended
    from autograder.platforms.hand_ins import hand_ins
    from autograder.platforms.repositories import (
        REPOSITORIES,
        at_deadline,
        require_unpacked,
        with_history,
    )
    from autograder.platforms.roster import read_rosters, with_times

    people = read_rosters(rosters)
    with ExitStack() as stack:
        found = stack.enter_context(
            hand_ins(source, course.part_names, folder, exercises=course.by_name, said=layout)
        )
        enrolment = enrol(found.attempts, people)
        attempts = with_times(enrolment.attempts, rosters)
        extensions, unused = extended(course.extensions, enrolment)
        course = replace(course, extensions=extensions)
        rules = rules_of(course)
        notes = found.notes + enrolment.notes + unused
        notes += require_unpacked(
            found.packed_clones, found.platform, attempts, rules, checked_out=checked_out
        )
        clones: Sequence[Attempt] = attempts
        others: Sequence[Attempt] = ()
        if REPOSITORIES.name not in found.platform:
            clones, others = with_history(attempts)
        if clones:
            at = at_deadline(clones, rules, others=others, checked_out=checked_out)
            attempts, said = stack.enter_context(at)
            notes += said
        if layout is None:
            _require_most_of_the_class(source, found, enrolment, len(people), folder)
        strangers = enrolment.strangers if people else ()
        yield _Arrived(course, found.platform, attempts, enrolment.missing, strangers, notes)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"--out {folder}: cannot be made ({error.strerror}); choose a folder that you may write"
        ) from None


def _is_same(source: Path, folder: Path) -> bool:
    try:
        return source.exists() and folder.exists() and folder.samefile(source)
    except OSError as error:
        raise UsageError(
            f"--out {folder}: cannot be entered ({error.strerror}); "
            "choose a folder that you may write"
        ) from None


def _require_most_of_the_class(
    source: Path, found: HandIns, enrolment: Enrolment, people: int, folder: Path
) -> None:
    """Raise UsageError if the submissions seem to be another class's than the roster or `folder`.

    That is so if most people of the roster, or most students marked in `folder`, are missing.
    """
    from autograder.gradebook.gradebook import Gradebook

    seen = f"{number_of(len(found.attempts), 'submission')} ({found.platform})"
    settle = "name the class's download, or use --class if this is right"
    present = people - len(enrolment.missing)
    if 2 * present < people:
        names = [one.name or one.ids[0] for one in enrolment.strangers]
        nobody = f" (no row, or several, for {listed(names, 3)})" if names else ""
        raise UsageError(
            f"{source}: {seen}, in which only {present} of the roster's {people} people were found"
            f"{nobody}; {settle}"
        )
    if not (folder / GRADEBOOK).is_file():
        return
    words = {
        word.casefold()
        for attempt in enrolment.attempts
        for student in attempt.students
        for word in (student.name, *student.ids)
    }
    with Gradebook(folder) as gradebook:
        marked = [mark.student for mark in gradebook.marks() if mark.submission is not None]
    lost = [
        one for one in marked if words.isdisjoint(word.casefold() for word in (one.name, *one.ids))
    ]
    if 2 * len(lost) > len(marked):
        raise UsageError(
            f"{source}: {seen}, without {len(lost)} of the {len(marked)} students who have a mark "
            f"in {folder}; {settle}"
        )


def _spent(folders: Iterable[Path]) -> dict[str, int]:
    """The free days that each student spent in all `folders` together, by each of their ids."""
    from autograder.gradebook.gradebook import Gradebook

    spent: dict[str, int] = {}
    for folder in folders:
        with Gradebook(folder, must_exist=True) as gradebook:
            for id, days in gradebook.spent().items():
                spent[id] = spent.get(id, 0) + days
    return spent


def _pool(
    assignment: Assignment, workers: int, scheduler: str | None
) -> AbstractContextManager[Pool]:
    from autograder.batch.pools import ClusterPool, OwnProcess, ProcessPool

    if scheduler:
        return ClusterPool(assignment, scheduler)
    return OwnProcess(assignment) if workers == 1 else ProcessPool(assignment, workers)
