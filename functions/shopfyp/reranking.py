"""Re-ranking: what may be shown, and what stands together on a card."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shopfyp.ranking import Ranked
from shopfyp.release import Release

MAX_PER_BRAND = 3


def available(release: Release, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Only what is in stock."""
    return [item for item in ranked if release.products.in_stock[item.row]]


def into_cards(
    release: Release, ranked: Sequence[Ranked], cards: int, per_card: int
) -> list[list[Ranked]]:
    """Group a ranked list into cards of one reason each.

    A card takes the best product that is left and then the best others that are there for the
    same reason, with at most three of a brand (unless there is nothing else to fill it with).
    """
    left = list(ranked)
    grouped: list[list[Ranked]] = []
    while left and len(grouped) < cards:
        alike = [item for item in left if item.reason == left[0].reason]
        card = _varied(alike, per_card, release.products.brand)
        grouped.append(card)
        rows = {item.row for item in card}
        # The next card is for another reason, as long as there is one.
        rest = [item for item in left if item.row not in rows]
        left = [i for i in rest if i.reason != card[0].reason] or rest
    return grouped


def _varied(items: Sequence[Ranked], count: int, brands: NDArray[np.int32]) -> list[Ranked]:
    taken: list[Ranked] = []
    spare: list[Ranked] = []
    per_brand: Counter[int] = Counter()
    for item in items:
        brand = int(brands[item.row])
        # Brand 0 is "no brand named".
        if brand and per_brand[brand] >= MAX_PER_BRAND:
            spare.append(item)
        else:
            per_brand[brand] += 1
            taken.append(item)
        if len(taken) == count:
            break
    return (taken + spare)[:count]
