"""Offline evaluation, by the code that serves: `shopfyp.search` and `shopfyp.recommend`."""

import math
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from tqdm import tqdm

from indexer_job.files import InputError, UserEvent
from shopfyp import recommend, search
from shopfyp.events import ProductEvent
from shopfyp.profile import Profile
from shopfyp.release import Release

_CUT = 10
_DEEP = 100


def evaluate_search(
    release: Release,
    queries: Sequence[tuple[str, str]],
    grades: Mapping[str, Mapping[str, int]],
    *,
    progress: bool = False,
) -> dict[str, float]:
    """NDCG@10 and Recall@100 of search, means over the queries that have judgements.

    NDCG has gain 2^grade - 1 and discount log2(rank + 1) (Burges et al., 2005); unjudged
    products count as 0, and in `ndcg@10_judged` they are left out of the ranking. Recall
    counts products with a grade above 0.

    Args:
        release: what is searched.
        queries: (query_id, query).
        grades: query_id -> product_id -> grade.
        progress: show a progress bar.

    Raises:
        InputError: no query has a judgement.
    """
    judged = [(query, grades[query_id]) for query_id, query in queries if query_id in grades]
    if not judged:
        raise InputError("no query of the queries file is judged in the qrels file")
    now = datetime.now(UTC)
    rows: list[tuple[float, float, float]] = []
    for query, graded in tqdm(judged, desc="search", disable=not progress):
        ranked = search.rank_products(release, query, now)
        ids = [release.products.product_id(item.row) for item in ranked]
        relevant = {product_id for product_id, grade in graded.items() if grade > 0}
        recall = len(relevant.intersection(ids[:_DEEP])) / len(relevant) if relevant else math.nan
        rows.append((_ndcg(ids, graded), _ndcg([i for i in ids if i in graded], graded), recall))
    ndcg, ndcg_judged, recall = np.nanmean(np.array(rows), axis=0)
    return {
        "queries": len(judged),
        "ndcg@10": round(float(ndcg), 4),
        "ndcg@10_judged": round(float(ndcg_judged), 4),
        "recall@100": round(float(recall), 4),
    }


def evaluate_recommend(
    release: Release,
    events: Sequence[UserEvent],
    targets: Mapping[str, str],
    *,
    users: int | None = None,
    progress: bool = False,
) -> dict[str, float]:
    """HR@10, NDCG@10 and HR@100 of each shopper's target product among all products.

    A shopper's profile is made from `events` as the functions make it, and what they already
    had is left out of the ranking. With one target NDCG is 1 / log2(rank + 1).

    Args:
        release: what is recommended from; it must not have learnt from the targets.
        events: what the shoppers did before, in the order of time.
        targets: user_id -> product_id.
        users: how many shoppers to sample (seeded), or all.
        progress: show a progress bar.
    """
    chosen = sorted(targets)
    if users is not None and users < len(chosen):
        chosen = sorted(random.Random(0).sample(chosen, users))
    before: dict[str, list[UserEvent]] = {user_id: [] for user_id in chosen}
    for event in events:
        if event.user_id in before:
            before[event.user_id].append(event)
    ranks = [
        _rank_of(release, before[user_id], targets[user_id])
        for user_id in tqdm(chosen, desc="recommend", disable=not progress)
    ]
    found = np.array([math.inf if rank is None else rank for rank in ranks])
    gains = np.where(found <= _CUT, 1 / np.log2(found + 1), 0.0)
    return {
        "users": len(chosen),
        "hr@10": round(float((found <= _CUT).mean()), 4),
        "ndcg@10": round(float(gains.mean()), 4),
        "hr@100": round(float((found <= _DEEP).mean()), 4),
    }


def leave_last_out(events: Sequence[UserEvent]) -> tuple[list[UserEvent], dict[str, str]]:
    """Split off each shopper's last product: (events before it, user_id -> product_id).

    Only shoppers with something before it have a target; nobody's later events are kept.
    """
    last: dict[str, int] = {}
    counts: dict[str, int] = {}
    for place, event in enumerate(events):
        if isinstance(event.event, ProductEvent):
            last[event.user_id] = place
            counts[event.user_id] = counts.get(event.user_id, 0) + 1
    held = {user_id: place for user_id, place in last.items() if counts[user_id] > 1}
    before = [e for place, e in enumerate(events) if place < held.get(e.user_id, len(events))]
    targets = {
        user_id: product
        for user_id, place in held.items()
        for product in _products([events[place]])
    }
    return before, targets


def _rank_of(release: Release, events: Sequence[UserEvent], target: str) -> int | None:
    """The 1-based rank of the target, or None when it is not among the first 100."""
    profile = Profile().apply((e.event, e.at) for e in events)
    seen = _products(events)
    ranked = recommend.rank_products(
        release,
        profile,
        profile.updated_at,
        _DEEP,
        exclude=seen,
        rng=np.random.default_rng(0),
    )
    ids = (release.products.product_id(item.row) for item in ranked)
    return next((rank for rank, product_id in enumerate(ids, 1) if product_id == target), None)


def _products(events: Sequence[UserEvent]) -> list[str]:
    return [e.event.product_id for e in events if isinstance(e.event, ProductEvent)]


def _ndcg(ids: Sequence[str], grades: Mapping[str, int]) -> float:
    ideal = sorted(grades.values(), reverse=True)
    best = _dcg(ideal)
    return (
        _dcg([grades.get(product_id, 0) for product_id in ids[:_CUT]]) / best if best else math.nan
    )


def _dcg(grades: Sequence[int]) -> float:
    return math.fsum((2.0**g - 1) / math.log2(rank + 1) for rank, g in enumerate(grades[:_CUT], 1))
