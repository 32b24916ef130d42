"""Where products and events come from: JSONL by glob, Firestore by parts, BigQuery."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.pvalue import AsSingleton

from indexer_job import firestore
from indexer_job.files import UserEvent, from_json, record, user_event
from indexer_job.neighbours import EVENT_WEIGHTS
from shopfyp.catalog import Product, as_record
from shopfyp.events import ProductEvent
from shopfyp.store.products import PRODUCTS
from shopfyp.store.shoppers import EVENTS

BIGQUERY = "bigquery:"
_PARTS = 256
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Row(NamedTuple):
    """A product on its way into a shard; ids are unique, so rows sort by them."""

    product_id: str
    record: str


class Seen(NamedTuple):
    """A product that a shopper took; a shopper's sort by time (in microseconds), then event id."""

    user_id: str
    at: int
    event_id: str
    product_id: str
    weight: float


def read_products(pipeline: beam.Pipeline, source: str) -> beam.PCollection[Row]:
    """The products of a source.

    That is a glob of JSONL files, gzipped or not by their names, `firestore`, or
    `bigquery:PROJECT.DATASET.TABLE`. A table has the columns of `Product`. The pipeline fails
    with an InputError at what is none.
    """
    return (
        _read(
            pipeline,
            source,
            PRODUCTS,
            Product,
            _product_of_line,
            firestore.product_of,
            _product_of_row,
        )
        | "as rows" >> beam.FlatMap(_row)
    )  # fmt: skip


def read_events(pipeline: beam.Pipeline, source: str) -> beam.PCollection[Seen]:
    """What shoppers took, of the same kinds of sources.

    A table has the columns of an event and its `user_id`, or is a Firestore export of the events
    that BigQuery loaded. Of Firestore itself what is left of a shopper whose deletion was
    interrupted is left out; an export does not say whose that is.
    """
    events = _read(
        pipeline, source, EVENTS, UserEvent, _event_of_line, firestore.event_of, event_of_row
    )
    if source == "firestore":
        gone = (
            pipeline
            | "read tombstones" >> beam.Create([None])
            | "tombstones" >> beam.Map(lambda _: firestore.read_gone())
        )
        events = events | "kept" >> beam.Filter(firestore.is_kept, AsSingleton(gone))
    return events | "as seen" >> beam.FlatMap(_seen)


def all_events(source: str) -> list[UserEvent]:
    """The events of a source in the memory of this process, in the order of time."""
    if source == "firestore":
        return firestore.read_events()
    if source.startswith(BIGQUERY):
        from google.cloud import bigquery

        rows = bigquery.Client().list_rows(source.removeprefix(BIGQUERY))
        events = [event_of_row(dict(row)) for row in rows]
    else:
        found = FileSystems.match([source])[0].metadata_list
        events = [event for file in found for event in _events_of_file(file.path)]
    return sorted(events, key=lambda e: (e.at, e.event.event_id))


def _events_of_file(path: str) -> Iterator[UserEvent]:
    """The events of a JSONL file wherever Beam reads files: it unpacks them by their names."""
    with FileSystems.open(path) as file:
        for line in iter(file.readline, b""):
            if line.strip():
                yield _event_of_line((path, line.decode()))


def _read(
    pipeline: beam.Pipeline,
    source: str,
    collection: str,
    kind: type,
    of_line: Callable[[tuple[str, str]], Any],
    of_document: Callable[[Any], Any],
    of_row: Callable[[dict[str, Any]], Any],
) -> beam.PCollection[Any]:
    label = f"read {collection}"
    if source == "firestore":
        return (
            pipeline
            | label >> beam.Create(firestore.parts_of(collection, _PARTS))
            | f"spread {collection}" >> beam.Reshuffle()
            | f"parts of {collection}" >> beam.FlatMap(lambda p: firestore.read_part(collection, p))
            | f"documents of {collection}" >> beam.Map(of_document)
            # Beam would go on with what may be None, and refuse steps that take none.
            | f"sound {collection}"
            >> beam.Filter(lambda found: found is not None).with_output_types(kind)
        )
    if source.startswith(BIGQUERY):
        table = source.removeprefix(BIGQUERY).replace(".", ":", 1)
        direct = beam.io.ReadFromBigQuery.Method.DIRECT_READ
        rows = pipeline | label >> beam.io.ReadFromBigQuery(table=table, method=direct)
        return rows | f"rows of {collection}" >> beam.Map(of_row)
    return (
        pipeline
        | label >> beam.io.ReadFromTextWithFilename(source)
        | f"lines of {collection}" >> beam.Filter(lambda line: line[1].strip())
        | f"parse {collection}" >> beam.Map(of_line)
    )


def _product_of_line(line: tuple[str, str]) -> Product:
    name, text = line
    raw = from_json(text, name)
    return record(raw, Product, f"{name}, {text[:80]}")


def _product_of_row(row: dict[str, Any]) -> Product:
    return record(_without_nulls(row), Product, f"product_id {row.get('product_id')}")


def _event_of_line(line: tuple[str, str]) -> UserEvent:
    name, text = line
    return user_event(from_json(text, name), f"{name}, {text[:80]}")


def event_of_row(row: dict[str, Any]) -> UserEvent:
    """The event of a table's row; of a loaded Firestore export the id is the document's.

    Raises:
        InputError: it is none.
    """
    fields = {k: v for k, v in _without_nulls(row).items() if not k.startswith("__")}
    if key := row.get("__key__"):
        fields["event_id"] = key["name"]
    return firestore.stored_event(fields, f"event_id {fields.get('event_id')}")


def _without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the columns that it leaves empty, at any depth."""
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in row.items()
        if value is not None
    }


def _row(product: Product) -> Iterator[Row]:
    line = json.dumps(as_record(product), ensure_ascii=False, separators=(",", ":"))
    yield Row(product.product_id, line)


def _seen(user_event: UserEvent) -> Iterator[Seen]:
    event = user_event.event
    if isinstance(event, ProductEvent) and (weight := EVENT_WEIGHTS.get(event.type)):
        at = (user_event.at - _EPOCH) // timedelta(microseconds=1)
        yield Seen(user_event.user_id, at, event.event_id, event.product_id, weight)
