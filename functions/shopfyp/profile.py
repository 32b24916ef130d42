"""What is known of a shopper: recent and lasting interests, seen, bought and rejected products.

A profile keeps texts and ids, never vectors: a release with another encoder reads it as well,
and the shopper can be shown what it holds. It is a pure function of the shopper's events.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shopfyp.events import ClipEvent, Event, ProductEvent, SearchEvent

MAX_RECENT = 40
MAX_LASTING = 20
MAX_SEEN = 400
MAX_BOUGHT = 400
MAX_REJECTED = 400

RECENT_HALF_LIFE_DAYS = 3.0
LASTING_HALF_LIFE_DAYS = 45.0

_STRENGTH: dict[str, float] = {
    "search": 1.0,
    "purchase": 1.0,
    "add_to_cart": 0.9,
    "select_item": 0.7,
    "view_item": 0.6,
    "view_clip": 0.15,
}
_LASTING = {"add_to_cart", "purchase"}

InterestKind = Literal["query", "product", "clip"]


class Interest(BaseModel):
    """One thing the shopper wants: a query, or a product or clip that stands for it."""

    model_config = ConfigDict(frozen=True)

    kind: InterestKind
    value: str
    strength: float
    at: AwareDatetime

    def weight(self, now: datetime, half_life_days: float) -> float:
        """Strength, halved for every half-life since the signal."""
        age_days = max((now - self.at).total_seconds(), 0.0) / 86_400
        return float(self.strength * 0.5 ** (age_days / half_life_days))


class Profile(BaseModel):
    """One shopper, as one Firestore document; every list is bounded and newest first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    recent: list[Interest] = []
    lasting: list[Interest] = []
    seen: dict[str, int] = {}
    bought: list[str] = []
    rejected: list[str] = []
    updated_at: AwareDatetime = datetime.fromtimestamp(0, UTC)

    def apply(self, events: Iterable[tuple[Event, datetime]]) -> "Profile":
        """The profile after `events`, each with the time from which it counts."""
        state = _State(self)
        for event, at in events:
            state.apply(event, at)
        return state.profile()


class _State:
    """A profile while events are applied to it."""

    def __init__(self, profile: Profile) -> None:
        self.recent = {(i.kind, i.value): i for i in profile.recent}
        self.lasting = {(i.kind, i.value): i for i in profile.lasting}
        self.seen = dict(profile.seen)
        self.bought = list(profile.bought)
        self.rejected = list(profile.rejected)
        self.updated_at = profile.updated_at

    def apply(self, event: Event, at: datetime) -> None:
        self.updated_at = max(self.updated_at, at)
        match event:
            case SearchEvent():
                self._want("query", event.query, event.type, at)
            case ClipEvent():
                self._want("clip", event.clip_id, event.type, at)
            case ProductEvent(type="impression"):
                count = self.seen.pop(event.product_id, 0)
                self.seen[event.product_id] = count + 1
            case ProductEvent(type="not_interested"):
                self._reject(event.product_id)
            case ProductEvent():
                self._want("product", event.product_id, event.type, at)
                if event.type == "purchase":
                    _move_to_front(self.bought, event.product_id)

    def profile(self) -> Profile:
        return Profile(
            recent=_newest(self.recent, MAX_RECENT),
            lasting=_newest(self.lasting, MAX_LASTING),
            seen=dict(list(self.seen.items())[-MAX_SEEN:]),
            bought=self.bought[:MAX_BOUGHT],
            rejected=self.rejected[:MAX_REJECTED],
            updated_at=self.updated_at,
        )

    def _want(self, kind: InterestKind, value: str, event_type: str, at: datetime) -> None:
        strength = _STRENGTH[event_type]
        _strengthen(self.recent, Interest(kind=kind, value=value, strength=strength, at=at))
        if event_type in _LASTING:
            _strengthen(self.lasting, Interest(kind=kind, value=value, strength=strength, at=at))

    def _reject(self, product_id: str) -> None:
        _move_to_front(self.rejected, product_id)
        self.recent.pop(("product", product_id), None)
        self.lasting.pop(("product", product_id), None)


def _strengthen(interests: dict[tuple[InterestKind, str], Interest], new: Interest) -> None:
    old = interests.get((new.kind, new.value))
    if old is not None:
        new = new.model_copy(
            update={"strength": max(old.strength, new.strength), "at": max(old.at, new.at)}
        )
    interests[(new.kind, new.value)] = new


def _newest(interests: dict[tuple[InterestKind, str], Interest], limit: int) -> list[Interest]:
    ordered = sorted(interests.values(), key=lambda i: (i.at, i.kind, i.value), reverse=True)
    return ordered[:limit]


def _move_to_front(items: list[str], item: str) -> None:
    if item in items:
        items.remove(item)
    items.insert(0, item)
