"""Packs files reproducibly: filled-in templates, zip archives and the engine's wheel."""

from __future__ import annotations

import hashlib
import re
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, packages_distributions
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from autograder.errors import AutograderError
from autograder.installed import NAME, installed

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
