"""Spelling: the words that a shopper meant, among those that the catalogue and the rules know."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from shopfyp.arrays import load
from shopfyp.intent.numbers import WORDS as NUMBER_WORDS
from shopfyp.intent.vocabulary import WORD, simple_form
from shopfyp.intent.words import (
    COLOURS,
    CURRENCIES,
    GENDERS,
    GROUPS,
    MATERIAL_NAMES,
    NO_COLOURS,
    OCCASIONS,
    RELATIONS,
    STOPWORDS,
)
from shopfyp.lexical import LexicalIndex
from shopfyp.tokens import folded, stem

# Words that rules read, beside those of the tables.
_RULES = (
    "under below between around about over above less more than without except budget cheap "
    "cheapest affordable year years old month months size small medium large best rated newest "
    "latest popular used refurbished ish max min yrs range skein"
)
_TABLES: list[Iterable[str]] = [
    RELATIONS,
    GROUPS,
    GENDERS,
    OCCASIONS,
    COLOURS,
    CURRENCIES,
    MATERIAL_NAMES,
    NUMBER_WORDS,
    STOPWORDS,
]
RULE_WORDS = frozenset(
    word
    for table in [*_TABLES, [_RULES]]
    for phrase in table
    for word in re.findall(r"[^\W\d_]{2,}", folded(phrase))
)
_SAID_OF_ALL = RULE_WORDS - {
    word for table in (RELATIONS, GROUPS, GENDERS, MATERIAL_NAMES) for word in table
}
"""Of these, what tells nothing of a product."""
_LEAST_LETTERS, _FEW_LETTERS = 3, 5
_TWO_EDITS_FROM = 8
_DOUBTFUL = 2.0
_RATHER = 50
_JOINED = 3
_LEAST_PART = 2
_SHORT = 3
"""In queries of so few words each names the product, and one that no product holds is doubted."""
_OTHER_INITIAL = 0.1
_ALONE = 0.1
_RULED = 5
"""How common the words that rules read are taken to be in a longer query, at the least."""
_LONG_STOPWORD = 6
_MOST_DOUBTFUL = 8
"""So many words of a query are corrected, the longest: each is compared with all there are."""
_NEVER = re.compile(
    r"['’](?:t|re|ll|ve|d|m)$|^(?:(?:ca|do|does|is|are|wo|must|should)nt|not|nor|none|nothing"
    r"|itch(?:y|es)?|rash|hives)$",
    re.IGNORECASE,
)
"""No misspelled names of products: "can't", however it is written, and what ails the allergic."""


class _Word(NamedTuple):
    text: str
    start: int
    end: int


class Speller:
    """Corrects the words of a query that neither the catalogue nor the encoder knows."""

    def __init__(self, folder: Path, lexical: LexicalIndex, knows: Callable[[str], bool]) -> None:
        """Correct towards a catalogue's words.

        Args:
            folder: of `words.npy`, the words, folded, in UTF-8 and sorted, and `counts.npy`, how
                many products are named by each; one that only describes counts a tenth.
            lexical: where each word stands.
            knows: whether a word is one of the encoder's language.

        Raises:
            ValueError: a file is not what it should be.
        """
        self._held = load(folder / "words.npy", "S", None)
        self._counts = load(folder / "counts.npy", np.float32, len(self._held), least=0)
        self._held.tobytes().decode()  # raises if one is no text
        self._lexical = lexical
        self._knows = knows
        self.corrected = lru_cache(maxsize=1024)(self._corrected)
        """The query with its misspelled words corrected; the query itself when there are none."""

    def _corrected(self, query: str) -> str:
        words = [_Word(folded(m[0]), *m.span()) for m in WORD.finditer(query)]
        joined = list(self._joined(query, words))
        ends = {word.end for word in joined} | {word.start for word in joined}
        apart = self._apart([w for w in words if not {w.start, w.end} & ends])
        fixes = {word.start: (word.end, word.text) for word in [*joined, *apart]}
        taken = {place for start, (end, _) in fixes.items() for place in range(start, end)}
        free = [
            word
            for word in words
            if word.start not in taken and not _NEVER.search(query[word.start : word.end])
        ]
        short = len([word for word in words if word.text not in STOPWORDS]) <= _SHORT
        doubtful = [word for word in free if self._doubtful(word.text, short)]
        certain = [w.text for w in free if w not in doubtful and w.text not in RULE_WORDS]
        real = [w.text for w in free if self._knows(w.text) and w.text not in RULE_WORDS]
        lacking = [word for word in real if not max(map(self._count, {word, simple_form(word)}))]
        # The longer a word, the fewer are near it: it helps to tell the others.
        for word in sorted(doubtful, key=lambda word: -len(word.text))[:_MOST_DOUBTFUL]:
            meant = self._meant(word.text, certain, short)
            named = [w.text for w in free if short and w.text not in RULE_WORDS | {word.text}]
            beside = certain + named if named else []
            if meant and self._fits(
                word.text, meant, [w for w in lacking if w != word.text], beside
            ):
                fixes[word.start] = (word.end, meant)
                certain += meant.split()
        for start, (end, meant) in sorted(fixes.items(), reverse=True):
            query = query[:start] + meant + query[end:]
        return query

    def _joined(self, query: str, words: list[_Word]) -> Iterator[_Word]:
        """Two words that the catalogue mostly writes as one: "head set"."""
        end = -1
        for one, two in pairwise(words):
            whole = one.text + two.text
            apart = {one.text, two.text} & STOPWORDS or not whole.isalpha()
            # What somebody does "every day" is not for everyday use.
            apart = apart or f"{one.text} {two.text}" in NO_COLOURS
            apart = apart or query[one.end : two.start] not in {" ", "-"}
            if apart or one.start < end or min(len(one.text), len(two.text)) < 2:
                continue
            together = self._together(one.text, [two.text])
            if self._count(whole) > max(_JOINED * together, 0.5):
                end = two.end
                yield _Word(whole, one.start, end)

    def _apart(self, words: list[_Word]) -> Iterator[_Word]:
        """A word that the catalogue mostly writes as two: "mousepad"."""
        for word in words:
            count = 0.0 if word.text in RULE_WORDS else self._count(word.text)
            if count and word.text.isalpha():
                split, together = self._split(word.text)
                if together > _JOINED * count:
                    yield word._replace(text=split)

    def _doubtful(self, word: str, short: bool) -> bool:
        forms = {word, simple_form(word)}
        least = _LEAST_LETTERS if short else _LEAST_LETTERS + 1
        if len(word) < least or not word.isalpha() or forms & RULE_WORDS:
            return False
        count = max(map(self._count, forms))
        return count <= _DOUBTFUL and (not any(map(self._knows, forms)) or (short and not count))

    def _meant(self, word: str, others: list[str], short: bool) -> str:
        """What a doubtful word most likely stands for; empty when nothing is near.

        The nearest word; among equals that which most products hold together with the query's
        other words.
        """
        known = self._knows(word) or self._knows(simple_form(word))
        least = _RATHER * self._count(word)
        likely: list[tuple[int, float, str]] = []
        for other, distance in self._near(word).items():
            together = self._together(other, others) if others else 0
            count = self._count(other)
            if other in RULE_WORDS:
                # Products say "girls", and shoppers "a girl".
                count = max(count, self._count(f"{other}s"), 0 if short else _RULED)
            # A word of the language is only given up for one that goes with the rest, and what
            # denies ("unscented") for none that does not.
            denied = word in {f"un{other}", f"non{other}"}
            if other == word or denied or count < least or (known and not together):
                continue
            initial = 1 if other[0] == word[0] else _OTHER_INITIAL
            likely.append((distance, -(together + _ALONE) * count * initial, other))
        split, _ = ("", 0) if known else self._split(word)
        # A space too few is one edit.
        if likely and not (split and min(likely)[0] > 1):
            return min(likely)[-1]
        if split:
            return split
        # The catalogue may hold a word in the singular only.
        singular = simple_form(word)
        if known or not _LEAST_LETTERS <= len(singular) < len(word):
            return ""
        return self._meant(singular, others, short)

    def _fits(self, word: str, meant: str, lacking: list[str], beside: list[str]) -> bool:
        """Whether that may be what a word stands for, beside others that the catalogue lacks.

        Few letters are near to many words: "lip balm", in a shop that has none, is no ball. And a
        first letter is seldom wrong: what begins otherwise must go with what is `beside` it, if
        something is, for "kale chips" to be no male ones.
        """
        if len(word) > _FEW_LETTERS:
            return True
        if beside and meant[0] != word[0] and meant not in _SAID_OF_ALL:
            return any(self._together(part, [other]) for part in meant.split() for other in beside)
        if meant in RULE_WORDS or not lacking:
            return True
        return any(self._together(part, [other]) for part in meant.split() for other in lacking)

    def _near(self, word: str) -> dict[str, int]:
        """Words at most one or, if it is long, two edits away, as written or as heard.

        Edits are those of optimal string alignment (Damerau, 1964); hearing one costs one more.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        most = 2 if len(word) >= _TWO_EDITS_FROM else 1
        written = process.extract(
            word, self._words, scorer=OSA.distance, score_cutoff=most, limit=None
        )
        heard = process.extract(
            _sound(word), self._sounds, scorer=OSA.distance, score_cutoff=most - 1, limit=None
        )
        near = {self._words[place]: distance + 1 for _, distance, place in heard}
        for other, distance, _ in written:
            near[other] = min(distance, near.get(other, distance))
        return near

    def _split(self, word: str) -> tuple[str, int]:
        """Two words written as one, "powerbank", and how many products are about both."""
        best, most = "", 0
        for place in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
            parts = word[:place], word[place:]
            if STOPWORDS & {*parts}:
                continue
            together = self._together(parts[0], [parts[1]])
            if together > most:
                best, most = " ".join(parts), together
        return best, most

    def _together(self, word: str, others: list[str]) -> int:
        """How many products are about all these words."""
        held = self._lexical.about(stem(word))
        for other in others:
            held = np.intersect1d(held, self._lexical.about(stem(other)), assume_unique=True)
        return len(held)

    def _count(self, word: str) -> float:
        key = word.encode()
        place = int(np.searchsorted(self._held, np.bytes_(key)))
        if place == len(self._held) or self._held[place] != key:
            return 0.0
        return float(self._counts[place])

    @cached_property
    def _words(self) -> list[str]:
        held = {word.decode() for word in self._held.tolist()}
        return sorted(
            word
            for word in held | RULE_WORDS
            if len(word) >= (_LONG_STOPWORD if word in STOPWORDS else _LEAST_LETTERS)
        )

    @cached_property
    def _sounds(self) -> list[str]:
        return [_sound(word) for word in self._words]


def _sound(word: str) -> str:
    """A word as one may hear it: "headphones" like "headfones", "running" like "runing"."""
    heard = word.replace("ph", "f").replace("ck", "k").replace("y", "i").removesuffix("e")
    return re.sub(r"(.)\1", r"\1", heard)
