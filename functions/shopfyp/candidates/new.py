"""Products that were published lately and that hardly anyone was shown yet."""

from collections.abc import Sequence

import numpy as np

from shopfyp.candidates.base import Candidates, Signal, falling
from shopfyp.reasons import Reason
from shopfyp.release import Release


def retrieve(
    release: Release, _: Sequence[Signal], count: int, __: np.random.Generator
) -> list[Candidates]:
    """New products, those with the fewest impressions first, in the order of the builder."""
    rows = np.asarray(release.new_rows[:count], np.int64)
    return [Candidates("new", rows, falling(len(rows)), Reason(code="new"))]
