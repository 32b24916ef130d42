"""The arrays of a release: mapped, not read into memory, and refused if they are not as promised.

A hash proves that a file is the one that was built, not that it was built well. What indexes
another array is checked against its length here, once, so that no query meets it.
"""

import mmap
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_FLOAT16_INFINITE = 0x7C00
_PART = 1 << 20
# NumPy has Python parse a file's header, and 3.11 counts the depth of all threads' parsing as one:
# it may call a sound file a SystemError (https://github.com/python/cpython/issues/106905).
_parsing = threading.Lock()


def load(
    path: Path,
    dtype: DTypeLike,
    *shape: int | None,
    least: float | None = None,
    most: float | None = None,
    unknown: bool = False,
) -> NDArray[Any]:
    """The array in `path`, mapped.

    Args:
        path: of an .npy file; nothing that it holds is ever executed.
        dtype: what it must be of; "S" stands for bytes of any length.
        shape: the length of each of its axes; None for any.
        least: no value is below.
        most: no value is above.
        unknown: whether NaN may stand for what is not known; infinite is nothing ever.

    Raises:
        ValueError: it is another array.
    """
    with _parsing:
        array = np.lib.format.open_memmap(path, mode="r")
    wanted = np.dtype(dtype)
    if array.dtype.kind != wanted.kind or (wanted.itemsize and array.dtype != wanted):
        raise ValueError(f"{path.name} is of type {array.dtype}, not {wanted}")
    if array.ndim != len(shape) or any(
        want is not None and want != has for want, has in zip(shape, array.shape, strict=True)
    ):
        raise ValueError(f"{path.name} is of shape {array.shape}, not {shape}")
    if array.size and array.dtype.kind in "fiu":
        low, high = _bounds(array, unknown)
        _let_go(array)
        if not (
            -np.inf < low
            and high < np.inf
            and (least is None or low >= least)
            and (most is None or high <= most)
        ):
            raise ValueError(f"{path.name} holds values from {low} to {high}")
    # A plain array over the same map gives a single value five times as fast.
    return np.asarray(array)


class Appended:
    """An array with more rows after its last one, without a copy of it."""

    def __init__(self, array: NDArray[Any], more: NDArray[Any]) -> None:
        """Put `more` (n, ...) behind `array` (rows, ...)."""
        self._array, self._more = array, more

    def __getitem__(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        behind = rows >= len(self._array)
        found = np.empty((len(rows), *self._array.shape[1:]), self._array.dtype)
        found[~behind] = self._array[rows[~behind]]
        found[behind] = self._more[rows[behind] - len(self._array)]
        return found


def starts(path: Path, parts: int | None, end: int) -> NDArray[np.int64]:
    """Where each of some parts of an array starts, and the end: (parts + 1,), mapped.

    Raises:
        ValueError: they are not in order, or end elsewhere.
    """
    array: NDArray[np.int64] = load(path, np.int64, None if parts is None else parts + 1)
    if not len(array) or array[0] != 0 or array[-1] != end or (array[1:] < array[:-1]).any():
        raise ValueError(f"{path.name} does not lead from 0 to {end}")
    return array


def _let_go(array: Any) -> None:
    """Count what was read of a mapped array as ours no longer: few requests read much of it."""
    array._mmap.madvise(mmap.MADV_DONTNEED)


def _bounds(array: NDArray[Any], unknown: bool) -> tuple[float, float]:
    """The least and the greatest value; NaN where there is one that may not be."""
    flat = array.reshape(-1)
    parts = [_bounds_of(flat[i : i + _PART], unknown) for i in range(0, flat.size, _PART)]
    low, high = np.array(parts).T
    return low.min(), high.max()


def _bounds_of(array: NDArray[Any], unknown: bool) -> tuple[float, float]:
    if array.dtype == np.float16:
        # NumPy compares halves thirty times as slowly, and whether they are finite is enough.
        magnitudes = array.view(np.uint16) & 0x7FFF
        return (0, 0) if magnitudes.max() < _FLOAT16_INFINITE else (np.nan, np.nan)
    if unknown:
        known = np.fmin.reduce(array, axis=None), np.fmax.reduce(array, axis=None)
        return (0, 0) if np.isnan(known[0]) else known
    return array.min(), array.max()
