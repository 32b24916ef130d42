"""The only module that speaks to Firestore: shoppers' profiles and events."""

import os
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from shopfyp.catalog import Product
from shopfyp.events import RETENTION, Event, settled_time
from shopfyp.profile import Profile

SHOPPERS, EVENTS, UNANSWERED = "shoppers", "events", "unanswered"
PRODUCTS = "products"


@cache
def client() -> firestore.Client:
    """The Firestore client of this process; the emulator's when its variable is set."""
    if os.environ.get("FIRESTORE_EMULATOR_HOST"):
        project = os.environ.get("GCLOUD_PROJECT", "demo-shopfyp")
        return firestore.Client(project=project, credentials=AnonymousCredentials())
    return firestore.Client()


def load_profile(user_id: str) -> Profile:
    """A shopper's profile: one document read; an empty one for a stranger."""
    return _profile(client().collection(SHOPPERS).document(user_id).get())


def load_product(product_id: str) -> Product | None:
    """A product of the catalogue: one document read; None when there is none."""
    snapshot = client().collection(PRODUCTS).document(product_id).get()
    return Product.model_validate(snapshot.to_dict()) if snapshot.exists else None


def log_events(user_id: str, events: Sequence[Event], now: datetime) -> int:
    """Store the events that are new, and update the profile in the same commit.

    Args:
        user_id: the shopper's.
        events: at most `events.MAX_BATCH`.
        now: when they were received.

    Returns:
        How many were new; an event whose id is stored already changes nothing.
    """
    return int(_log_events(client().transaction(), user_id, events, now))


def log_unanswered(query: str, why: str, now: datetime) -> None:
    """Count a search that the catalogue has no answer to, for the operator: one write.

    The document says what was asked, by nobody in particular; it expires as events do, and rules
    let no client read it.

    Args:
        query: in the shopper's words; what differs in case and spaces only is one query.
        why: `nothing`, `relaxed` or `nearest_only`.
        now: when it was asked.
    """
    words = " ".join(query.lower().split())
    client().collection(UNANSWERED).document(sha256(words.encode()).hexdigest()[:32]).set(
        {
            "query": words,
            "why": why,
            "count": firestore.Increment(1),
            "last_at": now,
            "expires_at": now + RETENTION,
        },
        merge=True,
    )


@firestore.transactional  # type: ignore[untyped-decorator]
def _log_events(
    transaction: firestore.Transaction, user_id: str, events: Sequence[Event], now: datetime
) -> int:
    shopper = client().collection(SHOPPERS).document(user_id)
    unique = {event.event_id: event for event in events}
    references = {shopper.collection(EVENTS).document(event_id): event_id for event_id in unique}
    snapshots = list(client().get_all([shopper, *references], transaction=transaction))
    stored = {s.reference.id for s in snapshots if s.exists and s.reference in references}
    (profile,) = (_profile(s) for s in snapshots if s.reference == shopper)
    new = [
        (event, settled_time(event.at, now))
        for event_id, event in unique.items()
        if event_id not in stored
    ]
    for event, at in new:
        document = {
            **event.model_dump(exclude={"event_id", "at"}, exclude_none=True),
            "user_id": user_id,
            "at": at,
            "received_at": now,
            "expires_at": now + RETENTION,
        }
        transaction.create(shopper.collection(EVENTS).document(event.event_id), document)
    if new:
        transaction.set(shopper, profile.apply(new).model_dump())
    return len(new)


def _profile(snapshot: Any) -> Profile:
    return Profile.model_validate(snapshot.to_dict()) if snapshot.exists else Profile()
