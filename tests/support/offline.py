"""What the network would give to a machine that installs the engine."""

from __future__ import annotations

import venv
from importlib.util import find_spec
from pathlib import Path


def prepare_engine(folder: Path) -> None:
    """A virtual environment with numpy and click, which pip then takes for installed there."""
    venv.create(folder, with_pip=True, symlinks=True)
    (site,) = (folder / "lib").glob("python*/site-packages")
    for name in ("numpy", "click"):
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        for found in Path(spec.origin).parents[1].glob(f"{name}*"):
            (site / found.name).symlink_to(found)
