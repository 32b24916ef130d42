"""Firestore as the job reads and fills it: products, clips and everybody's events."""

from collections.abc import Iterable, Iterator

from tqdm import tqdm

from indexer_job.files import UserEvent, user_event
from shopfyp.catalog import Clip, Product, as_record
from shopfyp.store import CLIPS, EVENTS, PRODUCTS, SERVER_FIELDS, client


def read_products() -> Iterator[Product]:
    """All products, by id."""
    for snapshot in client().collection(PRODUCTS).stream():
        yield Product.model_validate({"product_id": snapshot.id, **snapshot.to_dict()})


def read_clips() -> Iterator[Clip]:
    """All clips, by id."""
    for snapshot in client().collection(CLIPS).stream():
        yield Clip.model_validate({"clip_id": snapshot.id, **snapshot.to_dict()})


def read_events() -> list[UserEvent]:
    """All shoppers' events, in the order of time."""
    server_fields = SERVER_FIELDS - {"user_id"}
    events = []
    for snapshot in client().collection_group(EVENTS).stream():
        fields = {k: v for k, v in snapshot.to_dict().items() if k not in server_fields}
        events.append(user_event({"event_id": snapshot.id, **fields}, snapshot.reference.path))
    return sorted(events, key=lambda e: (e.at, e.event.event_id))


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
