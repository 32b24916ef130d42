"""Tables of English words that mean the same in any catalogue."""

from typing import NamedTuple


class Person(NamedTuple):
    """Whom a word like "son" means: a gender, if it says one, and years, if it says any."""

    gender: str = ""
    low: float | None = None
    high: float | None = None


ADULT_FROM = 18.0
_ADULT = (ADULT_FROM, 99.0)

PETS = ("dog", "puppy", "cat", "kitten", "pet")
SPECIES = {"puppy": "dog", "kitten": "cat"}
SEVERAL = frozenset(["parents", "grandparents", "couple", "newlyweds", "twins", "family", "kids",
                     "children", "grandchildren", "grandkids"])  # fmt: skip
"""People of whom no "he" or "she" tells the gender."""

RELATIONS: dict[str, Person] = {
    **dict.fromkeys(["mum", "mom", "mother", "mummy", "mommy", "wife", "girlfriend", "gf",
                     "grandma", "grandmother", "gran", "granny", "nan", "nana", "aunt", "auntie",
                     "bride", "godmother", "stepmum", "stepmom", "fiancée", "fiancee", "missus",
                     "mam", "wifey", "mama", "nanna", "stepmother", "bridesmaid", "landlady"],
                    Person("women", *_ADULT)),
    **dict.fromkeys(["dad", "father", "daddy", "husband", "boyfriend", "bf", "grandpa", "grandad",
                     "granddad", "grandfather", "uncle", "groom", "godfather", "father-in-law",
                     "stepdad", "fiancé", "fiance", "hubby", "grandpop", "papa",
                     "stepfather", "landlord"],
                    Person("men", *_ADULT)),
    **dict.fromkeys(["son", "nephew", "grandson", "godson", "stepson", "lad"], Person("boys")),
    **dict.fromkeys(["daughter", "niece", "granddaughter", "goddaughter", "stepdaughter",
                     "lass"],
                    Person("girls")),
    **dict.fromkeys(["brother", "bro", "stepbrother"], Person("male")),
    **dict.fromkeys(["sister", "sis", "stepsister"], Person("female")),
    **dict.fromkeys(["boss", "colleague", "coworker", "teacher", "neighbour", "neighbor",
                     "parents", "grandparents", "flatmate", "roommate", "couple", "newlyweds",
                     "coach", "employee", "apprentice", "client", "workmate", "nanny", "host",
                     "carer", "nurse", "doctor", "midwife", "manager", "mentor", "tutor", "spouse",
                     "childminder", "babysitter", "cleaner", "hairdresser", "postman",
                     "assistant", "instructor", "secretary", "receptionist", "supervisor",
                     "professor", "lecturer", "librarian", "gardener", "therapist", "accountant",
                     "trainee", "volunteer", "housemate", "teammate", "headteacher"],
                    Person("", *_ADULT)),
    **dict.fromkeys(["friend", "bestie", "mate", "pal", "buddy", "classmate", "partner", "cousin",
                     "twins", "twin", "family", "student", *PETS], Person()),
    **dict.fromkeys(["child", "kid", "grandchild", "grandchildren", "godchild", "grandkid",
                     "grandkids"],
                    Person("", 2, 13)),
}  # fmt: skip
"""People (and pets) whom a shopper names as "my ..." or "for ..."; products do not name them."""

ONES_CHILDREN = frozenset(["eldest", "oldest", "youngest", "firstborn"])
"""Children of one's own, of whom "he" or "she" tells the gender."""
OWN_FAMILY = frozenset(["wife", "husband", "missus", "hubby", "girlfriend", "boyfriend",
                        "grandkid", "grandkids", "grandchild", "grandchildren"])  # fmt: skip
"""Of whom "the" says whose they are."""

GROUPS: dict[str, Person] = {
    **dict.fromkeys(["kids", "children", "childrens", "kiddies"], Person("", 2, 13)),
    **dict.fromkeys(["toddler", "toddlers"], Person("", 1, 4)),
    **dict.fromkeys(["baby", "babies", "newborn", "infant"], Person("", 0, 2)),
    **dict.fromkeys(["teenager", "teenagers", "teen", "teens", "teenage"], Person("", 13, 19)),
    **dict.fromkeys(["tween", "tweens"], Person("", 9, 12)),
    **dict.fromkeys(["adults", "adult", "grown-ups", "grown-up"], Person("", *_ADULT)),
}
"""Groups of people, which products name as well."""
NOUNS = {"teenage": "teenager"}
"""What somebody is whom a word only describes."""

