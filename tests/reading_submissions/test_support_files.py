from dataclasses import replace
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.model import Course, Part, Source, Submission
from autograder.submissions.support_files import not_handed_in, own_work, read_support

COURSE = Course("c", "1", 1, Path(), (), support=("workbench.py", "iris.csv"))
WORKBENCH = Source("workbench", "workbench.py", (b"x = 1\n",))


def test_only_python_files_are_read(tmp_path):
    (tmp_path / "workbench.py").write_bytes(b"x = 1\n")
    assert read_support(COURSE, tmp_path) == (WORKBENCH,)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"workbench\.py: cannot be read"):
        read_support(COURSE, tmp_path)


def test_what_was_handed_out_is_nobodys_work():
    own = Source("part1", "part1.py", (b"def double(v): ...\n",))
    nested = replace(WORKBENCH, filename="week1/workbench.py")
    submission = Submission("wong", (own, WORKBENCH, nested), "digest", ("a note",))
    assert own_work(submission, (WORKBENCH,)) == replace(submission, sources=(own,))


def test_a_support_file_that_was_changed_is_kept():
    changed = replace(WORKBENCH, cells=(b"x = 2\n",))
    submission = Submission("wong", (changed,), "digest")
    assert own_work(submission, (WORKBENCH,)) == submission


def test_a_part_that_was_not_handed_in_is_there_for_the_others_to_import():
    course = replace(COURSE, parts=(Part("part1", "One", ()), Part("part2", "Two", ())))
    own = Source("part2", "part2.py", (b"from part1 import f\n",))
    assert not_handed_in(course, (own,)) == (Source("part1", "part1.py", ()),)
    assert not_handed_in(course, ()) == ()
