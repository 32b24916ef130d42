"""Products whose text means nearly the same as an interest: one retrieval for each interest.

Interests are not averaged into one vector: that loses more than half of the hits.
"""

from collections.abc import Sequence

import numpy as np

from shopfyp.api import Reason
from shopfyp.candidates.base import Candidates, Signal, relative
from shopfyp.release import Release


def retrieve(
    release: Release, signals: Sequence[Signal], count: int, _: np.random.Generator
) -> list[Candidates]:
    """The nearest products of every signal, from the FAISS index."""
    if not signals:
        return []
    rows, cosines = release.nearest(np.stack([s.vector for s in signals]), count + 1)
    return [
        Candidates("semantic", r[keep], relative(c[keep]), _reason(release, signal), signal.weight)
        for signal, r, c in zip(signals, rows, cosines, strict=True)
        for keep in [(r >= 0) & (r != signal.row)]
    ]


def _reason(release: Release, signal: Signal) -> Reason:
    match signal.interest.kind:
        case "query":
            return Reason(code="searched", params={"query": signal.interest.value})
        case "clip":
            return Reason(code="watched", params={"topic": signal.topic})
        case "product":
            return Reason(code="viewed", params={"title": release.products.title(signal.row)})
