"""What a configuration would have been worth on the cards that another one showed."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from indexer_job.evaluate.statistics import rate
from indexer_job.files import InputError, UserEvent
from indexer_job.ranker import ShownCard, shown_cards
from shopfyp.api import MAX_EXCLUDED, RecommendRequest
from shopfyp.experiments import Configuration
from shopfyp.exploration import CardPolicy
from shopfyp.recommend import card_policies
from shopfyp.release import Release


def evaluate_replay(
    release: Release,
    events: Sequence[UserEvent],
    configuration: Configuration,
    *,
    progress: bool = False,
) -> dict[str, Any]:
    """Clicks per card that a configuration would have had, from the cards of another one.

    Self-normalised inverse propensity scoring (Swaminathan and Joachims, The Self-Normalized
    Estimator for Counterfactual Learning, 2015), for each product of a card by its chance to be
    on it (Li, Abbasi-Yadkori, Kveton and others, Offline Evaluation of Ranking Policies with
    Click Models, 2018, the document-based model): a product shown weighs
    `chance under the configuration / logged propensity`; the weighted share of clicks, times the
    products of a card, is the estimate. It supposes that whether a product is clicked depends
    neither on its place nor on what stands beside it, and that products which the logging
    configuration could not have shown are clicked as often as the others: `support` is the share
    that it could. With few `effective_products` the interval is too narrow (docs/evaluation.md).

    Args:
        release: the one that the cards came from, or one like it.
        events: with impressions that carry `card_id` and `propensity`, in the order of time.
        configuration: what is to be estimated.
        progress: show a progress bar.

    Raises:
        InputError: no card carries propensities.
    """
    cards = explored_cards(events)
    if not cards:
        raise InputError("no card among the events was drawn: none has propensities below 1")
    by_user: dict[str, list[tuple[float, float, float, float]]] = defaultdict(list)
    squares = largest = 0.0
    for card in tqdm(cards, "replay", disable=not progress):
        weights = weights_of(release, card, configuration)
        clicks = np.array([product_id in card.clicked for product_id in card.shown])
        by_user[card.user_id].append(
            (float(weights @ clicks), float(weights.sum()), float(clicks.sum()), len(weights))
        )
        largest = max(largest, float(weights.max()))
        squares += float(weights @ weights)
    table = np.array([np.sum(rows, axis=0) for rows in by_user.values()])
    clicked, weight, logged_clicks, shown = table.T
    replayed = rate(shown.sum() / len(cards) * clicked, weight)
    logged = rate(logged_clicks, [len(rows) for rows in by_user.values()])
    return {
        "cards": len(cards),
        "users": len(by_user),
        "clicks_per_card": _interval(replayed.value, *replayed.interval()),
        "logged_clicks_per_card": _interval(logged.value, *logged.interval()),
        "support": round(float(weight.sum() / shown.sum()), 4),
        "largest_weight": round(largest, 2),
        "effective_products": round(float(weight.sum()) ** 2 / squares) if squares else 0,
    }


def explored_cards(events: Sequence[UserEvent]) -> list[ShownCard]:
    """The cards that could have been others: the first one after a search or a click could not."""
    return [
        card
        for card in shown_cards(events)
        if all(event.propensity is not None for event in card.shown.values())
        and any(event.propensity != 1 for event in card.shown.values())
    ]


def weights_of(
    release: Release, card: ShownCard, configuration: Configuration
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """For each product shown: its chance under the configuration over the logged one."""
    policy = policy_of(release, card, configuration)
    weights = []
    for product_id, event in card.shown.items():
        row = release.products.row_of(product_id)
        chance = policy.probability(row) if policy and row is not None else 0.0
        weights.append(chance / (event.propensity or 1.0))
    return np.array(weights)


def policy_of(release: Release, card: ShownCard, configuration: Configuration) -> CardPolicy | None:
    """How a configuration would have chosen this card, or None when it had nothing to show.

    A card of as many products as is the default: how many came into view says less of what was
    asked for.
    """
    request = RecommendRequest(exclude=card.excluded[-MAX_EXCLUDED:])
    rng = np.random.default_rng(0)
    policies = card_policies(release, card.profile, request, card.at, configuration, rng)
    return next((policy for policy, _ in policies), None)


def _interval(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": round(value, 4), "low": round(low, 4), "high": round(high, 4)}
