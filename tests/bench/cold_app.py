"""The deployed functions, with a bucket in a folder; `cold_start.py` runs them."""

import os
from pathlib import Path

import main
from main import recommend
from shopfyp.errors import ReleaseError

__all__ = ["recommend"]


class FolderBucket:
    """A bucket in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, name: str) -> bytes | None:
        """See `manifest.Bucket`."""
        path = self._root / name
        return path.read_bytes() if path.is_file() else None

    def download(self, name: str, path: Path, most: int) -> None:
        """See `manifest.Bucket`."""
        content = self.read(name)
        if content is None or len(content) > most:
            raise ReleaseError(f"{name} is not there, or too large")
        path.write_bytes(content)


main._bucket = lambda: FolderBucket(Path(os.environ["BUCKET_FOLDER"]))  # type: ignore[assignment,return-value]
