"""A bucket in a folder; what Cloud Storage does with one is tested on the emulator."""

import hashlib
import json
import shutil
from pathlib import Path

from shopfyp.errors import ReleaseError
from shopfyp.manifest import POINTER, Pointer

_PIECE = 1 << 16
"""Bytes that are written at once, as they come from a network: in one, a system keeps them in
pages so large that whoever reads one number is said to hold megabytes."""


class FolderBucket:
    """See `manifest.Bucket`."""

    def __init__(self, root: Path) -> None:
        """Read below `root`."""
        self.root = root

    def read(self, name: str, most: int) -> bytes | None:
        """See `manifest.Bucket`."""
        path = self.root / name
        if not path.is_file():
            return None
        if path.stat().st_size > most:
            raise ReleaseError(f"{name} has more than {most} bytes")
        return path.read_bytes()

    def download(self, name: str, path: Path, most: int) -> None:
        """See `manifest.Bucket`."""
        source = self.root / name
        if not source.is_file():
            raise ReleaseError(f"{name} does not exist")
        if source.stat().st_size > most:
            raise ReleaseError(f"{name} has more than {most} bytes")
        with source.open("rb") as own, path.open("wb") as copy:
            shutil.copyfileobj(own, copy, _PIECE)

    def publish(self, folder: Path) -> str:
        """Put the release in `folder` into the bucket, and point to it; returns its version."""
        manifest = (folder / "manifest.json").read_bytes()
        version = str(json.loads(manifest)["version"])
        shutil.copytree(folder, self.root / "releases" / version, dirs_exist_ok=True)
        self.point(version, manifest)
        return version

    def point(self, version: str, manifest: bytes) -> None:
        """Let the pointer name a version and the hash of its manifest."""
        pointer = Pointer(version=version, manifest_sha256=hashlib.sha256(manifest).hexdigest())
        (self.root / "releases").mkdir(exist_ok=True)
        (self.root / POINTER).write_text(pointer.model_dump_json())
