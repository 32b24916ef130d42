"""The rules that read a query. Each takes the words it understood, so that no other does.

They run from the most certain (prices, ages) to the least (any word of the vocabulary).
"""

from collections.abc import Callable, Collection
from dataclasses import replace

from shopfyp.intent.abroad import foreign_words
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
    FOND,
    GRADE,
    HAS_ALREADY,
    MONTHS,
    ONES_OWN,
    ORDERS,
    OTHER_SIZE,
    QUANTITY,
    SENTENCE,
    SIZE,
    STATES,
    STOP,
    THEMED,
    YEARS_BELOW,
    YEARS_FROM,
)
from shopfyp.intent.people import gender_of_pronoun, groups, recipients
from shopfyp.intent.prices import budgets, prices_abroad
from shopfyp.intent.reading import Reading, key_of_run
from shopfyp.intent.slots import Intent, Slot, SlotName, retrieved_by
from shopfyp.intent.vocabulary import Vocabulary, Word, key_of, words_of
from shopfyp.intent.words import (
    ADULT_FROM,
    COLOURS,
    MATERIAL_NAMES,
    MATERIALS,
    NO_COLOURS,
    NO_MATERIALS,
    OCCASIONS,
    RELATIONS,
    SIZE_WORDS,
    STOPWORDS,
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


_OCCASIONS = {
    " ".join(word.form for word in words_of(said)): occasion for said, occasion in OCCASIONS.items()
}
_BEFORE_GRADES = 5
_LEAST_OF_THEME = 4
_MOST_COUNTED = 4
"""A number's thing is so many words after it at the most."""
_DO, _DOES = frozenset(["i", "we", "you", "they", "to"]), frozenset(["he", "she", "who"])
"""Before a verb."""
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
            value = f"{found['length']} {unit}"
        elif said:
            value = f"{number(said):g}"
        else:
            word = (next(filter(None, (found[name] for name in _LETTERS)), "")).lower()
            value = SIZE_WORDS.get(word, word.upper())
        if said and (other := OTHER_SIZE.match(reading.query, match.end())):
            _take_size(reading, f"{number(other[1]):g}", other.span())
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
            codes = reading.vocabulary.codes("condition", [value])
            reading.take(Slot("condition", (value,), match.span(), codes=codes))


def _vocabulary(reading: Reading) -> None:
    """Take the catalogue's values, the longest first; words of its categories stay as they are."""
    runs = list(reading.phrases())
    kinds = [
        run
        for run in runs
        if (reading.vocabulary.ending("category", key_of_run(run)) or other_name(reading, run))
        and not _is_modal(reading, run)
    ]
    names = [run for run in runs if " ".join(w.form for w in run) in NO_COLOURS]
    unwanted = [slot for slot in reading.slots if slot.name == "exclusion"]
    denied = {code for slot in unwanted for code in slot.codes}
    refused = {key_of(value) for slot in unwanted for value in slot.values}
    for run in runs:
        if not reading.free(run[0].start, run[-1].end):
            continue
        span = (run[0].start, run[-1].end)
        # "Earl Grey" is not grey.
        if any(n[0].start <= span[0] and span[1] <= n[-1].end for n in names):
            continue
        inside = [k for k in kinds if k[0].start <= span[0] and span[1] <= k[-1].end]
        elsewhere = [k for k in kinds if k[-1].end <= span[0] or k[0].start >= span[1]]
        # "football" alone is a kind of product; in "football pyjamas" it is the theme.
        if any(len(k) > len(run) for k in inside) or (inside and not elsewhere):
            continue
        slot = _value_slot(reading, run, span)
        if slot is None or (slot.name == "material" and _is_no_material(reading, run)):
            continue
        # "Not black, as all are black"; but "leather, not patent" is another leather.
        exact = reading.vocabulary.codes(slot.name, slot.values)
        if not exact & denied and key_of_run(run) not in refused:
            reading.take(replace(slot, codes=slot.codes - denied))
    _name_kinds(reading, kinds)
    _forget_owned_kinds(reading)


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


def _forget_owned_kinds(reading: Reading) -> None:
    """Drop what somebody has and only tells of: "My earbuds fall out. Headphones, please"."""
    spans = sorted([*reading.kinds, *reading.renamed])
    owned = [span for span in spans if ONES_OWN.search(reading.query[: span[0]])]
    for start, end in owned:
        before = max((m.end() for m in SENTENCE.finditer(reading.query, 0, start)), default=0)
        after = SENTENCE.search(reading.query, end)
        within = (before, after.start() if after else len(reading.query))
        others = [span for span in spans if span not in owned]
        if others and not any(within[0] <= span[0] < within[1] for span in others):
            reading.kinds.pop((start, end), None)
            reading.renamed.pop((start, end), None)
            reading.unwanted.append((start, end))


def _is_modal(reading: Reading, run: list[Word]) -> bool:
    """Whether a word is no thing but says that something follows: "can you", "which he can"."""
    forms = [word.form for word in run]
    after = reading.query[run[-1].end :].strip()
    # "10 and up" is no make-up.
    return forms == ["up"] or (forms == ["can"] and bool(after) and after[0].isalpha())


def _is_no_material(reading: Reading, run: list[Word]) -> bool:
    """Whether nothing is made of it: "my glasses", "she knits", "yarn to knit"."""
    said = reading.query[run[0].start : run[-1].end].lower()
    if said in NO_MATERIALS:
        return True
    before = [word.form for word in reading.words if word.end <= run[0].start][-1:]
    if len(run) > 1 or not before:
        return False
    does = said.endswith("s") and (before[0] in _DOES or before[0] in RELATIONS)
    return before[0] in _DO or does


def _part_of_theme(reading: Reading) -> None:
    """Take "space pyjamas" and "he loves space": how a theme begins, of things that have it."""
    if any(slot.name == "theme" or _denies_theme(reading, slot) for slot in reading.slots):
        return
    kinds = [code for codes in reading.kinds.values() for code in codes]
    for word in reading.words:
        before, after = reading.query[: word.start], reading.query[word.end :]
        starts = {span[0] for span in reading.kinds} | {span[0] for span in reading.renamed}
        led = word.end + 1 in starts or THEMED.match(after) or FOND.search(before)
        if not led or len(word.form) < _LEAST_OF_THEME or not reading.free(word.start, word.end):
            continue
        themes = reading.vocabulary.beginning("theme", word.form)
        if len(themes) == 1 and (not kinds or reading.vocabulary.go_together(kinds, themes)):
            value = reading.vocabulary.values[themes[0]].value
            reading.take(Slot("theme", (value,), (word.start, word.end), codes=frozenset(themes)))
            return


def _denies_theme(reading: Reading, slot: Slot) -> bool:
    values = reading.vocabulary.values
    return slot.name == "exclusion" and any(values[code].slot == "theme" for code in slot.codes)


def _unlike_its_kind(reading: Reading) -> None:
    """Let no value count that nothing of the kind after it has: a "gold watch" is first a watch."""
    vocabulary = reading.vocabulary
    for (start, _), kinds in reading.kinds.items():
        for place, slot in enumerate(reading.slots):
            if slot.name not in {"colour", "material"} or slot.span[1] + 1 != start:
                continue
            if not vocabulary.go_together(kinds, slot.codes):
                reading.slots[place] = replace(slot, codes=frozenset())


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
    for pattern, occasion in EVENTS:
        for match in reading.found(pattern):
            codes = reading.vocabulary.codes("occasion", [occasion])
            span = match.span("event")
            reading.take(Slot("occasion", (occasion,), span, codes=codes, said_of_products=False))


def _value_slot(reading: Reading, run: list[Word], span: tuple[int, int]) -> Slot | None:
    vocabulary, key = reading.vocabulary, key_of_run(run)
    phrase = " ".join(word.form for word in run)
    if key in STOPWORDS or not key:
        return None
    named = [
        code
        for said in (key, _in_figures(run))
        for code in vocabulary.named(said)
        if vocabulary.values[code].slot in _FROM_VALUES
    ]
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
    if (material in MATERIAL_NAMES or phrase in MATERIALS) and (
        codes := frozenset(
            vocabulary.ending("material", key_of(material))
            # "Gold" of which all is vermeil.
            or vocabulary.beginning("material", material)
        )
    ):
        return Slot("material", (material,), span, codes=codes)
    # "Rockets" mean "Space Rocket", if no other theme is of rockets.
    themes = frozenset(vocabulary.ending("theme", key))
    if len(themes) == 1 and not key.isdigit():
        return Slot("theme", (vocabulary.values[min(themes)].value,), span, codes=themes)
    return None


def _in_figures(run: list[Word]) -> str:
    """A run's words as one, its numbers in figures: "Ben Ten" is Ben 10."""
    return "".join(f"{number(w.form):g}" if w.form in NUMBER_WORDS else w.form for w in run)


_FROM_VALUES: dict[str, SlotName] = {
    "brand": "brand",
    "colour": "colour",
    "theme": "theme",
    "occasion": "occasion",
    "material": "material",
}


_RULES_ABROAD: tuple[Callable[[Reading], None], ...] = (prices_abroad, _vocabulary)
"""Where words are not English, only what is alike: "son" is his in French."""
_RULES: tuple[Callable[[Reading], None], ...] = (
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
    _vocabulary,
    _part_of_theme,
    _unlike_its_kind,
    _bare_size,
)
