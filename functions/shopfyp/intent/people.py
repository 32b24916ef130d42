"""The rules that read whom it is for."""

import re
from collections.abc import Iterator

from shopfyp.intent.numbers import BELOW_HUNDRED
from shopfyp.intent.patterns import (
    BESIDE,
    DOES,
    FOR_GROUP,
    GIVEN,
    GIVEN_TO,
    OWNER,
    PRONOUN,
    SEEKING,
    STOP,
    WITH_ME,
)
from shopfyp.intent.reading import Reading, key_of_run
from shopfyp.intent.slots import Slot
from shopfyp.intent.vocabulary import Vocabulary, Word, key_of, words_of
from shopfyp.intent.words import (
    ADULT_FROM,
    GENDERS,
    GROUPS,
    GROWN,
    NOUNS,
    OF_CHILDREN,
    ONES_CHILDREN,
    OWN_FAMILY,
    PETS,
    PRONOUNS,
    RELATIONS,
    SEVERAL,
    SPECIES,
    SUITED,
    Person,
)

_OF_CHILDREN = {"boys", "girls"}
_COUNTED = re.compile(
    r"(?:\d[ -](?!(?:boys|girls|men|women|ladies)\b)[\w']+"
    rf"|\b(?:{BELOW_HUNDRED}|best)[ -]man|\b(?:you|hi|hey|hello) guys"
    r"|\b(?:hey|yo|young|thanks) man)$",
    re.IGNORECASE,
)
"""A word that means anybody or a role: a "two man tent", but not "two men's watches"."""
_STOPS, _STOP = re.compile(r"[,;:.!?]\s*$"), re.compile(r"\s*[,;.!?]")
_SAID_APART = re.compile(
    r"\s*(?:$|[,;.!?]|(?:size|under|max|mother'?s|father'?s|birthday|christmas|xmas)\b|\d)",
    re.IGNORECASE,
)
_FOR = re.compile(r"(?:for|4)\b", re.IGNORECASE)
"""Of pets only what is said to be for them: "my cat shreds the sofa"."""
_LITTLE = re.compile(r"\b(?:little|lil|wee) $", re.IGNORECASE)
"""Before a man or a lady who is a child."""
_FORS = frozenset(["for", "4"])
_OWNED = re.compile(r"\b(?:the|my|our|her|his|their) $", re.IGNORECASE)
_OWNERS = frozenset(["my", "our", "the", "her", "his", "their"])
_FOR_THE = re.compile(r"\b(?:for|4|get|give|buy|bring) (?:the|my|our) $", re.IGNORECASE)
_GIFTS = frozenset(["gift", "present"])
_YOUNG = ("kid", "child", "student")
"""Before another word for the same: "my kid brother"."""
_AND = re.compile(r"(?:'s)?\s*(?:,|&|and|or|,\s*and)\s*", re.IGNORECASE)
_OF_MINE = re.compile(r"\s+of (?:mine|ours)\b", re.IGNORECASE)
_GREAT = re.compile(r"\bgreat-$", re.IGNORECASE)
_IN_LAW = re.compile(r"[- ]in[- ]law\b", re.IGNORECASE)
_PHRASE_ENDS = frozenset(["with", "and", "or", "of", "on", "in", "is", "to", "that", "who", "from"])


def recipients(reading: Reading) -> None:
    """Take "for my mum", "dad's birthday" and "for her"."""
    for slot, gender in _meant(reading, _not_taken_back(reading, list(_people(reading)))):
        _take_person(reading, slot, gender)
    for match in [*reading.found(PRONOUN), *reading.found(GIVEN_TO)]:
        if any(slot.name == "recipient" for slot in reading.slots) or _is_of_a_pet(reading):
            # "My niece is seven, is there anything for her?"
            continue
        said = match[1].lower()
        child = OF_CHILDREN[PRONOUNS[said]]
        if any(GENDERS.get(word.form) == child for word in reading.words):
            continue  # "a girl in our street has her birthday, I'd like to bring her a mug"
        name, person = _spoken_of(reading, match.start(), PRONOUNS[said])
        if name in GROUPS:
            continue  # which `groups` takes, and `gender_of_pronoun`
        low = ADULT_FROM if name is None else person.low
        high = 99.0 if name is None else person.high
        slot = Slot("recipient", (name or said,), match.span(), low, high, said_of_products=False)
        _take_person(reading, slot, person.gender or PRONOUNS[said])


