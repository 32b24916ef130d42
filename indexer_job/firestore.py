"""Firestore as the job reads and fills it: products, clips and everybody's events."""

from collections.abc import Iterable, Iterator
from typing import Any

from google.api_core.exceptions import GoogleAPICallError, RetryError
from google.cloud.firestore import DocumentSnapshot
from google.cloud.firestore_v1.query import QueryPartition
from tqdm import tqdm

from indexer_job.files import InputError, UserEvent, user_event
from shopfyp import changes
from shopfyp.catalog import Clip, Product, as_record
from shopfyp.changes import InvalidProduct
from shopfyp.errors import ShopFYPError
from shopfyp.logs import log
from shopfyp.store.client import client
from shopfyp.store.products import CLIPS, PRODUCTS, clip_of
from shopfyp.store.shoppers import EVENTS, SERVER_FIELDS, TOMBSTONES, tombstone_of

Part = tuple[str | None, str | None]
"""Paths of a part's first document and of the one behind its last; None: to the very end."""

_COMMIT = 200
"""So many documents of a catalogue are written at once: of 500, long ones exceed 10 MiB."""


class FirestoreError(ShopFYPError):
    """Firestore did not take what the job gave it."""


def read_products() -> Iterator[Product]:
    """All products, by id; documents that are none are left out, as the functions do, and logged.

    One that was mistyped must not keep all others from being published.
    """
    return filter(None, map(product_of, client().collection(PRODUCTS).stream()))


def product_of(snapshot: DocumentSnapshot) -> Product | None:
    """The product of a document; None, and an entry in the log, if it is none."""
    try:
        return changes.product_of(snapshot.id, snapshot.to_dict())
    except InvalidProduct as error:
        log("ERROR", "no product", product_id=snapshot.id, reason=str(error))
        return None


def read_clips() -> Iterator[Clip]:
    """All clips, by id; documents that are none are left out, and logged."""
    found = client().collection(CLIPS).stream()
    return filter(None, (clip_of(snapshot.id, snapshot.to_dict()) for snapshot in found))


def read_events() -> list[UserEvent]:
    """All shoppers' events, in the order of time; documents that are none are left out, and logged.

    Other collections of the app may be called so as well. What is left of a shopper whose deletion
    was interrupted is left out, too.
    """
    gone = read_gone()
    events = filter(None, map(event_of, client().collection_group(EVENTS).stream()))
    kept = [e for e in events if is_kept(e, gone)]
    return sorted(kept, key=lambda e: (e.at, e.event.event_id))


def read_gone() -> frozenset[str]:
    """The ids of all tombstones: of whom nothing may be learnt, whatever is left of them."""
    return frozenset(s.id for s in client().collection(TOMBSTONES).select([]).stream())


def is_kept(event: UserEvent, gone: frozenset[str]) -> bool:
    """Whether an event's shopper is none of `read_gone`."""
    return tombstone_of(event.user_id) not in gone


def event_of(snapshot: DocumentSnapshot) -> UserEvent | None:
    """The event of a document; None, and an entry in the log, if it is none."""
    try:
        return stored_event({"event_id": snapshot.id, **snapshot.to_dict()}, "an event")
    except InputError as error:
        # The path would name the shopper.
        log("ERROR", "no event", reason=str(error))
        return None


def stored_event(fields: dict[str, Any], where: str) -> UserEvent:
    """An event from the fields that are stored of it, without the server's own.

    Raises:
        InputError: it is none.
    """
    own = SERVER_FIELDS - {"user_id"}
    return user_event({k: v for k, v in fields.items() if k not in own}, where)


def parts_of(collection: str, count: int) -> list[Part]:
    """At most `count` parts, of about the same size, of all collections of that name."""
    found = client().collection_group(collection).get_partitions(count)
    bounds = [(part.start_at, part.end_at) for part in found]
    return [(start and start.path, end and end.path) for start, end in bounds]


def read_part(collection: str, part: Part) -> Iterator[DocumentSnapshot]:
    """The documents of one part."""
    start, end = (path and client().document(path) for path in part)
    yield from QueryPartition(client().collection_group(collection), start, end).query().stream()


def write_catalog(
    products: Iterable[Product], clips: Iterable[Clip], *, progress: bool = False
) -> int:
    """Write products and clips as documents, in bulk; returns how many.

    Raises:
        FirestoreError: some were refused; those before them are written.
    """
    documents = [(PRODUCTS, p.product_id, as_record(p)) for p in products]
    documents += [(CLIPS, c.clip_id, c.model_dump(mode="json")) for c in clips]
    # No BulkWriter: what it could not write it forgets without a word.
    with tqdm(total=len(documents), desc="seed", unit="document", disable=not progress) as done:
        for start in range(0, len(documents), _COMMIT):
            batch = client().batch()
            for collection, document_id, fields in documents[start : start + _COMMIT]:
                batch.set(client().collection(collection).document(document_id), fields)
            try:
                done.update(len(batch.commit()))
            except (GoogleAPICallError, RetryError) as error:
                raise FirestoreError(f"after {start} documents: {error}") from error
    return len(documents)
