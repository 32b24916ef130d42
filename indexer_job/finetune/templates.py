"""Queries generated from what a catalogue says of its products, before there is any traffic.

Nothing here knows a shop: phrases go by what an attribute is called, values come from the product.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from indexer_job.finetune.queries import Query
from shopfyp.catalog import Product
from shopfyp.intent.fitting import UNKNOWN_AGE, age_range_of
from shopfyp.intent.words import RELATIONS

PER_PRODUCT = 4
_MAX_FACTS = 3
_MAX_WORDS, _MAX_CHARS = 4, 30
_TITLE_WORDS = (2, 4)

_KIND = re.compile(r"^(product_?)?(type|kind|category)$")
_PHRASES: Sequence[tuple[str, tuple[str, ...]]] = (
    (r"colou?r", ("{} _", "{} _", "_ in {}")),
    (r"brand|manufacturer", ("{} _", "_ by {}", "_ from {}")),
    (r"material|fabric", ("{} _", "_ made of {}", "_ in {}")),
    (r"size", ("_ size {}", "_ in size {}")),
    (r"gender|audience", ("_ for {}", "{} _")),
    (r"theme|character|franchise|team", ("{} _", "{} _", "_ with {}", "_ for a {} fan")),
    (r"occasion|event|season", ("_ for {}", "{} _", "{} gift, _")),
    (r"feature|function", ("_ with {}", "{} _")),
)
"""By what an attribute's name holds: "{}" is the value, "_" the rest of the query."""
_ANY: tuple[str, ...] = ("{} _", "_ {}")
_AGE: tuple[str, ...] = ("_ for a {}-year-old", "_ for {} year olds", "_ age {}")
_OPENINGS: tuple[str, ...] = ("", "", "", "", "a ", "buy ", "I want ", "where can I find ")
_PRICES: tuple[str, ...] = ("{} under {}", "{} for about {}", "{}, not more than {}")


class Fact(NamedTuple):
    """Something true of a product, and how one may ask for it."""

    name: str
    value: str
    phrases: tuple[str, ...]


def template_queries(products: Sequence[Product], seed: int) -> list[Query]:
    """Up to PER_PRODUCT queries of each product, each with all products that it is as true of.

    One only where nothing but the title is known. A query has a head (the kind of product, the end
    of its category path, or some words of the title) and up to three other facts. Its group is
    what it asks for, not how.
    """
    rows: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row, product in enumerate(products):
        for fact in (*_heads(product), *_facts(product)):
            rows[fact.name, fact.value].add(row)
    made: dict[tuple[str, str], Query] = {}
    for row, product in enumerate(products):
        rng = random.Random(f"{seed} {product.product_id}")
        for _ in range(PER_PRODUCT if any(_facts(product)) else 1):
            query = _query(row, product, rows, rng)
            made[query.group, query.text] = query
    return list(made.values())


def _query(
    row: int, product: Product, rows: Mapping[tuple[str, str], set[int]], rng: random.Random
) -> Query:
    heads, facts = list(_heads(product)), list(_facts(product))
    by_name: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_name[fact.name].append(fact)
    names = rng.sample(list(by_name), min(rng.randint(1, _MAX_FACTS), len(by_name)))
    chosen = [rng.choice(by_name[name]) for name in names]
    if heads and (chosen or rng.random() < 0.5):
        head = rng.choice(heads)
        told = [head, *chosen]
        answers = set.intersection(*(rows[fact.name, fact.value] for fact in told))
    else:
        head = Fact("title", _some_words(product.title, rng), ())
        told, answers = [head], {row}
        chosen = []
    text = head.value
    for fact in chosen:
        text = rng.choice(fact.phrases).replace("_", text, 1).replace("{}", fact.value, 1)
    if product.price and rng.random() < 0.15:
        bound = int(product.price * rng.uniform(1, 1.5)) + 1
        text = rng.choice(_PRICES).format(text, f"{bound} {product.currency}")
    group = "; ".join(sorted(f"{fact.name}={fact.value}" for fact in told))
    others = sorted(answers - {row})
    return Query("template", rng.choice(_OPENINGS) + text, (row, *others), group)


def _heads(product: Product) -> Iterator[Fact]:
    for name, value in product.attributes.items():
        if _KIND.match(name.lower()) and isinstance(value, str) and _is_short(value):
            yield Fact(name, value.lower(), ())
            return
    if product.category and _is_short(product.category[-1]):
        yield Fact("category", product.category[-1].lower(), ())


def _facts(product: Product) -> Iterator[Fact]:
    if product.brand:
        yield Fact("brand", product.brand, _phrases("brand"))
    for name, value in product.attributes.items():
        if _KIND.match(name.lower()):
            continue
        if "age" in name.lower().split("_"):
            low, high = age_range_of(str(value))
            if (low, high) != UNKNOWN_AGE:
                years = range(int(low), min(int(high), int(low) + 12) + 1)
                yield from (Fact(name, str(year), _AGE) for year in years)
        elif value is True:
            yield Fact(name, name.replace("_", " "), ("_ with {}",))
        elif isinstance(value, str | list):
            for said in [value] if isinstance(value, str) else value:
                if _is_short(said):
                    yield Fact(name, said, _phrases(name, said))


def _phrases(name: str, value: str = "") -> tuple[str, ...]:
    for pattern, phrases in _PHRASES:
        if re.search(pattern, name.lower()):
            gender = value.lower() or None
            people = [word for word, person in RELATIONS.items() if person.gender == gender]
            return (*phrases, *(f"_ for my {word}" for word in people[:4]))
    return _ANY


def _some_words(title: str, rng: random.Random) -> str:
    words = re.findall(r"[^\W_][\w'&.-]*", title) or [title]
    count = min(rng.randint(*_TITLE_WORDS), len(words))
    start = rng.randint(0, len(words) - count)
    return " ".join(words[start : start + count])


def _is_short(value: str) -> bool:
    return 0 < len(value) <= _MAX_CHARS and len(value.split()) <= _MAX_WORDS