def _spoken_of(reading: Reading, end: int, gender: str) -> tuple[str | None, Person]:
    """Whom "him" means, if somebody was named: "grandad's mug broke, a new one for him"."""
    suited = SUITED[gender] - {"unisex"} | {"", OF_CHILDREN[gender]}
    for word in reading.words:
        person = RELATIONS.get(word.form) or GROUPS.get(word.form)
        if word.end > end or person is None or word.form in SEVERAL:
            continue
        several = reading.query[word.start : word.end].lower() == f"{word.form}s"
        if person.gender in suited and not several:
            return word.form, person
    return None, Person()


def _people(reading: Reading) -> Iterator[tuple[Slot, str]]:
    """Everybody whom it may be for, and their gender."""
    for place, word in enumerate(reading.words):
        said = reading.query[word.start : word.end].lower().removesuffix("'s")
        person = RELATIONS.get(said) or RELATIONS.get(word.form)
        if person is None or said in GROUPS or not reading.free(word.start, word.end):
            continue
        if _owns_another(reading, place) or _is_beside(reading, word):
            continue
        follows = reading.words[place + 1].form if place + 1 < len(reading.words) else ""
        if word.form == said == "twin":
            # "Twin boys" are the twins; "my twin brother" is a brother.
            if follows not in GENDERS:
                continue
            said = "twins"
        start = _owned_from(reading, place)
        if start is None and _is_meant(reading, place, person):
            start = word.start
        if start is None or (word.form in PETS and not _FOR.match(reading.query, start)):
            continue
        name, end = said if said in RELATIONS else word.form, word.end
        if in_law := _IN_LAW.match(reading.query, end):
            name, end = f"{name}-in-law", in_law.end()
            person = Person(GROWN.get(person.gender, person.gender), ADULT_FROM, 99.0)
        if great := _GREAT.search(reading.query[: word.start]):
            name, start = f"great-{name}", min(start, great.start())
        # Products say whom they are for by gender; "dog" and "child" stand in them as well.
        told = not person.gender and person.low != ADULT_FROM
        # "My male friend".
        adjectives = [w.form for w in reading.words if start <= w.start < word.start]
        gender = next((GENDERS[form] for form in adjectives if form in GENDERS), person.gender)
        span = (start, end)
        yield (
            Slot("recipient", (name,), span, person.low, person.high, said_of_products=told),
            gender,
        )


def _not_taken_back(reading: Reading, people: list[tuple[Slot, str]]) -> list[tuple[Slot, str]]:
    """The people who are named anew after a correction: "for my son, sorry, for my daughter"."""
    for start, end in reading.corrections:
        anew = [one for one in people if one[0].span[0] >= end]
        for slot, _ in people if anew else ():
            if slot.span[1] <= start:
                reading.pass_over(*slot.span)
        people = anew or people
    return people


def _meant(reading: Reading, people: list[tuple[Slot, str]]) -> list[tuple[Slot, str]]:
    """Of people in a story those whom it is said to be for, or who came first."""
    given = [p for p in people if _FOR.match(reading.query, p[0].span[0])]
    if not given and FOR_GROUP.search(reading.query):
        return []  # "for the kids of my sister"
    kept = (given or people)[:1]
    for one in people:
        # "For my mum and my dad".
        if kept and _AND.fullmatch(reading.query[kept[-1][0].span[1] : one[0].span[0]]):
            kept.append(one)
    return kept


