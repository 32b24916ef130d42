"""A warm `recommend` in-process: ten interests, all sources, beside the bare FAISS searches.

And a `search`, each of a query that was not asked before.

    python -m tests.bench.serving --products 100000 1000000

Prints one JSON object.
"""

import argparse
import itertools
import random
import statistics
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import numpy as np

from indexer_job.demo.catalog import demo_products
from indexer_job.demo.intents import intent_queries
from shopfyp.api import RecommendRequest, SearchRequest
from shopfyp.encoder import Vectors
from shopfyp.events import Event, SearchEvent
from shopfyp.profile import Profile
from shopfyp.recommend import recommend
from shopfyp.release import Release, open_release
from shopfyp.search import search
from shopfyp.signals import shopper_of
from tests.bench.figures import Figure, Group, percentiles, seconds
from tests.bench.shop import release_of, viewed

_INTERESTS, _SHOPPERS, _ROUNDS, _QUERIES = 10, 40, 8, 200
_NEW_EVERY = 100
_DEPTH = 101
"""So many products an interest, as the semantic source asks for."""


def main() -> None:
    """Measure at each size, and print a group of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, nargs="+", default=[100_000])
    sizes = parser.parse_args().products
    releases = {size: _opened(size) for size in sizes}
    took = _took(releases)
    figures = [figure for size in sizes for figure in _figures(size, *took[size])]
    figures += [figure for size in sizes for figure in _searches(size, releases[size])]
    figures += [
        Figure(
            name=f"p50 of {large:,} beside {small:,} products",
            ours=1000 * statistics.median(took[large][0]),
            unit="ms",
            peer=f"{small:,} products",
            theirs=1000 * statistics.median(took[small][0]),
            ratio=statistics.median(took[large][0]) / statistics.median(took[small][0]),
            said="times as long",
            bar=2,
            side="most",
        )
        for small, large in itertools.pairwise(sizes)
    ]
    print(
        Group(
            title="Serving",
            text=f"`recommend` in-process with the profile given: {_INTERESTS - 2} products looked "
            "at and two searches, encoded and read before; all sources, one product in a hundred "
            f"new, two cards. `search` in-process: the first page of {_QUERIES} queries of the "
            "intent set, each for the first time.",
            figures=figures,
        ).model_dump_json()
    )


def _opened(size: int) -> Release:
    """A release of so many products, one in a hundred of them new: the bench's have no dates."""
    release = open_release(release_of(size))
    return replace(release, new_rows=np.arange(0, size, _NEW_EVERY, dtype=np.int32))


def _took(releases: Mapping[int, Release]) -> dict[int, tuple[list[float], list[float]]]:
    """Seconds of whole recommendations and of the bare searches, by size, in turns.

    The sizes take turns as well, round after round: what the machine does meanwhile touches both.
    """
    now, request = datetime.now(UTC), RecommendRequest(cards=2)
    rng = {size: random.Random(0) for size in releases}
    profiles = {
        size: [_profile(release, rng[size], now) for _ in range(_SHOPPERS)]
        for size, release in releases.items()
    }
    vectors = {
        size: [
            np.stack([signal.vector for signal in shopper_of(release, profile, now).signals])
            for profile in profiles[size]
        ]
        for size, release in releases.items()
    }
    took: dict[int, tuple[list[float], list[float]]] = {size: ([], []) for size in releases}
    for turn, (size, release) in itertools.product(range(_ROUNDS), releases.items()):
        whole, bare = took[size] if turn else ([], [])  # the first round warms up
        for profile, own in zip(profiles[size], vectors[size], strict=True):
            whole.append(seconds(partial(recommend, release, profile, "u", request, now)))
            bare.append(seconds(partial(_searched, release, own)))
    return took


def _searched(release: Release, vectors: Vectors) -> None:
    for vector in vectors:
        release.nearest(vector[None], _DEPTH)


def _profile(release: Release, rng: random.Random, now: datetime) -> Profile:
    """Of eight products and two searches, after a first card: so that all sources have a say."""
    rows = rng.sample(range(len(release.products)), _INTERESTS + 1)
    products = [release.products.product(row) for row in rows]
    searched, viewed_ones, shown = products[:2], products[2:-1], products[-1]
    events: list[Event] = [viewed(product.product_id, now) for product in viewed_ones]
    events += [
        SearchEvent(
            type="search",
            event_id=product.product_id,
            at=now,
            query=" ".join(product.title.split()[:4]),
        )
        for product in searched
    ]
    impression = viewed(shown.product_id, now)
    events.append(impression.model_copy(update={"type": "impression", "card_id": "first"}))
    return Profile().apply([(event, now) for event in events])


def _figures(size: int, whole: list[float], bare: list[float]) -> list[Figure]:
    p50, p99 = percentiles(whole)
    searched = statistics.median(bare)
    return [
        Figure(
            name=f"recommend among {size:,}, p50",
            ours=1000 * p50,
            unit="ms",
            peer=f"bare FAISS search of the {_INTERESTS} interests",
            theirs=1000 * searched,
            ratio=p50 / searched,
            said="times as long",
            bar=4,
            side="most",
        ),
        _tail(f"recommend among {size:,}, p99", p50, p99, bar=3),
    ]


def _searches(size: int, release: Release) -> list[Figure]:
    now = datetime.now(UTC)
    asked = random.Random(0).sample(intent_queries(demo_products()), _QUERIES + 1)
    requests = [SearchRequest(query=q.query, event_id=f"{n}", at=now) for n, q in enumerate(asked)]
    search(release, requests.pop(), now)  # what opens with the first
    p50, p99 = percentiles([seconds(partial(search, release, one, now)) for one in requests])
    return [
        Figure(name=f"search among {size:,}, p50", ours=1000 * p50, unit="ms"),
        _tail(f"search among {size:,}, p99", p50, p99),
    ]


def _tail(name: str, p50: float, p99: float, bar: float | None = None) -> Figure:
    return Figure(
        name=name,
        ours=1000 * p99,
        unit="ms",
        peer="its own p50",
        theirs=1000 * p50,
        ratio=p99 / p50,
        said="times p50",
        bar=bar,
        side="most",
    )


if __name__ == "__main__":
    main()
