"""Re-ranking: what may be shown, and what stands together on a card."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopfyp.experiments import Configuration
from shopfyp.features import SEEN_MOST
from shopfyp.intent.fitting import mentions
from shopfyp.intent.slots import Intent
from shopfyp.ranking import Ranked
from shopfyp.records import ProductStore
from shopfyp.release import Release
from shopfyp.signals import Shopper
from shopfyp.vector_index import Mask

Rows = NDArray[np.int64]

WINDOW = 30
"""A card is chosen from so many of the best products for its reason, drawn or not."""

_WAVED_AWAY = 0.5
_FURTHER_VARIANT = 0.7
_FEW = 3
_SORTED, _ANSWERS = 200, 0.7
"""So many are put into the order asked for, if their score is this share of the best."""

_PRICES = {"price_low", "price_high"}
_FIGURES: Mapping[str, Callable[[ProductStore, Rows], NDArray[Any]]] = {
    "price_low": lambda products, rows: products.price[rows],
    "price_high": lambda products, rows: -products.price[rows],
    "rating": lambda products, rows: -products.rating[rows],
    "popular": lambda products, rows: -products.sold[rows],
    "newest": lambda products, rows: -products.published[rows],
}


def not_ruled_out(release: Release, shopper: Shopper, ranked: Sequence[Ranked]) -> Sequence[Ranked]:
    """Without what answers a search and says, not only to deny it, what that search ruled out."""
    ruled_out = {
        signal.interest.value: [value for slot in slots for value in slot.values]
        for signal in shopper.signals
        if signal.intent is not None and (slots := signal.intent.named("exclusion"))
    }
    if not ruled_out:
        return ranked
    holding = {p: release.lexical.holding(p) for phrases in ruled_out.values() for p in phrases}

    def says(item: Ranked, phrase: str) -> bool:
        # Few hold the words at all, so that few are read.
        return bool(holding[phrase][item.row]) and mentions(
            release.products.product(item.row), phrase
        )

    return [
        item
        for item in ranked
        if not any(says(item, p) for p in ruled_out.get(item.reason.params.get("query", ""), ()))
    ]


def one_of_each(release: Release, ranked: Sequence[Ranked]) -> list[Ranked]:
    """The best variant of each group, and whatever has no variants."""
    turns = _turns(_groups(release, ranked))
    return [item for item, turn in zip(ranked, turns, strict=True) if not turn]


def in_turns(release: Release, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Each further variant of a group behind what scores nearly as much: by 0.7 of its score, 0.49…

    What answers far worse stays behind them all.
    """
    turns = _turns(_groups(release, ranked))
    if not turns.any():
        return list(ranked)
    scores = np.array([item.score for item in ranked])
    order = np.argsort(-scores * _FURTHER_VARIANT**turns, kind="stable")
    return [ranked[place] for place in order]