def groups(reading: Reading) -> None:
    """Take "kids" and "women's"; they stay words to retrieve by."""
    known = any(slot.name == "recipient" for slot in reading.slots) or bool(
        # "My sister had her baby, a romper for the newborn."
        FOR_GROUP.search(reading.query)
    )
    for run in list(reading.phrases()):
        phrase, span = " ".join(word.form for word in run), (run[0].start, run[-1].end)
        if not reading.free(*span):
            continue
        if (group := GROUPS.get(phrase) or GROUPS.get(f"{phrase}s")) is not None:
            before = reading.query[: span[0]]
            if known and _OWNED.search(before) and not _FOR_THE.search(before):
                continue  # "the kids want to give their grandpa a mug"
            if _is_beside(reading, run[-1]):
                continue
            said = reading.query[slice(*span)].lower().removesuffix("'s")
            said = NOUNS.get(said, said)
            reading.take(Slot("recipient", (said,), span, group.low, group.high))
        elif (gender := GENDERS.get(phrase)) and not _COUNTED.search(reading.query[: span[1]]):
            if _is_beside(reading, run[-1]):
                continue
            if _LITTLE.search(reading.query[: span[0]]):
                gender = OF_CHILDREN.get(gender, gender)
            codes = _gender_codes(reading.vocabulary, gender)
            reading.take(Slot("gender", (gender,), span, codes=codes))


def pets_of_kind(reading: Reading) -> None:
    """Take "my dog has sore hips" where a bed for dogs is wanted, and nobody said for whom."""
    if any(slot.name == "recipient" for slot in reading.slots):
        return
    values = reading.vocabulary.values
    for place, word in enumerate(reading.words):
        if word.form not in PETS or not reading.free(word.start, word.end):
            continue
        # A pet names a kind too, of all that is for it.
        kinds = [
            values[code].value
            for at, held in reading.kinds.items()
            for code in held
            if not at[0] <= word.start < at[1]
        ]
        suited = {one.form for kind in kinds for one in words_of(kind)}
        before = {one.form for one in reading.words[max(place - 2, 0) : place]}
        if SPECIES.get(word.form, word.form) in suited and before & _OWNERS:
            span = (word.start, word.end)
            reading.take(Slot("recipient", (word.form,), span, said_of_products=False))
            return


def gender_of_pronoun(reading: Reading) -> None:
    """Take what "she" and "his" say of whom it is for, where nothing else says a gender."""
    people = [slot for slot in reading.slots if slot.name == "recipient"]
    ages = [slot for slot in reading.slots if slot.name == "age"]
    named = {slot.name for slot in reading.slots}
    children = [word for word in reading.words if word.form in ONES_CHILDREN]
    if "gender" in named or not (people or ages or children) or _is_of_a_pet(reading):
        return
    # "She'd like one" says it too.
    texts = {word: reading.query[word.start : word.end].lower() for word in reading.words}
    said = [word for word in texts if texts[word].split("'")[0] in PRONOUNS]
    genders = {PRONOUNS[texts[word].split("'")[0]] for word in said}
    # Of two people, nobody says who is the one.
    if len(genders) != 1 or any(SEVERAL.intersection(slot.values) for slot in people):
        return
    gender = genders.pop()
    suited = SUITED[gender] | {OF_CHILDREN[gender]}
    # "My son's teacher": nobody says who "he" is, but "she" is the teacher.
    if any((p := RELATIONS.get(word.form)) and p.gender in suited for word in reading.words):
        return
    if children or any(slot.high is not None and slot.high < ADULT_FROM for slot in ages or people):
        gender = OF_CHILDREN[gender]
    codes = _gender_codes(reading.vocabulary, gender)
    span = (said[0].start, said[0].end)
    reading.slots.append(Slot("gender", (gender,), span, codes=codes, said_of_products=False))


def _is_of_a_pet(reading: Reading) -> bool:
    # Who likes kittens is none.
    said = (reading.query[word.start : word.end].lower() for word in reading.words)
    return any(word.removesuffix("'s") in PETS for word in said)


def _is_beside(reading: Reading, word: Word) -> bool:
    """Whether somebody only buys it too, or says or pays something: "me and my sister want"."""
    before = reading.query[: word.start]
    in_law = _IN_LAW.match(reading.query, word.end)
    after = reading.query[in_law.end() if in_law else word.end :]
    return bool(WITH_ME.search(before) or BESIDE.match(after))


