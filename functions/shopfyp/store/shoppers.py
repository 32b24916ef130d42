"""A shopper's profile and events: kept, changed, made anew, handed out and erased."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter
from pydantic import TypeAdapter

from shopfyp.events import RETENTION, Event, settled_time
from shopfyp.profile import Profile
from shopfyp.store.client import COMMIT, again, attempt, client, transact

SHOPPERS, EVENTS, TOMBSTONES = "shoppers", "events", "tombstones"
TOMBSTONE_STAYS = timedelta(days=15)
"""Longer than the hour that a deleted user's last token is good for, than a client holds events
back, and than the backups of docs/operations.md, from which a shopper may come back."""
SERVER_FIELDS = frozenset({"user_id", "received_at", "expires_at", "sequence"})
"""What a stored event has beside what the client sent."""
_STRANGER = Profile(personalised=os.environ.get("REQUIRE_CONSENT") != "true")
"""Where consent is required, nothing is kept or used of a shopper who did not say yes."""
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_RPC_SECONDS = 8.0


class Logged(NamedTuple):
    """What became of a batch of events: new, known before, or not to be kept."""

    stored: int
    duplicates: int
    discarded: int


class Rebuilt(NamedTuple):
    """A profile as it was kept, and made anew from events.

    `missing` counts gaps in the numbers of the events: what was stored once, and is lost.
    """

    before: Profile
    after: Profile
    events: int
    missing: int


class Held(NamedTuple):
    """A page of what is stored of a shopper, as it is stored."""

    profile: dict[str, Any] | None
    events: list[dict[str, Any]]
    next_after: str | None


def load_profile(user_id: str) -> Profile:
    """A shopper's profile: one document read; an empty one for a stranger."""
    return _profile(_shopper(user_id).get())


def log_events(user_id: str, events: Sequence[Event], now: datetime) -> Logged:
    """Store the events that are new, and update the profile in the same commit.

    Nothing is kept of a shopper who turned personalisation off, or was deleted.

    Args:
        user_id: the shopper's.
        events: at most `events.MAX_BATCH`.
        now: when they were received.

    Returns:
        How many were new; an event whose id is stored already changes nothing.

    Raises:
        GoogleAPICallError, RetryError: Firestore cannot be had now. All is stored, or nothing.
    """
    logged: Logged = _log_events(user_id, events, now)
    return logged


def rebuild_profile(user_id: str, now: datetime, *, write: bool = True) -> Rebuilt:
    """Make a shopper's profile anew from the events that are stored: a read an event.

    For repair, and to show that what is kept is right; `Profile.rebuilt` says where the two may
    differ. It is one transaction with all that changes the profile. A deleted shopper's stays
    empty, and a profile expires with its last event as before.
    """
    rebuilt: Rebuilt = transact(_rebuild_profile, user_id, now, write)
    return rebuilt


def change_profile(user_id: str, change: Callable[[Profile], Profile], now: datetime) -> Profile:
    """Replace a profile by what `change` makes of it; returns the one that holds from then on.

    A deleted shopper's stays empty.
    """
    changed: Profile = transact(_change_profile, user_id, change, now)
    return changed


def unused(now: datetime) -> list[str]:
    """The ids of shoppers whom personalisation has been off for since RETENTION ago or longer.

    Theirs are the profiles that do not expire as a whole: a shopper's no stays. A read each, and
    at most 400 at a time.
    """
    found = (
        client()
        .collection(SHOPPERS)
        .where(filter=FieldFilter("personalised", "==", False))
        .where(filter=FieldFilter("updated_at", "<", now - RETENTION))
        .limit(COMMIT)
    )
    return [snapshot.id for snapshot in found.select([]).stream()]


def empty(user_id: str, now: datetime) -> bool:
    """Empty the profile of one of `unused`, but for the choice; returns whether it still was."""

    def emptied(profile: Profile) -> Profile:
        if profile.personalised or profile.updated_at >= now - RETENTION:
            return profile  # changed meanwhile
        kept = profile.model_dump(include={"forgotten", "sequence"})
        return Profile(personalised=False, updated_at=now, **kept)

    return change_profile(user_id, emptied, now).updated_at == now


