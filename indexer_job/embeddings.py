"""Vectors of products, kept from one build to the next: only what changed is embedded again.

They are kept by what they were made of: the encoder's files, and what was read of the product. So
nothing has to be invalidated, and a build that finds them is the same to the last bit as one that
does not.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer_job import kept
from indexer_job.embed import RECIPE, embed_products, fields_of
from indexer_job.kept import Store
from shopfyp.catalog import Product
from shopfyp.encoder import Encoder, Vectors
from shopfyp.logs import log

_FOLDER = "embeddings/"
_KEY_BYTES = 32


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
    recipe = kept.hash_of([RECIPE], files_of(folder))
    keys = [_key(product) for product in products]
    held = _read(store, recipe, encoder.dimension)
    place = {key: row for row, key in enumerate(held["key"].tolist())}
    rows = np.array([place.get(key, -1) for key in keys], np.int64)
    new = np.flatnonzero(rows < 0)
    vectors = np.empty((len(products), encoder.dimension), np.float32)
    vectors[rows >= 0] = held["vector"][rows[rows >= 0]]
    vectors[new] = embed_products(
        encoder, [products[row] for row in new.tolist()], progress=progress
    )
    if len(new) or len(held) != len(set(keys)):
        _write(store, recipe, keys, vectors)
    log("INFO", "embedded", products=len(products), anew=len(new))
    return vectors


def files_of(folder: Path) -> list[Path]:
    """An encoder's files, in an order of their own."""
    return [path for path in sorted(folder.iterdir()) if path.is_file()]


def _key(product: Product) -> bytes:
    return hashlib.sha256("\0".join(fields_of(product)).encode()).digest()


def _type(dimension: int) -> np.dtype[Any]:
    return np.dtype([("key", f"V{_KEY_BYTES}"), ("vector", "<f4", (dimension,))])


def _read(store: Store, recipe: str, dimension: int) -> NDArray[Any]:
    """The newest file of these vectors; empty when there is none that can be used."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "vectors.npy"
        if kept.take(store, _FOLDER, recipe, path):
            try:
                held = np.load(path, allow_pickle=False)
                if held.dtype != _type(dimension) or held.ndim != 1:
                    raise ValueError(f"they are of type {held.dtype}, not {_type(dimension)}")
                return np.asarray(held)
            except ValueError as error:
                kept.unusable(_FOLDER, error)
    return np.empty(0, _type(dimension))


def _write(store: Store, recipe: str, keys: Sequence[bytes], vectors: Vectors) -> None:
    """Keep these vectors."""
    rows = list({key: row for row, key in enumerate(keys)}.values())
    held = np.empty(len(rows), _type(vectors.shape[1]))
    held["key"] = [keys[row] for row in rows]
    held["vector"] = vectors[rows]
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "vectors.npy"
        np.save(path, held)
        kept.keep(store, _FOLDER, recipe, path)
