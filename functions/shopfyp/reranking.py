"""Re-ranking: what may be shown, and what stands together on a card."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopfyp.experiments import Configuration
from shopfyp.features import SEEN_MOST
from shopfyp.intent.slots import Intent
from shopfyp.ranking import Ranked
from shopfyp.records import ProductStore
from shopfyp.release import Release

Rows = NDArray[np.int64]

WINDOW = 30
"""A card is chosen from so many of the best products for its reason, drawn or not."""

_WAVED_AWAY = 0.5
_FURTHER_VARIANT = 0.7
_FEW = 3
_SORTED, _ANSWERS = 200, 0.7
"""So many are put into the order asked for, if their score is this share of the best."""


_FIGURES: Mapping[str, Callable[[ProductStore, Rows], NDArray[Any]]] = {
    "price_low": lambda products, rows: products.price[rows],
    "price_high": lambda products, rows: -products.price[rows],
    "rating": lambda products, rows: -products.rating[rows],
    "popular": lambda products, rows: -products.sold[rows],
    "newest": lambda products, rows: -products.published[rows],
}


def available(release: Release, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Only what is in stock."""
    in_stock = release.products.in_stock[[item.row for item in ranked]].tolist()
    return [item for item, stocked in zip(ranked, in_stock, strict=True) if stocked]


def one_of_each(release: Release, ranked: Sequence[Ranked]) -> list[Ranked]:
    """The best variant of each group, and whatever has no variants."""
    turns = _turns(release, ranked)
    return [item for item, turn in zip(ranked, turns, strict=True) if not turn]


def in_turns(release: Release, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Each further variant of a group behind what scores nearly as much: by 0.7 of its score, 0.49…

    What answers far worse stays behind them all.
    """
    turns = _turns(release, ranked)
    if not turns.any():
        return list(ranked)
    scores = np.array([item.score for item in ranked])
    order = np.argsort(-scores * _FURTHER_VARIANT**turns, kind="stable")
    return [ranked[place] for place in order]


def _turns(release: Release, ranked: Sequence[Ranked]) -> NDArray[np.int64]:
    """How many of its group stand before each product; 0 where there is no group."""
    groups = release.products.group[[item.row for item in ranked]]
    turns = np.zeros(len(ranked), np.int64)
    before: Counter[int] = Counter()
    for place in np.flatnonzero(groups).tolist():
        group = int(groups[place])
        turns[place] = before[group]
        before[group] += 1
    return turns


def in_order(release: Release, ranked: list[Ranked], intent: Intent) -> list[Ranked]:
    """The order asked for ("cheapest"), among what answers the query well; the rest follows."""
    sorts = intent.named("sort")
    if not sorts or not ranked:
        return ranked
    head = [item for item in ranked[:_SORTED] if item.score >= _ANSWERS * ranked[0].score]
    return by_figure(release, head, sorts[0].values[0]) + ranked[len(head) :]


def by_figure(release: Release, ranked: Sequence[Ranked], sort: str) -> list[Ranked]:
    """In the order of a price, rating, date or sold count; equals keep theirs.

    What lacks the figure comes last.
    """
    rows = np.array([item.row for item in ranked], np.int64)
    # NaN is sorted to the end.
    order = np.argsort(_FIGURES[sort](release.products, rows), kind="stable")
    return [ranked[place] for place in order]


def showable(ranked: Sequence[Ranked], configuration: Configuration) -> list[Ranked]:
    """Without what was waved away lately; what was shown often without a click comes last."""
    wanted = [item for item in ranked if item.features.get("disliked", 0.0) < _WAVED_AWAY]
    most = configuration.max_impressions / SEEN_MOST
    return sorted(wanted, key=lambda item: item.features.get("seen", 0.0) >= most)


def for_one_reason(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The best product, and the others that are there for the same reason."""
    return [item for item in ranked if item.reason == ranked[0].reason]


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
    category, no more than `max_per_category` share a category. A cap gives way when nothing else
    is left; what is far behind the best (see `near_best`) does not fill a card beyond three.
    """
    window = list(ranked[:WINDOW])
    if not window:
        return []
    scores = np.array([item.score for item in window])
    spread = float(np.ptp(scores)) or 1.0
    relevance = (scores - scores.min()) / spread
    vectors = release.vectors(np.array([item.row for item in window], np.int64))
    closest = np.zeros(len(window))
    least = _least(window, configuration)
    caps = _Caps(release, configuration)
    taken: list[int] = []
    left = list(range(len(window)))
    while left and len(taken) < count:
        allowed = [place for place in left if caps.allow(window[place])] or left
        near = [place for place in allowed if scores[place] >= least]
        if not near and len(taken) >= _FEW:
            break
        choice, share = near or allowed, configuration.diversity
        gains = (1 - share) * relevance[choice] - share * closest[choice]
        place = choice[int(gains.argmax())]
        taken.append(place)
        left.remove(place)
        caps.count(window[place])
        closest = np.maximum(closest, vectors @ vectors[place])
    return [window[place] for place in taken]


class _Caps:
    """How many products of each brand and category stand on a card so far."""

    def __init__(self, release: Release, configuration: Configuration) -> None:
        self._products = release.products
        self._configuration = configuration
        self._brands: Counter[int] = Counter()
        self._categories: Counter[int] = Counter()

    def allow(self, item: Ranked) -> bool:
        # Code 0 is "none named": neither a brand nor a category.
        brand, category = self._codes(item)
        if brand and self._brands[brand] >= self._configuration.max_per_brand:
            return False
        asked_for = "query" in item.reason.params
        most = self._configuration.max_per_category
        return asked_for or not category or self._categories[category] < most

    def count(self, item: Ranked) -> None:
        brand, category = self._codes(item)
        self._brands[brand] += 1
        self._categories[category] += 1

    def _codes(self, item: Ranked) -> tuple[int, int]:
        return int(self._products.brand[item.row]), int(self._products.category[item.row])
