"""Where vectors are searched, some of them changed: an index, and a few vectors beside it."""

import numpy as np
from numpy.typing import NDArray

from shopfyp.encoder import Vectors
from shopfyp.vector_index import Mask, VectorIndex

_SPARE = 16
"""So many more are asked for, as some found may be outdated; a mask would make the index slower."""


class ChangedIndex(VectorIndex):
    """An index in which some rows hold other vectors, or none, and new ones follow the last.

    A vector of zeros stands for one that is not known yet: its row is not found.
    """

    def __init__(
        self,
        base: VectorIndex,
        rows: NDArray[np.int64],
        vectors: Vectors,
        gone: NDArray[np.int64],
    ) -> None:
        """Change `base`, which itself stays as it is.

        Args:
            base: as it was built.
            rows: those with another vector, ascending; new ones follow the last without a gap.
            vectors: theirs, (rows, dimension).
            gone: rows that are not to be found.
        """
        self._base, self._rows, self._own = base, rows, vectors
        self._unknown = ~vectors.any(axis=1)
        self._holds = np.ones(len(base), np.bool_)
        self._holds[rows[rows < len(base)]] = False
        self._holds[gone] = False
        self._outdated = int(len(base) - np.count_nonzero(self._holds))
        self._count = max(len(base), int(rows.max(initial=-1)) + 1)

    def __len__(self) -> int:
        """How many rows there are."""
        return self._count

    def search(
        self, vectors: Vectors, count: int, allowed: Mask | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """See `VectorIndex`."""
        rows, scores = self._in_base(vectors, count, allowed)
        own = np.asarray(vectors, np.float32) @ self._own.T
        hidden = self._unknown if allowed is None else self._unknown | ~allowed[self._rows]
        own[:, hidden] = -np.inf
        rows = np.concatenate([rows, np.broadcast_to(self._rows, own.shape)], axis=1)
        return _best(rows, np.concatenate([scores, own], axis=1), count)

    def vectors(self, rows: NDArray[np.int64]) -> Vectors:
        """See `VectorIndex`."""
        places = np.minimum(np.searchsorted(self._rows, rows), max(len(self._rows) - 1, 0))
        own = self._rows[places] == rows if len(self._rows) else np.zeros(len(rows), np.bool_)
        found = np.empty((len(rows), self._own.shape[1]), np.float32)
        found[own] = self._own[places[own]]
        if not own.all():
            found[~own] = self._base.vectors(rows[~own])
        return found

    def within(self, vector: Vectors, least: float, allowed: Mask) -> NDArray[np.int64]:
        """See `VectorIndex`."""
        near = ~self._unknown & allowed[self._rows] & (self._own @ vector >= least)
        base = self._base.within(vector, least, allowed[: len(self._base)] & self._holds)
        return np.concatenate([base, self._rows[near]])

    def _in_base(
        self, vectors: Vectors, count: int, allowed: Mask | None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The nearest whose vectors hold, at least `count` where there are as many."""
        if allowed is None:
            rows, scores = self._base.search(vectors, count + min(self._outdated, _SPARE))
            outdated = (rows >= 0) & ~self._holds[rows]
            if outdated.sum(axis=1).max(initial=0) <= rows.shape[1] - count:
                return rows, np.where(outdated | (rows < 0), -np.inf, scores)
            allowed = self._holds
        rows, scores = self._base.search(vectors, count, allowed[: len(self._base)] & self._holds)
        return rows, np.where(rows < 0, -np.inf, scores)


def _best(
    rows: NDArray[np.int64], scores: Vectors, count: int
) -> tuple[NDArray[np.int64], Vectors]:
    """The `count` best of each line, best first; row -1 where a score is minus infinity."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    scores = np.take_along_axis(scores, order, axis=1)
    rows = np.take_along_axis(rows, order, axis=1)
    short = ((0, 0), (0, count - rows.shape[1]))
    rows = np.pad(np.where(np.isneginf(scores), -1, rows), short, constant_values=-1)
    return rows, np.pad(scores, short, constant_values=-np.inf).astype(np.float32)
