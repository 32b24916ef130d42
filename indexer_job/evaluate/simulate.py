"""Simulated shoppers with known tastes, who browse the cards that the serving code gives them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from tqdm import tqdm

from indexer_job.files import UserEvent, user_event
from shopfyp.api import MAX_EXCLUDED, Card, RecommendRequest
from shopfyp.catalog import Product
from shopfyp.events import MAX_BATCH
from shopfyp.experiments import Configuration, Serving
from shopfyp.profile import Profile
from shopfyp.recommend import recommend
from shopfyp.release import Release

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
_POPULARITY = Configuration(
    without=["semantic", "lexical", "neighbours", "learnt", "explore"], explore=0, new=0
)

_CARD_SECONDS = 20
_BAG, _BUY = 0.3, 0.5


@dataclass(frozen=True)
class Shopper:
    """A shopper whose wishes are known.

    Attributes:
        user_id: decides the variant of an experiment.
        click_chance: how likely they are to click on a product that they are shown.
        likes: whether a product is to their taste.
        query: what they search for at first; nothing when empty.
    """

    user_id: str
    click_chance: Callable[[Product], float]
    likes: Callable[[Product], bool]
    query: str = ""


@dataclass(frozen=True)
class Session:
    """What a shopper did, and for each card in turn whether most of it was to their taste."""

    events: list[UserEvent]
    on_taste: list[bool]


def browse(
    release: Release,
    shopper: Shopper,
    cards: int,
    *,
    seed: int = 0,
    start: datetime = START,
    known: bool = True,
) -> Session:
    """One session: a search, if there is a query, and then card after card.

    A product that is clicked is viewed, and may go into the bag and be bought. A card on which
    nothing is liked is skipped. Of a shopper who is not `known`, the recommender hears only
    what was seen.
    """
    rng = np.random.default_rng([seed, *shopper.user_id.encode()])
    log = _Log(shopper.user_id, start)
    if shopper.query:
        log.add("search", query=shopper.query)
    on_taste = []
    # As the web app does: what was shown since the shopper last did something on purpose.
    excluded: list[str] = []
    for _ in range(cards):
        log.at += timedelta(seconds=_CARD_SECONDS)
        profile = log.profile if known else Profile(seen=log.profile.seen)
        request = RecommendRequest(exclude=excluded[-MAX_EXCLUDED:])
        response = recommend(release, profile, shopper.user_id, request, log.next_at, rng)
        if not response.cards:
            break
        card = response.cards[0]
        offer = {"release": response.release, "variant": response.variant, "card_id": card.card_id}
        liked = [shopper.likes(item.product) for item in card.products]
        on_taste.append(2 * sum(liked) > len(liked))
        for position, item in enumerate(card.products):
            log.add(
                "impression",
                product_id=item.product.product_id,
                source=item.sources[0],
                position=position,
                propensity=item.propensity,
                **offer,
            )
        excluded += [item.product.product_id for item in card.products]
        if _click(shopper, card, log, offer, rng):
            excluded = []
        reason = card.reason.model_dump()
        dwell_ms = 6000 if any(liked) else 800
        log.add("view_card", dwell_ms=dwell_ms, reason=reason, **offer)
    return Session(log.events, on_taste)


def simulate(
    release: Release,
    shoppers: Sequence[Shopper],
    cards: int,
    *,
    seed: int = 0,
    known: bool = True,
    progress: bool = False,
) -> list[Session]:
    """One session of each shopper."""
    return [
        browse(release, shopper, cards, seed=seed, known=known)
        for shopper in tqdm(shoppers, "simulate", disable=not progress)
    ]


def on_taste_shares(sessions: Sequence[Session], cards: int) -> list[float]:
    """For each card of a session in turn, the share of shoppers to whose taste it was.

    A card that was not there was to nobody's taste.
    """
    table = np.zeros((len(sessions), cards))
    for row, session in zip(table, sessions, strict=True):
        row[: len(session.on_taste)] = session.on_taste
    return [float(share) for share in table.mean(axis=0)]


def demo_shoppers(count: int = 200, seed: int = 8) -> list[Shopper]:
    """Personas of the demo's kind, each searching once for something that they want.

    By default they are others than those whose month of events the demo's release learnt from.
    """
    from indexer_job.demo.personas import Persona, first_query, personas

    def shopper(persona: Persona) -> Shopper:
        return Shopper(
            user_id=persona.user_id,
            click_chance=lambda product: 0.3 if persona.likes(product) else 0.02,
            likes=persona.likes,
            query=first_query(persona, random.Random(f"{persona.user_id} searches")),
        )

    return [shopper(persona) for persona in personas(seed, count)]


def evaluate_simulation(
    release: Release, shoppers: Sequence[Shopper], cards: int, *, progress: bool = False
) -> tuple[dict[str, list[float]], list[UserEvent]]:
    """On-taste shares by card, of the release as it is and of popularity alone; its events.

    Popularity shows everyone the same products, in the same order, until they were seen too
    often.
    """
    popular = replace(release, serving=Serving(configuration=_POPULARITY))
    sessions = {
        "ShopFYP": simulate(release, shoppers, cards, progress=progress),
        "popularity": simulate(popular, shoppers, cards, known=False, progress=progress),
    }
    shares = {name: on_taste_shares(found, cards) for name, found in sessions.items()}
    return shares, [event for session in sessions["ShopFYP"] for event in session.events]


def _click(
    shopper: Shopper, card: Card, log: "_Log", offer: dict[str, Any], rng: np.random.Generator
) -> bool:
    clicked = [item for item in card.products if rng.random() < shopper.click_chance(item.product)]
    for item in clicked:
        about = {"product_id": item.product.product_id, "source": item.sources[0], **offer}
        log.add("select_item", **about)
        log.add("view_item", **about)
        if rng.random() < _BAG:
            log.add("add_to_cart", **about)
            if rng.random() < _BUY:
                log.add("purchase", **about)
    return bool(clicked)


class _Log:
    """One shopper's events, and the profile that the functions would make of them."""

    def __init__(self, user_id: str, at: datetime) -> None:
        self.user_id = user_id
        self.at = at
        self.events: list[UserEvent] = []
        self._profile = Profile()
        self._waiting: list[UserEvent] = []

    def add(self, kind: str, **about: Any) -> None:
        self.at = self.next_at
        event_id = f"{self.user_id}-{self.at.timestamp():.0f}-{len(self.events)}"
        fields = {"event_id": event_id, "user_id": self.user_id, "type": kind, "at": self.at}
        event = user_event(fields | about, "simulation")
        self.events.append(event)
        self._waiting.append(event)

    @property
    def next_at(self) -> datetime:
        """When the next thing happens."""
        return self.at + timedelta(seconds=1)

    @property
    def profile(self) -> Profile:
        """All that was done so far, in batches as a client sends them."""
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            self._profile = self._profile.apply((e.event, e.at) for e in batch)
        return self._profile
