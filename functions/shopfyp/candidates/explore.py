"""A few products at random, so that what nobody has seen yet can be found."""

from collections.abc import Sequence

import numpy as np

from shopfyp.candidates.base import Candidates
from shopfyp.reasons import Reason
from shopfyp.release import Release
from shopfyp.signals import Signal

_COUNT = 20


def retrieve(
    release: Release, _: Sequence[Signal], count: int, rng: np.random.Generator
) -> list[Candidates]:
    """A random handful of the catalogue."""
    size = min(_COUNT, count, len(release.products))
    rows = rng.integers(0, len(release.products), size) if size else np.empty(0, np.int64)
    rows = np.unique(rows)
    scores = rng.random(len(rows), dtype=np.float32)
    return [Candidates("explore", rows, scores, Reason(code="explore"))]
