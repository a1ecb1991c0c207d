"""`autograder adjust`: add or subtract points by hand."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.errors import UsageError
from autograder.text import number_of, printable, without_separator_line

if TYPE_CHECKING:
    from autograder.gradebook.gradebook import Gradebook
    from autograder.gradebook.marks import Adjustment, FinalMark
    from autograder.model.submission import Student

_SIZE_LIMIT = 4 * 1024 * 1024
_LISTED = 20


# Pass unknown options through as arguments, since -2 looks like an option.
@click.command("adjust", context_settings={"ignore_unknown_options": True})
@click.argument("words", metavar="[ID] [POINTS]", nargs=-1)
@click.option(
    "--because",
    "reason",
    metavar="REASON",
    default="",
    help="The reason; it appears in the gradebook and in the student's feedback.",
)
@click.option("--exercise", metavar="NAME", default="", help="The exercise whose points change.")
@click.option(
    "--all", "everybody", is_flag=True, help="Everyone who submitted something, instead of ID."
)
@click.option(
    "--list",
    "listed",
    metavar="CSV",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Many at once: a file with the columns id, points, reason and, optionally, exercise.",
)
@click.option(
    "--full-group",
    "full",
    metavar="EXERCISE:GROUP",
    help="Give everyone all points of this test group, now and after regrading.",
)
@click.option("--take-back", is_flag=True, help="Undo --full-group for this test group.")
@click.option(
    "--out",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    default="graded",
    show_default=True,
    help="The folder that `autograder grade --out DIR` wrote.",
)
@click.pass_context
def adjust_command(
    context: click.Context,
    words: tuple[str, ...],
    reason: str,
    exercise: str,
    everybody: bool,
    listed: Path | None,
    full: str | None,
    take_back: bool,
    folder: Path,
) -> None:
    """Change marks by hand, with a reason.

    ID is the id or name of a student, or the id of a submission; the latter means everyone who
    submitted it. POINTS is a number such as +2 or -1.5. Adjustments add up and survive regrading;
    to undo one, make the opposite adjustment. The files of the graded folder are written again.

    \b
      autograder adjust ada +2 --because "a good idea"
      autograder adjust --all +1 --exercise sm_dir --because "the text was wrong"
      autograder adjust --list corrections.csv
      autograder adjust --full-group "softmax: huge logits" --because "a bad test"
    """
    from autograder.gradebook.database import alone_in
    from autograder.gradebook.gradebook import Gradebook, require_gradebook
    from autograder.reporting.graded_folder import write_reports
    from autograder.reporting.terminal import ungraded_lines

    if sum((listed is not None, full is not None, everybody)) > 1:
        raise UsageError("--all, --list and --full-group cannot be combined; give one of them")
    _require_words(context, words, 0 if listed or full is not None else 1 if everybody else 2)
    if take_back and full is None:
        raise UsageError(
            "--take-back: goes with --full-group; an adjustment is taken back by its opposite"
        )
    if not reason.strip() and not listed and not take_back:
        raise UsageError("--because: is empty; give the reason in a few words")
    require_gradebook(folder)
    with alone_in(folder), Gradebook(folder, must_exist=True) as gradebook:
        gradebook.course()  # raises UsageError if nothing was ever graded
        for line in ungraded_lines(gradebook.ungraded()):
            raise UsageError(f"{folder}: {line}")
        before = gradebook.marks()
        text = " ".join(reason.split())
        if full is not None:
            _full_group(gradebook, full, text, take_back)
        elif listed:
            gradebook.register.adjust(list(_from_list(gradebook, before, listed)))
        else:
            adjustment = _adjustment(gradebook, before, words[-1], text, exercise)
            students = _students(before, None if everybody else words[0])
            gradebook.register.adjust([(student, adjustment) for student in students])
        gradebook.note_marks()
        write_reports(gradebook, folder)
        _print_changes(before, gradebook.marks())


def _require_words(context: click.Context, words: Sequence[str], wanted: int) -> None:
    """Refuse unknown options, which click passed through, and any other number of words."""
    for word in words:
        if word.startswith("--"):
            options = [name for one in context.command.params for name in one.opts]
            raise click.NoSuchOption(
                word, possibilities=get_close_matches(word, options), ctx=context
            )
    if len(words) != wanted:
        what = ["no ID and no POINTS", "POINTS", "ID and POINTS"][wanted]
        found = " ".join(map(repr, words)) or "nothing"
        raise UsageError(f"adjust: found {found}; write {what}; see 'autograder adjust --help'")


def _print_changes(before: Sequence[FinalMark], after: Sequence[FinalMark]) -> None:
    from autograder.gradebook.marks import in_words
    from autograder.reporting.terminal import called

    known = {mark.student: mark for mark in before}
    changed = [mark for mark in after if mark != known.get(mark.student)]
    for mark in changed[:_LISTED]:
        click.echo(f"{printable(called(mark.student))}: {'; '.join(in_words(mark))}")
    if len(changed) > _LISTED:
        click.echo(f"and {number_of(len(changed) - _LISTED, 'more student')}")
    if not changed:
        click.echo("no mark has changed")


def _adjustment(
    gradebook: Gradebook, marks: Sequence[FinalMark], points: str, reason: str, exercise: str
) -> Adjustment:
    from autograder.gradebook.marks import Adjustment
    from autograder.gradebook.people import now

    number = _points(points, _most(gradebook, marks, exercise))
    if not reason:
        raise UsageError("the reason is empty; give it in a few words")
    return Adjustment(number, reason, now(), exercise)


def _students(marks: Sequence[FinalMark], meant: str | None) -> tuple[Student, ...]:
    """The students that an id means; all who submitted something if it is None."""
    from autograder.gradebook.marks import find_students

    if meant is None:
        return tuple(mark.student for mark in marks if mark.submission is not None)
    return find_students(marks, meant)


def _full_group(gradebook: Gradebook, meant: str, reason: str, take_back: bool) -> None:
    exercise, _, name = (part.strip() for part in meant.partition(":"))
    known = gradebook.groups()
    if (exercise, name) not in known:
        groups = [group for one, group in known if one == exercise]
        listed = "; ".join(printable(group, 60) for group in groups[:12])
        names = ", ".join(dict.fromkeys(one for one, _ in known))
        hint = f"its groups are: {listed}" if groups else f"the exercises are {names}"
        raise UsageError(f"--full-group {printable(meant, 80)!r}: there is no such group; {hint}")
    if take_back:
        gradebook.register.take_back_group(exercise, name)
    else:
        gradebook.register.give_group(exercise, name, reason)


def _from_list(
    gradebook: Gradebook, marks: Sequence[FinalMark], path: Path
) -> Iterator[tuple[Student, Adjustment]]:
    """The adjustments in a CSV file; the caller reads all of them before making any."""
    shown = printable(str(path))
    with path.open("rb") as file:
        content = file.read(_SIZE_LIMIT + 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{shown}: is not UTF-8; save it as CSV UTF-8") from None
    text, (separator, *_) = without_separator_line(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        titles = [title.strip().casefold() for title in next(filter(None, rows), [])]
        if len(content) > _SIZE_LIMIT or not {"id", "points", "reason"} <= set(titles):
            raise UsageError(
                f"{shown}: line 1 is {printable(','.join(titles), 60)!r}; write the titles "
                "id,points,reason and perhaps exercise"
            )
        for row in rows:
            cells = dict(zip(titles, map(str.strip, row), strict=False))
            if not any(cells.values()):
                continue
            try:
                points, reason, exercise, id = (
                    cells.get(title, "") for title in ("points", "reason", "exercise", "id")
                )
                adjustment = _adjustment(
                    gradebook, marks, points, " ".join(reason.split()), exercise
                )
                for student in _students(marks, id):
                    yield student, adjustment
            except UsageError as error:
                raise UsageError(f"{shown}: line {rows.line_num}: {error}") from None
    except csv.Error as error:
        raise UsageError(
            f"{shown}: line {rows.line_num} is not CSV ({error}); save the list again"
        ) from None


def _most(gradebook: Gradebook, marks: Sequence[FinalMark], exercise: str) -> float:
    """The maximum adjustment: the points of the exercise, or of the course."""
    if not exercise:
        return max((mark.max_score for mark in marks), default=0.0)
    points: dict[str, float] = {}
    for (name, _), worth in gradebook.groups().items():
        points[name] = points.get(name, 0.0) + worth
    if exercise not in points:
        raise UsageError(
            f"--exercise {printable(exercise, 60)!r}: there is no such exercise; "
            f"they are {', '.join(points)}"
        )
    return points[exercise]


def _points(text: str, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number == 0.0:
        raise UsageError(f"POINTS is {text!r}; write a number such as +2 or -1.5") from None
    if abs(number) > most:
        raise UsageError(f"POINTS is {text!r}; write at most the {most:g} points that there are")
    return number
