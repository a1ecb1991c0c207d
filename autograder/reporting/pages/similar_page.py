"""The page of hand-ins that are alike: places to look, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from autograder.reporting.pages.document import document
from autograder.reporting.pages.html import Html, join, raw, tag
from autograder.similarity.class_matches import MatchWithCode
from autograder.similarity.matches import MOST, Match
from autograder.similarity.sketches import Place

_WHAT = (
    "These are places to look, never a verdict: a pair may have sat together with permission, used "
    "the same book, or solved it alike by chance. What is compared is the code without comments, "
    "names and layout, without what the stubs hold, and without what many in the class wrote."
)
_EVIDENCE = (
    "Evidence says how rare it is that two hand-ins agree in all these functions, counted from how "
    "many others have each: one bit more is half as likely. Pairs that chance would bring about in "
    "a class of this size are left out."
)


def similar_page(
    course: str, pairs: Sequence[MatchWithCode], compared: int, names: Mapping[str, str]
) -> Html:
    """The whole page; `names` are the students' by submission, where they are known."""
    heading = tag(
        "header",
        tag("p", "Hand-ins that are alike", class_="course"),
        tag("h1", course),
        tag("p", f"{compared} hand-ins compared", class_="soft"),
    )
    if not pairs:
        found = tag("p", tag("strong", "No two hand-ins are alike beyond what chance explains."))
    else:
        most = f"The {MOST} with the most evidence: " if len(pairs) == MOST else ""
        plural = "pair" if len(pairs) == 1 else "pairs"
        found = tag("h2", f"{most}{len(pairs)} {plural}")
    body = join(tag("p", _WHAT), tag("p", _EVIDENCE, class_="soft"), found)
    rows = (_pair(pair, names) for pair in pairs)
    page = join(heading, tag("main", body, rows))
    return document(f"Hand-ins that are alike: {course}", page, style="similar.css")


def _pair(pair: MatchWithCode, names: Mapping[str, str]) -> Html:
    one = pair.match
    count = len(one.pairs)
    facts = (
        f"{count} {'function' if count == 1 else 'functions'}, {one.share:.0%} of what the first "
        f"has of its own; evidence {one.evidence:.0f} bits"
    )
    who = join(_who(one.one, names), tag("span", " and ", class_="soft"), _who(one.other, names))
    summary = tag("summary", who, tag("span", facts, class_="facts"))
    return tag("details", summary, _functions(pair, one), class_="pair")


def _who(id: str, names: Mapping[str, str]) -> Html:
    name = names.get(id) or id
    beside = tag("small", f" {id}", dir="auto") if name != id else None
    return join(tag("strong", name, dir="auto"), beside)


def _functions(pair: MatchWithCode, one: Match) -> Iterator[Html]:
    for (mine, theirs), (left, right) in zip(one.pairs, pair.code, strict=False):
        yield tag("div", _code(mine, left), _code(theirs, right), class_="beside")
    rest = one.pairs[len(pair.code) :]
    if rest:
        listed = ", ".join(mine.name or mine.filename for mine, _ in rest)
        yield tag("p", f"And also: {listed}.")


def _code(place: Place, lines: Sequence[str]) -> Html:
    where = f"{place.filename}, lines {place.first} to {place.last}"
    code = join(*(join(line, raw("\n")) for line in lines))
    # a region that scrolls has to be reachable by keyboard
    shown = tag("pre", tag("code", code), tabindex="0", role="region", aria_label=where)
    return tag("figure", tag("figcaption", where), shown)
