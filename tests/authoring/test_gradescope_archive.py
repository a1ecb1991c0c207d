"""gradescope.zip, unpacked into a tree like Gradescope's, leaves valid results whatever happens."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from canary import Canary
from offline import prepare_engine
from platform_schemas import check_gradescope

from autograder.answer_key.build import build_key
from autograder.answer_key.file import key_text
from autograder.authoring.build import build_wheel, filled, gradescope_archive
from autograder.course.load import load_course
from autograder.model.course import AnswerKey, Course, Gradescope
from autograder.reporting.platform_results import gradescope_failure
from tests.support.corpus import softmax

ROOT = Path(__file__).parents[2]
HOSTILE = ROOT / "tests" / "attacks" / "hostile"
SUBMISSIONS = ROOT / "tests" / "submissions"


def archive_of(course: Course, folder: Path, key: AnswerKey | None = None) -> bytes:
    text = key_text(course, key or build_key(course), public=False)
    support = {name: (folder / "solutions" / name).read_bytes() for name in course.support}
    return gradescope_archive(course, {"key.json": text.encode(), **support}, build_wheel())


def test_what_gradescope_looks_for_is_at_the_top(tiny_course: Course, tiny_folder: Path) -> None:
    with zipfile.ZipFile(BytesIO(archive_of(tiny_course, tiny_folder))) as archive:
        names = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
        scripts = {name: archive.read(name).decode() for name in ("setup.sh", "run_autograder")}
        key = json.loads(archive.read("assignment/key.json"))
    assert names.keys() == {
        *("setup.sh", "run_autograder", build_wheel().name),
        *("assignment/key.json", "assignment/notes.csv"),
    }
    assert names["setup.sh"] == names["run_autograder"] == 0o755
    assert key["public"] is False
    for text in scripts.values():
        assert text.startswith("#!/usr/bin/env bash\n")
        subprocess.run(["bash", "-n"], input=text, text=True, check=True)
        assert re.findall(r"\$\{?([A-Z_]{2,})", text) == ["AUTOGRADER_ROOT"]
    assert "--hidden-groups after_published --feedback md" in scripts["run_autograder"]


def test_the_settings_of_the_course_reach_the_script(tiny_folder: Path) -> None:
    path = tiny_folder / "course.yaml"
    settings = "seed: 7\ngradescope: {hidden_groups: after_due_date, feedback: html}"
    path.write_text(path.read_text().replace("seed: 7", settings))
    course = load_course(tiny_folder)
    assert course.gradescope == Gradescope("after_due_date", "html")
    with zipfile.ZipFile(BytesIO(archive_of(course, tiny_folder))) as archive:
        text = archive.read("run_autograder").decode()
    assert "--hidden-groups after_due_date --feedback html" in text


def test_the_results_that_stand_until_there_are_others_are_valid() -> None:
    script = filled("run_autograder", shown="")
    written = json.loads(script.split("<<'END'\n")[1].split("\nEND\n")[0])
    check_gradescope(written, scored=False)
    assert written == gradescope_failure(written["extra_data"]["judge_error"])


# --- the real thing ---------------------------------------------------------------------------

needs_root = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="Gradescope is root"
)


class Machine:
    """A folder like Gradescope's /autograder, set up by the archive's own setup.sh."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": "/root"}
        self._env["AUTOGRADER_ROOT"] = str(root)

    def set_up(self, archive: bytes) -> None:
        for name in ("source", "submission", "results"):
            (self.root / name).mkdir(parents=True)
        with zipfile.ZipFile(BytesIO(archive)) as opened:
            opened.extractall(self.root / "source")
        script = self.root / "run_autograder"
        script.write_bytes((self.root / "source" / "run_autograder").read_bytes())
        script.chmod(0o755)
        prepare_engine(self.root / "engine")
        self.run("bash", "source/setup.sh")

    def run(self, *command: str) -> None:
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self._env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def grade(self, *handed_in: Path) -> dict[str, Any]:
        """What results.json says of these files, or of those that lie there when none is named."""
        for old in (self.root / "submission").iterdir() if handed_in else ():
            old.unlink()
        for path in handed_in:
            (self.root / "submission" / path.name).write_bytes(path.read_bytes())
        (self.root / "results" / "results.json").unlink(missing_ok=True)
        self.run("./run_autograder")
        results: dict[str, Any] = json.loads((self.root / "results" / "results.json").read_text())
        return results


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    root = tmp_path_factory.mktemp("gradescope")
    for parent in (root, *root.parents[:2]):
        parent.chmod(0o755)  # as /autograder, which everybody may enter
    machine = Machine(root)
    course, key = softmax()
    # Shorter than the course's own: what hangs here hangs for good.
    course = replace(course, limits=replace(course.limits, case_seconds=0.4))
    machine.set_up(archive_of(course, ROOT, key))
    return machine


