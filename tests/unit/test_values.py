"""What a query says in the catalogue's own words: its values, and kinds of product."""

from pathlib import Path

from shopfyp.intent.parsing import parse
from shopfyp.intent.vocabulary import Vocabulary, key_of
from shopfyp.release import Release
from tests.conftest import product
from tests.unit.small_shop import slots, vocabulary_of


def test_a_brand_that_means_a_person_is_a_brand(tmp_path: Path) -> None:
    coach = [product(f"coach-{n}", "Handbag", brand="Coach", category=["Bags"]) for n in range(2)]
    assert slots("coach handbags", vocabulary_of(coach, tmp_path)) == [("brand", "coach")]


def test_a_verb_is_no_can_and_rain_boots_are_no_boots(tmp_path: Path) -> None:
    goods = [
        product(f"{kind}-{n}", kind, category=["Home", kind])
        for kind in ("Watering Can", "Ankle Boots", "Wellies")
        for n in range(2)
    ]
    vocabulary = vocabulary_of(goods, tmp_path)

    def kinds(query: str) -> set[str]:
        return {vocabulary.values[code].value for code in parse(query, vocabulary).kinds}

    assert kinds("can you show me something") == set()
    assert kinds("a watering can") == kinds("a can, please") == {"Watering Can"}
    assert kinds("boots") == {"Ankle Boots"}
    assert kinds("rain boots") == set()  # what they are called here, `meanings` says


def test_nothing_is_named_across_a_comma(vocabulary: Vocabulary) -> None:
    assert ("colour", "sky blue") not in slots("mug for under the sky, blue", vocabulary)


def test_a_colour_that_the_shop_calls_otherwise_is_not_retrieved_by(vocabulary: Vocabulary) -> None:
    """Where grey is another colour's name, the word is only in "Earl Grey"."""
    intent = parse("burgundy mugs", vocabulary)
    assert [(slot.name, slot.values) for slot in intent.slots] == [("colour", ("red",))]
    assert intent.rest == "mugs"
    assert parse("sky blue mugs", vocabulary).rest == "sky blue mugs"


def test_a_category_of_several_is_no_kind_of_the_last(tmp_path: Path) -> None:
    goods = {"Watches": "Watch", "Rings": "Ring"}
    path = "Jewellery & Watches"
    made = [product(f"{t}{n}", t, category=[path, k]) for k, t in goods.items() for n in range(2)]
    vocabulary = vocabulary_of(made, tmp_path)
    kinds = parse("a watch", vocabulary).kinds
    assert [vocabulary.values[code].value for code in kinds] == ["Watches"]


def test_a_word_of_a_category_is_a_theme_only_beside_another_kind(vocabulary: Vocabulary) -> None:
    assert slots("football", vocabulary) == []
    assert slots("football pyjamas", vocabulary) == [("theme", "football")]


def test_what_somebody_does_names_no_kind_beside_another(shop_release: Release) -> None:
    def kinds(query: str) -> set[str]:
        codes = shop_release.understood(query).kinds
        return {shop_release.vocabulary.values[code].value for code in codes}

    assert kinds("a mug for my aunt who collects trainers") == kinds("a mug")
    assert kinds("something for my aunt who collects trainers") == kinds("trainers")
    assert kinds("a mug, it's for my aunt who needs trainers") == kinds("mug, trainers")


def test_americans_spell_otherwise(tmp_path: Path) -> None:
    cans = [
        product(f"c{n}", "Can", attributes={"type": "Can", "material": "galvanised steel"})
        for n in range(2)
    ]
    found = slots("galvanized steel can", vocabulary_of(cans, tmp_path))
    assert found == [("material", "galvanised steel")]
    assert key_of("gray jewelry") == key_of("grey jewellery")


def test_what_somebody_does_is_no_material(tmp_path: Path) -> None:
    tops = [
        product(f"t{n}", "Top", attributes={"type": "Top", "material": "knit"}) for n in range(2)
    ]
    vocabulary = vocabulary_of(tops, tmp_path)
    assert slots("a knit top", vocabulary) == [("material", "knit")]
    for query in ("nan knits, a top for her", "she knits", "wool to knit", "my aunt knits"):
        assert "material" not in dict(slots(query, vocabulary))


def test_what_is_called_by_what_it_is_made_of_is_no_material(tmp_path: Path) -> None:
    cups = [
        product(f"c{n}", "Cup", attributes={"type": "Cup", "material": "glass"}) for n in range(2)
    ]
    vocabulary = vocabulary_of(cups, tmp_path)
    assert slots("a glass cup", vocabulary) == [("material", "glass")]
    assert slots("I lost my glasses, a cup", vocabulary) == []


def test_down_is_what_something_is_filled_with_and_no_way_there(tmp_path: Path) -> None:
    bags = [product(f"bag-{n}", "Sleeping Bag", attributes={"material": "down"}) for n in range(2)]
    vocabulary = vocabulary_of(bags, tmp_path)
    for query in ("sleeping bag filled with down", "down sleeping bag", "down from Kestrel"):
        assert slots(query, vocabulary) == [("material", "down")]
    for query in ("sleeping bag in down at most 200", "sleeping bag in down at the most 200"):
        assert slots(query, vocabulary) == [("material", "down"), ("budget", "..200")]
    for query in ("put that down, a sleeping bag", "a bag for the way down", "down at the depot"):
        assert slots(query, vocabulary) == []


def test_what_nothing_of_the_kind_is_made_of_tells_no_kind_from_another(tmp_path: Path) -> None:
    things = [
        product(f"{kind}{n}", f"{kind} {n}", attributes={"type": kind, "material": material})
        for kind, material in {"Watch": "steel", "Ring": "gold"}.items()
        for n in range(2)
    ]
    vocabulary = vocabulary_of(things, tmp_path)
    for query, counts in {
        "a gold watch": False,
        "a gold ring": True,
        "a steel watch": True,
    }.items():
        intent = parse(query, vocabulary)
        (slot,) = intent.slots
        assert (slot.name, bool(slot.codes)) == ("material", counts), query


def test_gold_is_a_material_of_which_all_is_vermeil(tmp_path: Path) -> None:
    rings = [
        product(f"r{n}", "Ring", attributes={"type": "Ring", "material": "gold vermeil"})
        for n in range(2)
    ]
    intent = parse("a gold ring", vocabulary := vocabulary_of(rings, tmp_path))
    (slot,) = intent.slots
    assert (slot.name, slot.values) == ("material", ("gold",))
    assert [vocabulary.values[code].value for code in slot.codes] == ["gold vermeil"]


def test_how_a_theme_begins_is_the_theme_of_what_has_it(tmp_path: Path) -> None:
    made = [
        product(f"{kind}{n}", kind, attributes={"type": kind} | theme)
        for kind, theme in (("Pyjamas", {"theme": "Space Rocket"}), ("Helmet", {}))
        for n in range(2)
    ]
    vocabulary = vocabulary_of(made, tmp_path)
    rocket = [("theme", "space rocket")]
    for query in ("space pyjamas", "pyjamas, he's into space", "space-themed pyjamas"):
        assert slots(query, vocabulary) == rocket
    for query in ("space helmet", "pyjamas with space for a bear", "more space", "no space rocket"):
        assert "theme" not in dict(slots(query, vocabulary))
    assert slots("he loves space", vocabulary) == rocket
