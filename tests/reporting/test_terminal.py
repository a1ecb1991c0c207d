import io

import pytest
from rich.console import Console

from autograder.model import ExerciseReport, GroupReport, Isolation, Report, Verdict
from autograder.reporting.terminal import print_summary, progress


def report(id: str, points: float = 4.0, judge_error: str | None = None) -> Report:
    verdict = Verdict.ACCEPTED if points == 4.0 else Verdict.WRONG_ANSWER
    group = GroupReport("all", True, points, 4.0, verdict)
    return Report(id, (ExerciseReport("softmax", "part1", (group,)),), 0.1, judge_error)


def console(terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=80, force_terminal=terminal, legacy_windows=False)


def text(of: Console) -> str:
    assert isinstance(of.file, io.StringIO)
    return of.file.getvalue()


@pytest.mark.parametrize(("total", "most"), [(3, 3), (20, 20), (1000, 25)])
def test_plain_progress_is_some_lines_at_most(total, most):
    to = console()
    with progress(total, to) as on_report:
        for number in range(total):
            on_report(report(f"s{number}"), True)
    lines = text(to).splitlines()
    assert 3 <= len(lines) <= most
    assert lines[-1] == f"{total} of {total}: s{total - 1} 4 of 4"


def test_a_terminal_shows_a_bar():
    to = console(terminal=True)
    with progress(2, to) as on_report:
        on_report(report("li"), True)
        on_report(report("wong"), True)
    assert "2/2" in text(to)


def test_what_was_kept_is_said():
    to = console()
    with progress(2, to) as on_report:
        on_report(report("li"), False)
        on_report(report("wong"), True)
    assert "1 of 2 were graded before" in text(to)


def test_the_summary_has_a_row_for_each():
    to = console()
    assert print_summary([report("li"), report("wong", 1.5)], Isolation("full", {}), to) == 0
    assert "li" in text(to)
    row = next(line for line in text(to).splitlines() if "wong" in line)
    assert "1.5" in row
    assert "softmax" in row
    assert "mean 2.8, median 2.8, lowest 1.5, highest 4" in text(to)
    assert "isolation: full" in text(to)


def test_a_large_class_is_summed_up():
    to = console()
    print_summary((report(f"s{n}") for n in range(100)), Isolation("full", {}), to)
    assert "100 graded" in text(to)
    assert len(text(to).splitlines()) < 6


def test_our_own_failures_are_counted_and_named():
    to = console()
    failed = report("wong", 0.0, judge_error="the sandbox did not start")
    assert print_summary([report("li"), failed], Isolation("full", {}), to) == 1
    assert "not graded, our own failure: wong: the sandbox did not start" in text(to)
    assert "mean 4.0" in text(to)


def test_names_are_shown_as_text():
    to = console(terminal=True)
    print_summary([report("[red]x[/red]\x1b[31m\n")], Isolation("full", {}), to)
    assert "[red]x[/red]\\x1b[31m\\n" in text(to)