def _owns_another(reading: Reading, place: int) -> bool:
    """Whether somebody else is meant: "my son's teacher", "our son's nursery teacher"."""
    word, after = reading.words[place], reading.words[place + 1 : place + 3]
    owns = reading.query[word.start : word.end].endswith("'s")
    # Many write it without the sign: "my sons teacher", "my friends baby".
    whose = reading.query[word.start : after[0].start].endswith("s ") if after else False
    if whose and (after[0].form in RELATIONS or after[0].form in GROUPS):
        return True
    if word.form in _YOUNG and after and after[0].form in RELATIONS:
        return True
    return owns and any(
        (other.form in RELATIONS or other.form in GENDERS)
        and not STOP.search(reading.query[word.end : other.start])
        for other in after
    )


def _is_meant(reading: Reading, place: int, person: Person) -> bool:
    """Whether it is for a person though nobody says so: "mom's birthday", "mug, colleague"."""
    word = reading.words[place]
    if reading.vocabulary.codes("brand", [word.form]) or word.form in PETS:
        return False
    if word.form == "mate":
        return False  # who is spoken to: "a screwdriver set, mate"
    if person.gender in _OF_CHILDREN:
        return True
    before, after = reading.query[: word.start], reading.query[word.end :]
    begins = not before.strip() or bool(_STOPS.search(before))
    alone = begins and (not after.strip() or bool(_STOP.match(after)))
    # "Slippers gran, size 38", "gift gran under 25"; but "dad mug" is a mug for anybody.
    last = reading.words[:place][-1:]
    given = _ends_kind(reading, last) or any(one.form in _GIFTS for one in last)
    alone = alone or (given and bool(_SAID_APART.match(after)))
    return (
        bool(GIVEN.match(after))
        or bool(_OF_MINE.match(after))
        or alone
        or (begins and _does(reading, after))
    )


def _ends_kind(reading: Reading, run: list[Word]) -> bool:
    return bool(run) and bool(reading.vocabulary.ending("category", key_of_run(run)))


def _does(reading: Reading, after: str) -> bool:
    """Whether what follows a person is a verb: "dad lives in jumpers", and no kind: "dad jeans"."""
    verb = DOES.match(after)
    kind = verb and reading.vocabulary.ending("category", key_of(verb[0]))
    return bool(verb) and not kind


def _owned_from(reading: Reading, place: int) -> int | None:
    """Where "for my" before a person starts; None if it is nobody's person ("dog bowl")."""
    start, form = None, reading.words[place].form
    words = reading.words[max(place - 6, 0) : place]
    texts = [reading.query[word.start : word.end].lower() for word in words]
    for near in reversed(range(len(words))):
        begins = near < len(words) - 1 and texts[near + 1] in _OWNERS
        if begins and reading.query[words[near].end] in ",;.!?":
            break  # "for Christmas, the whole family comes"
        if texts[near] in _FORS:
            if len(texts) > near + 1 and texts[near + 1].endswith("ing"):
                break  # "for feeding the cat" is what for
            sought = near > 0 and re.fullmatch(SEEKING, texts[near - 1])
            return start if sought else words[near].start
        another = near < len(words) - 1 and words[near].form in RELATIONS
        if another and not texts[near].endswith("'s"):
            break  # "our neighbours looked after the cat"
        if re.fullmatch(OWNER, texts[near]) or (
            texts[near] == "the" and near == len(words) - 1 and form in OWN_FAMILY
        ):
            start = words[near].start
        elif start is not None or texts[near] in _PHRASE_ENDS:
            break
    return start


def _take_person(reading: Reading, slot: Slot, gender: str) -> None:
    reading.take(slot)
    if gender:
        codes = _gender_codes(reading.vocabulary, gender)
        reading.slots.append(
            Slot("gender", (gender,), slot.span, codes=codes, said_of_products=False)
        )


def _gender_codes(vocabulary: Vocabulary, gender: str) -> frozenset[int]:
    suited = SUITED.get(gender, frozenset())
    return frozenset(
        c for c in vocabulary.of_slot("gender") if vocabulary.values[c].value in suited
    )
