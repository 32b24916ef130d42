"""How long a build takes when all, none, 1 % or 10 % of the products changed since the last one.

    python tests/bench/incremental.py --products 100000

The catalogue is the demo's, over and over, each time with another number in the title; a product
that changes gets another title. Reading the catalogue counts, learning from events does not, as
there are none. Each figure is given in seconds by the clock and in seconds of CPU, which other
programs on the machine do not lengthen as much. `--every 20` embeds a 20th of the products in the
full build, evenly spread, and counts that 20 times. Prints one JSON object.
"""

import argparse
import json
import random
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer_job import embeddings
from indexer_job.build import build_release
from indexer_job.demo.catalog import demo_products
from indexer_job.embed import embed_products
from indexer_job.embeddings import FolderStore
from indexer_job.files import read_products, write_products
from shopfyp.catalog import Product
from shopfyp.encoder import Encoder, Vectors

_SHARES = (0.0, 0.01, 0.1)
_NOISE = 0.02


class Seconds(NamedTuple):
    """By the clock, and of CPU."""

    clock: float
    cpu: float


def main() -> None:
    """Build, change, build again, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--every", type=int, default=1, help="embed only every so-manieth product")
    options = parser.parse_args()
    products = _many(options.products)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        embed = _Sampled(options.every)
        embeddings.embed_products = embed  # type: ignore[attr-defined]
        full = _build(products, folder / "full", folder / "kept")
        embeddings.embed_products = embed_products  # type: ignore[attr-defined]
        full = Seconds(*(np.add(full, np.multiply(embed.took, options.every - 1))))
        figures = {}
        for share in _SHARES:
            own = folder / f"{share}"
            shutil.copytree(folder / "kept", own / "kept")
            took = _build(_changed(products, share), own / "release", own / "kept")
            figures[f"{share:.0%}"] = _figures(took) | {
                "of_full": round(took.clock / full.clock, 4),
                "of_full_cpu": round(took.cpu / full.cpu, 4),
            }
    embedding = Seconds(*np.multiply(embed.took, options.every))
    print(
        json.dumps({
            "products": len(products),
            "embedded_one_in": options.every,
            "full": _figures(full) | {"embedding": _figures(embedding)},
            "changed": figures,
        })
    )  # fmt: skip


class _Sampled:
    """`embed_products`, of every so-manieth product; the others get vectors near those."""

    def __init__(self, every: int) -> None:
        self.every = every
        self.took = Seconds(0.0, 0.0)

    def __call__(
        self, encoder: Encoder, products: Sequence[Product], *, progress: bool = False
    ) -> Vectors:
        began = _now()
        some = embed_products(encoder, products[:: self.every], progress=progress)
        self.took = _since(began)
        if self.every == 1:
            return some
        vectors = some[np.arange(len(products)) // self.every]
        vectors += np.random.default_rng(0).normal(0, _NOISE, vectors.shape).astype(np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def _build(products: Sequence[Product], out: Path, kept: Path) -> Seconds:
    catalog = out.with_suffix(".jsonl.gz")
    catalog.parent.mkdir(exist_ok=True)
    write_products(products, catalog)
    began = _now()
    build_release(read_products(catalog), out, embeddings=FolderStore(kept))
    return _since(began)


def _many(count: int) -> list[Product]:
    own = demo_products()
    return [
        _titled(own[row % len(own)], row // len(own)).model_copy(update={"product_id": f"p{row}"})
        for row in range(count)
    ]


def _changed(products: Sequence[Product], share: float) -> list[Product]:
    changed = set(random.Random(0).sample(range(len(products)), round(share * len(products))))
    return [_titled(p, 1000) if row in changed else p for row, p in enumerate(products)]


def _titled(product: Product, number: int) -> Product:
    return product.model_copy(update={"title": f"{product.title} {number}"})


def _now() -> Seconds:
    return Seconds(time.perf_counter(), time.process_time())


def _since(began: Seconds) -> Seconds:
    return Seconds(*np.subtract(_now(), began))


def _figures(took: Seconds) -> dict[str, float]:
    return {"s": round(took.clock, 1), "cpu_s": round(took.cpu, 1)}


if __name__ == "__main__":
    main()
