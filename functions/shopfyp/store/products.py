"""The catalogue: products, clips, and the changes that the latest release does not know of."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter
from pydantic import ValidationError

from shopfyp.catalog import Clip, Product, as_record
from shopfyp.changes import Change, InvalidProduct, product_of
from shopfyp.events import RETENTION
from shopfyp.logs import log
from shopfyp.store.client import client, transact

PRODUCTS, CLIPS, CHANGES = "products", "clips", "changes"


def load_product(product_id: str) -> Product | None:
    """A product of the catalogue: one document read; None when there is none.

    Raises:
        InvalidProduct: the document is no product.
    """
    snapshot = client().collection(PRODUCTS).document(product_id).get()
    return product_of(product_id, snapshot.to_dict()) if snapshot.exists else None


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


def note_change(product_id: str, now: datetime) -> None:
    """Note what a product is now, or that it is none any more: one read, one write.

    It is read here, in one transaction with the note: triggers come late and in any order, and
    what they bring along may be outdated.

    Raises:
        InvalidProduct: the document is no product; nothing is noted, the one before holds.
    """
    transact(_note_change, product_id, now)


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
