"""The only module that speaks to Firestore: shoppers, events, the catalogue, and insights."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from google.api_core.exceptions import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    GoogleAPICallError,
    NotFound,
    RetryError,
    ServiceUnavailable,
)
from google.api_core.retry import Retry, if_exception_type
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter
from pydantic import TypeAdapter, ValidationError

from shopfyp.budgets import Drawn, drawn
from shopfyp.catalog import Clip, Product, as_record
from shopfyp.changes import Change, InvalidProduct, product_of
from shopfyp.events import RETENTION, Event, settled_time
from shopfyp.insights import EVENT_FIELDS, EVENT_TYPES, DayInsights, bounds_of
from shopfyp.latency import Calls
from shopfyp.logs import log
from shopfyp.profile import Profile

SHOPPERS, EVENTS, UNANSWERED = "shoppers", "events", "unanswered"
PRODUCTS, CLIPS, TOMBSTONES = "products", "clips", "tombstones"
CHANGES = "changes"
INSIGHTS, CALLS, BUDGETS = "insights", "insights_calls", "budgets"
_PAGE = 5000
_CALLS_SECONDS = 10.0
_COUNT_SECONDS = 2.0
_SAID_BY_MANY = 3
TOMBSTONE_STAYS = timedelta(days=15)
"""Longer than the hour that a deleted user's last token is good for, than a client holds events
back, and than the backups of docs/operations.md, from which a shopper may come back."""
_BUDGET_STAYS = timedelta(hours=1)
_COMMIT = 400
"""Documents deleted in one commit; Firestore takes 500."""
SERVER_FIELDS = frozenset({"user_id", "received_at", "expires_at", "sequence"})
"""What a stored event has beside what the client sent."""
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_RPC_SECONDS = 8.0
# Somebody else was faster, or Firestore is away: well within the time that a call may take.
_CONFLICTS = (Aborted, AlreadyExists, FailedPrecondition, NotFound)
_again = Retry(
    predicate=if_exception_type(*_CONFLICTS, ServiceUnavailable),
    initial=0.05,
    maximum=2.0,
    timeout=10.0,
)


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


@cache
def client() -> firestore.Client:
    """The Firestore client of this process; the emulator's when its variable is set."""
    if os.environ.get("FIRESTORE_EMULATOR_HOST"):
        project = os.environ.get("GCLOUD_PROJECT", "demo-shopfyp")
        return firestore.Client(project=project, credentials=AnonymousCredentials())
    return firestore.Client()


def load_profile(user_id: str) -> Profile:
    """A shopper's profile: one document read; an empty one for a stranger."""
    return _profile(_shopper(user_id).get())


def load_product(product_id: str) -> Product | None:
    """A product of the catalogue: one document read; None when there is none.

    Raises:
        InvalidProduct: the document is no product.
    """
    snapshot = client().collection(PRODUCTS).document(product_id).get()
    return product_of(product_id, snapshot.to_dict()) if snapshot.exists else None


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
    rebuilt: Rebuilt = _transact(_rebuild_profile, user_id, now, write)
    return rebuilt


def change_profile(user_id: str, change: Callable[[Profile], Profile], now: datetime) -> Profile:
    """Replace a profile by what `change` makes of it; returns the one that holds from then on.

    A deleted shopper's stays empty.
    """
    changed: Profile = _transact(_change_profile, user_id, change, now)
    return changed


def forget_unused(now: datetime) -> int:
    """Empty profiles that personalisation has been off for, RETENTION after their last event.

    The others expire as a whole, but a shopper's no does not. A read and a write each; returns how
    many were looked at, of the 400 that are at a time.
    """
    unused = (
        client()
        .collection(SHOPPERS)
        .where(filter=FieldFilter("personalised", "==", False))
        .where(filter=FieldFilter("updated_at", "<", now - RETENTION))
        .limit(_COMMIT)
    )

    def emptied(profile: Profile) -> Profile:
        if profile.personalised or profile.updated_at >= now - RETENTION:
            return profile  # changed meanwhile
        kept = profile.model_dump(include={"forgotten", "sequence"})
        return Profile(personalised=False, updated_at=now, **kept)

    found = [snapshot.id for snapshot in unused.select([]).stream()]
    for user_id in found:
        change_profile(user_id, emptied, now)
    return len(found)


def note_change(product_id: str, now: datetime) -> None:
    """Note what a product is now, or that it is none any more: one read, one write.

    It is read here, in one transaction with the note: triggers come late and in any order, and
    what they bring along may be outdated.

    Raises:
        InvalidProduct: the document is no product; nothing is noted, the one before holds.
    """
    _transact(_note_change, product_id, now)


