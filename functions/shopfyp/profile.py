"""What is known of a shopper: interests, what was seen, bought and waved away.

A profile keeps texts and ids, never vectors: a release with another encoder reads it as well,
and the shopper can be shown what it holds. It is a pure function of the shopper's events in the
order in which they were stored, of what the shopper had removed, and of their choice; see
`Profile.rebuilt`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, field_serializer, field_validator

from shopfyp.events import (
    CardEvent,
    ClipEvent,
    Event,
    FeedbackEvent,
    ProductEvent,
    SearchEvent,
)
from shopfyp.intent.slots import SlotName
from shopfyp.reasons import InterestKind

MAX_RECENT = 40
MAX_LASTING = 20
MAX_SEEN = 400
MAX_BOUGHT = 400
MAX_REJECTED = 400
MAX_DISLIKES = 40
MAX_FORGOTTEN = 100

RECENT_HALF_LIFE_DAYS = 3.0
LASTING_HALF_LIFE_DAYS = 45.0
TIRED_HALF_LIFE_DAYS = 2.0
DISLIKE_HALF_LIFE_DAYS = 14.0

SKIP_MS = 1500
"""A card left sooner than this was skipped."""
DWELL_MS = 5000
"""A card looked at for longer than this was of interest, even without a click."""

_SKIPPED_KEEPS, _SEEN_KEEPS, _DWELT_KEEPS = 0.6, 0.85, 0.93
"""What a card leaves of its interest's weight: nobody wants the same for ever."""
_STRENGTH: dict[str, float] = {
    "search": 1.0,
    "purchase": 1.0,
    "add_to_cart": 0.9,
    "select_item": 0.7,
    "view_item": 0.6,
    "view_card": 0.3,
    "view_clip": 0.15,
}
_LASTING = {"add_to_cart", "purchase"}
_BY_THE_WAY = {"view_card", "view_clip"}
"""What shows an interest without being asked for: it brings back nothing that was forgotten."""
_RECENCY = 0.7
_LASTING_SHARE = 0.05
_LONG_AGO = datetime.fromtimestamp(0, UTC)


class Interest(BaseModel):
    """One thing the shopper wants: a query, or a product or clip that stands for it.

    `ignore` and `verbatim` say how the shopper last corrected what was read out of a query.
    """

    model_config = ConfigDict(frozen=True)

    kind: InterestKind
    value: str
    strength: float
    at: AwareDatetime
    ignore: list[SlotName] = []
    verbatim: bool = False
    tired: float = 0.0
    tired_at: AwareDatetime | None = None

    @property
    def item_id(self) -> str:
        """What it can be named by without its words."""
        return _hash(self.kind, self.value)

    def weight(self, now: datetime, half_life_days: float) -> float:
        """Strength, halved for every half-life since the signal, less what cards have taken."""
        strength = self.strength * _fading(self.at, now, half_life_days)
        return float(strength * (1 - self._tired(now)))

    def after_card(self, keeps: float, at: datetime) -> "Interest":
        """The interest after a card for it, which leaves it so much of its weight.

        What was taken is given back with a half-life of 2 days.
        """
        tired = 1 - keeps * (1 - self._tired(at))
        return self.model_copy(update={"tired": tired, "tired_at": at})

    def _tired(self, now: datetime) -> float:
        if self.tired_at is None:
            return 0.0
        return self.tired * _fading(self.tired_at, now, TIRED_HALF_LIFE_DAYS)


Scope = Literal["product", "brand", "category"]


class Dislike(BaseModel):
    """A product that was waved away, or by it its brand or category."""

    model_config = ConfigDict(frozen=True)

    scope: Scope
    product_id: str
    at: AwareDatetime

    @property
    def item_id(self) -> str:
        """What it can be named by."""
        return _hash("not", self.scope, self.product_id)

    def weight(self, now: datetime) -> float:
        """1 at first, halved every two weeks."""
        return _fading(self.at, now, DISLIKE_HALF_LIFE_DAYS)


