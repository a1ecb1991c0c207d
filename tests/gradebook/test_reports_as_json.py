"""What the gradebook keeps of a report is the whole report."""

import json

import pytest

from autograder.codec import CodecError, from_json, to_json
from autograder.model.report import Cell, ExerciseReport, Grid, GroupReport, Line, Report, Verdict

GRID = Grid(
    dimensions=2,
    columns=((0, "class 0"), (3, "class 3")),
    lines=(
        Line(0, "class 0", (Cell("nan", "0.5", True), Cell("0.25", "0.25", False))),
        Line(4, "", (Cell("1", "1", False), Cell("1.000001", "1.000002", True))),
    ),
    rows_left_out=2,
    columns_left_out=1,
    pattern="All wrong cells are on the diagonal.",
)
REPORT = Report(
    id="wong",
    exercises=(
        ExerciseReport(
            "sm_dir",
            "part1_softmax",
            (
                GroupReport("the worked example", True, 2.0, 2.0, Verdict.ACCEPTED),
                GroupReport(
                    "others", False, 0.5, 3.0, Verdict.WRONG_ANSWER, "at [0] got 1\udcff", GRID
                ),
            ),
            misconception="diagonal_only",
            hint="look beside the diagonal",
            more_hints=("which index varies?", "write out the 2 by 2 matrix"),
        ),
    ),
    seconds=0.25,
    notes=("README.txt: not read",),
)


def test_a_report_survives_the_way_through_json():
    assert from_json(Report, json.loads(json.dumps(to_json(REPORT)))) == REPORT


def test_a_judge_error_survives_too():
    failed = Report("wong", (), 1.0, judge_error="the sandbox did not start")
    assert from_json(Report, json.loads(json.dumps(to_json(failed)))) == failed


def test_an_unknown_verdict_is_refused():
    record = to_json(REPORT)
    record["exercises"][0]["groups"][0]["verdict"] = "PASSED"
    with pytest.raises(CodecError, match="PASSED"):
        from_json(Report, record)
