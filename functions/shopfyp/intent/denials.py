"""The rule that reads what a shopper does not want."""

import re

from shopfyp.intent.numbers import WORDS as NUMBER_WORDS
from shopfyp.intent.patterns import (
    ANOTHER,
    DENIAL,
    DENIED_ALL,
    DENIED_BEFORE,
    DENIED_FILLERS,
    DENIED_UNTIL,
    FAULTED,
    FREE,
    NOTHING_DENIED,
    OWNED,
)
from shopfyp.intent.reading import Reading, key_of_run
from shopfyp.intent.slots import Slot
from shopfyp.intent.vocabulary import MOST_WORDS, Word, words_of
from shopfyp.intent.words import (
    ABSENT,
    COLOURS,
    FREE_OF_NOTHING,
    GENUINE,
    MATERIAL_NAMES,
    STOPWORDS,
)

_DENIES_KNOWN = frozenset(
    "non everything all hold minus instead rather has have had got own owns "  # noqa: SIM905
    "refuse refuses refused ban bans banned forbid forbids forbade veto vetoes vetoed".split()
)
"""Cues that deny only what the catalogue knows: "hold the line", "he has plenty of time"."""

_ENDED, _STOPPED = re.compile(r"[.!?;]"), re.compile(r"[,.!?;]")
_THING = r"[^\W\d_]+(?:[ -]\w+)?"
_LISTED = re.compile(
    rf",\s*(?P<items>{_THING}(?:,\s*{_THING})*),?\s+(?P<last>or|nor|and)\s", re.IGNORECASE
)
"""What goes on with a list that is denied: of "mustard, orange or brown" all but the first."""
_HAVING, _IS = frozenset(["with", "that", "which"]), frozenset(["is", "are", "would", "will"])
_SOMEBODYS = re.compile(
    r"\b(?:my|our|your|his|her|their|the|this|that|these|those|\w+'s)(?: \w+)? $", re.IGNORECASE
)
_NEGATED = re.compile(
    r"(?:n't|\b(?:not|never|wont|dont|cant|doesnt))(?: \w+){0,2} $", re.IGNORECASE
)
_COMMA = re.compile(r"\s*,\s*(?:and |but )?", re.IGNORECASE)
_JOINS = frozenset(["but", "and", "or", "nor", "so", "because", "as", "if"])
_NAMED = ("colour", "material", "theme", "brand")


def exclusions(reading: Reading) -> None:
    """Take "not red", "without lactose", "no plastic or leather" and "lactose-free"."""
    for match in list(reading.found(DENIED_ALL)):
        _deny_named(reading, match)
    for match in list(reading.found(DENIED_BEFORE)):
        _deny_before(reading, match)
    for match in list(reading.found(DENIAL)):
        _deny(reading, match)
    for match in list(reading.found(FAULTED)):
        _deny_before(reading, match, known=True)
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


def owned(reading: Reading) -> None:
    """Pass over what somebody has already: "he already has a drill"."""
    for match in list(reading.found(OWNED)):
        start, end = match.span("was" if match["was"] else 0)
        things = [
            run
            for run in reading.phrases()
            if start <= run[0].start and run[-1].end <= end and _is_thing(reading, run)
        ]
        kind = next((run for run in things if _is_kind(reading, run)), None)
        if kind and ANOTHER.search(reading.query[end:]):
            # "We have a red kettle, I'd like one in cream": a kettle is wanted all the same.
            reading.pass_over(start, kind[0].start)
            start = kind[-1].end
        if things:
            reading.pass_over(start, end)


