"""Makes the workflows with which GitHub grades, and the files that these need."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from autograder.authoring.template import filled
from autograder.authoring.wheel import Wheel

PUBLIC_KEY = "course.json"


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
