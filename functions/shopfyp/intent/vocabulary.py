"""The catalogue's own words: the values of its brands and attributes, and which product has which.

A release holds `vocabulary.json` (the values, by slot) and two columns in compressed sparse rows:
the codes of row r are `codes[offsets[r]:offsets[r + 1]]`.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import lru_cache
from itertools import filterfalse
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from shopfyp.catalog import Product
from shopfyp.intent.slots import SlotName
from shopfyp.intent.words import GENDERS, SPELLINGS

MEANINGS = "vocabulary/meanings.npy"
MOST_WORDS = 5
_MANY = 4
"""From a share of so many products on, it is quicker to go through the values of all."""
_PART = 1 << 16
_REMEMBERED = 1 << 15
"""So many words' forms are kept at hand: a catalogue has few words that come often."""
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SLOT_OF_ATTRIBUTE: dict[str, SlotName] = {
    **dict.fromkeys(["colour", "color", "colours", "colors"], "colour"),
    **dict.fromkeys(["theme", "character", "franchise", "license", "licence"], "theme"),
    **dict.fromkeys(["material", "materials", "fabric"], "material"),
    **dict.fromkeys(["size", "sizes"], "size"),
    "occasion": "occasion",
    "gender": "gender",
    "condition": "condition",
}
_ISE = re.compile(r"(?<=\w{4})iz(?=(?:e[ds]?|ers?|ing|ations?)$)")
ANDS = {"and", "n"}
_UNION = re.compile(r"&|\band\b", re.IGNORECASE)
_PREFIXES = ("product", "main", "target", "shoe", "clothing", "outer", "upper")
_DENIED_BEFORE = {"no", "non", "not", "without", "zero"}
_DENIED_AFTER = {"free"}
_KINDS = {"type", "product type", "kind"}
_MEANT: tuple[SlotName | Literal["category"], ...] = ("category", "theme")
_MOST_MEANT = 1000


class Word(NamedTuple):
    """A word of a text in its simplest form, and where it stands."""

    form: str
    start: int
    end: int


class Value(BaseModel):
    """One value that at least two products share; `category` ones only tell words apart."""

    model_config = ConfigDict(frozen=True)

    slot: str
    value: str
    products: int


class VocabularyFile(BaseModel):
    """`vocabulary.json`; a value's place is its code."""

    values: list[Value]


def meant_codes(values: Sequence[Value]) -> list[int]:
    """The codes of the values that words may mean which no product says, the most common first."""
    return [code for code, value in enumerate(values) if value.slot in _MEANT][:_MOST_MEANT]


def words_of(text: str) -> list[Word]:
    """The words of a text without case, accents, plural and possessive; their places are kept."""
    # Lower-casing a text may change its length ("İ"), so words are lowered one by one.
    return [Word(simple_form(m[0]), m.start(), m.end()) for m in WORD.finditer(text)]


def key_of(text: str) -> str:
    """What texts that differ in case, plural, hyphens, apostrophes or spaces have in common."""
    return "".join(word.form for word in words_of(text) if word.form not in ANDS)


def says(text: str, phrase: str) -> bool:
    """Whether a text holds the words of a phrase, and not only to deny them ("lactose-free")."""
    wanted = [word.form for word in words_of(phrase)]
    forms = ["", *(word.form for word in words_of(text)), ""]
    size = len(wanted)
    return any(
        forms[start : start + size] == wanted
        and forms[start - 1] not in _DENIED_BEFORE
        and forms[start + size] not in _DENIED_AFTER
        for start in range(1, len(forms) - size)
    )


def values_of(product: Product) -> Iterator[tuple[str, str]]:
    """(slot, value) of everything that the vocabulary keeps of a product."""
    if product.brand:
        yield "brand", product.brand
    for name in product.category:
        yield "category", name
    for name, value in product.attributes.items():
        if not isinstance(value, str | list):
            continue
        slot = _slot_of(name)
        if slot:
            for one in [value] if isinstance(value, str) else value:
                yield slot, GENDERS.get(one.lower(), one) if slot == "gender" else one


