"""Files of a release beside what its manifest says of them."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shopfyp.errors import ReleaseError
from shopfyp.manifest import FileFacts, Manifest, sha256_of

_FILES_AT_ONCE = 8


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare every file in `folder` with the manifest.

    Raises:
        ReleaseError: a file is missing, of another size or of another hash.
    """
    each_file(manifest.files, lambda name: verify_file(folder, name, manifest.files[name]))


def verify_file(folder: Path, name: str, facts: FileFacts) -> None:
    """Compare one file in `folder` with what the manifest says of it.

    Raises:
        ReleaseError: it is missing, of another size or of another hash.
    """
    path = folder / name
    if not path.is_file():
        raise ReleaseError(f"{name} is missing")
    size = path.stat().st_size
    if size != facts.bytes:
        raise ReleaseError(f"{name} has {size} bytes, but the manifest says {facts.bytes}")
    if sha256_of(path) != facts.sha256:
        raise ReleaseError(f"{name} does not have the SHA-256 that the manifest says")


def each_file(files: Mapping[str, FileFacts], act: Callable[[str], None]) -> None:
    """Act on files, some at a time and the largest first; raises what went wrong first."""
    names = sorted(files, key=lambda name: -files[name].bytes)
    pool = ThreadPoolExecutor(_FILES_AT_ONCE)
    try:
        list(pool.map(act, names))
    finally:
        pool.shutdown(cancel_futures=True)
