"""What filters cost, and what they lose, on a synthetic shop of any size.

    python tests/bench/filtered_search.py --products 100000

Recall@10 of a search among a share of the products, any or all of one kind, against comparing all
of them: as FAISS does it with the builder's nprobe (`few_lists`), and as we do (`ours`); with
float32 vectors, so that what 8 bits lose is in it (`flat` has only that). Then the time that
filters and facets take, when a query finds one in twenty products, and when it finds all. Prints
one JSON object.
"""

import argparse
import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import faiss
import numpy as np

from shopfyp.api import Filters
from shopfyp.facets import facets_of
from shopfyp.filters import masks_of
from shopfyp.intent.vocabulary import Value, Vocabulary
from shopfyp.vector_index import FaissIndex, Mask

_DIMENSION, _PER_CLUSTER, _NPROBE, _QUERIES = 384, 50, 32, 100
_BRANDS, _CATEGORIES, _COLOURS, _VALUES = 2000, 500, 30, 6
_SHARES = (0.5, 0.1, 0.01, 0.001)


def main() -> None:
    """Make a shop, search it, and print what was found and how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    count = parser.parse_args().products
    rng = np.random.default_rng(0)
    print(json.dumps({"products": count, "search": _search(count, rng), "ms": _facets(count, rng)}))


def _search(count: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    clusters = max(count // _PER_CLUSTER, 1)
    centres = rng.normal(size=(clusters, _DIMENSION)).astype(np.float32)
    vectors = centres[np.arange(count) % clusters]
    vectors += 0.7 * rng.normal(size=vectors.shape).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = vectors[rng.integers(0, count, _QUERIES)]
    queries += rng.normal(scale=0.025, size=queries.shape).astype(np.float32)
    lists = int(2 ** np.round(np.log2(4 * np.sqrt(count))))
    ivf, flat = (_index(name, vectors) for name in (f"IVF{lists},SQ8", "SQ8"))
    cosines = queries @ vectors.T
    figures = []
    for alike in (False, True):
        for share in _SHARES:
            allowed = (
                np.arange(count) % clusters < share * clusters
                if alike
                else rng.random(count) < share
            )
            exact = np.argsort(-np.where(allowed, cosines, -9), axis=1)[:, :10]
            begin = time.perf_counter()
            ours = np.concatenate(
                [FaissIndex(ivf).search(query[None], 10, allowed)[0] for query in queries]
            )
            took = time.perf_counter() - begin
            found = {
                "few_lists": _few_lists(ivf, queries, allowed),
                "ours": ours,
                "flat": FaissIndex(flat).search(queries, 10, allowed)[0],
            }
            figures.append(
                {"share": share, "one_kind": alike, "ms": round(1e3 * took / _QUERIES, 2)}
                | {name: _recall(rows, exact) for name, rows in found.items()}
            )
    return figures


def _index(name: str, vectors: np.ndarray) -> Any:
    index: Any = faiss.index_factory(_DIMENSION, name, faiss.METRIC_INNER_PRODUCT)
    faiss.omp_set_num_threads(2)
    index.train(vectors)
    index.add(vectors)
    faiss.omp_set_num_threads(1)
    if name.startswith("IVF"):
        index.nprobe = _NPROBE
    return index


def _few_lists(index: Any, queries: np.ndarray, allowed: Mask) -> np.ndarray:
    selector: Any = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
    parameters = faiss.SearchParametersIVF(sel=selector, nprobe=_NPROBE)
    return np.asarray(index.search(queries, 10, params=parameters)[1])


def _recall(found: np.ndarray, exact: np.ndarray) -> float:
    pairs = zip(found, exact, strict=True)
    shares = [len({*f.tolist()} & {*e.tolist()}) / len(e) for f, e in pairs]
    return round(float(np.mean(shares)), 3)


def _facets(count: int, rng: np.random.Generator) -> dict[str, float]:
    products: Any = SimpleNamespace(
        brand=rng.integers(1, _BRANDS, count, np.int32),
        category=rng.integers(1, _CATEGORIES, count, np.int32),
        price=np.exp(rng.normal(3.5, 1, count)),
        currency=np.ones(count, np.int32),
        rating=rng.uniform(1, 5, count).astype(np.float32),
        age=np.tile(np.array([[3, 8]], np.float32), (count, 1)),
        currency_code=lambda name: 1 if name == "USD" else None,
        names=SimpleNamespace(
            brand=["", *(f"Brand {n}" for n in range(1, _BRANDS))],
            category=[(), *((f"D{n % 20}", f"C{n}") for n in range(1, _CATEGORIES))],
            currency=["", "USD"],
        ),
    )
    values = [
        Value(slot="colour" if n < _COLOURS else "theme", value=f"v{n}", products=2)
        for n in range(500)
    ]
    codes = rng.integers(0, len(values), _VALUES * count, np.int32)
    vocabulary = Vocabulary(values, np.arange(count + 1, dtype=np.int64) * _VALUES, codes)
    filters = Filters.model_validate(
        {"brand": ["Brand 7", "Brand 9"], "colour": ["v3"], "price": {"low": 10, "high": 60}}
    )
    masks = masks_of(filters, products, vocabulary)
    some, every = rng.random(count) < 0.05, np.ones(count, np.bool_)

    def counted(matching: Mask) -> float:
        return _ms(lambda: facets_of(matching, {}, Filters(), products, vocabulary))

    return {
        "three_filters": _ms(lambda: masks_of(filters, products, vocabulary)),
        "facets_beside_them": _ms(lambda: facets_of(some, masks, filters, products, vocabulary)),
        "facets_of_5_percent": counted(some),
        "facets_of_all": counted(every),
    }


def _ms(run: Callable[[], object]) -> float:
    times = []
    for _ in range(9):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return round(1e3 * sorted(times)[4], 2)


if __name__ == "__main__":
    main()
