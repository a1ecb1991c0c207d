"""What happens in a study session, without any terminal: keys and saved files in, a view out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.errors import AutograderError, SandboxError
from autograder.judging.follow_through import references_of
from autograder.judging.judge import JudgedExercise, Judgement, Solutions, judge, public_part
from autograder.model import AnswerKey, Course, Exercise, LoadFailure, Source, Submission
from autograder.reporting.check_pictures import save_pictures
from autograder.sandbox.sandbox import Sandbox
from autograder.study.hints import hints_for
from autograder.study.progress import FILE, Progress, read_progress, write_progress
from autograder.study.reset import function_text, reset, without_docstring
from autograder.submissions.read import own_work, read_submission


@dataclass(frozen=True)
class View:
    """All that a screen shows."""

    course: Course
    standings: dict[str, JudgedExercise]
    current: str
    hints: tuple[str, ...]
    """Those that were asked for."""
    more_hints: int
    page: tuple[str, ...] = ()
    """Lines that stand in the place of the exercise: a list, a reference."""
    message: str = ""
    failures: tuple[LoadFailure, ...] = ()
    """The files and cells that stopped with an error; what they define may be missing."""
    notes: tuple[str, ...] = ()
    """On files of the current part that could not be read."""


@dataclass
class Lesson:
    """A session on the files of `folder`. Whatever it changes on the disk it keeps first."""

    course: Course
    key: AnswerKey
    sandbox: Sandbox
    support: tuple[Source, ...]
    folder: Path
    finished: bool = False
    _progress: Progress = field(init=False)
    _solutions: Solutions = field(init=False)
    _standings: dict[str, JudgedExercise] = field(init=False, default_factory=dict)
    _page: tuple[str, ...] = ()
    _message: str = ""
    _notes: tuple[str, ...] = ()
    _failures: tuple[LoadFailure, ...] = ()
    _tried: Submission | None = None
    """What all exercises were tried with last."""
    _asked: str = ""
    """The key that waits for being pressed a second time."""

    def __post_init__(self) -> None:
        self._progress = read_progress(self.folder / FILE, tuple(self._exercises))
        references = references_of(self.course, self.key)
        self._solutions = Solutions(references, self.key.misconceptions)

    @property
    def view(self) -> View:
        name = self._progress.current
        hints = hints_for(self._standings[name])
        files = f"{self._part}.py:", f"{self._part}.ipynb:"
        seen = min(self._progress.hints.get(name, 0), len(hints))
        return View(
            self.course,
            self._standings,
            name,
            hints[:seen],
            len(hints) - seen,
            self._page,
            self._message,
            self._failures,
            tuple(note for note in self._notes if note.startswith(files)),
        )

    def files_changed(self) -> bool:
        """Whether the files are others than those that all exercises were tried with."""
        return self._read() != self._tried

    def look(self, *, at_all: bool) -> None:
        """Read the files again and try the current exercise, or all. Raises SandboxError.

        Whatever page is shown gives way to the exercise.
        """
        if self._page:
            self._page, self._message = (), ""
        handed_in = self._read()
        if at_all:
            self._tried = handed_in
        self._notes = handed_in.notes
        submission = own_work(handed_in, self.support)
        names = list(self._exercises) if at_all or not self._standings else [self._progress.current]
        before = dict(self._standings)
        judged = judge(
            self.course,
            self.key,
            submission,
            lambda sources: self.sandbox.session(sources, self.support),
            names=names,
            solutions=lambda: self._solutions,
        )
        self._standings |= {one.exercise.name: one for one in judged.exercises}
        self._failures = judged.failures
        for name in names:
            self._follow(name, before.get(name), self._standings[name])

    def choose(self, name: str) -> None:
        """Go to the exercise of this name."""
        self._progress = replace(self._progress, current=name)
        self._remember()

    def press(self, key: str) -> None:
        """Do what a key stands for; any other key goes back to the exercise.

        What cannot be done is told in the message. Raises SandboxError.
        """
        asked, self._asked = self._asked, ""
        self._page, self._message = (), ""
        if (action := _ACTIONS.get(key.lower())) is None:
            return
        try:
            action(self, asked == key.lower())
        except SandboxError:
            raise
        except AutograderError as error:
            self._message = str(error)

    def _read(self) -> Submission:
        return read_submission(self.folder, "study", [part.name for part in self.course.parts])

    def _follow(self, name: str, before: JudgedExercise | None, now: JudgedExercise) -> None:
        if before is not None and hints_for(before) != hints_for(now):
            self._set_hints(name, 0)  # another mistake has hints of its own
        if name == self._progress.current and before is not None:
            if now.solved and not before.solved:
                self._message = f"{name} is solved. Press n for the next exercise."
            elif not now.solved:
                self._message = ""

    @property
    def _exercises(self) -> dict[str, Exercise]:
        return {exercise.name: exercise for exercise in self.course.exercises}

    @property
    def _current(self) -> JudgedExercise:
        return self._standings[self._progress.current]

    @property
    def _part(self) -> str:
        return self._exercises[self._progress.current].part

    def _set_hints(self, name: str, seen: int) -> None:
        self._progress = replace(self._progress, hints={**self._progress.hints, name: seen})
        self._remember()

    def _remember(self) -> None:
        try:
            write_progress(self.folder / FILE, self._progress)
        except AutograderError as error:  # it is known until the session ends
            self._message = str(error)

    def _next(self, confirmed: bool) -> None:
        names = list(self._exercises)
        at = names.index(self._progress.current) + 1
        order = names[at:] + names[:at]
        unsolved = [name for name in order if not self._standings[name].solved]
        self.choose((unsolved or order)[0])
        if not unsolved:
            self._message = "All exercises are solved."

    def _hint(self, confirmed: bool) -> None:
        view = self.view
        if self._current.solved:
            self._message = "It is solved: no hint is needed."
        elif view.more_hints:
            self._set_hints(view.current, len(view.hints) + 1)
        else:
            self._message = "There are no more hints; r shows the reference."

    def _list(self, confirmed: bool) -> None:
        self._page = ("list",)
        self._message = f"Enter goes back to {self._progress.current}."

    def _check_all(self, confirmed: bool) -> None:
        self.look(at_all=True)
        self._list(confirmed)

    def _see(self, confirmed: bool) -> None:
        public = Judgement((public_part(self._current),))
        (self._message,) = save_pictures(public, self.folder, all_of_them=True)

    def _reference(self, confirmed: bool) -> None:
        exercise = self._current.exercise
        if not self._current.solved and not confirmed:
            self._asked = "r"
            self._message = f"{exercise.name} is not solved yet. Press r again for its reference."
            return
        path = self.course.folder / "solutions" / f"{exercise.part}.py"
        try:
            text = function_text(path.read_text(encoding="utf-8"), exercise.name)
        except (OSError, ValueError):
            text = None
        # Their own file has the docstring too; left out, the rest has room on a small screen.
        self._page = tuple(without_docstring(text).split("\n")) if text else ()
        self._message = (
            f"The reference, from {path}. Enter goes back to {exercise.name}."
            if text
            else f"{path}: cannot be read"
        )

    def _reset(self, confirmed: bool) -> None:
        exercise = self._current.exercise
        if not confirmed:
            self._asked = "x"
            self._message = f"Press x again to put {exercise.name} back to its stub."
            return
        kept = reset(self.course, exercise, self.folder)
        places = " and ".join(str(path) for path in kept)
        self.look(at_all=True)  # else the change that we made would be taken for the learner's
        self._message = (
            f"{exercise.name} is a stub again; the old text is kept in {places}"
            if kept
            else f"{exercise.name} is a stub already."
        )

    def _quit(self, confirmed: bool) -> None:
        self.finished = True


_ACTIONS: dict[str, Callable[[Lesson, bool], None]] = {
    "n": Lesson._next,
    "h": Lesson._hint,
    "l": Lesson._list,
    "c": Lesson._check_all,
    "s": Lesson._see,
    "r": Lesson._reference,
    "x": Lesson._reset,
    "q": Lesson._quit,
}
