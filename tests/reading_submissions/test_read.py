"""Submissions of every kind, read whole."""

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.errors import CourseError, UsageError
from autograder.model.course import Course, Part
from autograder.model.submission import Source, Submission
from autograder.submissions import read as submission_module
from autograder.submissions.read import not_handed_in, own_work, read_submission, read_support

PARTS = ("part1_softmax", "part2_layer")
SCRIPT = b"def softmax(Z):\n    return Z\n"
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": "y = 2"}]}).encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _read(path: Path, content: bytes | None = None) -> Submission:
    if content is not None:
        path.write_bytes(content)
    return read_submission(path, "wong", PARTS)


def _modules(submission: Submission) -> dict[str, str]:
    return {source.filename: source.module for source in submission.sources}


def test_a_script(tmp_path: Path) -> None:
    submission = _read(tmp_path / "Part1_Softmax (1).py", SCRIPT)
    (source,) = submission.sources
    assert (submission.id, source.module, source.cells) == ("wong", "part1_softmax", (SCRIPT,))
    assert submission.notes == ()


def test_a_notebook(tmp_path: Path) -> None:
    (source,) = _read(tmp_path / "wong.ipynb", NOTEBOOK).sources
    assert (source.module, source.cells, source.notebook) == ("wong", (b"y = 2",), True)


def test_an_archive_names_places_within_it(tmp_path: Path) -> None:
    files = {"hw/part1_softmax.py": SCRIPT, "hw/b.ipynb": NOTEBOOK}
    assert list(_modules(_read(tmp_path / "wong.zip", _zipped(files)))) == [
        "hw/b.ipynb",
        "hw/part1_softmax.py",
    ]


def test_a_mixed_folder(tmp_path: Path) -> None:
    (tmp_path / "week 2").mkdir()
    (tmp_path / "week 2" / "part2_layer.ipynb").write_bytes(NOTEBOOK)
    (tmp_path / "hw.zip").write_bytes(_zipped({"part1_softmax.py": SCRIPT}))
    (tmp_path / "extra.py").write_bytes(b"z = 3")
    submission = _read(tmp_path)
    assert _modules(submission) == {
        "extra.py": "extra",
        "hw.zip/part1_softmax.py": "part1_softmax",
        "week 2/part2_layer.ipynb": "part2_layer",
    }
    assert submission.notes == ()


def test_archives_nest_once(tmp_path: Path) -> None:
    innermost = _zipped({"c.py": b"3"})
    inner = _zipped({"b.py": b"2", "innermost.zip": innermost})
    submission = _read(tmp_path / "a.zip", _zipped({"a.py": b"1", "inner.zip": inner}))
    assert list(_modules(submission)) == ["a.py", "inner.zip/b.py"]
    assert submission.notes == (
        "inner.zip/innermost.zip: not read: an archive within an archive within an archive",
    )


@pytest.mark.parametrize("name", ["wong.zip", "wong.py", "wong.ipynb", "wong.rar"])
def test_rubbish_gives_no_source_but_notes(tmp_path: Path, name: str) -> None:
    submission = _read(tmp_path / name, b"\x00\xff rubbish" if name != "wong.py" else b"")
    assert submission.sources == ()
    assert submission.notes[0].startswith(f"{name}: not read")
    assert submission.notes[-1].startswith("no .py, .ipynb, .qmd, .Rmd or .md file")


def test_an_empty_folder(tmp_path: Path) -> None:
    assert len(_read(tmp_path).notes) == 1


@pytest.mark.skipif(os.name == "nt", reason="needs links and byte names")
def test_a_hostile_folder_is_noted_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "part1_softmax.py").write_bytes(SCRIPT)
    (tmp_path / "passwd.py").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "fifo.py")
    (tmp_path / "bomb.zip").write_bytes(_zipped({"bomb.py": b"\0" * 20_000_000}))
    (tmp_path / "slip.zip").write_bytes(_zipped({"../../evil.py": b"1"}))
    (tmp_path / "bad\x1b]0;title\x07\n.ipynb").write_bytes(b"{")
    (tmp_path / os.fsdecode(b"latin-\xe9.py")).write_bytes(b"q = 1")
    submission = _read(tmp_path)
    assert _modules(submission) == {
        "latin-\\udce9.py": "latin__",
        "part1_softmax.py": "part1_softmax",
    }
    notes = "\n".join(submission.notes)
    for place in ("passwd.py", "fifo.py", "bomb.zip/bomb.py", "slip.zip/../../evil.py"):
        assert place in notes
    assert "bad\\x1b]0;title\\x07\\n.ipynb" in notes
    assert all(note.isprintable() for note in submission.notes)


