"""What people read is plain English: the worst patterns of foreign wording stay out."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from autograder.cli.commands import COMMANDS, autograder

ROOT = Path(__file__).parents[2]
THINGS = (
    "array|number|list|function|folder|file|matrix|vector|mean|name|notebook|class|course|key"
    "|submission|student|exercise|address|value|text|dict|set|pair|case|group"
)
PATTERNS = {
    r"\basked (is|are)\b": "'the exercise asks for …'",
    r"\b(array|value|number)s? (is|are) asked\b": "'return a single array'",
    r"(^|[.:;] )(Tried|Whose|Of whom) (is|are|is|has)\b": "a sentence with a subject",
    rf"(?<!there )\b(is|are|was|returned) no ({THINGS})s?\b(?! (with|of|in|that|called))": (
        "'is not a …'"
    ),
    r"\bmend(s|ed)?\b": "'fix'",
    r"\b(laid to|came to grief|for ever)\b": "'attributed to', 'crashed', a plain verb",
    r"\bstands? (twice|there|for|in|on|at|above|below|before)\b": "'is duplicated', 'is …'",
    r"\bnot beyond doubt\b": "'more than one row matches'",
    r"\bthat are at hand\b": "'available'",
    r"(?<!['`/_-])\bhand-ins?\b(?!/)": "'submission'",
    r"\bbeside\b|\bBesides,|\bbesides[:;.]": "'next to', 'with', 'also'",
    r"\b(is|are|was) told\b|\btells? (us|them) apart\b": "'is said', 'reports', 'differ'",
    r"\b(derivative|gradient) by (the (prob|log|out|wei|in)\w+|a|S|Z|W|w)\b": "'with respect to'",
    r"\bin place of\b": "'instead of'",
    r"\bturned round\b": "'flipped', 'transposed'",
    r"\b(weighs|weighed|weighing) (with|by)\b": "'weighted by'",
    r"(: |\b(for|of|by|from) )who (can|has|is|does|hands?|handed)\b": "a person before 'who'",
}
"""What must not be written, and what to write instead."""
NOT_READ = ("sandbox/kernel_layers", "codec.py", "source.py", "grid.py")
"""Modules whose strings are no texts for people."""
LESSONS = sorted((ROOT / "solutions").glob("*.py"))


def strings(path: Path) -> Iterator[tuple[str, str]]:
    """The texts of a module that are shown: its strings, but not its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.Expr)
    docstrings = {
        id(statement.value)
        for node in ast.walk(tree)
        if isinstance(node, documented)
        for statement in getattr(node, "body", ())
        if isinstance(statement, ast.Expr)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in docstrings:
            yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def docstrings(path: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            line = getattr(node, "lineno", 1)
            yield f"{path.relative_to(ROOT)}:{line}", ast.get_docstring(node) or ""


def texts() -> Iterator[tuple[str, str]]:
    """Every place, and the text that people read there."""
    for path in sorted((ROOT / "autograder").rglob("*.py")):
        if not any(part in path.as_posix() for part in NOT_READ):
            yield from strings(path)
    for path in sorted((ROOT / "solutions" / "misconceptions").glob("*.py")):
        yield from docstrings(path)
    for path in LESSONS:
        yield from strings(path)
        yield from docstrings(path)
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    # click keeps the help option that it makes for the first context of a command
    with click.Context(autograder, **autograder.context_settings) as context:
        for name in COMMANDS:
            command = autograder.get_command(context, name)
            assert command is not None
            with click.Context(command, info_name=name, parent=context) as below:
                yield f"autograder {name} --help", command.get_help(below)
    pages = (ROOT / "autograder").rglob("*.html")
    places = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), *sorted(pages)]
    for path in [*places, *sorted((ROOT / "autograder/authoring/templates").iterdir())]:
        if path.is_file() and path.name != "CONTRIBUTING.md":  # which shows what not to write
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    schema = json.loads((ROOT / "autograder/course.schema.json").read_text(encoding="utf-8"))
    yield "course.schema.json", json.dumps(schema, ensure_ascii=False)


def test_no_foreign_wording_where_people_read() -> None:
    wrong = [
        f"{place}: {match[0]!r}; write {instead}"
        for place, text in texts()
        for pattern, instead in PATTERNS.items()
        for match in re.finditer(pattern, text, re.MULTILINE | re.IGNORECASE)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "asked are the new weights",
        "Asked is the gradient alone.",
        "a matrix is no array",
        "mend it",
        "the file beside yours",
        "one hand-in of a class",
        "the gradient by the weights",
        "x_i in place of x_j",
        "a page for who handed nothing in",
        "the letters stand for other things",
    ],
)
def test_the_patterns_find_what_they_are_for(text: str) -> None:
    assert any(re.search(pattern, text, re.IGNORECASE) for pattern in PATTERNS)


@pytest.mark.parametrize(
    "text",
    [
        "packages besides numpy",
        "there is no course with this name",
        "a failing grade is no failure of this step",
        "hand in the file",
        "otter's own tells",
    ],
)
def test_plain_sentences_pass(text: str) -> None:
    assert not any(re.search(pattern, text, re.IGNORECASE) for pattern in PATTERNS)
