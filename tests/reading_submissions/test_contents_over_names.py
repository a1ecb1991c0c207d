"""What a file is, is told by its contents: names change on the way."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path

import pytest

from autograder.model.submission import Submission
from autograder.submissions.read import read_submission

PARTS = ("part1_softmax", "part2_layer")
SCRIPT = b"import numpy as np\ndef softmax(Z):\n    return Z\n"
CELLS = [{"cell_type": "code", "source": SCRIPT.decode()}]
NOTEBOOK = json.dumps({"cells": CELLS, "nbformat": 4}).encode()
ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as archive:
    archive.writestr("part1_softmax.py", SCRIPT)


def read(folder: Path, files: dict[str, bytes]) -> Submission:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return read_submission(folder, "wong", PARTS)


@pytest.mark.parametrize(
    ("name", "content", "notebook"),
    [
        ("part1_softmax.py.txt", SCRIPT, False),
        ("part1_softmax.txt", SCRIPT, False),
        ("part1_softmax", SCRIPT, False),
        ("Part 1 Softmax.md", SCRIPT, False),
        ("part1_softmax.pyw", SCRIPT, False),
        ("part1_softmax.ipynb.txt", NOTEBOOK, True),
        ("part1_softmax.ipynb.json", NOTEBOOK, True),
        ("part1_softmax.json", NOTEBOOK, True),
        ("part1_softmax.txt", NOTEBOOK, True),
        ("part1_softmax.py", NOTEBOOK, True),
        ("part1_softmax.py", b"\n " + NOTEBOOK, True),
        ("part1_softmax.ipynb", SCRIPT, False),
        ("part1_softmax.PY.TXT", SCRIPT, False),
    ],
)
def test_code_is_read_whatever_its_ending(
    tmp_path: Path, name: str, content: bytes, notebook: bool
) -> None:
    (source,) = read(tmp_path, {name: content}).sources
    assert (source.module, source.notebook) == ("part1_softmax", notebook)
    assert b"".join(source.cells).strip() == SCRIPT.strip()


@pytest.mark.parametrize("name", ["hw.py", "hw.ipynb", "hw.zip", "part1_softmax.py"])
def test_an_archive_is_opened_whatever_its_ending(tmp_path: Path, name: str) -> None:
    (source,) = read(tmp_path, {name: ZIP.getvalue()}).sources
    assert source.module == "part1_softmax"
    assert source.cells == (SCRIPT,)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("part1_softmax.docx", b"PK\x03\x04 no code"),
        ("part1_softmax.pdf", b"%PDF-1.4"),
        ("part1_softmax.json", b'{"a": 1}'),
        ("part1_softmax.txt", b"I could not do this."),
        ("part1_softmax.csv", b"1,2"),
        ("part1_softmax.py", b"<!DOCTYPE html>\n<html></html>"),
        ("part1_softmax.ipynb", b"{ broken"),
        ("part1_softmax.html", b"<html></html>"),
    ],
)
def test_nothing_with_a_part_s_name_is_left_out_in_silence(
    tmp_path: Path, name: str, content: bytes
) -> None:
    submission = read(tmp_path, {name: content, "part2_layer.py": SCRIPT})
    assert any(name in note and "not read" in note for note in submission.notes)


def test_data_and_text_of_other_names_are_nobody_s_code(tmp_path: Path) -> None:
    files = {"notes.txt": SCRIPT, "data.json": NOTEBOOK, "README.md": b"# x", "x.py": SCRIPT}
    submission = read(tmp_path, files)
    assert [one.filename for one in submission.sources] == ["x.py"]
    assert submission.notes == ()


def test_a_notebook_of_any_size_is_read_for_its_code(tmp_path: Path) -> None:
    big = {"output_type": "stream", "text": ["x" * 20_000_000]}
    content = json.dumps({"cells": [{**CELLS[0], "outputs": [big]}]}).encode()
    (source,) = read(tmp_path, {"part1_softmax.ipynb": content}).sources
    assert source.cells == (SCRIPT,)


def test_a_script_of_three_mebibytes_of_data_is_read(tmp_path: Path) -> None:
    content = SCRIPT + b"DATA = [" + b"0.123456, " * 300_000 + b"]\n"
    (source,) = read(tmp_path, {"part1_softmax.py": content}).sources
    assert source.cells == (content,)


def test_a_cell_that_writes_a_file_hands_it_in(tmp_path: Path) -> None:
    cells = [
        "%%writefile helpers.py\ndef g():\n    return 1",
        "x = 1",
        "%%file -a ./helpers.py\ny = 2",
    ]
    content = json.dumps(
        {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    ).encode()
    sources = read(tmp_path, {"part1_softmax.ipynb": content}).sources
    by_module = {one.module: one for one in sources}
    assert set(by_module) == {"helpers", "part1_softmax"}
    names: dict[str, object] = {}
    exec(by_module["helpers"].cells[0], names)
    assert names["y"] == 2
    assert names["g"].__code__.co_firstlineno == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("files", "first"),
    [
        ({"part1_softmax.py": "py", "part1_softmax.ipynb": "nb"}, "part1_softmax.py"),
        ({"part1_softmax.py": "py", "part1_softmax (1).py": "other"}, "part1_softmax.py"),
        ({"part1_softmax_final.py": "py", "part1_softmax.ipynb": "nb"}, "part1_softmax.ipynb"),
        ({"part1_softmax.py": "stub", "part1_softmax.ipynb": "nb"}, "part1_softmax.ipynb"),
    ],
)
def test_one_rule_says_which_version_counts_and_a_note_names_both(
    tmp_path: Path, files: dict[str, str], first: str
) -> None:
    stub = b"def softmax(Z):\n    raise NotImplementedError\n"
    texts = {"py": SCRIPT, "other": SCRIPT + b"# 2\n", "nb": NOTEBOOK, "stub": stub}
    texts["other"] = SCRIPT.replace(b"return Z", b"return -Z")
    texts["nb"] = NOTEBOOK.replace(b"return Z", b"return 2 * Z")
    submission = read(tmp_path, {name: texts[kind] for name, kind in files.items()})
    assert [one.module for one in submission.sources] == ["part1_softmax"] * 2
    assert submission.sources[0].filename == first
    note = " ".join(submission.notes)
    if "stub" in files.values():
        assert note == ""
    else:
        assert all(name in note for name in files)
        assert f"{first} counts" in note


QUARTO = b"---\ntitle: HW\njupyter: python3\n---\n\n```{python}\n%s```\n" % SCRIPT
JUPYTEXT = (
    b"---\njupyter:\n  jupytext:\n    x: y\n---\n\n# A\n\n```python tags=[]\n%s```\n" % SCRIPT
)
MYST = b"---\njupytext:\n  a: b\n---\n```{code-cell} ipython3\n:tags: [x]\n%s```\n" % SCRIPT
MARIMO = b"---\nmarimo-version: 0.11.0\n---\n```python {.marimo}\n%s```\n" % SCRIPT


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("part1_softmax.qmd", QUARTO),
        ("homework.qmd", QUARTO),
        ("homework.md", QUARTO),
        ("part1_softmax.Rmd", QUARTO.replace(b"{python}", b"{python a, echo=TRUE}")),
        ("part1_softmax.Rmd", QUARTO.replace(b"```", b"~~~~")),
        ("part1_softmax.Rmd", QUARTO.replace(b"{python}", b"{r a, engine='python'}")),
        ("part1_softmax.md", JUPYTEXT),
        ("homework.md", JUPYTEXT),
        ("part1_softmax.md", MYST),
        ("part1_softmax.md", MYST.replace(b":tags: [x]", b"---\ntags: [x]\n---")),
        ("part1_softmax.md", MYST.replace(b"```", b":::") + b"\n:::{note}\ntext\n:::\n"),
        ("part1_softmax.qmd", b"::: {.panel}\n" + QUARTO + b":::\n"),
        ("homework.md", MARIMO),
        ("homework.md", MARIMO.replace(b"python {.marimo}", b"{.python.marimo}")),
        ("part1_softmax.md", b"My answer:\n\n```python\n%s```\n" % SCRIPT),
        ("part1_softmax.md", b"My answer:\r\n\r\n```py\r\n%s```\r\n" % SCRIPT),
        ("answer.txt", SCRIPT),
        ("answer.md", b"```python\n%s```\n" % SCRIPT),
        ("answer.md", b"```python\n%s" % SCRIPT),
    ],
)
def test_notebooks_in_markdown_are_read(tmp_path: Path, name: str, content: bytes) -> None:
    submission = read(tmp_path, {name: content})
    (source,) = submission.sources
    assert source.cells == (SCRIPT,)
    assert submission.problems == ()


def test_a_block_that_is_only_shown_is_not_run(tmp_path: Path) -> None:
    shown = QUARTO.replace(b"{python}", b"python")
    (source,) = read(tmp_path, {"part1_softmax.qmd": shown}).sources
    assert source.cells == ()
    assert source.others == (("a block that is only shown (line 6)", SCRIPT),)


OLD = b"center = None\n"


@pytest.mark.parametrize(
    ("name", "head", "fence", "body"),
    [
        ("part1_softmax.Rmd", b"", b"{python, eval=FALSE}", OLD),
        ("part1_softmax.Rmd", b"", b"{python old, echo=TRUE, eval = F}", OLD),
        ("part1_softmax.qmd", b"", b"{python}", b"#| echo: true\n#| eval: false\n" + OLD),
        (
            "part1_softmax.md",
            b"---\nmarimo-version: 1\n---\n",
            b'python {.marimo disabled="true"}',
            OLD,
        ),
        (
            "part1_softmax.md",
            b"---\nmarimo-version: 1\n---\n",
            b"{.python.marimo disabled=True}",
            OLD,
        ),
        ("part1_softmax.md", b"---\njupytext:\n  a: b\n---\n", b'python active="md"', OLD),
        ("part1_softmax.md", b"---\njupytext:\n  a: b\n---\n", b'python tags=["active-md"]', OLD),
        ("part1_softmax.qmd", b"", b"{python}", b"#| eval: no\n" + OLD),
    ],
)
def test_a_block_that_is_switched_off_is_not_run(
    tmp_path: Path, name: str, head: bytes, fence: bytes, body: bytes
) -> None:
    on = b"{python}" if not name.endswith(".md") else b"python"
    content = head + b"```%s\n%s```\n\n```%s\n%s```\n" % (on, SCRIPT, fence, body)
    submission = read(tmp_path, {name: content})
    (source,) = submission.sources
    assert source.cells == (SCRIPT, b"")
    assert submission.problems == ()


@pytest.mark.parametrize(
    ("fence", "body"),
    [
        (b"{python, eval=TRUE}", SCRIPT),
        (b'{python active="ipynb,Rmd"}', SCRIPT),
        (b"{python}", b"#| eval: true\n" + SCRIPT),
        (b"{python}", SCRIPT + b"#| eval: false\n"),
    ],
)
def test_a_block_that_is_switched_on_is_run(tmp_path: Path, fence: bytes, body: bytes) -> None:
    files = {"part1_softmax.Rmd": b"```%s\n%s```\n" % (fence, body)}
    assert read(tmp_path, files).sources[0].cells == (body,)


@pytest.mark.parametrize(
    "options", [b":tags: [x, skip-execution]\n", b"---\ntags:\n  - skip-execution\n---\n"]
)
def test_myst_runs_neither_a_skipped_cell_nor_a_plain_block(tmp_path: Path, options: bytes) -> None:
    skipped = b"\n```{code-cell} ipython3\n%s%s```\n" % (options, OLD)
    shown = b"\n```python\n%s```\n" % OLD
    (source,) = read(tmp_path, {"part1_softmax.md": MYST + skipped + shown}).sources
    assert source.cells == (SCRIPT, b"")


OFF = [
    b"---\ntitle: x\nexecute:\n  echo: true\n  eval: false\n---\n",
    b"---\nexecute: {echo: false, eval: false}\n---\n",
    b"---\nexecute:\n  enabled: false\n---\n",
    b"---\r\nknitr:\r\n  opts_chunk:\r\n    eval: false\r\n---\r\n",
    b"```{r setup}\nknitr::opts_chunk$set(echo = TRUE, eval = FALSE)\n```\n",
]


@pytest.mark.parametrize("head", OFF)
@pytest.mark.parametrize("on", [b"{python}\n#| eval: true\n", b"{python, eval=TRUE}\n"])
def test_a_document_may_switch_all_its_blocks_off(tmp_path: Path, head: bytes, on: bytes) -> None:
    off = b"```{python}\n%s```\n" % OLD
    submission = read(tmp_path, {"part1_softmax.qmd": head + off})
    assert "part1_softmax.qmd: a notebook without code cells" in submission.problems[0]
    both = head + off + b"\n```%s%s```\n" % (on, SCRIPT)
    (source,) = read(tmp_path, {"part1_softmax.qmd": both}).sources
    assert source.cells[0] == b""
    assert SCRIPT in source.cells[1]


@pytest.mark.parametrize("head", [b"---\ntitle: eval false\n---\n", b"---\neval: true\n---\n"])
def test_a_document_that_does_not_is_run(tmp_path: Path, head: bytes) -> None:
    text = head + b"```{python}\n%s```\n\neval: false\n" % SCRIPT
    assert read(tmp_path, {"part1_softmax.qmd": text}).sources[0].cells == (SCRIPT,)


@pytest.mark.parametrize(
    "metadata",
    [
        {"tags": ["x", "skip-execution"]},
        {"tags": ["active-py"]},
        {"active": "md,py"},
        {"vscode": {"languageId": "sql"}},
    ],
)
def test_a_cell_that_is_switched_off_is_not_run(tmp_path: Path, metadata: object) -> None:
    off = {"cell_type": "code", "metadata": metadata, "source": SCRIPT.decode()}
    content = json.dumps({"cells": [off, *CELLS]}).encode()
    (source,) = read(tmp_path, {"part1_softmax.ipynb": content}).sources
    assert source.cells == (b"", SCRIPT)
    assert source.others == (("a cell that is switched off (cell 1)", SCRIPT),)


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {"tags": ["active-ipynb", 3]},
        {"active": "ipynb,py"},
        {"vscode": {"languageId": "python"}},
        {"vscode": 1, "tags": 1, "active": 1},
    ],
)
def test_a_cell_that_is_not_is_run(tmp_path: Path, metadata: object) -> None:
    cell = {"cell_type": "code", "metadata": metadata, "source": SCRIPT.decode()}
    content = json.dumps({"cells": [cell]}).encode()
    assert read(tmp_path, {"part1_softmax.ipynb": content}).sources[0].cells == (SCRIPT,)


def test_what_an_editor_keeps_of_an_open_file_is_not_said(tmp_path: Path) -> None:
    names = ["part1_softmax.py~", "#part1_softmax.py#", "~$report.docx"]
    submission = read(tmp_path, {"part1_softmax.py": SCRIPT, **dict.fromkeys(names, OLD)})
    assert submission.notes == ()


def test_r_markdown_with_r_only_is_a_notebook_in_another_language(tmp_path: Path) -> None:
    submission = read(tmp_path, {"part1_softmax.Rmd": b"# A\n\n```{r}\nx <- 1\n```\n"})
    assert "a notebook in R; write it in Python" in " ".join(submission.problems)


def test_notes_next_to_code_are_no_code(tmp_path: Path) -> None:
    files = {"part1_softmax.py": SCRIPT, "README.md": b"```python\n%s```\n" % SCRIPT}
    (source,) = read(tmp_path, {**files, "notes.txt": SCRIPT}).sources
    assert source.filename == "part1_softmax.py"


@pytest.mark.parametrize("end", [b"\0" * 700, b"\x1a", b"\n\x1a\0"])
@pytest.mark.parametrize(("name", "content"), [("part1.py", SCRIPT), ("part1.ipynb", NOTEBOOK)])
def test_what_a_disk_leaves_at_the_end_is_no_text(
    tmp_path: Path, name: str, content: bytes, end: bytes
) -> None:
    (source,) = read(tmp_path, {name: content + end}).sources
    assert source.cells[0].strip() == SCRIPT.strip()


CONFLICT = b"<<<<<<< HEAD\n%s=======\n%s>>>>>>> main\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\0" * 512, "empty"),
        (SCRIPT + CONFLICT % (b"x = 1\n", b"x = 2\n"), "a merge conflict is left in it (line 4)"),
        (CONFLICT % (NOTEBOOK + b"\n", NOTEBOOK + b"\n"), "a merge conflict"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "a Git LFS pointer"),
        (b"{\\rtf1\\ansi import numpy", "save it as plain text"),
        (b"%PDF-1.7", "a PDF file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a Word file"),
        (b"Rar!\x1a\x07", "hand in a .zip archive"),
        (b"\n<HTML><body>", "a web page"),
    ],
)
@pytest.mark.parametrize("name", ["part1_softmax.py", "part1_softmax.ipynb"])
def test_what_a_file_is_instead_is_said(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    submission = read(tmp_path, {name: content})
    assert submission.problems[0].startswith(f"{name}: not read: ")
    assert words in submission.problems[0]


def test_lines_that_only_look_like_a_conflict_are_code(tmp_path: Path) -> None:
    code = SCRIPT + b'"""\nTitle\n=======\n\n>>>>>>> text\n"""\n'
    assert read(tmp_path, {"part1.py": code}).sources[0].cells == (code,)


@pytest.mark.parametrize("line", [b"```python\n", b"<<<<<<< \n", b"=======\n", b"---\n", b"~~~~\n"])
def test_reading_takes_time_in_proportion_to_size(tmp_path: Path, line: bytes) -> None:
    times = []
    for count in (1 << 13, 1 << 16):
        content = b"---\njupytext:\n" + line * count + b"\n>>>>>>> "
        start = time.process_time()
        read(tmp_path, {"part1.md": content})
        times.append(time.process_time() - start)
    assert times[1] < 40 * times[0] + 0.2
