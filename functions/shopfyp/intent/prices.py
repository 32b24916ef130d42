"""The rule that reads prices: their patterns, and what they bound."""

import re

from shopfyp.intent.numbers import IN_WORDS, counted_in, number
from shopfyp.intent.patterns import AFTER, NO_UNIT, compiled
from shopfyp.intent.reading import Reading
from shopfyp.intent.slots import Slot
from shopfyp.intent.vocabulary import WORD
from shopfyp.intent.words import CURRENCIES, FOREIGN_MORE

_AROUND = 0.25
_LEAST_PLAIN, _LEAST_APART, _LEAST_WIDE = 20, 10, 1.25
_APART = re.compile(r"[,;.] ?$")
_NUMBER = rf"\d{{1,3}}(?:,\d{{3}})+(?:\.\d{{1,2}})?|\d+(?:\.\d{{1,2}})?|{IN_WORDS}\b"
_BEFORE = r"us\$|[$€£]|(?:usd|eur|gbp)\s"


def _money(name: str, *, plain: bool = True, whole: bool = True) -> str:
    """A price: with a currency before or after it or, where `plain`, as a mere number.

    Of "two hundred and fifty" no part is a price, unless it need not be `whole`: where "between"
    was said before it.
    """
    price = f"(?>{_NUMBER})" if whole else _NUMBER
    signed = rf"(?:(?P<{name}b>{_BEFORE})\s*(?P<{name}1>{price})(?P<{name}k1>k\b)?"
    signed += rf"(?:\s*(?:{AFTER}))?"
    signed += rf"|(?P<{name}2>{price})(?P<{name}k2>k)?\s*(?P<{name}a>{AFTER})"
    bare = rf"|(?P<{name}3>{price})(?P<{name}k3>k\b)?{NO_UNIT}"
    return signed + (bare if plain else "") + ")"


_LEAVE = (
    r"(?:don'?t|do not) (?:want|show me|show)|leav(?:e|ing) out|skip(?:ping)?|avoid(?:ing)?"
    r"|exclud(?:e|ing)|without"
)
_AT_MOST = (
    r"(?:(?:don'?t|do not|won'?t|can'?t|cannot|not|without) (?:\w+ ){0,2}?(?:spend|pay|go)(?:ing)?"
    r"|(?:(?:must|should|ca|could|does|do|would|wo)n'?t|(?:must|should|can|may|do|does|will) ?not)"
    r" (?:it )?(?:cost|be|go)"
    r"|not (?:a|one) (?:single )?(?:penny|cent|dollar|pound|euro)"
    rf"|nothing|(?:{_LEAVE}) (?:anything|everything|all|those|the ones)(?: that(?:'s| is| are))?)"
    r" (?:more than|over|above|beyond|past)|under|below"
    r"|less than|cheaper than|(?:not|no) (?:more expensive|dearer|pricier|higher) than"
    r"|no more than|not for more than|not to exceed"
    r"|not (?:more than|over|above|beyond|past)|until|till|max(?:imum|\.)?(?: of)?"
    r"|at (?:the )?(?:very )?most|up ?to|within|lower than|not exceeding|beneath"
    r"|costing less than|for less than"
    r"|(?:with )?(?:an? )?(?:budget|limit|ceiling)(?:'?s| is)?(?: of)?:?|cap(?:'?s| is)"
    r"|can spend|to spend|spend up to|<|(?:can|could|will|would|'ll|'d) (?:go|stretch|run)"
    r" (?:up )?to|(?:clubbed|pooled|raised|collected|saved|chipped)(?: together| up| in)"
).replace(" than", " th[ae]n")  # many write "less then"
_AT_LEAST = (
    r"over|above|more than|at least|min(?:imum|\.)?(?: of)?|upwards of"
    r"|starting (?:at|from)|>"
).replace(" than", " th[ae]n")
_NOT_LESS = (
    rf"(?:(?:{_LEAVE}) (?:anything|everything|all|those|the ones) "
    r"|(?:don'?t|do not) (?:bother |show |showing |want |to |me |anything )+"
    r"|nothing |not |no |never )(?:under|below|less than|cheaper than)|no (?:less|lower) than"
)
_NEAR = (
    r"(?:somewhere )?around|about|approximately|approx\.?|roughly|circa|~|close to"
    r"|in the (?:region|neighbou?rhood|area|ballpark) of"
)
_LEAD = r"(?:(?:priced|costing|that costs?|for|price(?: range)?:?|at)\s+)?"
_CHEAP = (
    r"(?:not|nothing) (?:too |very |so |that |overly )?(?:expensive|pricey|dear)|inexpensive"
    r"|cheap(?:er|ish)?(?! as (?:possible|can be|you (?:have|can)|it gets)| the better)"
    r"|affordable|low[- ]cost|(?:on|with|for) (?:a|my) (?:tight |small |low )?budget"
    r"|(?:budget|wallet|pocket)[- ]friendly|budget|good value|bargain|on a shoestring"
    r"|reasonabl(?:e price|y[- ]priced?)|easy on the (?:wallet|pocket|purse)|dirt[- ]cheap"
    r"|(?:(?:won|doesn|don|isn)'?t|not|without) (?:going to )?(?:(?:break|bust)(?:ing)? the bank"
    r"|(?:cost(?:ing)?|spend(?:ing)?|pay(?:ing)?) (?:me )?"
    r"(?:the earth|a fortune|a bomb|a lot|too much|an arm and a leg))"
)


