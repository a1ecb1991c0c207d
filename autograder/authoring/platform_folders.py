"""Makes the folders for PrairieLearn, Autolab, Coursera, Submitty and GitLab."""

from __future__ import annotations

import io
import json
import shlex
import tarfile
from collections.abc import Mapping
from html import escape
from uuid import NAMESPACE_URL, uuid5

from autograder.authoring.archives import folder_name
from autograder.authoring.packing import Wheel, filled
from autograder.model import Course

_SECONDS = 300
"""For a whole grading on PrairieLearn, which takes at most 600."""


def platform_folders(
    course: Course, assignment: Mapping[str, bytes], wheel: Wheel
) -> dict[str, bytes]:
    """The files by their paths; `assignment` holds the answer key with the support files.

    What is below these folders, but for gitlab/, no student may read.
    """
    private = {**assignment, wheel.name: wheel.content}
    gaps = {"needs": " ".join(map(shlex.quote, wheel.grading_needs)), "wheel": wheel.name}
    question = f"prairielearn/questions/{folder_name(course)}"
    uploads = ", ".join(f"{part.name}.py" for part in course.parts)
    page = filled("prairielearn_question.html", title=escape(course.name), files=uploads)
    texts = {
        f"{question}/info.json": _json(_prairielearn_info(course)),
        f"{question}/question.html": page,
        f"{question}/tests/run.sh": filled("prairielearn_run.sh", **gaps),
        "autolab/autograde-Makefile": filled("autolab_makefile", **gaps),
        "coursera/Dockerfile": filled("coursera_dockerfile", **gaps),
        "submitty/config.json": _json(_submitty_config(course)),
        "submitty/custom_validation_code/grader.py": filled("submitty_grader", wheel=wheel.name),
        "gitlab/.gitlab-ci.yml": filled("gitlab_ci.yml", **gaps),
    }
    files = {path: text.encode() for path, text in texts.items()}
    files["autolab/autograde.tar"] = _tar({f"autograde/{name}": private[name] for name in private})
    for folder in (
        f"{question}/tests",
        "coursera/assignment",
        "submitty/custom_validation_code/assignment",
    ):
        files |= {f"{folder}/{name}": content for name, content in private.items()}
    return files


def _prairielearn_info(course: Course) -> dict[str, object]:
    """https://prairielearn.readthedocs.io/en/latest/externalGrading/"""
    return {
        # the same for the same course, so that building again changes no question
        "uuid": str(uuid5(NAMESPACE_URL, f"autograder:{course.name}:{course.seed}")),
        "title": course.name,
        "topic": "Programming",
        "tags": ["code", "v3"],
        "type": "v3",
        "singleVariant": True,
        "gradingMethod": "External",
        "externalGradingOptions": {
            "enabled": True,
            "image": "prairielearn/grader-python",
            "entrypoint": "/grade/tests/run.sh",
            "timeout": _SECONDS,
            "enableNetworking": True,
        },
    }


def _submitty_config(course: Course) -> dict[str, object]:
    """One test case, whose share of the points the custom validator says."""
    return {
        "testcases": [
            {
                "title": course.name,
                "points": round(course.points),
                "type": "Execution",
                "command": "ls",
                "validation": [
                    {
                        "method": "custom_validator",
                        "command": "python3 custom_validation_code/grader.py",
                        "actual_file": "STDOUT.txt",
                    }
                ],
            }
        ]
    }


def _json(value: dict[str, object]) -> str:
    return json.dumps(value, indent=2) + "\n"


def _tar(files: Mapping[str, bytes]) -> bytes:
    """The same bytes for the same files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(files[name]), 0o600
            archive.addfile(entry, io.BytesIO(files[name]))
    return buffer.getvalue()
