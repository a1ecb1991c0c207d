import json
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.gradebook.gradebook import Gradebook
from autograder.model import Course, Isolation, Report, Submission
from autograder.reporting.graded_folder import write_reports


def test_every_file_is_written_from_the_gradebook(tmp_path):
    with Gradebook(tmp_path) as gradebook:
        gradebook.begin(Course("c", "1", 1, Path(), ()), "key", "assignment")
        graded = [(Submission(id, (), "x"), Report(id, (), 0.1)) for id in ("wong", "li")]
        gradebook.record(graded, Isolation("full", {}))
        write_reports(gradebook, tmp_path)
    results = json.loads((tmp_path / "results.json").read_text())
    assert results["course"]["key"] == "key"
    assert [one["id"] for one in results["submissions"]] == ["li", "wong"]
    assert (tmp_path / "gradebook.csv").read_text().splitlines()[1].startswith("li,")


def test_a_gradebook_without_a_run_writes_nothing(tmp_path):
    with Gradebook(tmp_path) as gradebook, pytest.raises(UsageError):
        write_reports(gradebook, tmp_path)
    assert not (tmp_path / "results.json").exists()
