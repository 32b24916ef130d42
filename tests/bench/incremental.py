"""How long a build takes when all, none, 1 % or 10 % of the products changed since the last one.

    python -m tests.bench.incremental --products 100000 --every 1

The catalogue is the demo's, over and over, each time with another number in the title; a product
that changes gets another title. Reading the catalogue counts, learning from events does not, as
there are none. `--every 20` embeds a 20th of the products in the full build, evenly spread, and
counts that 20 times. Prints one JSON object.
"""

import argparse
import random
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np

from indexer_job import embeddings
from indexer_job.build import build_release
from indexer_job.demo.catalog import demo_products
from indexer_job.embed import embed_products
from indexer_job.embeddings import FolderStore
from indexer_job.files import read_products, write_products
from shopfyp.catalog import Product
from shopfyp.encoder import Encoder, Vectors
from tests.bench.figures import Figure, Group

_SHARES = (0.0, 0.01, 0.1)
_BAR_AT, _BAR = 0.01, 0.05
_NOISE = 0.02


class Seconds(NamedTuple):
    """By the clock, and of CPU."""

    clock: float
    cpu: float


def main() -> None:
    """Build, change, build again, and print a group of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--every", type=int, default=20, help="embed every so-manieth product")
    options = parser.parse_args()
    products = _many(options.products)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        embed = _Sampled(options.every)
        with mock.patch.object(embeddings, "embed_products", embed):
            full = _build(products, folder / "full", folder / "kept")
        full = Seconds(*(np.add(full, np.multiply(embed.took, options.every - 1))))
        figures = []
        for share in _SHARES:
            own = folder / f"{share}"
            shutil.copytree(folder / "kept", own / "kept")
            took = _build(_changed(products, share), own / "release", own / "kept")
            figures.append(_figure(share, took, full))
    counted = f", embedding counted from every {options.every}th product" * (options.every > 1)
    print(
        Group(
            title="Building again",
            text=f"{options.products:,} products, with the vectors that the last build kept, "
            f"beside a build that has none{counted}.",
            figures=figures,
        ).model_dump_json()
    )


def _figure(share: float, took: Seconds, full: Seconds) -> Figure:
    return Figure(
        name=f"build, {share:.0%} of the products changed",
        ours=took.clock,
        unit="s",
        peer="all of them",
        theirs=full.clock,
        ratio=took.clock / full.clock,
        said="of the time",
        bar=_BAR if share == _BAR_AT else None,
        side="most",
        note=f"of CPU {took.cpu:.0f} of {full.cpu:.0f} s, {took.cpu / full.cpu:.3f}",
    )


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


if __name__ == "__main__":
    main()
