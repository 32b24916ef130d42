"""Ranking: one score from named features, the same for every product."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shopfyp.candidates.base import Candidates
from shopfyp.reasons import Reason
from shopfyp.vector_index import Mask

WEIGHTS: Mapping[str, float] = {
    # What the candidate sources say of a product.
    "lexical": 1.0,
    "semantic": 0.5,
    "neighbours": 1.0,
    "learnt": 1.0,
    "popular": 0.004,
    "new": 0.01,
    "explore": 0.0001,
    # What is known of a product and this shopper (shopfyp.features).
    "disliked": -3.0,
    "seen": -0.5,
    "price": 0.05,
    "fresh": 0.01,
}
"""How much a feature counts when nothing was learnt: any interest outranks popularity, what was
waved away falls behind all else, and exploring only fills what is left."""


@dataclass(frozen=True)
class Pool:
    """The candidates of one request, each product once, with its features by name.

    `rows` and every feature have shape (products,); the other fields say which list gave what.
    """

    rows: NDArray[np.int64]
    features: dict[str, NDArray[np.float64]]
    lists: Sequence[Candidates]
    _given: NDArray[np.float64]
    _list: NDArray[np.intp]
    _product: NDArray[np.intp]


class Ranked(NamedTuple):
    """A product's row with its score; sources by what they gave, best first.

    The reason is the one for which the first source gave the most; products that `rank` finds for
    equal reasons share one object.

    `disliked` and `seen` are its features of these names, which re-ranking looks at again.
    """

    row: int
    score: float
    sources: list[str]
    reason: Reason
    disliked: float = 0.0
    seen: float = 0.0


def pool(
    candidates: Sequence[Candidates],
    banned: frozenset[int] = frozenset(),
    available: Mask | None = None,
) -> Pool:
    """All candidate lists as one: what is `available` (products,), without the `banned` rows.

    A source's feature is the sum over its lists that hold a product of list weight * score.
    """
    lists = [c for c in candidates if len(c.rows)]
    rows: NDArray[np.int64] = np.concatenate([np.empty(0, np.int64), *(c.rows for c in lists)])
    given = np.concatenate([c.weight * c.scores for c in lists]) if lists else np.empty(0)
    origin = np.repeat(np.arange(len(lists)), [len(c.rows) for c in lists])
    allowed = np.ones(len(rows), np.bool_) if available is None else available[rows]
    if banned:
        allowed &= ~np.isin(rows, np.fromiter(banned, np.int64, len(banned)))
    if not allowed.all():
        rows, origin, given = rows[allowed], origin[allowed], given[allowed]
    given = given.astype(np.float64)
    unique, product = np.unique(rows, return_inverse=True)
    sources = list(dict.fromkeys(c.source for c in lists))
    source_of = np.array([sources.index(c.source) for c in lists], np.intp)
    cell = source_of[origin] * len(unique) + product
    totals = np.bincount(cell, given, minlength=len(sources) * len(unique)).astype(np.float64)
    features = dict(zip(sources, totals.reshape(len(sources), len(unique)), strict=True))
    return Pool(unique, features, lists, given, origin, product)


def rank(pool: Pool, weights: Mapping[str, float], count: int) -> list[Ranked]:
    """The `count` best products of a pool: the sum of `weights[name] * features[name]`.

    A feature that `weights` does not name, as it is newer than the release, has its default.
    """
    weights = {**WEIGHTS, **weights}
    scores = np.zeros(len(pool.rows))
    for name, values in pool.features.items():
        scores += weights[name] * values
    # Rows ascend, so that equals stand in their order.
    chosen = np.argsort(-scores, kind="stable")[:count]
    none = np.zeros(len(pool.rows))
    disliked, seen = (pool.features.get(name, none)[chosen] for name in ("disliked", "seen"))
    names, reasons = _offers(pool, chosen, weights)
    return list(
        map(
            Ranked._make,
            zip(
                pool.rows[chosen].tolist(),
                scores[chosen].tolist(),
                names,
                reasons,
                disliked.tolist(),
                seen.tolist(),
                strict=True,
            ),
        )
    )


def _offers(
    pool: Pool, chosen: NDArray[np.intp], weights: Mapping[str, float]
) -> tuple[list[list[str]], list[Reason]]:
    """The sources of each chosen product, by what they gave, and the reason of what gave most."""
    place = np.full(len(pool.rows), -1)
    place[chosen] = np.arange(len(chosen))
    product = place[pool._product]
    kept = product >= 0
    product, origin, given = product[kept], pool._list[kept], pool._given[kept]
    sources = [c.source for c in pool.lists]
    named = list(dict.fromkeys(sources))
    source = np.array([named.index(name) for name in sources], np.intp)[origin]
    weight = np.array([weights[name] for name in named])
    totals = weight[:, None] * np.array([pool.features[name][chosen] for name in named])
    by_product = np.lexsort((-weight[source] * given, -totals[source, product], product))
    starts = np.searchsorted(product[by_product], np.arange(len(chosen) + 1)).tolist()
    lists = origin[by_product].tolist()
    same: dict[tuple[object, ...], Reason] = {}
    reason_of = [
        same.setdefault((c.reason.code, *c.reason.params.items()), c.reason) for c in pool.lists
    ]
    names = [
        list(dict.fromkeys([sources[member] for member in lists[first:end]]))
        for first, end in itertools.pairwise(starts)
    ]
    return names, [reason_of[lists[first]] for first in starts[:-1]]
