"""Ranking weights from impressions and clicks, kept only if they win on cards held out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from tqdm import tqdm

from indexer_job.files import UserEvent
from shopfyp import recommend
from shopfyp.events import ProductEvent
from shopfyp.profile import Profile
from shopfyp.ranking import WEIGHTS
from shopfyp.release import Release
from shopfyp.signals import shopper_of

MIN_CARDS = 300
"""Fewer cards with a click than this teach no weights."""
MAX_CARDS = 4000

_WITHIN = timedelta(minutes=30)
_HELD_OUT = 0.3
_PULL = 2.0
_DEPTH = 100
_CLICKS = {"select_item", "view_item", "add_to_cart", "purchase"}

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """A weight for each feature of `shopfyp.ranking.WEIGHTS`, and how they fared."""

    weights: dict[str, float]
    evaluation: dict[str, float]


@dataclass
class ShownCard:
    """A card as it was shown: when, to whom, what, and what was clicked on it.

    `excluded` are the products of cards shown since the shopper last did something on purpose:
    what the web app asks to be left out.
    """

    user_id: str
    at: datetime
    profile: Profile
    excluded: list[str]
    shown: dict[str, ProductEvent] = field(default_factory=dict)
    clicked: set[str] = field(default_factory=set)


def shown_cards(events: Sequence[UserEvent]) -> list[ShownCard]:
    """The cards among the events, in the order of time.

    A profile is what the shopper's events up to the card's first impression make of it; a click
    is of the card that it names, or of the last that showed the product, and within half an hour.

    Args:
        events: in the order of time.
    """
    profiles: dict[str, Profile] = {}
    waiting: dict[str, list[UserEvent]] = {}
    since: dict[str, list[str]] = {}
    cards: dict[tuple[str, str], ShownCard] = {}
    latest: dict[tuple[str, str], ShownCard] = {}
    for user_event in events:
        user_id, event, at = user_event
        if isinstance(event, ProductEvent) and event.card_id:
            key = (user_id, event.card_id)
            if event.type == "impression":
                if key not in cards:
                    profile = profiles.get(user_id, Profile())
                    profile = profile.apply((e.event, e.at) for e in waiting.pop(user_id, []))
                    profiles[user_id] = profile
                    excluded = list(since.get(user_id, []))
                    cards[key] = ShownCard(user_id, at, profile, excluded)
                cards[key].shown[event.product_id] = event
                latest[user_id, event.product_id] = cards[key]
        if isinstance(event, ProductEvent) and event.type in _CLICKS:
            card = cards.get((user_id, event.card_id or ""))
            if card is None or event.product_id not in card.shown:
                card = latest.get((user_id, event.product_id))
            if card is not None and at - card.at <= _WITHIN:
                card.clicked.add(event.product_id)
        waiting.setdefault(user_id, []).append(user_event)
        if isinstance(event, ProductEvent) and event.type == "impression" and event.card_id:
            since.setdefault(user_id, []).append(event.product_id)
        elif event.type in _CLICKS or event.type in {"search", "not_interested"}:
            since.pop(user_id, None)
    return list(cards.values())


def enough_since(events: Sequence[UserEvent]) -> datetime | None:
    """The time from which cards teach weights, or None when too few of them have a click."""
    times = [card.at for card in _telling(shown_cards(events))]
    return times[len(times) // 3] if len(times) >= MIN_CARDS else None


def learn_ranking(
    release: Release, events: Sequence[UserEvent], since: datetime, *, progress: bool = False
) -> Ranking:
    """Weights from the cards shown since a time, if they beat the defaults on the last of them.

    Each click is told from the other products of its card by a softmax over their scores
    (McFadden, Conditional logit analysis of qualitative choice behavior, 1974), so what raises a
    whole card, its place in the feed above all, plays no part; the place on the card is learnt
    beside the features and left out of the weights. A weight keeps its default's sign and is
    pulled to the default.

    Args:
        release: built from what came before `since` only.
        events: all of them, in the order of time.
        since: see `enough_since`.
        progress: show a progress bar.

    Returns:
        The weights, and as `evaluation` the share of pairs (clicked, not clicked) of held-out
        cards that the defaults and the learnt weights put in the right order.
    """
    telling = _telling([card for card in shown_cards(events) if card.at >= since])[-MAX_CARDS:]
    names = list(WEIGHTS)
    examples = [
        _example(release, card, names)
        for card in tqdm(telling, "learn weights", disable=not progress)
    ]
    cut = int(len(examples) * (1 - _HELD_OUT))
    start = np.array([WEIGHTS[name] for name in names])
    learnt = _fit(examples[:cut], start)
    before, after = (_pairs_in_order(examples[cut:], w) for w in (start, learnt))
    evaluation = {
        "ranking_cards": float(len(examples)),
        "ranking_pairs_default": round(before, 4),
        "ranking_pairs_learnt": round(after, 4),
        "ranking_learnt": float(after > before),
    }
    kept = learnt if after > before else start
    return Ranking(dict(zip(names, map(float, kept), strict=True)), evaluation)


@dataclass(frozen=True)
class _Example:
    """One card: features (products, names), places (products,), what was clicked (products,)."""

    features: Values
    places: Values
    clicked: NDArray[np.bool_]


def _telling(cards: Sequence[ShownCard]) -> list[ShownCard]:
    """Cards on which something was clicked and something was not."""
    return [card for card in cards if 0 < len(card.clicked & set(card.shown)) < len(card.shown)]


def _example(release: Release, card: ShownCard, names: Sequence[str]) -> _Example:
    shopper = shopper_of(release, card.profile, card.at)
    found = recommend.candidates_for(release, shopper, _DEPTH)
    place_of = {int(row): place for place, row in enumerate(found.rows)}
    table = np.column_stack([found.features.get(n, np.zeros(len(found.rows))) for n in names])
    features = np.zeros((len(card.shown), len(names)))
    for number, product_id in enumerate(card.shown):
        row = release.products.row_of(product_id)
        place = None if row is None else place_of.get(row)
        if place is not None:
            features[number] = table[place]
    places = [float(event.position or 0) for event in card.shown.values()]
    clicked = [product_id in card.clicked for product_id in card.shown]
    return _Example(features, np.array(places), np.array(clicked))


def _fit(examples: Sequence[_Example], start: Values) -> Values:
    """Weights by penalised likelihood: `start`, moved by a ridge on standardised features."""
    spread = np.vstack([example.features for example in examples]).std(axis=0)
    unit = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)

    def loss(parameters: Values) -> tuple[float, Values]:
        weights, of_place = start + parameters[:-1] * unit, parameters[-1]
        total = _PULL * float(parameters @ parameters)
        gradient = 2 * _PULL * parameters
        for example in examples:
            scores = example.features @ weights + of_place * example.places
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            target = example.clicked / example.clicked.sum()
            total -= float((target * np.log(chances + 1e-12)).sum())
            error = chances - target
            gradient[:-1] += unit * (error @ example.features)
            gradient[-1] += error @ example.places
        return total, gradient

    # No weight crosses 0: a source never speaks against a product.
    room = -start * spread
    bounds = [
        (least, None) if sign > 0 else (None, least)
        for least, sign in zip(room, start, strict=True)
    ]
    initial = np.zeros(len(start) + 1)
    found = minimize(loss, initial, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    weights = start + found.x[:-1] * unit
    kept: Values = np.where(start > 0, np.maximum(weights, 0), np.minimum(weights, 0))
    return kept


def _pairs_in_order(examples: Sequence[_Example], weights: Values) -> float:
    """Share of (clicked, not clicked) pairs on the same card with the clicked one scored higher.

    A tie counts one half: the area under the ROC curve, within cards.
    """
    right = pairs = 0.0
    for example in examples:
        scores = example.features @ weights
        gaps = scores[example.clicked][:, None] - scores[~example.clicked][None, :]
        right += float((gaps > 0).sum() + 0.5 * (gaps == 0).sum())
        pairs += gaps.size
    return right / pairs if pairs else 0.5
