"""Makes what students, Gradescope, otter and GitHub get."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tempfile
import zipfile
from base64 import encodebytes
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

from autograder.authoring.notebooks import quoted
from autograder.authoring.packing import Wheel, filled, zipped
from autograder.errors import AutograderError
from autograder.model import Course, Exercise, Part
from autograder.text import number_of

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
"""For an editor, so that it finds the tests and the environment, and for git."""


def student_archive(course: Course, exercises: Mapping[str, bytes], wheel: Wheel) -> bytes:
    """The archive, in one folder; `exercises` holds the files by their paths below exercises/."""
    readme = student_readme(course, wheel).encode()
    files = {**_SETTINGS, **exercises, README: readme, wheel.name: wheel.content}
    return zipped({f"{folder_name(course)}/{path}": files[path] for path in files})


def folder_name(course: Course) -> str:
    """The course's name as that of a folder: `the-softmax-derivative`."""
    return re.sub(r"[^a-z0-9]+", "-", course.name.lower()).strip("-") or "course"


def student_readme(course: Course, wheel: Wheel) -> str:
    """What to do with the files, from the set-up to the hand-in."""
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
        hand_in="\n".join(_hand_in(course)),
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


def _hand_in(course: Course) -> Iterator[str]:
    yield "Hand in these files, each as a script or as a notebook, alone or together in one `.zip`:"
    yield ""
    yield from map(_file, course.parts)
    yield ""
    yield "Leave `.venv` out of the `.zip`, and try it: `.venv/bin/autograder check hand_in.zip`."


def _file(part: Part) -> str:
    return f"- `{part.name}.py` or `{part.name}.ipynb`: {part.title}"


def gradescope_archive(course: Course, assignment: Mapping[str, bytes], wheel: Wheel) -> bytes:
    """The archive; `assignment` holds the answer key with the support files, by name."""
    needs = " ".join(map(shlex.quote, wheel.grading_needs))
    shown = course.gradescope
    run = filled(
        "run_autograder",
        shown=f"--hidden-groups {shown.hidden_groups} --feedback {shown.feedback}",
    )
    files = {f"assignment/{name}": content for name, content in assignment.items()}
    files["setup.sh"] = filled("setup.sh", needs=needs, wheel=wheel.name).encode()
    files["run_autograder"] = run.encode()
    files[wheel.name] = wheel.content
    return zipped(files)


PLUGIN = "autograder.integrations.otter_plugin.SandboxPlugin"

_TEST = """\
# Made by `autograder build`. Otter wants a test for each exercise; the marks are the plugin's.
from otter.test_files import test_case

OK_FORMAT = False
name = {name}
all_or_nothing = False
"""

_CASE = """

@test_case(name={title}, points={points!r}, hidden={hidden})
def group_{number}(env):
    raise AssertionError("not graded: the plugin did not run")
"""

# `otter grade` builds its image from this script alone, so the engine comes inside it.
_INSTALL = """
# The engine, which grades in its own sandbox.
base64 --decode > /tmp/{wheel} <<'END'
{encoded}END
mamba run -n otter-env pip install --no-deps /tmp/{wheel}
# Otter's image leaves this file empty, and then fails to read it for a plugin.
echo '{{}}' > /autograder/submission_metadata.json
"""


def require_otter() -> None:
    """Raise ModuleNotFoundError if otter, which is an extra, is not installed."""
    if find_spec("otter") is None:
        raise ModuleNotFoundError("No module named 'otter'", name="otter")


def otter_archive(course: Course, assignment: Mapping[str, bytes], wheel: Wheel) -> bytes:
    """The archive; `assignment` holds the answer key with the support files, by name.

    Raises AutograderError where otter refuses.
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
    """What otter reads; it ignores without a word every key that it does not know."""
    shown = course.gradescope.hidden_groups in ("after_published", "visible")
    return {"lang": "python", "show_hidden": shown, "plugins": [PLUGIN]}


def placeholder_test(exercise: Exercise) -> str:
    """A test that fails, with a case for each group; it holds no input and no answer."""
    cases = (
        _CASE.format(
            title=quoted(f"{exercise.name}: {group.name}"),
            points=float(group.points),
            hidden=not group.public,
            number=number,
        )
        for number, group in enumerate(exercise.groups, 1)
    )
    return _TEST.format(name=quoted(exercise.name)) + "".join(cases)


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
        raise AutograderError(
            f"otter generate: {last}; try pip install 'softmax-autograder[instructor]'"
        )
    with zipfile.ZipFile(BytesIO((folder / "otter.zip").read_bytes())) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}


def github_files(
    assignment: Mapping[str, bytes], public: Mapping[str, bytes], wheel: Wheel
) -> dict[str, bytes]:
    """The files by their paths.

    `assignment` holds the full answer key with the support files, and `public` the public key with
    the same, by name: only the files below private/ hold what a student may not read.
    """
    gaps = {"needs": " ".join(map(shlex.quote, wheel.grading_needs)), "wheel": wheel.name}
    python_gaps = {"needs": " ".join(wheel.grading_needs), "wheel": wheel.name}
    texts = {
        "README.md": filled("github_readme.md"),
        "grade.yml": filled("grade.yml", **gaps),
        "classroom50.yml": filled("classroom50.yml", **gaps),
        "classroom50/autograder.py": filled("classroom50_autograder", **python_gaps),
    }
    return {
        **{path: text.encode() for path, text in texts.items()},
        **_folder("classroom50", {**public, wheel.name: wheel.content}),
        **_folder("private", {**assignment, wheel.name: wheel.content}),
    }


def _folder(name: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{name}/{file}": content for file, content in files.items()}
