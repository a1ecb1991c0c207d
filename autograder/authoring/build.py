"""Builds the archives and files for students, learning platforms and CI."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from base64 import encodebytes, urlsafe_b64encode
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from importlib.metadata import Distribution, PackageNotFoundError, packages_distributions
from importlib.resources import files
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize
from uuid import NAMESPACE_URL, uuid5

from autograder.answer_key.build import build_key, check_reproducible
from autograder.answer_key.file import key_text
from autograder.atomic_write import write_whole
from autograder.authoring.stubs import otter_file
from autograder.authoring.sync import derive
from autograder.course.load import load_course
from autograder.errors import AutograderError, WriteError
from autograder.fixed_names import EXERCISES, FULL_KEY, NAME, PUBLIC_KEY, installed
from autograder.model.course import Course, Exercise
from autograder.text import number_of

_GAP = re.compile(r"@([A-Z]+(?:_[A-Z]+)*)@")


def filled(template: str, **values: str) -> str:
    """Return a template's text, with `@WORD@` replaced by the value called `word`.

    Raises KeyError if a value is missing.
    """
    text = (files("autograder.authoring") / "templates" / template).read_text(encoding="utf-8")
    return _GAP.sub(lambda gap: values[gap[1].lower()], text)


_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_ORDINARY, _EXECUTABLE = 0o100644, 0o100755


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Zip `files`, given by path in the archive; files that begin with `#!` are executable."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            mode = _EXECUTABLE if files[name].startswith(b"#!") else _ORDINARY
            entry.external_attr = mode << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


PACKAGE = Path(__file__).parents[1]
GRADING_NEEDS = ("numpy", "click")
"""The only packages that `autograder grade-for` imports besides the standard library."""

# Drops the project's README, which may say more than a student should read.
_LEFT_OUT = ("Description", "License-File", "Dynamic")
_WHEEL = "Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@dataclass(frozen=True)
class Wheel:
    """The engine as a wheel for pip."""

    name: str
    """The name of the file."""
    content: bytes
    grading_needs: tuple[str, ...]
    """The requirements of grading, such as `numpy>=1.26`."""

    @property
    def gaps(self) -> dict[str, str]:
        """The values of a shell script that installs it."""
        return {"needs": shlex.join(self.grading_needs), "wheel": self.name}


def build_wheel(name: str = NAME, packages: Collection[str] = ()) -> Wheel:
    """Return the engine's wheel under this name; the same code gives the same bytes.

    The distributions that provide `packages` are added to its requirements, and to those of
    grading. The wheel is assembled here, as PEP 427 specifies, because a build with setuptools
    needs the source tree and the network. Raises AutograderError if the engine is not installed.
    """
    try:
        known = installed()
    except PackageNotFoundError:
        raise AutograderError(
            f"{NAME}: is not installed, so its version is not known; "
            "run 'pip install --editable .' in the engine's folder"
        ) from None
    stem = f"{name.replace('-', '_')}-{known.version}"
    folder = f"{stem}.dist-info"
    files = {name: path.read_bytes() for name, path in _package_files()}
    more = _distributions(packages)
    files[f"{folder}/METADATA"] = _metadata(known, name, more).encode()
    files[f"{folder}/WHEEL"] = _WHEEL.encode()
    files[f"{folder}/entry_points.txt"] = (known.read_text("entry_points.txt") or "").encode()
    record = [_recorded(name, files[name]) for name in sorted(files)]
    files[f"{folder}/RECORD"] = "".join([*record, f"{folder}/RECORD,,\n"]).encode()
    return Wheel(f"{stem}-py3-none-any.whl", zipped(files), (*_grading_needs(known), *more))


def _package_files() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*")):
        place = path.relative_to(PACKAGE.parent)
        # Editors and interrupted copies leave files that begin with a dot.
        passed_over = any(name == "__pycache__" or name.startswith(".") for name in place.parts)
        if path.is_file() and not passed_over:
            yield place.as_posix(), path


def _distributions(packages: Collection[str]) -> tuple[str, ...]:
    """Return the distributions that provide these packages: `scikit-learn` for `sklearn.svm`."""
    tops = dict.fromkeys(one.partition(".")[0] for one in packages)
    known = packages_distributions() if tops else {}
    return tuple(dict.fromkeys(known.get(top, [top])[0] for top in tops))


def _metadata(known: Distribution, name: str, needs: Collection[str]) -> str:
    text = known.read_text("METADATA") or known.read_text("PKG-INFO") or ""
    head = text.partition("\n\n")[0].splitlines()
    named = (f"Name: {name}" if line.startswith("Name: ") else line for line in head)
    kept = [line for line in named if not line.startswith(_LEFT_OUT)]
    return "".join(f"{line}\n" for line in [*kept, *(f"Requires-Dist: {one}" for one in needs)])


def _recorded(name: str, content: bytes) -> str:
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def _grading_needs(known: Distribution) -> tuple[str, ...]:
    named = {re.split(r"[^\w-]", one)[0]: one for one in reversed(known.requires or ())}
    return tuple(named[name] for name in GRADING_NEEDS)


README = "README.md"
_SETTINGS = {
    ".vscode/settings.json": b"""{
    "python.defaultInterpreterPath": "${workspaceFolder}/.venv",
    "python.testing.pytestEnabled": true,
    "python.testing.unittestEnabled": false,
    "python.testing.pytestArgs": ["."],
    "python.testing.autoTestDiscoverOnSaveEnabled": false,
    "notebook.output.textLineLimit": 200
}
""",
    ".gitignore": b".venv/\n__pycache__/\n.ipynb_checkpoints/\n.OTTER_LOG\ncheck_*.png\n",
}
"""Settings for VS Code, so that it finds the tests and the environment, and for git."""


def student_archive(course: Course, exercises: Mapping[str, bytes], wheel: Wheel) -> bytes:
    """Return student.zip, with one top folder; `exercises` has the files by path in exercises/."""
    readme = student_readme(course, wheel).encode()
    files = {**_SETTINGS, **exercises, README: readme, wheel.name: wheel.content}
    return zipped(_within(folder_name(course), files))


def folder_name(course: Course) -> str:
    """Return the course's name as a folder name, such as `the-softmax-derivative`."""
    plain = normalize("NFKD", course.name.casefold())  # accents become characters of their own
    letters = "".join(one for one in plain if not combining(one))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "course"