def _deny(reading: Reading, cue: re.Match[str]) -> None:
    """Take what follows a "not" or "without", and what "or" adds to it."""
    if cue[0].lower().startswith("anything") and _NEGATED.search(reading.query[: cue.start()]):
        return  # "They don't allow anything but black"
    after = [word for word in reading.words if word.start >= cue.end()]
    # "In red? No, blue." and "I own nothing, a tent please".
    ended = _STOPPED if cue[0].lower() in {"no", "nothing"} else _ENDED
    while after and after[0].form in DENIED_FILLERS:
        after.pop(0)
        ended = _STOPPED
    if after and ended.search(reading.query[cue.end() : after[0].start]):
        return  # "A doll? No. A ball." and "not that one, the red one"
    if len(after) > 1 and after[0].form == "more" and _is_thing(reading, after[1:2]):
        after.pop(0)
    start = cue.start()
    # "She has everything but loves candles."
    known = cue[0].lower() == "never" or cue[0].lower().split()[0] in _DENIES_KNOWN
    known = known or cue[0].lower().endswith("full of")
    while after and reading.free(after[0].start, after[0].end):
        run = _denied_run(reading, after, known=known)
        if not run:
            return
        if (inner := _inner(reading, run, after)) is not None:
            after = inner
            continue
        _take(reading, run, (start, run[-1].end))
        after = after[len(run) :]
        if _goes_on(reading, run, after) and not _is_told_apart(reading, cue):
            start = after[0].start
            continue
        if not after or after[0].form not in {"or", "nor", "and"}:
            return
        joined = after.pop(0)
        anything = bool(after) and after[0].form in {"any", "anything", "everything", "no", "not"}
        while after and after[0].form in DENIED_FILLERS | {"no", "not"}:
            after.pop(0)
        # "no plastic and a red lid": after "and", only what the catalogue knows is denied too.
        # "No plastic, and red is her colour": something else begins.
        if joined.form == "and" and after and not (anything or _is_more(reading, run, after)):
            return
        start = joined.start


def _inner(reading: Reading, run: list[Word], after: list[Word]) -> list[Word] | None:
    """What is denied of a kind, if not the kind itself: "no toys with batteries"."""
    rest = after[len(run) :]
    if len(rest) < 2 or rest[0].form not in _HAVING or _slots_named(reading, run) != {"category"}:
        return None
    while rest and rest[0].form in DENIED_FILLERS | _HAVING:
        rest = rest[1:]
    return rest or None


def _is_more(reading: Reading, run: list[Word], after: list[Word]) -> bool:
    """Whether more is denied after "and": what the catalogue knows, unless a sentence begins.

    Another kind only after a kind: "no vases and mugs".
    """
    begins = len(after) > 1 and after[1].form in _IS
    known = bool(reading.vocabulary.saying(after[0].form))
    kinds = all(_is_kind(reading, one) for one in (run, after[:1]))
    return (known or kinds) and not begins


def _is_kind(reading: Reading, run: list[Word]) -> bool:
    return bool(reading.vocabulary.ending("category", key_of_run(run)))


def _goes_on(reading: Reading, run: list[Word], after: list[Word]) -> bool:
    """Whether a comma goes on with what is denied, as "or" does: "no red, blue or pink".

    Two words only if the catalogue knows them as one, and before "and", which may begin something
    else, only more of the same: colours, say.
    """
    listed = _LISTED.match(reading.query, run[-1].end)
    if listed is None:
        # "Anything but pink purple or lilac."
        last = len(after) > 1 and after[1].form in {"or", "nor", "and"}
        return last and bool(_slots_named(reading, run) & _slots_named(reading, after[:1]))
    items = [words_of(item) for item in listed["items"].split(",")]
    own, others = _slots_named(reading, run), _slots_named(reading, items[0])
    if own and others and not own & others:
        return False  # "nothing from Omni, red or blue"
    if any(len(item) > 1 and not _known(reading, item) for item in items):
        return False
    if listed["last"].lower() != "and":
        return items[0][0].form not in STOPWORDS
    after = [word for word in after if word.start >= listed.end()][:1]
    return bool(set.intersection(*(_slots_named(reading, item) for item in [run, *items, after])))


def _is_value(reading: Reading, run: list[Word]) -> bool:
    """Whether these words tell what a product is like, by name or as "plastic" does."""
    phrase = " ".join(word.form for word in run)
    named = not _slots_named(reading, run).isdisjoint(_NAMED)
    return named or phrase in MATERIAL_NAMES or phrase in COLOURS


def _is_thing(reading: Reading, run: list[Word]) -> bool:
    return _is_kind(reading, run) or _is_value(reading, run)


def _is_told_apart(reading: Reading, cue: re.Match[str]) -> bool:
    """Whether each thing has its own "no": what has none is wanted."""
    ends = [slot.span[1] for slot in reading.slots if slot.name == "exclusion"]
    return any(_COMMA.fullmatch(reading.query[end : cue.start()]) for end in ends)


def _slots_named(reading: Reading, run: list[Word]) -> set[str]:
    values = reading.vocabulary.values
    return {values[code].slot for code in reading.vocabulary.named(key_of_run(run))}


