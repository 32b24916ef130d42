"""What a day's events say to the operator: a few counts, by what offered the products."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from shopfyp.catalog import FRESH_DAYS
from shopfyp.figures import Figures
from shopfyp.latency import Calls

Dimension = Literal["source", "reason", "variant", "release"]
DIMENSIONS: dict[Dimension, str] = {
    "source": "source",
    "reason": "reason_code",
    "variant": "variant",
    "release": "release",
}
"""What counts are broken down by, and the field of an event that says it."""

MOST_GROUPS = 20
"""So many groups a dimension keeps, those with the most impressions; the rest are `other`."""
_MOST_NAMES = 1000
_MOST_NAME_BYTES = 129
"""Of an experiment and its variant; what is longer is made up, and `other`."""
OTHER, UNKNOWN = "other", "unknown"

BESIDE_CARDS = frozenset({"clip", "clip_rail"})
"""The sources that offer products without a card: on a clip, and beside it."""

EVENT_TYPES = ("search", "impression", "select_item", "add_to_cart", "purchase")
EVENT_FIELDS = ("type", "product_id", "card_id", "quantity", *DIMENSIONS.values())

Of = Callable[[str], Figures | None]
Some = TypeVar("Some", bound="Counts")


class Counts(BaseModel):
    """What became of offers."""

    model_config = ConfigDict(extra="ignore")

    impressions: int = 0
    clicks: int = 0
    add_to_cart: int = 0
    purchases: int = 0
    revenue: dict[str, float] = {}
    """By currency, in its units."""


class Group(Counts):
    """The counts of one source, reason, variant or release."""

    name: str


class DayCounts(BaseModel):
    """One day's events, in UTC by when they came in; 20 kB at the most, however many there were."""

    model_config = ConfigDict(extra="ignore")

    day: date
    counted_at: datetime
    searches: int = 0
    cards: Counts = Counts()
    """What cards led to: the sum of each dimension below, of `source` without `BESIDE_CARDS`."""
    elsewhere: Counts = Counts()
    """What was seen and taken without a card, as of a clip or from a search."""
    groups: dict[Dimension, list[Group]] = {}
    products: int = 0
    """In the release that was live when this was counted."""
    products_shown: int = 0
    """Different products that had an impression."""
    new_impressions: int = 0
    """Impressions on cards of products published up to `FRESH_DAYS` before."""
    unpriced: int = 0
    """Purchases that add nothing to revenue, as that release does not say what they cost."""


class DayInsights(DayCounts):
    """All that is kept of a day."""

    calls: dict[str, Calls] = {}
    """By function."""


def day_of(at: datetime) -> date:
    """The day that something belongs to."""
    return at.astimezone(UTC).date()


def month_of(day: date) -> str:
    """The month that holds a day, as 2026-03."""
    return f"{day:%Y-%m}"


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """When a day begins, and when the next one does."""
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=1)


def count_day(
    day: date,
    events: Iterable[Mapping[str, Any]],
    figures_of: Of,
    products: int,
    now: datetime,
) -> DayCounts:
    """Count a day's events, one by one: the same events always give the same counts.

    A product counts once a card for its impression, its click and its addition to the bag, however
    often the card was come back to; every purchase counts. Clients say only which offer led to an
    event; what a product costs, the release says. 100 bytes of memory an impression.

    Args:
        day: in UTC.
        events: with `EVENT_FIELDS`, in any order; of other types than `EVENT_TYPES`, left out.
        figures_of: a product's price and date.
        products: how many the release has.
        now: when this is counted.
    """
    end = bounds_of(day)[1].timestamp()
    cards, elsewhere = Counts(), Counts()
    groups: dict[Dimension, dict[str, Group]] = {name: {} for name in DIMENSIONS}
    searches = new_impressions = unpriced = 0
    shown: set[str] = set()
    # Of 64 bits each: that two of ten million are the same is less likely than 1 in 100,000.
    once: set[int] = set()
    for event in events:
        kind, product_id = event["type"], event.get("product_id", "")
        if kind == "search":
            searches += 1
        if kind not in _FIELD and kind != "purchase":
            continue
        card_id = event.get("card_id")
        if card_id and kind != "purchase":
            key = hash((kind, card_id, product_id))
            if key in once:
                continue
            once.add(key)
        figures = figures_of(product_id) if kind in {"impression", "purchase"} else None
        if kind == "impression":
            shown.add(product_id)
            if card_id and figures and figures.published and _is_new(figures.published, end):
                new_impressions += 1
        if kind == "purchase" and (figures is None or figures.price is None):
            unpriced += 1
        pieces = event.get("quantity") or 1
        if card_id:
            _count(cards, kind, figures, pieces)
            for dimension, field in DIMENSIONS.items():
                _count(
                    _group(groups[dimension], event.get(field) or UNKNOWN), kind, figures, pieces
                )
        else:
            _count(elsewhere, kind, figures, pieces)
            if (source := event.get("source")) in BESIDE_CARDS:
                _count(_group(groups["source"], source), kind, figures, pieces)
    return DayCounts(
        day=day,
        counted_at=now,
        searches=searches,
        cards=_rounded(cards),
        elsewhere=_rounded(elsewhere),
        groups={dimension: _largest(found.values()) for dimension, found in groups.items()},
        products=products,
        products_shown=len(shown),
        new_impressions=new_impressions,
        unpriced=unpriced,
    )


def _is_new(published: float, end: float) -> bool:
    return 0 <= end - published <= FRESH_DAYS * 86_400


_FIELD = {"impression": "impressions", "select_item": "clicks", "add_to_cart": "add_to_cart"}


def _count(counts: Counts, kind: str, figures: Figures | None, pieces: int) -> None:
    if field := _FIELD.get(kind):
        setattr(counts, field, getattr(counts, field) + 1)
    elif kind == "purchase":
        counts.purchases += 1
        if figures and figures.price is not None:
            counts.revenue[figures.currency] = (
                counts.revenue.get(figures.currency, 0.0) + figures.price * pieces
            )


def _group(groups: dict[str, Group], name: str) -> Group:
    # Clients send the names: whoever makes up a million of them gets one group.
    is_new = len(groups) < _MOST_NAMES and len(name.encode()) <= _MOST_NAME_BYTES
    name = name if name in groups or is_new else OTHER
    return groups.setdefault(name, Group(name=name))


def _largest(groups: Iterable[Group]) -> list[Group]:
    ordered = sorted(groups, key=lambda group: (-group.impressions, group.name))
    kept, rest = ordered[:MOST_GROUPS], ordered[MOST_GROUPS:]
    if rest:
        kept = [group for group in kept if group.name != OTHER]
        others = [group for group in ordered if group not in kept]
        kept.append(Group(name=OTHER, **_sum(others).model_dump()))
    return [_rounded(group) for group in kept]


def _sum(groups: Iterable[Counts]) -> Counts:
    total = Counts()
    for group in groups:
        for field in (*_FIELD.values(), "purchases"):
            setattr(total, field, getattr(total, field) + getattr(group, field))
        for currency, amount in group.revenue.items():
            total.revenue[currency] = total.revenue.get(currency, 0.0) + amount
    return total


def _rounded(counts: Some) -> Some:
    counts.revenue = {currency: round(amount, 2) for currency, amount in counts.revenue.items()}
    return counts
