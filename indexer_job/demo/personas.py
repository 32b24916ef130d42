"""The demo's shoppers: known tastes, and a month of searches and clicks that follow them."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from indexer_job.demo.types import ProductType, colours, goes_with, product_types, themes
from shopfyp.catalog import Product

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""The end of the demo's month: fixed, so that the same seed gives the same events."""

_DAYS = 30
_TASTES = 3


class Persona(NamedTuple):
    """A shopper with tastes."""

    user_id: str
    nouns: tuple[str, ...]
    themes: tuple[str, ...]
    colours: tuple[str, ...]
    thrifty: bool

    def likes(self, product: Product) -> bool:
        """Whether a product is to this shopper's taste."""
        theme = product.attributes.get("theme")
        if theme:
            return theme in self.themes
        return product.attributes["type"] in self.nouns


def personas(seed: int = 7, shoppers: int = 200) -> list[Persona]:
    """`shoppers` personas; the same seed gives the same ones."""
    rng = random.Random(f"personas {seed}")
    plain = [t.noun for t in product_types() if not t.themed]
    made = []
    for number in range(1, shoppers + 1):
        first = rng.sample(plain, _TASTES)
        nouns = dict.fromkeys(n for noun in first for n in [noun, *goes_with(noun)])
        made.append(
            Persona(
                user_id=f"demo-shopper-{number:03}",
                nouns=tuple(nouns),
                themes=tuple(rng.sample(list(themes()), rng.choice([0, 1, 1, 2]))),
                colours=tuple(rng.sample(list(colours()), 3)),
                thrifty=rng.random() < 0.5,
            )
        )
    return made


def first_query(persona: Persona, rng: random.Random) -> str:
    """A search for something to this shopper's taste."""
    kinds = {t.noun: t for t in product_types()}
    theme = rng.choice(persona.themes) if persona.themes and rng.random() < 0.4 else ""
    themed = [t.noun for t in product_types() if t.themed]
    noun = rng.choice(themed) if theme else rng.choice(persona.nouns)
    return _query(kinds[noun], theme if kinds[noun].themed else "", persona, rng)


def demo_events(
    products: Sequence[Product], seed: int = 7, shoppers: int = 200, now: datetime = NOW
) -> list[dict[str, Any]]:
    """What the personas did in the 30 days before `now`, as event records in order of time."""
    shelf: dict[str, list[Product]] = {}
    for product in products:
        if product.in_stock:
            shelf.setdefault(str(product.attributes["type"]), []).append(product)
    events: list[dict[str, Any]] = []
    for persona in personas(seed, shoppers):
        events += _month(persona, shelf, random.Random(f"{persona.user_id} {seed}"), now)
    return sorted(events, key=lambda e: (e["at"], e["event_id"]))


def _month(
    persona: Persona, shelf: dict[str, list[Product]], rng: random.Random, now: datetime
) -> list[dict[str, Any]]:
    log = _Log(persona.user_id, now - timedelta(days=_DAYS))
    kinds = {t.noun: t for t in product_types()}
    themed = [t.noun for t in product_types() if t.themed]
    for _ in range(rng.randint(4, 9)):
        log.at = now - timedelta(days=rng.uniform(0, _DAYS))
        theme = rng.choice(persona.themes) if persona.themes and rng.random() < 0.4 else ""
        noun = rng.choice(themed) if theme else rng.choice(persona.nouns)
        _visit(persona, kinds[noun], theme, shelf, rng, log)
        following = [n for n in goes_with(noun) if rng.random() < 0.6]
        for other in following:
            _visit(persona, kinds[other], theme if kinds[other].themed else "", shelf, rng, log)
    return log.events


def _visit(
    persona: Persona,
    kind: ProductType,
    theme: str,
    shelf: dict[str, list[Product]],
    rng: random.Random,
    log: "_Log",
) -> None:
    log.add("search", query=_query(kind, theme, persona, rng))
    found = [p for p in shelf[kind.noun] if p.attributes.get("theme", "") == theme]
    found = found or shelf[kind.noun]
    shown = rng.sample(found, min(6, len(found)))
    for product in shown:
        log.add("impression", product_id=product.product_id)
    best = sorted(shown, key=lambda p: _appeal(persona, p, rng), reverse=True)
    for product in best[: rng.randint(1, 3)]:
        log.add("select_item", product_id=product.product_id)
        log.add("view_item", product_id=product.product_id)
    if rng.random() < 0.5:
        log.add("add_to_cart", product_id=best[0].product_id)
        if rng.random() < 0.6:
            log.add("purchase", product_id=best[0].product_id)
    if rng.random() < 0.08:
        stranger = rng.choice(shelf[rng.choice(list(shelf))])
        if not persona.likes(stranger):
            log.add("not_interested", product_id=stranger.product_id)


def _appeal(persona: Persona, product: Product, rng: random.Random) -> float:
    liked = product.attributes["colour"] in persona.colours
    cheap = -(product.price or 0) / 200 if persona.thrifty else 0
    return 2 * liked + cheap + (product.rating or 4) + rng.gauss(0, 0.5)


def _query(kind: ProductType, theme: str, persona: Persona, rng: random.Random) -> str:
    noun = kind.noun.lower()
    if theme:
        child, age = rng.choice(["son", "daughter", "nephew", "niece"]), rng.randint(3, 11)
        return rng.choice(
            [
                f"{theme} {noun}",
                f"{noun} for my {age}-year-old {child} who likes {theme}",
                f"gift for my {child} who loves {theme}",
            ]
        )
    colour = rng.choice(persona.colours)
    budget = int(kind.price[0] + (kind.price[1] - kind.price[0]) * rng.uniform(0.4, 0.9))
    return rng.choice(
        [noun, f"{colour} {noun}", f"{noun} under ${budget}", f"good {noun}", f"{noun} as a gift"]
    )


class _Log:
    """One shopper's events; each comes some seconds after the one before."""

    def __init__(self, user_id: str, at: datetime) -> None:
        self.user_id = user_id
        self.at = at
        self.events: list[dict[str, Any]] = []

    def add(self, kind: str, **about: str) -> None:
        self.at += timedelta(seconds=7)
        event = {"event_id": f"{self.user_id}-{len(self.events):04}", "user_id": self.user_id}
        at = self.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.events.append({**event, "type": kind, **about, "at": at})
