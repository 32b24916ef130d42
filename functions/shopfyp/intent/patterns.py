"""The patterns of what is said in numbers and fixed phrases: ages, sizes, numbers, denials."""

import re

from shopfyp.intent.numbers import BELOW_HUNDRED, DECADES, IN_WORDS, ORDINALS, UP_TO_TWELVE
from shopfyp.intent.words import CONDITIONS, GROUPS, PAIRED, SORTS

AFTER = r"[$€£]|(?:usd|eur|gbp|dollars?|euros?|pounds?|quid|bucks)\b"
# No other unit may follow a number that is to be a price.
NO_UNIT = (
    r"(?![\d.,]*\d)(?!\s*-?\s*(?:inch|inches|in\b|cm|mm|m\b|km|ft|feet|kg|kilos?|g\b|grams?|lb|oz|l\b|ml|litres?"
    r"|liters?|years?|yrs?|yo\b|y/o|months?|weeks?|days?|hours?|minutes?|mins?|pieces?|pcs|packs?"
    r"|players?|people|persons?|compartments?|sets?\b"
    r"|gb|tb|mb|w\b|watts?|v\b|mah|hz|ghz|dpi|k\b|%|°|\"|colou?rs?"
    r"|stars?|x\b|kids|children|th\b|st\b|nd\b|rd\b))"
)


