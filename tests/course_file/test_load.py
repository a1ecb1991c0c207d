from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from autograder.course.load import load_course
from autograder.errors import CourseError
from autograder.model.course import Course, Deadline, Gradescope, Limits, Tolerance


def test_whole_course_is_loaded(tiny_course: Course, tiny_folder: Path) -> None:
    assert (tiny_course.name, tiny_course.version, tiny_course.seed) == (
        "A tiny course",
        "0.1.0",
        7,
    )
    assert tiny_course.folder == tiny_folder
    assert tiny_course.limits == Limits(2.0, 20.0, 512, 16)
    assert tiny_course.support == ("notes.csv",)
    assert [part.name for part in tiny_course.parts] == ["part1_scale", "part2_mix"]
    assert [exercise.name for exercise in tiny_course.exercises] == ["double", "mix"]
    assert tiny_course.points == 10
    double, mix = tiny_course.exercises
    assert double.part == "part1_scale"
    assert (mix.uses, mix.follow_through) == (("double",), 0.5)
    any_length = double.groups[1]
    assert not any_length.public
    assert any_length.draw.recipe == "drawn"
    assert [dict(size) for size in any_length.draw.sizes] == [{"M": 2, "N": 1}, {"M": 2, "N": 5}]
    assert (any_length.draw.count, any_length.draw.scale) == (2, 3.0)
    assert double.groups[2].keeps_arguments
    assert double.groups[2].read_only


def test_gradescope_shows_hidden_groups_when_grades_are_published(tiny_folder: Path) -> None:
    assert load_course(tiny_folder).gradescope == Gradescope("after_published", "md")
    edit(tiny_folder, "seed: 7", "seed: 7\ngradescope: {hidden_groups: hidden, feedback: html}")
    assert load_course(tiny_folder).gradescope == Gradescope("hidden", "html")


def test_a_course_may_have_a_deadline_and_count_the_best_attempt(tiny_folder: Path) -> None:
    plain = load_course(tiny_folder)
    assert (plain.attempts, plain.deadline) == ("latest", None)
    late = "due: 2026-09-11 23:59 +02:00, percent_per_day: 10, grace_hours: 0.5, cap_percent: 40"
    edit(tiny_folder, "seed: 7", f"seed: 7\nattempts: best\ndeadline: {{{late}}}")
    course = load_course(tiny_folder)
    due = datetime(2026, 9, 11, 23, 59, tzinfo=timezone(timedelta(hours=2)))
    assert (course.attempts, course.deadline) == ("best", Deadline(due, 10.0, 0.5, 40.0))


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            "deadline: 2026-09-11",
            "deadline is the text '2026-09-11'; write deadline: {due: 2026-09-11 23:59 +02:00}",
        ),
        (
            "deadline: '2026-09-11 23:59'",
            "23:59'; write deadline: {due: 2026-09-11 23:59 +02:00}",
        ),
        ("deadline: {due: 2026-09-11 23:59}", "deadline.due is '2026-09-11 23:59', which has no"),
        ("deadline: {due: 2026-09-11 23:59, zone: CEST}", "deadline.zone is 'CEST'; write an IANA"),
        ("deadline: {due: 2026-09-11 23:59 Z, free_days: 1.5}", "write a whole number"),
        ("extensions: [{student: ada, hours: 24}]", "need a deadline to be later than; add one"),
        (
            "extensions: [{student: ada}]\ndeadline: {due: 2026-09-11 23:59 Z}",
            "needs a new 'due', or 'hours', and not both",
        ),
        (
            "extensions: [{student: ada, hours: 1}, {student: Ada, hours: 2}]\n"
            "deadline: {due: 2026-09-11 23:59 Z}",
            "has an entry above; keep one of them",
        ),
        (
            "extensions: [{student: 17, hours: 1}]\ndeadline: {due: 2026-09-11 23:59 Z}",
            "write it in quotes: '17'",
        ),
        (
            "extensions: [{student: ada, due: '2026-09-11 12:00 Z'}]\n"
            "deadline: {due: 2026-09-11 23:59 Z}",
            "'2026-09-11 12:00 Z', before the deadline '2026-09-11 23:59 Z'; write a later time",
        ),
        ("deadline: {due: 2026-06-31 12:00 Z}", "deadline.due is '2026-06-31 12:00 Z'; write it"),
        ("deadline: {due: 2026-09-11 23:59:00 Z}", "quote it"),
        ("deadline: {due: 2026-09-11 23:59 Z, per_day: 1}", "the unknown key 'per_day'"),
        ("deadline: {due: 2026-09-11 23:59 Z, cap_percent: 101}", "of at most 100"),
        ("deadline: {percent_per_day: 5}", "deadline has no 'due'; add it"),
        ("attempts: first", "'latest' or 'best'"),
    ],
)
def test_a_deadline_that_cannot_be_is_one_line(tiny_folder: Path, entry: str, said: str) -> None:
    edit(tiny_folder, "seed: 7", f"seed: 7\n{entry}")
    with pytest.raises(CourseError, match=r"^course\.yaml:4: ") as caught:
        load_course(tiny_folder)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_tolerance_comes_from_the_nearest_that_gives_it(tiny_course: Course) -> None:
    double, mix = tiny_course.exercises
    assert double.groups[0].tolerance == Tolerance(1e-5, 1e-8)
    assert mix.groups[0].tolerance == Tolerance(1e-6, 1e-8)
    assert mix.groups[1].tolerance == Tolerance(1e-6, 1e-9)