@pytest.mark.slow
@needs_root
@pytest.mark.parametrize(
    ("name", "score"), [("full", 100.0), ("stubs", 0.0), ("one_wrong", 94.0), ("hang", None)]
)
def test_hand_ins_get_the_marks_that_grade_gives(
    machine: Machine, name: str, score: float | None
) -> None:
    results = machine.grade(*(p for p in (SUBMISSIONS / name).iterdir() if p.suffix == ".py"))
    check_gradescope(results, scored=True)
    golden = json.loads((ROOT / "tests" / "judging" / "goldens" / f"{name}.json").read_text())
    assert results["score"] == golden["score"]
    assert score in (None, results["score"])
    assert sum(test["max_score"] for test in results["tests"]) == 100
    hidden = {test["visibility"] for test in results["tests"] if "hidden" in test["tags"]}
    assert hidden == {"after_published"}


SPY = """
import os

def softmax(Z):
    seen = []
    for path in {places!r}:
        try:
            os.stat(path), os.listdir(path) if os.path.isdir(path) else open(path).read()
            seen.append(path)
        except OSError:
            pass
    raise RuntimeError(f"uid {{os.getuid()}} sees {{seen}}")
"""


@pytest.mark.slow
@needs_root
def test_students_code_is_another_user_who_sees_neither_key_nor_source_nor_results(
    machine: Machine, tmp_path: Path
) -> None:
    places = ("source", "source/assignment/key.json", "results", "results/results.json", "engine")
    spy = tmp_path / "part1_softmax.py"
    spy.write_text(SPY.format(places=[str(machine.root / place) for place in places]))
    results = machine.grade(spy)
    check_gradescope(results, scored=True)
    assert results["score"] == 0.0
    said = results["tests"][0]["output"].replace("\\", "")
    uid = re.search(r"uid (\d+) sees \[\]", said)
    assert uid is not None, said
    assert int(uid[1]) > 1000
    for folder in ("source", "results"):
        assert (machine.root / folder).stat().st_mode & 0o077 == 0
    assert results["extra_data"]["isolation"]["level"] in ("partial", "full")


@pytest.mark.slow
@needs_root
@pytest.mark.parametrize("attack", ["reads_answer_key", "hard_exit_at_import", "writes_outside"])
def test_hostile_hand_ins_get_no_more_than_they_earn(
    machine: Machine, tmp_path: Path, attack: str
) -> None:
    with Canary(HOSTILE / attack, tmp_path) as canary:
        results = machine.grade(*(p for p in canary.hand_in.iterdir() if p.is_file()))
        assert canary.disturbed() == []
    check_gradescope(results, scored=True)
    assert results["score"] == 0.0


@pytest.mark.slow
@needs_root
def test_what_students_wrote_is_escaped(machine: Machine, tmp_path: Path) -> None:
    script = tmp_path / "part1_softmax.py"
    script.write_text("def softmax(Z):\n    raise ValueError('<script>alert(1)</script>')\n")
    output = machine.grade(script)["tests"][0]["output"]
    assert "<script" not in output
    assert "&lt;script&gt;" in output


@pytest.mark.slow
@needs_root
@pytest.mark.parametrize("broken", ["key", "engine"])
def test_results_without_a_score_are_left_where_the_autograder_itself_breaks(
    machine: Machine, broken: str
) -> None:
    path = {"key": machine.root / "source/assignment/key.json", "engine": machine.root / "engine"}
    aside = machine.root / "aside"
    path[broken].rename(aside)
    try:
        results = machine.grade()
    finally:
        aside.rename(path[broken])
    check_gradescope(results, scored=False)
    why = {"key": "key.json: cannot be read", "engine": "was ended before the grader was done"}
    assert why[broken] in results["tests"][0]["output"]
    assert why[broken] not in results["output"]
