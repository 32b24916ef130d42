"""Exploration: a card is drawn from a distribution that is known, so that it can be replayed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shopfyp.ranking import Ranked


@dataclass(frozen=True)
class CardPolicy:
    """How the products of a card are chosen.

    With probability `new` they are drawn evenly from `newcomers`, with probability `explore`
    evenly from `pool`, else they are `best`. Even draws make each product's chance to be on the
    card exact, whatever its place.

    Attributes:
        best: what re-ranking would show.
        pool: the best products for the same reason, `best` among them or not.
        newcomers: products that need their first impressions.
        size: how many products a card holds.
        explore: share of cards from the pool.
        new: share of cards from the newcomers; nothing when there are none.
    """

    best: Sequence[Ranked]
    pool: Sequence[Ranked]
    newcomers: Sequence[Ranked]
    size: int
    explore: float
    new: float

    def draw(self, rng: np.random.Generator) -> list[Ranked]:
        """One card."""
        chance = rng.random()
        if self.newcomers and chance < self.new:
            return self._evenly(self.newcomers, rng)
        if chance > 1 - self.explore:
            return self._evenly(self.pool, rng)
        return list(self.best)

    def probability(self, row: int) -> float:
        """How likely the product in `row` is to be on the card."""
        new = self.new if self.newcomers else 0.0
        chance = (
            (1 - self.explore - new) * any(item.row == row for item in self.best)
            + self.explore * self._share(self.pool, row)
            + new * self._share(self.newcomers, row)
        )
        return min(chance, 1.0)  # sums of tenths may come out above

    def _share(self, items: Sequence[Ranked], row: int) -> float:
        held = any(item.row == row for item in items)
        return min(self.size, len(items)) / len(items) if held else 0.0

    def _evenly(self, items: Sequence[Ranked], rng: np.random.Generator) -> list[Ranked]:
        places = rng.permutation(len(items))[: self.size]
        return [items[place] for place in sorted(places)]
