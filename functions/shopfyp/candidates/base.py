"""What every candidate source takes and gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from shopfyp.reasons import Reason
from shopfyp.release import Release
from shopfyp.signals import Signal
from shopfyp.vector_index import Mask

_LEFT = 0.25

Found = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Rows, best first, and their scores."""


@dataclass(frozen=True)
class Candidates:
    """Products that one source proposes for one reason, best first; scores lie in [0, 1]."""

    source: str
    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    reason: Reason
    weight: float = 1.0


Source = Callable[[Release, Sequence[Signal], int, np.random.Generator], list[Candidates]]
"""(release, signals, how many products per signal, random numbers) -> candidates."""


def about_product(code: str, release: Release, row: int) -> Reason:
    """The reason `code`, about the product in `row`."""
    product = release.products.product(row)
    return Reason(code=code, params={"product_id": product.product_id, "title": product.title})


@cache
def falling(count: int) -> NDArray[np.float32]:
    """Scores where only the order is known: 1 for the first, then evenly less, never 0."""
    scores = np.linspace(1, 0, num=count, endpoint=False, dtype=np.float32)
    scores.flags.writeable = False
    return scores


def retrieved(signal: Signal, retrieve: Callable[[Mask | None], Found]) -> Found:
    """What `retrieve` finds among what a signal allows.

    Where less than a quarter of it can be sold, it retrieves again, among what can. Not at once:
    a mask takes a search longer, and more than that is left as a rule.
    """
    rows, scores = retrieve(signal.allowed)
    available = signal.available
    if available is None or np.count_nonzero(available[rows]) >= _LEFT * len(rows):
        return rows, scores
    return retrieve(available if signal.allowed is None else available & signal.allowed)


def relative(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores of one retrieval, mapped linearly to [0, 1] so that sources can be added up."""
    if len(scores) == 0:
        return scores
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.ones_like(scores)
