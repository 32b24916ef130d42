"""The serving flow: profile -> signals -> candidates -> ranking -> re-ranking -> cards."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from shopfyp.api import (
    Card,
    OfferedProduct,
    RecommendRequest,
    RecommendResponse,
    ScoredProduct,
    SimilarRequest,
    SimilarResponse,
)
from shopfyp.candidates import NEW_SOURCES, SIMILAR_SOURCES, SOURCES
from shopfyp.candidates.base import Signal, Source
from shopfyp.errors import UnknownProduct
from shopfyp.experiments import Configuration
from shopfyp.exploration import CardPolicy
from shopfyp.features import shopper_features
from shopfyp.intent.fitting import permitted
from shopfyp.intent.slots import Intent
from shopfyp.profile import Interest, Profile
from shopfyp.ranking import Pool, Ranked, pool, rank
from shopfyp.release import Release
from shopfyp.reranking import WINDOW, available, diversified, for_one_reason, near_best, showable
from shopfyp.vector_index import Mask

MAX_SIGNALS = 12
_DEPTH = 100
_PER_CARD = 150


def recommend(
    release: Release,
    profile: Profile,
    user_id: str,
    request: RecommendRequest,
    now: datetime,
    rng: np.random.Generator | None = None,
) -> RecommendResponse:
    """The next shop cards for a shopper; nothing of their own with personalisation off."""
    profile = profile.usable
    rng = rng or np.random.default_rng()
    variant, configuration = release.serving.assigned(user_id)
    policies = card_policies(release, profile, request, now, configuration, rng)
    cards = []
    for policy, items in policies:
        products = [
            OfferedProduct(
                **scored(release, item).model_dump(), propensity=policy.probability(item.row)
            )
            for item in items
        ]
        cards.append(
            Card(
                card_id=uuid.UUID(bytes=rng.bytes(16), version=4).hex,
                reason=items[0].reason,
                source=items[0].sources[0],
                products=products,
            )
        )
    return RecommendResponse(
        release=release.version,
        variant=variant,
        cards=cards,
        empty=None if cards else "nothing_left",
    )


def card_policies(
    release: Release,
    profile: Profile,
    request: RecommendRequest,
    now: datetime,
    configuration: Configuration,
    rng: np.random.Generator,
) -> Iterator[tuple[CardPolicy, list[Ranked]]]:
    """Card after card: how its products are chosen, and those that were.

    A card is for one reason, and the next one for another, as long as there is one. Nothing is
    explored before the shopper has seen the answer to what they did last.
    """

    def shown(sources: Mapping[str, Source], count: int) -> list[Ranked]:
        exclude = request.exclude
        ranked = rank_products(release, profile, now, count, exclude, rng, configuration, sources)
        return showable(available(release, ranked), configuration)

    explores = profile.shown_since_signal > 0
    left = shown(SOURCES, _PER_CARD * request.cards)
    newcomers = shown(NEW_SOURCES, _DEPTH) if explores and configuration.new else []
    size = request.products_per_card
    for _ in range(request.cards):
        if not left:
            return
        group = for_one_reason(left)
        policy = CardPolicy(
            best=diversified(release, group, size, configuration),
            pool=near_best(group, configuration)[:WINDOW],
            newcomers=newcomers,
            size=size,
            explore=configuration.explore if explores else 0.0,
            new=configuration.new if explores else 0.0,
        )
        items = policy.draw(rng)
        yield policy, items
        taken = {item.row for item in items}
        newcomers = [item for item in newcomers if item.row not in taken]
        rest = [item for item in left if item.row not in taken]
        left = [item for item in rest if item.reason != items[0].reason] or rest


def rank_products(
    release: Release,
    profile: Profile,
    now: datetime,
    count: int,
    exclude: Sequence[str] = (),
    rng: np.random.Generator | None = None,
    configuration: Configuration | None = None,
    sources: Mapping[str, Source] = SOURCES,
) -> list[Ranked]:
    """The `count` best products for a shopper, in stock or not; never one bought or rejected."""
    configuration = configuration or release.serving.configuration
    found = candidates_for(
        release, profile, now, max(_DEPTH, count // 4), exclude, rng, configuration, sources
    )
    return rank(found, {**release.weights, **configuration.weights}, count)


def candidates_for(
    release: Release,
    profile: Profile,
    now: datetime,
    depth: int,
    exclude: Sequence[str] = (),
    rng: np.random.Generator | None = None,
    configuration: Configuration | None = None,
    sources: Mapping[str, Source] = SOURCES,
) -> Pool:
    """What all sources propose for a shopper, up to `depth` products a signal, with features."""
    configuration = configuration or release.serving.configuration
    rng = rng or np.random.default_rng()
    signals = signals_of(release, profile, now)
    chosen = [retrieve for name, retrieve in sources.items() if name not in configuration.without]
    candidates = [c for retrieve in chosen for c in retrieve(release, signals, depth, rng)]
    unwanted = [*profile.bought, *profile.rejected, *exclude]
    found = pool(candidates, banned=_rows(release, unwanted))
    about = shopper_features(release, profile, signals, found.rows, now)
    return replace(found, features={**found.features, **about})


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
    found = pool(candidates, banned=frozenset({signal.row}))
    ranked = available(release, rank(found, release.weights, _DEPTH))
    return SimilarResponse(
        release=release.version,
        product=release.products.product(signal.row),
        similar=[scored(release, item) for item in ranked[: request.limit]],
    )


def signals_of(release: Release, profile: Profile, now: datetime) -> list[Signal]:
    """The strongest interests of a profile, resolved; what the release lacks is left out."""
    weighted = sorted(profile.weighted(now), key=lambda pair: -pair[1])
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
        return query_signal(release, interest, weight, release.understood(interest.value))
    if interest.kind == "product":
        row = release.products.row_of(interest.value)
        return None if row is None else Signal(interest, weight, release.vector(row), row)
    row = release.clips.row_of(interest.value)
    if row is None:
        return None
    topic = release.clips.clips[row].topic
    return Signal(interest, weight, release.clips.vectors[row], topic=topic)


def query_signal(
    release: Release,
    interest: Interest,
    weight: float,
    intent: Intent,
    allowed: Mask | None = None,
) -> Signal:
    """A search as a signal: its constraints hold for what it brings, and end with it.

    `allowed` (products,) says what may answer it; by default, all that the intent permits.
    """
    if allowed is None:
        allowed = permitted(intent, release.vocabulary, release.products)
    # Where no product is described, the encoder still makes something of the wish as a whole.
    words = intent.rest or intent.query
    vector = release.encoder.encode(words)
    return Signal(interest, weight, vector, intent=intent, allowed=allowed)


def _rows(release: Release, product_ids: list[str]) -> frozenset[int]:
    rows = (release.products.row_of(product_id) for product_id in product_ids)
    return frozenset(row for row in rows if row is not None)