def test_example_is_read_only_numbers(tiny_folder: Path) -> None:
    edit(
        tiny_folder, "  v: [1.0, 2.0, 4.0]", "  v: [1.0, 2.0, 4]\n  y: [0, 1]\n  rate: 0.5\n  n: 3"
    )
    example = load_course(tiny_folder).example
    assert isinstance(example["v"], np.ndarray)
    assert example["v"].dtype == np.float64
    assert not example["v"].flags.writeable
    assert isinstance(example["y"], np.ndarray)
    assert example["y"].dtype == np.int64
    assert (example["rate"], example["n"]) == (0.5, 3)


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "course.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def complaints(folder: Path) -> list[str]:
    with pytest.raises(CourseError) as caught:
        load_course(folder)
    lines = str(caught.value).splitlines()
    assert all(line.startswith("course.yaml:") for line in lines)
    return [line.removeprefix("course.yaml:") for line in lines]


def complaint(folder: Path) -> str:
    return complaints(folder)[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rtol: 1.0e-6", "rtol: 1e-5", "36: mix.tolerance.rtol is the text '1e-5'; write 1.0e-5"),
        ("rtol: 1.0e-5", "rtol: 1.0E5", "4: tolerance.rtol is the text '1.0E5'; write 1.0e+5"),
        (
            "seed: 7",
            "seed: 7\ngradescope: {feedback: pdf}",
            "4: gradescope.feedback is the text 'pdf'; write 'md' or 'html'",
        ),
        ("rtol: 1.0e-5", "rtol: small", "4: tolerance.rtol is the text 'small'; write a number"),
        ("rtol: 1.0e-5", "rtol: true", "4: tolerance.rtol is true; write a number"),
        ("rtol: 1.0e-5", "rtol: -1.0", "4: tolerance.rtol is -1.0; write a number of at least 0"),
        (
            "rtol: 1.0e-5",
            "rtol: .nan",
            "4: tolerance.rtol is the number nan; write a finite number",
        ),
        ("seed: 7", "seed: '7'", "3: seed is the text '7'; write 7"),
        ("seed: 7", "seed: 7.5", "3: seed is the number 7.5; write a whole number"),
        ("seed: 7", "", "1: the course has no 'seed'; add it"),
        ("seed: 7", "seed:", "3: seed is empty; write a whole number"),
        (
            "version: 0.1.0",
            "version: 0.1",
            "2: version is the number 0.1; write it in quotes: '0.1'",
        ),
        (
            "points: 3",
            "points: -1",
            ".points is -1; write a number of at least 0; the points that are right add up to 7",
        ),
        (
            "points: 3",
            "point: 3",
            "18: double.groups['any length'] has the unknown key 'point'; did you mean 'points'?",
        ),
        (
            "count: 2",
            "count: 0",
            "21: double.groups['any length'].count is 0; write a number of at",
        ),
        (
            "        count: 2",
            "        zzz: 2",
            "has the unknown key 'zzz'; it may have name, id, points",
        ),
        ("draw: drawn", "draw: drawn from", "is 'drawn from'; write a name of letters"),
        (
            "name: any length",
            "name: the worked example",
            "17: double.groups['the worked example'].name is taken by an earlier group",
        ),
        ("name: mix", "name: double", "33: double.name is taken by an earlier exercise"),
        ("name: mix", "name: lambda", "33: lambda.name is a word of Python; choose another name"),
        ("name: mix", "name: 'm ix'", "33: m ix.name is 'm ix'; write a name of letters"),
        ("name: mix", f"name: {'m' * 99}", f"{'m' * 59}….name has 99 characters; write at"),
        ("name: mix", 'name: "m\\nx"', r"33: m\nx.name is 'm\nx'; write a name of letters"),
        ("[notes.csv]", "[notes.csv, Course.json]", "support[1] is taken by a file that is gen"),
        ("[notes.csv]", "[part2_mix.ipynb]", "support[0] is taken by the notebook of a part"),
        ("example:", "example:\n  rng: 3", "example.rng is what every recipe can ask for"),
        (
            "name: double",
            "name: double\n        outputs: [{name: a}, {name: b}, {name: a}]",
            "double.outputs['a'].name is taken by an earlier one; choose another name",
        ),
        (
            "name: double",
            "name: double\n        judge: near\n        tolerance: {rtol: 0.1}",
            "double.tolerance has no effect, as the judge alone decides; leave one of them out",
        ),
        (
            "case_seconds: 2.0",
            "case_seconds: 1.0e+308",
            "is 1e+308; write a number of at most 3600",
        ),
        ("memory_mb: 512", "memory_mb: 10000000", "write a number of at most 1000000"),
        ("name: part2_mix", "name: Part1_Scale", "Part1_Scale.name is taken by another part"),
        ("name: part2_mix", "name: random", "random.name is taken by a module of that name"),
        ("name: part2_mix", "name: ../up", "../up.name is '../up'; write a name of letters"),
        (
            "title: Mixing",
            "title: 5",
            "31: part2_mix.title is the number 5; write it in quotes: '5'",
        ),
        ("title: Mixing", "title: ''", "31: part2_mix.title is the text ''; write a text"),
        (
            "title: Mixing",
            'title: "a\\nb"',
            "31: part2_mix.title is 'a\\nb'; write one line of text",
        ),
        ("[notes.csv]", "[../notes.csv]", "6: support[0] is '../notes.csv'; write a file's name"),
        ("[notes.csv]", "notes.csv", "6: support is the text 'notes.csv'; write a list"),
        (
            "[double]",
            "[duoble]",
            "34: mix.uses[0] names 'duoble', which is not an earlier exercise; did you mean 'dou",
        ),
        ("[double]", "[mix]", "which is not an earlier exercise; list exercises that come before"),
        ("uses: [double]", "uses: []", "35: mix.follow_through needs 'uses'; list the exercises"),
        (
            "{M: 2, N: 5}",
            "{M: 2, K: 5}",
            "20: double.groups['any length'].sizes[1] names other sizes",
        ),
        ("{M: 2, N: 5}", "{M: 2, N: 1}", "sizes[1] is listed twice; use count for more cases"),
        ("{M: 2, N: 5}", "{M: 2, N: 0}", ".sizes[1].N is 0; write a number of at least 1"),
        ("{M: 2, N: 5}", "{M: 2, N: 2.5}", ".sizes[1].N is the number 2.5; write a whole number"),
        ("[1.0, 2.0, 4.0]", "[1.0, 1e-5]", "8: example.v[1] is the text '1e-5'; write 1.0e-5"),
        ("[1.0, 2.0, 4.0]", "[1.0, [2.0]]", "8: example.v has rows of different lengths; write"),
        ("[1.0, 2.0, 4.0]", "[]", "8: example.v is an empty list; write a number or"),
        ("[1.0, 2.0, 4.0]", "[1.0, true]", "8: example.v[1] is true; write a number"),
        ("[1.0, 2.0, 4.0]", "[1.0, .inf]", "8: example.v[1] is not finite; write a number"),
        ("public: true", "public: 'yes'", "is the text 'yes'; write true or false"),
        (
            "tolerance: {rtol: 1.0e-6}",
            "tolerance: 1.0e-6",
            "mix.tolerance is the number 1e-06; write",
        ),
    ],
)
def test_each_mistake_is_one_line_with_place_and_remedy(
    tiny_folder: Path, old: str, new: str, message: str
) -> None:
    edit(tiny_folder, old, new)
    assert message in complaint(tiny_folder)


