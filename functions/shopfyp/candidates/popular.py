"""Products that many take, one department after the other: what a stranger sees first."""

from collections.abc import Sequence

import numpy as np

from shopfyp.api import Reason
from shopfyp.candidates.base import Candidates, Signal
from shopfyp.release import Release


def retrieve(
    release: Release, _: Sequence[Signal], count: int, __: np.random.Generator
) -> list[Candidates]:
    """The most popular products in stock, in the order that the builder gave them."""
    rows = np.asarray(release.popular_rows[:count], np.int64)
    scores = np.linspace(1, 0, num=len(rows), endpoint=False, dtype=np.float32)
    return [Candidates("popular", rows, scores, Reason(code="popular"))]