def load_held(user_id: str, after: str | None, limit: int) -> Held:
    """Up to `limit` events in the order of their ids, from behind `after`; at first the profile."""
    shopper = _shopper(user_id)
    events = shopper.collection(EVENTS)
    query = events.order_by("__name__").limit(limit)
    if after is not None:
        query = query.start_after({"__name__": events.document(after)})
    profile = shopper.get().to_dict() if after is None else None
    page = [{"event_id": snapshot.id, **snapshot.to_dict()} for snapshot in query.stream()]
    return Held(profile, page, page[-1]["event_id"] if len(page) == limit else None)


def erase(user_id: str, now: datetime, most: int) -> bool:
    """Delete up to `most` documents of a shopper, the profile before all; returns whether all are.

    The first commit leaves a tombstone in the profile's place, so that nothing is stored from
    then on. Its key is a hash of the user id, which it holds until `erased` takes it out. Calling
    again goes on where an earlier call ended, however it ended.
    """
    shopper = _shopper(user_id)
    batch = client().batch()
    begun = {"deleted_at": now, "expires_at": now + TOMBSTONE_STAYS, "erasing": user_id}
    batch.set(_tombstone(user_id), begun)
    batch.delete(shopper)
    batch.commit()
    for collection in shopper.collections():
        while found := list(collection.select(["__name__"]).limit(min(COMMIT, most)).stream()):
            batch = client().batch()
            for snapshot in found:
                batch.delete(snapshot.reference)
            batch.commit()
            most -= len(found)
            if most <= 0:
                return False
    return True


def erased(user_id: str) -> None:
    """Take out of a tombstone whose it is: nothing is left to erase."""
    _tombstone(user_id).update({"erasing": firestore.DELETE_FIELD})


def half_erased(most: int, after: str = "") -> list[str]:
    """The ids of up to `most` shoppers whose erasure began and did not end: a read each.

    They come in order, those behind the id `after`.
    """
    begun = client().collection(TOMBSTONES).where(filter=FieldFilter("erasing", ">", after))
    return [snapshot.get("erasing") for snapshot in begun.limit(most).stream()]


def tombstone_of(user_id: str) -> str:
    """The id of the tombstone of a shopper, who cannot be told from it."""
    return sha256(user_id.encode()).hexdigest()


@again
def _log_events(user_id: str, events: Sequence[Event], now: datetime) -> Logged:
    # No transaction: one whose process was killed would keep the shopper locked for a minute.
    shopper = _shopper(user_id)
    unique = {event.event_id: event for event in events}
    references = {shopper.collection(EVENTS).document(event_id): event_id for event_id in unique}
    snapshots = list(client().get_all([shopper, *references], retry=None, timeout=_RPC_SECONDS))
    stored = {s.reference.id for s in snapshots if s.exists and s.reference in references}
    (known,) = (s for s in snapshots if s.reference == shopper)
    profile = _profile(known)
    if not profile.personalised:
        return Logged(stored=0, duplicates=0, discarded=len(events))
    new = [
        (event, settled_time(event.at, now))
        for event_id, event in unique.items()
        if event_id not in stored
    ]
    if not known.exists:
        # Not tried again by itself: whoever opened the profile meanwhile has changed it, too.
        if not attempt(_opened, shopper, profile, new, now):
            return Logged(stored=0, duplicates=0, discarded=len(events))
    elif new:
        batch = client().batch()
        _create_events(batch, shopper, profile, new, now)
        unchanged = client().write_option(last_update_time=known.update_time)
        batch.update(shopper, _fields(profile.apply(new), now), unchanged)
        batch.commit(retry=None, timeout=_RPC_SECONDS)
    return Logged(stored=len(new), duplicates=len(events) - len(new), discarded=0)


