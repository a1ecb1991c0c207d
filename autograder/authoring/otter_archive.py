"""Makes otter.zip with otter's own `generate`: placeholder tests, our plugin, the answer key."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from base64 import encodebytes
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from autograder.authoring.otter_tests import quoted
from autograder.authoring.wheel import Wheel
from autograder.authoring.zipped import zipped
from autograder.errors import AutograderError
from autograder.model import Course, Exercise

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
        needs = (need for need in wheel.grading_needs if need.startswith("numpy"))
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
        raise AutograderError(f"otter generate: {last}; try 'pip install otter-grader[grading]'")
    with zipfile.ZipFile(BytesIO((folder / "otter.zip").read_bytes())) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}
