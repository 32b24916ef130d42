"""Products that lie where a shopper is heading in the learnt item space."""

from collections.abc import Sequence

import numpy as np

from shopfyp.candidates.base import Candidates, about_product
from shopfyp.release import Release
from shopfyp.signals import Signal

_DEPTH = 3
_SCALE = 10.0


def retrieve(
    release: Release, signals: Sequence[Signal], count: int, __: np.random.Generator
) -> list[Candidates]:
    """The best of one retrieval for all product signals, each under the one that says it most.

    A score is how much better the product's log-odds are than those of the last one found, in
    tens, so that a clear favourite stays clear when sources are added up.
    """
    about = [(s, s.row) for s in signals if s.row is not None and release.learnt_of(s.row)]
    if release.learnt is None or not about:
        return []
    own = np.array([row for _, row in about], np.int64)
    weights = np.array([signal.weight for signal, _ in about], np.float32)
    rows, odds, speaker = release.learnt.nearest(own, weights, _DEPTH * count)
    scores = np.clip((odds - odds.min(initial=np.inf)) / _SCALE, 0, 1)
    found, further = [], ~np.isin(rows, own)
    for place, (_, row) in enumerate(about):
        said = (speaker == place) & further
        if said.any():
            reason = about_product("goes_with", release, row)
            weight = float(weights.max())
            found.append(Candidates("learnt", rows[said], scores[said], reason, weight))
    return found
