"""Products that hold the words of a search."""

from collections.abc import Sequence

import numpy as np

from shopfyp.candidates.base import Candidates, Signal, fit
from shopfyp.reasons import Reason
from shopfyp.release import Release


def retrieve(
    release: Release, signals: Sequence[Signal], count: int, _: np.random.Generator
) -> list[Candidates]:
    """The best BM25 matches of every query."""
    found = []
    for signal in signals:
        if signal.intent is not None:
            rows, scores = release.lexical.search(signal.intent.rest, count)
            reason = Reason(code="searched", params={"query": signal.interest.value})
            factors = fit(release, signal, rows)
            kept = factors > 0
            scores = (scores * factors)[kept]
            found.append(Candidates("lexical", rows[kept], scores, reason, signal.weight))
    return found
