"""Comments belong to the statement that they touch or stand in."""

import ast

import pytest

from autograder.authoring.lines import first_line, lines_of, signature_ends


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a = 1\nTHIS = 2\nb = 3", [2]),
        ("# far\n\n# near\n# nearer\nTHIS = 2", [3, 4, 5]),
        ("# %%\n# near\nTHIS = 2", [2, 3]),
        ("def THIS():\n    pass\n    # in it\n\n    # too\n# not in it", [1, 2, 3, 4, 5]),
        ("def THIS():\n    pass\n\n\n# not in it", [1, 2]),
        ("@a\n# between\n@b(\n    c\n)\ndef THIS():\n    pass", [1, 2, 3, 4, 5, 6, 7]),
        ("THIS = [\n    # in it\n]\nb = 1", [1, 2, 3]),
    ],
)
def test_lines_of_a_statement(text: str, wanted: list[int]) -> None:
    node = next(n for n in ast.parse(text).body if "THIS" in ast.unparse(n))
    assert sorted(lines_of(node, text.split("\n"))) == wanted
    assert first_line(node) in wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("def f(x): return x\n", {1: (1, 9)}),
        ("def f(\n    x: int = {1: 2}[1],  # :\n) -> 'a:b':\n    pass\n", {1: (3, 11)}),
        ("def f(x=lambda: 1):\n    pass\n", {1: (1, 19)}),
        ("class A:\n    def f(self): pass\n", {2: (2, 16)}),
        ("x = 1\n", {}),
    ],
)
def test_where_a_signature_ends(text: str, wanted: dict[int, tuple[int, int]]) -> None:
    assert signature_ends(text) == wanted
