"""Names that climb, absolute names, backslashes, links and doubles in one archive."""

import zipfile


def build(folder, secrets):
    with zipfile.ZipFile(folder / "handin.zip", "w") as archive:
        for name in ("../../marker", "/{CANARY}/marker", "..\\marker", "a/../../../marker.py"):
            archive.writestr(name, "x = 1")
        link = zipfile.ZipInfo("part1_softmax.py")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(secrets / "honest_part1_softmax.py"))
