"""The data of a study session's web page: the session as JSON, and lessons as HTML."""

from __future__ import annotations

import ast
import html
import re
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from autograder.authoring.script import split_cells
from autograder.authoring.stubs import stub_text
from autograder.judging.explain import distinct_frames, in_words, place
from autograder.judging.judge import JudgedExercise
from autograder.judging.states import notes_on_failures, state_of
from autograder.model.course import Course, Exercise, Part
from autograder.model.report import Grid, Verdict
from autograder.model.submission import Outcome
from autograder.reporting.check_view import WORDS, state_span
from autograder.study.lesson import Page, View
from autograder.study.screen import bars

_MOST_PRINTED = 4000


def view_json(view: View, checking: tuple[str, float] | None) -> dict[str, Any]:
    """The view as JSON data. Text is not escaped: the page inserts it as text, never as markup."""
    failures = notes_on_failures(view.judgement)
    return {
        "course": view.course.name,
        "parts": [
            {
                "name": part.name,
                "title": part.title,
                "earned": earned,
                "points": points,
                "exercises": [_row(view, one) for one in part.exercises],
            }
            for part, (_, earned, points) in zip(view.course.parts, bars(view), strict=True)
        ],
        "points": view.course.points,
        "current": view.current,
        "detail": _detail(view),
        "hints": list(view.hints),
        "moreHints": view.more_hints,
        "reference": list(view.lines) if view.page is Page.REFERENCE else None,
        "message": view.message,
        "question": view.question,
        "notes": [
            *([text, source] for text, source in failures),
            *([text, ""] for _, text in view.notes),
        ],
        "checking": None
        if checking is None
        else {"name": checking[0] or view.current, "seconds": checking[1]},
    }


def _row(view: View, exercise: Exercise) -> dict[str, Any]:
    standing = view.standings.get(exercise.name)
    row: dict[str, Any] = {
        "name": exercise.name,
        "part": exercise.part,
        "points": exercise.points,
        "earned": standing.report.score if standing else 0.0,
        "seconds": view.seconds.get(exercise.name),
        "word": "…",
        "style": "",
    }
    if standing is not None:
        span = state_span(state_of(standing, view.judgement))
        row |= {"word": span.text, "style": span.style}
    return row


def _detail(view: View) -> dict[str, Any] | None:
    standing = view.standing
    if standing is None:
        return None
    state = state_of(standing, view.judgement)
    return {
        "groups": [
            {
                "name": group.name,
                "public": group.public,
                "word": WORDS[group.verdict][0],
                "style": WORDS[group.verdict][1],
                "message": group.message,
            }
            for group in standing.report.groups
        ],
        "why": state.why,
        "source": state.source,
        "untouched": standing.untouched,
        "solved": standing.solved,
        "wrong": _wrong(standing),
    }


def _wrong(standing: JudgedExercise) -> dict[str, Any] | None:
    mismatch = standing.mismatch
    if mismatch is None or standing.untouched:
        return None
    report = next(one for one in standing.report.groups if one.verdict is not Verdict.ACCEPTED)
    return {
        "group": report.name,
        "message": report.message,
        "grid": _grid(report.grid) if report.grid else None,
        "called": "" if "called with" in report.message else in_words(mismatch.case),
        **_outcome(mismatch.outcome),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    error = outcome.error
    return {
        "error": f"{error.type}: {error.message}" if error and error.frames else "",
        "frames": [
            [f"{place(one.filename, one.cell, one.line)}, in {one.function}", one.source.strip()]
            for one in (distinct_frames(error) if error else ())
        ],
        "printed": outcome.printed[:_MOST_PRINTED],
    }


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "columns": [meaning or str(index) for index, meaning in grid.columns],
        "rows": [
            {
                "label": line.meaning or (f"row {line.row}" if grid.dimensions else "answer"),
                "cells": [
                    {"got": cell.got, "expected": cell.expected, "wrong": cell.wrong}
                    for cell in line.cells
                ],
            }
            for line in grid.lines
        ],
        "isMatrix": grid.dimensions == 2,
        "leftOut": [grid.rows_left_out, grid.columns_left_out],
        "pattern": grid.pattern,
    }


# --- the lesson of a part, from its stub text -------------------------------------------------


def lesson_html(course: Course, part: Part) -> str:
    """The lesson as HTML, with TeX formulas in elements of class `math`.

    Before each exercise is an anchor with the id `lesson-NAME`. "" if the solution cannot be read.
    Raises CourseError if the solution cannot be made into a stub.
    """
    path = course.folder / "solutions" / f"{part.name}.py"
    try:
        solution = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
    return _rendered(stub_text(solution, part), tuple(one.name for one in part.exercises))


@lru_cache(32)
def _rendered(text: str, names: tuple[str, ...]) -> str:
    # HTML in the text is escaped, although course authors are trusted.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").use(dollarmath_plugin)
    lines = text.splitlines()
    done: list[str] = []
    for cell in split_cells(text, "the lesson"):
        inside = lines[cell.first - 1 : cell.last]
        if inside and inside[0].startswith("# %%"):
            inside = inside[1:]
        if cell.markdown:
            done.append(markdown.render("\n".join(re.sub(r"^# ?", "", line) for line in inside)))
        elif code := "\n".join(inside).strip("\n"):
            for name in _defined(code).intersection(names):
                done.append(f'<span class="anchor" id="lesson-{html.escape(name)}"></span>')
            done.append(f'<pre tabindex="0"><code>{html.escape(code)}</code></pre>')
    return "".join(done)


def _defined(code: str) -> set[str]:
    try:
        return {one.name for one in ast.parse(code).body if isinstance(one, ast.FunctionDef)}
    except SyntaxError:
        return set()
