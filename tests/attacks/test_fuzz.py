"""Every parser of bytes that are not ours, on broken bytes: no exception of Python's, no hang.

Each begins with valid bytes, which are then changed at random, from seeds. AUTOGRADER_FUZZ is the
number of tries of each parser.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import signal
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.errors import AutograderError
from autograder.gradebook.marks import FinalMark, Standing
from autograder.model.submission import Student
from autograder.platforms.enrolment import matches
from autograder.platforms.gradescope import METADATA, PlainYamlError, read_plain_yaml
from autograder.platforms.hand_ins import PLATFORMS, hand_ins
from autograder.platforms.roster import read_roster
from autograder.reporting.platform_uploads import PLATFORMS as LISTS
from autograder.reporting.platform_uploads import fill_list
from autograder.sandbox.host import wire
from autograder.sandbox.host.wire import WireError
from autograder.submissions.read import read_submission

TRIES = int(os.environ.get("AUTOGRADER_FUZZ", "60"))
SECONDS = 20
SAMPLES = Path(__file__).parents[1] / "samples"
PARTS = ("part1_softmax", "part2_layer")
SCRIPT = b"import numpy as np\n\n\ndef softmax(Z):\n    return np.exp(Z) / np.exp(Z).sum()\n"
NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"cell_type": "code", "source": ["%time\n", "def softmax(Z):\n", "    return Z\n"]},
            {"cell_type": "markdown", "source": "words"},
            {"cell_type": "code", "source": "!ls\nx = 1", "outputs": [{"text": ["1"]}]},
        ],
    }
).encode()
WORDS = (
    b"\0",
    b"\xff",
    b"[" * 300,
    b"{" * 300,
    b'"',
    b"\r",
    b"\n",
    b",",
    b";",
    b"'",
    b"/..",
    b"&a *a",
)


def mutated(content: bytes, chance: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(made))
        match chance.randrange(6):
            case 0:
                made[at : at + chance.randint(1, 40)] = b""
            case 1:
                made[at:at] = chance.choice(WORDS)
            case 2:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case 3:
                made[at:at] = made[: chance.randint(0, 200)]
            case 4:
                del made[at:]
            case _:
                made[at : at + 4] = chance.randbytes(4)
    return bytes(made)


def packed() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("hw/part1_softmax.py", SCRIPT)
        archive.writestr("hw/part2_layer.ipynb", NOTEBOOK)
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        info = tarfile.TarInfo("hw/part1_softmax.py")
        info.size = len(SCRIPT)
        archive.addfile(info, io.BytesIO(SCRIPT))
    return file.getvalue()


def a_file(name: str) -> Callable[[bytes], object]:
    def read(content: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_bytes(content)
            return read_submission(path, "wong", PARTS)

    return read


def a_download(name: str) -> Callable[[bytes], object]:
    def read(content: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_bytes(content)
            with hand_ins(path, PARTS, exercises=("softmax",)) as found:
                return [read_submission(at, "x") for one in found.attempts for _, at in one.files]

    return read


def a_roster(content: bytes) -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "roster.csv")
        path.write_bytes(content)
        people = read_roster(path)
        return matches(people, people)


def metadata(content: bytes) -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, METADATA)
        path.write_bytes(content)
        Path(folder, "submission_7001").mkdir()
        return PLATFORMS["gradescope"].attempts(Path(folder), [METADATA, "submission_7001"])


MARKS = [
    FinalMark(
        Student("Ada Wong", ("501", "4101", "00101")), "wong", Standing.GRADED, 8.0, score=5.0
    )
]


def a_list(platform: str) -> Callable[[bytes], object]:
    def read(content: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "given.csv")
            path.write_bytes(content)
            return fill_list(platform, path, MARKS, Path(folder))

    return read


def names(content: bytes) -> object:
    """Names of files in a download."""
    found = [
        one for one in content.decode("utf-8", "replace").split("\n") if one and "/" not in one
    ]
    inside = {name[:100]: None for name in found}
    for layout in PLATFORMS.values():
        with contextlib.suppress(OSError):
            layout.attempts(Path("nowhere"), sorted(layout.fitting(inside, "hw1-submissions")))
    return None


def a_git_head(content: bytes) -> object:
    with tempfile.TemporaryDirectory() as folder:
        for clone in ("ada", "ben"):
            git = Path(folder, clone, ".git")
            (git / "objects" / "pack").mkdir(parents=True)
            (git / "HEAD").write_bytes(content)
            (git / "packed-refs").write_bytes(content)
        return PLATFORMS["repositories"].attempts(Path(folder), ["ada", "ben"])


ANSWER = wire.frame(1, 1, b"")
NAMES = "\n".join(
    path.name
    for sample in ("canvas", "moodle", "blackboard")
    for path in (SAMPLES / sample).iterdir()
)
BRIGHTSPACE = "\n12-34 - Ada Wong - Sep 24, 2026 926 PM - part1.py\nAda Wong - part1.py"
PARSERS: dict[str, tuple[Callable[[bytes], object], list[bytes], type[Exception]]] = {
    "script": (a_file("part1_softmax.py"), [SCRIPT, "# ä\n".encode("utf-16")], ZeroDivisionError),
    "notebook": (a_file("part1_softmax.ipynb"), [NOTEBOOK], ZeroDivisionError),
    "zip": (a_file("wong.zip"), [packed()], ZeroDivisionError),
    "tar": (a_file("wong.tar.gz"), [tarred()], ZeroDivisionError),
    "a class's zip": (a_download("class.zip"), [packed()], AutograderError),
    "a class's tar": (a_download("class.tar.gz"), [tarred()], AutograderError),
    "roster": (a_roster, [(SAMPLES / "roster.csv").read_bytes()], AutograderError),
    "metadata": (metadata, [(SAMPLES / "gradescope" / METADATA).read_bytes()], AutograderError),
    "yaml": (read_plain_yaml, [(SAMPLES / "gradescope" / METADATA).read_bytes()], PlainYamlError),
    "names": (names, [(NAMES + BRIGHTSPACE).encode()], ZeroDivisionError),
    "git": (a_git_head, [b"ref: refs/heads/main\n", b"0" * 40], ZeroDivisionError),
    **{
        f"list of {platform}": (
            a_list(platform),
            [
                (SAMPLES / "canvas_export.csv").read_bytes(),
                (SAMPLES / "moodle_worksheet.csv").read_bytes(),
            ],
            AutograderError,
        )
        for platform in LISTS
    },
    **{
        f"wire: {reader.__name__}": (reader, [bytes(range(64)), b"\x01\0\0\0" * 40], WireError)
        for reader in (wire.read_answer, wire.read_loaded, wire.read_failed)
    },
}


@contextlib.contextmanager
def at_most(seconds: int) -> Iterator[None]:
    def late(number: int, frame: object) -> None:
        raise TimeoutError(f"longer than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="no alarm to stop what hangs")
@pytest.mark.parametrize("parser", PARSERS)
def test_broken_bytes_are_no_accident(parser: str) -> None:
    read, seeds, refusal = PARSERS[parser]
    for number in range(TRIES):
        chance = random.Random(f"{parser} {number}")
        content = mutated(chance.choice(seeds), chance)
        try:
            with at_most(SECONDS), contextlib.suppress(refusal):
                read(content)
        except BaseException as error:
            raise AssertionError(f"try {number}: {content[:300]!r}") from error
