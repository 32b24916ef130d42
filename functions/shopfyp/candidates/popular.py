"""Products that many take lately: in the categories of the shopper's products, and in all."""

from collections.abc import Sequence

import numpy as np

from shopfyp.candidates.base import Candidates, falling
from shopfyp.reasons import Reason
from shopfyp.release import Release
from shopfyp.signals import Signal


def retrieve(
    release: Release, signals: Sequence[Signal], count: int, __: np.random.Generator
) -> list[Candidates]:
    """The most popular of each category that a signal is about, then of all departments in turn.

    The builder gave both their order.
    """
    found = []
    weight_of: dict[int, float] = {}
    for signal in signals:
        if signal.row is not None and (category := int(release.products.category[signal.row])):
            weight_of[category] = max(weight_of.get(category, 0.0), signal.weight)
    for category, weight in weight_of.items():
        rows = np.asarray(release.popular_by_category[category][:count], np.int64)
        rows = rows[rows >= 0]
        if len(rows):
            name = release.products.names.category[category][-1]
            reason = Reason(code="popular", params={"category": name})
            found.append(Candidates("popular", rows, falling(len(rows)), reason, 1 + weight))
    rows = np.asarray(release.popular_rows[:count], np.int64)
    found.append(Candidates("popular", rows, falling(len(rows)), Reason(code="popular")))
    return found
