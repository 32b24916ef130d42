"""Which products go with which, as a release holds it: a list for each product, of any length."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopfyp.arrays import load, starts
from shopfyp.encoder import Vectors


class Neighbours:
    """Each product's neighbours with their weights, best first; most have few, many none."""

    def __init__(self, folder: Path, products: int) -> None:
        """Open the lists of so many products in `folder`, without reading them.

        Raises:
            ValueError: the files are no such lists.
        """
        self._rows = load(folder / "rows.npy", np.int32, None, least=0, most=products - 1)
        self._weights = load(folder / "weights.npy", np.float16, len(self._rows))
        self._starts = starts(folder / "offsets.npy", products, len(self._rows))

    def of(self, row: int, most: int) -> tuple[NDArray[np.int64], Vectors]:
        """The rows and weights of the `most` best neighbours of the product in `row`, or of all."""
        start, end = self._starts[row : row + 2].tolist()
        own = slice(start, min(start + most, end))
        return self._rows[own].astype(np.int64), self._weights[own].astype(np.float32)
