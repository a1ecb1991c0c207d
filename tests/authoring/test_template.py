from __future__ import annotations

import pytest

from autograder.authoring.template import filled


def test_gaps_are_filled_and_nothing_else_is_touched() -> None:
    text = filled("grade.yml", needs="'numpy>=1'", wheel="engine.whl")
    assert "pip install --quiet 'numpy>=1'\n" in text
    assert "/engine.whl" in text
    assert "uses: actions/checkout@v4" in text
    assert "${{ secrets.AUTOGRADER_KEY_TOKEN }}" in text
    assert "@WHEEL@" not in text


def test_a_gap_without_a_value_is_a_bug() -> None:
    with pytest.raises(KeyError, match="needs"):
        filled("grade.yml", wheel="engine.whl")
