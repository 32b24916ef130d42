"""The patterns of what is said in numbers and fixed phrases: prices, ages, sizes, denials."""

import re

from shopfyp.intent.numbers import BELOW_HUNDRED, IN_WORDS, ORDINALS
from shopfyp.intent.words import CONDITIONS, PAIRED, SORTS

_NUMBER = rf"\d{{1,3}}(?:,\d{{3}})+(?:\.\d{{1,2}})?|\d+(?:\.\d{{1,2}})?|{IN_WORDS}\b"
_BEFORE = r"us\$|[$€£]|(?:usd|eur|gbp)\s"
_AFTER = r"[$€£]|(?:usd|eur|gbp|dollars?|euros?|pounds?|quid|bucks)\b"
# No other unit may follow a number that is to be a price.
_NO_UNIT = (
    r"(?![\d.,]*\d)(?!\s*-?\s*(?:inch|inches|in\b|cm|mm|m\b|km|ft|feet|kg|g\b|lb|oz|l\b|ml|litres?"
    r"|liters?|years?|yrs?|yo\b|y/o|months?|weeks?|days?|hours?|minutes?|mins?|pieces?|pcs|packs?"
    r"|players?|people|persons?|compartments?|sets?\b"
    r"|gb|tb|mb|w\b|watts?|v\b|mah|hz|ghz|dpi|k\b|%|°|\"|colou?rs?"
    r"|stars?|x\b|kids|children|th\b|st\b|nd\b|rd\b))"
)


def _money(name: str, *, plain: bool = True) -> str:
    """A price: with a currency before or after it or, where `plain`, as a mere number."""
    signed = rf"(?:(?P<{name}b>{_BEFORE})\s*(?P<{name}1>{_NUMBER})(?P<{name}k1>k\b)?"
    signed += rf"(?:\s*(?:{_AFTER}))?"
    signed += rf"|(?P<{name}2>{_NUMBER})(?P<{name}k2>k)?\s*(?P<{name}a>{_AFTER})"
    bare = rf"|(?P<{name}3>{_NUMBER})(?P<{name}k3>k\b)?{_NO_UNIT}"
    return signed + (bare if plain else "") + ")"


_AT_MOST = (
    r"(?:(?:don'?t|do not|won'?t|can'?t|cannot|not|without) (?:\w+ ){0,2}?(?:spend|pay)(?:ing)?"
    r"|(?:(?:must|should|ca|could|does|do|would|wo)n'?t|(?:must|should|can|may|do|does|will) ?not)"
    r" (?:it )?(?:cost|be|go)"
    r"|not (?:a|one) (?:single )?(?:penny|cent|dollar|pound|euro)"
    r"|nothing|(?:don'?t|do not) want anything) (?:more than|over|above)|under|below"
    r"|less than|cheaper than|(?:not|no) more expensive than|no more than"
    r"|not (?:more than|over|above|beyond)|until|till|max(?:imum)?(?: of)?"
    r"|at (?:the )?(?:very )?most|up to|within|lower than|not exceeding|beneath"
    r"|costing less than|for less than"
    r"|(?:with )?(?:an? )?(?:budget|limit)(?: is)?(?: of)?:?|can spend|to spend|spend up to|<"
)
_AT_LEAST = (
    r"over|above|more than|at least|min(?:imum)?(?: of)?|upwards of"
    r"|starting (?:at|from)|>"
)
_NOT_LESS = (
    r"(?:(?:don'?t|do not) (?:bother |show |showing |want |to |me |anything )+"
    r"|nothing |not |no |never )(?:under|below|less than|cheaper than)|no less than"
)
_NEAR = r"around|about|approximately|approx\.?|roughly|circa|~|somewhere around"
_LEAD = r"(?:(?:priced|costing|that costs?|for|price(?: range)?:?|at)\s+)?"
_CHEAP = (
    r"(?:not|nothing) (?:too |very |so |that |overly )?(?:expensive|pricey|dear)|inexpensive"
    r"|cheap(?:er|ish)?"
    r"|affordable|low[- ]cost|(?:on|with|for) (?:a|my) (?:tight |small |low )?budget"
    r"|budget[- ]friendly|budget|good value|bargain|won't break the bank"
)


