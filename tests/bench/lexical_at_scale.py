"""Lexical search over many products: how long a query takes, and the floor of it.

`make bench` runs it. The catalogue is the demo's, over and over, with other brands and sizes, so
that words are about as common as in a shop of that size.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from indexer_job.demo.catalog import demo_products
from indexer_job.demo.intents import intent_queries
from indexer_job.lexical import build_lexical
from shopfyp.catalog import Product
from shopfyp.intent.parsing import parse
from shopfyp.intent.vocabulary import Vocabulary
from shopfyp.lexical import LexicalIndex

_QUERIES = 200
_DEPTH = 1000


def main() -> None:
    """Build, search and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=1_000_000)
    products = _many(parser.parse_args().products)
    queries = [q.query for q in intent_queries(demo_products())][:_QUERIES]
    rests = [parse(query, Vocabulary()).rest or query for query in queries]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        build_lexical(products, Path(folder) / "lexical")
        built = time.perf_counter() - started
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        index = LexicalIndex(Path(folder) / "lexical")
        for rest in rests:
            index.search(rest, _DEPTH)
        took = [_seconds(lambda rest=rest: index.search(rest, _DEPTH)) for rest in rests]
    print(
        json.dumps({
            "products": len(products),
            "build_s": round(built, 1),
            "index_mb": round(size / 2**20),
            "queries": len(rests),
            "p50_ms": round(1000 * float(np.median(took)), 2),
            "p95_ms": round(1000 * float(np.percentile(took, 95)), 2),
            "read_all_rows_ms": round(1000 * _floor(len(products)), 2),
        })
    )  # fmt: skip


def _many(count: int) -> list[Product]:
    own = demo_products()
    rng = random.Random(0)
    products = []
    for number in range(count):
        product = own[number % len(own)]
        title = f"{product.title} {rng.randrange(10_000)} model {rng.choice('abcdefgh')}"
        products.append(product.model_copy(update={"product_id": str(number), "title": title}))
    return products


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _floor(count: int) -> float:
    """How long it takes to look at one score of every product, in seconds."""
    scores = np.random.default_rng(0).random(count, np.float32)
    return min(_seconds(lambda: np.flatnonzero(scores > 2)) for _ in range(5))


if __name__ == "__main__":
    main()
