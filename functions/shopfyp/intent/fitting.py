"""How well products suit an intent: from columns for many, from texts for the best of them."""

import re
from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shopfyp.catalog import Product
from shopfyp.intent.slots import Intent
from shopfyp.intent.vocabulary import Vocabulary, says

UNKNOWN_AGE = (-1.0, -1.0)
"""The age range of a product that names none."""

UNFIT = 0.5
"""What a product counts for that contradicts one thing that was said."""
_OTHER_GENDER = 0.25
"""Dad's black boots may be brown, but no woman's."""
_DEAR = 0.7
_ADULT = 16
_ADULTS = {"men", "women"}
_RANGE = re.compile(r"(\d{1,2})\s*(?:[-–]|to)\s*(\d{1,2})")
_FROM = re.compile(r"(\d{1,2})\s*\+")
_VALUES = ("brand", "colour", "theme", "material", "occasion", "gender", "size", "condition")


class Columns(Protocol):
    """What is known of all products of a release, by row."""

    age: NDArray[np.float32]
    price: NDArray[np.float64]
    currency: NDArray[np.int32]
    category: NDArray[np.int32]

    def currency_code(self, name: str) -> int | None:
        """The code of a currency; None when no price is in it."""


class Texts(Protocol):
    """What the texts of products hold."""

    def holding(self, text: str) -> NDArray[np.bool_]:
        """Whether each product, (products,), holds every word of a text."""


def age_range_of(text: str) -> tuple[float, float]:
    """The years that "8-12 years" or "3+" spans, both ends within it; UNKNOWN_AGE for others."""
    if found := _RANGE.search(text):
        return float(found.group(1)), float(found.group(2))
    if found := _FROM.search(text):
        return float(found.group(1)), 99.0
    return UNKNOWN_AGE


def permitted(intent: Intent, vocabulary: Vocabulary, columns: Columns) -> NDArray[np.bool_] | None:
    """Which products, (products,), neither their price nor one of their values rules out.

    None when nothing is ruled out. An unknown price is not; where the catalogue has the currency
    that was named, a price in another one is.
    """
    bounds = [s for s in intent.named("budget") if s.low is not None or s.high is not None]
    denied = [code for slot in intent.named("exclusion") for code in slot.codes]
    if not bounds and not denied:
        return None
    price = np.asarray(columns.price)
    passes = np.ones(len(price), np.bool_)
    for slot in bounds:
        # An unknown price compares as false.
        passes &= ~(price < (slot.low or 0)) & ~(
            price > (np.inf if slot.high is None else slot.high)
        )
        for code in map(columns.currency_code, slot.values):
            if code is not None:
                passes &= (columns.currency == code) | np.isnan(price)
    passes[vocabulary.holding(denied)] = False
    return passes


def suits(
    intent: Intent,
    vocabulary: Vocabulary,
    columns: Columns,
    rows: NDArray[np.int64],
    texts: Texts | None = None,
) -> NDArray[np.float32]:
    """A factor for each product in `rows`: 0.5 for every slot that it contradicts, 0.25 for gender.

    A product that says nothing of a slot contradicts nothing, but for a theme: where `texts` are
    given, one must be said somewhere. What is ruled out altogether is for `permitted` to say.
    """
    factors = np.ones(len(rows), np.float32)
    if any("cheap" in slot.values for slot in intent.named("budget")):
        factors *= _cheapness(columns.price[rows], columns.category[rows])
    # Beside a constraint only: red trainers before a red football. Alone, a name of a category
    # says no more than retrieval does, and catalogues that sort badly would lose (measured).
    wanted: dict[str, set[int]] = {"category": set(intent.kinds if intent.slots else ())}
    for slot in intent.slots:
        if slot.name in _VALUES:
            # "Black or charcoal": either will do.
            wanted.setdefault(slot.name, set()).update(slot.codes)
    wanted = {name: codes for name, codes in wanted.items() if codes}
    for name, other in zip(wanted, vocabulary.contradicts(rows, wanted), strict=True):
        factors[other] *= _OTHER_GENDER if name == "gender" else UNFIT
    if texts is not None and "theme" in wanted:
        # Who likes rockets is not helped by a bear; but titles may say what values do not.
        silent = ~vocabulary.holds(rows, vocabulary.of_slot("theme"))
        for slot in intent.named("theme"):
            silent &= ~texts.holding(slot.values[0])[rows]
        factors[silent] *= UNFIT
    ages = intent.named("age") or intent.named("recipient")
    if "gender" not in wanted and any(
        slot.high is not None and slot.high < _ADULT for slot in ages
    ):
        # A toddler wears nothing of women's.
        grown = [c for c in vocabulary.of_slot("gender") if vocabulary.values[c].value in _ADULTS]
        factors[vocabulary.holds(rows, grown)] *= UNFIT
    for slot in ages:
        if slot.low is not None and slot.high is not None:
            ranges = columns.age[rows]
            apart = (ranges[:, 0] > slot.high) | (ranges[:, 1] < slot.low)
            factors[(ranges[:, 0] >= 0) & apart] *= UNFIT
    return factors


def mentions(product: Product, phrase: str) -> bool:
    """Whether a product's text holds these words, and not only to deny them ("lactose-free")."""
    return any(says(text, phrase) for text in _texts(product))


def _texts(product: Product) -> Iterator[str]:
    yield from (product.title, product.description, product.brand, *product.category)
    for value in product.attributes.values():
        if isinstance(value, str | list):
            yield from [value] if isinstance(value, str) else value


def _cheapness(prices: NDArray[np.float64], categories: NDArray[np.int32]) -> NDArray[np.float32]:
    """Less than 1 for the dearer half of each category."""
    factors = np.ones(len(prices), np.float32)
    for category in np.unique(categories):
        same = categories == category
        known = prices[same & ~np.isnan(prices)]
        if len(known):
            factors[same & (prices > np.median(known))] = _DEAR
    return factors
