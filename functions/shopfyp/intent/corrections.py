"""The rules that read what a shopper takes back: "size 39, no wait, 40"."""

import re
from dataclasses import replace

from shopfyp.intent.numbers import IN_WORDS, number
from shopfyp.intent.patterns import CORRECTION
from shopfyp.intent.reading import Reading
from shopfyp.intent.slots import Slot

_ANEW = re.compile(
    rf"[\s,]*(?:(?:it|she|he)'?s |an? |size )*(?P<number>[$€£]?\d{{1,4}}|{IN_WORDS})"
    r"(?: (?:dollars?|bucks|euros?|pounds?|quid))?"
    r"(?=\s*(?:$|[,.;!?]|(?:now|please|already|because|instead|actually|and|in)\b))",
    re.IGNORECASE,
)
"""A number that stands for the one before, and says no more what of."""
_OF_ONE_NUMBER = frozenset(["age", "size", "quantity"])


def corrections(reading: Reading) -> None:
    """Pass over "no, wait" and "sorry, I meant" before they are read as denials."""
    for match in list(reading.found(CORRECTION)):
        reading.corrections.append(match.span())
        reading.pass_over(*match.span())


def taken_back(reading: Reading) -> None:
    """Forget what was said anew after a correction: "in white, no wait, teal"."""
    for start, end in reading.corrections:
        if _number_anew(reading, start, end):
            continue
        said = [(slot.span, str(slot.name)) for slot in reading.slots]
        said += [(span, "kind") for span in reading.kinds]
        instead = min((one for one in said if one[0][0] >= end), default=None)
        name = instead and instead[1]
        if before := [span for span, other in said if other == name and span[1] <= start]:
            gone = max(before)
            reading.slots = [slot for slot in reading.slots if slot.span != gone]
            reading.kinds.pop(gone, None)
            reading.unwanted.append(gone)


def _is_of_one_number(slot: Slot) -> bool:
    if slot.name == "budget":
        return (slot.low is None) != (slot.high is None)
    return slot.name in _OF_ONE_NUMBER


def _number_anew(reading: Reading, start: int, end: int) -> bool:
    """Whether a mere number follows, which then counts for the last one before."""
    match = _ANEW.match(reading.query, end)
    slots = [s for s in reading.slots if s.span[1] <= start and _is_of_one_number(s)]
    if not match or not slots:
        return False
    last, span = max(slots, key=lambda slot: slot.span), match.span("number")
    value = number(match["number"].lstrip("$€£"))
    if last.name == "size":
        codes = reading.vocabulary.codes("size", [f"{value:g}"])
        anew = replace(last, values=(f"{value:g}",), codes=codes, span=span)
    elif last.name == "budget":
        low, high = (None, value) if last.low is None else (value, None)
        anew = replace(last, low=low, high=high, span=span)
    else:
        anew = replace(last, low=value, high=value, span=span)
    others = [s for s in reading.slots if s is not last]
    reading.slots = [s for s in others if s.span[1] <= span[0] or s.span[0] >= span[1]]
    reading.take(anew)
    reading.unwanted.append(last.span)
    return True
