"""Summarises the progress of an exercise in one word, with the reason if it could not be run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from autograder.judging.explain import explain_failure, why_not_reached
from autograder.judging.judge import JudgedExercise, Judgement
from autograder.judging.source_text import calls_of
from autograder.model.report import Verdict
from autograder.model.submission import LoadFailure, Outcome, Source, Status
from autograder.text import printable


class Progress(Enum):
    """The progress of an exercise; the value is the word shown."""

    PASSED = "passed"
    WRONG = "wrong"
    ERROR = "error"
    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    JUDGE = "judge"
    TO_DO = "to do"
    WAITS = "waits"
    """It may be written, but cannot run until something else is fixed or written."""
    MISSING = "missing"
    NOT_TRIED = "hidden"
    """It has only hidden groups."""


@dataclass(frozen=True)
class State:
    """The progress of an exercise, with details for display."""

    progress: Progress
    why: str = ""
    """The reason in one line, if the test groups' messages do not give it. Safe to show."""
    source: str = ""
    """The student's faulty line, if known; safe to show."""
    filename: str = ""
    """The file that failed to load, if that is the reason."""


_OF_VERDICT = {
    Verdict.ACCEPTED: Progress.PASSED,
    Verdict.WRONG_ANSWER: Progress.WRONG,
    Verdict.RUNTIME_ERROR: Progress.ERROR,
    Verdict.TIME_LIMIT_EXCEEDED: Progress.TIME,
    Verdict.MEMORY_LIMIT_EXCEEDED: Progress.MEMORY,
    Verdict.OUTPUT_LIMIT_EXCEEDED: Progress.OUTPUT,
    Verdict.JUDGE_ERROR: Progress.JUDGE,
}
_IMPORT = re.compile(r"\s*(?:from\s+(\w+)\s+import\s+(.*)|import\s+(\w+))")


def state_of(one: JudgedExercise, judged: Judgement) -> State:
    """The state of `one` of the exercises in `judged`."""
    if not one.results:
        return State(Progress.NOT_TRIED, "not tried: it has only hidden groups")
    verdict = one.report.verdict
    mismatch = one.mismatch
    if verdict is not Verdict.NOT_ATTEMPTED:
        absent = _absent_beneath(one, judged)
        if absent:
            return State(Progress.WAITS, f"calls {absent}, which is missing")
        return State(_OF_VERDICT[verdict])
    if mismatch is None:
        return State(Progress.TO_DO)
    outcome = mismatch.outcome
    if outcome.status is Status.NOT_WRITTEN:
        return _not_written(one, outcome, judged.ran.sources)
    return _missing(one, judged)


def followed_module(failure: LoadFailure, judged: Judgement) -> str:
    """The submission's module whose import made this file fail; "" if that is not the cause.

    The line that failed shows it: it imports a file that failed itself, or imports by name an
    exercise that is missing.
    """
    frames = failure.error.frames
    own = [frame for frame in frames if frame.filename == failure.filename]
    found = _IMPORT.match(own[-1].source) if own else None
    if found is None:
        return ""
    module = found[1] or found[3]
    by_name = {source.module: source.filename for source in judged.ran.sources}
    if module not in by_name or by_name[module] == failure.filename:
        return ""
    if any(other.filename == by_name[module] for other in judged.ran.failures):
        return module
    absent = {one.exercise.name for one in judged.exercises if _is_absent(one)}
    names = set(re.findall(r"\w+", found[2] or ""))
    is_import = failure.error.builtin and failure.error.type == "ImportError"
    return module if is_import and names & absent else ""


def _is_absent(one: JudgedExercise) -> bool:
    """Whether the function is in no file, or only a stub in some file, perhaps not in the one that
    another file imports it from."""
    absent = (Status.MISSING, Status.NOT_WRITTEN)
    return one.mismatch is not None and one.mismatch.outcome.status in absent


def _absent_beneath(one: JudgedExercise, judged: Judgement) -> str:
    """The missing exercise whose call is why `one` raised a NameError; "" if that is not why."""
    error = one.mismatch.outcome.error if one.mismatch is not None else None
    if error is None or not error.builtin or error.type != "NameError":
        return ""
    names = frozenset(each.exercise.name for each in judged.exercises)
    called = calls_of(one.exercise.name, judged.ran.sources, names)
    return next(
        (
            each.exercise.name
            for each in judged.exercises
            if _is_absent(each) and each.exercise.name in called
        ),
        "",
    )


def _not_written(one: JudgedExercise, outcome: Outcome, sources: Sequence[Source]) -> State:
    frames = outcome.error.frames if outcome.error is not None else ()
    if frames and frames[-1].function != one.exercise.name:
        return State(
            Progress.WAITS, f"calls {printable(frames[-1].function)}, which is not written yet"
        )
    if why_not_reached(outcome, sources):
        last = frames[-1]
        return State(Progress.ERROR, one.report.groups[0].message, printable(last.source.strip()))
    return State(Progress.TO_DO)


def _missing(one: JudgedExercise, judged: Judgement) -> State:
    name, part, ran = one.exercise.name, one.exercise.part, judged.ran
    if at_home := ran.stopped_at_home(name):
        failure = at_home[0]
        if module := followed_module(failure, judged):
            filename = printable(failure.filename)
            why = f"{filename} stops where it imports {module}"
            return State(Progress.WAITS, why, filename=failure.filename)
        frames = failure.error.frames
        source = printable(frames[-1].source.strip()) if frames else ""
        return State(Progress.ERROR, explain_failure(failure), source, failure.filename)
    if other := ran.defined_as(name):
        return State(Progress.MISSING, f"defined as {other}: rename it to {name}")
    if why := ran.why_absent(name):
        return State(Progress.ERROR if ran.is_unread(name) else Progress.MISSING, why)
    if not any(source.cells for source in ran.home(name)):
        return State(Progress.TO_DO, f"there is no {part}.py or {part}.ipynb")
    return State(Progress.MISSING, f"{part} does not define {name}")


def notes_on_failures(judged: Judgement, said: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield a note on each file or cell that stopped, with its faulty line.

    Files that stopped only because they import a failed file share one note. Files in `said`, which
    have been reported already, are left out.
    """
    stopped: dict[str, list[str]] = {}
    for failure in judged.ran.failures:
        if failure.filename in said:
            continue
        if module := followed_module(failure, judged):
            stopped.setdefault(module, []).append(printable(failure.filename))
            continue
        frames = failure.error.frames
        source = printable(frames[-1].source.strip()) if frames else ""
        yield f"{explain_failure(failure)}; what it defines may be missing", source
    for module, names in stopped.items():
        listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        stop = "stops where it imports" if len(names) == 1 else "stop where they import"
        yield f"{listed} {stop} {module}: fix that first", ""
