"""Retrieval among many products, beside hnswlib and usearch at equal recall.

    python -m tests.bench.retrieval --products 1000000

The vectors are those of real titles by the real encoder (`../shared/data`, else the demo's), each
many times a little beside, as encoding a million texts takes hours. Recall is against comparing
all in float32. Prints one JSON object.
"""

import argparse
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from indexer_job.build import write_index
from indexer_job.checkpoint import load_checkpoint
from indexer_job.embed import embed, threads
from indexer_job.export import export_encoder
from shopfyp.encoder import Encoder, Vectors
from shopfyp.index_file import open_index
from shopfyp.vector_index import FaissIndex
from tests.bench.encoding import titles
from tests.bench.figures import Figure, Group, medians, overlap
from tests.bench.shop import BENCH

_QUERIES, _BESIDE, _K = 200, 0.25, 10
_LINKS, _BUILD = 16, 200
"""hnswlib's and usearch's M and ef at building: their usual ones."""
_EFS = (32, 64, 100, 150, 200, 300, 400, 600, 800)


def main() -> None:
    """Build the indexes, search them, print a group of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    count = parser.parse_args().products
    vectors, queries = _vectors(count)
    exact = _exact(vectors, queries)
    ours, size, recall = _ours(vectors, queries, exact)
    peers = {name: make(vectors, queries, exact, recall) for name, make in _PEERS.items()}
    took = medians(
        {"ours": ours, **{name: peer[0] for name, peer in peers.items()}}, rounds=5, each=_QUERIES
    )
    print(
        Group(
            title="Retrieval",
            text=f"{count:,} vectors of real titles and near them, {_QUERIES} queries, "
            f"the best {_K}, one thread.",
            figures=_figures(count, recall, size, took, peers),
        ).model_dump_json()
    )


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


def _vectors(count: int) -> tuple[Vectors, Vectors]:
    """So many vectors, and queries near some of them."""
    path = BENCH / "title-vectors.npy"
    if not path.exists():
        BENCH.mkdir(exist_ok=True)
        checkpoint = load_checkpoint()
        export_encoder(checkpoint, BENCH / "fp32", "fp32")
        np.save(path, embed(Encoder(BENCH / "fp32"), titles()))
    own, rng = np.load(path), np.random.default_rng(0)
    vectors = own[np.arange(count) % len(own)]
    for first in range(len(own), count, len(own)):
        part = vectors[first : first + len(own)]
        beside = rng.normal(size=part.shape).astype(np.float32)
        part += _BESIDE * beside / np.linalg.norm(beside, axis=1, keepdims=True)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    queries = vectors[rng.integers(0, count, _QUERIES)]
    beside = rng.normal(size=queries.shape).astype(np.float32)
    queries = queries + _BESIDE * beside / np.linalg.norm(beside, axis=1, keepdims=True)
    return vectors, queries / np.linalg.norm(queries, axis=1, keepdims=True)


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
