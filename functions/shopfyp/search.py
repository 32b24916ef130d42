"""Search: lexical and semantic retrieval, fused by the same ranking as the cards."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from shopfyp.api import SearchRequest, SearchResponse, UnderstoodSlot
from shopfyp.candidates import SEARCH_SOURCES
from shopfyp.catalog import Clip
from shopfyp.intent.fitting import mentions
from shopfyp.intent.slots import Intent, SlotName
from shopfyp.profile import Interest
from shopfyp.ranking import Ranked, pool, rank
from shopfyp.recommend import query_signal, scored
from shopfyp.release import Release
from shopfyp.reranking import available, in_order

_DEPTH = 1000
_MAX_CLIPS = 12
_CLIP_COSINE = 0.3
_READ = 200
"""So many of the best are read for words that were ruled out."""
_RELAXED: Sequence[SlotName] = ("budget", "exclusion")
"""What gives way when nothing is left, in this order."""


def search(release: Release, request: SearchRequest, now: datetime) -> SearchResponse:
    """The products and clips that answer a query."""
    intent = release.understood(request.query, request.ignore, verbatim=request.verbatim)
    ranked, relaxed = find(release, intent, now)
    page = ranked[request.offset : request.offset + request.limit]
    return SearchResponse(
        release=release.version,
        query=request.query,
        corrected=intent.query if intent.query != request.query else None,
        understood=[_understood(intent, place) for place in range(len(intent.slots))],
        relaxed=relaxed,
        products=[scored(release, item) for item in page],
        clips=_clips(release, intent.query),
    )


def find(release: Release, intent: Intent, now: datetime) -> tuple[list[Ranked], list[SlotName]]:
    """What is in stock and not ruled out, in the order asked for; and what had to give way."""
    ranked, relaxed = _allowed(release, intent, now), []
    for name in _RELAXED:
        if ranked:
            break
        if intent.named(name):
            relaxed.append(name)
            intent = intent.without(name)
            ranked = _allowed(release, intent, now)
    return in_order(release, ranked, intent), relaxed


def rank_products(
    release: Release, query: str, now: datetime, intent: Intent | None = None
) -> list[Ranked]:
    """The best products for a query, in stock or not, as deep as paging goes."""
    interest = Interest(kind="query", value=query, strength=1, at=now)
    signal = query_signal(release, interest, 1.0, intent or release.understood(query))
    rng = np.random.default_rng(0)
    candidates = [c for source in SEARCH_SOURCES for c in source(release, [signal], _DEPTH, rng)]
    return rank(pool(candidates), release.weights, _DEPTH)


def _allowed(release: Release, intent: Intent, now: datetime) -> list[Ranked]:
    ranked = available(release, rank_products(release, intent.query, now, intent))
    phrases = [value for slot in intent.named("exclusion") for value in slot.values]
    if not phrases:
        return ranked
    read = ((item, release.products.product(item.row)) for item in ranked[:_READ])
    return [item for item, product in read if not any(mentions(product, p) for p in phrases)]


def _understood(intent: Intent, place: int) -> UnderstoodSlot:
    slot = intent.slots[place]
    start, end = slot.span
    return UnderstoodSlot(
        slot=slot.name,
        values=list(slot.values),
        low=slot.low,
        high=slot.high,
        start=start,
        end=end,
        text=intent.query[start:end],
    )


def _clips(release: Release, query: str) -> list[Clip]:
    if not release.clips.clips:
        return []
    cosines = release.clips.vectors @ release.encoder.encode(query)
    best = np.argsort(-cosines, kind="stable")[:_MAX_CLIPS]
    return [release.clips.clips[row] for row in best if cosines[row] >= _CLIP_COSINE]
