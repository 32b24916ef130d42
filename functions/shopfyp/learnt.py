"""The learnt item space, as a release holds it: where products lie by text and behaviour."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopfyp.arrays import load
from shopfyp.encoder import Vectors
from shopfyp.index_file import open_index


class LearntSpace:
    """Products as those see them who may want them, and how much it says to have one.

    A shopper is the unit vector along the weighted sum of what they took: of each product the
    direction in which it is wanted, times its length. A product's score is its inner product with
    (the shopper, 1), in units of log-odds.
    """

    def __init__(self, folder: Path) -> None:
        """Open the space in `folder`, without reading what no request asks for.

        Raises:
            ValueError: the files are no such space, or of two different ones.
        """
        self._lengths: Vectors = load(folder / "lengths.npy", np.float32, None, least=0)
        # The last dimension is the product's own log-odds.
        self._wanted: Any = open_index(folder / "wanted.faiss", len(self), None)

    def __len__(self) -> int:
        """How many products it holds."""
        return len(self._lengths)

    def nearest(
        self, rows: NDArray[np.int64], weights: Vectors, count: int
    ) -> tuple[NDArray[np.int64], Vectors, NDArray[np.intp]]:
        """What a shopper who took `rows`, each with its weight, wants next.

        Returns:
            the `count` best rows, best first; their scores; and for each, the place in `rows` of
            the product that speaks most for it.
        """
        parts = self._wanted.reconstruct_batch(rows)[:, :-1]
        own = np.maximum(np.linalg.norm(parts, axis=1), np.float32(1e-9))
        parts *= (weights * self._lengths[rows] / own)[:, None]
        shopper = parts.sum(axis=0)
        shopper /= max(float(np.linalg.norm(shopper)), 1e-9)
        scores, found = self._wanted.search(np.append(shopper, np.float32(1))[None], count)
        known = found[0] >= 0
        wanted = self._wanted.reconstruct_batch(found[0][known])[:, :-1]
        return found[0][known], scores[0][known], (wanted @ parts.T).argmax(axis=1)
