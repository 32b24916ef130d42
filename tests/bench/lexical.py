"""Lexical search over many products, beside bm25s alone on the same words.

    python -m tests.bench.lexical --products 100000

The catalogue is the demo's, over and over, with other brands and sizes, so that words are about as
common as in a shop of that size. Prints one JSON object.
"""

import argparse
import tempfile
from pathlib import Path

import bm25s
import numpy as np

from indexer_job.demo.catalog import demo_products
from indexer_job.demo.intents import intent_queries
from indexer_job.lexical import build_lexical
from shopfyp.catalog import Product
from shopfyp.intent.parsing import parse
from shopfyp.intent.vocabulary import Vocabulary
from shopfyp.lexical import LexicalIndex, said
from shopfyp.tokens import tokens
from tests.bench.figures import Figure, Group, medians, seconds
from tests.bench.shop import many_products

_QUERIES, _DEPTH = 200, 1000


def main() -> None:
    """Build, search and print a group of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    products = many_products(parser.parse_args().products)
    queries = [q.query for q in intent_queries(demo_products())][:_QUERIES]
    rests = [parse(query, Vocabulary()).rest or query for query in queries]
    alone = _alone(products)
    with tempfile.TemporaryDirectory() as folder:
        build_lexical(products, Path(folder) / "lexical")
        index = LexicalIndex(Path(folder) / "lexical")
        took = medians(
            {
                "ours": lambda n: index.search(rests[n], _DEPTH),
                "bm25s": lambda n: alone.retrieve(
                    [tokens(rests[n])], k=_DEPTH, show_progress=False
                ),
            },
            rounds=3,
            each=len(rests),
        )
        p95 = float(
            np.percentile([seconds(lambda q=q: index.search(q, _DEPTH)) for q in rests], 95)
        )  # type: ignore[misc]
    scores = np.random.default_rng(0).random(len(products), np.float32)
    floor = min(seconds(lambda: np.flatnonzero(scores > 2)) for _ in range(5))
    print(
        Group(
            title="Lexical search",
            text=f"{len(products):,} products of the demo's kind, {len(rests)} queries of the "
            f"intent set, the best {_DEPTH}, one thread.",
            figures=[
                Figure(
                    name="query, p50",
                    ours=1000 * took["ours"],
                    unit="ms",
                    peer="bm25s alone",
                    theirs=1000 * took["bm25s"],
                    ratio=took["bm25s"] / took["ours"],
                    said="times faster",
                    floor=1000 * floor,
                    note="the floor looks at one score of every product once",
                ),
                Figure(
                    name="query, p95",
                    ours=1000 * p95,
                    unit="ms",
                    ratio=1000 * p95,
                    said="ms",
                    bar=10,
                    side="most",
                ),
            ],
        ).model_dump_json()
    )


def _alone(products: list[Product]) -> bm25s.BM25:
    index = bm25s.BM25()
    index.index([tokens(said(product)) for product in products], show_progress=False)
    return index


if __name__ == "__main__":
    main()
