"""Where products' vectors are searched: the one interface, and FAISS behind it.

Among some products only, none is lost on the way. An IVF index looks into the few lists nearest to
a query. Where few products pass a filter, those lists may hold hardly any of them, and FAISS
returns what it found there without a word (measured: recall@10 of 0.42 when 1 % pass, 0.21 when
they are of one kind). So the fewer products are allowed, the more lists are looked into, until
enough *allowed* products are compared; all lists, where there are no more than that. What is not
allowed is skipped before it is compared, so that this costs little.

Parameters are made for each call: the index is shared by threads.
"""

import math
from collections.abc import Iterator
from typing import Any, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from shopfyp.encoder import Vectors

Mask = NDArray[np.bool_]

# Its stubs know neither keyword arguments nor that arrays are taken.
_FAISS: Any = faiss

COMPARED, PART = 20_000, 12
"""So many allowed products are compared to a query at least, and a twelfth of all if that is more:
what it takes for recall@10 of 0.98 (measured with 100,000 and 1,000,000 products)."""

_FEW, _MORE = 256, 8
_WORTH = 0.01
"""Lists further off are looked into until as many again add no more than a hundredth."""


class VectorIndex(Protocol):
    """Vectors of products by row; threads share it."""

    def __len__(self) -> int:
        """How many products it holds."""

    def search(
        self, vectors: Vectors, count: int, allowed: Mask | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The `count` nearest rows and inner products for each of `vectors` (n, dimension).

        Args:
            vectors: what is searched for.
            count: how many are wanted; rows are -1 where there are fewer.
            allowed: which rows may be found, (products,); all, when it is None.
        """

    def vectors(self, rows: NDArray[np.int64]) -> Vectors:
        """The vectors of `rows`, (rows, dimension), as they are kept."""

    def within(self, vector: Vectors, least: float, allowed: Mask) -> NDArray[np.int64]:
        """The allowed rows whose inner product with `vector` (dimension,) is at least `least`."""
        count = _FEW
        while True:
            (rows,), (scores,) = self.search(vector[None], count, allowed)
            if rows[-1] < 0 or scores[-1] < least or count >= len(self):
                near: NDArray[np.int64] = rows[(rows >= 0) & (scores >= least)]
                return near
            count *= _MORE


class FaissIndex(VectorIndex):
    """A flat or an IVF index by inner product, of FAISS."""

    def __init__(self, index: Any) -> None:
        """Search `index`, which has a direct map if it is an IVF index."""
        self._index = index

    def __len__(self) -> int:
        """How many products it holds."""
        return int(self._index.ntotal)

    def search(
        self, vectors: Vectors, count: int, allowed: Mask | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """See `VectorIndex`."""
        vectors = np.ascontiguousarray(vectors, np.float32)
        for parameters in _plans(self._index, allowed):
            scores, rows = self._index.search(vectors, count, params=parameters)
            if (rows >= 0).all():
                break
        return rows, scores

    def vectors(self, rows: NDArray[np.int64]) -> Vectors:
        """See `VectorIndex`."""
        return np.asarray(self._index.reconstruct_batch(rows), np.float32)

    def within(self, vector: Vectors, least: float, allowed: Mask) -> NDArray[np.int64]:
        """See `VectorIndex`."""
        # FAISS' range search reads flat quantised codes ten times as slowly as it searches them.
        count = getattr(self._index, "nlist", None)
        if count is None:
            return super().within(vector, least, allowed)
        some = int(np.count_nonzero(allowed))
        step = min(max(self._index.nprobe, lists_of(count, len(allowed), some)), count)
        vector = np.ascontiguousarray(vector, np.float32)
        (cosines,), (lists,) = self._index.quantizer.search(vector[None], count)
        selector, found = _selector(allowed), np.empty(0, np.int64)
        start, end = 0, step
        while start < count:
            part = slice(start, end)
            more = self._in_lists(vector, least, lists[part], cosines[part], selector)
            found = np.concatenate([found, more])
            if start and len(more) <= _WORTH * len(found):
                break
            # Each part is as large as all before: of few lists a small part would tell little.
            start, end = end, 2 * end
        return found

    def _in_lists(
        self,
        vector: Vectors,
        least: float,
        lists: NDArray[np.int64],
        cosines: Vectors,
        selector: Any,
    ) -> NDArray[np.int64]:
        """The selected rows that are near enough, of lists whose centres' cosines are given."""
        result = _FAISS.RangeSearchResult(1)
        self._index.range_search_preassigned_c(  # the other takes no selector
            1,
            _FAISS.swig_ptr(vector),
            least,
            _FAISS.swig_ptr(lists),
            _FAISS.swig_ptr(cosines),
            result,
            False,
            _FAISS.SearchParametersIVF(sel=selector, nprobe=len(lists)),
        )
        _, found = _FAISS.rev_swig_ptr(result.lims, 2)
        near = _FAISS.rev_swig_ptr(result.labels, int(found))
        return np.array(near, np.int64)


def lists_of(lists: int, count: int, allowed: int) -> int:
    """How many of an index's lists of `count` products to look into where so many are allowed."""
    return math.ceil(lists * max(COMPARED, count / PART) / max(allowed, 1))


def _plans(index: Any, allowed: Mask | None) -> Iterator[Any]:
    """Search parameters, to be tried until enough is found: the last ones compare everything."""
    if allowed is None:
        yield None
        return
    selector = _selector(allowed)
    lists = getattr(index, "nlist", None)
    if lists is None:
        yield _FAISS.SearchParameters(sel=selector)
        return
    probed = max(index.nprobe, lists_of(lists, len(allowed), int(np.count_nonzero(allowed))))
    if probed < lists:
        yield _FAISS.SearchParametersIVF(sel=selector, nprobe=probed)
    yield _FAISS.SearchParametersIVF(sel=selector, nprobe=lists)


def _selector(allowed: Mask) -> Any:
    return _FAISS.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