class Vocabulary:
    """The values of a release, looked up by words and by product."""

    def __init__(
        self,
        values: Sequence[Value] = (),
        offsets: NDArray[np.int64] | None = None,
        codes: NDArray[np.int32] | None = None,
        meanings: NDArray[np.float16] | None = None,
    ) -> None:
        """Hold values and the columns of products; without them, nothing is known.

        `meanings` are the encoder's vectors of the values that `meant_codes` names, in its order.
        """
        self._meant = meant_codes(values) if meanings is not None else []
        self._meanings = meanings
        self.values = values
        self._offsets = np.zeros(1, np.int64) if offsets is None else offsets
        self._codes = np.empty(0, np.int32) if codes is None else codes
        self._by_key: dict[str, list[int]] = {}
        self._by_last: dict[tuple[str, str], list[int]] = {}
        self._by_form: dict[str, set[int]] = {}
        slots: dict[str, list[int]] = {}
        for code, value in enumerate(values):
            slots.setdefault(value.slot, []).append(code)
            self._by_key.setdefault(key_of(value.value), []).append(code)
            forms = [word.form for word in words_of(value.value)]
            for form in forms if value.slot != "category" else ():
                self._by_form.setdefault(form, set()).add(code)
            if value.slot == "category" and _UNION.search(value.value):
                continue  # "Jewellery & Watches" are no kind of watches
            for place in range(1, len(forms)):
                self._by_last.setdefault((value.slot, "".join(forms[place:])), []).append(code)
        self._slot_codes = {slot: np.array(held, np.int32) for slot, held in slots.items()}

    def with_products(self, changed: Mapping[int, Product]) -> "Vocabulary":
        """The same values, where the products in some rows are others, or new behind the last."""
        if not self.products:
            return self
        counts = np.zeros(max(self.products, *(row + 1 for row in changed), 0), np.int64)
        counts[: self.products] = np.diff(self._offsets)
        parts, done = [], 0
        for row in sorted(changed):
            held = dict.fromkeys((slot, key_of(value)) for slot, value in values_of(changed[row]))
            own = [code for slot, key in held for code in self._exactly(slot, key)]
            if row < self.products:
                parts.append(self._codes[done : self._offsets[row]])
                done = int(self._offsets[row + 1])
            elif done < len(self._codes):
                parts.append(self._codes[done:])
                done = len(self._codes)
            parts.append(np.array(own, np.int32))
            counts[row] = len(own)
        other = copy(self)
        other._codes = np.concatenate([*parts, self._codes[done:]])
        other._offsets = np.concatenate([[0], np.cumsum(counts)])
        return other

    def meaning(self, vector: NDArray[np.float32], cosine: float) -> int | None:
        """The code of the value that means what `vector` (dimension,) does, if any is that near."""
        if self._meanings is None or not self._meant:
            return None
        cosines = self._meanings @ vector
        best = int(cosines.argmax())
        return self._meant[best] if cosines[best] >= cosine else None

    def codes(self, slot: SlotName, values: Iterable[str]) -> frozenset[int]:
        """The codes of a slot's values by their names, as far as there are such."""
        return frozenset(code for value in values for code in self._exactly(slot, key_of(value)))

    def _exactly(self, slot: str, key: str) -> list[int]:
        return [code for code in self.named(key) if self.values[code].slot == slot]

    @property
    def products(self) -> int:
        """How many products the columns are of."""
        return len(self._offsets) - 1

    def named(self, key: str) -> list[int]:
        """The codes of the values with this key, in all slots."""
        return self._by_key.get(key, [])

    def ending(self, slot: str, key: str) -> list[int]:
        """The codes of a slot's values that are, or end in, these words ("ABS plastic")."""
        return self._exactly(slot, key) + self._by_last.get((slot, key), [])

    def beginning(self, slot: str, form: str) -> list[int]:
        """The codes of a slot's values that begin with a word, and end in others."""
        held = sorted(self._by_form.get(form, ()))
        return [
            code
            for code in held
            if self.values[code].slot == slot
            and words_of(self.values[code].value)[1:]
            and words_of(self.values[code].value)[0].form == form
        ]

    def saying(self, phrase: str) -> list[int]:
        """The codes of all values that hold these words, in slots that products are judged by."""
        held = [self._by_form.get(word.form, set()) for word in words_of(phrase)]
        found = sorted(set.intersection(*held)) if held else []
        return [code for code in found if says(self.values[code].value, phrase)]

    def of_slot(self, slot: str) -> Sequence[int]:
        """The codes of a slot's values."""
        found: list[int] = self._slot_codes.get(slot, np.empty(0, np.int32)).tolist()
        return found

    def holds(self, rows: NDArray[np.int64], codes: Any) -> NDArray[np.bool_]:
        """Whether each product in `rows` has one of `codes`."""
        held = np.zeros(len(rows), np.bool_)
        if self.products and len(codes):
            owners, values = self._values(rows)
            held[owners[self._among(codes)[values]]] = True
        return held

    def contradicts(
        self, rows: NDArray[np.int64], wanted: Mapping[str, Collection[int]]
    ) -> NDArray[np.bool_]:
        """Whether each product in `rows` has values of a slot, but none of those `wanted` of it.

        Returns:
            shape (slots that are wanted, rows).
        """
        other = np.zeros((len(wanted), len(rows)), np.bool_)
        if not self.products:
            return other
        owners, values = self._values(rows)
        for own, (slot, codes) in zip(other, wanted.items(), strict=True):
            own[owners[self._among(self._slot_codes.get(slot, []))[values]]] = True
            own[owners[self._among(codes)[values]]] = False
        return other

    def holding(self, codes: Any) -> NDArray[np.int64]:
        """The rows of all products that have one of `codes`, ascending."""
        among, parts = self._among(codes), range(0, len(self._codes), _PART)
        # Codes are no index for NumPy before it has made them wider: by parts, so in little memory.
        found = [
            start + np.flatnonzero(among.take(self._codes[start : start + _PART], mode="clip"))
            for start in parts
        ]
        places = np.concatenate([np.empty(0, np.int64), *found])
        rows = np.searchsorted(self._offsets, places, side="right") - 1
        return rows[np.diff(rows, prepend=-1) > 0]

    def go_together(self, some: Collection[int], others: Collection[int]) -> bool:
        """Whether any product has one of `some` codes and one of `others`."""
        return bool(self.holds(self.holding(some), others).any())

    def counts(self, rows: NDArray[np.int64], slot: str) -> dict[int, int]:
        """How many of the products in `rows` have each value of `slot`, by code."""
        if not self.products:
            return {}
        if len(rows) * _MANY > self.products:
            held = np.zeros(self.products, np.bool_)
            held[rows] = True
            values = self._codes[np.repeat(held, np.diff(self._offsets))]
        else:
            _, values = self._values(rows)
        counts = np.bincount(values, minlength=len(self.values))
        return {code: int(counts[code]) for code in self.of_slot(slot) if counts[code]}

    def _among(self, codes: Collection[int] | NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which codes, (values,), are among some."""
        among = np.zeros(len(self.values), np.bool_)
        among[codes if isinstance(codes, np.ndarray) else list(codes)] = True
        return among

    def _values(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The codes of all products in `rows`, each with its owner's place in `rows`."""
        starts = np.asarray(self._offsets[rows])
        counts = np.asarray(self._offsets[rows + 1]) - starts
        owners = np.repeat(np.arange(len(rows)), counts)
        within = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        return owners, np.asarray(self._codes[np.repeat(starts, counts) + within])


@lru_cache(maxsize=_REMEMBERED)
def _slot_of(attribute: str) -> str:
    name = attribute.lower().replace("_", " ").strip()
    if name in _KINDS:
        return "category"
    for prefix in _PREFIXES:
        name = name.removeprefix(f"{prefix} ")
    return _SLOT_OF_ATTRIBUTE.get(name, "")


def _spelt(word: str) -> str:
    """A word as the British spell it: "galvanized" and "galvanised" are one."""
    return SPELLINGS.get(word) or _ISE.sub("is", word)


@lru_cache(maxsize=_REMEMBERED)
def simple_form(word: str) -> str:
    """A word in lower case and the singular, without accents, apostrophes and a genitive's s."""
    plain = word.lower()
    if not plain.isascii():  # nothing in ASCII has an accent, and most words are
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(filterfalse(unicodedata.combining, plain)).replace("’", "'")
    plain = plain.removesuffix("'s").replace("'", "")
    plain = _spelt(plain)
    if len(plain) > 3 and plain.endswith("ies"):
        return f"{plain[:-3]}y"
    if len(plain) > 6 and plain.endswith("oes") and not plain.endswith("shoes"):
        return plain[:-2]
    if len(plain) > 4 and plain.endswith(("ses", "xes", "zes", "ches", "shes")):
        return plain[:-2]
    if len(plain) > 3 and plain.endswith("s") and not plain.endswith(("ss", "us", "is")):
        return plain[:-1]
    return plain
