"""Renders the lesson of a part as HTML, from the text that is handed out for it."""

from __future__ import annotations

import ast
import html
import re
from functools import lru_cache

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from autograder.authoring.script import split_cells
from autograder.authoring.stubs import stub_text
from autograder.model import Course, Part


def lesson_html(course: Course, part: Part) -> str:
    """The lesson with formulas as TeX in elements of the class `math`.

    An exercise is a section with the id `lesson-NAME`. "" where the solution cannot be read.
    Raises CourseError where it cannot be made into a stub.
    """
    path = course.folder / "solutions" / f"{part.name}.py"
    try:
        solution = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
    return _rendered(stub_text(solution, part), tuple(one.name for one in part.exercises))


@lru_cache(32)
def _rendered(text: str, names: tuple[str, ...]) -> str:
    # Text in HTML stays text, although the author of a course may be trusted.
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
