"""Places where a hostile submission would leave its mark, and the submission made ready to find "
"them."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from pathlib import Path
from typing import Any

TOKEN = "token-b7c1f0"
"""Stands in files and in the grader's environment; nothing a submission says may hold it."""
ROOT = Path(__file__).parents[2]
HONEST = """
import numpy as np

def softmax(Z):
    e = np.exp(Z - Z.max())
    return e / e.sum()
"""


class Canary:
    """A folder that anybody may write to, secrets that anybody may read, listeners for anybody."""

    def __init__(self, attack: Path, folder: Path) -> None:
        self._attack = attack
        self._folder = folder
        self._cage = folder / "cage"
        self._secrets = folder / "secrets"
        self._listeners: dict[str, socket.socket] = {}
        self.hand_in = folder / "hand-in"

    def __enter__(self) -> Canary:
        for parent in (*self._folder.parents[:3], self._folder):
            with contextlib.suppress(PermissionError):
                parent.chmod(parent.stat().st_mode | 0o055)
        self._cage.mkdir()
        self._cage.chmod(0o777)
        (self._cage / "keep").write_text("kept")
        (self._cage / "keep").chmod(0o666)
        self._secrets.mkdir(mode=0o755)
        (self._secrets / "key.json").write_text(TOKEN)
        (self._secrets / "honest_part1_softmax.py").write_text(f"# {TOKEN}\n{HONEST}")
        places = {"CANARY": self._cage, "SECRETS": self._secrets, "COURSE": ROOT, "TOKEN": TOKEN}
        self._make_hand_in({**places, **self._listen()})
        return self

    def __exit__(self, *error: object) -> None:
        for listener in self._listeners.values():
            listener.close()
        self._cage.chmod(0o777)

    def disturbed(self) -> list[str]:
        """What a side effect would have left behind."""
        if not os.access(self._cage, os.R_OK) or self._cage.stat().st_mode & 0o777 != 0o777:
            return ["the mode of the cage was changed"]
        found = sorted(path.name for path in self._cage.iterdir())
        if found != ["keep"]:
            return found
        signs = [] if (self._cage / "keep").read_text() == "kept" else ["keep was changed"]
        signs += [] if (self._cage / "keep").stat().st_mtime > 1e6 else ["keep was dated back"]
        signs += [str(path) for path in self._folder.rglob("marker")]
        return signs + [name for name in self._listeners if self._reached(name)]

    def _reached(self, name: str) -> bool:
        listener = self._listeners[name]
        try:
            if listener.type == socket.SOCK_DGRAM:
                listener.recv(64)
            else:
                listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def _listen(self) -> dict[str, Any]:
        tcp, udp = socket.create_server(("127.0.0.1", 0)), socket.socket(type=socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        unix, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        path = self._folder / "unix"
        unix.bind(str(path))
        path.chmod(0o777)
        name = f"canary-{os.getpid()}-{self._attack.name}"
        abstract.bind("\0" + name)
        unix.listen()
        abstract.listen()
        self._listeners = {"TCP": tcp, "UDP": udp, "UNIX": unix, "ABSTRACT": abstract}
        for listener in self._listeners.values():
            listener.setblocking(False)
        ports = {"TCP": tcp.getsockname()[1], "UDP": udp.getsockname()[1]}
        return {**ports, "UNIX": path, "ABSTRACT": name}

    def _make_hand_in(self, places: dict[str, Any]) -> None:
        skip = shutil.ignore_patterns("about.yaml", "build.py", "__pycache__")
        shutil.copytree(self._attack, self.hand_in, ignore=skip)
        for path in [path for path in self.hand_in.rglob("*") if path.is_file()]:
            path.write_text(_filled(path.read_text(), places))
        if (self._attack / "build.py").exists():
            names: dict[str, Any] = {}
            exec(_filled((self._attack / "build.py").read_text(), places), names)
            names["build"](self.hand_in, self._secrets)


def _filled(text: str, places: dict[str, Any]) -> str:
    for name, place in places.items():
        text = text.replace("{" + name + "}", str(place))
    return text
