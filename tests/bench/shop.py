"""A shop of any size to measure with: the demo's products over and over, and events among them.

Vectors are those that the real encoder gives the demo's 4,000 products, each time a little beside,
as encoding a million titles takes hours and is measured by itself.
"""

import random
import shutil
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest import mock

import numpy as np

from indexer_job import build, manifest
from indexer_job.demo.catalog import demo_products
from indexer_job.embed import embed_products
from indexer_job.files import UserEvent
from shopfyp.catalog import Product
from shopfyp.encoder import Encoder, Vectors
from shopfyp.events import ProductEvent

BENCH = Path(__file__).resolve().parents[2] / ".bench"
_BESIDE = 0.25
"""How far a copy lies from its original, of unit length."""
_LENGTH, _EVENTS = 8, 500_000
_START = datetime(2026, 1, 1, tzinfo=UTC)


def many_products(count: int, edition: int = 0) -> list[Product]:
    """So many products, as alike as those of a shop of that size."""
    own, rng = demo_products(), random.Random(edition)
    products = []
    for number in range(count):
        product = own[number % len(own)]
        title = f"{product.title} {rng.randrange(10_000)} model {rng.choice('abcdefgh')}"
        products.append(product.model_copy(update={"product_id": str(number), "title": title}))
    return products


def release_of(count: int, edition: int = 0) -> Path:
    """A release of so many products and of events among them, built once into `.bench/`.

    Of another edition all is another: titles, vectors and events of the same ids.
    """
    folder = BENCH / (f"release-{count}-{edition}" if edition else f"release-{count}")
    if (folder / "manifest.json").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    # Copies lie as near to an original's text as the original does: none finds just its own.
    alone = mock.patch.object(manifest, "_self_tests", return_value=[])
    with alone, mock.patch.object(build, "embed_products", partial(_vectors, edition)):
        events = _events(count, min(2 * count, _EVENTS), edition)
        build.build_release(many_products(count, edition), folder, events=events)
    return folder


def _vectors(
    edition: int, encoder: Encoder, products: list[Product], *, progress: bool = False
) -> Vectors:
    path = BENCH / "demo-vectors.npy"
    if not path.exists():
        BENCH.mkdir(exist_ok=True)
        np.save(path, embed_products(encoder, demo_products(), progress=progress))
    own, rng = np.load(path), np.random.default_rng(edition)
    vectors: Vectors = own[np.arange(len(products)) % len(own)]
    beside = rng.normal(size=vectors.shape).astype(np.float32)
    vectors = vectors + _BESIDE * beside / np.linalg.norm(beside, axis=1, keepdims=True)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _events(products: int, count: int, edition: int) -> list[UserEvent]:
    """What shoppers viewed: mostly copies and neighbours of what they viewed before."""
    rng = np.random.default_rng(1 + edition)
    shoppers = max(count // _LENGTH, 1)
    home = rng.integers(0, products, shoppers)
    rows = (home[:, None] + rng.integers(0, 40, (shoppers, _LENGTH))) % products
    stray = rng.random(rows.shape) < 0.2
    rows[stray] = rng.integers(0, products, int(stray.sum()))
    return [
        UserEvent(f"u{shopper}", viewed(str(row), at), at)
        for place in range(_LENGTH)
        for shopper, row in enumerate(rows[:, place].tolist())
        for at in [_START + timedelta(minutes=shopper % 9000, days=place)]
    ]


def viewed(product_id: str, at: datetime) -> ProductEvent:
    """A product looked at."""
    return ProductEvent(type="view_item", event_id=uuid.uuid4().hex, at=at, product_id=product_id)
