"""A bucket in a folder, for functions that are measured without Cloud Storage."""

import shutil
from pathlib import Path

from shopfyp.errors import ReleaseError

_PIECE = 1 << 16
"""Bytes that are written at once, as they come from a network: in one, a system keeps them in
pages so large that whoever reads one number is said to hold megabytes."""


class FolderBucket:
    """See `manifest.Bucket`."""

    def __init__(self, root: str) -> None:
        """Read below `root`."""
        self._root = Path(root)

    def read(self, name: str, most: int) -> bytes | None:
        """See `manifest.Bucket`."""
        path = self._root / name
        if not path.is_file():
            return None
        if path.stat().st_size > most:
            raise ReleaseError(f"{name} has more than {most} bytes")
        return path.read_bytes()

    def download(self, name: str, path: Path, most: int) -> None:
        """See `manifest.Bucket`."""
        source = self._root / name
        if not source.is_file() or source.stat().st_size > most:
            raise ReleaseError(f"{name} is not there, or has more than {most} bytes")
        with source.open("rb") as own, path.open("wb") as copy:
            shutil.copyfileobj(own, copy, _PIECE)