_TO = r"\s*(?:and|to|-|–)\s*"
_OR_LESS = (
    r"or (?:less|under|below|cheaper)|and (?:under|below)|max(?:imum)?|tops"
    r"|at (?:the )?(?:very )?(?:most|outside)|budget|limit"
    r"|is (?:my|our|the) (?:absolute |upper )?(?:limit|max(?:imum)?|budget|ceiling|cap)"
    r"|is (?:where i stop|all i (?:have|can spend))"
)
_OR_MORE = r"or (?:more|over|above)|(?:and )?upwards|and (?:up|over|above)|plus|minimum|\+"


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern that matches whole words, in any case."""
    return re.compile(rf"(?<![\w$€£]){pattern}(?!\w)", re.IGNORECASE)


BUDGETS: list[tuple[str, re.Pattern[str]]] = [
    ("range", compiled(rf"{_LEAD}(?:between|from)\s+{_money('x')}(?: up)?{_TO}{_money('y')}")),
    (
        "range",
        compiled(
            rf"{_LEAD}(?:{_AT_LEAST})\s*{_money('x')},?\s*(?:(?:but|and)\s*)?"
            rf"(?:{_AT_MOST})\s*{_money('y')}"
        ),
    ),
    (
        "range",
        compiled(rf"(?:price range|budget)(?: is| of)?:?\s*{_money('x')}{_TO}{_money('y')}"),
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
    ("most", compiled(rf"{_LEAD}{_money('x')}\s*(?:{_OR_LESS})")),
    ("least", compiled(rf"{_LEAD}{_money('x', plain=False)}\s*(?:{_OR_MORE})")),
    ("high", compiled(rf"{_LEAD}{_money('x')}\s*(?:{_OR_MORE})")),
    ("near", compiled(rf"{_LEAD}{_money('x', plain=False)}\s*or so")),
    (
        "near",
        compiled(
            rf"{_LEAD}{_money('x')}(?:-?ish(?:\s+(?:{_AFTER}))?|\s+(?:or thereabouts|give or take))"
        ),
    ),
    ("wide", compiled(rf"{_LEAD}{_money('x')}{_TO}{_money('y')}")),
    ("most", compiled(rf"{_LEAD}{_money('x', plain=False)}")),
]  # fmt: skip

_YEARS = r"(?:[- ]*(?:years?|yrs?|y/?o)\b(?:[- ]*olds?\b)?)"
_YEAR = rf"(?:\d{{1,2}}|{BELOW_HUNDRED})"
AGES: list[re.Pattern[str]] = [
    compiled(rf"(?:aged?|ages)\s+(?:between )?({_YEAR})\s*(?:-|–|to|and)\s*({_YEAR}){_YEARS}?"),
    compiled(rf"(?:between )?({_YEAR})\s*(?:-|–|to|and)\s*({_YEAR}){_YEARS}"),
    compiled(rf"({_YEAR})\s*{_YEARS}"),
    compiled(
        r"(?:(?:aged?|ages|turning|who (?:is|turns)|(?:he|she)(?: is|'?s)|they(?: are|'?re)"
        r"|(?:he|she|they)(?: will|'?ll) be"
        r"|is turning)\s+(?:only |just |nearly |almost |now |already )?)"
        rf"({_YEAR}){_YEARS}?(?!\s*(?:cm|inch|%|of\b|feet|foot))"
    ),
    compiled(r"(\d{1,2})(?:th|st|nd|rd)(?=\s+(?:birthday|bday))"),
    compiled(rf"({'|'.join(ORDINALS)})(?=\s+(?:birthday|bday))"),
    compiled(
        rf"(?:turns|turning|is|are|both|now|just turned) ({_YEAR})"
        r"(?=\s*(?:$|[,.;!?])|\s+(?:next|soon|today|tomorrow|this|and)\b)"
    ),
]  # fmt: skip
_AND_UP = r"\s*(?:\+|(?:and|or) (?:up|over|above|older))"
YEARS_BELOW = compiled(rf"(?:under|below|up to|younger than)[- ]?({_YEAR})(?:'?s|{_YEARS})")
YEARS_FROM = re.compile(
    rf"\b(?:(?:aged?|ages) ({_YEAR}){_YEARS}?{_AND_UP}|({_YEAR}){_YEARS}{_AND_UP}"
    rf"|over[- ]({_YEAR})(?:'?s\b|{_YEARS}))",
    re.IGNORECASE,
)
AGE_OF_CHILD = compiled(
    r"(?:son|daughter|nephew|niece|grand(?:son|daughter|child)|god(?:son|daughter)|boy|girl|lad|lass|child|kid)"
    rf"(?:\s*[,(]\s*|\s+of\s+)(?P<years>{_YEAR})(?=\s*(?:$|[,.;!?)])|\s+who\b)"
)
MONTHS = compiled(rf"({_YEAR})[- ]*months?(?:[- ]*olds?)?")
AGES_OF_GROUP = compiled(
    r"(?:kids?|children|boys?|girls?|toddlers?|teens?|teenagers?|they are|they'?re),?\s+"
    r"(?P<ages>(?:between |from )?"
    rf"({_YEAR})\s*(?:-|–|to|and)\s*({_YEAR})|({_YEAR}){_AND_UP}"
    rf"|(?:over|above|older than) ({_YEAR})){_NO_UNIT}(?!\s*(?:{_AFTER}))"
)
"""Years that look like prices, but for whom they follow."""

OWNER = r"(?:my|our|his|her|their|your|someone's|for)"
SEEKING = r"(?:look|looking|search|searching|hunting|asking)"
GIVEN = re.compile(
    r"(?:'?s)?\s+(?:gifts?|presents?|\w+ (?:gift|present)|birthday|bday|christmas|xmas|anniversary"
    r"|retirement|graduation|\d+(?:st|nd|rd|th) birthday|who)\b",
    re.IGNORECASE,
)
DOES = re.compile(
    r"(?:'s\b|\s+(?:asked|always|just|can'?t|would|will|needs?|[^\W\d_]{2,}(?<!s)s|(?:doe|i|ha|wa)s|doesn'?t)\b)",
    re.IGNORECASE,
)
"""What says that something is for a person: an occasion of theirs, or what they do and like."""
DENIAL = compiled(
    r"(?:(?:anything|any (?:colou?r|brand|material|theme|kind)|everything|all colou?rs?|any)\s+"
    r"(?:but|except|other than)(?: for)?"
    r"|except(?: for)?|but (?:not|no|without)|and not|neither|without|w/o|no|not|non"
    r"|free (?:of|from)"
    r"|nothing|avoid(?:ing)?|excluding|other than"
    r"|(?:i |he |she |they )?(?:don'?t|doesn'?t|do not|does not) "
    r"(?:want|like|have|contain|need|use|wear|eat|drink|fancy)"
    r"|isn'?t|aren'?t|is not|are not|hates?|dislikes?|can(?:'?t|not) (?:stand|bear)|allergic to"
    r"|not (?:keen on|into|fond of|a fan of)|(?:don'?t|doesn'?t) care for|won'?t have"
    r"|leav(?:e|ing) out|skip(?= (?:the|any|anything|all)\b)|steer clear of"
    r"|stay away from|(?:sick|tired) of|(?:had it|fed up) with"
    r"|rather than|instead of|minus(?: the)?|hold the|(?:gone|went|going) off"
    r"|none (?:of (?:them|those|these)|with|in|that (?:is|are|has|have)))"
)
_MIND = r"(?:i|he|she|we|they) (?:(?:do not|don'?t|does not|doesn'?t) (?:want|like|need)|hates?)"
DENIED_BEFORE = compiled(
    r"(?:(?:(?:is|are) (?:out(?: of the question)?|a no(?:[- ](?:no|go))?"
    rf"|not (?:ok(?:ay)?|an option|allowed))|{_MIND})(?=\s*(?:$|[,.;!?]))"
    r"|makes? (?:me|him|her|us|them) (?:itch|itchy|sneeze|sweat|ill|sick)"
    r"|gives? (?:me|him|her|us|them) (?:a rash|hives|headaches|a headache)"
    r"|so (?:not (?:that|those|them)|no more|nothing like (?:that|it|those)))"
)
"""What follows the word that it denies: "plastic is out"."""
FREE = re.compile(r"([^\W\d_]+)[- ]free\b", re.IGNORECASE)
DENIED_FILLERS = frozenset(
    "the a an any in made of from be have has contain contains containing with all anything "  # noqa: SIM905
    "something added it ones one for kind sort".split()
)
NOTHING_DENIED = frozenset(
    "sure too very only just more less that so really longer idea matter need problem show iron "  # noqa: SIM905
    "stick slip toxic fiction fuss name expensive pricey worry worries hassle".split()
)
CHEAP_WISH = compiled(rf"(?:{_CHEAP})")
ORDERS = [(compiled(rf"(?:the )?(?:{words})(?: first)?"), value) for words, value in SORTS.items()]
STATES = [(compiled(rf"(?:{words})"), value) for words, value in CONDITIONS.items()]
PRONOUN = compiled(
    r"for (him|her)(?=\s*$|\s*[,.;!?]|\s+(?:under|below|around|between|up|over|in|size|who|not|no"
    r"|without|with|that|and|from|cheap|about|to|on|at|max|as|please|except|but)\b)"
)
SIZE = compiled(
    r"(?:(?:in )?(?:a )?(?:shoe |clothing )?size:?\s*(?P<number>\d{1,3}(?:\.5)?)"
    r"|(?:in )?(?:a )?(?:size:?\s*)?(?P<system>eu|uk|us|eur)\s*(?:size\s*)?"
    r"(?P<local>\d{1,2}(?:\.5)?)"
    r"|(?P<local2>\d{1,2}(?:\.5)?)\s*(?P<system2>eu|uk)"
    r"|(?:in )?(?:a )?size:?\s*(?P<word>extra small|extra large|small|medium|large|xxs|s|m|l)"
    r"|(?:in )?(?:a )?(?:size:?\s*)?(?P<letters>x{1,3}[sl]|[2-5]xl)"
    r"|in (?:a |an )?(?P<word2>extra small|extra large|small|medium|large|s|m|l)"
    r"(?=\s*$|\s*[,.;]|\s+(?:for|under|below|with|please))"
    r"|(?-i:(?P<bare>[SML])(?=\s*$|\s*[,;]))"
    r"|(?<=, )(?P<apart>extra small|extra large|small|medium|large)(?=\s*$|\s*[,;])"
    r"|(?P<length>\d{1,3}(?:\.\d)?)\s*-?\s*(?P<unit>inch(?:es)?|(?<=\d)in|\"|”|cm)(?!\s*x))"
)
BARE_SIZE = compiled(
    r"(?:in (?:a |an )?)?(extra small|extra large|small|medium|large|\d{2}(?:\.5)?"
    r"|x{0,3}[sl](?=\s*(?:$|[,;]))"
    r"|m(?=\s*(?:$|[,;])))(?!\s*[%°\"])"
)
QUANTITY = compiled(
    rf"(?:(?:a )?(?:pack|set|box|bundle|case|packet) of (?P<a>\d{{1,3}}|{IN_WORDS})"
    r"|(?P<b>\d{1,3})[- ]?(?:pack|piece set)s?|(?P<c>\d{1,2})\s?x(?!\s*\d)"
    r"|x\s?(?P<d>\d{1,2})(?!\s*(?:cm|mm))"
    rf"|(?P<e>\d{{1,2}}|{IN_WORDS}) (?:of (?:them|these|those)|pieces of"
    r"|in (?:all|total)|altogether"
    r"|(?:ball|skein|pair|bar|bottle|bag|tin|can|jar|roll|set|copie)s\b(?=\s*(?:of\b|$|[,.;!?])))"
    rf"|(?:(?:i|we)'?ll (?:take|have)|(?:i|we) (?:need|want)) (?P<g>\d{{1,2}}|{IN_WORDS})"
    r"(?=\s*(?:$|[,.;!?]))"
    rf"|(?P<pair>a pair) of(?!(?: [^\W\d_]+'?s?){{0,3}}? (?:{'|'.join(PAIRED)})s?\b)"
    rf"|(?:^|(?<=need )|(?<=want )|(?<=buy )|(?<=get )|(?<=order )|(?<=like ))"
    rf"(?P<f>\d{{1,2}}|{IN_WORDS})"
    r"(?!\s*-?(?:star|piece|player|person|people|year|hour|minute|inch|month|colou?r|cup|port|way"
    r"|seat|litre|speed|compartment|volt|watt))(?=(?:\s+[^\W\d_]+(?:-[^\W\d_]+)*){0,3}?\s+"
    r"(?:[^\W\d_]+-)*[^\W\d_]{2,}s\b))"
)
