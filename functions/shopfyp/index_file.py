"""FAISS files of a release, checked before FAISS reads them.

FAISS believes what a file says of itself: of the bits flipped in the head of an index, half were
read and searched without a word, and some end the process. So the structure is checked here to the
last byte, for the two kinds that `indexer_job` writes: 8-bit codes (SQ8), flat or in the lists of
an IVF index with a direct map. What is left that can be wrong is how far products lie apart, and
that is for hashes and self-tests.
"""

import mmap
import struct
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

_UNUSED = 1 << 20
_INNER_PRODUCT, _EIGHT_BITS, _DIRECT_ARRAY = 0, 0, 1


class _Layout:
    """Reads a file from its start to its end, and expects what must be there."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self._place = 0

    def numbers(self, form: str) -> tuple[Any, ...]:
        """The numbers that come next, little-endian, by `struct`'s letters."""
        held = struct.unpack_from(f"<{form}", self._content, self._place)
        self._place += struct.calcsize(f"<{form}")
        return held

    def expect(self, form: str, *wanted: object) -> None:
        """Numbers that are known beforehand."""
        if (held := self.numbers(form)) != wanted:
            raise ValueError(f"{held} at byte {self._place}, where {wanted} must be")

    def array(self, kind: type[np.generic], count: int) -> NDArray[Any]:
        """The array that comes next; finite, if it is of floats."""
        held = np.frombuffer(self._content, kind, count, self._place)
        self._place += held.nbytes
        if held.dtype.kind == "f" and not np.isfinite(held).all():
            raise ValueError(f"what is before byte {self._place} is not finite")
        return held

    def skip(self, count: int) -> None:
        """Bytes that may hold anything."""
        self._place += count

    def end(self) -> None:
        """Nothing may follow."""
        if self._place != len(self._content):
            raise ValueError(f"{len(self._content)} bytes, where {self._place} must be")


def open_index(path: Path, count: int, dimension: int | None) -> Any:
    """Open the index of `count` vectors of a dimension (None: any) by inner product, mapped.

    Safe to search from several threads at once.

    Raises:
        ValueError: it is another index, or none.
        RuntimeError: FAISS does not read it.
    """
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            _check(content, count, dimension)
    except (struct.error, ValueError) as error:
        wanted = f"no index of {count} vectors" + (
            f" of {dimension} dimensions" if dimension else ""
        )
        raise ValueError(f"{path.name} is {wanted}: {error}") from error
    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)


def _check(content: mmap.mmap, count: int, dimension: int | None) -> None:
    layout = _Layout(content)
    (kind,) = layout.numbers("4s")
    if dimension is None:
        (dimension,) = struct.unpack_from("<i", content, len(kind))
        if dimension < 1:
            raise ValueError(f"of {dimension} dimensions")
    if kind == b"IxSQ":
        _head(layout, count, dimension)
        _codec(layout, dimension)
        layout.expect("Q", count * dimension)
        layout.skip(count * dimension)
    elif kind == b"IwSq":
        _head(layout, count, dimension)
        lists = _lists(layout, count, dimension)
        layout.expect("bQ", _DIRECT_ARRAY, count)
        places = layout.array(np.int64, count)
        _codec(layout, dimension)
        by_residual = True
        layout.expect("Q?", dimension, by_residual)
        _codes(layout, lists, places, count, dimension)
    else:
        raise ValueError(f"of kind {kind}")
    layout.end()


def _head(layout: _Layout, count: int, dimension: int) -> None:
    trained = True
    layout.expect("iqqq?i", dimension, count, _UNUSED, _UNUSED, trained, _INNER_PRODUCT)


def _codec(layout: _Layout, dimension: int) -> None:
    """How numbers become bytes: by the range of each dimension."""
    layout.expect("iifQQQ", _EIGHT_BITS, 0, 0.0, dimension, dimension, 2 * dimension)
    layout.array(np.float32, 2 * dimension)


def _lists(layout: _Layout, count: int, dimension: int) -> int:
    """How many lists there are; their centres are an index of their own."""
    lists, probed = layout.numbers("QQ")
    if not 1 <= probed <= lists <= count:
        raise ValueError(f"{probed} of {lists} lists are searched")
    layout.expect("4s", b"IxFI")
    _head(layout, lists, dimension)
    layout.expect("Q", lists * dimension)
    layout.array(np.float32, lists * dimension)
    return int(lists)


def _codes(
    layout: _Layout, lists: int, places: NDArray[np.int64], count: int, dimension: int
) -> None:
    """The codes and rows of each list; each row stands once, where the direct map says."""
    layout.expect("4sQQ4sQ", b"ilar", lists, dimension, b"full", lists)
    sizes = layout.array(np.uint64, lists)
    if (sizes > count).any() or sizes.sum() != count:
        raise ValueError(f"lists of {sizes.sum()} vectors")
    rows = []
    for size in sizes.tolist():
        layout.skip(size * dimension)
        rows.append(layout.array(np.int64, size))
    found = np.concatenate(rows)
    own, offset = places >> 32, places & 0xFFFFFFFF
    if ((own < 0) | (own >= lists)).any() or (offset >= sizes[own].astype(np.int64)).any():
        raise ValueError("the direct map leads out of the lists")
    first = np.cumsum(sizes.astype(np.int64)) - sizes.astype(np.int64)
    if (found[first[own] + offset] != np.arange(count)).any():
        raise ValueError("the direct map and the lists differ")