def changes_since(since: datetime, most: int) -> list[Change]:
    """The latest changes after `since`, one a product, at most `most` of them: a read each."""
    query = (
        client()
        .collection(CHANGES)
        .where(filter=FieldFilter("at", ">", since))
        .order_by("at", direction="DESCENDING")
        .limit(most)
    )
    changes = []
    for snapshot in query.stream():
        kept = snapshot.to_dict()
        try:
            product = kept["product"] and product_of(snapshot.id, kept["product"])
        except InvalidProduct as error:  # noted by a version of this code with other rules
            log("ERROR", "no product", product_id=snapshot.id, reason=str(error))
            continue
        changes.append(Change(snapshot.id, kept["at"], product))
    return changes


def load_products(product_ids: Sequence[str]) -> dict[str, Product]:
    """Title, brand and category of products, by id; without those that there are none of."""
    products = {}
    for key, fields in _documents(PRODUCTS, product_ids, ["title", "brand", "category"]).items():
        with suppress(InvalidProduct):  # logged by who reads the whole catalogue
            products[key] = product_of(key, fields)
    return products


def load_clips(clip_ids: Sequence[str]) -> dict[str, Clip]:
    """Clips by id; without those that there are none of."""
    found = {key: clip_of(key, fields) for key, fields in _documents(CLIPS, clip_ids).items()}
    return {key: clip for key, clip in found.items() if clip}


def clip_of(document_id: str, fields: Mapping[str, Any]) -> Clip | None:
    """The clip in a document; None, and an entry in the log, if it is none."""
    try:
        return Clip.model_validate({"clip_id": document_id, **fields})
    except ValidationError as error:
        log("ERROR", "no clip", clip_id=document_id, fields=error.error_count())
        return None


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
    then on. Its key is a hash of the user id, which it does not hold. Calling again goes on
    where an earlier call ended, however it ended.
    """
    shopper = _shopper(user_id)
    batch = client().batch()
    batch.set(_tombstone(user_id), {"deleted_at": now, "expires_at": now + TOMBSTONE_STAYS})
    batch.delete(shopper)
    batch.commit()
    for collection in shopper.collections():
        while found := list(collection.select(["__name__"]).limit(min(_COMMIT, most)).stream()):
            batch = client().batch()
            for snapshot in found:
                batch.delete(snapshot.reference)
            batch.commit()
            most -= len(found)
            if most <= 0:
                return False
    return True


def log_unanswered(query: str, why: str, now: datetime) -> None:
    """Count a search that the catalogue has no answer to, for the operator: one write.

    It is tried once: the shopper has an answer, and must not lose it by this.

    The document says what was asked, by nobody in particular; it expires as events do, and rules
    let no client read it.

    Args:
        query: in the shopper's words; what differs in case and spaces only is one query.
        why: `nothing`, `relaxed` or `nearest_only`.
        now: when it was asked.
    """
    words = " ".join(query.lower().split())
    counted = client().collection(UNANSWERED).document(sha256(words.encode()).hexdigest()[:32])
    fields = {
        "query": words,
        "why": why,
        "count": firestore.Increment(1),
        "last_at": now,
        "expires_at": now + RETENTION,
    }
    try:
        counted.set(fields, merge=True, retry=None, timeout=_COUNT_SECONDS)
    except (GoogleAPICallError, RetryError) as error:
        log("WARNING", "unanswered search not counted", reason=type(error).__name__)


def unanswered(most: int) -> list[dict[str, Any]]:
    """The searches most often unanswered, as `log_unanswered` counts them: `most` reads.

    What was asked once or twice may be one shopper's own words, and stays unseen.
    """
    found = (
        client()
        .collection(UNANSWERED)
        .where(filter=FieldFilter("count", ">=", _SAID_BY_MANY))
        .order_by("count", direction="DESCENDING")
        .limit(most)
    )
    return [snapshot.to_dict() for snapshot in found.stream()]


def events_of(day: date) -> Iterator[dict[str, Any]]:
    """Everybody's events that insights count, by when they came in: one read an event.

    Only `insights.EVENT_FIELDS` come over the wire. They are read in pages, as a single stream of
    hours would be cut off.
    """
    start, end = bounds_of(day)
    query = (
        client()
        .collection_group(EVENTS)
        .where(filter=FieldFilter("type", "in", EVENT_TYPES))
        .where(filter=FieldFilter("received_at", ">=", start))
        .where(filter=FieldFilter("received_at", "<", end))
        .select((*EVENT_FIELDS, "received_at"))
        .order_by("received_at")
        .limit(_PAGE)
    )
    page = list(query.stream())
    while page:
        yield from (snapshot.to_dict() for snapshot in page)
        page = list(query.start_after(page[-1]).stream()) if len(page) == _PAGE else []


def save_insights(insights: DayInsights) -> None:
    """Keep a day's insights in the place of those counted before."""
    fields = insights.model_dump(mode="json")
    client().collection(INSIGHTS).document(fields["day"]).set(fields)


