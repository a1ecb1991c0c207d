"""Packs files into a zip archive that is the same bytes whenever and wherever it is made."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_ORDINARY, _EXECUTABLE = 0o100644, 0o100755


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive of `files`, by their paths in it; those that begin with `#!` are executable."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            mode = _EXECUTABLE if files[name].startswith(b"#!") else _ORDINARY
            entry.external_attr = mode << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()
