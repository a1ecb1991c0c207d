"""The logic of a study session, without a screen: keys, files and results in, a view out.

No call blocks. `saved` and `press` may set `job`, which the caller passes to a checker; `take`
receives the checker's results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from autograder.errors import AutograderError
from autograder.judging.explain import in_words, numbers_in_words
from autograder.judging.judge import JudgedExercise, Judgement
from autograder.judging.score import first_mismatch
from autograder.judging.source_text import NOTHING, Ran
from autograder.model.course import Case, Course, Exercise
from autograder.model.report import Verdict
from autograder.model.submission import Source, Submission
from autograder.reporting.plot import save_pictures
from autograder.study.checker import Broken, Found, Job
from autograder.study.files import (
    FILE,
    Progress,
    function_text,
    read_progress,
    reset,
    without_docstring,
    write_progress,
)
from autograder.submissions.read import own_work, read_submission


class Page(Enum):
    """The page being shown."""

    EXERCISE = "exercise"
    LIST = "list"
    """All exercises, to select one."""
    RESULTS = "results"
    """All exercises, with what is wrong with each."""
    REFERENCE = "reference"


@dataclass(frozen=True)
class View:
    """Everything the screen shows."""

    course: Course
    standings: Mapping[str, JudgedExercise]
    """The exercises checked so far, by name."""
    judgement: Judgement
    """All results together, with the files that failed to load."""
    current: str
    hints: tuple[str, ...]
    """The hints revealed so far."""
    more_hints: int
    seconds: Mapping[str, float]
    """By exercise, how long its function ran in the last check."""
    page: Page = Page.EXERCISE
    marked: str = ""
    """The exercise selected in the list."""
    lines: tuple[str, ...] = ()
    """The text of the reference solution."""
    message: str = ""
    question: int = 0
    """The number of the question in `message`; 0 if it is not a question."""
    notes: tuple[tuple[str, str], ...] = ()
    """Pairs of a part's name and a note about one of its files that is not used."""

    @property
    def standing(self) -> JudgedExercise | None:
        """The result of the current exercise; None if it has not been checked."""
        return self.standings.get(self.current)

    def score(self, name: str) -> float:
        """The points of an exercise; 0 if it has not been checked."""
        return self.standings[name].report.score if name in self.standings else 0.0


