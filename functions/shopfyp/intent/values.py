"""What a query says in the catalogue's own words: values of its columns, and kinds of product."""

import re
from dataclasses import replace

from shopfyp.intent.meanings import other_name
from shopfyp.intent.numbers import WORDS as NUMBER_WORDS
from shopfyp.intent.numbers import number
from shopfyp.intent.patterns import FOND, ONES_OWN, SENTENCE, THEMED, WHO
from shopfyp.intent.reading import Reading, key_of_run
from shopfyp.intent.slots import Slot, SlotName
from shopfyp.intent.vocabulary import Word, key_of, words_of
from shopfyp.intent.words import (
    COLOURS,
    MATERIAL_NAMES,
    MATERIALS,
    NO_COLOURS,
    NO_MATERIALS,
    OCCASIONS,
    RELATIONS,
    STOPWORDS,
)

OCCASION_OF = {
    " ".join(word.form for word in words_of(said)): occasion for said, occasion in OCCASIONS.items()
}
"""Names of occasions, in simple forms, and what the catalogue calls each."""
_FROM_VALUES: dict[str, SlotName] = {
    "brand": "brand",
    "colour": "colour",
    "theme": "theme",
    "occasion": "occasion",
    "material": "material",
}
_LEAST_OF_THEME = 4
_DOWNWARDS = frozenset(
    ["way", "up", "fall", "fell", "go", "come", "sit", "lie", "lay", "calm", "break", "put", "that"]
)
_DOWN = re.compile(r"\s+(?:(?:at|to) )?(?:the(?! most)|there|here)\b", re.IGNORECASE)
"""Around a "down" that fills nothing."""
_DO, _DOES = frozenset(["i", "we", "you", "they", "to"]), frozenset(["he", "she", "who"])
"""Before a verb."""


def catalogue_values(reading: Reading) -> None:
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
    _forget_what_somebody_does(reading)


def part_of_theme(reading: Reading) -> None:
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


def unlike_its_kind(reading: Reading) -> None:
    """Let no value count that nothing of the kind after it has: a "gold watch" is first a watch."""
    vocabulary = reading.vocabulary
    for (start, _), kinds in reading.kinds.items():
        for place, slot in enumerate(reading.slots):
            if slot.name not in {"colour", "material"} or slot.span[1] + 1 != start:
                continue
            if not vocabulary.go_together(kinds, slot.codes):
                reading.slots[place] = replace(slot, codes=frozenset())


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
            _forget_kind(reading, (start, end))


def _forget_what_somebody_does(reading: Reading) -> None:
    """Drop kinds that only tell of somebody: "a mug for my aunt who drinks a lot of tea"."""
    clauses = [match.span() for match in WHO.finditer(reading.query)]
    spans = [*reading.kinds, *reading.renamed]
    told = [s for s in spans if any(start <= s[0] < end for start, end in clauses)]
    if len(told) < len(spans):
        for span in told:
            _forget_kind(reading, span)


def _forget_kind(reading: Reading, span: tuple[int, int]) -> None:
    reading.kinds.pop(span, None)
    reading.renamed.pop(span, None)
    reading.unwanted.append(span)


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
    downwards = _DOWNWARDS.intersection(before) or _DOWN.match(reading.query, run[-1].end)
    if said == "down" and downwards:
        return True
    if len(run) > 1 or not before:
        return False
    does = said.endswith("s") and (before[0] in _DOES or before[0] in RELATIONS)
    return before[0] in _DO or does


def _denies_theme(reading: Reading, slot: Slot) -> bool:
    values = reading.vocabulary.values
    return slot.name == "exclusion" and any(values[code].slot == "theme" for code in slot.codes)


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
    if occasion := OCCASION_OF.get(phrase):
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
