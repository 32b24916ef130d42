"""Numbers in words: "twenty-five", "a hundred and twenty", "two dozen", "three fifty"."""

import re

_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = (
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: SIM905
)
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {
    **{word: number for number, word in enumerate([*_UNITS, *_TEENS], 1)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
}
_TIMES = {"dozen": 12, "hundred": 100, "thousand": 1000, "grand": 1000}
WORDS = frozenset([*_VALUES, *_TIMES])
_NAMED = {"a couple of": 2, "couple of": 2, "a fiver": 5, "half a dozen": 6, "a tenner": 10}

UP_TO_TWELVE = [*_UNITS[1:], *_TEENS[:3]]
"""The numbers of things that somebody may want, from two on."""
ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "  # noqa: SIM905
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth".split(),
        1,
    )
}
"""Of birthdays: nobody says a price in them."""
DECADES = {
    f"{word[:-1]}ies": number for word, number in zip(_TENS, range(20, 100, 10), strict=True)
}
"""Of years: somebody is in them."""
_AT_ONCE = _NAMED | ORDINALS
_HALF = " and a half"

_UNIT, _TEEN, _TEN = ("|".join(words) for words in (_UNITS, _TEENS, _TENS))
BELOW_HUNDRED = rf"(?:(?:{_TEN})(?:[- ](?:{_UNIT})\b)?|{_TEEN}|{_UNIT})"
"""A pattern of numbers from one to 99."""
# Loose, as it stands dozens of times in patterns, which a cold instance compiles: what it finds
# beyond numbers ("two three") nobody says.
_WORD = rf"(?:{'|'.join(sorted(WORDS, key=len, reverse=True))})"
IN_WORDS = (
    rf"(?:{'|'.join(_NAMED)}|(?:an? )?{_WORD}"
    r"(?:(?:[- ]|(?<=hundred) and (?!\w+ hundred)|(?<=thousand) and (?!\w+ thousand))"
    rf"{_WORD}\b){{0,6}})"
    rf"(?!-(?:{_UNIT})\b)"
)
"""A pattern of all that `number` reads but figures; no word boundary at its end."""


def number(text: str) -> float:
    """The number that figures or words say.

    Raises:
        ValueError: they say none.
    """
    text = text.lower().strip()
    if text in _AT_ONCE:
        return float(_AT_ONCE[text])
    if text.endswith(_HALF):
        return number(text.removesuffix(_HALF)) + 0.5
    if text[0].isdigit():
        return float(text.replace(",", ""))
    total, part = 0, 0
    for word in re.split(r"[- ]+", text):
        if word in _TIMES:
            part = max(part, 1) * _TIMES[word]
            if word in {"thousand", "grand"}:
                total, part = total + part, 0
        elif word in _VALUES:
            # "Three fifty" is 350.
            part = 100 * part if part in range(1, 10) else part
            part += _VALUES[word]
        elif word not in {"a", "an", "and"}:
            raise ValueError(f"{word} is no number")
    return float(total + part)


def counted_in(text: str) -> int:
    """What a number's last word multiplies by: 100 of "four hundred", 1 of "forty"."""
    return _TIMES.get(re.split(r"[- ]+", text.lower().strip())[-1], 1)