STOP = re.compile(r"[,;:.!?]")
SENTENCE = re.compile(r"[.!?]+(?:\s+|$)")
WHO = re.compile(
    r"\bwho (?!(?:\w+ )?(?:needs?|wants?|wanted|lacks?|asks?|asked|lost|broke|broken|wears?)\b)"
    r"[^,;.!?]*",
    re.IGNORECASE,
)
"""What is told of somebody that is no wish."""
ONES_OWN = re.compile(
    r"\b(?:my|our|his|her|their)(?: (?:old|last|new|favou?rite))? $", re.IGNORECASE
)


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern that matches whole words, in any case."""
    return re.compile(rf"(?<![\w$€£]){pattern}(?!\w)", re.IGNORECASE)


_YEARS = (
    r"(?:[- ]*(?:years?|yrs?|y/?o)\b(?:[- ]*olds?\b)?"
    r"(?! (?:(?:wedding )?anniversary|warranty|guarantee|ago\b|together|of (?:marriage|service))))"
)
_YEAR = rf"(?:(?<!\d\.)\d{{1,2}}(?:\.5)?|{BELOW_HUNDRED})(?: and a half)?"
AGES: list[re.Pattern[str]] = [
    compiled(
        rf"(?:aged?|(?:between )?(?:the )?ages(?: of)?)\s+(?:between )?({_YEAR})"
        rf"\s*(?:-|–|to|and)\s*({_YEAR}){_YEARS}?"
    ),
    compiled(rf"(?:between )?({_YEAR})\s*(?:-|–|/|to|and(?: an?)?)\s*({_YEAR}){_YEARS}"),
    # What somebody does "after 30 years" tells no age, nor does a "size 4 years".
    compiled(rf"(?<!size )(?<!after )(?<!in )(?<!last )(?<!past )(?<!every )({_YEAR})\s*{_YEARS}"),
    compiled(
        r"(?:(?:aged?|ages|turn(?:ing|s|ed)|who(?: is|'?s| turns)|(?:he|she)(?: is|'?s)"
        r"|they(?: are|'?re)|(?:he|she|they|who|that)(?: will|'?ll) be"
        r"|is turning)\s+(?:only |just |nearly |almost |now |already )?)"
        rf"({_YEAR}){_YEARS}?(?!\s*(?:cm|inch|%|of\b|feet|foot))"
    ),
    compiled(r"(\d{1,2})(?:th|st|nd|rd)(?=\s+(?:birthday|bday))"),
    compiled(rf"({'|'.join(ORDINALS)})(?=\s+(?:birthday|bday))"),
    compiled(
        rf"(?<!size )(?:turns?|turning|is|are|both|now|just turned|will be) ({_YEAR})"
        r"(?=\s*(?:$|[,.;!?])|\s+(?:next|soon|today|tomorrow|now|this|and|but|in|on)\b)"
    ),
]  # fmt: skip
_AND_UP = r"\s*(?:\+|(?:and|or) (?:up|over|above|older)|(?:up|on)wards?\b)"
YEARS_BELOW = compiled(rf"(?:under|below|up to|younger than)[- ]?({_YEAR})(?:'?s|{_YEARS})")
YEARS_FROM = re.compile(
    rf"\b(?:(?:aged?|ages) ({_YEAR}){_YEARS}?{_AND_UP}|({_YEAR}){_YEARS}{_AND_UP}"
    rf"|over[- ]({_YEAR})(?:'?s\b|{_YEARS})|from ({_YEAR}){_YEARS}(?! ago))",
    re.IGNORECASE,
)
AGE_OF_CHILD = compiled(
    r"(?:(?:grand|god|step)?(?:son|daughter|child|kid)|nephew|niece"
    r"|brother|sister|bro|sis|cousin|boy|girl|lad|lass|twin)"
    # A name may follow: "my grandson Leo (8)".
    rf"(?:(?:s|(?-i: [A-Z][a-z]+))?\s*[,(]\s*|\s+(?:of\s+)?|'s (?:only |just |now )?)"
    r"(?:about |around |nearly |almost )?"
    rf"(?P<years>{_YEAR})(?=\s*(?:$|[,.;!?)])"
    r"|\s+(?:who|next|this|today|tomorrow|and(?! up\b)|now)\b"
    # "Boy 6 dragon pyjamas."
    rf"|(?<=[a-z] \d)\s+[^\W\d_]{{2,}}){NO_UNIT}"
)
DECADE = compiled(
    r"(?:in|into) (?:his|her|their|my|the) (?:early |mid[- ]?|late )?"
    rf"(?:(?P<ten>{'|'.join(DECADES)})|(?P<figures>[2-9]0)'?s)"
)
"""The years of somebody "in her forties"."""
GRADE = compiled(
    rf"(?:(?P<word>{'|'.join(ORDINALS)})|(?P<figure>\d{{1,2}})(?:st|nd|rd|th))"
    r"(?:[- ]graders?| grade)"
)
"""The class that a child is in, where schools count them from the age of six."""
MONTHS = compiled(
    rf"(?:({_YEAR})\s*(?:-|–|to)\s*)?({_YEAR})[- ]*(?:months?|mths?|mo\b)(?:[- ]*olds?)?"
)
AGES_OF_GROUP = compiled(
    r"(?:kids?|children|boys?|girls?|toddlers?|teens?|teenagers?|they are|they'?re|aged?|twins"
    r"|(?:god|grand|step)?(?:sons|daughters|children|kids)|nephews|nieces|brothers|sisters|cousins"
    r"|ages(?: of)?)(?: are)?(?:,?\s+|\s*\()"
    r"(?P<ages>(?:between |from )?"
    rf"({_YEAR})(?:,\s*{_YEAR})*\s*(?:-|–|to|and)\s*({_YEAR})|({_YEAR}){_AND_UP}"
    rf"|(?:over|above|older than) ({_YEAR})){NO_UNIT}(?!\s*(?:{AFTER}))"
)
"""Years that look like prices, but for whom they follow."""

WITH_ME = re.compile(
    r"\b(?:me|i|us|we) (?:and|with) (?:\w+ ){0,2}$"
    r"|\b(?:together )?with (?:my|our|the|an?) (?:\w+ )?$"
    r"|\bwedding of (?:\w+ )?$|\b(?:because|cos|coz|cause|as) (?:my|our|the) (?:\w+ )?$",
    re.IGNORECASE,
)
BESIDE = re.compile(
    # A name may follow: "my friend Lisa keeps laughing".
    r"(?:\s+(?:(?:opposite|next to|across from|beside) (?:me|us)|next door|at work|upstairs))?"
    r"\s+(?:(?-i:[A-Z])[^\W\d_]+ )?(?:and (?:i|me|we|us)\b"
    r"|(?:keeps|always) (?:st[eo]al|borrow|nick|break|tak|los|us)(?:s|es|ing) (?:it|them|mine)\b"
    r"|(?:has |have )?(?:just )?bought (?:herself|himself|themselves)\b|(?:has |have )?got one\b"
    r"|(?:has|have) one\b|(?:takes|brings|wears|uses) (?:hers|his|theirs)\b"
    r"|plays (?:his|her|their)\b"
    r"|(?:keeps? |always )?(?:st[eo]al(?:s|ing)?|stole|br[eo]aks?|broke|breaking"
    r"|los(?:es|t)|takes?|taking|took|borrow(?:s|ed|ing)?|nick(?:s|ed|ing)?"
    r"|ruin(?:s|ed|ing)?) (?:my|our|mine|the)\b"
    r"|(?:says?|said|thinks?|reckons?|told me|tells me)(?: that)?"
    r" (?:i|we)\b|(?:told|advised|tells|advises) (?:me|us) to\b"
    r"|(?:(?:is|are) )?(?:gave|gives|giving|lent|lends|lending|lets|allows) (?:me|us)\b"
    r"|(?:(?:is|has) )?(?:already |all )?sorted\b|(?:paid|spent|pays) (?:\d|an? |\w+ hundred)"
    r"|(?:has|have) (?:this|these)\b"
    r"|(?:has|have|had) (?:\w+ )?(?:broken|lost|taken|stolen|ruined|eaten|spilled)\b"
    r"|(?:keeps? |always )?(?:spill(?:s|ed)|spilt|laugh(?:s|ed|ing)|swears? by|complains|teases)\b"
    r"|says?(?: that)? (?:the|our|my|it)\b|wedding\b)",
    re.IGNORECASE,
)
"""Around a person that it is not for: "my sister and I", "mum says I can spend 15"."""
OWNER = r"(?:my|our|his|her|their|your|someone's|for)"
SEEKING = r"(?:look|looking|search|searching|hunting|asking)"
FOR_GROUP = compiled(
    rf"(?<!looking )(?:for|get|give|buy|bring) (?:(?:the|my|our|some|all) )?(?:{'|'.join(GROUPS)})"
)
GIVEN = re.compile(
    r"(?:'?s)?\s+(?:gifts?|presents?|\w+ (?:gift|present)|birthday|bday|christmas|xmas|anniversary"
    r"|retirement|graduation|\d+(?:st|nd|rd|th) birthday|who)\b",
    re.IGNORECASE,
)
DOES = re.compile(
    r"(?:'s\b|\s+(?:asked|always|just|can'?t|would|will|needs?|turned|got|[^\W\d_]{2,}(?<!s)s|(?:doe|i|ha|wa)s|doesn'?t)\b)",
    re.IGNORECASE,
)
"""What says that something is for a person: an occasion of theirs, or what they do and like."""
DENIAL = compiled(
    r"(?:(?:anything|(?:any|every)(?: other)? (?:colou?r|brand|material|theme|kind)|everything"
    r"|all(?: colou?rs?)?|any)\s+"
    r"(?:but|except|other than|apart from|aside from)(?: for)?"
    r"|(?:any|every) (?:colou?r|brand|material|theme|kind) (?:bar|save)"
    r"|(?:not|isn'?t|aren'?t) (?:keen on|into|fond of|(?:a |an? \w+ )?fan of|interested in|big on)"
    r"|except(?: for)?|but (?:not|no|without)|and not|neither|without|w/o(?:ut)?"
    r"|not to (?:be|have|contain|include|buy|get|bring|give)|no more(?! than)|no|not|non"
    r"|free (?:of|from)"
    r"|nothing|avoid(?:ing)?|exclud(?:e|ing)|omit(?:ting)?|other than|apart from|aside from"
    r"|(?:i |he |she |they |we )?(?:(?:do|does|ca|could|wo|would)n'?t|(?:do|does|can|will) ?not) "
    r"(?:want|like|have|contain|need|use|wear|eat|drink|fancy|tolerate|do(?! with)"
    r"|(?:show|give|bring|send) (?:me|us)|recommend|suggest)"
    r"|(?:i|he|she|they|we) (?:no|not) (?:want|like|need|wear|eat|drink)"
    r"|never (?:liked?|likes|wears?|wore|eats?|drinks?|uses?|wants?|wanted)|never(?= [^\W\d_])"
    r"|(?:is|are|was|were)n'?t|(?:is|are|was|were) not|(?:hate|dislike|detest|loathe)s?"
    r"|can(?:'?t|not) (?:stand|bear|abide)"
    r"|(?:refuse[sd]?|ban(?:s|ned)|forb(?:ids?|ade)|vetoe[sd])(?: to (?:wear|use|have|eat|drink))?"
    r"|(?:his|her|their|my|our|the) (?:\w+ )?\w+ (?:is|are) (?:already )?full of"
    r"|(?:allergic|sensitive|intolerant|reacts?(?: badly)?) to"
    r"|(?:scared|afraid|frightened|terrified|bored|intolerant) (?:of|with)"
    r"|(?:he|she|they|who)(?:'?s|'?re| is| are) (?:(?:so|well|all|totally) )?over"
    r"(?! the\b)|(?:grown|grew|growing) out of|outgrown"
    r"|(?<!that )(?<!which )(?<!it )(?:has|have|had|got|owns?) (?:already )?(?:more than )?"
    r"(?:enough|too many|plenty of|loads of|tons of|lots of)(?= [^\W\d_])"
    r"|(?:don'?t|doesn'?t) care for|won'?t have"
    r"|leav(?:e|ing) out|skip(?= (?:the|any|anything|all)\b)|steer clear of"
    r"|stay away from|(?:sick|tired) of|(?:had it|fed up) with"
    r"|rather than|instead of|minus(?: the)?|hold the|(?:gone|went|going)(?: [^\W\d_]+)? off"
    r"|none (?:of (?:them|those|these|that|this|the)|with|in|that (?:is|are|has|have)))"
)
_INSTEAD = r"(?:let'?s (?:say|go with)|make (?:it|that)|i meant?|better|rather|actually)"
_NO = r"(?:(?:oh|hm+|well|uh|um),? )*(?:no|wait|hang on|hold on)"
# Of a lone "no" nothing shows that it takes something back: "no plastic please, make it steel".
_SURELY = r"(?:(?:oh|hm+|well),? no|no,? (?:wait|hang on|hold on))"
CORRECTION = compiled(
    rf"(?:(?:uh|um|er),? )*"
    rf"(?:{_SURELY},?(?: [\w']+){{1,6}},? (?:let'?s say|make (?:it|that))"
    rf"|{_NO},? (?:wait|no|sorry|hang on|hold on|{_INSTEAD})"
    rf"|hm+,? {_INSTEAD}|sorry,? (?:no|{_INSTEAD})|actually,? (?:no|{_INSTEAD})|i meant"
    r"|scratch that|or rather"
    r"|(?<=, )(?:no|wait|sorry)(?=, )"
    rf"|no(?= (?!one\b)(?:\d{{1,2}}|{BELOW_HUNDRED})\b)"
    r"|but (?:(?:i|we)(?:'?d| would) (?:rather|prefer)(?: have)?|let'?s (?:say|go with))"
    rf"|on second thoughts?)(?:,? (?:no|sorry|wait|hang on|{_INSTEAD}))*"
)
"""Between what a shopper takes back and what they want instead."""
THEMED = re.compile(r"[ -]themed?\b|[ -](?:mad|crazy|fans?|lovers?|obsessed)\b", re.IGNORECASE)
FOND = re.compile(
    r"\b(?:loves?|likes?|adores?|into|(?:mad|crazy|wild|nuts|all) about|obsessed (?:with|by)) $",
    re.IGNORECASE,
)
"""Around what somebody likes."""
_END = r"(?=\s*(?:$|[,.;!?]))"
_MIND = (
    r"(?:i|he|she|we|they)(?: (?:do not|don'?t|does not|doesn'?t) (?:want|like|need)| hates?"
    r"|(?:'ve| have| has) (?:had )?enough of)"
)
DENIED_BEFORE = compiled(
    r"(?:(?:(?:is|are) (?:out(?: of the question)?|a no(?:[- ](?:no|go))?"
    rf"|not (?:ok(?:ay)?|an option|allowed)|banned|forbidden|off the (?:table|list|menu)"
    rf"|no (?:good|use)(?: (?:to|for) \w+)?)|(?:is|are)(?:n'?t| not)(?: (?:really )?"
    r"(?:my|his|her|their|our) (?:thing|style|taste|favou?rite|colou?r|cup of tea))?"
    rf"|{_MIND}"
    rf"|(?:wo|does|do|would)n'?t (?:do|work|suit)(?: (?:for )?(?:me|him|her|us|them))?){_END}"
    r"|makes? (?:me|him|her|us|them) (?:itch|itchy|sneeze|sweat|ill|sick)"
    r"|gives? (?:me|him|her|us|them) (?:a rash|hives|headaches|a headache)"
    r"|(?:so|and|but|please) (?:(?:not|none of) that|no more|nothing like (?:that|it|those)))"
)
"""What follows the word that it denies: "plastic is out"."""
FAULTED = compiled(
    r"(?:(?:is|are|looks?|feels?|seems?) (?:\w+ )?(?:too (?!much\b|many\b)[^\W\d_]+"
    r"|boring|ugly|tacky|awful|horrible|dull|itchy)|rusts?|scratch(?:es)?|gets? (?:so |too )?dirty"
    r"|(?:ones? |things? |stuff )?(?:always |just |only )?(?:breaks?|broke|falls? apart|fell apart"
    r"|fades?|cracks?|pills?|sheds?|wears? out)"
    rf"|(?<=\w )(?:but )?no{_END}"
    r"|shows? (?:all |up )?(?:the |every )?(?:dirt|stains?|hairs?|dust|marks?|fluff))"
)
"""What follows a value of the catalogue that somebody finds fault with: "black is too boring"."""
_OWNED = (
    r"(?:(?!(?:so|but|and (?:i|we|he|she|they|now)|wants?|needs?|would|likes?|loves?|which|that"
    r"|because|though|although|if|for)\b)[^,.;:!?()])"
)
OWNED = compiled(
    r"(?:already (?:has|have|had|got|owns?)|(?:has|have|had|got|owns?|'s|'ve) already(?: got)?)"
    rf" {_OWNED}+"
    rf"|(?:has|have|had|got|owns?) {_OWNED}{{1,40}}? already"
    r"|(?:it|they|(?:the|my|our|his|her|their) (?:old|last|previous) (?:ones?|[^\W\d_]+))"
    rf" (?P<was>(?:was|were) {_OWNED}+)"
    rf"|(?:i|we) (?:gave|got|bought) (?:him|her|them) {_OWNED}+?(?= (?:and|last|once)\b|{_END})"
    r"|(?:thanks|thank (?:you|him|her|them)) for [^\W\d_]+ing\b(?: (?:the|my|our|us|me))?"
    r"(?: (?!(?:around|about|under|below|up|max|between|in|at|for|so)\b)[^\W\d_]+){0,2}"
)
"""What somebody has or had, who needs no other: "she has watercolour already"."""
ANOTHER = compiled(
    r"(?:like|want|need|after|for|get|prefer|find|see|have|me|us)"
    r" (?:a (?:new|bigger|smaller|better) )?(?:one|another)"
    r"(?= (?:in|from|made|that|for|with|under|below)\b|\s*(?:$|[,.;!?]))"
)
"""One more of what somebody has already: "I'd like one in cream"."""
DENIED_ALL = compiled(
    r"(?:not|no(?:ne|thing)? of|neither of|without|nothing with|skip|avoid) (?:any of )?"
    rf"(?:those|these|them)(?: (?:two|three|ones?|please))?{_END}"
)
"""What denies all that its sentence named: "pirates and sharks she has, so not those"."""
FREE = re.compile(r"([^\W\d_]+)[- ]free\b", re.IGNORECASE)
DENIED_FILLERS = frozenset(
    "the a an any in made of from be have has contain contains containing with all anything "  # noqa: SIM905
    "something added it ones one for kind sort out those these another by allowed".split()
)
NOTHING_DENIED = frozenset(
    "sure too very only just more less that so really longer idea matter need problem show iron "  # noqa: SIM905
    "stick slip toxic fiction fuss name expensive pricey worry worries hassle object limit rush "
    "hurry preference preferences issue strings fussed fussy bothered picky particular worried "
    "smaller bigger larger higher lower longer shorter taller wider heavier older younger fancy "
    "special break leak fade speaking talking rubbish junk tat used nothing everything what how "
    "why when where yet always often even "
    "quite exactly fit beat happen much many money cash other stuff".split()
)
DENIED_UNTIL = frozenset(
    "or nor no not without under below size than around required needed involved allowed "  # noqa: SIM905
    "whatsoever inside thanks thx pls plz cheers because coz cos since if unless when while though "
    "either again anymore ever one".split()
)
"""What follows the one word that is denied, where it is no word of the catalogue."""
ORDERS = [(compiled(rf"(?:the )?(?:{words})(?: first)?"), value) for words, value in SORTS.items()]
STATES = [(compiled(rf"(?:{words})"), value) for words, value in CONDITIONS.items()]
PRONOUN = compiled(
    r"(?:for|4) (him|her)(?=\s*$|\s*[,.;:!?]|\s+(?:under|below|around|between|up|over|in|size"
    r"|who|not|no|without|with|that|and|from|cheap|about|to|on|at|max|as|please|except|but|would|will|could"
    r"|is|because|so)\b)"
)
GIVEN_TO = compiled(r"(?:give|get|buy|bring|send) (him|her)(?= (?:an?|some|something|one)\b)")
SIZE = compiled(
    r"(?:(?:in )?(?:a )?(?:shoe |clothing )?size(?:'s| is)?:?\s*"
    rf"(?P<number>\d{{1,3}}(?:\.5)?|{BELOW_HUNDRED}(?: and a half)?\b)"
    r"(?P<years>\s*(?:years?|yrs?)\b)?"
    r"|(?:in )?(?:a )?(?:size:?\s*)?(?P<system>eu|uk|us|eur)\s*(?:size\s*)?"
    r"(?P<local>\d{1,2}(?:\.5)?)"
    r"|(?P<local2>\d{1,2}(?:\.5)?)\s*(?P<system2>eu|uk)"
    r"|(?:in )?(?:a )?size:?\s*(?P<word>extra small|extra large|small|medium|large|xxs|s|m|l)"
    r"|(?:in )?(?:a )?(?:size:?\s*)?(?P<letters>x{1,3}[sl]|[2-5]xl)"
    r"|in (?:a |an )?(?P<word2>extra small|extra large|small|medium|large|s|m|l)"
    r"(?=\s*$|\s*[,.;]|\s+(?:for|under|below|with|please))"
    r"|(?-i:(?P<bare>[SML])(?=\s*$|\s*[,;]))"
    r"|(?<=, )(?P<apart>extra small|extra large|small|medium|large)(?=\s*$|\s*[,;])"
    rf"|(?P<length>\d{{1,3}}(?:\.\d)?|{BELOW_HUNDRED}(?=[ -]inch))"
    r"\s*-?\s*(?P<unit>inch(?:es)?|(?<=\d)in|\"|”|cm)(?!\s*x))"
)
BOUND = re.compile(
    r"\b(?:than|over|under|above|below|up to|at least|at most|max|min)\.? $", re.IGNORECASE
)
"""Before a length that is no size: "heels no higher than 5 cm"."""
OTHER_SIZE = re.compile(
    rf"\s*(?:or|/)\s*(?:(\d{{1,2}}(?:\.5)?)\b{NO_UNIT}(?!\s*(?:{AFTER}|\w+ off))|((?-i:[SML]))\b)"
)
"""After a size, another that will do."""
BARE_SIZE = compiled(
    r"(?:in (?:a |an )?)?(extra small|extra large|small|medium|large|\d{2}(?:\.5)?"
    rf"|(?<=\ba ){BELOW_HUNDRED}(?=\s*(?:$|[,.])| (?:and|in|now)\b)"
    rf"|(?<=in ){BELOW_HUNDRED}(?=\s*(?:$|[,.;]))|(?<=, ){BELOW_HUNDRED}(?=,)"
    r"|x{0,3}[sl](?=\s*(?:$|[,;]))"
    r"|m(?=\s*(?:$|[,;]))|(?-i:[SML])(?=\s))(?!\s*[%°\"])"
)
QUANTITY = compiled(
    rf"(?:(?:a )?(?:pack|set|box|bundle|case|packet) of (?P<a>\d{{1,3}}|{IN_WORDS})"
    rf"|(?:(?<=s for a class of )|(?<=s for my class of ))(?P<i>\d{{1,2}}|{IN_WORDS})"
    r"|(?P<b>\d{1,3})[- ]?(?:pack|piece set)s?|(?P<c>\d{1,2})\s?x(?!\s*\d)"
    r"|x\s?(?P<d>\d{1,2})(?!\s*(?:cm|mm))"
    rf"|(?P<e>\d{{1,2}}|{IN_WORDS}) (?:(?<!one )of (?:them|these|those)|pieces of"
    r"|in (?:all|total)|altogether"
    r"|(?:ball|skein|pair|bar|bottle|bag|tin|can|jar|roll|set|copie|box|packet|pack)e?s\b"
    r"(?=\s*(?:$|[,.;!?]|(?:of|for|in|at|under|below|up|please|max|cheapest|each|not|no|and"
    r"|should|will|would)\b)))"
    r"|(?P<h>(?:half )?a dozen)(?=\s*(?:of\b|$|[,.;!?]))"
    rf"|(?:(?:i|we)'?ll (?:take|have)|(?:i|we) (?:need|want)) (?P<g>\d{{1,2}}|(?!one\b){IN_WORDS})"
    r"(?=\s*(?:$|[,.;!?]))"
    rf"|(?<=, )(?P<j>(?:{'|'.join(UP_TO_TWELVE)}))(?=\s*(?:$|[,.;!?]))"
    rf"|(?P<pair>(?:a )?pair) of(?!(?: [^\W\d_]+'?s?){{0,3}}? (?:{'|'.join(PAIRED)})s?\b)"
    rf"|(?:^|(?<=need )|(?<=want )|(?<=buy )|(?<=get )|(?<=order )|(?<=like ))"
    rf"(?P<f>\d{{1,2}}|(?!one\b){IN_WORDS})"
    r"(?!\s*-?(?:star|piece|player|person|people|year|week|day|hour|minute|inch|month|colou?r|cup|port|way"
    r"|seat|litre|speed|compartment|volt|watt))(?=(?:\s+[^\W\d_]+(?:-[^\W\d_]+)*){0,3}?\s+"
    r"(?:[^\W\d_]+-)*[^\W\d_]{2,}s\b))"
)
HAS_ALREADY = re.compile(
    r"(?<!could )(?<!can )(?<!may )\b"
    r"(?:he|she|they|we|i)(?:'ve| has| have| had| owns?)(?: already| got)* $",
    re.IGNORECASE,
)
"""Before a number of what somebody has: "slippers no, he has three pairs"."""
COUNTED = re.compile(
    r"(?:^(?:(?:uh|um|er|ok(?:ay)?|so|hi|hey|right|yeah),? )*|[,.;:!?]\s+"
    r"|\b(?:(?:looking|searching|shopping) for|i'?m after|so|and|these|those"
    r"|(?:give|get|send|show|buy|bring|order)(?: (?:me|us|him|her|them|(?:the|my|our) [^\W\d_]+))?"
    r"|buying|ordering|getting)\s+)"
    rf"(?P<count>\d{{1,2}}|{IN_WORDS}){NO_UNIT}(?=\s+[^\W\d_])",
    re.IGNORECASE,
)
"""Where a number begins what is wanted, which is for the catalogue's kinds to confirm."""
_HOUSE = (
    r"(?:house|flat|apartment|home|place)"
    r"(?=\s*(?:$|[,.;:!?])|\s+(?:and|so|in|near|last|this|with|to|who|that|recently|under)\b)"
)
# Whoever moves without having a present bought for it: "I've just moved", "for moving house".
_NOBODY = (
    r"(?:i|we|i'm|im|we're|i've|ive|we've|am|just|recently|finally|only|have|has|are|is|for|after"
    r"|before|about|and|of|when|since|now|by|help|my)\b"
)
EVENTS = [
    (
        re.compile(
            rf"(?<![\w'])(?<!when )(?<!since )(?!{_NOBODY})[\w']+"
            r"(?: (?:has|have|is|are|who|just|recently|finally|both))* (?P<event>"
            r"(?:moved|moving|moves) (?:in|into|house|home)\b|moved(?=\s*(?:$|[,.;:!?]))"
            rf"|(?:bought|buying|got) (?:an?|the|their|her|his)(?: (?:own|first|new))* {_HOUSE})",
            re.IGNORECASE,
        ),
        "housewarming",
    ),
    (
        re.compile(
            rf"(?:'s?|\b(?:their|her|his)) (?P<event>(?:(?:own|first|new) )+{_HOUSE})",
            re.IGNORECASE,
        ),
        "housewarming",
    ),
    # What somebody does every day is no use that a thing is for.
    (compiled(r"(?P<event>(?<=for )every day|every day(?= (?:use|wear)\b))"), "everyday"),
    (
        compiled(
            r"(?<='s )(?P<event>\d{1,3}(?:st|nd|rd|th))"
            r"(?=\s*(?:$|[,.;:!?])|\s+(?:is|coming|next|this|on|soon)\b)"
        ),
        "birthday",
    ),
    (compiled(r"(?P<event>(?:getting|gets?|got) married|(?:tying|ties) the knot)"), "wedding"),
    (compiled(r"(?P<event>retir(?:ing|es)|(?:just|has|recently) retired)"), "retirement"),
    (compiled(r"(?P<event>graduat(?:ing|es)|(?:just|has|recently) graduated)"), "graduation"),
]
"""What happens to people that presents are given for."""
