"""Links to a secret, as a file and as a folder."""

import os


def build(folder, secrets):
    os.symlink(secrets / "honest_part1_softmax.py", folder / "part1_softmax.py")
    os.symlink(secrets, folder / "more")
    os.symlink(folder, folder / "loop")
