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

    What lacks the figure comes last, and so do prices in another currency than most are in:
    amounts of two currencies say nothing side by side.
    """
    rows = np.array([item.row for item in ranked], np.int64)
    figures = _FIGURES[sort](release.products, rows)
    behind = np.isnan(figures)
    if sort in _PRICES and len(rows):
        currency = release.products.currency[rows]
        behind |= currency != np.bincount(currency).argmax()
    # NaN is sorted to the end.
    order = np.lexsort((figures, behind))
    return [ranked[place] for place in order]


def showable(ranked: Sequence[Ranked], configuration: Configuration) -> list[Ranked]:
    """Without what was waved away lately; what was shown often without a click comes last."""
    wanted = [item for item in ranked if item.disliked < _WAVED_AWAY]
    return sorted(wanted, key=lambda item: _is_capped(item, configuration))


def _is_capped(item: Ranked, configuration: Configuration) -> bool:
    """Whether it was shown so often without a click that all else comes first."""
    return item.seen >= configuration.max_impressions / SEEN_MOST


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
    steps_back = np.array([_is_capped(item, configuration) for item in window])
    fresh = [item for item, capped in zip(window, steps_back, strict=True) if not capped]
    near = scores >= _least(fresh or window, configuration)
    asked_for = np.array(["query" in item.reason.params for item in window])
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


def _full(codes: NDArray[np.int32], taken: Sequence[int], most: int) -> Mask:
    """Which codes stand `most` times among the taken ones; code 0, "none named", never does."""
    same: NDArray[np.bool_] = codes[:, None] == codes[list(taken)]
    full: Mask = (same.sum(axis=1) >= most) & (codes != 0)
    return full
