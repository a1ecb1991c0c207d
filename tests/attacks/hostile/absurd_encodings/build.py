"""Null bytes, broken UTF-8, UTF-16 without a mark, a codec that runs code elsewhere."""


def build(folder, secrets):
    (folder / "part1_softmax.py").write_bytes(b"\x00\x00\x00")
    (folder / "part3_loss.py").write_bytes(b"\xff\xfb\x80 = 1")
    (folder / "part4_training.py").write_bytes("x = 1".encode("utf-16-le"))
