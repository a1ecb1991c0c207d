"""Turns IPython's syntax into Python, by the rules of IPython's own input transformer.

`python_of` produces the same tokens as `IPython.core.inputtransformer2.TransformerManager` (a test
compares the two on generated cells), but keeps line numbers: lines that IPython joins or drops are
replaced by empty lines. Use it for text that does not compile as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent
from typing import NamedTuple

_DOCTEST = re.compile(r"\s*>>>")
_FIRST_PROMPT = re.compile(r"^\s*>>>[ \t]?")
_NEXT_PROMPT = re.compile(r"^\s*\.\.\.[ \t]?")
_IPYTHON_PROMPT = re.compile(r"^(?:(?:(?:\[nav\]|\[ins\])? )?In \[\d+\]: |\s*\.{3,}: ?)")
_TRIPLE = re.compile(r"(?<!\\)(?:\"\"\"|''')")
_PREFIX = re.compile(r"(?i)[rubf]*")

_TOKEN = re.compile(
    r"""
      (?P<space> [ \t\f]+ | \\\r?\n )
    | (?P<comment> \#[^\n]* )
    | (?P<end> \r?\n )
    | (?P<triple> [A-Za-z]{0,2} (?: \"\"\" | ''' ) )
    | (?P<string> [A-Za-z]{0,2} (?: "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' ) )
    | (?P<name> [^\W\d]\w* )
    | (?P<number> \.?\d(?:[\w.]|(?<=[eE])[+-])* )
    | (?P<operator> \*\*= | //= | >>= | <<= | \.\.\. | != | == | <= | >= | -> | :=
        | [-+*/%@&|^]= | \*\* | // | << | >> | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_LETTERS = re.compile(r"[A-Za-z]*")
_STRING_PREFIXES = {"", "r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt"}
_HELP = re.compile(r"(%{0,2}(?!\d)[\w*]+(?:\.(?!\d)[\w*]+|\[-?[0-9]+\])*)(\?\??)$")
_ESCAPES = frozenset("!?%,;/")


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


class _Piece(NamedTuple):
    """A replacement for the text from `start` to `end`."""

    start: int
    priority: int
    end: int
    text: str


def python_of(cell: str) -> str:
    """The cell as Python that calls `get_ipython()`; unchanged if it has no special syntax."""
    lines = cell.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    blank = next((number for number, line in enumerate(lines) if not line.isspace()), 0)
    empty, lines = lines[:blank], lines[blank:]
    lines = dedent("".join(lines)).splitlines(keepends=True)
    lines = _without_ipython_prompts(_without_doctest_prompts(lines))
    if lines and lines[0].startswith("%%") and not re.match(r"%%\w+\?", lines[0]):
        name, _, rest = lines[0][2:].rstrip().partition(" ")
        body = "".join(lines[1:])
        call = f"get_ipython().run_cell_magic({name!r}, {rest!r}, {body!r})\n"
        return "".join(empty) + call + "\n" * (len(lines) - 1)
    return "".join(empty) + _transformed("".join(lines))


# --- prompts ----------------------------------------------------------------------------------


def _without_doctest_prompts(lines: list[str]) -> list[str]:
    inside = list(_inside_strings(lines))
    if not any(
        _DOCTEST.match(line) for line, quoted in zip(lines, inside, strict=True) if not quoted
    ):
        return lines
    stripped: list[str] = []
    start = 0
    for end in range(1, len(lines) + 1):
        if end < len(lines) and inside[end] == inside[start]:
            continue
        piece = lines[start:end]
        if not inside[start]:
            bare = [_without_prompt(line) for line in piece]
            changed = bare != piece
            piece = dedent("".join(bare)).splitlines(keepends=True) if changed else bare
        stripped += piece
        start = end
    return stripped


def _without_prompt(line: str) -> str:
    prompt = _FIRST_PROMPT if _FIRST_PROMPT.match(line) else _NEXT_PROMPT
    return prompt.sub("", line, count=1)


def _inside_strings(lines: list[str]) -> Iterator[bool]:
    """For each line, whether it is inside a triple-quoted string in which prompts must be kept."""
    quote, kept, prompted = "", False, False
    for line in lines:
        inside = bool(quote) and kept
        for found in _TRIPLE.finditer(line):
            if not quote:
                quote = found[0]
                before = line[: found.start()]
                bare = _NEXT_PROMPT.sub("", _FIRST_PROMPT.sub("", before, count=1), count=1)
                is_code = bare != before and prompted
                kept = inside = not is_code and bool(_PREFIX.fullmatch(bare.strip()))
            elif quote == found[0]:
                quote, kept = "", False
        yield inside
        prompted = prompted or bool(_DOCTEST.match(line))


def _without_ipython_prompts(lines: list[str]) -> list[str]:
    if not any(_IPYTHON_PROMPT.match(line) for line in lines[:2]):
        return lines
    return [_IPYTHON_PROMPT.sub("", line, count=1) for line in lines]


# --- special lines ----------------------------------------------------------------------------


def _transformed(text: str) -> str:
    """Replace the special pieces one at a time; after each, tokenize again from the same line."""
    at = 0
    blocked: set[str] = set()
    while at < len(text):
        tokens, end = _logical_line(text, at)
        found = [
            (name, find(text, tokens)) for name, find in _FINDERS.items() if name not in blocked
        ]
        pieces = [piece for _, piece in found if isinstance(piece, _Piece)]
        if pieces:
            piece = min(pieces, key=lambda piece: piece[:2])
            ends = text.count("\n", piece.start, piece.end)
            if _TRIPLE.search(piece.text):
                ends = min(ends, 1)  # the lines below may now be inside this string
            text = text[: piece.start] + piece.text + "\n" * ends + text[piece.end :]
        else:
            # IPython looks only at a cell's first match of each kind, even if it is invalid
            blocked |= {name for name, piece in found if piece is not None}
            at = end
    return text


def _assignment(text: str, tokens: list[_Token]) -> _Piece | None:
    """`x = %time f()`, `names = !ls`."""
    depth = 0
    for place, token in enumerate(tokens[:-1]):
        if token.text == "=" and not depth:
            value, after = tokens[place + 1], tokens[place + 2 : place + 3]
            line = text[_line_start(text, token.start) : token.start + 1]
            if value.text == "%" and after and after[0].kind == "name":
                content, end = _continued(text, value.start)
                return _Piece(value.start, 10, end, _magic_call(content[1:]))
            if value.text == "!" and line.strip() != "=":
                content, end = _continued(text, value.start)
                return _Piece(value.start, 10, end, f"get_ipython().getoutput({content[1:]!r})")
            return None
        if token.kind == "operator":
            depth += (token.text in "([{") - (token.text in ")]}" and depth > 0)
    return None


def _escaped(text: str, tokens: list[_Token]) -> _Piece | str | None:
    """`%time f()`, `!ls`, `?f`, `,f a b`, `/f a b`."""
    if not tokens or tokens[0].text not in _ESCAPES:
        return None
    start = tokens[0].start
    line, end = _continued(text, start)
    escape = line[:2] if line[:2] in ("!!", "??") else line[:1]
    content = line[len(escape) :]
    name, _, rest = content.partition(" ")
    if escape in ("?", "??"):
        call = _help_call(content, escape) if content else "get_ipython().show_usage()"
    elif escape == ",":
        call = '{}("{}")'.format(name, '", "'.join(rest.split()))
    elif escape == ";":
        call = f'{name}("{rest}")'
    elif escape == "/":
        if not name:
            return "a call without a name"
        call = f"{name}({', '.join(rest.split())})"
    elif escape == "%":
        call = _magic_call(content)
    else:
        method = "getoutput" if escape == "!!" else "system"
        call = f"get_ipython().{method}({content!r})"
    return _Piece(start, 10, end, call)


def _help(text: str, tokens: list[_Token]) -> _Piece | str | None:
    """`f?`, `f??`, `%time?`."""
    if len(tokens) < 3 or tokens[-2].text != "?":
        return None
    start = tokens[0].start
    end = text.find("\n", tokens[-2].start) + 1 or len(text)
    found = _HELP.search(text[start:end])
    if found is None:
        return "a question mark after something that is not a name"
    return _Piece(start, 5, end, _help_call(found[1], found[2]))


_FINDERS = {"assignment": _assignment, "escaped": _escaped, "help": _help}


def _magic_call(content: str) -> str:
    name, _, rest = content.partition(" ")
    return f"get_ipython().run_line_magic({name!r}, {rest!r})"


def _help_call(target: str, escape: str) -> str:
    method = "pinfo2" if escape == "??" else "psearch" if "*" in target else "pinfo"
    name, _, rest = f"{method} {target}".partition(" ")
    return f"get_ipython().run_line_magic({name!r}, {rest!r})"


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _continued(text: str, at: int) -> tuple[str, int]:
    r"""The text from `at` on, with lines that end in `\` joined; and the position of its end."""
    pieces = []
    end = at
    while end < len(text):
        start, end = end, text.find("\n", end) + 1 or len(text)
        pieces.append(text[start:end])
        if not text.endswith("\\\n", start, end):
            break
    line = " ".join([*(piece.rstrip()[:-1] for piece in pieces[:-1]), pieces[-1].rstrip()])
    return line, end


# --- tokens -----------------------------------------------------------------------------------


def _logical_line(text: str, at: int) -> tuple[list[_Token], int]:
    """The tokens of the logical line that starts at `at`, with its newline; and where it ends."""
    tokens: list[_Token] = []
    depth = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match is not None  # the last alternative takes any character
        kind, word = str(match.lastgroup), match[0]
        prefix = _LETTERS.match(word)
        if kind in ("triple", "string") and prefix and prefix[0].lower() not in _STRING_PREFIXES:
            kind, word = "name", prefix[0]
        end = at + len(word)
        if kind == "triple":
            end = _end_of_triple(text, end, word[-3:])
            if end < 0:  # an unclosed string: the statement extends to the end of the text
                return tokens, len(text)
        if kind != "space":
            tokens.append(_Token(kind, word, at))
        if kind == "operator":
            depth += (word in "([{") - (word in ")]}" and depth > 0)
        at = end
        if kind == "end" and not depth:
            break
    return tokens, at


def _end_of_triple(text: str, at: int, quote: str) -> int:
    """The end of the triple-quoted string that contains `at`; -1 if it is unclosed."""
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text.startswith(quote, at):
            return at + 3
        else:
            at += 1
    return -1
