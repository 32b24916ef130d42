"""The serving flow: profile -> signals -> candidates -> ranking -> re-ranking -> cards."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from shopfyp.api import (
    Card,
    RecommendRequest,
    RecommendResponse,
    ScoredProduct,
    SimilarRequest,
    SimilarResponse,
)
from shopfyp.candidates import SIMILAR_SOURCES, SOURCES
from shopfyp.candidates.base import Signal
from shopfyp.errors import UnknownProduct
from shopfyp.profile import LASTING_HALF_LIFE_DAYS, RECENT_HALF_LIFE_DAYS, Interest, Profile
from shopfyp.ranking import Ranked, rank
from shopfyp.release import Release
from shopfyp.reranking import available, into_cards

MAX_SIGNALS = 12
_DEPTH = 100
_RECENCY = 0.8
_LASTING = 0.3


def recommend(
    release: Release,
    profile: Profile,
    request: RecommendRequest,
    now: datetime,
    rng: np.random.Generator | None = None,
) -> RecommendResponse:
    """The next shop cards for a shopper."""
    ranked = rank_products(
        release, profile, now, count=5 * _DEPTH, exclude=request.exclude, rng=rng
    )
    cards = into_cards(
        release, available(release, ranked), request.cards, request.products_per_card
    )
    return RecommendResponse(
        release=release.version,
        cards=[
            Card(
                reason=items[0].reason,
                source=items[0].sources[0],
                products=[scored(release, item) for item in items],
            )
            for items in cards
        ],
    )


def rank_products(
    release: Release,
    profile: Profile,
    now: datetime,
    count: int,
    exclude: list[str] | None = None,
    rng: np.random.Generator | None = None,
) -> list[Ranked]:
    """The `count` best products for a shopper, in stock or not; never one bought or rejected."""
    signals = signals_of(release, profile, now)
    rng = rng or np.random.default_rng()
    depth = max(_DEPTH, count // 4)
    candidates = [c for source in SOURCES for c in source(release, signals, depth, rng)]
    unwanted = [*profile.bought, *profile.rejected, *(exclude or [])]
    return rank(candidates, count, banned=_rows(release, unwanted), seen=_seen(release, profile))


def similar(release: Release, request: SimilarRequest, now: datetime) -> SimilarResponse:
    """Products like, or often taken with, the one named.

    Raises:
        UnknownProduct: the release does not hold it.
    """
    interest = Interest(kind="product", value=request.product_id, strength=1, at=now)
    signal = _signal(release, interest, 1.0)
    if signal is None or signal.row is None:
        raise UnknownProduct(request.product_id)
    rng = np.random.default_rng(0)
    candidates = [c for source in SIMILAR_SOURCES for c in source(release, [signal], _DEPTH, rng)]
    ranked = available(release, rank(candidates, _DEPTH, banned=frozenset({signal.row})))
    return SimilarResponse(
        release=release.version,
        product=release.products.product(signal.row),
        similar=[scored(release, item) for item in ranked[: request.limit]],
    )


def signals_of(release: Release, profile: Profile, now: datetime) -> list[Signal]:
    """The strongest interests of a profile, resolved; what the release lacks is left out."""
    weighted = [
        (interest, interest.weight(now, RECENT_HALF_LIFE_DAYS) * _RECENCY**place)
        for place, interest in enumerate(profile.recent)
    ]
    weighted += [
        (interest, interest.weight(now, LASTING_HALF_LIFE_DAYS) * _LASTING)
        for interest in profile.lasting
    ]
    weighted.sort(key=lambda pair: -pair[1])
    return list(_resolved(release, weighted))


def scored(release: Release, item: Ranked) -> ScoredProduct:
    """A ranked row as the API shows it."""
    return ScoredProduct(
        product=release.products.product(item.row), score=item.score, sources=item.sources
    )


def _resolved(release: Release, weighted: list[tuple[Interest, float]]) -> Iterator[Signal]:
    resolved: set[tuple[str, str]] = set()
    for interest, weight in weighted:
        key = (interest.kind, interest.value)
        if key in resolved:
            continue
        signal = _signal(release, interest, weight)
        if signal is not None:
            resolved.add(key)
            yield signal
        if len(resolved) == MAX_SIGNALS:
            return


def _signal(release: Release, interest: Interest, weight: float) -> Signal | None:
    if interest.kind == "query":
        return Signal(interest, weight, release.encoder.encode(interest.value))
    if interest.kind == "product":
        row = release.products.row_of(interest.value)
        return None if row is None else Signal(interest, weight, release.vector(row), row)
    row = release.clips.row_of(interest.value)
    if row is None:
        return None
    topic = release.clips.clips[row].topic
    return Signal(interest, weight, release.clips.vectors[row], topic=topic)


def _rows(release: Release, product_ids: list[str]) -> frozenset[int]:
    rows = (release.products.row_of(product_id) for product_id in product_ids)
    return frozenset(row for row in rows if row is not None)


def _seen(release: Release, profile: Profile) -> dict[int, int]:
    rows = ((release.products.row_of(pid), times) for pid, times in profile.seen.items())
    return {row: times for row, times in rows if row is not None}