def _turns(codes: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """How often each code stands before it; 0 for code 0, "none"."""
    turns = np.zeros(len(codes), np.int64)
    before: Counter[int] = Counter()
    for place in np.flatnonzero(codes).tolist():
        code = int(codes[place])
        turns[place] = before[code]
        before[code] += 1
    return turns


def _groups(release: Release, ranked: Sequence[Ranked]) -> NDArray[np.int32]:
    groups: NDArray[np.int32] = release.products.group[[item.row for item in ranked]]
    return groups


def in_order(release: Release, ranked: list[Ranked], intent: Intent) -> list[Ranked]:
    """The order asked for ("cheapest"), among what answers the query well; the rest follows."""
    sorts = intent.named("sort")
    if not sorts or not ranked:
        return ranked
    head = [item for item in ranked[:_SORTED] if item.score >= _ANSWERS * ranked[0].score]
    return by_figure(release, head, sorts[0].values[0]) + ranked[len(head) :]


def by_figure(release: Release, ranked: Sequence[Ranked], sort: str) -> list[Ranked]:
    """In the order of a price, rating, date or sold count; equals keep theirs."""
    rows = np.array([item.row for item in ranked], np.int64)
    return [ranked[place] for place in order_by_figure(release, rows, sort).tolist()]


def order_by_figure(release: Release, rows: Rows, sort: str) -> NDArray[np.intp]:
    """The places of `rows` in the order of a price, rating, date or sold count.

    What lacks the figure comes last, and so do prices in another currency than most are in:
    amounts of two currencies say nothing side by side.
    """
    figures = _FIGURES[sort](release.products, rows)
    behind = np.isnan(figures)
    if sort in _PRICES and len(rows):
        currency = release.products.currency[rows]
        behind |= currency != np.bincount(currency).argmax()
    # NaN is sorted to the end.
    return np.lexsort((figures, behind))


def showable(ranked: Sequence[Ranked], configuration: Configuration) -> list[Ranked]:
    """Without what was waved away lately; what was shown often without a click comes last."""
    wanted = [item for item in ranked if item.disliked < _WAVED_AWAY]
    most = _cap(configuration)
    return [i for i in wanted if i.seen < most] + [i for i in wanted if i.seen >= most]


def _cap(configuration: Configuration) -> float:
    """The `seen` of what was shown so often without a click that all else comes first."""
    return configuration.max_impressions / SEEN_MOST


def for_one_reason(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The best product, and the others that are there for the same reason."""
    reason = ranked[0].reason
    return [item for item in ranked if item.reason is reason]


def near_best(ranked: Sequence[Ranked], configuration: Configuration) -> list[Ranked]:
    """Those with at least `beside_best` of the best score, but three in any case."""
    least = _least(ranked, configuration)
    near = [item for item in ranked if item.score >= least]
    return near if len(near) >= _FEW else list(ranked[:_FEW])


def _least(ranked: Sequence[Ranked], configuration: Configuration) -> float:
    best = max((item.score for item in ranked), default=0.0)
    return best - (1 - configuration.beside_best) * abs(best)


def diversified(
    release: Release, ranked: Sequence[Ranked], count: int, configuration: Configuration
) -> list[Ranked]:
    """The `count` products of a ranked list that stand on a card, in their order.

    They are taken one by one by maximal marginal relevance: the greatest

        (1 - diversity) * score - diversity * greatest cosine to those already taken

    with scores mapped to [0, 1] (Carbonell and Goldstein, The Use of MMR, 1998). No more than
    `max_per_brand` share a brand; unless they answer a query, which may well ask for one
    category, no more than `max_per_category` share a category. What was shown often without a
    click comes after all else. A cap gives way when nothing else is left; what is far behind the
    best (see `near_best`) does not fill a card beyond three.
    """
    window = list(ranked[:WINDOW])
    if not window:
        return []
    rows = np.array([item.row for item in window], np.int64)
    scores = np.array([item.score for item in window])
    spread = float(np.ptp(scores)) or 1.0
    relevance = (scores - scores.min()) / spread
    steps_back = np.array([item.seen for item in window]) >= _cap(configuration)
    fresh = [item for item, capped in zip(window, steps_back, strict=True) if not capped]
    near = scores >= _least(fresh or window, configuration)
    asked_for = _asked_for(window)
    brand, category = release.products.brand[rows], release.products.category[rows]
    vectors = release.vectors(rows)
    closest = np.zeros(len(window))
    taken: list[int] = []
    while len(taken) < min(count, len(window)):
        left = np.ones(len(window), np.bool_)
        left[taken] = False
        allowed = left & ~_full(brand, taken, configuration.max_per_brand)
        allowed &= asked_for | ~_full(category, taken, configuration.max_per_category)
        if not allowed.any():
            allowed = left
        if not steps_back[allowed].all():
            allowed &= ~steps_back
        choice = allowed & near
        if not choice.any():
            if len(taken) >= _FEW:
                break
            choice = allowed
        gains = (1 - configuration.diversity) * relevance - configuration.diversity * closest
        place = int(np.where(choice, gains, -np.inf).argmax())
        taken.append(place)
        closest = np.maximum(closest, vectors @ vectors[place])
    return [window[place] for place in taken]


def dealt(
    release: Release, items: Sequence[Ranked], size: int, configuration: Configuration
) -> list[list[Ranked]]:
    """Products dealt out to cards of up to `size`, each to one at the most, in their order.

    No card exceeds `max_per_brand`, nor, unless it answers a query, `max_per_category`: what is
    common is dealt to more cards. What was shown often without a click is left out, unless
    nothing else is there.
    """
    most = _cap(configuration)
    items = [item for item in items if item.seen < most] or list(items)
    rows = np.array([item.row for item in items], np.int64)
    brand = release.products.brand[rows]
    category = np.where(_asked_for(items), 0, release.products.category[rows])
    of_brand, of_category = _most_common(brand), _most_common(category)
    count = math.ceil(
        max(
            len(items) / size,
            of_brand / configuration.max_per_brand,
            of_category / configuration.max_per_category,
        )
    )
    # One after the other to each card in turn: what shares a category is as far apart as can be.
    card = np.empty(len(items), np.int64)
    card[np.lexsort((brand, category))] = np.arange(len(items)) % max(count, 1)
    fits = _turns(np.where(brand != 0, brand * count + card, 0)) < configuration.max_per_brand
    cards: list[list[Ranked]] = [[] for _ in range(count)]
    for item, own, fit in zip(items, card.tolist(), fits.tolist(), strict=True):
        if fit:
            cards[own].append(item)
    return cards


def _asked_for(items: Sequence[Ranked]) -> Mask:
    return np.array(["query" in item.reason.params for item in items], np.bool_)


def _most_common(codes: NDArray[np.int32]) -> int:
    """How many share the most common code but 0, "none named"."""
    _, counts = np.unique(codes[codes != 0], return_counts=True)
    return int(counts.max(initial=0))


def _full(codes: NDArray[np.int32], taken: Sequence[int], most: int) -> Mask:
    """Which codes stand `most` times among the taken ones; code 0, "none named", never does."""
    same: NDArray[np.bool_] = codes[:, None] == codes[list(taken)]
    full: Mask = (same.sum(axis=1) >= most) & (codes != 0)
    return full
