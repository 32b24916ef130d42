"""What the encoder learns from: queries, and the products that answer them."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from indexer_job.files import UserEvent
from indexer_job.neighbours import EVENT_WEIGHTS, histories_of
from shopfyp.catalog import Product, product_text
from shopfyp.events import ProductEvent, SearchEvent

Kind = Literal["template", "search", "next"]
KINDS: Sequence[Kind] = ("template", "search", "next")

_ANSWERED_WITHIN = timedelta(minutes=30)
_WINDOW = 5
_PARTS, _FOR_TRAINING_FROM = 10, 2
VALIDATION: Mapping[Kind, int] = {"template": 100, "search": 100, "next": 300}
TEST: Mapping[Kind, int] = dict.fromkeys(KINDS, 2000)
"""So many queries of a kind, at the most, are held out for stopping early, and for the gate.

Of typed queries fewer, as they have more answers, which have to be encoded at every look.
"""

Fields = tuple[str, str]
"""What is read of a product: its title, and its text; see `embed.embed_products`."""


@dataclass(frozen=True)
class Query:
    """Something asked for.

    Attributes:
        kind: made from attributes, searched for by a shopper, or a product that was taken.
        text: what the encoder reads.
        answers: the rows of the products that answer it; the first is what a template was made of.
        group: what must not be split between training and held-out queries.
        asked: the row of the product that `text` is of, for `next`; else -1.
    """

    kind: Kind
    text: str
    answers: tuple[int, ...]
    group: str
    asked: int = -1


class Split(NamedTuple):
    """Queries to learn from, to stop early by, and to be judged by."""

    train: list[Query]
    validation: list[Query]
    test: list[Query]


def searches(events: Sequence[UserEvent], row_of: Mapping[str, int]) -> list[Query]:
    """Each text that was searched for, with all that was then taken, by anyone.

    A product answers the shopper's last search, if that was within half an hour.
    """
    last: dict[str, tuple[str, UserEvent]] = {}
    taken: dict[str, dict[int, None]] = defaultdict(dict)
    for event in events:
        what = event.event
        if isinstance(what, SearchEvent):
            last[event.user_id] = (" ".join(what.query.lower().split()), event)
        elif isinstance(what, ProductEvent) and what.type in EVENT_WEIGHTS:
            row = row_of.get(what.product_id)
            text, searched = last.get(event.user_id, ("", event))
            if text and row is not None and event.at - searched.at <= _ANSWERED_WITHIN:
                taken[text][row] = None
    return [Query("search", text, tuple(rows), f"search {text}") for text, rows in taken.items()]


def successions(events: Sequence[UserEvent], products: Sequence[Product]) -> list[Query]:
    """Each product that a shopper took, with the one that they took next."""
    row_of = {product.product_id: row for row, product in enumerate(products)}
    texts = [product_text(product) for product in products]
    found = []
    for user, history in _histories(events, row_of):
        for earlier, later in pairwise(history):
            found.append(Query("next", texts[earlier], (later,), shopper(user), earlier))
    return found


def taken_together(events: Sequence[UserEvent], row_of: Mapping[str, int]) -> dict[int, set[int]]:
    """Of each product, those that stand within five places of it in some shopper's history."""
    together: dict[int, set[int]] = defaultdict(set)
    for _, history in _histories(events, row_of):
        for place, row in enumerate(history):
            for other in history[place + 1 : place + 1 + _WINDOW]:
                together[row].add(other)
                together[other].add(row)
    return together


def split(queries: Sequence[Query]) -> Split:
    """Eight groups in ten to learn from, one to stop early by, one to be judged by.

    By a hash of the group, so that a query stays on its side whatever else there is. Of what is
    held out, VALIDATION and TEST queries of each kind are kept at the most.
    """
    parts: list[list[Query]] = [[] for _ in range(_PARTS)]
    for query in queries:
        parts[_part(query.group)].append(query)
    train = [query for part in parts[_FOR_TRAINING_FROM:] for query in part]
    return Split(train, _sample(parts[0], VALIDATION), _sample(parts[1], TEST))


def shopper(user_id: str) -> str:
    """The group of what one shopper did."""
    return f"shopper {user_id}"


def held_out(group: str) -> bool:
    """Whether a group is not for learning from."""
    return _part(group) < _FOR_TRAINING_FROM


def _sample(queries: Sequence[Query], counts: Mapping[Kind, int]) -> list[Query]:
    """So many of each kind, of as many groups as there are."""
    chosen: list[Query] = []
    for kind in KINDS:
        one_each = {query.group: query for query in queries if query.kind == kind}
        chosen += sorted(one_each.values(), key=lambda q: _hash(f"{q.group} {q.text}"))[
            : counts[kind]
        ]
    return chosen


def _part(group: str) -> int:
    return _hash(group) % _PARTS


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def _histories(
    events: Sequence[UserEvent], row_of: Mapping[str, int]
) -> Iterator[tuple[str, list[int]]]:
    by_user: dict[str, list[UserEvent]] = defaultdict(list)
    for event in events:
        by_user[event.user_id].append(event)
    for user, own in by_user.items():
        for history in histories_of(own, row_of):
            yield user, [taken.row for taken in history]
