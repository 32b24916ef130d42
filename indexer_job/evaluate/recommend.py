"""Hit rate and NDCG of each shopper's next product among all products."""

import math
import random
from collections.abc import Mapping, Sequence

import numpy as np
from tqdm import tqdm

from indexer_job.files import InputError, UserEvent
from indexer_job.neighbours import EVENT_WEIGHTS
from shopfyp import recommend
from shopfyp.events import ProductEvent
from shopfyp.experiments import Configuration
from shopfyp.profile import Profile
from shopfyp.release import Release

_CUT = 10
_DEEP = 100


def evaluate_recommend(
    release: Release,
    events: Sequence[UserEvent],
    targets: Mapping[str, str],
    *,
    users: int | None = None,
    configuration: Configuration | None = None,
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
        configuration: to rank by; default: the release's.
        progress: show a progress bar.

    Raises:
        InputError: nobody has a target.
    """
    before = histories_before(events, targets, users)
    ranks = [
        _rank_of(release, before[user_id], targets[user_id], configuration)
        for user_id in tqdm(before, desc="recommend", disable=not progress)
    ]
    found = np.array([math.inf if rank is None else rank for rank in ranks])
    gains = np.where(found <= _CUT, 1 / np.log2(found + 1), 0.0)
    return {
        "users": len(before),
        "hr@10": round(float((found <= _CUT).mean()), 4),
        "ndcg@10": round(float(gains.mean()), 4),
        "hr@100": round(float((found <= _DEEP).mean()), 4),
    }


def histories_before(
    events: Sequence[UserEvent], targets: Mapping[str, str], users: int | None = None
) -> dict[str, list[UserEvent]]:
    """What each of the shoppers with a target did before it; a seeded sample of `users`.

    Raises:
        InputError: nobody has a target.
    """
    if not targets:
        raise InputError("no shopper took two products: there is nothing to hold out")
    chosen = sorted(targets)
    if users is not None and users < len(chosen):
        chosen = sorted(random.Random(0).sample(chosen, users))
    before: dict[str, list[UserEvent]] = {user_id: [] for user_id in chosen}
    for event in events:
        if event.user_id in before:
            before[event.user_id].append(event)
    return before


def leave_last_out(events: Sequence[UserEvent]) -> tuple[list[UserEvent], dict[str, str]]:
    """Split off each shopper's last product: (events before it, user_id -> product_id).

    It is split off at the first event in which they took it: a product is often clicked, viewed and
    bought in turn. Only shoppers with another one before it have a target; nobody's later events
    are kept.
    """
    last: dict[str, str] = {}
    first: dict[tuple[str, str], int] = {}
    began: dict[str, int] = {}
    for place, event in enumerate(events):
        for product in taken_products([event]):
            last[event.user_id] = product
            first.setdefault((event.user_id, product), place)
            began.setdefault(event.user_id, place)
    held = {user_id: first[user_id, product] for user_id, product in last.items()}
    held = {user_id: place for user_id, place in held.items() if place > began[user_id]}
    before = [e for place, e in enumerate(events) if place < held.get(e.user_id, len(events))]
    return before, {user_id: last[user_id] for user_id in held}


def _rank_of(
    release: Release, events: Sequence[UserEvent], target: str, configuration: Configuration | None
) -> int | None:
    """The 1-based rank of the target, or None when it is not among the first 100."""
    profile = Profile().apply((e.event, e.at) for e in events)
    seen = taken_products(events)
    ranked = recommend.rank_products(
        release,
        profile,
        profile.updated_at,
        _DEEP,
        exclude=seen,
        rng=np.random.default_rng(0),
        configuration=configuration,
    )
    ids = (release.products.product_id(item.row) for item in ranked)
    return next((rank for rank, product_id in enumerate(ids, 1) if product_id == target), None)


def taken_products(events: Sequence[UserEvent]) -> list[str]:
    """What was taken; an impression is not."""
    return [
        e.event.product_id
        for e in events
        if isinstance(e.event, ProductEvent) and e.event.type in EVENT_WEIGHTS
    ]
