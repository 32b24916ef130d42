"""The rules that read a query. Each takes the words it understood, so that no other does.

They run from the most certain (prices, ages) to the least (any word of the vocabulary).
"""

import re
from collections.abc import Callable, Collection

from shopfyp.intent.abroad import foreign_words
from shopfyp.intent.corrections import corrections, taken_back
from shopfyp.intent.denials import exclusions, owned
from shopfyp.intent.meanings import Language, meanings, other_name
from shopfyp.intent.numbers import DECADES, number
from shopfyp.intent.numbers import WORDS as NUMBER_WORDS
from shopfyp.intent.patterns import (
    AGE_OF_CHILD,
    AGES,
    AGES_OF_GROUP,
    BARE_SIZE,
    BOUND,
    COUNTED,
    DECADE,
    EVENTS,
    GRADE,
    HAS_ALREADY,
    MONTHS,
    ORDERS,
    OTHER_SIZE,
    QUANTITY,
    SIZE,
    STATES,
    STOP,
    YEARS_BELOW,
    YEARS_FROM,
)
from shopfyp.intent.people import gender_of_pronoun, groups, pets_of_kind, recipients
from shopfyp.intent.prices import budgets, prices_abroad
from shopfyp.intent.reading import Reading, key_of_run
from shopfyp.intent.slots import Intent, Slot, retrieved_by
from shopfyp.intent.values import (
    OCCASION_OF,
    catalogue_values,
    part_of_theme,
    unlike_its_kind,
)
from shopfyp.intent.vocabulary import Vocabulary, key_of
from shopfyp.intent.words import (
    ADULT_FROM,
    COLOURS,
    SIZE_WORDS,
    USES,
)


def parse(
    query: str,
    vocabulary: Vocabulary,
    ignore: Collection[str] = (),
    language: Language | None = None,
) -> Intent:
    """What a query says: its slots, and what is left to retrieve by.

    Args:
        query: in the shopper's words.
        vocabulary: of the catalogue that is searched.
        ignore: names of slots that the shopper removed; a recipient takes along the gender that
            only follows from it.
        language: what words mean that this shop does not use, if that is to be asked.
    """
    reading = Reading(query, vocabulary)
    abroad = foreign_words(query)
    for start, end in abroad:
        reading.pass_over(start, end)
    for rule in _RULES_ABROAD if abroad else _RULES:
        rule(reading)
    names = meanings(reading, language) if language else []
    slots = sorted(reading.slots, key=lambda slot: (slot.span, slot.name))
    removed = [slot for slot in slots if slot.name in ignore]
    spans = {slot.span for slot in removed if slot.name == "recipient"}
    kept = [slot for slot in slots if slot not in removed and slot.span not in spans]
    kinds = frozenset(code for codes in reading.kinds.values() for code in codes)
    gone = {value for slot in removed for value in slot.values}
    names = [name for name in names if name not in gone]
    # "Something to drink tea from" is no tea.
    uses = [span for span in reading.renamed if query[slice(*span)].lower() in USES]
    renamed = [slot.span for slot in kept if _is_renamed_colour(reading, slot)]
    unsaid = [*renamed, *reading.unwanted, *(uses if names else ())]
    said = retrieved_by(query, kept, removed, unsaid)
    rest = " ".join(filter(None, [said, *names]))
    return Intent(query, tuple(kept), rest, kinds)


_BEFORE_GRADES = 5
_MOST_COUNTED = 4
"""A number's thing is so many words after it at the most."""
_LETTERS = ("word", "word2", "bare", "apart", "letters")


def _is_renamed_colour(reading: Reading, slot: Slot) -> bool:
    """Whether a shop has another name for a colour: where grey is charcoal, tea is Earl Grey."""
    said = reading.query[slice(*slot.span)].lower()
    return slot.name == "colour" and said in COLOURS and not any(v in said for v in slot.values)


def _ages_of_group(reading: Reading) -> None:
    """Take "girls between 6 and 8" and "a boy of about 8" before they are read as prices."""
    for match in reading.found(AGES_OF_GROUP):
        ages = [number(group) for group in match.groups()[1:] if group]
        if max(ages) < ADULT_FROM:
            high = 99.0 if len(ages) == 1 else max(ages)
            reading.take(Slot("age", (), match.span("ages"), min(ages), high))
    of_each = [(number(m["years"]), m.span("years")) for m in reading.found(AGE_OF_CHILD)]
    ages = [years for years, _ in of_each if years < ADULT_FROM]
    for years, span in of_each:
        # "A girl 4 and a boy 7": something for both.
        if years in ages:
            low, high = min(ages), max(ages)
            reading.take(Slot("age", (), span, low, high))
            ages = []


def _sort(reading: Reading) -> None:
    for pattern, value in ORDERS:
        for match in reading.found(pattern):
            reading.take(Slot("sort", (value,), match.span()))
            return


def _age(reading: Reading) -> None:
    for match in reading.found(YEARS_BELOW):
        reading.take(Slot("age", (), match.span(), 0.0, number(match[1])))
    for match in reading.found(YEARS_FROM):
        reading.take(
            Slot("age", (), match.span(), number(next(filter(None, match.groups()))), 99.0)
        )
    for match in reading.found(DECADE):
        decade = float(DECADES.get((match["ten"] or "").lower()) or match["figures"])
        reading.take(Slot("age", (), match.span(), decade, decade + 9))
    for match in reading.found(GRADE):
        years = number(match["word"] or match["figure"]) + _BEFORE_GRADES
        reading.take(Slot("age", (), match.span(), years, years + 1))
    for match in reading.found(MONTHS):
        ages = [number(group) / 12 for group in match.groups() if group]
        reading.take(Slot("age", (), match.span(), min(ages), max(ages)))
    for pattern in AGES:
        for match in reading.found(pattern):
            ages = [number(group) for group in match.groups() if group]
            if ages[0] >= ages[-1] * 2 and not match[1].isdigit():
                ages = [sum(ages)]  # "sixty-five" is no range
            reading.take(Slot("age", (), match.span(), min(ages), max(ages)))


