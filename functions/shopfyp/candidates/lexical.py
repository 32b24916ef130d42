"""Products that hold the words of a search."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from shopfyp.candidates.base import Candidates, retrieved
from shopfyp.intent.fitting import suits
from shopfyp.reasons import Reason
from shopfyp.release import Release
from shopfyp.signals import Signal


def retrieve(
    release: Release, signals: Sequence[Signal], count: int, _: np.random.Generator
) -> list[Candidates]:
    """The best BM25 matches of every query."""
    found = []
    for signal in signals:
        if signal.intent is not None:
            search = partial(release.lexical.search, signal.intent.rest, count)
            rows, scores = retrieved(signal, search)
            reason = Reason(code="searched", params={"query": signal.interest.value})
            scores = scores * suits(
                signal.intent, release.vocabulary, release.products, rows, release.lexical
            )
            found.append(Candidates("lexical", rows, scores, reason, signal.weight))
    return found