def student_readme(course: Course, wheel: Wheel) -> str:
    """Return the students' README: from the set-up to handing in."""
    return filled(
        "student_readme.md",
        course=course.name,
        count=number_of(len(course.exercises), "function"),
        parts=number_of(len(course.parts), "file"),
        points=number_of(course.points, "point"),
        table="\n".join(_table(course)),
        wheel=wheel.name,
        first=course.exercises[0].name,
        packages=", ".join(["numpy", *course.packages]),
        files="\n".join(f"- `{p.name}.py` or `{p.name}.ipynb`: {p.title}" for p in course.parts),
    )


def _table(course: Course) -> Iterator[str]:
    yield "| file | function | points | public groups | hidden groups |"
    yield "|---|---|---:|---:|---:|"
    for part in course.parts:
        for exercise in part.exercises:
            yield (
                f"| `{part.name}` | `{exercise.name}` | {exercise.points:g} "
                f"| {_groups(exercise, public=True)} | {_groups(exercise, public=False)} |"
            )


def _groups(exercise: Exercise, *, public: bool) -> str:
    groups = [group for group in exercise.groups if group.public is public]
    return (
        f"{len(groups)} ({number_of(sum(group.points for group in groups), 'point')})"
        if groups
        else "none"
    )


def gradescope_archive(course: Course, assignment: Mapping[str, bytes], wheel: Wheel) -> bytes:
    """Return gradescope.zip; `assignment` has the answer key and the support files, by name."""
    shown = course.gradescope
    run = filled(
        "run_autograder",
        shown=f"--hidden-groups {shown.hidden_groups} --feedback {shown.feedback}",
    )
    files = _within("assignment", assignment)
    files["setup.sh"] = filled("setup.sh", **wheel.gaps).encode()
    files["run_autograder"] = run.encode()
    files[wheel.name] = wheel.content
    return zipped(files)


