"""What builds keep for the next one: files in a folder, or in the bucket of the releases.

Each is named by what it was made for, and by its own SHA-256.
"""

import hashlib
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from shopfyp.errors import BucketError, ReleaseError
from shopfyp.logs import log
from shopfyp.manifest import MAX_BYTES, sha256_of


class Store(Protocol):
    """Where files are kept: a folder, or the bucket of the releases (`CloudBucket`)."""

    def written(self, prefix: str) -> dict[str, datetime]:
        """The names of the objects below `prefix`, and when each was written."""

    def download(self, name: str, path: Path, most: int) -> None:
        """Write the object to `path`; raises ReleaseError if none has `most` bytes at the most."""

    def upload(self, path: Path, name: str) -> bool:
        """Store a file as an object, unless there is one of that name."""

    def delete(self, name: str) -> None:
        """Delete an object, if there is one."""


class FolderStore:
    """A folder of this machine as a store."""

    def __init__(self, root: Path) -> None:
        """Use `root`, which is made when something is stored in it."""
        self._root = root

    def written(self, prefix: str) -> dict[str, datetime]:
        """As `Store`."""
        return {
            f"{prefix}{path.name}": datetime.fromtimestamp(path.stat().st_mtime, UTC)
            for path in (self._root / prefix).glob("*.np[yz]")
        }

    def download(self, name: str, path: Path, most: int) -> None:
        """As `Store`."""
        try:
            if (self._root / name).stat().st_size > most:
                raise ReleaseError(f"{name} has more than {most} bytes")
            shutil.copyfile(self._root / name, path)
        except OSError as error:
            raise ReleaseError(f"{self._root / name}: {error}") from error

    def upload(self, path: Path, name: str) -> bool:
        """As `Store`."""
        target = self._root / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, partial := target.with_suffix(".partial"))
            partial.replace(target)
        except OSError as error:
            raise ReleaseError(f"{target}: {error}") from error
        return True

    def delete(self, name: str) -> None:
        """As `Store`."""
        (self._root / name).unlink(missing_ok=True)


def hash_of(lines: Iterable[str], files: Iterable[Path]) -> str:
    """A short hash over lines, and over names and contents of files: what something is made for."""
    named = (f"{path.name} {sha256_of(path)}" for path in files)
    return hashlib.sha256("\n".join([*lines, *named]).encode()).hexdigest()[:16]


def take(store: Store, folder: str, made_for: str, path: Path) -> bool:
    """Write to `path` the newest file kept in a folder for this; whether there was one to be used.

    Args:
        store: to take it from.
        folder: of the store, with a slash at its end.
        made_for: what its name begins with.
        path: to write to.

    Raises:
        BucketError: the bucket cannot be reached or does not let us in.
    """
    prefix = f"{folder}{made_for}-"
    found = {name: at for name, at in store.written(folder).items() if name.startswith(prefix)}
    for name in sorted(found, key=lambda name: found[name])[-1:]:
        try:
            store.download(name, path, MAX_BYTES)
            if not name.startswith(f"{prefix}{sha256_of(path)}"):
                raise ReleaseError(f"{name} does not have the SHA-256 that its name says")
            return True
        except BucketError:
            raise
        except ReleaseError as error:
            unusable(folder, error)
    return False


def keep(store: Store, folder: str, made_for: str, path: Path) -> None:
    """Keep a file in a folder of the store, and no others there: they would never be collected.

    What cannot be kept is logged, and made again by the next build.
    """
    name = f"{folder}{made_for}-{sha256_of(path)}{path.suffix}"
    try:
        store.upload(path, name)
        for other in store.written(folder):
            if other != name:
                store.delete(other)
    except ReleaseError as error:
        log("WARNING", f"{folder[:-1]} were not kept", reason=str(error))


def unusable(folder: str, error: Exception) -> None:
    """Log that what was kept in a folder is not used."""
    log("WARNING", f"{folder[:-1]} cannot be used", reason=str(error))
