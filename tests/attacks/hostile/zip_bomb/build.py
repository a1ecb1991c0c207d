"""One file of zeros, and thousands of small ones."""

import zipfile


def build(folder, secrets):
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("part1_softmax.py", "w", force_zip64=True) as file:
            for _ in range(300):
                file.write(bytes(1 << 20))
    with zipfile.ZipFile(folder / "many.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(12_000):
            archive.writestr(f"f{number}.py", "x = 1")
