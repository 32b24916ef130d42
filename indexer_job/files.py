"""The files that the job reads and writes: JSONL, gzipped when named `.gz`, and TSV."""

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from shopfyp.catalog import Clip, Product, as_record
from shopfyp.errors import ShopFYPError
from shopfyp.events import Event

Record = TypeVar("Record", bound=BaseModel)


class InputError(ShopFYPError):
    """A file that cannot be used; the message names the file, the line and the field."""


class UserEvent(NamedTuple):
    """An event and whose it is."""

    user_id: str
    event: Event
    at: datetime


_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def open_text(path: Path, mode: Literal["rt", "wt"] = "rt") -> IO[str]:
    """Open a text file, gzipped or not by its name."""
    if path.suffix == ".gz":
        return gzip.open(path, mode, encoding="utf-8")
    return path.open(mode, encoding="utf-8")


def read_products(path: Path) -> list[Product]:
    """The products of a JSONL file; ids must be unique.

    Raises:
        InputError: a line is no product, or its id came before.
    """
    products = list(_records(path, Product))
    seen: set[str] = set()
    for product in products:
        if product.product_id in seen:
            raise InputError(f"{path}: product_id {product.product_id} is there twice")
        seen.add(product.product_id)
    return products


def write_products(products: Iterable[Product], path: Path) -> None:
    """Write products as JSONL."""
    with open_text(path, "wt") as file:
        for product in products:
            file.write(json.dumps(as_record(product), ensure_ascii=False) + "\n")


def read_clips(path: Path) -> list[Clip]:
    """The clips of a JSONL file."""
    return list(_records(path, Clip))


def read_events(path: Path) -> list[UserEvent]:
    """The events of a JSONL file, in the order of their time.

    Raises:
        InputError: a line is no event.
    """
    events = [
        user_event(raw, f"{path}, line {number}") for number, raw in _lines(path) if raw is not None
    ]
    return sorted(events, key=lambda e: (e.at, e.event.event_id))


def write_events(events: Iterable[UserEvent], path: Path) -> None:
    """Write events as JSONL, as `read_events` reads them."""
    with open_text(path, "wt") as file:
        for user_id, event, _ in events:
            fields = event.model_dump(mode="json", exclude_defaults=True)
            file.write(json.dumps({"user_id": user_id, **fields}, ensure_ascii=False) + "\n")


def user_event(raw: Any, where: str) -> UserEvent:
    """An event record as the job keeps it; `where` is for the error message.

    Raises:
        InputError: it is no event.
    """
    try:
        fields = dict(raw)
        user_id = str(fields.pop("user_id"))
        event = _EVENT.validate_python(fields)
    except KeyError as error:
        raise InputError(f"{where}: user_id: is missing") from error
    except (ValidationError, TypeError, ValueError) as error:
        raise InputError(f"{where}: {_first(error)}") from error
    return UserEvent(user_id, event, event.at)


def read_json(path: Path, model: type[Record]) -> Record:
    """One JSON object as a `model`.

    Raises:
        InputError: it is not there, or no such object.
    """
    try:
        return model.model_validate_json(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {error}") from error
    except ValidationError as error:
        raise InputError(f"{path}: {_first(error)}") from error


def read_pairs(path: Path, names: str) -> list[tuple[str, str]]:
    """A TSV file of two columns.

    Raises:
        InputError: a line has another number of columns; `names` says what is expected.
    """
    pairs = []
    with open_text(path) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                parts = line.rstrip("\r\n").split("\t")
                if len(parts) != 2:
                    raise InputError(f"{path}, line {number}: expected {names}")
                pairs.append((parts[0], parts[1]))
    return pairs


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """TREC relevance judgements: query_id -> product_id -> grade.

    Raises:
        InputError: a line is not `query_id 0 product_id grade`.
    """
    grades: dict[str, dict[str, int]] = {}
    with open_text(path) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    query_id, _, product_id, grade = line.split()
                    grades.setdefault(query_id, {})[product_id] = int(grade)
                except ValueError as error:
                    raise InputError(
                        f"{path}, line {number}: expected `query_id 0 product_id grade`"
                    ) from error
    return grades


def _records(path: Path, model: type[Record]) -> Iterator[Record]:
    for number, raw in _lines(path):
        yield record(raw, model, f"{path}, line {number}")


def record(raw: Any, model: type[Record], where: str) -> Record:
    """A record as a `model`; `where` is for the error message.

    Raises:
        InputError: it is none.
    """
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise InputError(f"{where}: {_first(error)}") from error


def from_json(line: str, where: str) -> Any:
    """What a line of JSON says; `where` is for the error message.

    Raises:
        InputError: it is no JSON.
    """
    try:
        return json.loads(line)
    except ValueError as error:
        raise InputError(f"{where}: not JSON: {error}") from error


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        with open_text(path) as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, from_json(line, f"{path}, line {number}")
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise InputError(f"{path}: {error}") from error


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)
