"""Reads YAML as nothing but text, lists, dicts."""

from __future__ import annotations

from typing import Any

DEPTH_LIMIT = 50
"""Lists and dicts inside one another."""


class PlainYamlError(ValueError):
    """The text is no YAML, or nested too deeply; the message says where, in our words."""


def read_plain_yaml(content: bytes) -> Any:
    """The first document in `content`, None if there is none; every scalar is a str.

    Numbers keep their leading zeros, tags make no objects, keys that are no text are dropped, and
    aliases are empty, so that nothing grows. Raises PlainYamlError.
    """
    import yaml

    # The parser's events, as the loaders' own recursion in C overruns the stack when nested deep.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    open_collections: list[list[Any]] = [[]]
    try:
        for event in yaml.parse(content, Loader=loader):
            if isinstance(event, yaml.CollectionStartEvent):
                if len(open_collections) > DEPTH_LIMIT:
                    raise PlainYamlError(f"{_place(event.start_mark)} is nested too deeply")
                open_collections.append([])
            elif isinstance(event, yaml.CollectionEndEvent):
                inside: Any = open_collections.pop()
                if isinstance(event, yaml.MappingEndEvent):
                    pairs = zip(inside[::2], inside[1::2], strict=True)
                    inside = {key: value for key, value in pairs if isinstance(key, str)}
                open_collections[-1].append(inside)
            elif isinstance(event, yaml.ScalarEvent):
                open_collections[-1].append(event.value)
            elif isinstance(event, yaml.AliasEvent):
                open_collections[-1].append("")
    except (yaml.YAMLError, UnicodeError) as error:
        where = _place(getattr(error, "problem_mark", None))
        raise PlainYamlError(f"{where} cannot be read") from None
    documents = open_collections[0]
    return documents[0] if documents else None


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}" if mark else "some character"
