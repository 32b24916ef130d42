"""Products that were published lately and that hardly anyone was shown yet."""

from collections.abc import Sequence

import numpy as np

from shopfyp.candidates.base import Candidates, falling
from shopfyp.reasons import Reason
from shopfyp.release import Release
from shopfyp.signals import Signal


def retrieve(
    release: Release, _: Sequence[Signal], count: int, rng: np.random.Generator
) -> list[Candidates]:
    """New products: where there are more than `count`, as many at random, each as likely."""
    new = np.asarray(release.new_rows, np.int64)
    rows = rng.choice(new, min(count, len(new)), replace=False)
    return [Candidates("new", rows, falling(len(rows)), Reason(code="new"))]
