"""Ages, and whom it is for: what is read out of a query."""

from pathlib import Path

import pytest

from shopfyp.intent.vocabulary import Vocabulary
from tests.conftest import product
from tests.unit.small_shop import slots, vocabulary_of


@pytest.mark.parametrize(
    ("query", "age"),
    [
        ("shoes for my 10-year-old son who likes Ben 10", "10"),
        ("gift for a girl aged 7", "7"),
        ("toy for a 5 yr old", "5"),
        ("something for her 8th birthday", "8"),
        ("trainers for a lad of seven who runs", "7"),
        ("mug, it's his eighth birthday", "8"),
        ("mug for kids over six", "6..99"),
        ("boots for a 12 years old boy", "12"),
        ("toy for my two-year-old", "2"),
        ("toy for ages 3-5", "3..5"),
        ("toy for 8 to 10 year olds", "8..10"),
        ("toys for under 5s", "0..5"),
        ("puzzle, ages 8+", "8..99"),
        ("rattle for a 6 months old", "0.5"),
        ("paints for my niece, 9", "9"),
        ("my nephew turns 7 next week", "7"),
        ("toy for my nephew, he’s six", "6"),
        ("rattle for a six month old", "0.5"),
        ("toys for girls between 6 and 8", "6..8"),
        ("trainers, kids 4 to 6", "4..6"),
        ("paints for kids 6 and up", "6..99"),
        ("he's only five, trainers", "5"),
        ("trainers for a girl of six", "6"),
        ("trainers for the kids, they are between 4 and 6", "4..6"),
        ("trainers for my godson, he'll be 5", "5"),
        ("trainers for the twins, they're 3", "3"),
        ("trainers for the twins, they're three and a half", "3.5"),
        ("toy for a 2.5 year old", "2.5"),
        ("rattle, 3-6 months", "0.25..0.5"),
        ("trainers, he goes to school, aged between 8 and 10", "8..10"),
        ("trainers for kids between the ages of 9 and 11", "9..11"),
        ("trainers for my sister, eleven", "11"),
        ("trainers for a boy of about eight", "8"),
        ("trainers, kids (3 and 6)", "3..6"),
        ("my niece turned five last week", "5"),
        ("toy, from 3 years", "3..99"),
        ("trainers for my twin boys, 6", "6"),
        ("trainers for a 5 and a 7 year old", "5..7"),
        ("trainers for my nephews, 5 and 7", "5..7"),
        ("my kids are 4 and 6 and want mugs", "4..6"),
        ("our little boy, three next month", "3"),
        ("my daughter will be 9 in June", "9"),
        ("mug for my sixty-five year old aunt", "65"),
        ("trainers for nieces aged 4, 6 and 9", "4..9"),
        ("mug for a first grader", "6..7"),
        ("my nephew is in 3rd grade, trainers", "8..9"),
        ("mug for a lady in her late forties", "40..49"),
        ("mug for my uncle, he's in his 60s", "60..69"),
        ("my grandson Leo (8) wants a mug", "8"),
        ("trainers for my stepson, ten", "10"),
        ("my twins turn three next week", "3"),
        ("my nephew is eight now and wants a mug", "8"),
        ("my daughter's four and needs trainers", "4"),
        ("boy 6 football pyjamas", "6"),
        ("my brother, who's 9, wants a mug", "9"),
        ("pyjamas from age eight upwards", "8..99"),
        ("pyjamas for 3/4 years", "3..4"),
        ("mugs for the kids of my sister, girl 4 and boy 7", "4..7"),
    ],
)
def test_an_age(query: str, age: str, vocabulary: Vocabulary) -> None:
    assert ("age", age) in slots(query, vocabulary)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("mug for my mum", [("gender", "women"), ("recipient", "mum")]),
        ("mug for my best friend", [("recipient", "friend")]),
        ("my sister's mug", [("gender", "female"), ("recipient", "sister")]),
        ("mug for him", [("gender", "men"), ("recipient", "him")]),
        ("kids mug", [("recipient", "kids")]),
        ("women's mug", [("gender", "women")]),
        ("looking for a dog bowl", []),
        (
            "mom's birthday mug",
            [
                ("gender", "women"),
                ("recipient", "mom"),
                ("occasion", "birthday"),
            ],
        ),
        ("teacher gift, a mug", [("recipient", "teacher")]),
        ("mug, son size L", [("gender", "boys"), ("recipient", "son"), ("size", "l")]),
        ("dad loves mugs", [("gender", "men"), ("recipient", "dad")]),
        ("dad mug", []),
        ("mug, gran loves tea", [("gender", "women"), ("recipient", "gran")]),
        ("mug, colleague", [("recipient", "colleague")]),
        ("mug, auntie would love one", [("gender", "women"), ("recipient", "auntie")]),
        ("what should I get the wife? a mug", [("gender", "women"), ("recipient", "wife")]),
        ("a mug for the boss", [("recipient", "boss")]),
        ("mug for my male friend", [("gender", "male"), ("recipient", "friend")]),
        ("2 man mug", []),
        ("two man mug", []),
        ("two men's mugs", [("quantity", "2"), ("gender", "men")]),
        (
            "mug for my flatmate who got her own flat",
            [
                ("recipient", "flatmate"),
                ("occasion", "housewarming"),
                ("gender", "women"),
            ],
        ),
        ("mug for my mate, it's top of his list", [("recipient", "mate"), ("gender", "men")]),
        ("mug for my son's teacher, he adores her", [("recipient", "teacher")]),
        ("mug for the twins, he loves them", [("recipient", "twins")]),
        ("a bowl for my puppy, he needs one", [("recipient", "puppy")]),
        ("the puppy broke his bowl, a mug for him", []),
        ("twin boys, trainers", [("recipient", "twins"), ("gender", "boys")]),
        ("mug for my twin brother", [("gender", "male"), ("recipient", "brother")]),
        ("me and my sister want a mug for mum", [("gender", "women"), ("recipient", "mum")]),
        ("my brothers and I want a mug for dad", [("gender", "men"), ("recipient", "dad")]),
        ("mug for my aunt, dad says I can", [("gender", "women"), ("recipient", "aunt")]),
        ("our neighbours fed the cat, a mug", [("recipient", "neighbour")]),
        ("my cat broke the mug", []),
        (
            "my nephew turns 5, and my daughter asked me for a mug",
            [("gender", "boys"), ("recipient", "nephew"), ("age", "5")],
        ),
        ("mug, mum said so, for my aunt", [("gender", "women"), ("recipient", "aunt")]),
        ("a mug for the kids of my sister", [("recipient", "kids")]),
        ("mug for my kid brother", [("gender", "male"), ("recipient", "brother")]),
        (
            "mug for my gf, 2 year anniversary",
            [("gender", "women"), ("recipient", "gf"), ("occasion", "anniversary")],
        ),
        ("a mug for her would be nice", [("gender", "women"), ("recipient", "her")]),
        (
            "grandad's old mug broke, a new one for him",
            [("gender", "men"), ("recipient", "grandad")],
        ),
        (
            "a friend visits us, is there a mug for her",
            [("gender", "women"), ("recipient", "friend")],
        ),
        ("I want to get her a mug", [("gender", "women"), ("recipient", "her")]),
        ("best man gift for my uncle", [("gender", "men"), ("recipient", "uncle")]),
        (
            "mug for my daughter-in-law",
            [("gender", "women"), ("recipient", "daughter-in-law")],
        ),
        ("mug for my student son", [("gender", "boys"), ("recipient", "son")]),
        ("mug for my neighbour's little girl", [("gender", "girls")]),
        (
            "the kids want to give their grandpa a mug",
            [("gender", "men"), ("recipient", "grandpa")],
        ),
        ("we had a baby, a mug for her", [("recipient", "baby"), ("gender", "girls")]),
        ("mugs for my son, he has three sets", [("gender", "boys"), ("recipient", "son")]),
        (
            "grandma turned eighty and likes mugs",
            [
                ("gender", "women"),
                ("recipient", "grandma"),
                ("age", "80"),
            ],
        ),
        ("mug for my fiancee", [("gender", "women"), ("recipient", "fiancee")]),
        ("my 12 year old, she likes kittens", [("age", "12"), ("gender", "girls")]),
        (
            "mug for my son's teacher, she has none",
            [("recipient", "teacher"), ("gender", "women")],
        ),
        ("mug gran, size 30", [("gender", "women"), ("recipient", "gran"), ("size", "30")]),
        ("my flatmates keep stealing my mugs", []),
        ("trainers for the little man", [("gender", "boys")]),
        ("trainers for 3 boys", [("gender", "boys")]),
        ("mug for my secretary", [("recipient", "secretary")]),
        ("the grandkids visit us, a mug", [("recipient", "grandkids")]),
        (
            "mug for my great-grandson",
            [("gender", "boys"), ("recipient", "great-grandson")],
        ),
        ("mug for my great dad", [("gender", "men"), ("recipient", "dad")]),
        ("4 him: mug", [("gender", "men"), ("recipient", "him")]),
        ("teenage girl, mug", [("recipient", "teenager"), ("gender", "girls")]),
        ("trainers for my eldest, she runs", [("gender", "girls")]),
        ("skipping rope", []),
        ("father christmas mug", [("occasion", "christmas")]),
        (
            "grandad's christmas mug",
            [
                ("gender", "men"),
                ("recipient", "grandad"),
                ("occasion", "christmas"),
            ],
        ),
        ("mug for my son's teacher", [("recipient", "teacher")]),
        ("mug for my son's nursery teacher", [("recipient", "teacher")]),
        ("mug, thanks for feeding the cat", []),
        ("mug for my sons teacher", [("recipient", "teacher")]),
        ("mug for my friend's baby", [("recipient", "baby")]),
        ("a mug for the newborn, my sister had her baby", [("recipient", "newborn")]),
        ("a little girl in our street, I'd like to bring her a mug", [("gender", "girls")]),
        ("my doctor told me to drink tea, a mug", []),
        ("mug for the wedding of my friend", [("occasion", "wedding")]),
        ("mug, my friend Lisa keeps laughing at mine", []),
        ("mug, made of stoneware because my sister broke the last", [("material", "stoneware")]),
        ("our cousin's wedding is soon, I need a mug", [("occasion", "wedding")]),
        ("I'm here with a screaming baby, a mug", []),
        ("the kids have broken everything, so I need a mug", []),
        ("my brother's lending me his, but a mug please", []),
        ("my husband's already sorted, I still need a mug", []),
        ("my cousin paid six hundred for hers, a cheap mug", [("budget", "cheap")]),
        ("do you guys sell mugs", []),
        (
            "mug for my boss. She'd like one in red",
            [("recipient", "boss"), ("gender", "women"), ("colour", "red")],
        ),
        ("mug for Christmas, the whole family comes", [("occasion", "christmas")]),
        ("a friend of mine likes mugs", [("recipient", "friend")]),
        ("mug, my brother in law lent me his old one", []),
        ("my sister bought herself a mug, now I want one", []),
        ("my neighbour keeps borrowing it, so a mug", []),
        ("the guy opposite me has one, a mug", []),
        ("red mug, mate", [("colour", "red")]),
        ("mug for my mate", [("recipient", "mate")]),
        ("hey man, a mug", []),
        ("get the baby a mug", [("recipient", "baby")]),
        ("my wife says the mug is hideous, so a new one", []),
        ("gift dad, a mug", [("gender", "men"), ("recipient", "dad")]),
        ("gift dad mugs", []),
        ("mug for my bro", [("gender", "male"), ("recipient", "bro")]),
        ("trainers for gents", [("gender", "men")]),
        ("my 4 year old, she likes mugs", [("age", "4"), ("gender", "girls")]),
        ("my 4 year old, he and she like mugs", [("age", "4")]),
        ("for him: mug", [("gender", "men"), ("recipient", "him")]),
        ("what to get an aunt who loves mugs", [("gender", "women"), ("recipient", "aunt")]),
        (
            "my niece loves mugs, is there one for her",
            [
                ("gender", "girls"),
                ("recipient", "niece"),
            ],
        ),
    ],
)
def test_whom_it_is_for(query: str, wanted: list[tuple[str, str]], vocabulary: Vocabulary) -> None:
    assert slots(query, vocabulary) == wanted


def test_a_pet_is_who_it_is_for_where_its_kind_is_wanted(tmp_path: Path) -> None:
    kinds = ["Dog Bed", "Cushion"]
    shop = [product(f"{k}-{n}", k, category=["Home", k]) for k in kinds for n in range(2)]
    vocabulary = vocabulary_of(shop, tmp_path)
    for query in ("our old dog has sore hips, a soft bed", "my puppy needs a bed"):
        assert [name for name, _ in slots(query, vocabulary)] == ["recipient"]
    assert slots("our dog shredded the cushion, a new one", vocabulary) == []
    assert slots("dog bed", vocabulary) == []
