"""The reference of course.yaml's keys follows the schema, which describes every key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from key_reference import BEGIN, END, key_reference, with_reference

from autograder.course.schema import json_schema

DOCUMENT = Path(__file__).parents[2] / "docs" / "authoring.md"


def schema_keys() -> list[tuple[str, str, dict[str, Any]]]:
    schema = json.loads(json_schema())
    mappings = {"course.yaml": schema, **schema["$defs"]}
    return [
        (mapping, key, entry)
        for mapping, found in mappings.items()
        for key, entry in found["properties"].items()
    ]


def test_every_key_has_a_description_for_editors() -> None:
    keys = schema_keys()
    assert len(keys) > 50
    missing = [f"{mapping}.{key}" for mapping, key, entry in keys if not entry.get("description")]
    assert missing == []


def test_the_reference_has_a_row_for_every_key() -> None:
    rows = [line for line in key_reference().splitlines() if line.startswith("| `")]
    assert sorted(row.split("`")[1] for row in rows) == sorted(key for _, key, _ in schema_keys())


def test_the_document_is_up_to_date() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == with_reference(text), "run python tests/support/key_reference.py"


def test_only_what_is_between_the_markers_is_written() -> None:
    text = with_reference(f"before\n{BEGIN}old\n{END}after\n")
    assert text.startswith(f"before\n{BEGIN}")
    assert text.endswith(f"{END}after\n")
    assert "old\n" not in text
    assert "| `seed` | required |" in text


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}{BEGIN}"])
def test_a_document_without_the_markers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="needs the lines"):
        with_reference(text)