def _size(reading: Reading) -> None:
    for match in reading.found(SIZE):
        found = match.groupdict()
        said = found["number"] or found["local"] or found["local2"]
        if found["length"] and BOUND.search(reading.query[: match.start()]):
            continue
        if found["length"]:
            unit = "cm" if (found["unit"] or "").lower() == "cm" else "inch"
            value = f"{number(found['length']):g} {unit}"
        elif said:
            value = f"{number(said):g}" + (" years" if found["years"] else "")
        else:
            word = (next(filter(None, (found[name] for name in _LETTERS)), "")).lower()
            value = SIZE_WORDS.get(word, word.upper())
        other = OTHER_SIZE.match(reading.query, match.end())
        if other and bool(said) == bool(other[1]):
            another = f"{number(other[1]):g}" if said else other[2]
            _take_size(reading, another, other.span())
        _take_size(reading, value, match.span())


def _take_size(reading: Reading, value: str, span: tuple[int, int]) -> None:
    codes = reading.vocabulary.codes("size", [value])
    # What the columns know, words would only blur: "size" is said of footballs as well.
    reading.take(Slot("size", (value,), span, codes=codes, said_of_products=not codes))


def _quantity(reading: Reading) -> None:
    for match in reading.found(QUANTITY):
        if HAS_ALREADY.search(reading.query[: match.start()]):
            continue
        said = next(group for group in match.groups() if group).lower()
        count = 2.0 if match["pair"] else number(said)
        reading.take(
            Slot("quantity", (), match.span(), count, count, said_of_products=not match["c"])
        )
    if any(slot.name == "quantity" for slot in reading.slots):
        return
    for match in reading.found(COUNTED):
        count = number(match["count"])
        if count > 1 and _is_of_a_kind(reading, match.end()):
            reading.take(Slot("quantity", (), match.span("count"), count, count))
            return


def _is_of_a_kind(reading: Reading, start: int) -> bool:
    """Whether several of a kind of product follow: "three warm sleeping bags"."""
    after = [word for word in reading.words if word.start >= start][:_MOST_COUNTED]
    for place, word in enumerate(after):
        between = reading.query[start : word.start]
        if not reading.free(word.start, word.end) or STOP.search(between):
            return False
        if reading.query[word.start : word.end].lower().endswith("s") and any(
            reading.vocabulary.ending("category", key_of_run(after[first : place + 1]))
            or other_name(reading, after[first : place + 1])
            for first in range(place + 1)
        ):
            return True
    return False


def _condition(reading: Reading) -> None:
    for pattern, value in STATES:
        for match in reading.found(pattern):
            if any(slot.name == "condition" and value in slot.values for slot in reading.slots):
                continue  # "new, not a used one"
            codes = reading.vocabulary.codes("condition", [value])
            reading.take(Slot("condition", (value,), match.span(), codes=codes))


def _bare_size(reading: Reading) -> None:
    """Take "ankle boots 38" and "dress small": sizes in which the kind that is meant comes."""
    kinds = [code for codes in reading.kinds.values() for code in codes]
    for name in reading.renamed.values():
        kinds += reading.vocabulary.ending("category", key_of(name))
    if not kinds or any(slot.name == "size" for slot in reading.slots):
        return
    for match in reading.found(BARE_SIZE):
        said = match[1].lower()
        value = SIZE_WORDS.get(said, match[1])
        if re.split("[- ]", said)[0] in NUMBER_WORDS:
            value = f"{number(said):g}"
        if codes := reading.vocabulary.codes("size", [value]):
            rows = reading.vocabulary.holding(kinds)
            if codes & reading.vocabulary.counts(rows, "size").keys():
                reading.take(
                    Slot("size", (value,), match.span(), codes=codes, said_of_products=False)
                )
                return


def _occasion(reading: Reading) -> None:
    """Take "mother's day" and "baby shower" before their words are read as people."""
    for run in list(reading.phrases()):
        phrase, span = " ".join(word.form for word in run), (run[0].start, run[-1].end)
        if len(run) > 1 and phrase in OCCASION_OF and reading.free(*span):
            codes = reading.vocabulary.codes("occasion", [OCCASION_OF[phrase]])
            reading.take(Slot("occasion", (OCCASION_OF[phrase],), span, codes=codes))
    for pattern, occasion in EVENTS:
        for match in reading.found(pattern):
            codes = reading.vocabulary.codes("occasion", [occasion])
            span = match.span("event")
            reading.take(Slot("occasion", (occasion,), span, codes=codes, said_of_products=False))


_RULES_ABROAD: tuple[Callable[[Reading], None], ...] = (prices_abroad, catalogue_values)
"""Where words are not English, only what is alike: "son" is his in French."""
_RULES: tuple[Callable[[Reading], None], ...] = (
    corrections,
    _ages_of_group,
    budgets,
    _sort,
    _age,
    _occasion,
    exclusions,
    owned,
    _size,
    recipients,
    _quantity,
    _condition,
    groups,
    gender_of_pronoun,
    catalogue_values,
    part_of_theme,
    unlike_its_kind,
    pets_of_kind,
    _bare_size,
    taken_back,
)