GENDERS: dict[str, str] = {
    **dict.fromkeys(["boy", "boys"], "boys"),
    **dict.fromkeys(["girl", "girls"], "girls"),
    **dict.fromkeys(["man", "men", "mens", "gentleman", "gentlemen", "gent", "guy", "guys"],
                    "men"),
    **dict.fromkeys(["woman", "women", "womens", "lady", "ladies"], "women"),
    **dict.fromkeys(["male", "males"], "male"),
    **dict.fromkeys(["female", "females"], "female"),
    **dict.fromkeys(["unisex", "gender-neutral"], "unisex"),
}  # fmt: skip

PRONOUNS = {"him": "men", "her": "women", "he": "men", "his": "men", "she": "women"}
OF_CHILDREN = {"men": "boys", "women": "girls"}
"""What a pronoun says of whom nothing else says a gender, and of a child."""
GROWN = {child: adult for adult, child in OF_CHILDREN.items()}
"""Sons-in-law are no boys."""

SUITED: dict[str, frozenset[str]] = {
    "boys": frozenset({"boys", "male", "unisex"}),
    "girls": frozenset({"girls", "female", "unisex"}),
    "men": frozenset({"men", "male", "unisex"}),
    "women": frozenset({"women", "female", "unisex"}),
    "male": frozenset({"boys", "men", "male", "unisex"}),
    "female": frozenset({"girls", "women", "female", "unisex"}),
    "unisex": frozenset({"unisex"}),
}
"""The genders of products that suit a gender of people."""

OCCASIONS: dict[str, str] = {
    "birthday": "birthday", "bday": "birthday", "christmas": "christmas", "xmas": "christmas",
    "father christmas": "christmas", "stocking filler": "christmas",
    "stocking stuffer": "christmas",
    "secret santa": "christmas", "santa": "christmas", "santa claus": "christmas",
    "easter": "easter",
    "halloween": "halloween", "wedding": "wedding", "anniversary": "anniversary",
    "wedding anniversary": "anniversary", "wedding day": "wedding",
    "valentine": "valentine", "valentine day": "valentine", "graduation": "graduation",
    "baby shower": "baby shower", "christening": "christening", "mother day": "mother's day",
    "father day": "father's day", "retirement": "retirement", "housewarming": "housewarming",
    "house warming": "housewarming", "back to school": "back to school",
    "back 2 school": "back to school",
    "first day of school": "back to school", "first day at school": "back to school",
    "start of term": "back to school",
    "holiday": "holiday", "vacation": "holiday", "hanukkah": "hanukkah", "diwali": "diwali",
    "prom": "prom", "get well": "get well", "get well soon": "get well",
    "eid": "eid", "thanksgiving": "thanksgiving", "everyday": "everyday",
    "daily use": "everyday", "everyday use": "everyday",
}  # fmt: skip
"""What a shopper buys for, in the catalogue or not; words in the singular."""

COLOURS: dict[str, tuple[str, ...]] = {
    "navy blue": ("navy",), "dark blue": ("navy",), "light blue": ("sky blue", "blue"),
    "pale blue": ("sky blue",), "dark grey": ("charcoal", "grey"), "grey": ("grey", "charcoal"),
    "gray": ("grey", "gray", "charcoal"), "beige": ("beige", "cream"), "ivory": ("ivory", "cream"),
    "off white": ("off-white", "cream"), "turquoise": ("turquoise", "teal"),
    "violet": ("violet", "purple"), "lavender": ("lavender", "lilac"), "mauve": ("mauve", "lilac"),
    "scarlet": ("scarlet", "red"), "crimson": ("crimson", "red"), "khaki": ("khaki", "olive"),
    "mint green": ("mint",), "olive green": ("olive",), "dark green": ("green",),
    "light pink": ("pink",), "hot pink": ("pink",), "dark brown": ("brown",), "tan": ("brown",),
    "burgundy": ("burgundy", "red"), "maroon": ("maroon", "red"), "dark red": ("red",),
    "magenta": ("magenta", "pink"), "fuchsia": ("fuchsia", "pink"), "baby pink": ("pink",),
    "indigo": ("indigo", "navy"), "baby blue": ("baby blue", "sky blue"),
    "royal blue": ("royal blue", "blue"), "light green": ("mint", "green"),
    "pale green": ("mint", "green"), "light purple": ("lilac", "purple"),
    "pale purple": ("lilac", "purple"),
}  # fmt: skip
"""Other words for a colour, and the catalogue's names to try for it, the closest first."""

NO_COLOURS = frozenset([
    "earl grey", "lady grey", "black tea", "green tea", "white tea", "red wine", "white wine",
    "white chocolate", "orange juice", "white noise", "brown noise", "pink noise", "black friday",
    "green finger", "green thumb", "black belt", "gold medal", "golden retriever", "wine glass",
    "reading glass", "magnifying glass", "every day", "get red", "turn red", "go red",
])  # fmt: skip
"""Names of things in which a colour or a material is none; "every day" is no use of a thing."""

