"""What filters cost, and what they lose, in a shop of any size.

    python -m tests.bench.filters --products 100000

Recall@10 of a search among a share of the products (their vectors: see `shelf`), any or all of one
kind, those nearest to one of them, against comparing all of them in float32: ours, beside FAISS
with as many lists as without a filter. Then the time that filters and facets take, when a query
finds one in twenty products, and when it finds all. Prints one JSON object.
"""

import argparse
import statistics
from functools import partial
from types import SimpleNamespace
from typing import Any

import faiss
import numpy as np

from indexer_job.index_file import write_index
from shopfyp.api import Filters
from shopfyp.encoder import Vectors
from shopfyp.facets import facets_of
from shopfyp.filters import masks_of
from shopfyp.index_file import open_index
from shopfyp.intent.vocabulary import Value, Vocabulary
from shopfyp.vector_index import FaissIndex, Mask
from tests.bench.figures import Figure, Group, overlap, seconds
from tests.bench.shelf import shelf
from tests.bench.shop import BENCH

_QUERIES = 500
_BRANDS, _CATEGORIES, _COLOURS, _VALUES = 2000, 500, 30, 6
_SHARES = (0.99, 0.9, 0.8, 0.5, 0.1, 0.01, 0.001)


def main() -> None:
    """Make a shop, search it, and print a group of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, nargs="+", default=[100_000])
    counts = parser.parse_args().products
    rng = np.random.default_rng(0)
    print(
        Group(
            title="Filters",
            text="Vectors of real titles and between; recall@10 of searches among a share of them, "
            "against comparing all of those in float32.",
            figures=[f for count in counts for f in (*_search(count, rng), *_facets(count, rng))],
        ).model_dump_json()
    )


def _search(count: int, rng: np.random.Generator) -> list[Figure]:
    vectors, queries = shelf(count, _QUERIES)
    path = BENCH / f"index-{count}.faiss"
    write_index(vectors, path)
    ivf = open_index(path, *vectors.shape)
    kinds = vectors @ vectors[0]
    cosines = queries @ vectors.T
    figures = []
    for alike in (False, True):
        for share in _SHARES:
            allowed = kinds >= np.quantile(kinds, 1 - share) if alike else rng.random(count) < share
            exact = [_best(own, allowed) for own in cosines]
            ours = FaissIndex(ivf)
            took = [seconds(partial(ours.search, q[None], 10, allowed)) for q in queries]
            found, _ = ours.search(queries, 10, allowed)
            recall = overlap(found.tolist(), exact)
            kind = "of one kind" if alike else "any"
            figures.append(
                Figure(
                    name=f"{100 * share:g} % of {count:,} pass, {kind}",
                    ours=1000 * statistics.median(took),
                    unit="ms",
                    ratio=recall,
                    said="recall@10",
                    bar=0.98,
                    note="with as many lists as without a filter, recall@10 is "
                    f"{overlap(_few_lists(ivf, queries, allowed), exact):.3f}",
                )
            )
    return figures


def _best(cosines: Vectors, allowed: Mask) -> list[int]:
    rows = np.flatnonzero(allowed)
    best: list[int] = rows[np.argpartition(-cosines[rows], 9)[:10]].tolist()
    return best


def _few_lists(index: Any, queries: np.ndarray, allowed: Mask) -> list[list[int]]:
    selector: Any = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
    parameters = faiss.SearchParametersIVF(sel=selector, nprobe=index.nprobe)
    found: list[list[int]] = index.search(queries, 10, params=parameters)[1].tolist()
    return found


def _facets(count: int, rng: np.random.Generator) -> list[Figure]:
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

    calls = {
        "three filters": lambda: masks_of(filters, products, vocabulary),
        "facets beside them": lambda: facets_of(some, masks, filters, products, vocabulary),
        "facets of 5 % of them": lambda: facets_of(some, {}, Filters(), products, vocabulary),
        "facets of all": lambda: facets_of(every, {}, Filters(), products, vocabulary),
    }
    return [
        Figure(
            name=f"{name}, {count:,} products",
            ours=1000 * statistics.median(seconds(call) for _ in range(9)),
            unit="ms",
        )
        for name, call in calls.items()
    ]


if __name__ == "__main__":
    main()