def _deny_named(reading: Reading, cue: re.Match[str]) -> None:
    """Take all values that the sentence named before "so not those", or what it said last."""
    sentence = re.split(_ENDED, reading.query[: cue.start()])[-1]
    begins = cue.start() - len(sentence)
    named = [
        run
        for run in reading.phrases()
        if begins <= run[0].start and run[-1].end <= cue.start() and _is_value(reading, run)
    ]
    for run in named:
        if reading.free(run[0].start, run[-1].end):
            _take(reading, run, (run[0].start, run[-1].end))
    if not named:
        _deny_before(reading, cue)


def _deny_before(reading: Reading, cue: re.Match[str], *, known: bool = False) -> None:
    """Take what comes before "is out": all that the catalogue knows as one, or the last word."""
    before = [word for word in reading.words if word.end <= cue.start()]
    if not before or before[-1].form in STOPWORDS | NOTHING_DENIED:
        return
    run = next(
        (own for size in range(MOST_WORDS, 1, -1) if _known(reading, own := before[-size:])),
        _said_before(reading, before),
    )
    if known and not (_is_value(reading, run) or _is_meant_as_kind(reading, run)):
        return
    if reading.free(run[0].start, run[-1].end):
        _take(reading, run, (run[0].start, cue.end()))
        more = before[: -len(run)]
        # "Pink and purple are out."
        if len(more) > 1 and more[-1].form in {"and", "or", "nor"}:
            other = more[-2:-1]
            if _is_value(reading, run) and _is_value(reading, other):
                _take(reading, other, (other[0].start, more[-1].end))


def _is_meant_as_kind(reading: Reading, run: list[Word]) -> bool:
    """Whether any of a kind is faulted, and not one that somebody has: "my mug is too small"."""
    return _is_kind(reading, run) and not _SOMEBODYS.search(reading.query[: run[0].start])


def _said_before(reading: Reading, before: list[Word]) -> list[Word]:
    """The last word, and the one before it if the catalogue knows neither: "sea salt"."""
    run = before[-2:]
    between = reading.query[run[0].end : run[-1].start]
    alone = run[0].form in STOPWORDS | _JOINS or between != " "
    return run[-1:] if alone or any(_is_thing(reading, [word]) for word in run) else run


def _take(reading: Reading, run: list[Word], span: tuple[int, int]) -> None:
    text = reading.query[run[0].start : run[-1].end].lower()
    # "Copper and Rye" is named, though products say "Copper & Rye".
    brands = reading.vocabulary.codes("brand", [text])
    codes = brands | frozenset(reading.vocabulary.saying(text))
    if _is_genuine(reading, run):
        codes = frozenset(reading.vocabulary.named(key_of_run(run[1:])))
    reading.take(Slot("exclusion", (text,), span, codes=codes))


def _is_genuine(reading: Reading, run: list[Word]) -> bool:
    """Whether one thing is meant and nothing named after it: "real leather" is not vegan."""
    return run[0].form in GENUINE and _known(reading, run[1:2])


def _known(reading: Reading, run: list[Word]) -> bool:
    return bool(reading.vocabulary.named(key_of_run(run)))


def _denied_run(reading: Reading, after: list[Word], *, known: bool) -> list[Word]:
    first = after[0]
    if _is_genuine(reading, after[:2]):
        return after[:2]
    for size in range(min(MOST_WORDS, len(after)), 1, -1):
        # Whatever it begins with: "make-up".
        if _known(reading, after[:size]) or _is_kind(reading, after[:size]):
            return after[:size]
    if first.form in STOPWORDS | NOTHING_DENIED | NUMBER_WORDS or first.form.isdigit():
        return []
    if (
        reading.vocabulary.saying(first.form)
        or _known(reading, [first])
        or _is_kind(reading, [first])
    ):
        return [first]
    if known:
        return []
    size = 1
    while len(after) > size and reading.query[after[size - 1].end : after[size].start] == "-":
        size += 1  # "non-stick" is one word
    between = reading.query[after[size - 1].end : after[size].start] if len(after) > size else "."
    second = after[size].form if between.isspace() else "or"
    follows = second in STOPWORDS | DENIED_UNTIL
    follows = follows or second.isdigit() or bool(reading.vocabulary.ending("category", second))
    return after[:size] if follows else after[: size + 1]
