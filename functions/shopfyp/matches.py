"""What a query finds at all, in whatever order: the set that filters narrow and facets count.

Retrieval always brings as many products as it is asked for, however far they are from what was
meant. A product counts as found when the words that it shares with the query weigh enough, or
when its text means nearly the same; both beside the best of what may be found. Filters do not
enter, so that what a facet promises is what its filter leaves.
"""

import numpy as np

from shopfyp.release import Release
from shopfyp.signals import Signal
from shopfyp.vector_index import Mask

WORDS, MEANING = 0.5, 0.65
"""The shares of the best BM25 score, and of the best cosine, that a product must have."""


def matching(release: Release, signal: Signal, among: Mask, allowed: Mask) -> Mask:
    """The products `among` (products,) that a query finds; all of them, if it describes none.

    Args:
        release: what is searched.
        signal: the query.
        among: what may be found, whatever the filters.
        allowed: those of them that pass all filters: where these are few, none is missed.
    """
    if signal.intent is None or not signal.intent.rest:
        return among.copy()
    rows, scores = release.lexical.found(signal.intent.rest, among)
    found: Mask = np.zeros(len(among), np.bool_)
    found[rows[scores >= WORDS * scores.max(initial=0)]] = True
    _, ((best,),) = release.nearest(signal.vector[None], 1, among)
    if best > 0:
        for mask in (among,) if np.array_equal(among, allowed) else (among, allowed):
            found[release.within(signal.vector, MEANING * float(best), mask)] = True
    return found
