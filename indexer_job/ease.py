"""EASE: item-to-item weights in closed form, from texts and behaviour together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import spotrf, spotri

from indexer_job.exact import mean_of, sum_of_rows
from indexer_job.neighbours import History, pairs
from shopfyp.encoder import Vectors
from shopfyp.errors import ShopFYPError

Matrix = NDArray[np.float32]

RIDGE = 100.0
TEXT = 30.0
DECAY = 0.9
WINDOW = 30


class SingularError(ShopFYPError):
    """The Gram matrix has no inverse: the vectors or the events hold NaN."""


def ease(histories: Sequence[History], texts: Vectors) -> Matrix:
    """How much each product speaks for each other one, by EASE with side information.

    (Steck, Embarrassingly Shallow Autoencoders for Sparse Data, 2019; Jeunen, Van Balen,
    Goethals, Closed-Form Models for Collaborative Filtering with Side-Information, 2020.)
    With P the inverse of

        events' Gram matrix + 30 * texts' cosines (centred) + 100 * identity

    the weight from product i to j is -P[i, j] / P[j, j]. Two events d places apart in a
    history count 0.9^d in the Gram matrix.

    Args:
        histories: what each shopper took, in the order of time.
        texts: the products' text vectors; time grows with the cube of their number, memory with
            the square: 40 seconds and 3 GiB for 17,000 on 2 cores.

    Returns:
        weights (products, products), from row to column; 0 on the diagonal.

    Raises:
        SingularError: the input holds NaN.
    """
    directions = centred(texts)
    gram = np.float32(TEXT) * (directions @ directions.T)
    _add_events(gram, histories)
    np.fill_diagonal(gram, gram.diagonal() + RIDGE)
    inverse = _inverse(gram)
    inverse /= -inverse.diagonal()[None, :]
    np.fill_diagonal(inverse, 0)
    return inverse


def centred(texts: Vectors, shared: Vectors | None = None) -> Vectors:
    """Unit vectors of texts without what all of them share: `shared`, else these texts' mean."""
    if shared is None:
        shared = mean_of(sum_of_rows(texts), max(len(texts), 1))
    moved: Vectors = texts - shared
    moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
    return moved


def _add_events(gram: Matrix, histories: Sequence[History]) -> None:
    for history in histories:
        for taken in history:
            gram[taken.row, taken.row] += taken.weight**2
    for distance, one, other, strength, *_ in pairs(histories, WINDOW):
        gain = DECAY**distance * strength
        np.add.at(gram, (one, other), gain)
        np.add.at(gram, (other, one), gain)


def _inverse(matrix: Matrix) -> Matrix:
    """The inverse of a symmetric positive definite matrix, by Cholesky; overwrites `matrix`."""
    # The transpose of a symmetric C-ordered matrix is itself, in the order that LAPACK wants.
    factor, failed = spotrf(matrix.T, lower=0, overwrite_a=1, clean=0)
    if failed or np.isnan(factor[-1, -1]):
        raise SingularError("EASE: the Gram matrix is not positive definite")
    inverse, _ = spotri(factor, lower=0, overwrite_c=1)
    triangle = np.tril(inverse.T)
    mirrored: Matrix = triangle + np.tril(triangle, -1).T
    return mirrored
