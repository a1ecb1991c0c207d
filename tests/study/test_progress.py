import pytest

from autograder.study.files import Progress, read_progress, write_progress

NAMES = ("softmax", "sm_dir")


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / ".study.json"
    progress = Progress("sm_dir", {"softmax": 2})
    write_progress(path, progress)
    assert read_progress(path, NAMES) == progress


def test_a_new_learner_begins_at_the_beginning(tmp_path):
    assert read_progress(tmp_path / ".study.json", NAMES) == Progress("softmax", {})


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"current": 1, "hints": {}}', '{"current": "gone", "hints": {"x": 1}}',
     '{"current": "softmax", "hints": 3}', '{"current": "softmax", "hints": {"softmax": "2"}}'],
)  # fmt: skip
def test_a_file_that_makes_no_sense_is_a_new_beginning(tmp_path, text):
    path = tmp_path / ".study.json"
    path.write_text(text)
    assert read_progress(path, NAMES) == Progress("softmax", {})
