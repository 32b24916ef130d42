"""The intent test set: searches of the demo shop, and what they mean.

Half are hand-written (`intent_queries.tsv`), half generated from a seed: each from one product of
the catalogue, so that it can be answered. What a product must be follows from the slots.
"""

import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from indexer_job.demo.catalog import OCCASIONS
from indexer_job.demo.types import product_types
from shopfyp.catalog import Product
from shopfyp.intent.fitting import age_range_of

_FILE = Path(__file__).with_name("intent_queries.tsv")
BLIND = Path(__file__).with_name("blind_queries.tsv")
"""Queries by writers who had seen neither the rules nor the test set."""

_GENERATED = 165
_OCCASIONS = {occasion.lower() for occasion in OCCASIONS}

_SUITED = {
    "boys": {"boys", "unisex"},
    "girls": {"girls", "unisex"},
    "men": {"men", "unisex"},
    "women": {"women", "unisex"},
    "male": {"boys", "men", "unisex"},
    "female": {"girls", "women", "unisex"},
}
_ADULTS = {
    "mum", "dad", "father", "wife", "husband", "girlfriend", "grandma", "grandad", "her", "him",
    "boss", "adults", "mother",
}  # fmt: skip
_PEOPLE = {
    "boys": [("my son", "son"), ("my nephew", "nephew"), ("our grandson", "grandson")],
    "girls": [("my daughter", "daughter"), ("my niece", "niece")],
    "women": [("my mum", "mum"), ("my wife", "wife"), ("his mother", "mother")],
    "men": [("my dad", "dad"), ("my husband", "husband"), ("my father", "father")],
}


class IntentQuery(NamedTuple):
    """A search: (slot, value) pairs in lower case, and the kinds of products that answer it."""

    query: str
    slots: frozenset[tuple[str, str]]
    kinds: frozenset[str]
    hand_written: bool

    def is_answered_by(self, product: Product) -> bool:
        """Whether a product is of the kind meant and keeps to everything stated."""
        if self.kinds and product.attributes.get("type") not in self.kinds:
            return False
        wanted: dict[str, list[str]] = {}
        for name, value in self.slots:
            wanted.setdefault(name, []).append(value)
        return all(_keeps(product, name, values) for name, values in wanted.items())


def intent_queries(products: list[Product], seed: int = 7) -> list[IntentQuery]:
    """All queries, hand-written ones first; `products` is the demo's catalogue."""
    return hand_written() + generated(products, seed)


def hand_written(path: Path = _FILE) -> list[IntentQuery]:
    """The queries of `intent_queries.tsv`, or of another file like it, which says how."""
    found = []
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            query, slots, kinds = line.split("\t")
            pairs = (pair.lower().split("=", 1) for pair in slots.split(";") if pair)
            named = frozenset((name, value) for name, value in pairs)
            found.append(IntentQuery(query, named, frozenset(filter(None, kinds.split("|"))), True))
    return found


def generated(products: list[Product], seed: int = 7) -> list[IntentQuery]:
    """Queries from templates; the same seed gives the same ones."""
    rng = random.Random(f"intents {seed}")
    chosen = rng.sample([product for product in products if product.in_stock], _GENERATED)
    return [_query(product, rng) for product in chosen]


def _query(product: Product, rng: random.Random) -> IntentQuery:
    about = {name: str(value) for name, value in product.attributes.items()}
    slots: dict[str, str] = {}
    before: list[str] = []
    after: list[str] = []
    if "theme" in about and rng.random() < 0.7:
        slots["theme"] = about["theme"]
        before.append(about["theme"])
    if rng.random() < 0.5:
        slots["colour"] = about["colour"]
        if rng.random() < 0.7:
            before.insert(0, about["colour"])
        else:
            after.append(f"in {about['colour']}")
    elif rng.random() < 0.3:
        slots["material"] = about["material"]
        after.append(rng.choice(["in {}", "made of {}"]).format(about["material"]))
    if rng.random() < 0.25:
        slots["brand"] = product.brand
        after.append(rng.choice(["from {}", "by {}"]).format(product.brand))
    _whom(about, slots, after, rng)
    if isinstance(sizes := product.attributes.get("sizes"), list) and rng.random() < 0.5:
        size = rng.choice(sizes)
        if not size.endswith("years"):
            slots["size"] = size
            after.append(f"size {size}")
    if rng.random() < 0.6 and product.price:
        after.append(_budget(product.price, slots, rng))
    if rng.random() < 0.25 and "colour" not in slots:
        other = rng.choice([c for c in ("red", "black", "pink", "green") if c != about["colour"]])
        slots["exclusion"] = other
        after.append(rng.choice(["not {}", "but not in {}", "not in {}"]).format(other))
    noun, said = about["type"].lower(), set[tuple[str, str]]()
    # What the name of a kind says of itself.
    if "kids'" in noun or "baby" in noun:
        said.add(("recipient", "baby" if "baby" in noun else "kids"))
    if inches := re.match(r"(\d+)-inch", noun):
        said.add(("size", f"{inches[1]} inch"))
    opening = rng.choice(["", "", "I need ", "looking for ", "show me "])
    query = opening + " ".join([*before, noun, *after])
    named = frozenset((name, value.lower()) for name, value in slots.items()) | said
    nouns = {t.noun for t in product_types() if t.noun.lower().endswith(noun)}
    return IntentQuery(query, named, frozenset(nouns), False)