_TO = r"\s*(?:and|to|-|–|~)\s*"
_OR_LESS = (
    r"(?:(?:each|a ?piece|per (?:piece|person|head)),? )?"
    r"(?:or (?:less|under|below|cheaper)|and (?:under|below)|(?:absolute )?max(?:imum)?|tops"
    r"|at (?:the )?(?:very )?(?:most|outside)|budget|limit"
    r"|is (?:my|our|the) (?:absolute |upper )?(?:limit|max(?:imum)?|budget|ceiling|cap)"
    r"|is (?:where i stop|all i (?:have|can spend)|(?:plenty|enough|tops)\b|as (?:high|far) as)"
    r"|to (?:spend|play with)|between (?:us|the (?:two|three|four) of us))"
)
_OR_MORE = r"or (?:more|over|above)|(?:and )?upwards|and (?:up|over|above)|plus|minimum|\+"

_BUDGETS: list[tuple[str, re.Pattern[str]]] = [
    (
        "range",
        compiled(
            rf"{_LEAD}(?:between|from)\s+{_money('x', whole=False)}(?: up)?{_TO}{_money('y')}"
        ),
    ),
    (
        "range",
        compiled(
            rf"{_LEAD}(?:{_AT_LEAST})\s*{_money('x')},?\s*(?:(?:but|and)\s*)?"
            rf"(?:{_AT_MOST})\s*{_money('y')}"
        ),
    ),
    (
        # No "and" and no hyphen between words: "two hundred and fifty max" is one price.
        "range",
        compiled(
            r"(?P<led>(?:(?:price range|budget)(?: is| of)?:?|(?:can|could|to) spend)\s*)?"
            rf"{_LEAD}{_money('x')}"
            rf"(?:\s+to\s+|(?<=[\d$€£])\s?[-–~]\s?(?=[\d$€£])){_money('y')}"
            rf"(?(led)|\s*(?:{_OR_LESS}))"
        ),
    ),
    (
        "range",
        compiled(
            rf"{_LEAD}(?:{_AT_LEAST})\s*{_money('x')},?\s*(?:but|and)\s*{_money('y')}\s*"
            rf"(?:{_OR_LESS})"
        ),
    ),
    ("least", compiled(rf"(?:{_NOT_LESS})\s*{_money('x')}")),
    ("range", compiled(rf"{_LEAD}{_money('x')}{_TO}{_money('y', plain=False)}")),
    ("range", compiled(rf"{_LEAD}{_money('x', plain=False)}{_TO}{_money('y')}")),
    ("most", compiled(rf"{_LEAD}(?:{_AT_MOST})\s*{_money('x')}(?: budget| or so)?")),
    ("near", compiled(rf"{_LEAD}(?:{_NEAR})\s*{_money('x')}")),
    ("least", compiled(rf"{_LEAD}(?:{_AT_LEAST})\s*{_money('x')}")),
    ("high", compiled(rf"{_LEAD}from\s+{_money('x')}\s*(?:up|on)(?:wards?)?")),
    ("least", compiled(rf"{_LEAD}from\s+{_money('x', plain=False)}")),
    ("most", compiled(rf"{_LEAD}{_money('x')}\s*(?:{_OR_LESS})")),
    ("least", compiled(rf"{_LEAD}{_money('x', plain=False)}\s*(?:{_OR_MORE})")),
    ("high", compiled(rf"{_LEAD}{_money('x')}\s*(?:{_OR_MORE})")),
    ("near", compiled(rf"{_LEAD}{_money('x', plain=False)}\s*or so")),
    (
        "near",
        compiled(
            rf"{_LEAD}{_money('x')}(?:[- ]?ish(?:\s+(?:{AFTER}))?"
            r"|\s+(?:or thereabouts|give or take|more or less))"
        ),
    ),
    ("wide", compiled(rf"{_LEAD}{_money('x')}{_TO}{_money('y')}")),
    ("most", compiled(rf"{_LEAD}{_money('x', plain=False)}")),
]  # fmt: skip
_CHEAP_WISH = compiled(rf"(?:{_CHEAP})")


