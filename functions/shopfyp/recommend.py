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
    Variant,
)
from shopfyp.candidates import NEW_SOURCES, SOURCES, neighbours, semantic
from shopfyp.candidates.base import Candidates, Source
from shopfyp.errors import UnknownProduct
from shopfyp.experiments import Configuration
from shopfyp.exploration import CardPolicy
from shopfyp.features import shopper_features
from shopfyp.profile import Interest, Profile
from shopfyp.ranking import Pool, Ranked, pool, rank
from shopfyp.release import Release
from shopfyp.reranking import (
    WINDOW,
    dealt,
    diversified,
    for_one_reason,
    near_best,
    not_ruled_out,
    one_of_each,
    showable,
)
from shopfyp.signals import Shopper, Signal, shopper_of
from shopfyp.variants import options_of

_DEPTH = 100
_PER_CARD = 150
_NOT_BY_CHANCE = 0.5
"""What goes with a product does so by this share of the best at least: weights have long tails."""


def recommend(
    release: Release,
    profile: Profile,
    user_id: str,
    request: RecommendRequest,
    now: datetime,
    rng: np.random.Generator | None = None,
) -> RecommendResponse:
    """The next shop cards for a shopper; nothing of their own with personalisation off."""
    personalised, profile = profile.personalised, profile.usable
    rng = rng or np.random.default_rng()
    variant, configuration = release.serving.assigned(user_id)
    policies = card_policies(release, profile, request, now, configuration, rng)
    cards = []
    for policy, items in policies:
        products = [
            OfferedProduct(
                product=release.products.product(item.row),
                score=item.score,
                sources=item.sources,
                propensity=policy.probability(item.row),
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
        personalised=personalised,
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

    def shown(sources: Mapping[str, Source], count: int, rng: np.random.Generator) -> list[Ranked]:
        found = candidates_for(
            release, shopper, count, configuration, request.exclude, rng, sources
        )
        ranked = not_ruled_out(release, shopper, rank(found, weights, count))
        return one_of_each(release, showable(ranked, configuration))

    shopper = shopper_of(release, profile, now, release.products.in_stock)
    weights = {**release.weights, **configuration.weights}
    answered = profile.shown_since_signal > 0
    explore = configuration.explore if answered else 0.0
    new = configuration.new if answered else 0.0
    left = shown(SOURCES, _PER_CARD * request.cards, rng)
    size = request.products_per_card
    newcomers: list[list[Ranked]] = []
    if new:
        # Others every hour, and in that hour the same, so that replay knows who they were.
        hourly = np.random.default_rng(int(now.timestamp()) // 3600)
        newcomers = dealt(release, shown(NEW_SOURCES, _DEPTH, hourly), size, configuration)
    for _ in range(request.cards):
        if not left:
            return
        group = for_one_reason(left)
        near = near_best(group, configuration)[:WINDOW] if explore else []
        policy = CardPolicy(
            best=diversified(release, group, size, configuration),
            explored=dealt(release, near, size, configuration),
            newcomers=newcomers,
            explore=explore,
            new=new,
        )
        items = policy.draw(rng)
        yield policy, items
        taken = {item.row for item in items}
        newcomers = [card for card in newcomers if taken.isdisjoint(item.row for item in card)]
        rest = [item for item in left if item.row not in taken]
        left = [item for item in rest if item.reason is not items[0].reason] or rest


def rank_products(
    release: Release,
    profile: Profile,
    now: datetime,
    count: int,
    exclude: Sequence[str] = (),
    rng: np.random.Generator | None = None,
    configuration: Configuration | None = None,
) -> list[Ranked]:
    """The `count` best products for a shopper, in stock or not; never one bought or rejected."""
    configuration = configuration or release.serving.configuration
    shopper = shopper_of(release, profile, now)
    found = candidates_for(release, shopper, count, configuration, exclude, rng)
    return rank(found, {**release.weights, **configuration.weights}, count)


def candidates_for(
    release: Release,
    shopper: Shopper,
    count: int,
    configuration: Configuration | None = None,
    exclude: Sequence[str] = (),
    rng: np.random.Generator | None = None,
    sources: Mapping[str, Source] = SOURCES,
) -> Pool:
    """What the sources propose for a shopper where `count` products are wanted, with features."""
    configuration = configuration or release.serving.configuration
    rng = rng or np.random.default_rng()
    depth = max(_DEPTH, count // 4)
    chosen = [retrieve for name, retrieve in sources.items() if name not in configuration.without]
    signals = shopper.signals
    candidates = [c for retrieve in chosen for c in retrieve(release, signals, depth, rng)]
    unwanted = [*shopper.profile.bought, *shopper.profile.rejected, *exclude]
    found = pool(candidates, _rows(release, unwanted), shopper.available)
    about = shopper_features(release, shopper, found.rows)
    return replace(found, features={**found.features, **about})


def similar(release: Release, request: SimilarRequest, now: datetime) -> SimilarResponse:
    """What a product's page shows: its variants, what is like it, and what others take with it.

    What is both goes with it if it is of another category, and else stands where it scores
    higher. What others take with one variant goes with all of them.

    Raises:
        UnknownProduct: the release does not hold it.
    """
    row = release.products.row_of(request.product_id)
    if row is None:
        raise UnknownProduct(request.product_id)
    own = release.products.variants(row).tolist()
    like = _beside(release, semantic.retrieve, [row], own, now)
    taken = _beside(release, neighbours.retrieve, own, own, now)
    likeness = {item.row: item.score for item in like}
    category = release.products.category
    goes_with = [
        item
        for item in taken
        if category[item.row] != category[row] or item.score > likeness.get(item.row, 0)
    ]
    goes_with = [i for i in goes_with if i.score >= _NOT_BY_CHANCE * goes_with[0].score]
    apart = {item.row for item in goes_with}
    similar = [item for item in like if item.row not in apart]
    return SimilarResponse(
        release=release.version,
        product=release.products.product(row),
        variants=_variants(release, own) if len(own) > 1 else [],
        similar=[scored(release, item) for item in similar[: request.limit]],
        goes_with=[scored(release, item) for item in goes_with[: request.limit]],
    )


def _beside(
    release: Release, source: Source, rows: Sequence[int], banned: Sequence[int], now: datetime
) -> list[Ranked]:
    """What one source offers for any of some products: in stock, one of each group, best first."""
    signals, available = [], release.products.in_stock
    for row, vector in zip(rows, release.vectors(np.array(rows, np.int64)), strict=True):
        product_id = release.products.product_id(row)
        interest = Interest(kind="product", value=product_id, strength=1, at=now)
        signals.append(Signal(interest, 1.0, vector, row, available=available))
    lists = source(release, signals, _DEPTH, np.random.default_rng(0))
    found = pool([_strongest(lists)] if lists else [], frozenset(banned), available)
    return one_of_each(release, rank(found, dict.fromkeys(found.features, 1.0), _DEPTH))


def _strongest(lists: Sequence[Candidates]) -> Candidates:
    """Lists as one of full weight: each product with its greatest score.

    A sum would make much of a little that each of many variants has.
    """
    rows = np.concatenate([c.rows for c in lists])
    scores = np.concatenate([c.scores for c in lists])
    order = np.argsort(-scores, kind="stable")
    first = order[np.sort(np.unique(rows[order], return_index=True)[1])]
    return replace(lists[0], rows=rows[first], scores=scores[first], weight=1.0)


def _variants(release: Release, rows: Sequence[int]) -> list[Variant]:
    products = [release.products.product(row) for row in rows]
    return [
        Variant(
            product_id=product.product_id,
            title=product.title,
            image_url=product.image_url,
            in_stock=product.in_stock,
            options=options,
        )
        for product, options in zip(products, options_of(products), strict=True)
    ]


def scored(release: Release, item: Ranked) -> ScoredProduct:
    """A ranked row as the API shows it."""
    return ScoredProduct(
        product=release.products.product(item.row), score=item.score, sources=item.sources
    )


def _rows(release: Release, product_ids: list[str]) -> frozenset[int]:
    rows = (release.products.row_of(product_id) for product_id in product_ids)
    return frozenset(row for row in rows if row is not None)
