"""Ranking: one score from many signals, each named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopfyp.api import Reason
from shopfyp.candidates.base import Candidates

WEIGHTS: Mapping[str, float] = {
    "lexical": 1.0,
    "semantic": 0.5,
    "neighbours": 1.0,
    "learnt": 0.5,
    "popular": 0.02,
    "explore": 0.0001,
}
"""How much a source's full score counts: any interest outranks popularity, and exploring only
fills what is left."""

_SEEN_FACTOR = 0.8
_SEEN_MOST = 8


@dataclass(frozen=True)
class Ranked:
    """A product's row with its score; sources by what they gave, the reason of the first."""

    row: int
    score: float
    sources: list[str]
    reason: Reason


def rank(
    candidates: Sequence[Candidates],
    count: int,
    *,
    banned: frozenset[int] = frozenset(),
    seen: Mapping[int, int] | None = None,
    weights: Mapping[str, float] = WEIGHTS,
) -> list[Ranked]:
    """The `count` best products of all candidate lists.

    A product's score is the sum over the lists that hold it of
    `weights[source] * list weight * score`, times 0.8 for each time it was seen.

    Args:
        candidates: lists of products.
        count: how many to return at the most.
        banned: rows that must not come back.
        seen: impressions so far, by row.
        weights: the sources' weights.
    """
    lists = [c for c in candidates if len(c.rows)]
    if not lists:
        return []
    rows = np.concatenate([c.rows for c in lists])
    gains = np.concatenate([weights[c.source] * c.weight * c.scores for c in lists])
    origin = np.repeat(np.arange(len(lists)), [len(c.rows) for c in lists])
    unique, inverse = np.unique(rows, return_inverse=True)
    totals = np.bincount(inverse, weights=gains).astype(np.float64)
    if seen:
        times = np.array([min(seen.get(int(row), 0), _SEEN_MOST) for row in unique])
        totals = totals * _SEEN_FACTOR**times
    order = np.lexsort((unique, -totals))
    chosen = [place for place in order if int(unique[place]) not in banned][:count]
    return [
        _explained(int(unique[place]), float(totals[place]), lists, origin, gains, members)
        for place, members in _members(chosen, inverse)
    ]


def _members(
    chosen: Sequence[int], inverse: NDArray[np.intp]
) -> list[tuple[int, NDArray[np.intp]]]:
    """For each chosen product, the places in the concatenated lists that are its own."""
    by_product = np.argsort(inverse, kind="stable")
    starts = np.searchsorted(inverse[by_product], np.arange(inverse.max() + 2))
    return [(place, by_product[starts[place] : starts[place + 1]]) for place in chosen]


def _explained(
    row: int,
    score: float,
    lists: Sequence[Candidates],
    origin: NDArray[np.intp],
    gains: NDArray[np.float64],
    members: NDArray[np.intp],
) -> Ranked:
    by_gain = members[np.argsort(-gains[members], kind="stable")]
    sources = list(dict.fromkeys(lists[origin[place]].source for place in by_gain))
    return Ranked(row, score, sources, lists[origin[by_gain[0]]].reason)