def budgets(reading: Reading) -> None:
    """Take "under $30", "three to four hundred" and, where no price is said, "cheap"."""
    for kind, pattern in _BUDGETS:
        for match in reading.found(pattern):
            x, currency, of_x = _amount(match, "x")
            if kind in {"range", "wide"}:
                y, other, of_y = _amount(match, "y")
                # "Three to four hundred".
                x *= of_y if of_x == 1 and x < y / of_y else 1
            else:
                y, other = x, ""
            low, high = min(x, y), max(x, y)
            plain = not currency and not other
            # "6 and up" and "36-38" are no prices, unless somebody says so.
            apart = kind == "wide" and _is_apart(reading, match)
            least = _LEAST_APART if apart else _LEAST_PLAIN
            if (kind in {"high", "wide"} and plain and low < least) or (
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
    for match in reading.found(_CHEAP_WISH):
        reading.take(Slot("budget", ("cheap",), match.span()))
        return


def _is_apart(reading: Reading, match: re.Match[str]) -> bool:
    """Whether it stands by itself at the end, as prices do: "coffee, 15-25"."""
    before, after = reading.query[: match.start()], reading.query[match.end() :]
    return bool(_APART.search(before)) and not after.strip(" .!")


def prices_abroad(reading: Reading) -> None:
    """Take "50 Euro" from a query in another language, unless so much is the least."""
    if not any(word.lower() in FOREIGN_MORE for word in WORD.findall(reading.query)):
        budgets(reading)


def _amount(match: re.Match[str], name: str) -> tuple[float, str, int]:
    """A price, its currency, and what it is counted in."""
    groups = {key: value for key, value in match.groupdict().items() if value}
    said = next(groups[f"{name}{n}"] for n in "123" if f"{name}{n}" in groups)
    thousands = any(f"{name}k{n}" in groups for n in "123")
    sign = groups.get(f"{name}b", groups.get(f"{name}a", "")).strip().lower()
    currency = CURRENCIES.get(sign, CURRENCIES.get(sign.removesuffix("s"), ""))
    times = 1000 if thousands else 1
    return number(said) * times, currency, max(times, counted_in(said))