def load_insights(since: date) -> list[DayInsights]:
    """The insights of `since` and all later days that have some, in their order: a read a day."""
    kept = client().collection(INSIGHTS).where(filter=FieldFilter("day", ">=", str(since)))
    return [DayInsights.model_validate(s.to_dict()) for s in kept.order_by("day").stream()]


def add_calls(day: date, calls: Mapping[str, Calls]) -> None:
    """Add to what was counted of functions' calls on a day: one write a function.

    A document is written once a minute by each instance of its function, so less than once a
    second, which is what one document takes.
    """
    start, _ = bounds_of(day)
    for function, some in calls.items():
        client().collection(CALLS).document(f"{day}-{function}").set(
            {
                "day": str(day),
                "function": function,
                "outcomes": {name: firestore.Increment(n) for name, n in some.outcomes.items()},
                "buckets": {str(at): firestore.Increment(n) for at, n in some.buckets.items()},
                "expires_at": start + RETENTION,
            },
            merge=True,
            timeout=_CALLS_SECONDS,
        )


def load_calls(day: date) -> dict[str, Calls]:
    """What was counted of each function on a day: a read a function."""
    kept = client().collection(CALLS).where(filter=FieldFilter("day", "==", str(day)))
    found = (snapshot.to_dict() for snapshot in kept.stream())
    return {fields["function"]: Calls.model_validate(fields) for fields in found}


def draw(key: str, wanted: int, per_minute: int, now: datetime) -> Drawn:
    """Take up to `wanted` calls out of a caller's bucket: one read, and a write if there are any.

    The key is a hash, and the document is gone an hour after its last use (TTL). When too many
    draw from one bucket in the same moment, there is nothing for a second.
    """
    draw_from = firestore.transactional(_draw)
    try:
        got: Drawn = draw_from(client().transaction(max_attempts=3), key, wanted, per_minute, now)
    except (Aborted, ValueError) as error:
        if isinstance(error, Aborted) or isinstance(error.__cause__, Aborted):
            return Drawn(0, 1.0)
        raise
    return got


def _draw(
    transaction: firestore.Transaction, key: str, wanted: int, per_minute: int, now: datetime
) -> Drawn:
    bucket = client().collection(BUDGETS).document(key)
    known = bucket.get(transaction=transaction).to_dict() or {"level": per_minute, "at": now}
    elapsed = (now - known["at"]).total_seconds()
    level, got = drawn(known["level"], elapsed, wanted, per_minute)
    if got.calls:
        at = max(now, known["at"])
        transaction.set(bucket, {"level": level, "at": at, "expires_at": now + _BUDGET_STAYS})
    return got


@_again
def _transact(body: Callable[..., Any], *arguments: Any) -> Any:
    return _attempt(body, *arguments)


def _attempt(body: Callable[..., Any], *arguments: Any) -> Any:
    try:
        # Wrapped anew for each call: the wrapper keeps what a retry needs, threads share none.
        return firestore.transactional(body)(client().transaction(), *arguments)
    except ValueError as error:
        # The library tells of its own rollback or count of attempts instead of what went wrong.
        cause = error.__cause__ or error.__context__
        if isinstance(cause, GoogleAPICallError | RetryError):
            raise cause from error
        raise


@_again
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
        if not _attempt(_opened, shopper, profile, new, now):
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


def _note_change(transaction: firestore.Transaction, product_id: str, now: datetime) -> None:
    known = client().collection(PRODUCTS).document(product_id).get(transaction=transaction)
    product = as_record(product_of(product_id, known.to_dict())) if known.exists else None
    change = {
        "at": firestore.SERVER_TIMESTAMP,
        "product": product,
        "expires_at": now + RETENTION,
    }
    transaction.set(client().collection(CHANGES).document(product_id), change)


def _documents(
    collection: str, ids: Sequence[str], fields: list[str] | None = None
) -> dict[str, dict[str, Any]]:
    references = [client().collection(collection).document(key) for key in dict.fromkeys(ids)]
    found = client().get_all(references, field_paths=fields) if references else []
    return {snapshot.id: snapshot.to_dict() for snapshot in found if snapshot.exists}


def _shopper(user_id: str) -> Any:
    return client().collection(SHOPPERS).document(user_id)


def tombstone_of(user_id: str) -> str:
    """The id of the tombstone of a shopper, who cannot be told from it."""
    return sha256(user_id.encode()).hexdigest()


def _tombstone(user_id: str) -> Any:
    return client().collection(TOMBSTONES).document(tombstone_of(user_id))


def _profile(snapshot: Any) -> Profile:
    return Profile.model_validate(snapshot.to_dict()) if snapshot.exists else Profile()
