"""A bucket in a folder, for functions that are measured without Cloud Storage."""

from pathlib import Path

from shopfyp.errors import ReleaseError


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
        content = self.read(name, most)
        if content is None:
            raise ReleaseError(f"{name} is not there")
        path.write_bytes(content)
