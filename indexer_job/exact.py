"""Sums that come out the same, to the last bit, in whatever order their terms arrive."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_BITS = 24
_ROWS = 65_536


def rounded(values: ArrayLike) -> NDArray[np.float64]:
    """Values as multiples of 2^-24, about what float32 keeps of a number near 1.

    A float64 holds every sum of such multiples up to 2^29: no sum of them is ever rounded.
    """
    scaled = np.rint(np.ldexp(np.asarray(values, np.float64), _BITS))
    return np.ldexp(scaled, -_BITS)


def sum_of_rows(matrix: NDArray[np.float32]) -> NDArray[np.float64]:
    """The sum of a matrix's rows, shape (columns,), each number rounded to a multiple of 2^-24."""
    total = np.zeros(matrix.shape[1])
    for start in range(0, len(matrix), _ROWS):
        total += rounded(matrix[start : start + _ROWS]).sum(axis=0)
    return total


def mean_of(total: NDArray[np.float64], count: int) -> NDArray[np.float32]:
    """The mean of `count` rows from their sum."""
    mean: NDArray[np.float32] = (total / count).astype(np.float32)
    return mean