def _whom(
    about: Mapping[str, str], slots: dict[str, str], after: list[str], rng: random.Random
) -> None:
    age = age_range_of(about.get("age_range", ""))
    gender = about.get("gender", "")
    if gender == "unisex" and age[0] >= 0:
        gender = rng.choice(["boys", "girls"])
    if gender not in _PEOPLE or rng.random() < 0.4:
        return
    words, name = rng.choice(_PEOPLE[gender])
    slots |= {"recipient": name, "gender": gender}
    if age[0] >= 0 and rng.random() < 0.7:
        years = rng.randint(int(age[0]), int(age[1]))
        slots["age"] = str(years)
        owner, child = words.split()
        after.append(
            rng.choice([f"for {owner} {years}-year-old {child}", f"for {words}, aged {years}"])
        )
    else:
        after.append(f"for {words}")


def _budget(price: float, slots: dict[str, str], rng: random.Random) -> str:
    high, low = int(price * rng.uniform(1.05, 1.4)) + 1, int(price * rng.uniform(0.5, 0.9))
    kind = rng.choice(["most", "most", "range", "least"])
    if kind == "most":
        slots["budget"] = f"..{high}"
        words = ["under ${}", "below {} dollars", "up to ${}", "less than {} euros", "max ${}"]
        return rng.choice(words).format(high)
    if kind == "least":
        slots["budget"] = f"{low}.."
        return rng.choice(["over ${}", "at least ${}", "more than {} dollars"]).format(low)
    slots["budget"] = f"{low}..{high}"
    return rng.choice(["between ${} and ${}", "{}-{} euros", "${} to ${}"]).format(low, high)


def _keeps(product: Product, name: str, values: list[str]) -> bool:
    """Whether a product keeps to one slot; silence about gender, age or size keeps to it."""
    own = {key: str(value).lower() for key, value in product.attributes.items()}
    match name:
        case "budget":
            return all(v == "cheap" or _within(product.price, v) for v in values)
        case "exclusion":
            return not any(_said(product, value) for value in values)
        case "brand":
            return product.brand.lower() in values
        case "colour" | "theme":
            return own.get(name) in values
        case "material":
            return any(re.search(rf"\b{re.escape(v)}\b", own.get(name, "")) for v in values)
        case "gender":
            return own.get(name, "unisex") in _SUITED[values[0]]
        case "age" | "recipient":
            low, high = age_range_of(own.get("age_range", ""))
            bounds = _bounds(values[0]) if name == "age" else (18 * (values[0] in _ADULTS), 99)
            return low < 0 or (low <= bounds[1] and bounds[0] <= high)
        case "size":
            sizes = product.attributes.get("sizes") or product.attributes.get("size") or values
            sizes = sizes if isinstance(sizes, list) else [str(sizes)]
            return values[0] in [size.lower() for size in sizes]
        case "occasion":
            # Where the shop knows no weddings, anything may be for one.
            return own["occasion"] in values or not _OCCASIONS.intersection(values)
        case _:
            return True  # no product of the demo tells its condition or number


def _within(price: float | None, bounds: str) -> bool:
    low, high = _bounds(bounds)
    return price is not None and low <= price <= high


def _bounds(text: str) -> tuple[float, float]:
    if ".." not in text:
        return float(text), float(text)
    low, high = text.split("..")
    return float(low or 0), float(high or "inf")


def _said(product: Product, phrase: str) -> bool:
    texts = [product.title, product.description, *map(str, product.attributes.values())]
    pattern = rf"\b{re.escape(phrase.removesuffix('s'))}s?\b(?![- ]free)"
    return re.search(pattern, ". ".join(texts).lower()) is not None
