"""Exploration: a card is drawn from a distribution that is known, so that it can be replayed."""

from collections.abc import Sequence
from dataclasses import dataclass

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
        chance = (
            (1 - self.explore - new) * _share([self.best], row)
            + self.explore * _share(self.explored, row)
            + new * _share(self.newcomers, row)
        )
        return min(chance, 1.0)  # sums of tenths may come out above


def _share(cards: Cards, row: int) -> float:
    return any(item.row == row for card in cards for item in card) / max(len(cards), 1)
