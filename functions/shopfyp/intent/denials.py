"""The rule that reads what a shopper does not want."""

import re

from shopfyp.intent.patterns import (
    DENIAL,
    DENIED_BEFORE,
    DENIED_FILLERS,
    DENIED_UNTIL,
    FREE,
    NOTHING_DENIED,
)
from shopfyp.intent.reading import Reading, key_of_run
from shopfyp.intent.slots import Slot
from shopfyp.intent.vocabulary import MOST_WORDS, Word
from shopfyp.intent.words import ABSENT, FREE_OF_NOTHING, GENUINE, STOPWORDS

_DENIES_KNOWN = frozenset(["non", "everything", "all", "hold", "minus", "instead", "rather"])
"""Cues that deny only what the catalogue knows: "hold the line", "a desk instead of the table"."""

_ENDED = re.compile(r"[.!?;]")


def exclusions(reading: Reading) -> None:
    """Take "not red", "without lactose", "no plastic or leather" and "lactose-free"."""
    for match in list(reading.found(DENIAL)):
        _deny(reading, match)
    for match in list(reading.found(DENIED_BEFORE)):
        _deny_before(reading, match)
    for match in list(reading.found(FREE)):
        if match[1].lower() not in FREE_OF_NOTHING | STOPWORDS:
            codes = frozenset(reading.vocabulary.saying(match[1]))
            slot = Slot("exclusion", (match[1].lower(),), match.span(), codes=codes)
            # Products say "lactose-free" as well.
            reading.take(slot)
    for word in reading.words:
        if (absent := ABSENT.get(word.form)) and reading.free(word.start, word.end):
            codes = frozenset(reading.vocabulary.saying(absent))
            reading.take(Slot("exclusion", (absent,), (word.start, word.end), codes=codes))


def _deny(reading: Reading, cue: re.Match[str]) -> None:
    """Take what follows a "not" or "without", and what "or" adds to it."""
    after = [word for word in reading.words if word.start >= cue.end()]
    if after and _ENDED.search(reading.query[cue.end() : after[0].start]):
        return  # "A doll? No. A ball."
    while after and after[0].form in DENIED_FILLERS:
        after.pop(0)
    start = cue.start()
    # "She has everything but loves candles."
    known = cue[0].lower().split()[0] in _DENIES_KNOWN
    while after and reading.free(after[0].start, after[0].end):
        run = _denied_run(reading, after, known=known)
        if not run:
            return
        text = reading.query[run[0].start : run[-1].end].lower()
        codes = frozenset(reading.vocabulary.saying(text))
        if _is_genuine(reading, run):
            codes = frozenset(reading.vocabulary.named(key_of_run(run[1:])))
        reading.take(Slot("exclusion", (text,), (start, run[-1].end), codes=codes))
        after = after[len(run) :]
        if not after or after[0].form not in {"or", "nor", "and"}:
            return
        joined = after.pop(0)
        while after and after[0].form in DENIED_FILLERS | {"no", "not"}:
            after.pop(0)
        # "no plastic and a red lid": after "and", only what the catalogue knows is denied too.
        if joined.form == "and" and after and not reading.vocabulary.saying(after[0].form):
            return
        start = joined.start


def _deny_before(reading: Reading, cue: re.Match[str]) -> None:
    """Take what comes before "is out": all that the catalogue knows as one, or the last word."""
    before = [word for word in reading.words if word.end <= cue.start()]
    if not before or before[-1].form in STOPWORDS | NOTHING_DENIED:
        return
    run = next(
        (own for size in range(MOST_WORDS, 1, -1) if _known(reading, own := before[-size:])),
        before[-1:],
    )
    if reading.free(run[0].start, run[-1].end):
        text = reading.query[run[0].start : run[-1].end].lower()
        codes = frozenset(reading.vocabulary.saying(text))
        reading.take(Slot("exclusion", (text,), (run[0].start, cue.end()), codes=codes))


def _is_genuine(reading: Reading, run: list[Word]) -> bool:
    """Whether one thing is meant and nothing named after it: "real leather" is not vegan."""
    return run[0].form in GENUINE and _known(reading, run[1:2])


def _known(reading: Reading, run: list[Word]) -> bool:
    return bool(reading.vocabulary.named(key_of_run(run)))


def _denied_run(reading: Reading, after: list[Word], *, known: bool) -> list[Word]:
    first = after[0]
    if _is_genuine(reading, after[:2]):
        return after[:2]
    if first.form in STOPWORDS | NOTHING_DENIED or first.form.isdigit():
        return []
    for size in range(min(MOST_WORDS, len(after)), 0, -1):
        run = after[:size]
        key = key_of_run(run)
        if reading.vocabulary.named(key) or (size == 1 and reading.vocabulary.saying(run[0].form)):
            return run
    if known:
        return []
    between = reading.query[first.end : after[1].start] if len(after) > 1 else "."
    second = after[1].form if between.isspace() else "or"
    follows = second in STOPWORDS | DENIED_UNTIL
    follows = follows or second.isdigit() or bool(reading.vocabulary.ending("category", second))
    return [first] if follows else [first, after[1]]
