"""A release's prices and dates by product id: all that insights ask of it, without the model."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from shopfyp.arrays import load
from shopfyp.errors import ReleaseError
from shopfyp.manifest import Bucket, Manifest, read_file
from shopfyp.records import Names, row_of

_MOST_BYTES = 1 << 28
"""Of a file: the ids of two million products, if each is as long as it may be."""


class Figures(NamedTuple):
    """What a product costs and since when it is there; None where the catalogue does not say."""

    price: float | None
    currency: str
    published: float | None
    """Seconds since 1970."""


class ProductFigures:
    """The figures of all products of a release: some 60 bytes a product in memory."""

    def __init__(self, bucket: Bucket, manifest: Manifest) -> None:
        """Read the columns of the release that `manifest` describes, from its bucket.

        Raises:
            ReleaseError: a file is missing, not the one that was published, or not what it should
                be.
        """
        try:
            with TemporaryDirectory() as scratch:
                self._open(bucket, manifest, Path(scratch))
        except ReleaseError:
            raise
        except Exception as error:  # what a parser raises at a broken file can be anything
            raise ReleaseError(f"products: {type(error).__name__}: {error}") from error

    def _open(self, bucket: Bucket, manifest: Manifest, scratch: Path) -> None:
        count = manifest.counts["products"]

        def read(name: str) -> bytes:
            return read_file(bucket, manifest, f"products/{name}", _MOST_BYTES)

        def column(name: str, dtype: DTypeLike, **bounds: Any) -> NDArray[Any]:
            path = scratch / f"{name}.npy"
            path.write_bytes(read(path.name))
            return load(path, dtype, count, **bounds)

        self._currencies = Names.model_validate_json(read("names.json")).currency
        most = len(self._currencies) - 1
        self._ids = column("ids", "S")
        self._id_rows = column("id_rows", np.int32, least=0, most=count - 1)
        self._price = column("price", np.float64, least=0, unknown=True)
        self._currency = column("currency", np.int32, least=0, most=most)
        self._published = column("published", np.float64, unknown=True)

    def __len__(self) -> int:
        return len(self._id_rows)

    def of(self, product_id: str) -> Figures | None:
        """The figures of a product, or None when the release does not hold it."""
        row = row_of(self._ids, self._id_rows, product_id)
        if row is None:
            return None
        price, published = float(self._price[row]), float(self._published[row])
        return Figures(
            None if np.isnan(price) else price,
            self._currencies[int(self._currency[row])],
            None if np.isnan(published) else published,
        )
