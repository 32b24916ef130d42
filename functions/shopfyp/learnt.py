"""The learnt item space, as a release holds it: where products lie by text and behaviour."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopfyp.arrays import load
from shopfyp.encoder import Vectors
from shopfyp.index_file import open_index


class LearntSpace:
    """Products as those see them who have them (`taken`), and as those who may want them do.

    A shopper is the unit vector along the weighted sum of `taken` over what they took; a
    product's score is its inner product with (the shopper, 1), in units of log-odds.
    """

    def __init__(self, folder: Path) -> None:
        """Open the space in `folder`, without reading what no request asks for.

        Raises:
            ValueError: the files are no such space, or of two different ones.
        """
        self.taken: Vectors = load(folder / "taken.npy", np.float16, None, None)
        products, dimension = self.taken.shape
        # The last dimension is the product's own log-odds.
        self._wanted: Any = open_index(folder / "wanted.faiss", products, dimension + 1)

    def nearest(
        self, rows: NDArray[np.int64], weights: Vectors, count: int
    ) -> tuple[NDArray[np.int64], Vectors, NDArray[np.intp]]:
        """What a shopper who took `rows`, each with its weight, wants next.

        Returns:
            the `count` best rows, best first; their scores; and for each, the place in `rows` of
            the product that speaks most for it.
        """
        parts = weights[:, None] * np.asarray(self.taken[rows], np.float32)
        shopper = parts.sum(axis=0)
        shopper /= max(float(np.linalg.norm(shopper)), 1e-9)
        scores, found = self._wanted.search(np.append(shopper, np.float32(1))[None], count)
        known = found[0] >= 0
        wanted = self._wanted.reconstruct_batch(found[0][known])[:, :-1]
        return found[0][known], scores[0][known], (wanted @ parts.T).argmax(axis=1)