NO_MATERIALS = frozenset(["glasses", "irons", "papers", "rubbers", "corks", "marbles"])
"""Things that are called by what they are, or were once, made of."""

MATERIALS = {
    "wooden": "wood", "woollen": "wool", "woolen": "wool", "woolly": "wool", "leathery": "leather",
    "silken": "silk", "metallic": "metal", "faux leather": "vegan leather",
    "fake leather": "vegan leather", "velvety": "velvet", "merino": "merino wool",
    "damascus": "damascus steel", "acacia": "acacia wood", "beech": "beech wood",
    "sterling": "sterling silver", "stainless": "stainless steel",
    "galvanised": "galvanised steel",
}  # fmt: skip
"""Words that say a material in another form."""

MATERIAL_NAMES = frozenset(
    "acrylic alpaca aluminium aluminum bamboo board brass bronze canvas cardboard cashmere ceramic "  # noqa: SIM905
    "clay copper cord cork corduroy cotton crystal denim down felt fleece foam fur glass gold iron "
    "jersey jute knit leather linen mahogany marble mesh metal neoprene nylon oak paper pearl "
    "pine plastic plush polyester porcelain rattan rubber satin silicone silk silver sisal steel "
    "stone stoneware suede titanium twill velvet viscose walnut wax wicker wood wool".split()
) | {"vegan leather", "stainless steel"}
"""Materials by a name that is part of more exact ones: "plastic" of "ABS plastic"."""

SORTS = {
    r"cheapest|(?:lowest|best)[- ]price[ds]?|least expensive|price low to high"
    r"|(?:as )?cheap as (?:possible|can be|you (?:have|can)|it gets)"
    r"|(?:sort|order)(?:ed)? by price|cheaper the better": "price_low",
    r"(?:best|top|highest|highly)[- ](?:rated|reviewed|ratings?|reviews?)"
    r"|with (?:the )?best (?:ratings?|reviews?)|rated? (?:the )?(?:highest|best)"
    r"|(?:sort|order)(?:ed)? by (?:the )?(?:reviews?|ratings?|stars)": "rating",
    r"newest|latest|most recent|new arrivals?|just in|newer the better"
    r"|(?:sort|order)(?:ed)? by date": "newest",
    r"most popular|best[- ]?sell(?:ing|ers?)|sells? (?:the )?best"
    r"|most[- ](?:sold|bought|loved|wanted)|top[- ]sell(?:ing|ers?)|trending"
    r"|every(?:body|one)(?:'s| is)? buying"
    r"|(?:most people|every(?:body|one)(?: else)?) (?:usually )?"
    r"(?:buys?|gets?|go(?:es)? for|choose)(?! [^\W\d_]+\s*(?:$|[,.;]))"
    r"|(?:people|others) (?:buy|get|choose) (?:the )?most"
    r"|(?:sort|order)(?:ed)? by popularity": "popular",
    r"most expensive|dearest|priciest|price high to low": "price_high",
}
"""How a shopper asks for an order."""

CONDITIONS = {
    r"refurb(?:ished|s)?|reconditioned|renewed": "refurbished",
    r"(?:second|2nd)[- ]?hand|(?:like|nearly|almost|as good as)[- ]new|ex[- ]display|open[- ]box"
    r"|pre[- ]?(?:owned|loved)"
    r"|(?<!not )(?<!never )(?<!not a )used(?! (?:for|to|by|in|as|with)\b)": "used",
    r"(?:brand[- ]new,? (?:and )?)?(?:not|never)(?: been| a)? used|brand[- ]new"
    r"|(?:in )?new condition|unused|unopened"
    r"|(?<!anything )(?<!something )(?<!what's )new(?=\s*(?:$|[,;.!]|please\b))": "new",
}

CURRENCIES = {
    "$": "USD", "usd": "USD", "dollar": "USD", "buck": "USD", "us$": "USD", "€": "EUR",
    "eur": "EUR", "euro": "EUR", "£": "GBP", "gbp": "GBP", "pound": "GBP", "quid": "GBP",
}  # fmt: skip

USES = ("drink from", "drink tea from", "drink coffee from", "drink out of", "drink tea out of",
        "drink coffee out of")  # fmt: skip
"""What is done with a thing, for its name; the words in it are of other things."""

