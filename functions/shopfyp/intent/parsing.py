"""The rules that read a query. Each takes the words it understood, so that no other does.

They run from the most certain (prices, ages) to the least (any word of the vocabulary).
"""

import re
from collections.abc import Callable, Collection

from shopfyp.intent.denials import exclusions
from shopfyp.intent.meanings import Language, meanings, other_name
from shopfyp.intent.numbers import number
from shopfyp.intent.patterns import (
    AGE_OF_CHILD,
    AGES,
    AGES_OF_GROUP,
    BARE_SIZE,
    BUDGETS,
    CHEAP_WISH,
    MONTHS,
    ORDERS,
    QUANTITY,
    SIZE,
    STATES,
    YEARS_BELOW,
    YEARS_FROM,
)
from shopfyp.intent.people import groups, recipients
from shopfyp.intent.reading import Reading, key_of_run
from shopfyp.intent.slots import Intent, Slot, SlotName, retrieved_by
from shopfyp.intent.vocabulary import Vocabulary, Word, key_of, words_of
from shopfyp.intent.words import (
    ADULT_FROM,
    COLOURS,
    CURRENCIES,
    MATERIAL_NAMES,
    MATERIALS,
    OCCASIONS,
    SIZE_WORDS,
    STOPWORDS,
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
    for rule in _RULES:
        rule(reading)
    names = meanings(reading, language) if language else []
    slots = sorted(reading.slots, key=lambda slot: (slot.span, slot.name))
    removed = [slot for slot in slots if slot.name in ignore]
    spans = {slot.span for slot in removed if slot.name == "recipient"}
    kept = [slot for slot in slots if slot not in removed and slot.span not in spans]
    kinds = frozenset(code for codes in reading.kinds.values() for code in codes)
    gone = {value for slot in removed for value in slot.values}
    names = [name for name in names if name not in gone]
    rest = " ".join(filter(None, [retrieved_by(query, kept, removed), *names]))
    return Intent(query, tuple(kept), rest, kinds)


_AROUND = 0.25
_LEAST_PLAIN, _LEAST_WIDE = 20, 1.25
_OCCASIONS = {
    " ".join(word.form for word in words_of(said)): occasion for said, occasion in OCCASIONS.items()
}
_LETTERS = ("word", "word2", "bare", "apart", "letters")


def _budget(reading: Reading) -> None:
    for kind, pattern in BUDGETS:
        for match in reading.found(pattern):
            x, currency = _amount(match, "x")
            y, other = _amount(match, "y") if kind in {"range", "wide"} else (x, "")
            low, high = min(x, y), max(x, y)
            plain = not currency and not other
            # "6 and up" and "36-38" are no prices, unless somebody says so.
            if (kind in {"high", "wide"} and plain and low < _LEAST_PLAIN) or (
                kind == "wide" and high < _LEAST_WIDE * low
            ):
                continue
            values = tuple(filter(None, [currency or other]))
            bounds: dict[str, tuple[float | None, float | None]] = {
                "range": (low, high),
                "wide": (low, high),
                "most": (None, x),
                "least": (x, None),
                "high": (x, None),
                "near": ((1 - _AROUND) * x, (1 + _AROUND) * x),
            }
            reading.take(Slot("budget", values, match.span(), *bounds[kind]))
    if any(slot.name == "budget" for slot in reading.slots):
        return
    for match in reading.found(CHEAP_WISH):
        reading.take(Slot("budget", ("cheap",), match.span()))
        return


def _amount(match: re.Match[str], name: str) -> tuple[float, str]:
    groups = {key: value for key, value in match.groupdict().items() if value}
    said = next(groups[f"{name}{n}"] for n in "123" if f"{name}{n}" in groups)
    thousands = any(f"{name}k{n}" in groups for n in "123")
    sign = groups.get(f"{name}b", groups.get(f"{name}a", "")).strip().lower()
    currency = CURRENCIES.get(sign, CURRENCIES.get(sign.removesuffix("s"), ""))
    return number(said) * (1000 if thousands else 1), currency


def _ages_of_group(reading: Reading) -> None:
    """Take "girls between 6 and 8" before it is read as a price."""
    for match in reading.found(AGES_OF_GROUP):
        ages = [number(group) for group in match.groups()[1:] if group]
        if max(ages) < ADULT_FROM:
            high = 99.0 if len(ages) == 1 else max(ages)
            reading.take(Slot("age", (), match.span("ages"), min(ages), high))


def _sort(reading: Reading) -> None:
    for pattern, value in ORDERS:
        for match in reading.found(pattern):
            reading.take(Slot("sort", (value,), match.span()))
            return


def _age(reading: Reading) -> None:
    for match in reading.found(YEARS_BELOW):
        reading.take(Slot("age", (), match.span(), 0.0, number(match[1])))
    for match in reading.found(YEARS_FROM):
        reading.take(Slot("age", (), match.span(), number(match[1] or match[2] or match[3]), 99.0))
    for match in reading.found(MONTHS):
        years = number(match[1]) / 12
        reading.take(Slot("age", (), match.span(), years, years))
    for match in reading.found(AGE_OF_CHILD):
        years = number(match["years"])
        reading.take(Slot("age", (), match.span("years"), years, years))
    for pattern in AGES:
        for match in reading.found(pattern):
            ages = [number(group) for group in match.groups() if group]
            reading.take(Slot("age", (), match.span(), min(ages), max(ages)))


def _size(reading: Reading) -> None:
    for match in reading.found(SIZE):
        found = match.groupdict()
        number = found["number"] or found["local"] or found["local2"]
        if found["length"]:
            unit = "cm" if (found["unit"] or "").lower() == "cm" else "inch"
            value = f"{found['length']} {unit}"
        elif number:
            value = number
        else:
            word = (next(filter(None, (found[name] for name in _LETTERS)), "")).lower()
            value = SIZE_WORDS.get(word, word.upper())
        codes = reading.vocabulary.codes("size", [value])
        # What the columns know, words would only blur: "size" is said of footballs as well.
        reading.take(Slot("size", (value,), match.span(), codes=codes, said_of_products=not codes))


def _quantity(reading: Reading) -> None:
    for match in reading.found(QUANTITY):
        said = next(group for group in match.groups() if group).lower()
        count = 2.0 if match["pair"] else number(said)
        reading.take(
            Slot("quantity", (), match.span(), count, count, said_of_products=not match["c"])
        )


def _condition(reading: Reading) -> None:
    for pattern, value in STATES:
        for match in reading.found(pattern):
            codes = reading.vocabulary.codes("condition", [value])
            reading.take(Slot("condition", (value,), match.span(), codes=codes))


def _vocabulary(reading: Reading) -> None:
    """Take the catalogue's values, the longest first; words of its categories stay as they are."""
    kinds = [
        run
        for run in reading.phrases()
        if (reading.vocabulary.ending("category", key_of_run(run)) or other_name(reading, run))
        and not _is_modal(reading, run)
    ]
    denied = {code for slot in reading.slots if slot.name == "exclusion" for code in slot.codes}
    for run in list(reading.phrases()):
        if not reading.free(run[0].start, run[-1].end):
            continue
        span = (run[0].start, run[-1].end)
        inside = [k for k in kinds if k[0].start <= span[0] and span[1] <= k[-1].end]
        elsewhere = [k for k in kinds if k[-1].end <= span[0] or k[0].start >= span[1]]
        # "football" alone is a kind of product; in "football pyjamas" it is the theme.
        if any(len(k) > len(run) for k in inside) or (inside and not elsewhere):
            continue
        slot = _value_slot(reading, run, span)
        # "Not black, as all are black."
        if slot and not slot.codes & denied:
            reading.take(slot)
    _name_kinds(reading, kinds)


def _name_kinds(reading: Reading, runs: list[list[Word]]) -> None:
    """Keep what is left of `runs` that name a kind, longest first: "rain boots" are no boots."""
    named: list[tuple[int, int]] = []
    for run in runs:
        span = (run[0].start, run[-1].end)
        if not reading.free(*span) or any(s <= span[0] and span[1] <= e for s, e in named):
            continue
        named.append(span)
        if codes := reading.vocabulary.ending("category", key_of_run(run)):
            reading.kinds[span] = codes
        elif name := other_name(reading, run):
            reading.renamed[span] = name


def _is_modal(reading: Reading, run: list[Word]) -> bool:
    """Whether a word is no thing but says that something follows: "can you", "which he can"."""
    after = reading.query[run[-1].end :].strip()
    return [word.form for word in run] == ["can"] and bool(after) and after[0].isalpha()


def _bare_size(reading: Reading) -> None:
    """Take "ankle boots 38" and "dress small": sizes in which the kind that is meant comes."""
    kinds = [code for codes in reading.kinds.values() for code in codes]
    for name in reading.renamed.values():
        kinds += reading.vocabulary.ending("category", key_of(name))
    if not kinds or any(slot.name == "size" for slot in reading.slots):
        return
    for match in reading.found(BARE_SIZE):
        value = SIZE_WORDS.get(match[1].lower(), match[1])
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
        if len(run) > 1 and phrase in _OCCASIONS and reading.free(*span):
            codes = reading.vocabulary.codes("occasion", [_OCCASIONS[phrase]])
            reading.take(Slot("occasion", (_OCCASIONS[phrase],), span, codes=codes))


def _value_slot(reading: Reading, run: list[Word], span: tuple[int, int]) -> Slot | None:
    vocabulary, key = reading.vocabulary, key_of_run(run)
    phrase = " ".join(word.form for word in run)
    if key in STOPWORDS or not key:
        return None
    named = [code for code in vocabulary.named(key) if vocabulary.values[code].slot in _FROM_VALUES]
    if named:
        best = max(named, key=lambda code: vocabulary.values[code].products)
        slot = _FROM_VALUES[vocabulary.values[best].slot]
        same = vocabulary.ending(slot, key) if slot == "material" else [best]
        return Slot(slot, (vocabulary.values[best].value,), span, codes=frozenset(same))
    if colours := COLOURS.get(phrase):
        if codes := vocabulary.codes("colour", colours):
            value = next(c for c in colours if vocabulary.codes("colour", [c]))
            return Slot("colour", (value,), span, codes=codes)
        return None
    if occasion := _OCCASIONS.get(phrase):
        codes = vocabulary.codes("occasion", [occasion])
        return Slot("occasion", (occasion,), span, codes=codes)
    material = MATERIALS.get(phrase, phrase)
    if material in MATERIAL_NAMES and (
        codes := frozenset(vocabulary.ending("material", key_of(material)))
    ):
        return Slot("material", (material,), span, codes=codes)
    # "Rockets" mean "Space Rocket", if no other theme is of rockets.
    themes = frozenset(vocabulary.ending("theme", key))
    if len(themes) == 1 and not key.isdigit():
        return Slot("theme", (vocabulary.values[min(themes)].value,), span, codes=themes)
    return None


_FROM_VALUES: dict[str, SlotName] = {
    "brand": "brand",
    "colour": "colour",
    "theme": "theme",
    "occasion": "occasion",
    "material": "material",
}


_RULES: tuple[Callable[[Reading], None], ...] = (
    _ages_of_group,
    _budget,
    _sort,
    _age,
    _occasion,
    exclusions,
    _size,
    recipients,
    _quantity,
    _condition,
    groups,
    _vocabulary,
    _bare_size,
)