PLUGIN = "autograder.integrations.otter_plugin.SandboxPlugin"

_HEADER = """\
# Made by `autograder build`. Otter wants a test for each exercise; the marks are the plugin's.
"""
_PLACEHOLDER = """

@test_case(name={title}, points={points!r}, hidden={hidden})
def group_{number}(env):
    raise AssertionError("not graded: the plugin did not run")
"""

# `otter grade` builds its image from this script alone, so the script contains the engine.
_INSTALL = """
# The engine, which grades in its own sandbox.
base64 --decode > /tmp/{wheel} <<'END'
{encoded}END
mamba run -n otter-env pip install --no-deps /tmp/{wheel}
# Otter's image leaves this file empty, and then fails to read it for a plugin.
echo '{{}}' > /autograder/submission_metadata.json
"""


def otter_archive(course: Course, assignment: Mapping[str, bytes], wheel: Wheel) -> bytes:
    """Return otter.zip; `assignment` has the answer key and the support files, by name.

    Raises AutograderError if `otter generate` fails.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tests").mkdir()
        for exercise in course.exercises:
            test = folder / "tests" / f"{exercise.name}.py"
            test.write_text(placeholder_test(exercise), encoding="utf-8")
        (folder / ".autograder").mkdir()
        for file, content in assignment.items():
            (folder / ".autograder" / file).write_bytes(content)
        (folder / "otter_config.json").write_text(json.dumps(otter_config(course)))
        needs = (need for need in wheel.grading_needs if not need.startswith("click"))
        (folder / "requirements.txt").write_text("\n".join(needs))
        files = _generated(folder)
    encoded = encodebytes(wheel.content).decode("ascii")
    files["setup.sh"] += _INSTALL.format(wheel=wheel.name, encoded=encoded).encode()
    return zipped(files)


def otter_config(course: Course) -> dict[str, Any]:
    """Return otter's configuration. Otter silently ignores keys that it does not know."""
    shown = course.gradescope.hidden_groups in ("after_published", "visible")
    return {"lang": "python", "show_hidden": shown, "plugins": [PLUGIN]}


def placeholder_test(exercise: Exercise) -> str:
    """Return a test that always fails, with a case per group and no inputs or answers."""
    return otter_file(_HEADER, exercise, exercise.groups, _PLACEHOLDER)