SAME: tuple[tuple[str, ...], ...] = (
    ("pushchair", "stroller", "buggy", "pram"), ("backpack", "rucksack", "knapsack"),
    ("laptop backpack", "laptop bag"), ("kids backpack", "school bag", "schoolbag", "book bag"),
    ("jumper", "sweater", "pullover"), ("trainers", "sneakers"), ("t-shirt", "tee"),
    ("wellies", "wellingtons", "gumboots", "rain boots"), ("sandals", "flip flops"),
    ("pyjamas", "pajamas", "pjs", "jammies"), ("raincoat", "mackintosh"),
    ("dressing gown", "bathrobe"), ("swimsuit", "bathing suit", "swimming costume"),
    ("sofa", "couch", "settee"), ("duvet", "duvet set", "quilt", "comforter", "bedding"),
    ("cushion", "throw pillow", "sofa pillow", "couch pillow"), ("chinos", "khakis"),
    ("dumbbell set", "dumbbells", "hand weights"),
    ("curtains", "drapes"), ("torch", "flashlight"), ("lamp", "table lamp", "light"),
    ("frying pan", "skillet"), ("hob", "cooktop", "stove"), ("cutlery", "silverware", "flatware"),
    ("vacuum cleaner", "hoover"), ("bin", "trash can"), ("tap", "faucet"),
    ("nappy", "diaper"), ("dummy", "pacifier"), ("cot", "crib"),
    ("face cream", "moisturiser", "moisturizer"),
    ("perfume", "eau de parfum", "fragrance", "cologne"),
    ("plush toy", "soft toy", "cuddly toy", "stuffed animal", "teddy"), ("jigsaw puzzle", "jigsaw"),
    ("game controller", "gamepad", "joypad"), ("earbuds", "earphones"),
    ("clothing", "clothes", "outfit", "something to wear"),
    ("power bank", "portable charger", "portable phone charger"),
    ("television", "tv", "telly"), ("glasses", "spectacles", "specs"), ("watch", "timepiece"),
    ("mug", *USES),
    ("suitcase", "luggage", "carry-on"), ("handbag", "purse"), ("bicycle", "bike"),
)  # fmt: skip
"""Names of things that are one thing, British and American; a shop may know either."""

PAIRED = (
    "shoe boot trainer sandal slipper sneaker wellie wellington heel pump flop loafer "  # noqa: SIM905
    "clog jean trouser pant short chino legging jogger tight sock glove mitten earring earbud "
    "headphone glasse sunglasse goggle pyjama pajama skate ski curtain speaker".split()
)
"""Of what a pair is one."""

SIZE_WORDS = {"small": "S", "medium": "M", "large": "L", "extra small": "XS", "extra large": "XL"}

ABSENT = {
    "decaf": "caffeine", "decaffeinated": "caffeine", "unscented": "fragrance",
    "unperfumed": "fragrance", "unsweetened": "sugar", "unsalted": "salt",
}  # fmt: skip
"""Words that say of what a thing is free."""

GENUINE = frozenset(["real", "genuine"])
"""What tells leather from what is named after it."""

FOREIGN = frozenset(
    "für fuer und ohne ein eine einen einem einer mein meine meinen meinem meiner nicht ich "  # noqa: SIM905
    "suche geschenk oder unter kein keine jahre sohn tochter frau unos mis busco regalo enfant "
    "enfants años niño niña hijo hija menos sin avec sans pour mes cadeau cherche ans moins "
    "fille garçon une femme homme voor mijn zonder een het jaar cadeautje senza cerco mio anni "
    "della meu minha sem anos".split()
)
"""Words of a wish in German, Spanish, French, Dutch, Italian and Portuguese, and in no English."""

FOREIGN_TOO = frozenset(
    "der die das den dem à una mia uma mit von zum zur auf aus bis sie ist el la los las lo un "  # noqa: SIM905
    "para con por mi su de del le les des du ma mon son et est je il gli per di che con e y o "
    "van met en ik com do da über ab más mindestens plus oltre almeno meer mais".split()
)
"""Such words that English texts and names hold as well."""
FOREIGN_MORE = frozenset(
    ["über", "ab", "más", "mindestens", "plus", "oltre", "almeno", "meer", "mais"]
)
"""Those after which a price is the least that is to be paid."""

STOPWORDS = frozenset(
    "a an and any anything are as at be but buy by can could do does don for from get gift give "  # noqa: SIM905
    "good great has have he her him his i ideas in is it its like likes looking love loves made "
    "make me my need nice of on or our please really she so some someone something that the their "
    "them there they thing things this to want wants we which who will with would you your about "
    "present find show those these smth sth".split()
)
"""Words that say nothing of what is wanted; no exclusion and no value of a vocabulary is one."""

SPELLINGS = {
    "gray": "grey", "color": "colour", "aluminum": "aluminium", "jewelry": "jewellery",
    "fiber": "fibre", "watercolor": "watercolour", "molded": "moulded",
}  # fmt: skip
"""American spellings of words that shops use, beside "-ize" for "-ise"."""

FREE_OF_NOTHING = frozenset(["hands", "hand", "wire", "cord", "duty", "for", "stress", "is", "are"])
"""What stands before "free" without being absent: hands-free."""
