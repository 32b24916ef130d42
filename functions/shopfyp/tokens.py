"""Tokens: the units in which lexical search compares a query with products."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import filterfalse

import Stemmer

# Lucene's English ones, and words of a wish that describe no product.
STOPWORDS = frozenset(
    {
        "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is",
        "it", "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there",
        "these", "they", "this", "to", "was", "will", "with",
        "i", "me", "my", "we", "our", "want", "need", "buy", "who", "some",
    }
)  # fmt: skip
_UNITS = {
    '"': "in", "″": "in", "''": "in", "inch": "in", "inches": "in", "zoll": "in",
    "millimetre": "mm", "millimeter": "mm", "centimetre": "cm", "centimeter": "cm",
    "metre": "m", "meter": "m", "gigabyte": "gb", "terabyte": "tb", "megabyte": "mb",
    "kilogram": "kg", "kilo": "kg", "gram": "g", "litre": "l", "liter": "l",
    "millilitre": "ml", "milliliter": "ml", "watt": "w", "volt": "v", "ounce": "oz",
    "pound": "lb", "lbs": "lb",
    **{unit: unit for unit in (
        "mm", "cm", "m", "km", "ft", "gb", "tb", "mb", "kg", "g", "mg", "l", "ml", "cl", "w", "kw",
        "v", "mah", "hz", "khz", "mhz", "ghz", "mp", "dpi", "rpm", "oz", "lb",
    )},
}  # fmt: skip
_NAMED = sorted((unit for unit in _UNITS if unit[0].isalpha()), key=len, reverse=True)
_MEASURE = re.compile(
    rf"(?<![\w.,])(\d+(?:[.,]\d+)?)(?:\s?(\"|″|'')|[\s-]?({'|'.join(_NAMED)})s?(?![^\W_]))"
)
_PART = r"(?:\d+(?:[.,]\d+)+|[^\W_]+)"
_COMPOUND = re.compile(rf"{_PART}(?:[-/&+]{_PART})*")
_PARTS = re.compile(_PART)
_NOTHING_AFTER = re.compile(r"[.,]0+$")
_REMEMBERED = 1 << 15
"""So many words' tokens are kept at hand: a catalogue has few words that come often."""


def folded(text: str) -> str:
    """Lower case, without accents and apostrophes: "Kid's Café" is "kids cafe"."""
    plain = text.lower()
    if not plain.isascii():  # nothing in ASCII has an accent, and most texts are
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(filterfalse(unicodedata.combining, plain))
    if "'" not in plain and "’" not in plain:  # a build folds hundreds of thousands of texts
        return plain
    # Two apostrophes are inches.
    return re.sub(r"(?<=[^\W\d_])['’](?=[^\W\d_])", "", plain)


def tokens(text: str) -> list[str]:
    """The tokens of a text, in its order: stems, measures and model numbers; no stopwords.

    A number and its unit are one token, whatever stands between them ("1 TB", "13-inch"; of 13.3
    inches, 13in is one as well, as people leave the fraction out). What is joined by a hyphen or
    the like counts in parts and as a whole: "WH-1000XM4" is found by "wh 1000xm4" and
    "wh1000xm4", "wi-fi" by "wifi".
    """
    text = folded(text)
    found: list[str] = []
    place = 0
    for match in _MEASURE.finditer(text):
        found += _words(text[place : match.start()])
        found += _measure(match[1].replace(",", "."), _UNITS[match[2] or match[3]])
        place = match.end()
    return found + _words(text[place:])


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def stem(word: str) -> str:
    """The stem of a folded word (Porter's English stemmer, as Snowball has it)."""
    stemmed: str = _stemmer().stemWord(word)
    return stemmed


def _measure(number: str, unit: str) -> Iterator[str]:
    number = _NOTHING_AFTER.sub("", number)
    yield f"{number}{unit}"
    whole, _, fraction = number.partition(".")
    if fraction and unit == "in":
        yield f"{whole}{unit}"


def _words(text: str) -> list[str]:
    return [token for compound in _COMPOUND.findall(text) for token in _words_of(compound)]


@lru_cache(maxsize=_REMEMBERED)
def _words_of(compound: str) -> tuple[str, ...]:
    parts = [_NOTHING_AFTER.sub("", part) for part in _PARTS.findall(compound)]
    words = parts if len(parts) == 1 else [*parts, "".join(parts)]
    return tuple(stem(word) for word in words if word not in STOPWORDS)
