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
        if signal.interest.kind == "query":
            query = signal.interest.value
            rows, scores = release.lexical.search(query, count)
            reason = Reason(code="searched", params={"query": query})
            scores = scores * fit(release, signal, rows)
            found.append(Candidates("lexical", rows, scores, reason, signal.weight))
    return found
