"""Markup in names, prints, exceptions and file names, from the hand-in to the pages."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from sample_class import MARKUP

from autograder.answer_key.assignment import Assignment
from autograder.answer_key.build import build_key
from autograder.course.load import load_course
from autograder.gradebook.gradebook import Gradebook
from autograder.judging.grader import Grader
from autograder.reporting.graded_folder import write_pages
from autograder.submissions.folder import find_submissions
from autograder.submissions.read import read_submission, read_support

NAME = MARKUP.replace("/", "")
RAISES = f"""\
MARKUP = {MARKUP!r}


def double(v):
    print(MARKUP)
    raise type("E" + MARKUP, (ValueError,), {{}})(MARKUP)


def mix(A, v):
    print(MARKUP)
    return MARKUP


raise RuntimeError(MARKUP)
"""


@pytest.fixture
def graded(tiny_folder: Path) -> Path:
    """The pages of two hand-ins, one of which is markup wherever a student has a say."""
    hand_ins = tiny_folder / "hand-ins"
    for name, code in ((NAME, RAISES), ("honest", "def double(v):\n    return 3 * v\n")):
        (hand_ins / name).mkdir(parents=True)
        (hand_ins / name / "part1_scale.py").write_text(code)
    (hand_ins / NAME / f"{NAME}.py").write_text(f"raise ValueError({MARKUP!r})")
    course = load_course(tiny_folder)
    assignment = Assignment(
        course, build_key(course), read_support(course, tiny_folder / "solutions")
    )
    parts = [part.name for part in course.parts]
    out = tiny_folder / "graded"
    out.mkdir()
    with Gradebook(out) as gradebook, Grader(assignment) as grader:
        gradebook.begin(course, assignment.key.digest, "assignment")
        for id, path in find_submissions(hand_ins, parts):
            submission = read_submission(path, id, parts)
            gradebook.record([(submission, grader.grade(submission))], grader.isolation)
        write_pages(gradebook, out)
    return out


def test_it_is_text_on_every_page(graded: Path) -> None:
    index = (graded / "index.html").read_text(encoding="utf-8")
    links = [unquote(link) for link in re.findall(r'href="(feedback/[^"]*)"', index)]
    assert len(set(links)) == 2
    pages = {link: (graded / link).read_text(encoding="utf-8") for link in links}
    for name, page in {**pages, "index.html": index}.items():
        body = page.split("<body>")[1]
        assert body.count("<script") == (name == "index.html")
        assert not re.search(r"<(?:img|iframe|object|a [^>]*javascript)", body)
        assert not re.search(r"<[^>]*\son\w+=", body)
    (hostile,) = (page for link, page in pages.items() if "honest" not in link)
    shown = unescape(re.sub(r"<[^>]*>", "", hostile.split("<body>")[1]))
    assert shown.count("<script>document.title") >= 4
    assert "ValueError: <script>" in shown


def test_no_student_is_told_of_the_other(graded: Path) -> None:
    honest = (graded / "feedback" / "honest.html").read_text(encoding="utf-8")
    assert "document.title" not in honest
    for page in (graded / "feedback").iterdir():
        if page.name != "honest.html":
            assert "honest" not in page.read_text(encoding="utf-8")
