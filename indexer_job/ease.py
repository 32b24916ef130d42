"""EASE: item-to-item weights in closed form, from texts and behaviour together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import spotrf, spotri

from indexer_job.neighbours import NEIGHBOURS, History, Rows, Weights, pairs
from shopfyp.encoder import Vectors
from shopfyp.errors import ShopFYPError

MAX_PRODUCTS = 20_000

_RIDGE = 100.0
_TEXT = 30.0
_DECAY = 0.9
_WINDOW = 30
_FULL = 0.25


class SingularError(ShopFYPError):
    """The Gram matrix has no inverse: the vectors or the events hold NaN."""


def ease(histories: Sequence[History], texts: Vectors) -> tuple[Rows, Weights]:
    """Item-to-item neighbours by EASE with side information.

    (Steck, Embarrassingly Shallow Autoencoders for Sparse Data, 2019; Jeunen, Van Balen,
    Goethals, Closed-Form Models for Collaborative Filtering with Side-Information, 2020.)
    With P the inverse of

        events' Gram matrix + 30 * texts' cosines (centred) + 100 * identity

    the weight from product i to j is -P[i, j] / P[j, j]. Two events d places apart in a
    history count 0.9^d in the Gram matrix.

    Args:
        histories: each shopper's (row, event weight) in the order of time.
        texts: the products' text vectors; time grows with the cube of their number, memory with
            the square: 1 minute and 3 GiB for 17,000 on 2 cores.

    Returns:
        rows (products, NEIGHBOURS), -1 where there are fewer, and weights, 1 for 0.25 or more.

    Raises:
        SingularError: the input holds NaN.
    """
    centred = texts - texts.mean(axis=0)
    centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    gram = np.float32(_TEXT) * (centred @ centred.T)
    _add_events(gram, histories)
    np.fill_diagonal(gram, gram.diagonal() + _RIDGE)
    inverse = _inverse(gram)
    inverse /= -inverse.diagonal()[None, :]
    np.fill_diagonal(inverse, 0)
    kept = min(NEIGHBOURS, len(texts))
    rows = np.full((len(texts), NEIGHBOURS), -1, np.int32)
    weights = np.zeros((len(texts), NEIGHBOURS), np.float32)
    for row, line in enumerate(inverse):
        best = np.argpartition(-line, kept - 1)[:kept]
        best = best[np.lexsort((best, -line[best]))]
        best = best[line[best] > 0]
        rows[row, : len(best)] = best
        weights[row, : len(best)] = np.minimum(line[best] / _FULL, 1)
    return rows, weights


def _add_events(gram: NDArray[np.float32], histories: Sequence[History]) -> None:
    for history in histories:
        for row, weight in history:
            gram[row, row] += weight**2
    for distance, one, other, strength in pairs(histories, _WINDOW):
        gain = _DECAY**distance * strength
        np.add.at(gram, (one, other), gain)
        np.add.at(gram, (other, one), gain)


def _inverse(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inverse of a symmetric positive definite matrix, by Cholesky; overwrites `matrix`."""
    # The transpose of a symmetric C-ordered matrix is itself, in the order that LAPACK wants.
    factor, failed = spotrf(matrix.T, lower=0, overwrite_a=1, clean=0)
    if failed or np.isnan(factor[-1, -1]):
        raise SingularError("EASE: the Gram matrix is not positive definite")
    inverse, _ = spotri(factor, lower=0, overwrite_c=1)
    triangle = np.tril(inverse.T)
    mirrored: NDArray[np.float32] = triangle + np.tril(triangle, -1).T
    return mirrored
