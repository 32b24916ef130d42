"""The last rule: words that this shop does not use, for what it calls by another name."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Protocol

from shopfyp.intent.reading import Reading
from shopfyp.intent.slots import Slot
from shopfyp.intent.vocabulary import Word, key_of, words_of
from shopfyp.intent.words import SAME, STOPWORDS

_SAME = {
    " ".join(word.form for word in words_of(name)): tuple(n for n in group if n != name)
    for group in SAME
    for name in group
}
_OR_BEFORE = re.compile(r"\bor (?:an? |some )?$", re.IGNORECASE)
_OR_AFTER = re.compile(r"s? or\b", re.IGNORECASE)
_TOGETHER = 2
"""So many words are one thing at the most, to the encoder."""
_LEAST_LETTERS = 3
_MOST = 4
"""So much of a query is asked of the encoder: each takes it a millisecond."""


class Language(Protocol):
    """What words say, beyond the vocabulary."""

    def knows(self, text: str) -> bool:
        """Whether any product says one of the words of a text."""

    def meaning(self, text: str) -> int | None:
        """The code of the vocabulary's value that means what a text does, if any comes near."""


def meanings(reading: Reading, language: Language) -> list[str]:
    """Take "sneakers" and "soccer" for Trainers and Football; the shop's names, to retrieve by.

    By a table first, then by the encoder, against the names of the shop's kinds and themes; another
    kind is looked for only where none was named.
    """
    names = list(_others(reading))
    named = bool(reading.kinds)
    for run in islice(_unknown(reading, language), _MOST):
        span = (run[0].start, run[-1].end)
        code = language.meaning(_text(reading, run)) if reading.free(*span) else None
        if code is None:
            continue
        value = reading.vocabulary.values[code]
        # "Soccer ball" is a kind here, and in "soccer pyjamas" a theme.
        kinds = reading.vocabulary.ending("category", key_of(value.value))
        if value.slot == "theme" and kinds and not named:
            reading.kinds[span] = kinds
            names.append(value.value)
        elif value.slot == "theme":
            reading.take(Slot("theme", (value.value,), span, codes=frozenset([code])))
            names.append(value.value)
        elif not named and not _is_kind(reading, span):
            # Retrieved by, it would bring all of a kind as if they had been named.
            reading.kinds[span] = [code]
    return names


def other_name(reading: Reading, run: list[Word]) -> str | None:
    """What this shop calls a thing by, that has several names."""
    names = _SAME.get(" ".join(word.form for word in run), ())
    return next((n for n in names if reading.vocabulary.ending("category", key_of(n))), None)


def _others(reading: Reading) -> Iterator[str]:
    alone = not reading.kinds
    for span, name in reading.renamed.items():
        # "Perfume or a bag", of which this shop calls one otherwise.
        before, after = reading.query[: span[0]], reading.query[span[1] :]
        if not (alone or _OR_BEFORE.search(before) or _OR_AFTER.match(after)):
            continue
        reading.kinds[span] = reading.vocabulary.ending("category", key_of(name))
        yield name


def _unknown(reading: Reading, language: Language) -> Iterator[list[Word]]:
    # Two words before one, and long ones first: chat is short.
    for run in sorted(reading.phrases(), key=lambda run: (-len(run), -len(_text(reading, run)))):
        if (
            len(run) <= _TOGETHER
            and all(len(word.form) >= _LEAST_LETTERS for word in run)
            and not STOPWORDS & {word.form for word in run}
            and not _is_kind(reading, (run[0].start, run[-1].end))
            and not language.knows(_text(reading, run))
        ):
            yield run


def _is_kind(reading: Reading, span: tuple[int, int]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in reading.kinds)


def _text(reading: Reading, run: list[Word]) -> str:
    return reading.query[run[0].start : run[-1].end].lower()
