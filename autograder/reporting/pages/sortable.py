"""A table that the reader can sort; without scripts it is a plain one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograder.reporting.pages.html import Html, tag


def sortable_table(
    caption: str,
    heads: Sequence[tuple[str, str]],
    rows: Iterable[Html],
    *,
    id: str | None = None,
) -> Html:
    """`heads` are titles, each with how to sort its column: `text` or `number`.

    A cell with `data-v` is sorted by that, every other one by what it says.
    """
    row = tag(
        "tr",
        (tag("th", title, scope="col", data_sort=kind, class_=kind) for title, kind in heads),
    )
    table = tag(
        "table",
        tag("caption", caption, class_="heard"),
        tag("thead", row),
        tag("tbody", rows),
        class_="sortable",
        id=id,
    )
    return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)
