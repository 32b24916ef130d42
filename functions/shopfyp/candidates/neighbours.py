"""Products that other shoppers took together with one of the shopper's (co-visitation)."""

from collections.abc import Sequence

import numpy as np

from shopfyp.candidates.base import Candidates, about_product
from shopfyp.release import Release
from shopfyp.signals import Signal


def retrieve(
    release: Release, signals: Sequence[Signal], count: int, _: np.random.Generator
) -> list[Candidates]:
    """The learnt neighbours of every product signal; the builder weighted and ordered them."""
    found = []
    for signal in signals:
        if signal.row is None or not release.learnt_of(signal.row):
            continue
        rows, weights = release.neighbours.of(signal.row, count)
        if len(rows):
            reason = about_product("goes_with", release, signal.row)
            found.append(Candidates("neighbours", rows, weights, reason, signal.weight))
    return found
