"""What people read is plain English: the worst patterns of foreign wording stay out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from autograder.cli.commands import MODULES, autograder

ROOT = Path(__file__).parents[2]
PATTERNS = {
    r"\basked (is|are)\b": "'the exercise asks for …'",
    r"\b(array|value|number)s? (is|are) asked\b": "'return a single array'",
    r"(^|[.:;] )(Tried|Whose|Of whom) (is|are|is|has)\b": "a sentence with a subject",
    r"\b(is|are|returned) no (array|number|list|function|folder|file)\b": "'is not a …'",
    r"\bmend(s|ed)?\b": "'fix'",
    r"\b(laid to|came to grief|for ever)\b": "'attributed to', 'crashed', a plain verb",
    r"\bstands? (twice|there)\b": "'is duplicated', 'is there'",
    r"\bnot beyond doubt\b": "'more than one row matches'",
    r"\bthat are at hand\b": "'available'",
}
"""What must not be written, and what to write instead."""
READ_BY_PEOPLE = ("cli", "course", "diagnosis", "judging", "reporting", "study", "integrations")


def messages(path: Path) -> Iterator[tuple[str, str]]:
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


def texts() -> Iterator[tuple[str, str]]:
    for folder in READ_BY_PEOPLE:
        for path in sorted((ROOT / "autograder" / folder).rglob("*.py")):
            yield from messages(path)
    for path in sorted((ROOT / "solutions" / "misconceptions").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", ast.get_docstring(node) or ""
    with click.Context(autograder) as context:
        for name in MODULES:
            command = autograder.get_command(context, name)
            assert command is not None
            with click.Context(command, info_name=name, parent=context) as below:
                yield f"autograder {name} --help", command.get_help(below)
    places = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    for path in [*places, *sorted((ROOT / "autograder/authoring/templates").iterdir())]:
        if path.is_file() and path.name != "CONTRIBUTING.md":  # which shows what not to write
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_no_foreign_wording_where_people_read() -> None:
    wrong = [
        f"{place}: {match[0]!r}; write {instead}"
        for place, text in texts()
        for pattern, instead in PATTERNS.items()
        for match in re.finditer(pattern, text, re.MULTILINE)
    ]
    assert wrong == []


@pytest.mark.parametrize("text", ["asked are the new weights", "a matrix is no array", "mend it"])
def test_the_patterns_find_what_they_are_for(text: str) -> None:
    assert any(re.search(pattern, text) for pattern in PATTERNS)
