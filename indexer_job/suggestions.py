"""The suggestions of a release: what shoppers search for, and what the catalogue calls its things.

The file is public, so a query is in it only if at least LEAST_SHOPPERS different shoppers typed it
like that (but for case and spaces), and each of its words is one that the catalogue or our own
tables of words know. The first keeps what one person typed private; the second keeps names,
numbers, addresses and abuse out, also when somebody types them under several accounts.
"""

import gzip
import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from indexer_job.files import UserEvent
from indexer_job.popularity import HALF_LIFE_DAYS, popularity
from shopfyp.catalog import Product
from shopfyp.events import SearchEvent
from shopfyp.intent.vocabulary import key_of, values_of, words_of
from shopfyp.intent.words import (
    COLOURS,
    GENDERS,
    GROUPS,
    MATERIALS,
    OCCASIONS,
    RELATIONS,
    STOPWORDS,
)
from shopfyp.suggestions import FILE, Kind, Suggestion, SuggestionsFile

LEAST_SHOPPERS = 3
MAX_ENTRIES = 5000
MAX_GZIPPED_BYTES = 60_000
"""What a phone is sent at the most; the lightest entries give way."""
MAX_CHARS = 80
"""A suggestion is one line: longer titles are cut, longer queries left out."""
_LEAST_PRODUCTS = 2
_SHARES: Mapping[Kind, float] = {
    "query": 1.0,
    "category": 0.9,
    "theme": 0.8,
    "combination": 0.75,
    "brand": 0.7,
    "product": 0.6,
}
"""What the most frequent entry of each kind weighs: shoppers' own words before single products."""
_NAME_KINDS: tuple[Kind, ...] = ("category", "theme", "brand", "combination")
_WRITING: tuple[Kind, ...] = (*_NAME_KINDS, "query", "product")
"""Whose writing is kept where kinds say the same: the catalogue's before the shoppers'."""


def write_suggestions(products: Sequence[Product], events: Sequence[UserEvent], out: Path) -> None:
    """Write `suggestions.json` of a release; it stays within both bounds."""
    entries = suggestions_of(products, events)
    data = _json(entries)
    while (size := len(gzip.compress(data, mtime=0))) > MAX_GZIPPED_BYTES:
        entries = entries[: int(len(entries) * min(0.98, MAX_GZIPPED_BYTES / size))]
        data = _json(entries)
    (out / FILE).write_bytes(data)


def suggestions_of(products: Sequence[Product], events: Sequence[UserEvent]) -> list[Suggestion]:
    """At most MAX_ENTRIES suggestions, the heaviest first.

    A weight is 1000 x the kind's share x ln(1 + count) / ln(1 + the kind's highest count): of
    shoppers for queries (halved for every two weeks), of products for names; products weigh by
    their popularity, a logarithm already. Entries that differ in case, plural, spaces and filler
    words are one.
    """
    available = [product for product in products if product.in_stock]
    found = [
        *_scaled("query", popular_queries(events, known_words(products))),
        *itertools.chain(*(_scaled(kind, n) for kind, n in _names(available).items())),
        *_popular_products(available, events),
    ]
    alike: dict[str, list[Suggestion]] = {}
    for entry in found:
        alike.setdefault(_key(entry[0]), []).append(entry)
    entries = [_merged(group) for group in alike.values()]
    return sorted(entries, key=lambda entry: -entry[2])[:MAX_ENTRIES]


def popular_queries(events: Iterable[UserEvent], known: frozenset[str]) -> dict[str, float]:
    """Queries that may be published, with how many shoppers typed them, lately above all.

    A shopper counts once for a query, by their last search: halved for every two weeks before the
    last event.

    Args:
        events: of all kinds and shoppers.
        known: the simplest forms of all words that may be published.
    """
    typed: dict[str, dict[str, datetime]] = {}
    last = None
    for event in events:
        last = max(last or event.at, event.at)
        if isinstance(event.event, SearchEvent):
            shoppers = typed.setdefault(_line(event.event.query).lower(), {})
            shoppers[event.user_id] = max(shoppers.get(event.user_id, event.at), event.at)
    return {
        query: sum(
            0.5 ** ((last - at).total_seconds() / 86_400 / HALF_LIFE_DAYS)
            for at in shoppers.values()
        )
        for query, shoppers in typed.items()
        if last and len(shoppers) >= LEAST_SHOPPERS and _may_be_published(query, known)
    }


