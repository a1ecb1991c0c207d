"""The documents are true: their commands run, their settings load, their links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

import click
import commands
import pytest
import yaml

from autograder.answer_key import build as answer_key
from autograder.cli.commands import COMMANDS, autograder
from autograder.course.load import load_course
from autograder.model.course import AnswerKey, Course

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<reason>\S.+?) -->\n)?"
    r"^ *```(?P<kind>\w*)\n(?P<text>.*?)^ *```",
    re.DOTALL | re.MULTILINE,
)
FALL_SHORT = ("check", "study", "pytest")
"""Commands that exit with 1 on exercises that are not solved yet."""


def blocks(path: Path, *kinds: str) -> Iterator[str]:
    for match in BLOCK.finditer(path.read_text(encoding="utf-8")):
        if match["kind"] in kinds and not match["reason"]:
            yield match["text"]


def commands_of(path: Path) -> list[str]:
    """The commands of a document that are not marked as not run."""
    lines = [line.strip() for text in blocks(path, "console", "sh") for line in text.splitlines()]
    return [line.removeprefix("$ ") for line in lines if line]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course's folder with the downloads that the documents speak of."""
    folder = tmp_path_factory.mktemp("documents")
    shutil.copy(ROOT / "course.yaml", folder)
    for name in ("solutions", "exercises"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    samples = ROOT / "tests" / "submissions"
    for student, sample in (("wong", "one_wrong"), ("li", "full")):
        shutil.copytree(samples / sample, folder / "submissions" / student)
        shutil.copytree(samples / sample, folder / "hw1-submissions" / f"hw1-{student}")
    text = (samples / "full" / "part1_softmax.py").read_text("utf-8")
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        archive.writestr("wongada_1_11_part1_softmax-1.py", text)
        archive.writestr("li_2_12_part1_softmax.py", text)
    with zipfile.ZipFile(folder / "moodle.zip", "w") as archive:
        for name in ("Ada Wong_501", "Wei Li_502"):
            archive.writestr(f"{name}_assignsubmission_file_/part1_softmax.py", text)
    (folder / "roster.csv").write_text("ID,Name\nwong,Ada Wong\nli,Wei Li\nzoe,Zoe\n")
    (folder / "export.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (7)\n"
        "    Points Possible,,,,,100\n"
        '"Wong, Ada",1,00101,wong,Monday,\n"Li, Wei",2,00102,li,Monday,\n'
    )
    (folder / "worksheet.csv").write_text(
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed\n"
        "Participant 501,Ada Wong,ada@x.example,Submitted for grading,,100,Yes\n"
        "Participant 502,Wei Li,li@x.example,Submitted for grading,,100,Yes\n"
    )
    (folder / "gc_CS101_column.xls").write_text(
        '"Last Name"\t"First Name"\t"Username"\t"Homework 1 [Total Pts: 100 Score] |7"\n'
        '"Wong"\t"Ada"\t"wong"\t""\n',
        encoding="utf-16",
    )
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command, comments=True)
    program, arguments = words[0], words[1:]
    if program == "autograder":
        return commands.run(*arguments, cwd=folder)
    start = {
        "python": [sys.executable],
        "pytest": [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
    }
    assert program in start, f"{command}: mark the block as not run, with the reason"
    return subprocess.run(
        [*start[program], *arguments],
        cwd=folder,
        env={**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


WITH_COMMANDS = [path for path in sorted((ROOT / "docs").rglob("*.md")) if commands_of(path)]


@pytest.fixture(scope="module", autouse=True)
def keys_are_built_once() -> Iterator[None]:
    """Nearly all commands need the key of the same course, which takes a second to build."""
    build, built = answer_key.build_key, dict[str, AnswerKey]()

    def build_once(course: Course, names: Collection[str] | None = None) -> AnswerKey:
        files = sorted((course.folder / "solutions").rglob("*.*"))
        texts = [(path, path.read_bytes()) for path in files if path.is_file()]
        known = repr((course, names, texts))
        if known not in built:
            built[known] = build(course, names)
        return built[known]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answer_key, "build_key", build_once)
        yield


@pytest.fixture(scope="module")
def ran() -> set[str]:
    """The commands of earlier documents, which are not run again: several are on many pages."""
    return set()


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", WITH_COMMANDS, ids=[path.relative_to(ROOT).as_posix() for path in WITH_COMMANDS]
)
def test_every_command_runs_or_is_marked(path: Path, place: Path, ran: set[str]) -> None:
    if "platforms" in path.parts and not (place / "graded" / "gradebook.sqlite").exists():
        run("autograder grade submissions --out graded", place)
    # Students get the exercises folder alone, as the folder that they unpack.
    folder = place / "exercises" if path.name == "students.md" else place
    for command in commands_of(path):
        words = shlex.split(command, comments=True)
        if command in ran:
            continue
        ran.add(command)
        done = run(command, folder)
        wanted = (0, 1) if set(words[:2]) & set(FALL_SHORT) else (0,)
        assert done.returncode in wanted, f"{command}\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
        assert "Traceback" not in done.stdout + done.stderr, command


def test_no_command_is_in_a_block_that_the_tests_do_not_read() -> None:
    """Blocks of another kind hold pictures and data; README's two commands are run by .ci/run."""
    unread = []
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        assert 2 * len(BLOCK.findall(text)) == len(re.findall(r"^ *```", text, re.MULTILINE)), path
        for match in BLOCK.finditer(text):
            place = f"{path.relative_to(ROOT)}: {match['text'][:60]!r}"
            if match["kind"] not in ("console", "sh", "yaml", "python", ""):
                unread.append(place)
            if not match["kind"] and re.search(r"^ *(\$ |autograder |pip )", match["text"], re.M):
                unread.append(place)
            if path.parent == ROOT and match["kind"] in ("console", "sh") and not match["reason"]:
                assert path.name == "README.md", place
    assert unread == []
    assert len(commands_of(ROOT / "README.md")) == 2


def test_commands_and_options_named_in_the_text_exist() -> None:
    wrong = []
    with click.Context(autograder) as context:
        for path in DOCUMENTS:
            text = path.read_text(encoding="utf-8")
            for match in re.finditer(r"(?:`|\$ )autograder ([a-z][a-z-]*)([^`\n#]*)", text):
                command = autograder.get_command(context, match[1])
                if isinstance(command, click.Group) and match[2].split():
                    command = command.get_command(context, match[2].split()[0])
                known = {"--help"}
                for parameter in command.params if command else ():
                    known |= {*parameter.opts, *parameter.secondary_opts}
                named = set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", match[2]))
                if command is None or named - known:
                    wrong.append(f"{path.relative_to(ROOT)}: {match[0]}")
    assert wrong == []


def test_settings_load(tiny_folder: Path) -> None:
    manifest = tiny_folder / "course.yaml"
    plain = yaml.safe_load(manifest.read_text())
    count = 0
    for path in DOCUMENTS:
        for text in blocks(path, "yaml"):
            settings = yaml.load(text, yaml.BaseLoader)["deadline"]["due"] if "due:" in text else ""
            changed = {**plain, **yaml.safe_load(text)}
            if settings:
                changed["deadline"]["due"] = settings
            manifest.write_text(yaml.safe_dump(changed))
            load_course(tiny_folder)
            count += 1
    assert count >= 2


@pytest.mark.slow
def test_programs_run(place: Path) -> None:
    texts = [text for path in DOCUMENTS for text in blocks(path, "python")]
    assert texts
    for text in texts:
        (place / "program.py").write_text(text)
        done = run("python program.py", place)
        assert done.returncode == 0, done.stderr


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in DOCUMENTS:
        for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
            if re.match(r"\w+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{path.relative_to(ROOT)}: {link}")
    assert broken == []


def test_the_readme_is_short_and_names_every_command() -> None:
    text = (ROOT / "README.md").read_bytes()
    assert len(text) <= 6 * 1024
    everywhere = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    missing = [name for name in COMMANDS if f"autograder {name}" not in everywhere]
    assert missing == []


def test_every_key_of_course_yaml_is_explained() -> None:
    schema = json.loads((ROOT / "autograder" / "course.schema.json").read_text("utf-8"))
    keys = set(schema["properties"])
    for definition in schema["$defs"].values():
        keys |= set(definition.get("properties", ()))
    text = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    assert sorted(key for key in keys if f"`{key}`" not in text) == []


@pytest.mark.slow
def test_the_site_is_built_without_warnings(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="mkdocs is not installed")
    command = ["mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *command],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "true", "DISABLE_MKDOCS_2_WARNING": "true"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "platforms" / "canvas.html").exists()
