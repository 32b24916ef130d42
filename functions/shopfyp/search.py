"""Search: lexical and semantic retrieval, fused by the same ranking as the cards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from shopfyp.api import Filters, SearchRequest, SearchResponse, Sort, UnderstoodSlot
from shopfyp.candidates import SEARCH_SOURCES
from shopfyp.catalog import Clip
from shopfyp.facets import facets_of
from shopfyp.filters import Masks, all_but, masks_of
from shopfyp.intent.fitting import mentions, permitted
from shopfyp.intent.slots import Intent, SlotName
from shopfyp.matches import matching
from shopfyp.paging import MAX_SHOWN, token_of
from shopfyp.profile import Interest
from shopfyp.ranking import Ranked, pool, rank
from shopfyp.recommend import scored
from shopfyp.release import Release
from shopfyp.reranking import by_figure, in_order, in_turns, order_by_figure
from shopfyp.signals import Signal, query_signal
from shopfyp.vector_index import Mask

_MAX_CLIPS = 12
_CLIP_COSINE = 0.3
_READ = 200
"""So many of the best are read for words that were ruled out; of the rest, none may hold them."""
_RELAXED: Sequence[SlotName] = ("budget", "exclusion")
"""What gives way when nothing is left, in this order."""


@dataclass(frozen=True)
class Found:
    """What answers a query.

    Attributes:
        ranked: what passes the filters, best first, or in the order asked for.
        relaxed: what had to give way, in this order.
        matching: all that was found, whatever the filters, (products,).
        masks: the products that pass each filter.
    """

    ranked: list[Ranked]
    relaxed: list[SlotName]
    matching: Mask
    masks: Masks


def search(release: Release, request: SearchRequest, now: datetime) -> SearchResponse:
    """The products and clips that answer a query: one page of them."""
    intent = release.understood(request.query, request.ignore, verbatim=request.verbatim)
    found = find(release, intent, now, request.filters, request.sort)
    page, token = _page(release, found.ranked, request)
    first = request.page_token is None
    return SearchResponse(
        release=release.version,
        query=request.query,
        corrected=intent.query if intent.query != request.query else None,
        understood=[_understood(intent, place) for place in range(len(intent.slots))],
        relaxed=found.relaxed,
        nearest_only=bool(intent.rest) and not any("lexical" in i.sources for i in found.ranked),
        total=len(found.ranked),
        products=[scored(release, item) for item in page],
        next_page_token=token,
        facets=facets_of(
            found.matching, found.masks, request.filters, release.products, release.vocabulary
        )
        if first
        else None,
        clips=_clips(release, intent) if first else [],
    )


def find(
    release: Release,
    intent: Intent,
    now: datetime,
    filters: Filters | None = None,
    sort: Sort | None = None,
) -> Found:
    """What is in stock, passes the filters and is not ruled out, in the order asked for.

    What was understood gives way when nothing would be left; filters, which were chosen, never do.
    """
    masks = masks_of(filters or Filters(), release.products, release.vocabulary)
    figure = None if sort == "relevance" else sort
    attempts = ((i, gone, _find(release, i, now, masks, figure)) for i, gone in _ways(intent))
    first = next(attempts)
    best = first if first[2][0] else next((a for a in attempts if a[2][0]), first)
    intent, relaxed, (ranked, matches) = best
    if figure is not None:
        ranked = by_figure(release, ranked, figure)
    elif sort is None and intent.named("sort"):
        ranked = in_order(release, ranked, intent)
    else:
        ranked = in_turns(release, ranked)
    return Found(ranked, relaxed, matches, masks)


def _ways(intent: Intent) -> Iterator[tuple[Intent, list[SlotName]]]:
    """An intent, and what it becomes as one constraint after the other gives way."""
    relaxed: list[SlotName] = []
    yield intent, relaxed
    for name in _RELAXED:
        if intent.named(name):
            intent, relaxed = intent.without(name), [*relaxed, name]
            yield intent, relaxed


def _find(
    release: Release, intent: Intent, now: datetime, masks: Masks, figure: Sort | None
) -> tuple[list[Ranked], Mask]:
    """What passes all filters, ranked; and all that was found, whatever the filters.

    Of more than can be shown, the best; or those that come first by `figure`, if it is given.
    """
    among = np.array(release.products.in_stock)
    permission = permitted(intent, release.vocabulary, release.products)
    if permission is not None:
        among &= permission
    allowed = all_but(masks, None, among)
    signal = _signal(release, intent, now, allowed)
    found = matching(release, signal, among, allowed)
    if figure is not None:
        rows = np.flatnonzero(found & allowed)
        first = rows[order_by_figure(release, rows, figure)[:MAX_SHOWN]]
        allowed = np.zeros(len(allowed), np.bool_)
        allowed[first] = True
        signal = replace(signal, allowed=allowed)
    ranked = _ranked(release, signal, found)
    phrases = [value for slot in intent.named("exclusion") for value in slot.values]
    if phrases:
        found &= ~_denied(release, ranked, phrases)
        ranked = [item for item in ranked if found[item.row]]
    return ranked, found


def rank_products(
    release: Release, query: str, now: datetime, intent: Intent | None = None
) -> list[Ranked]:
    """The best products for a query, in stock or not, as deep as paging goes."""
    return _ranked(release, _signal(release, intent or release.understood(query), now))


def _signal(release: Release, intent: Intent, now: datetime, allowed: Mask | None = None) -> Signal:
    interest = Interest(kind="query", value=intent.query, strength=1, at=now)
    return query_signal(release, interest, 1.0, intent, allowed)


def _ranked(release: Release, signal: Signal, among: Mask | None = None) -> list[Ranked]:
    """What the sources propose for a query, best first; only what is `among` (products,)."""
    rng = np.random.default_rng(0)
    lists = [c for source in SEARCH_SOURCES for c in source(release, [signal], MAX_SHOWN, rng)]
    if among is not None:
        kept = [among[c.rows] for c in lists]
        pairs = zip(lists, kept, strict=True)
        lists = [replace(c, rows=c.rows[own], scores=c.scores[own]) for c, own in pairs]
    return rank(pool(lists), release.weights, MAX_SHOWN)


def _denied(release: Release, ranked: Sequence[Ranked], phrases: Sequence[str]) -> Mask:
    """Which products (products,) say something that was ruled out, and not only to deny it."""
    denied = np.zeros(len(release.products), np.bool_)
    for phrase in phrases:
        denied |= release.lexical.holding(phrase)
    for item in ranked[:_READ]:
        product = release.products.product(item.row)
        denied[item.row] = any(mentions(product, phrase) for phrase in phrases)
    return denied


def _page(
    release: Release, ranked: Sequence[Ranked], request: SearchRequest
) -> tuple[list[Ranked], str | None]:
    """The best that were not shown yet, and the token for what comes after them."""
    marks = np.asarray(release.products.marks)[[item.row for item in ranked]]
    left = np.flatnonzero(~np.isin(marks, request.shown))
    taken = left[: min(request.limit, MAX_SHOWN - len(request.shown))]
    shown = np.concatenate([request.shown, marks[taken]])
    ends = len(taken) == len(left) or len(shown) >= MAX_SHOWN
    token = None if ends else token_of(request.question, shown)
    return [ranked[place] for place in taken], token


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


def _clips(release: Release, intent: Intent) -> list[Clip]:
    if not release.clips.clips:
        return []
    # Whom it is for and what it may cost say little of clips, but something.
    texts = intent.query, intent.rest or intent.query
    cosines = np.mean([release.clips.vectors @ release.encoder.encode(t) for t in texts], axis=0)
    best = np.argsort(-cosines, kind="stable")[:_MAX_CLIPS]
    return [release.clips.clips[row] for row in best if cosines[row] >= _CLIP_COSINE]
