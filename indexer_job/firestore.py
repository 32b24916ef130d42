"""Firestore as the job reads and fills it: products, clips and everybody's events."""

from collections.abc import Iterable, Iterator
from typing import Any

from google.cloud.firestore import DocumentSnapshot
from google.cloud.firestore_v1.query import QueryPartition
from tqdm import tqdm

from indexer_job.files import UserEvent, user_event
from shopfyp.catalog import Clip, Product, as_record
from shopfyp.store import CLIPS, EVENTS, PRODUCTS, SERVER_FIELDS, client

Part = tuple[str | None, str | None]
"""Paths of a part's first document and of the one behind its last; None: to the very end."""


def read_products() -> Iterator[Product]:
    """All products, by id."""
    return map(product_of, client().collection(PRODUCTS).stream())


def product_of(snapshot: DocumentSnapshot) -> Product:
    """The product of a document."""
    return Product.model_validate({"product_id": snapshot.id, **snapshot.to_dict()})


def read_clips() -> Iterator[Clip]:
    """All clips, by id."""
    for snapshot in client().collection(CLIPS).stream():
        yield Clip.model_validate({"clip_id": snapshot.id, **snapshot.to_dict()})


def read_events() -> list[UserEvent]:
    """All shoppers' events, in the order of time."""
    events = map(event_of, client().collection_group(EVENTS).stream())
    return sorted(events, key=lambda e: (e.at, e.event.event_id))


def event_of(snapshot: DocumentSnapshot) -> UserEvent:
    """The event of a document.

    Raises:
        InputError: it is none.
    """
    return stored_event({"event_id": snapshot.id, **snapshot.to_dict()}, snapshot.reference.path)


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
    """Write products and clips as documents, in bulk; returns how many."""
    writer = client().bulk_writer()
    documents = [(PRODUCTS, p.product_id, as_record(p)) for p in products]
    documents += [(CLIPS, c.clip_id, c.model_dump(mode="json")) for c in clips]
    for collection, document_id, fields in tqdm(
        documents, desc="seed", unit="document", disable=not progress
    ):
        writer.set(client().collection(collection).document(document_id), fields)
    writer.close()
    return len(documents)