def test_reading_stops_at_the_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission_module, "READ_LIMIT", 100)
    (tmp_path / "a.py").write_bytes(b"#" * 90)
    (tmp_path / "b.py").write_bytes(b"#" * 20)
    submission = _read(tmp_path)
    assert list(_modules(submission)) == ["a.py"]
    assert submission.notes[0].startswith("the submission: not read further")


def test_archives_are_counted(tmp_path: Path) -> None:
    for number in range(submission_module.ARCHIVE_LIMIT + 5):
        (tmp_path / f"{number:02}.zip").write_bytes(_zipped({f"m{number}.py": b"1 + %d" % number}))
    submission = _read(tmp_path)
    assert len(submission.sources) == submission_module.ARCHIVE_LIMIT
    assert submission.notes[0].startswith("the submission: not read further")


def test_bytes_that_are_no_text_are_kept_with_a_note(tmp_path: Path) -> None:
    submission = _read(tmp_path / "a.py", b"s = '\xe9'")
    assert submission.sources[0].cells == (b"s = '\xe9'",)
    assert "UTF-8" in submission.notes[0]


def test_the_digest_is_of_names_and_bytes(tmp_path: Path) -> None:
    def digest(files: dict[str, bytes], name: str = "hand.zip") -> str:
        return _read(tmp_path / name, _zipped(files)).digest

    same = digest({"a.py": b"1", "b.py": b"2"})
    assert digest({"b.py": b"2", "a.py": b"1", "note.txt": b"x"}, "other.zip") == same
    changed = [
        digest({"a.py": b"1", "b.py": b"3"}),
        digest({"a.py": b"1", "c.py": b"2"}),
        digest({"a.py": b"2", "b.py": b"1"}),
        digest({"a.py": b"1"}),
        digest({}),
    ]
    assert len({same, *changed}) == 6


def test_cells_do_not_run_together_in_the_digest(tmp_path: Path) -> None:
    def digest(*sources: str) -> str:
        cells = [{"cell_type": "code", "source": source} for source in sources]
        return _read(tmp_path / "a.ipynb", json.dumps({"cells": cells}).encode()).digest

    assert digest("ab", "c") != digest("a", "bc")


def test_a_missing_hand_in_is_our_failure(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file") as caught:
        read_submission(tmp_path / "no\x1bbody", "nobody")
    assert str(caught.value).isprintable()


def test_reading_scripts_imports_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(SCRIPT)
    code = (
        "import sys; from pathlib import Path\n"
        "from autograder.submissions.read import read_submission\n"
        "assert read_submission(Path(sys.argv[1]), 'a').sources\n"
        "print([name for name in ('zipfile', 'yaml', 'nbformat') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


COURSE = Course("c", "1", Path(), (), seed=1, support=("workbench.py", "iris.csv"))
WORKBENCH = Source("workbench", "workbench.py", (b"x = 1\n",))


def test_support_files_are_python_or_data(tmp_path):
    (tmp_path / "workbench.py").write_bytes(b"x = 1\n")
    (tmp_path / "iris.csv").write_bytes(b"1,2\n")
    data = Source("iris.csv", "iris.csv", (b"1,2\n",))
    assert read_support(COURSE, tmp_path) == (WORKBENCH, data)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"workbench\.py: cannot be read"):
        read_support(COURSE, tmp_path)


def test_what_was_handed_out_is_nobodys_work():
    own = Source("part1", "part1.py", (b"def double(v): ...\n",))
    nested = WORKBENCH._replace(filename="week1/workbench.py")
    submission = Submission("wong", (own, WORKBENCH, nested), "digest", ("a note",))
    assert own_work(submission, (WORKBENCH,)) == submission._replace(sources=(own,))


def test_a_support_file_that_was_changed_is_kept():
    changed = WORKBENCH._replace(cells=(b"x = 2\n",))
    submission = Submission("wong", (changed,), "digest")
    assert own_work(submission, (WORKBENCH,)) == submission


def test_a_part_that_was_not_handed_in_is_there_for_the_others_to_import():
    course = replace(COURSE, parts=(Part("part1", "One", ()), Part("part2", "Two", ())))
    own = Source("part2", "part2.py", (b"from part1 import f\n",))
    assert not_handed_in(course, (own,)) == (Source("part1", "part1.py", ()),)
    assert not_handed_in(course, ()) == ()