def _opened(
    transaction: firestore.Transaction,
    shopper: Any,
    profile: Profile,
    new: Sequence[tuple[Event, datetime]],
    now: datetime,
) -> bool:
    """Store a new shopper's first events with their profile; not if there is a tombstone."""
    if _tombstone(shopper.id).get(transaction=transaction).exists:
        return False
    _create_events(transaction, shopper, profile, new, now)
    transaction.create(shopper, _fields(profile.apply(new), now))
    return True


def _create_events(
    batch: firestore.WriteBatch,
    shopper: Any,
    profile: Profile,
    new: Sequence[tuple[Event, datetime]],
    now: datetime,
) -> None:
    for sequence, (event, at) in enumerate(new, profile.sequence):
        document = {
            **event.model_dump(exclude={"event_id", "at"}, exclude_none=True),
            "user_id": shopper.id,
            "at": at,
            "received_at": now,
            "expires_at": now + RETENTION,
            "sequence": sequence,
        }
        batch.create(shopper.collection(EVENTS).document(event.event_id), document)


def _rebuild_profile(
    transaction: firestore.Transaction, user_id: str, now: datetime, write: bool
) -> Rebuilt:
    shopper = _shopper(user_id)
    known = shopper.get(transaction=transaction)
    before = _profile(known)
    if _is_deleted(transaction, known):
        return Rebuilt(before, before, events=0, missing=0)
    found = (snapshot for snapshot in shopper.collection(EVENTS).stream(transaction=transaction))
    stored = [{"event_id": snapshot.id, **snapshot.to_dict()} for snapshot in found]
    # TTL removes what has expired within days, not at once.
    stored = [fields for fields in stored if fields["expires_at"] > now]
    stored.sort(key=_order)
    numbers = [fields["sequence"] for fields in stored if "sequence" in fields]
    first = numbers[0] if numbers else before.sequence
    following = max(before.sequence, numbers[-1] + 1) if numbers else before.sequence
    events = [(_event(fields), fields["at"]) for fields in stored]
    after = before.model_copy(update={"sequence": following}).rebuilt(events)
    if write and after.model_dump() != before.model_dump():
        heard = stored[-1]["received_at"] if stored else now
        transaction.set(shopper, _fields(after, heard))
    return Rebuilt(before, after, len(stored), missing=following - first - len(numbers))


def _order(fields: Mapping[str, Any]) -> tuple[Any, ...]:
    """By number; before all numbers what was stored before there were any, as it came in."""
    if "sequence" in fields:
        return True, fields["sequence"]
    return False, fields["received_at"], fields["at"]


def _event(fields: Mapping[str, Any]) -> Event:
    return _EVENT.validate_python({k: v for k, v in fields.items() if k not in SERVER_FIELDS})


def _change_profile(
    transaction: firestore.Transaction,
    user_id: str,
    change: Callable[[Profile], Profile],
    now: datetime,
) -> Profile:
    shopper = _shopper(user_id)
    known = shopper.get(transaction=transaction)
    before = _profile(known)
    if _is_deleted(transaction, known):
        return before
    after = change(before)
    if after != before:
        transaction.set(shopper, _fields(after, now))
    return after


def _fields(profile: Profile, now: datetime) -> dict[str, Any]:
    fields = profile.model_dump()
    if profile.personalised:  # a shopper's no does not expire
        fields["expires_at"] = now + RETENTION
    return fields


def _is_deleted(transaction: firestore.Transaction, shopper: Any) -> bool:
    """Whether a tombstone stands for this profile; where there is a profile, there is none."""
    if shopper.exists:
        return False
    return bool(_tombstone(shopper.id).get(transaction=transaction).exists)


def _shopper(user_id: str) -> Any:
    return client().collection(SHOPPERS).document(user_id)


def _tombstone(user_id: str) -> Any:
    return client().collection(TOMBSTONES).document(tombstone_of(user_id))


def _profile(snapshot: Any) -> Profile:
    return Profile.model_validate(snapshot.to_dict()) if snapshot.exists else _STRANGER