def test_what_is_missing_is_complained_about_last(tiny_folder: Path) -> None:
    edit(tiny_folder, "seed: 7", "sed: 7")
    edit(tiny_folder, "points: 2, ", "")
    assert complaints(tiny_folder) == [
        "3: the course has the unknown key 'sed'; did you mean 'seed'?",
        "1: the course has no 'seed'; add it",
        "38: mix.groups['the worked example'] has no 'points'; add it",
    ]


def test_two_groups_that_would_draw_the_same_inputs_are_refused(tiny_folder: Path) -> None:
    edit(
        tiny_folder, "name: any length\n", "name: any length\n            id: the worked example\n"
    )
    assert complaint(tiny_folder) == (
        "18: double.groups['any length'].id is what another group draws its inputs under; "
        "choose another"
    )


@pytest.mark.parametrize(
    ("old", "new", "legal"),
    [
        ("name: double", "name: 2double", "letters, digits and _ that does not begin with a digit"),
        ("support: [notes.csv]", "support: [a/b.csv]", "letters, digits, '_', '.' and '-'"),
        (
            "      - name: double\n",
            "      - name: double\n        axes: [classes & inputs]\n",
            "like 'class', 'class of Z', or 'class of Z, input'",
        ),
    ],
)
def test_a_pattern_s_complaint_says_which_forms_are_legal(
    tiny_folder: Path, old: str, new: str, legal: str
) -> None:
    edit(tiny_folder, old, new)
    assert legal in complaint(tiny_folder)


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n", "12\n"])
def test_top_of_the_file_must_be_a_mapping(tiny_folder: Path, text: str) -> None:
    (tiny_folder / "course.yaml").write_text(text, encoding="utf-8")
    assert "begin it with 'name: ...'" in complaint(tiny_folder)


@pytest.mark.parametrize(
    "text", ["parts: 3", "parts: [3]", "parts: [{exercises: [3]}]", "parts: []"]
)
def test_mangled_parts_are_complained_about(tiny_folder: Path, text: str) -> None:
    (tiny_folder / "course.yaml").write_text(text, encoding="utf-8")
    assert len(complaints(tiny_folder)) > 1
