"""Slots: what was understood of a query, each with the words that it came from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from shopfyp.intent.words import STOPWORDS

SlotName = Literal[
    "budget",
    "recipient",
    "age",
    "gender",
    "size",
    "colour",
    "brand",
    "theme",
    "material",
    "occasion",
    "exclusion",
    "quantity",
    "condition",
    "sort",
]

# Words that describe the shopper's wish and no product: nothing is retrieved by them.
_NOT_IN_PRODUCTS = {"budget", "age", "exclusion", "sort"}
# "A gift for him" is no gift box.
_GIFT = re.compile(
    r"\b(?:gifts?|presents?)(?: ideas?)?(?=\s*(?:[,.:;?!]|$|(?:for|to|under|below|around|up|between"
    r"|that|who|of|without|not|over|max)\b))",
    re.IGNORECASE,
)
_SIGNS = " ,;:.?!-()"


@dataclass(frozen=True)
class Slot:
    """One thing understood.

    Attributes:
        name: what it is about.
        values: as the catalogue or the tables of words write them, in lower case; empty for a
            mere range.
        span: where in the query it was said, (start, end) in characters.
        low: the least number meant (price, years, pieces), None for no bound.
        high: the greatest one.
        codes: the vocabulary's values that satisfy it.
        said_of_products: whether products are described by the same words.
    """

    name: SlotName
    values: tuple[str, ...]
    span: tuple[int, int]
    low: float | None = None
    high: float | None = None
    codes: frozenset[int] = frozenset()
    said_of_products: bool = True


@dataclass(frozen=True)
class Intent:
    """A query, understood: its slots in the order of its words, and what to retrieve by.

    `rest` is the query without what describes no product ("under $30", "for my mum", "not
    plastic") and without what the shopper removed; empty when no product is described. `kinds`
    are the codes of the categories that it names.
    """

    query: str
    slots: tuple[Slot, ...]
    rest: str
    kinds: frozenset[int] = frozenset()

    def named(self, name: SlotName) -> list[Slot]:
        """The slots of one name."""
        return [slot for slot in self.slots if slot.name == name]

    def without(self, name: SlotName) -> "Intent":
        """The same intent, one of its constraints dropped; it is retrieved by the same words."""
        return replace(self, slots=tuple(slot for slot in self.slots if slot.name != name))


def retrieved_by(
    query: str, slots: list[Slot], removed: list[Slot], unsaid: Iterable[tuple[int, int]] = ()
) -> str:
    """The words of a query that describe products; the query itself if nothing is to be cut."""
    cut = [*unsaid, *(slot.span for slot in removed)]
    cut += [s.span for s in slots if s.name in _NOT_IN_PRODUCTS or not s.said_of_products]
    cut += [match.span() for match in _GIFT.finditer(query)]
    if not cut:
        return query
    kept = "".join(
        " " if any(start <= place < end for start, end in cut) else letter
        for place, letter in enumerate(query)
    )
    words = kept.split()
    if all(word.strip(_SIGNS).lower() in STOPWORDS | {""} for word in words):
        return ""
    return " ".join(words).strip(_SIGNS)