@dataclass
class Lesson:
    """A session on the files in `folder`. It backs up a student's file before changing it."""

    course: Course
    support: tuple[Source, ...]
    folder: Path
    job: Job | None = None
    """What to check next; the caller that takes it sets it to None."""
    finished: bool = False
    _progress: Progress = field(init=False)
    _standings: dict[str, JudgedExercise] = field(init=False, default_factory=dict)
    _seconds: dict[str, float] = field(init=False, default_factory=dict)
    _ran: Ran = NOTHING
    _page: Page = Page.EXERCISE
    _marked: str = ""
    _digits: str = ""
    _lines: tuple[str, ...] = ()
    _guide: str = ""
    """Help for the page being shown."""
    _message: str = ""
    """The result of the last key; kept until the next key."""
    _news: str = ""
    """What the last check changed; kept until the next key or save."""
    _latest: Job | None = None
    _wanted: Submission | None = None
    """The last submission read, already checked or being checked."""
    _asked: tuple[str, int] = ("", 0)
    """The key to press again as confirmation, and the number of its question."""
    _questions: int = 0
    _confirmed: bool = False
    """Whether the key being handled confirms the question that its first press asked."""

    def __post_init__(self) -> None:
        self._progress = read_progress(self.folder / FILE, tuple(self.course.by_name))

    @property
    def view(self) -> View:
        name = self._progress.current
        standing = self._standings.get(name)
        hints = hints_for(standing) if standing else ()
        seen = min(self._progress.hints.get(name, 0), len(hints))
        order = [self._standings[each] for each in self.course.by_name if each in self._standings]
        notes = self._wanted.part_notes if self._wanted else ()
        texts = tuple(text for _, text in notes)
        return View(
            course=self.course,
            standings={one.exercise.name: one for one in order},
            judgement=Judgement(tuple(order), self._ran, texts),
            current=name,
            hints=hints[:seen],
            more_hints=len(hints) - seen,
            seconds=self._seconds,
            page=self._page,
            marked=self._marked or name,
            lines=self._lines,
            message=" ".join(filter(None, (self._message, self._guide, self._news))),
            question=self._asked[1],
            notes=notes,
        )

    def saved(self) -> bool:
        """Read the files again; return whether they changed, in which case `job` is set.

        If they changed, the exercise page is shown. Raises UsageError.
        """
        handed_in = read_submission(self.folder, "study", self.course.part_names)
        if handed_in == self._wanted:
            return False
        self._wanted = handed_in
        self._show(Page.EXERCISE)
        self._news = ""
        self._check()
        return True

    def take(self, found: Found | Broken) -> None:
        """Store the results of a check, unless they belong to a job that has been replaced.

        Raises the error of a job that failed.
        """
        if found.job is not self._latest:
            return
        if isinstance(found, Broken):
            raise found.error
        judged = found.judgement
        self._ran = judged.ran
        self._seconds |= found.seconds
        for one in judged.exercises:
            name = one.exercise.name
            before, self._standings[name] = self._standings.get(name), one
            if before is None:
                continue
            if hints_for(before) != hints_for(one):
                self._set_hints(name, 0)  # a different mistake has its own hints
            if name == self._progress.current and one.solved and not before.solved:
                self._news = f"{name} is solved. Press n for the next exercise."

    def choose(self, name: str) -> None:
        """Make the exercise called `name` the current one."""
        self._progress = replace(self._progress, current=name)
        self._remember()

    def press(self, key: str, seen: int = -1) -> None:
        """Perform the action of a key; any other key returns to the exercise page.

        `seen` is the number of the question on the screen when the key was pressed; the key can
        confirm only that question. -1 means the question of the current view. If the action fails,
        the message says why.
        """
        asked, number = self._asked
        self._confirmed = key.lower() == asked and seen in (-1, number)
        self._asked, self._message, self._news = ("", 0), "", ""
        if self._page is Page.LIST and self._move(key):
            return
        self._show(Page.EXERCISE)
        if (action := _ACTIONS.get(key.lower())) is None:
            return
        try:
            action(self)
        except AutograderError as error:
            self._message = str(error)

    def _check(self) -> None:
        """Queue a check of all exercises, the current one first."""
        assert self._wanted is not None
        names = tuple(self.course.by_name)
        current = self._progress.current
        self.job = self._latest = Job(
            own_work(self._wanted, self.support),
            (current,),
            tuple(name for name in names if name != current),
        )

    def _show(self, page: Page) -> None:
        self._page, self._marked, self._digits, self._lines = page, "", "", ()
        self._guide = ""

    def _ask(self, key: str, question: str) -> None:
        self._questions += 1
        self._asked = key, self._questions
        self._message = question

    @property
    def _current(self) -> Exercise:
        return self.course.by_name[self._progress.current]

    @property
    def _standing(self) -> JudgedExercise | None:
        return self._standings.get(self._progress.current)

    def _is_solved(self, name: str) -> bool:
        return name in self._standings and self._standings[name].solved

    def _set_hints(self, name: str, seen: int) -> None:
        self._progress = replace(self._progress, hints={**self._progress.hints, name: seen})
        self._remember()

    def _remember(self) -> None:
        try:
            write_progress(self.folder / FILE, self._progress)
        except AutograderError as error:  # the progress stays in memory until the session ends
            self._message = str(error)

    def _next(self) -> None:
        names = list(self.course.by_name)
        at = names.index(self._progress.current) + 1
        order = names[at:] + names[:at]
        unsolved = [name for name in order if not self._is_solved(name)]
        self.choose((unsolved or order)[0])
        if not unsolved:
            self._message = "All exercises are solved."

    def _previous(self) -> None:
        names = list(self.course.by_name)
        at = names.index(self._progress.current)
        if at == 0:
            self._message = f"{names[0]} is the first exercise."
        else:
            self.choose(names[at - 1])

    def _hint(self) -> None:
        view = self.view
        if view.standing is None:
            self._message = "It is not checked yet: ask for a hint once it is."
        elif view.standing.solved:
            self._message = "It is solved: no hint is needed."
        elif view.more_hints:
            self._set_hints(view.current, len(view.hints) + 1)
        else:
            self._message = "There are no more hints; r shows the reference."

    def _list(self) -> None:
        self._show(Page.LIST)
        self._mark(self._progress.current)

    def _mark(self, name: str) -> None:
        self._marked = name
        self._guide = f"Choose with the arrows, j and k, or a number; Enter goes to {name}."

    def _move(self, key: str) -> bool:
        """Handle a key on the list page; return whether it was one of the list's keys."""
        names = list(self.course.by_name)
        at = names.index(self._marked)
        if key in ("\n", "\r"):
            name = self._marked
            self._show(Page.EXERCISE)
            self.choose(name)
            return True
        if key.isdecimal() and key.isascii():
            for digits in (self._digits + key, key):
                if 0 < int(digits) <= len(names):
                    self._digits = digits
                    self._mark(names[int(digits) - 1])
                    break
        elif key in ("up", "k", "down", "j"):
            step = 1 if key in ("down", "j") else -1
            self._digits = ""
            self._mark(names[(at + step) % len(names)])
        else:
            return False
        return True

    def _check_all(self) -> None:
        if not self.saved():
            self._check()
        self._show(Page.RESULTS)
        self._guide = f"Enter goes back to {self._progress.current}."

    def _see(self) -> None:
        standing = self._standing
        if standing is None:
            self._message = "It is not checked yet: there is nothing to draw."
            return
        (self._message,) = save_pictures(Judgement((standing,)), self.folder, all_of_them=True)

    def _reference(self) -> None:
        exercise = self._current
        if not self._is_solved(exercise.name) and not self._confirmed:
            self._ask("r", f"{exercise.name} is not solved yet. Press r again for its reference.")
            return
        path = self.course.folder / "solutions" / f"{exercise.part}.py"
        try:
            text = function_text(path.read_text(encoding="utf-8"), exercise.name)
        except (OSError, ValueError):
            text = None
        if text is None:
            self._message = f"{path}: cannot be read"
            return
        self._show(Page.REFERENCE)
        # The student's file has the docstring too; without it the code fits a small screen.
        self._lines = tuple(without_docstring(text).split("\n"))
        self._guide = f"The reference, from {path}. Enter goes back to {exercise.name}."

    def _reset(self) -> None:
        exercise = self._current
        if not self._confirmed:
            self._ask("x", f"Press x again to put {exercise.name} back to its stub.")
            return
        kept = reset(self.course, exercise, self.folder)
        places = " and ".join(str(path) for path in kept)
        self._message = (
            f"{exercise.name} is a stub again; the old text is kept in {places}"
            if kept
            else f"{exercise.name} is a stub already."
        )
        self.saved()

    def _quit(self) -> None:
        self.finished = True


