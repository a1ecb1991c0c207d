"""Shows a grading run in a terminal: its progress, then a table of its marks."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from autograder.model import Isolation, Report, Verdict
from autograder.text import printable

_ROWS = 40
_LINES = 20
_ID_WIDTH = 40


@contextmanager
def progress(total: int, console: Console) -> Iterator[Callable[[Report, bool], None]]:
    """A function to call with each report, and whether it is new, as it comes.

    On a terminal there is a bar; elsewhere at most some twenty lines, however many reports.
    """
    kept = done = 0

    def count(fresh: bool) -> None:
        nonlocal kept, done
        done += 1
        kept += not fresh

    def line(report: Report, fresh: bool) -> None:
        count(fresh)
        if total <= _LINES or done == total or done % (total // _LINES) == 0:
            console.print(Text(f"{done} of {total}: {_result(report)}"), soft_wrap=True)

    if not console.is_terminal:
        yield line
    else:
        columns = (
            TextColumn("grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("", total=total)

            def advance(report: Report, fresh: bool) -> None:
                count(fresh)
                bar.advance(task)

            yield advance
    if kept:
        console.print(f"{kept} of {total} were graded before and have not changed")


def print_summary(
    reports: Iterable[Report],
    isolation: Isolation,
    console: Console,
    names: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Print the scores, one row each unless there are many; how many could not be graded.

    `names` are the students' by submission, shown where any is given.
    """
    table = Table("submission", header_style="bold")
    if names:
        table.add_column("student")
    table.add_column("score", justify="right")
    table.add_column("passed", justify="right")
    table.add_column("not passed", overflow="fold", max_width=60)
    scores: list[float] = []
    failed: list[str] = []
    points = 0.0
    for report in reports:
        points = report.max_score
        if report.judge_error is None:
            scores.append(report.score)
        else:
            failed.append(f"{printable(report.id, _ID_WIDTH)}: {printable(report.judge_error)}")
        if len(scores) + len(failed) <= _ROWS:
            id, *cells = _row(report)
            name = [Text(printable(names.get(report.id, ""), _ID_WIDTH))] if names else []
            table.add_row(id, *name, *cells)
    if len(scores) + len(failed) <= _ROWS:
        console.print(table)
    for line in failed[:_ROWS]:
        console.print(Text(f"not graded, our own failure: {line}"), soft_wrap=True)
    console.print(_statistics(scores, points, len(failed)))
    console.print(f"isolation: {isolation.level}")
    return len(failed)


def _row(report: Report) -> tuple[Text, ...]:
    id = Text(printable(report.id, _ID_WIDTH))
    if report.judge_error is not None:
        return id, Text("-"), Text("-"), Text("not graded")
    lost = [one for one in report.exercises if one.verdict is not Verdict.ACCEPTED]
    passed = f"{len(report.exercises) - len(lost)}/{len(report.exercises)}"
    return id, Text(f"{report.score:g}"), Text(passed), Text(_listed([one.name for one in lost]))


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _result(report: Report) -> str:
    id = printable(report.id, _ID_WIDTH)
    if report.judge_error is not None:
        return f"{id} not graded"
    return f"{id} {report.score:g} of {report.max_score:g}"


def _statistics(scores: list[float], points: float, failed: int) -> str:
    text = f"{len(scores)} graded"
    if scores:
        mean, median = statistics.fmean(scores), statistics.median(scores)
        text += (
            f", of {points:g} points: mean {mean:.1f}, median {median:.1f}, "
            f"lowest {min(scores):g}, highest {max(scores):g}"
        )
    return text + (f"; {failed} not graded" if failed else "")