def _generated(folder: Path) -> dict[str, bytes]:
    command = [sys.executable, "-m", "otter", "generate", "--output-path", "otter.zip"]
    command += ["--config", "otter_config.json", "--requirements", "requirements.txt"]
    done = subprocess.run(
        [*command, "--no-environment", ".autograder"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise AutograderError(f"otter generate: {last}; try pip install '{NAME}[instructor]'")
    with zipfile.ZipFile(BytesIO((folder / "otter.zip").read_bytes())) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}


def github_files(
    assignment: Mapping[str, bytes], public: Mapping[str, bytes], wheel: Wheel
) -> dict[str, bytes]:
    """Return the files for GitHub, by path.

    `assignment` has the full answer key and the support files, by name; `public` has the public key
    and the support files. Only the files below private/ must be kept from students.
    """
    texts = {
        "README.md": filled("github_readme.md"),
        "grade.yml": filled("grade.yml", **wheel.gaps),
        "classroom50.yml": filled("classroom50.yml", **wheel.gaps),
        "classroom50/autograder.py": filled(
            "classroom50_autograder", needs=" ".join(wheel.grading_needs), wheel=wheel.name
        ),
    }
    return {
        **{path: text.encode() for path, text in texts.items()},
        **_within("classroom50", {**public, wheel.name: wheel.content}),
        **_within("private", {**assignment, wheel.name: wheel.content}),
    }


def _within(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{file}": content for file, content in files.items()}


def platform_folders(
    course: Course, assignment: Mapping[str, bytes], wheel: Wheel
) -> dict[str, bytes]:
    """Return the files, by path; `assignment` has the answer key and the support files, by name.

    All folders except gitlab/ must be kept from students.
    """
    private = {**assignment, wheel.name: wheel.content}
    question = f"prairielearn/questions/{folder_name(course)}"
    about = {
        "title": json.dumps(course.name),
        # stable, so that building again does not make a new question
        "uuid": str(uuid5(NAMESPACE_URL, f"autograder:{course.name}:{course.seed}")),
        "points": str(round(course.points)),
    }
    uploads = ", ".join(f"{part.name}.py" for part in course.parts)
    page = filled("prairielearn_question.html", title=escape(course.name), files=uploads)
    texts = {
        f"{question}/info.json": filled("prairielearn_info.json", **about),
        f"{question}/question.html": page,
        f"{question}/tests/run.sh": filled("prairielearn_run.sh", **wheel.gaps),
        "autolab/autograde-Makefile": filled("autolab_makefile", **wheel.gaps),
        "coursera/Dockerfile": filled("coursera_dockerfile", **wheel.gaps),
        "submitty/config.json": filled("submitty_config.json", **about),
        "submitty/custom_validation_code/grader.py": filled("submitty_grader", wheel=wheel.name),
        "gitlab/.gitlab-ci.yml": filled("gitlab_ci.yml", **wheel.gaps),
    }
    files = {path: text.encode() for path, text in texts.items()}
    files["autolab/autograde.tar"] = _tar(_within("autograde", private))
    for folder in (
        f"{question}/tests",
        "coursera/assignment",
        "submitty/custom_validation_code/assignment",
    ):
        files |= _within(folder, private)
    return files


def _tar(files: Mapping[str, bytes]) -> bytes:
    """Return a tar archive; the same files give the same bytes."""
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(files[name]), 0o600
            archive.addfile(entry, BytesIO(files[name]))
    return buffer.getvalue()


def build(folder: Path, out: Path) -> tuple[str, ...]:
    """Write all files below `out`, and return their paths relative to it.

    The same course gives the same bytes. Everything is built before the first file is written, and
    each file is replaced atomically. Raises CourseError if the course cannot be built, WriteError
    if `out` cannot be written, and ModuleNotFoundError if otter is not installed.
    """
    if find_spec("otter") is None:  # an extra
        raise ModuleNotFoundError("No module named 'otter'", name="otter")
    course = load_course(folder)
    key = build_key(course)
    check_reproducible(course, key)
    derived = derive(course, key)
    exercises = {path.removeprefix(f"{EXERCISES}/"): derived[path] for path in derived}
    support = {name: exercises[name] for name in course.support}
    assignment = {FULL_KEY: key_text(course, key, public=False).encode(), **support}
    wheel = build_wheel(f"{folder_name(course)}-autograder", course.packages)
    built = {
        "student.zip": student_archive(course, exercises, wheel),
        "gradescope.zip": gradescope_archive(course, assignment, wheel),
        "otter.zip": otter_archive(course, assignment, wheel),
    }
    public = {PUBLIC_KEY: exercises[PUBLIC_KEY], **support}
    built |= _within("github", github_files(assignment, public, wheel))
    built |= _within("platforms", platform_folders(course, assignment, wheel))
    for path, content in built.items():
        try:
            write_whole(out / path, content)
        except OSError as error:
            raise WriteError(out / path, error, "choose a folder that you may write") from None
    return tuple(built)
