"""Exploration: a card is drawn from a distribution that is known, so that it can be replayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shopfyp.ranking import Ranked

Cards = Sequence[Sequence[Ranked]]


@dataclass(frozen=True)
class CardPolicy:
    """How the products of a card are chosen.

    With probability `new` it is one of the cards of `newcomers`, with probability `explore` one
    of those of `explored`, each as likely as the others, else it is `best`. A product stands on
    one of them at the most, so that its chance to be shown is exact, whatever its place.

    Attributes:
        best: what re-ranking would show.
        explored: the best products for the same reason, `best` among them or not.
        newcomers: products that need their first impressions.
        explore: share of cards that are explored.
        new: share of cards for newcomers; nothing when there are none.
    """

    best: Sequence[Ranked]
    explored: Cards
    newcomers: Cards
    explore: float
    new: float

    def draw(self, rng: np.random.Generator) -> list[Ranked]:
        """One card."""
        chance = rng.random()
        if self.newcomers and chance < self.new:
            return list(self.newcomers[int(rng.integers(len(self.newcomers)))])
        if chance > 1 - self.explore:
            return list(self.explored[int(rng.integers(len(self.explored)))])
        return list(self.best)

    def probability(self, row: int) -> float:
        """How likely the product in `row` is to be on the card."""
        new = self.new if self.newcomers else 0.0
        best, explored, newcomers = self._shares
        chance = (
            (1 - self.explore - new) * best.get(row, 0.0)
            + self.explore * explored.get(row, 0.0)
            + new * newcomers.get(row, 0.0)
        )
        return min(chance, 1.0)  # sums of tenths may come out above

    @cached_property
    def _shares(self) -> list[dict[int, float]]:
        """How likely each row is to be on a card of `best`, `explored` and `newcomers`."""
        return [
            {item.row: 1 / len(cards) for card in cards for item in card}
            for cards in ([self.best], self.explored, self.newcomers)
        ]
