"""What the network would give to a machine that installs the engine."""

from __future__ import annotations

import os
import shutil
import sys
import venv
from importlib.util import find_spec
from pathlib import Path


def path_of_image(folder: Path) -> str:
    """A PATH whose `python` makes environments without pip, which `prepare_engine` puts there.

    It is in `folder`. Python's own ensurepip takes seconds each time; gradescope.zip is tried with
    it.
    """
    folder.mkdir(exist_ok=True)
    for name in ("python", "python3"):
        (folder / name).write_text(
            '#!/bin/sh\ncase "$*" in *"-m venv"*) set -- "$@" --without-pip;; esac\n'
            f'exec "{sys.executable}" "$@"\n'
        )
        (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def prepare_engine(folder: Path) -> None:
    """A virtual environment with pip, numpy and click, which pip then takes for installed there.

    numpy and click are links to those of this environment, and pip is a copy, which takes a
    fraction of the time that an installation does.
    """
    venv.create(folder, symlinks=True)
    (site,) = (folder / "lib").glob("python*/site-packages")
    script = folder / "bin" / "pip"
    script.write_text(f'#!/bin/sh\nexec "{folder}/bin/python" -m pip "$@"\n')
    script.chmod(0o755)
    for name in ("numpy", "click", "pip"):
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        for found in Path(spec.origin).parents[1].glob(f"{name}*"):
            if name == "pip":  # it may replace itself
                shutil.copytree(found, site / found.name)
            else:
                (site / found.name).symlink_to(found)
