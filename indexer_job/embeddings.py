"""Vectors of products, kept from one build to the next: only what changed is embedded again.

They are kept by what they were made of: the encoder's files, and what was read of the product. So
nothing has to be invalidated, and a build that finds them is the same to the last bit as one that
does not.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer_job.embed import RECIPE, embed_products, fields_of
from shopfyp.catalog import Product
from shopfyp.encoder import Encoder, Vectors
from shopfyp.errors import BucketError, ReleaseError
from shopfyp.logs import log
from shopfyp.manifest import MAX_BYTES, sha256_of

_FOLDER = "embeddings/"
_KEY_BYTES = 32


class Store(Protocol):
    """Where vectors are kept: a folder, or the bucket of the releases (`CloudBucket`)."""

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
            for path in (self._root / prefix).glob("*.npy")
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


def embed_changed(
    encoder: Encoder,
    folder: Path,
    products: Sequence[Product],
    store: Store,
    *,
    progress: bool = False,
) -> Vectors:
    """As `embed_products`, but vectors that the store holds are taken from there.

    Afterwards it holds those of `products` and no others. What it cannot give or keep is logged,
    and embedded again: then or by the next build.

    Args:
        encoder: that embeds.
        folder: the encoder's files.
        products: to be embedded.
        store: where vectors are kept.
        progress: show a progress bar.

    Raises:
        BucketError: the bucket cannot be reached or does not let us in.
    """
    prefix = f"{_FOLDER}{_recipe(folder)}-"
    keys = [_key(product) for product in products]
    held = _read(store, prefix, encoder.dimension)
    place = {key: row for row, key in enumerate(held["key"].tolist())}
    rows = np.array([place.get(key, -1) for key in keys], np.int64)
    new = np.flatnonzero(rows < 0)
    vectors = np.empty((len(products), encoder.dimension), np.float32)
    vectors[rows >= 0] = held["vector"][rows[rows >= 0]]
    vectors[new] = embed_products(
        encoder, [products[row] for row in new.tolist()], progress=progress
    )
    if len(new) or len(held) != len(set(keys)):
        _write(store, prefix, keys, vectors)
    log("INFO", "embedded", products=len(products), anew=len(new))
    return vectors


def _recipe(folder: Path) -> str:
    """A hash over what makes a text a vector: the encoder's files, and how they are used."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    lines = [RECIPE, *(f"{path.name} {sha256_of(path)}" for path in files)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _key(product: Product) -> bytes:
    return hashlib.sha256("\0".join(fields_of(product)).encode()).digest()


def _type(dimension: int) -> np.dtype[Any]:
    return np.dtype([("key", f"V{_KEY_BYTES}"), ("vector", "<f4", (dimension,))])


def _read(store: Store, prefix: str, dimension: int) -> NDArray[Any]:
    """The newest file of these vectors; empty when there is none that can be used."""
    found = {name: at for name, at in store.written(_FOLDER).items() if name.startswith(prefix)}
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "vectors.npy"
        for name in sorted(found, key=lambda name: found[name])[-1:]:
            try:
                store.download(name, path, MAX_BYTES)
                if not name.startswith(f"{prefix}{sha256_of(path)}"):
                    raise ReleaseError(f"{name} does not have the SHA-256 that its name says")
                held = np.load(path, allow_pickle=False)
                if held.dtype != _type(dimension) or held.ndim != 1:
                    raise ReleaseError(f"{name} is of type {held.dtype}, not {_type(dimension)}")
                return np.asarray(held)
            except BucketError:
                raise
            except (ReleaseError, ValueError) as error:
                log("WARNING", "embeddings cannot be used", reason=str(error))
    return np.empty(0, _type(dimension))


def _write(store: Store, prefix: str, keys: Sequence[bytes], vectors: Vectors) -> None:
    """Keep these vectors, and no others: those of other encoders would never be collected."""
    rows = list({key: row for row, key in enumerate(keys)}.values())
    held = np.empty(len(rows), _type(vectors.shape[1]))
    held["key"] = [keys[row] for row in rows]
    held["vector"] = vectors[rows]
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "vectors.npy"
        np.save(path, held)
        name = f"{prefix}{sha256_of(path)}.npy"
        try:
            store.upload(path, name)
            for other in store.written(_FOLDER):
                if other != name:
                    store.delete(other)
        except ReleaseError as error:
            log("WARNING", "embeddings were not kept", reason=str(error))
