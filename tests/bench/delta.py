"""What changes beside a release cost: to take them up, and then in every request.

    python tests/bench/delta.py --products 100000 --changes 1000

The catalogue is that of `lexical_at_scale`, with clustered vectors in place of encoded ones, as
encoding is another matter; changes are encoded. A third of them are new products, a third have
another title, the others another price, or none: sold out or deleted. Prints one JSON object.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from unittest import mock

import numpy as np

from indexer_job import build
from shopfyp.api import RecommendRequest, SearchRequest
from shopfyp.catalog import Product
from shopfyp.changes import Change
from shopfyp.delta.changed import Delta
from shopfyp.profile import Interest, Profile
from shopfyp.recommend import recommend
from shopfyp.release import Release, open_release
from shopfyp.search import search
from tests.bench.learn_at_scale import shop
from tests.bench.lexical_at_scale import _many

_QUERIES = ("red trainers for boys", "wireless headphones", "gift for my mother under 40 dollars")
_RUNS = 60
Result = TypeVar("Result")


def main() -> None:
    """Build a release, change it, and print how long that took and what it costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=1000)
    options = parser.parse_args()
    products = _many(options.products)
    with tempfile.TemporaryDirectory() as folder:
        base = _built(products, Path(folder) / "release")
        changes = _changes(products, options.changes)
        delta = Delta(base)
        first, _ = _timed(lambda: delta.with_changes(changes))
        encoded, _ = _timed(lambda: delta.encode(changes))
        again, changed = _timed(lambda: delta.with_changes(changes))
        one = changes[0]._replace(at=datetime.now(UTC))
        one_more, _ = _timed(lambda: delta.with_changes([one, *changes[1:]]))
        figures = {
            "products": options.products,
            "changes": options.changes,
            "taken_up_ms": round(1000 * first, 1),
            "encoded_s": round(encoded, 2),
            "again_ms": round(1000 * again, 1),
            "with_one_more_ms": round(1000 * one_more, 1),
            **_requests(base, changed),
        }
    print(json.dumps(figures))


def _built(products: list[Product], folder: Path) -> Release:
    vectors, _ = shop(len(products), 0, np.random.default_rng(0))
    with mock.patch.object(build, "embed_products", return_value=vectors):
        build.build_release(products, folder)
    path = folder / "manifest.json"
    # No text finds its product by a vector that was not made from it.
    path.write_text(json.dumps(json.loads(path.read_text()) | {"self_test": []}))
    return open_release(folder)


def _changes(products: list[Product], count: int) -> list[Change]:
    rng, now = np.random.default_rng(1), datetime.now(UTC)
    changes = []
    for number, row in enumerate(rng.choice(len(products), count, replace=False).tolist()):
        old = products[row]
        title = f"{old.title} edition {number}"
        new: Product | None = old.model_copy(update={"product_id": f"new-{number}", "title": title})
        if number % 3 == 1:
            new = old.model_copy(update={"title": title})
        elif number % 3 == 2:
            others = [{"price": 1.0}, {"in_stock": False}]
            new = None if number % 9 == 8 else old.model_copy(update=others[number % 2])
        changes.append(Change(new.product_id if new else old.product_id, now, new))
    return changes


def _requests(base: Release, changed: Release) -> dict[str, float]:
    """Medians of requests to both, asked in turns."""
    now = datetime.now(UTC)
    kinds = [("product", str(number * 97)) for number in range(7)] + [
        ("query", q) for q in _QUERIES
    ]
    recent = [Interest(kind=kind, value=value, strength=1, at=now) for kind, value in kinds]
    profile = Profile(recent=recent, shown_since_signal=1)
    cards, found = RecommendRequest(cards=2), SearchRequest(query=_QUERIES[0], event_id="e", at=now)
    took: dict[str, list[float]] = {}
    for _ in range(_RUNS):
        for name, release in (("base", base), ("changed", changed)):
            seconds, _ = _timed(lambda r=release: recommend(r, profile, "u", cards, now))
            took.setdefault(f"recommend_{name}", []).append(seconds)
            seconds, _ = _timed(lambda r=release: search(r, found, now))
            took.setdefault(f"search_{name}", []).append(seconds)
    figures = {f"{name}_p50_ms": round(1000 * float(np.median(s)), 2) for name, s in took.items()}
    for name in ("recommend", "search"):
        ratios = np.array(took[f"{name}_changed"]) / np.array(took[f"{name}_base"])
        figures[f"{name}_ratio"] = round(float(np.median(ratios)), 2)
    return figures


def _timed(run: Callable[[], Result]) -> tuple[float, Result]:
    started = time.perf_counter()
    result = run()
    return time.perf_counter() - started, result


if __name__ == "__main__":
    main()
