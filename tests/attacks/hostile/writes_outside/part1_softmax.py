import os
import pathlib
import tempfile

import numpy as np


def attempt(action):
    try:
        action()
    except Exception:
        pass


def softmax(Z):
    attempt(lambda: pathlib.Path("{CANARY}/marker").write_text("here"))
    attempt(lambda: os.mkdir("{CANARY}/folder"))
    attempt(lambda: os.symlink("/", "{CANARY}/link"))
    attempt(lambda: os.mkfifo("{CANARY}/fifo"))
    attempt(lambda: tempfile.NamedTemporaryFile(dir="{CANARY}", delete=False))
    return np.zeros(len(Z))
