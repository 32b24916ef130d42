"""A release's prices and dates by product id: all that insights ask of it, without the model."""

import io
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shopfyp.manifest import Bucket, Manifest, read_file
from shopfyp.records import Names, row_of


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
            ReleaseError: a file is missing or not the one that was published.
        """

        def column(name: str) -> NDArray[Any]:
            file = io.BytesIO(read_file(bucket, manifest, f"products/{name}.npy"))
            return np.asarray(np.load(file, allow_pickle=False))

        self._ids, self._id_rows = column("ids"), column("id_rows")
        self._price, self._currency = column("price"), column("currency")
        self._published = column("published")
        self._currencies = Names.model_validate_json(
            read_file(bucket, manifest, "products/names.json")
        ).currency

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