class Profile(BaseModel):
    """One shopper, as one Firestore document; every list is bounded and newest first.

    `seen` counts impressions of a product since it was last clicked, oldest product first;
    `shown_since_signal` counts impressions on cards since the last thing they did on purpose.
    `forgotten` says up to when all that showed an interest or a rejection counts for nothing, as
    the shopper had it removed, by its `item_id`, oldest first: the words are gone. With
    `personalised` off, events change nothing and recommending uses nothing. `sequence` counts the
    events applied: it is the number of the next one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    recent: list[Interest] = []
    lasting: list[Interest] = []
    seen: dict[str, int] = {}
    bought: list[str] = []
    rejected: list[str] = []
    dislikes: list[Dislike] = []
    forgotten: dict[str, AwareDatetime] = {}
    shown_since_signal: int = 0
    personalised: bool = True
    sequence: int = 0
    updated_at: AwareDatetime = _LONG_AGO

    @field_serializer("seen")
    def _as_list(self, seen: dict[str, int]) -> list[dict[str, Any]]:
        # Firestore's maps have no order, and without one the bound would drop any product.
        return [{"product_id": key, "count": count} for key, count in seen.items()]

    @field_validator("seen", mode="before")
    @classmethod
    def _of_list(cls, seen: Any) -> Any:
        if isinstance(seen, list):
            return {entry["product_id"]: entry["count"] for entry in seen}
        return seen

    def apply(self, events: Iterable[tuple[Event, datetime]]) -> "Profile":
        """The profile after `events`, each with the time from which it counts."""
        if not self.personalised:
            return self
        state = _State(self)
        for event, at in events:
            state.apply(event, at)
        return state.profile()

    def rebuilt(self, events: Iterable[tuple[Event, datetime]]) -> "Profile":
        """This profile made anew from `events`, all that are stored, in the order of `sequence`.

        It equals the kept one, field by field, as long as every event that was applied is still
        stored and nothing was removed by `forget`; in which batches they came, how late and by
        which clock does not matter. What no event says is taken from the kept one: `forgotten`,
        `personalised` and `sequence`. It differs where

        - events have expired: what only they told is gone (`bought` and `rejected` above all);
        - something was forgotten: it stays so, but what it had pushed out of a full list is back,
          and the last of more than `MAX_FORGOTTEN` removals are the ones that are known.
        """
        made = Profile(forgotten=self.forgotten).apply(events)
        return made.model_copy(
            update={"personalised": self.personalised, "sequence": self.sequence}
        )

    def forget(self, item_id: str, at: datetime) -> "Profile":
        """Without the interest or the rejection of this id; the same profile if there is none.

        It stays removed whatever happened before `at` and is told later, and an interest whatever
        shows it by the way; it comes back with the next search, click or rejection of that kind.
        """
        state = _State(self)
        state.forget(item_id, at)
        return state.profile()

    def rejections(self) -> list[Dislike]:
        """All that was waved away, newest first; what has faded long ago has the earliest time."""
        known = {dislike.product_id for dislike in self.dislikes}
        faded = [product_id for product_id in self.rejected if product_id not in known]
        return self.dislikes + [Dislike(scope="product", product_id=p, at=_LONG_AGO) for p in faded]

    def weighted(self, now: datetime) -> list[tuple[Interest, float]]:
        """How much each interest counts now, recent ones first; none for a rejected product."""
        weighted = [
            (interest, interest.weight(now, RECENT_HALF_LIFE_DAYS) * _RECENCY**place)
            for place, interest in enumerate(self.recent)
        ]
        weighted += [
            (interest, interest.weight(now, LASTING_HALF_LIFE_DAYS) * _LASTING_SHARE)
            for interest in self.lasting
        ]
        return [pair for pair in weighted if not self._waved_away(pair[0])]

    @property
    def usable(self) -> "Profile":
        """What recommending may use of it: with personalisation off, what a stranger has.

        A stranger who has seen cards: no answer is owed, so that new products have their turn.
        """
        return self if self.personalised else Profile(personalised=False, shown_since_signal=1)

    def _waved_away(self, interest: Interest) -> bool:
        return interest.kind == "product" and interest.value in self.rejected


class _State:
    """A profile while events are applied to it."""

    def __init__(self, profile: Profile) -> None:
        self.recent = {(i.kind, i.value): i for i in profile.recent}
        self.lasting = {(i.kind, i.value): i for i in profile.lasting}
        self.seen = dict(profile.seen)
        self.bought = list(profile.bought)
        self.rejected = list(profile.rejected)
        self.dislikes = list(profile.dislikes)
        self.forgotten = dict(profile.forgotten)
        self.shown_since_signal = profile.shown_since_signal
        self.personalised = profile.personalised
        self.sequence = profile.sequence
        self.updated_at = profile.updated_at

    def apply(self, event: Event, at: datetime) -> None:
        self.updated_at = max(self.updated_at, at)
        self.sequence += 1
        self._apply(event, at)
        # After each event, so that batches do not matter.
        self._bound()

    def _apply(self, event: Event, at: datetime) -> None:
        match event:
            case SearchEvent():
                read = {"ignore": event.ignore, "verbatim": event.verbatim}
                self._want("query", event.query, event.type, at, **read)
                self.shown_since_signal = 0
            case ClipEvent():
                self._want("clip", event.clip_id, event.type, at)
            case CardEvent():
                self._left(event, at)
            case FeedbackEvent():
                self._feedback(event, at)
                self.shown_since_signal = 0
            case ProductEvent(type="impression"):
                count = self.seen.pop(event.product_id, 0)
                self.seen[event.product_id] = count + 1
                # A product that is seen in a clip is no answer to what the shopper did.
                if event.card_id is not None:
                    self.shown_since_signal += 1
            case ProductEvent():
                self._want("product", event.product_id, event.type, at)
                self.seen.pop(event.product_id, None)
                self.shown_since_signal = 0
                if event.type == "purchase":
                    _move_to_front(self.bought, event.product_id)

    def forget(self, item_id: str, at: datetime) -> None:
        for interests in (self.recent, self.lasting):
            for key, interest in list(interests.items()):
                if interest.item_id == item_id:
                    del interests[key]
                    self._mark(interest, at)
        for dislike in self.profile().rejections():
            if dislike.item_id == item_id:
                self._take_back(dislike.scope, dislike.product_id)
                known = dislike.at > _LONG_AGO
                for scope in (dislike.scope,) if known else get_args(Scope):
                    self._mark(dislike.model_copy(update={"scope": scope}), at)
        self._bound()

    def _mark(self, item: Interest | Dislike, at: datetime) -> None:
        # Not before the item itself: the clock of another device may be ahead of this one's.
        before = self.forgotten.get(item.item_id, at)
        self.forgotten[item.item_id] = max(before, at, item.at)

    def profile(self) -> Profile:
        return Profile(
            recent=sorted(self.recent.values(), key=_newness, reverse=True),
            lasting=sorted(self.lasting.values(), key=_newness, reverse=True),
            seen=dict(self.seen),
            bought=list(self.bought),
            rejected=list(self.rejected),
            dislikes=list(self.dislikes),
            forgotten=dict(sorted(self.forgotten.items(), key=_when)),
            shown_since_signal=self.shown_since_signal,
            personalised=self.personalised,
            sequence=self.sequence,
            updated_at=self.updated_at,
        )

    def _bound(self) -> None:
        for interests, most in ((self.recent, MAX_RECENT), (self.lasting, MAX_LASTING)):
            while len(interests) > most:
                del interests[min(interests, key=lambda key: _newness(interests[key]))]
        while len(self.seen) > MAX_SEEN:
            del self.seen[next(iter(self.seen))]
        while len(self.forgotten) > MAX_FORGOTTEN:
            del self.forgotten[min(self.forgotten.items(), key=_when)[0]]
        del self.bought[MAX_BOUGHT:], self.rejected[MAX_REJECTED:], self.dislikes[MAX_DISLIKES:]

    def _want(
        self, kind: InterestKind, value: str, event_type: str, at: datetime, **read: Any
    ) -> None:
        strength = _STRENGTH[event_type]
        interest = Interest(kind=kind, value=value, strength=strength, at=at, **read)
        if self._is_forgotten(interest, at):
            return
        held = (kind, value) in self.recent or (kind, value) in self.lasting
        if event_type in _BY_THE_WAY and interest.item_id in self.forgotten and not held:
            return
        _strengthen(self.recent, interest)
        if event_type in _LASTING:
            _strengthen(self.lasting, interest)

    def _left(self, event: CardEvent, at: datetime) -> None:
        about = event.reason.interest()
        if about is None:
            return
        keeps = _SEEN_KEEPS
        if event.dwell_ms >= DWELL_MS:
            keeps = _DWELT_KEEPS
            tired = self.recent.get(about)
            self._want(*about, event.type, at)
            if tired:
                renewed = self.recent[about]
                update = {"strength": renewed.strength, "at": renewed.at}
                self.recent[about] = tired.model_copy(update=update)
        elif event.dwell_ms < SKIP_MS:
            keeps = _SKIPPED_KEEPS
        for interests in (self.recent, self.lasting):
            if old := interests.get(about):
                interests[about] = old.after_card(keeps, at)

    def _feedback(self, event: FeedbackEvent, at: datetime) -> None:
        self._take_back(event.scope, event.product_id)
        new = Dislike(scope=event.scope, product_id=event.product_id, at=at)
        if event.type == "not_interested" and not self._is_forgotten(new, at):
            self.dislikes.insert(0, new)
            _move_to_front(self.rejected, event.product_id)

    def _is_forgotten(self, item: Interest | Dislike, at: datetime) -> bool:
        return at <= self.forgotten.get(item.item_id, _LONG_AGO)

    def _take_back(self, scope: str, product_id: str) -> None:
        key = (scope, product_id)
        self.dislikes = [d for d in self.dislikes if (d.scope, d.product_id) != key]
        if not any(d.product_id == product_id for d in self.dislikes):
            self.rejected = [other for other in self.rejected if other != product_id]


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def _fading(since: datetime, now: datetime, half_life_days: float) -> float:
    age_days = max((now - since).total_seconds(), 0.0) / 86_400
    return float(0.5 ** (age_days / half_life_days))


def _strengthen(interests: dict[tuple[InterestKind, str], Interest], new: Interest) -> None:
    old = interests.get((new.kind, new.value))
    if old is not None:
        later = max(new, old, key=lambda interest: interest.at)
        new = new.model_copy(
            update={
                "strength": max(old.strength, new.strength),
                "at": later.at,
                "ignore": later.ignore,
                "verbatim": later.verbatim,
            }
        )
    interests[(new.kind, new.value)] = new


def _newness(interest: Interest) -> tuple[datetime, str, str]:
    return interest.at, interest.kind, interest.value


def _when(mark: tuple[str, datetime]) -> tuple[datetime, str]:
    item_id, at = mark
    return at, item_id


def _move_to_front(items: list[str], item: str) -> None:
    if item in items:
        items.remove(item)
    items.insert(0, item)
