"""Search: lexical and semantic retrieval, fused by the same ranking as the cards."""

from datetime import datetime

import numpy as np

from shopfyp.api import SearchRequest, SearchResponse
from shopfyp.candidates import SEARCH_SOURCES
from shopfyp.candidates.base import Signal
from shopfyp.catalog import Clip
from shopfyp.profile import Interest
from shopfyp.ranking import Ranked, pool, rank
from shopfyp.recommend import scored
from shopfyp.release import Release
from shopfyp.reranking import available

_DEPTH = 1000
_MAX_CLIPS = 12
_CLIP_COSINE = 0.3


def search(release: Release, request: SearchRequest, now: datetime) -> SearchResponse:
    """The products and clips that answer a query."""
    end = request.offset + request.limit
    ranked = available(release, rank_products(release, request.query, now))
    return SearchResponse(
        release=release.version,
        query=request.query,
        products=[scored(release, item) for item in ranked[request.offset : end]],
        clips=_clips(release, request.query),
    )


def rank_products(release: Release, query: str, now: datetime) -> list[Ranked]:
    """The best products for a query, in stock or not, as deep as paging goes."""
    interest = Interest(kind="query", value=query, strength=1, at=now)
    signal = Signal(interest, 1.0, release.encoder.encode(query))
    rng = np.random.default_rng(0)
    candidates = [c for source in SEARCH_SOURCES for c in source(release, [signal], _DEPTH, rng)]
    return rank(pool(candidates), release.weights, _DEPTH)


def _clips(release: Release, query: str) -> list[Clip]:
    if not release.clips.clips:
        return []
    cosines = release.clips.vectors @ release.encoder.encode(query)
    best = np.argsort(-cosines, kind="stable")[:_MAX_CLIPS]
    return [release.clips.clips[row] for row in best if cosines[row] >= _CLIP_COSINE]
