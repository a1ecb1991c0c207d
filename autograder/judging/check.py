"""Checks files on the public test groups only, for students before they submit."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from autograder.answer_key.file import read_key
from autograder.errors import UsageError
from autograder.fixed_names import COURSE_FILE, EXERCISES, PUBLIC_KEY
from autograder.judging.judge import Judgement, Solutions, judge
from autograder.model.course import Answered, AnswerKey, Course, Misconception
from autograder.model.report import Isolation
from autograder.model.submission import Source, Submission
from autograder.sandbox.sandbox import Sandbox
from autograder.submissions.folder import is_hand_in
from autograder.submissions.read import own_work, read_submission, read_support
from autograder.text import did_you_mean, printable

if TYPE_CHECKING:
    from autograder.sandbox.host.launch import Launched


class CheckedFiles(NamedTuple):
    """The result of `check` on the public groups."""

    path: Path
    check: Judgement
    course: Course
    isolation: Isolation

    @property
    def accepted(self) -> bool:
        """Whether every public group passed."""
        return self.check.accepted


def check(
    path: str | os.PathLike[str] | None = None,
    *,
    course: str | os.PathLike[str] = ".",
    exercises: Iterable[str] = (),
    launched: Launched | None = None,
) -> CheckedFiles:
    """Check the files at `path`, a folder or one file, on the public test groups.

    `course` is the course's folder or its exercises folder; without a `path`, the exercises are
    checked. If `path` is one part's file, only that part is checked. `exercises` names the
    exercises to check instead. `launched` is a sandbox server that is already running, to save
    time.

    Raises UsageError if there is no course.json, no such exercise, or nothing to read at `path`,
    and SandboxError if the sandbox fails.
    """
    place = None if path is None else Path(path)
    key_path = _find_key(Path(course), place)
    whole, key = read_key(key_path)
    chosen = _chosen(whole, tuple(exercises), place)
    support = read_support(whole, key_path.parent)
    handed_in = place or key_path.parent
    if handed_in.is_file() and not is_hand_in(handed_in.name):
        raise UsageError(
            f"{printable(str(handed_in))}: not a script, a notebook or an archive; "
            "give one of these, or a folder"
        )
    beside = _lies_beside(handed_in, key_path)
    # A part imports the earlier parts from the same folder, so the whole folder is read.
    read = read_submission(
        handed_in.parent if beside else handed_in,
        handed_in.name or ".",
        whole.part_names,
        whole.by_name,
    )
    submission = _without_twin(read, handed_in) if beside else read
    with Sandbox(
        whole.limits, packages=whole.packages, exercises=whole.exercises, launched=launched
    ) as sandbox:
        checked = check_submission(whole, key, submission, sandbox, support, chosen)
        return CheckedFiles(handed_in, checked, whole, sandbox.isolation)


def check_submission(
    course: Course,
    key: AnswerKey,
    submission: Submission,
    sandbox: Sandbox,
    support: Sequence[Source],
    names: Collection[str] | None = None,
) -> Judgement:
    """Run the public groups of the exercises in `names` (default: all).

    `course` and `key` come from a public key file. Raises SandboxError if the sandbox fails, and
    CourseError if there are solutions next to the exercises folder that do not run.
    """
    return judge(
        course,
        key,
        own_work(submission, support),
        lambda sources: sandbox.session(sources, support),
        names=names,
        public_only=True,
        solutions=solutions_beside(course, key),
    )


def solutions_beside(course: Course, key: AnswerKey) -> Callable[[Collection[str]], Solutions]:
    """Return a function that loads the solutions from the author's course folder.

    It takes the names of the exercises whose misconceptions are wanted. In a copy for students,
    which has no solutions, it returns empty Solutions. `course.folder` is the folder of the public
    key file.
    """
    root = course.folder.resolve().parent
    if course.folder.resolve().name != EXERCISES or not (root / COURSE_FILE).is_file():
        return lambda wrong: Solutions()

    def load(wrong: Collection[str]) -> Solutions:
        # Imported here, since a check with no wrong answers starts faster without these.
        from autograder.answer_key.catalog import misconceptions_of, texts_of_solutions
        from autograder.answer_key.trusted_modules import load_references

        at_home = replace(course, folder=root)
        misconceptions = {
            name: [one for one in known if _can_be_seen(one)]
            for name, known in misconceptions_of(
                at_home, {name: key.cases[name] for name in wrong}
            ).items()
        }
        return Solutions(load_references(at_home), misconceptions, texts_of_solutions(at_home))

    return load


def _can_be_seen(misconception: Misconception) -> bool:
    """Whether it gives a wrong answer to a public case; many other mistakes raise, too."""
    return any(not isinstance(answer, Answered | None) for answer in misconception.answers)


def _find_key(folder: Path, path: Path | None) -> Path:
    """The path of the public answer key: in the course's exercises, or next to the files at `path`.

    Raises UsageError if there is none.
    """
    places = [folder / EXERCISES, folder]
    if path is not None:
        places.append(path if path.is_dir() else path.parent)
    for place in places:
        if (place / PUBLIC_KEY).is_file():
            return place / PUBLIC_KEY
    raise UsageError(
        f"{folder}: found no {PUBLIC_KEY}, neither here nor in exercises/; run this in the "
        "course's folder or give it with --course"
    )


def _lies_beside(path: Path, key_path: Path) -> bool:
    code = path.suffix in (".py", ".ipynb") and path.is_file()
    return code and path.resolve().parent == key_path.resolve().parent


def _without_twin(submission: Submission, path: Path) -> Submission:
    """Drop the notebook with the name of the script at `path`, or the other way round."""
    other = ".ipynb" if path.suffix == ".py" else ".py"
    twin = path.stem + other
    return submission._replace(
        sources=tuple(each for each in submission.sources if each.filename != twin)
    )


def require_exercise(course: Course, name: str) -> None:
    """Raise UsageError if the course has no exercise of this name."""
    if name not in course.by_name:
        hint = did_you_mean(name, course.by_name)
        raise UsageError(f"--exercise {name!r}: no such exercise; {hint}")


def _chosen(course: Course, names: tuple[str, ...], path: Path | None) -> list[str]:
    """The exercises in `names`; if empty, those of the part whose file `path` is, or else all.

    Raises UsageError for a name that is not an exercise.
    """
    known = course.by_name
    for name in names:
        require_exercise(course, name)
    if names:
        return list(names)
    own = path.stem if path is not None and path.is_file() else ""
    return [name for name, exercise in known.items() if exercise.part == own] or list(known)
