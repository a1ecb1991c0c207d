"""A worker process: an assignment and batches come in on stdin, reports go out on stdout.

Both ends are ours and trusted, so the messages are pickles: first the Assignment, answered by None
or by the AutograderError that keeps the worker from starting; then tuples of Submission, each
answered by a Graded. A student's code never runs here, only in the sandbox that this process owns.
"""

from __future__ import annotations

import faulthandler
import os
import pickle
import queue
import sys
import threading
from typing import BinaryIO

from autograder.answer_key.assignment import Assignment
from autograder.batch.schedule import grade_batch
from autograder.errors import AutograderError, SandboxError
from autograder.judging.grader import Grader, describe
from autograder.model import Submission

_SPARE_SECONDS = 60.0


def main() -> None:
    """Serve until stdin ends; end at once where that happens in the middle of a batch."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # from here on a stray print goes where it cannot be taken for an answer
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    assignment: Assignment = pickle.load(sys.stdin.buffer)
    try:
        with Grader(assignment) as grader:
            _answer(answers, None)
            _serve(grader, assignment.course.limits.submission_seconds, answers)
    except BrokenPipeError:
        return
    except Exception as error:
        ours = error if isinstance(error, AutograderError) else SandboxError(describe(error))
        _answer(answers, ours)


def _serve(grader: Grader, submission_seconds: float, answers: BinaryIO) -> None:
    batches: queue.SimpleQueue[tuple[Submission, ...] | None] = queue.SimpleQueue()
    busy = threading.Event()
    threading.Thread(target=_read, args=(sys.stdin.buffer, batches, busy), daemon=True).start()
    while (batch := batches.get()) is not None:
        # The sandbox keeps to its own limits; this ends a worker in which that has gone wrong.
        patience = len(batch) * (3 * submission_seconds + _SPARE_SECONDS)
        faulthandler.dump_traceback_later(patience, exit=True)
        graded = grade_batch(grader, batch)
        faulthandler.cancel_dump_traceback_later()
        busy.clear()
        _answer(answers, graded)


def _read(
    source: BinaryIO,
    batches: queue.SimpleQueue[tuple[Submission, ...] | None],
    busy: threading.Event,
) -> None:
    while True:
        try:
            batch: tuple[Submission, ...] = pickle.load(source)
        except (EOFError, OSError, pickle.UnpicklingError):
            break
        busy.set()
        batches.put(batch)
    if busy.is_set():
        os._exit(1)  # whoever wanted these reports is gone
    batches.put(None)


def _answer(answers: BinaryIO, answer: object) -> None:
    pickle.dump(answer, answers, protocol=5)
    answers.flush()