def known_words(products: Iterable[Product]) -> frozenset[str]:
    """The simplest forms of the catalogue's words, and of those that describe people and things."""
    raw: set[str] = set()
    for product in products:
        raw.update(product.title.split(), product.brand.split())
        for name in product.category:
            raw.update(name.split())
        for value in product.attributes.values():
            for one in value if isinstance(value, list) else [str(value)]:
                raw.update(one.split())
    tables = (RELATIONS, GROUPS, GENDERS, OCCASIONS, COLOURS, MATERIALS)
    for words in itertools.chain(*tables):
        raw.update(words.split())
    return STOPWORDS | {word.form for word in words_of(" ".join(raw))}


def _may_be_published(query: str, known: frozenset[str]) -> bool:
    forms = {word.form for word in words_of(query)}
    return bool(forms - STOPWORDS) and forms <= known and len(query) <= MAX_CHARS


def _names(products: Iterable[Product]) -> dict[Kind, dict[str, float]]:
    """How many products have each category, theme and brand, and each theme or brand of a category.

    A single product makes no name.
    """
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in _NAME_KINDS}
    for product in products:
        own = [(kind, _line(value)) for kind, value in values_of(product) if kind in counts]
        names = {kind: [value for k, value in own if k == kind] for kind in _NAME_KINDS}
        # The last category is the narrowest.
        names["combination"] = [
            f"{value} {kind_of_product}"
            for value in names["theme"] + names["brand"]
            for kind_of_product in names["category"][-1:]
            if key_of(value) not in key_of(kind_of_product)
        ]
        for kind, values in names.items():
            counts[kind].update(set(values))
    return {
        kind: {
            name: count
            for name, count in counts[kind].items()
            if count >= _LEAST_PRODUCTS and 0 < len(name) <= MAX_CHARS
        }
        for kind in _NAME_KINDS
    }


def _scaled(kind: Kind, counts: Mapping[str, float]) -> list[Suggestion]:
    most = math.log1p(max(counts.values(), default=0.0)) or 1.0
    return [
        (text, kind, _weight(kind, math.log1p(count) / most))
        for text, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _popular_products(products: Sequence[Product], events: Sequence[UserEvent]) -> list[Suggestion]:
    row_of = {product.product_id: row for row, product in enumerate(products)}
    popular = popularity(products, events, row_of)
    most = popular.max(initial=0) or 1.0
    found: dict[str, Suggestion] = {}
    for row in np.argsort(-popular, kind="stable"):
        product, weight = products[row], _weight("product", popular[row] / most)
        name = _name_in(product.title)
        found.setdefault(_key(name), (name, "product", weight, product.product_id))
        if len(found) == MAX_ENTRIES:
            break
    return list(found.values())


def _weight(kind: Kind, share: float) -> int:
    return round(1000 * _SHARES[kind] * share)


def _merged(alike: Sequence[Suggestion]) -> Suggestion:
    text, kind, _, *product_id = min(alike, key=lambda e: (_WRITING.index(e[1]), len(e[0]), e[0]))
    return (text, kind, max(entry[2] for entry in alike), *product_id)  # type: ignore[return-value]


def _name_in(title: str) -> str:
    """The part of a title that names the product: shops put its features behind a comma."""
    name = re.split(r",(?!\d)", _line(title))[0].strip() or _line(title)
    if len(name) <= MAX_CHARS:
        return name
    cut = name[:MAX_CHARS].rsplit(" ", 1)[0]
    return f"{cut[: MAX_CHARS - 1]}…"


def _line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _key(text: str) -> str:
    """What texts have in common that differ in writing and in filler words only."""
    forms = [word.form for word in words_of(text) if word.form not in STOPWORDS]
    return "".join(forms) or key_of(text) or text


def _json(entries: list[Suggestion]) -> bytes:
    return SuggestionsFile(entries=entries).model_dump_json().encode()
