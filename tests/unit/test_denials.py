"""What is not wanted: what is read out of a query."""

from pathlib import Path

import pytest

from shopfyp.intent.parsing import parse
from shopfyp.intent.vocabulary import Vocabulary
from tests.conftest import product
from tests.unit.small_shop import slots, vocabulary_of


@pytest.mark.parametrize(
    ("query", "denied"),
    [
        ("mug, not red, sky blue or teal", {"red", "sky blue", "teal"}),
        ("mug, nothing in red, sky blue and plastic", {"red"}),
        ("trainers, no football, ben 10 and football please", {"football", "ben 10"}),
        ("mug, not sweets, nuts or raisins", {"sweets", "nuts", "raisins"}),
        ("mug, neither red nor plastic, ideally sky blue or stoneware", {"red", "plastic"}),
        ("mug, no red, no plastic, in sky blue or white", {"red", "plastic"}),
        ("mug, she's allergic to plastic, and red is her colour", {"plastic"}),
        ("mug, red and sky blue are out", {"red", "sky blue"}),
        ("mug, grey and red I have had enough of", {"grey", "red"}),
        ("mug, scared of everything with teeth", set()),
        ("mug, he hates red and anything with text", {"red", "text"}),
        ("mug: no handles, no plastic, red or sky blue", {"handles", "plastic"}),
        ("mug, anything but red sky blue or ben 10", {"red"}),
        (
            "pyjamas, anything but cotton stoneware or vegan leather",
            {"cotton", "stoneware", "vegan leather"},
        ),
        ("mug, no non-stick coating, red", {"non-stick coating"}),
        ("A mug. Plastic breaks and red fades, so not those. Sky blue", {"plastic", "red"}),
        ("trainers, she has ben 10 and football, so neither of those", {"ben 10", "football"}),
        ("mug, but not another of those, red please", set()),
        ("pyjamas, her shed is full of mugs and trainers", {"mugs", "trainers"}),
        ("mug, her shed is full of joy", set()),
        ("my hands aren't what they were, a mug", set()),
        ("my old mug is too small", set()),
        ("grandad's mug broke", set()),
        ("trainers for my son, he not like red", {"red"}),
        ("mug, I don't have much money", set()),
    ],
)
def test_all_that_is_denied_together(query: str, denied: set[str], vocabulary: Vocabulary) -> None:
    assert {value for name, value in slots(query, vocabulary) if name == "exclusion"} == denied


def test_what_is_ruled_out_is_not_wanted_as_well(vocabulary: Vocabulary) -> None:
    said = slots("mug, not red because all are red", vocabulary)
    assert ("exclusion", "red") in said
    assert "colour" not in {name for name, _ in said}


def test_another_leather_than_the_one_denied_is_wanted(tmp_path: Path) -> None:
    bags = [
        product(f"b{n}", "Bag", attributes={"type": "Bag", "material": material})
        for n, material in enumerate(["leather", "patent leather"] * 2)
    ]
    vocabulary = vocabulary_of(bags, tmp_path)
    intent = parse("bag, leather but not patent", vocabulary)
    wanted = [vocabulary.values[c].value for s in intent.named("material") for c in s.codes]
    assert wanted == ["leather"]


def test_wool_is_wanted_though_one_wool_is_not(tmp_path: Path) -> None:
    tops = [
        product(f"t{n}", "Top", attributes={"type": "Top", "material": "merino wool"})
        for n in range(2)
    ]
    found = slots("top, wool but not merino", vocabulary_of(tops, tmp_path))
    assert found == [("material", "wool"), ("exclusion", "merino")]


def test_what_is_denied_may_begin_with_any_word(tmp_path: Path) -> None:
    made = [product(f"m{n}", "Lipstick", category=["Make-up"]) for n in range(2)]
    found = slots("a present, no make up please", vocabulary_of(made, tmp_path))
    assert found == [("exclusion", "make up")]


@pytest.mark.parametrize(
    "query",
    [
        "pyjamas, he already has a red mug",
        "pyjamas, she has red mugs already",
        "pyjamas, we've already got red mugs and trainers",
        "pyjamas, her old ones were red",
        "pyjamas, they were red",
    ],
)
def test_what_somebody_has_is_not_wanted(query: str, vocabulary: Vocabulary) -> None:
    intent = parse(query, vocabulary)
    kinds = {vocabulary.values[code].value for code in intent.kinds}
    assert (intent.slots, kinds) == ((), {"Pyjamas"})
    assert "mug" not in intent.rest


def test_one_more_of_what_somebody_has_is_wanted(vocabulary: Vocabulary) -> None:
    intent = parse("We already have a red mug at home, I'd like one in sky blue", vocabulary)
    assert [slot.values for slot in intent.slots] == [("sky blue",)]
    assert {vocabulary.values[code].value for code in intent.kinds} == {"Mug"}
    assert "red" not in intent.rest


def test_what_somebody_was_given_or_did_is_not_wanted(vocabulary: Vocabulary) -> None:
    for told in ("I gave him a red mug last year", "to say thanks for filling our red mugs"):
        intent = parse(f"pyjamas, {told}", vocabulary)
        assert {vocabulary.values[code].value for code in intent.kinds} == {"Pyjamas"}
    assert slots("pyjamas, he's gone right off Ben 10", vocabulary) == [("exclusion", "ben 10")]


def test_what_is_denied_stops_at_a_comma_or_is_no_thing(vocabulary: Vocabulary) -> None:
    assert slots("I own nothing, red mug", vocabulary) == [("colour", "red")]
    assert slots("red mug, don't want rubbish", vocabulary) == [("colour", "red")]


def test_what_somebody_has_ends_where_a_wish_begins(vocabulary: Vocabulary) -> None:
    assert slots("I already have a mug so a red one", vocabulary) == [("colour", "red")]
    assert slots("I already have an account, red mug", vocabulary) == [("colour", "red")]


def test_what_somebody_tells_of_is_no_kind_that_is_wanted(vocabulary: Vocabulary) -> None:
    def kinds(query: str) -> set[str]:
        return {vocabulary.values[code].value for code in parse(query, vocabulary).kinds}

    assert kinds("My mug leaks. Pyjamas please!") == {"Pyjamas"}
    assert kinds("My mug leaks. A new one please!") == {"Mug"}
    assert kinds("My old mug leaks. I want a mug.") == {"Mug"}
    assert kinds("My old mug was plastic") == {"Mug"}
    assert kinds("Pyjamas that go with my mug.") == {"Mug", "Pyjamas"}
    assert "mug" not in parse("My mug leaks. Pyjamas please!", vocabulary).rest


def test_a_brand_is_ruled_out_however_its_and_is_written(vocabulary: Vocabulary) -> None:
    for query in ("mug, not Pippin and Co", "mug, not Pippin & Co"):
        (slot,) = parse(query, vocabulary).slots
        assert [vocabulary.values[code].value for code in slot.codes] == ["Pippin & Co"]


def test_what_is_not_real_leather_may_be_vegan(tmp_path: Path) -> None:
    bags = [
        product(f"b{n}", "Bag", attributes={"type": "Bag", "material": material})
        for n, material in enumerate(["leather", "vegan leather"] * 2)
    ]
    vocabulary = vocabulary_of(bags, tmp_path)
    intent = parse("bag, no real leather", vocabulary)
    denied = [vocabulary.values[code].value for code in intent.slots[0].codes]
    assert (intent.slots[0].values, denied) == (("real leather",), ["leather"])
