"""Retrieval among many products, beside hnswlib and usearch at equal recall.

    python -m tests.bench.retrieval --products 1000000

For the vectors see `shelf`. Recall is against comparing all in float32. Prints one JSON object.
"""

import argparse
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from indexer_job.embed import threads
from indexer_job.index_file import write_index
from shopfyp.encoder import Vectors
from shopfyp.index_file import open_index
from shopfyp.vector_index import FaissIndex
from tests.bench.figures import Figure, Group, medians, overlap
from tests.bench.shelf import shelf
from tests.bench.shop import BENCH

_QUERIES, _K = 1000, 10
_LINKS, _BUILD = 16, 200
"""hnswlib's and usearch's M and ef at building: their usual ones."""
_EFS = (10, 16, 24, 32, 48, 64, 100, 150, 200, 300, 400, 600, 800)


def main() -> None:
    """Build the indexes, search them, print a group of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, nargs="+", default=[100_000])
    sizes = parser.parse_args().products
    print(
        Group(
            title="Retrieval",
            text=f"Vectors of real titles and between them, {_QUERIES:,} other titles, "
            f"the best {_K}, one thread.",
            figures=[figure for size in sizes for figure in _measured(size)],
        ).model_dump_json()
    )


def _measured(count: int) -> list[Figure]:
    vectors, queries = shelf(count, _QUERIES)
    exact = _exact(vectors, queries)
    ours, size, recall = _ours(vectors, queries, exact)
    peers = {name: make(vectors, queries, exact, recall) for name, make in _PEERS.items()}
    took = medians(
        {"ours": ours, **{name: peer[0] for name, peer in peers.items()}}, rounds=5, each=_QUERIES
    )
    return _figures(count, recall, size, took, peers)


def _figures(
    count: int, recall: float, size: float, took: dict[str, float], peers: dict[str, Any]
) -> list[Figure]:
    figures = [
        Figure(
            name=f"recall@{_K} among {count:,}",
            ours=recall,
            unit="",
            ratio=recall,
            said="of the exact ones",
            bar=0.99,
        )
    ]
    for name, (_, memory, theirs) in peers.items():
        figures += [
            Figure(
                name=f"search among {count:,}",
                ours=1000 * took["ours"],
                unit="ms",
                peer=name,
                theirs=1000 * took[name],
                ratio=took["ours"] / took[name],
                said="times as long",
                bar=1 if name == "hnswlib" else None,
                side="most",
                note=f"at recall {recall:.3f}, theirs {theirs:.3f}",
            ),
            Figure(
                name=f"index of {count:,}",
                ours=size,
                unit="MB",
                peer=name,
                theirs=memory,
                ratio=size / memory,
                said="of the memory",
                bar=0.3 if name == "hnswlib" else None,
                side="most",
            ),
        ]
    return figures


def _exact(vectors: Vectors, queries: Vectors) -> list[list[int]]:
    flat: Any = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    found: list[list[int]] = flat.search(queries, _K)[1].tolist()
    return found


Made = tuple[Callable[[int], Any], float, float]
"""A search of one query by its number, MB, and recall."""


def _ours(vectors: Vectors, queries: Vectors, exact: list[list[int]]) -> Made:
    path = BENCH / f"index-{len(vectors)}.faiss"
    write_index(vectors, path)
    index = FaissIndex(open_index(path, *vectors.shape))
    found = [index.search(query[None], _K)[0][0].tolist() for query in queries]
    size = path.stat().st_size / 2**20
    return lambda n: index.search(queries[n][None], _K), size, overlap(found, exact)


def _hnswlib(vectors: Vectors, queries: Vectors, exact: list[list[int]], recall: float) -> Made:
    import hnswlib

    index: Any = hnswlib.Index("ip", vectors.shape[1])
    index.init_index(len(vectors), ef_construction=_BUILD, M=_LINKS)
    index.add_items(vectors, num_threads=threads())
    index.set_num_threads(1)

    def found(ef: int) -> list[list[int]]:
        index.set_ef(ef)
        return [index.knn_query(query[None], _K)[0][0].tolist() for query in queries]

    own = _at_recall(found, exact, recall)
    path = BENCH / "peer.hnswlib"
    index.save_index(str(path))
    return lambda n: index.knn_query(queries[n][None], _K), _size(path), own


def _usearch(vectors: Vectors, queries: Vectors, exact: list[list[int]], recall: float) -> Made:
    from usearch.index import Index

    index: Any = Index(
        ndim=vectors.shape[1], metric="ip", dtype="f16", connectivity=_LINKS, expansion_add=_BUILD
    )
    index.add(np.arange(len(vectors)), vectors, threads=threads())

    def found(ef: int) -> list[list[int]]:
        index.expansion_search = ef
        return [index.search(query, _K, threads=1).keys.tolist() for query in queries]

    own = _at_recall(found, exact, recall)
    path = BENCH / "peer.usearch"
    index.save(str(path))
    return lambda n: index.search(queries[n], _K, threads=1), _size(path), own


def _at_recall(
    found: Callable[[int], list[list[int]]], exact: list[list[int]], wanted: float
) -> float:
    """Leave the index at the least effort whose recall is `wanted`; the most, if none's is."""
    own = 0.0
    for ef in _EFS:
        own = overlap(found(ef), exact)
        if own >= wanted:
            break
    return own


def _size(path: Path) -> float:
    size = path.stat().st_size / 2**20
    path.unlink()
    gc.collect()
    return size


_PEERS = {"hnswlib": _hnswlib, "usearch f16": _usearch}

if __name__ == "__main__":
    main()