_ACTIONS: dict[str, Callable[[Lesson], None]] = {
    "n": Lesson._next,
    "p": Lesson._previous,
    "h": Lesson._hint,
    "l": Lesson._list,
    "c": Lesson._check_all,
    "s": Lesson._see,
    "r": Lesson._reference,
    "x": Lesson._reset,
    "q": Lesson._quit,
}


# --- hints, from a first nudge to nearly the answer -------------------------------------------


def hints_for(standing: JudgedExercise) -> tuple[str, ...]:
    """The hints for the recognised misconception, or else general ones."""
    if standing.solved:
        return ()
    report = standing.report
    return (report.hint, *report.more_hints) if report.hint else tuple(_general(standing))


def _general(standing: JudgedExercise) -> Iterator[str]:
    name, part = standing.exercise.name, standing.exercise.part
    if standing.untouched:
        yield f"Read the docstring of {name} in {part}: it gives the shapes and the formula."
    elif standing.mismatch is None and (told := _first_message(standing)):
        yield told  # the numbers are right, but a rule of the course is broken
    else:
        yield _passed_and_failed(standing)
    if (case := _public_case(standing)) is not None:
        yield _worked(case)
    yield f"Read the lesson above {name} once more; r shows the reference."


def _first_message(standing: JudgedExercise) -> str:
    return next((group.message for group in standing.report.groups if group.message), "")


def _passed_and_failed(standing: JudgedExercise) -> str:
    groups = standing.report.groups
    passed = [group.name for group in groups if group.verdict is Verdict.ACCEPTED]
    failed = [group.name for group in groups if group.verdict is not Verdict.ACCEPTED]
    if not passed:
        return "No group passes yet, so begin with the worked example: it is shown cell by cell."
    return (
        f"It passes {_quoted(passed)} and fails {_quoted(failed)}: "
        "what do the inputs of the second kind have that those of the first kind lack?"
    )


def _public_case(standing: JudgedExercise) -> Case | None:
    """The first case of a public group, preferably a failing one; hidden cases are never shown."""
    public = [result for result in standing.results if result.group.public and result.cases]
    failing = [result for result in public if first_mismatch(result) is not None]
    return next((result.cases[0] for result in (*failing, *public)), None)


def _worked(case: Case) -> str:
    return f"With {in_words(case)}, {case.exercise} returns {numbers_in_words(case.expected)}."


def _quoted(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
