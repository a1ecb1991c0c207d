"""The hostile hand-ins that the kernel stops, graded without root: there is no user to become."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOMEBODY = 60_123


@pytest.fixture
def open_folder() -> Iterator[Path]:
    # pytest's own temporary folders are shut to others
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.mark.slow
@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("setpriv"),
    reason="only root can become somebody else",
)
def test_no_attack_gets_through_without_root(open_folder: Path) -> None:
    pytest_here = f"{shlex.quote(sys.executable)} -m pytest tests/attacks/test_hostile.py"
    tests = f"{pytest_here} -q -n 0 -m layered -k 'all and layers'"
    somebody = f"setpriv --reuid={SOMEBODY} --regid={SOMEBODY} --clear-groups"
    needed = [Path(sys.base_prefix), Path(sys.prefix), ROOT]
    script = "\n".join(
        [
            "set -e",
            *_opened([path.resolve() for path in needed], open_folder / "staged"),
            f"cd {shlex.quote(str(ROOT))}",
            f"exec {somebody} {tests} -p no:cacheprovider --basetemp={open_folder}/of-somebody",
        ]
    )
    run = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(open_folder)},
        cwd="/",
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    last = run.stdout.splitlines()[-1]
    assert " passed" in last
    assert "skipped" not in last


def _opened(folders: list[Path], stage: Path) -> list[str]:
    """Commands after which anybody may enter these folders, in this mount namespace alone.

    An interpreter below a home folder that is shut to others is laid over with an open one.
    """
    commands = []
    shut: dict[Path, list[Path]] = {}
    for folder in folders:
        blocked = [each for each in reversed(folder.parents) if not each.stat().st_mode & 0o001]
        if blocked:
            shut.setdefault(blocked[0], []).append(folder)
    for blocked, inside in shut.items():
        places = [stage / str(number) for number in range(len(inside))]
        for folder, place in zip(inside, places, strict=True):
            commands += [f"mkdir -p {place}", f"mount --bind {shlex.quote(str(folder))} {place}"]
        commands.append(f"mount -t tmpfs -o mode=755 open {shlex.quote(str(blocked))}")
        for folder, place in zip(inside, places, strict=True):
            target = shlex.quote(str(folder))
            commands += [f"mkdir -p {target}", f"mount --bind {place} {target}"]
    return commands
