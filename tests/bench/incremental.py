"""How long a build takes when all, none, 1 % or 10 % of the products changed since the last one.

    python -m tests.bench.incremental --products 100000 --every 1

The catalogue is the demo's, over and over, each time with another number in the title; a product
that changes gets another title. Reading the catalogue counts, learning from events does not, as
there are none. With `--every 20`, the full build is counted as less than it takes: as 20 times what
embedding a 20th of the products takes by itself. Prints one JSON object.
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
from indexer_job.checkpoint import load_checkpoint
from indexer_job.demo.catalog import demo_products
from indexer_job.embed import embed_products
from indexer_job.export import export_encoder
from indexer_job.files import read_products, write_products
from indexer_job.kept import FolderStore
from shopfyp.catalog import Product
from shopfyp.encoder import Encoder
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
        full = _full(products, folder, options.every)
        figures = []
        for share in _SHARES:
            own = folder / f"{share}"
            shutil.copytree(folder / "kept", own / "kept")
            took = _build(_changed(products, share), own / "release", own / "kept")
            figures.append(_figure(share, took, full))
    counted = f" (embedding alone, from every {options.every}th)" * (options.every > 1)
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


def _full(products: Sequence[Product], folder: Path, every: int) -> Seconds:
    """Build with nothing kept, and keep the vectors; see above for `every`."""
    if every == 1:
        return _build(products, folder / "full", folder / "kept")
    export_encoder(load_checkpoint(), folder / "encoder", "fp32")
    encoder = Encoder(folder / "encoder")
    began = _now()
    some = embed_products(encoder, products[::every])
    took = Seconds(*np.multiply(_since(began), every))
    # The others lie near those, so that the index has something to learn.
    vectors = some[np.arange(len(products)) // every]
    vectors += np.random.default_rng(0).normal(0, _NOISE, vectors.shape).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with mock.patch.object(embeddings, "embed_products", return_value=vectors):
        _build(products, folder / "full", folder / "kept")
    return took


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
