"""Intent: what is read out of a query, which products suit it, and what gives way."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from indexer_job.build import build_release
from indexer_job.demo.catalog import demo_products
from indexer_job.demo.intents import IntentQuery, hand_written, intent_queries
from indexer_job.evaluate.intent import evaluate_intent, named
from indexer_job.vocabulary import write_vocabulary
from shopfyp.api import RecommendRequest, SearchRequest, SearchResponse
from shopfyp.catalog import Product
from shopfyp.intent.fitting import UNKNOWN_AGE, age_range_of, mentions, permitted, suits
from shopfyp.intent.parsing import parse
from shopfyp.intent.slots import Intent
from shopfyp.intent.vocabulary import Vocabulary, VocabularyFile, key_of
from shopfyp.profile import Profile
from shopfyp.recommend import recommend
from shopfyp.release import Release, open_release
from shopfyp.search import search
from tests.conftest import product
from tests.unit.test_profile import NOW, event


def shop() -> list[Product]:
    """Mugs, trainers and pyjamas: two of everything, so that each value is a shared one."""
    rows: list[Product] = []
    for kind, prices in {"Mug": (8, 30), "Trainers": (20, 45), "Pyjamas": (12, 28)}.items():
        for colour in ("red", "sky blue"):
            for price in prices:
                child = kind != "Mug"
                about: dict[str, object] = {
                    "type": kind,
                    "colour": colour,
                    "material": ("vegan leather" if child else "ABS plastic")
                    if price > 20
                    else ("cotton" if child else "stoneware"),
                }
                if child:
                    about |= {
                        "theme": "Football" if colour == "red" else "Ben 10",
                        "gender": "boys" if price > 20 else "girls",
                        "age_range": "8-12 years" if price > 20 else "2-4 years",
                        "sizes": ["30", "31"] if price > 20 else ["24", "25"],
                    }
                rows.append(
                    product(
                        f"{kind}-{colour}-{price}".replace(" ", "-"),
                        f"{colour.capitalize()} {kind}",
                        brand="Pippin & Co" if price > 20 else "Softly",
                        category=["Home" if kind == "Mug" else "Kids", kind],
                        price=price,
                        sold_count=price,
                        rating=4.0 if colour == "red" else 4.5,
                        attributes=about,
                    )
                )
    rows += [product(f"ball-{n}", "Football", category=["Sports", "Football"]) for n in range(2)]
    return rows


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return vocabulary_of(shop(), tmp_path_factory.mktemp("vocabulary"))


@pytest.fixture(scope="module")
def shop_release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("shop") / "release"
    build_release(shop(), folder)
    return open_release(folder)


def vocabulary_of(products: Sequence[Product], folder: Path) -> Vocabulary:
    write_vocabulary(products, folder)
    held = VocabularyFile.model_validate_json((folder / "vocabulary.json").read_bytes())
    columns = folder / "vocabulary"
    return Vocabulary(held.values, np.load(columns / "offsets.npy"), np.load(columns / "codes.npy"))


def slots(query: str, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    return [named(slot) for slot in parse(query, vocabulary).slots]


@pytest.mark.parametrize(
    ("query", "budget"),
    [
        ("mug under $30", "..30"),
        ("mug below 30 euros", "..30"),
        ("mug up to 1,200", "..1200"),
        ("mug max 1.5k", "..1500"),
        ("mug for less than fifty dollars", "..50"),
        ("mug 30 dollars or less", "..30"),
        ("mug, I don't want to spend more than 30", "..30"),
        ("mug, budget: 30", "..30"),
        ("a $30 mug", "..30"),
        ("mug over 50", "50.."),
        ("mug at least £50", "50.."),
        ("mug not cheaper than 50", "50.."),
        ("mug between 20 and 50", "20..50"),
        ("mug 20-50 euros", "20..50"),
        ("mug $20 to $50", "20..50"),
        ("mug around 40", "30..50"),
        ("mug over 20 but less than 50", "20..50"),
        ("mug from 20 up to 50", "20..50"),
        ("mug, it mustn't cost more than 30", "..30"),
        ("mug, not a penny over 30", "..30"),
        ("mug, 30 is my limit", "..30"),
        ("mug, 30 at the very most", "..30"),
        ("mug under a tenner", "..10"),
        ("cheap mug", "cheap"),
        ("mug, not too expensive", "cheap"),
    ],
)
def test_a_budget(query: str, budget: str, vocabulary: Vocabulary) -> None:
    assert slots(query, vocabulary) == [("budget", budget)]


@pytest.mark.parametrize(
    "query",
    [
        "10 inch pan",
        "M12 screws",
        "pan over 28 cm",
        "2 to 5 players",
        "under 12 hours",
        "1 TB disk",
    ],
)
def test_numbers_that_are_no_price_and_no_age(query: str) -> None:
    assert not {"budget", "age"} & {slot.name for slot in parse(query, Vocabulary()).slots}


@pytest.mark.parametrize(
    ("query", "age"),
    [
        ("shoes for my 10-year-old son who likes Ben 10", "10"),
        ("gift for a girl aged 7", "7"),
        ("toy for a 5 yr old", "5"),
        ("something for her 8th birthday", "8"),
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


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("trainers size 42", ("size", "42")),
        ("trainers EU 38", ("size", "38")),
        ("shirt in XL", ("size", "xl")),
        ("shirt, white, M", ("size", "m")),
        ("13 inch laptop", ("size", "13 inch")),
        ("sky-blue mug", ("colour", "sky blue")),
        ("Pippin and Co trainers", ("brand", "pippin & co")),
        ("ben10 trainers", ("theme", "ben 10")),
        ("cotton trainers", ("material", "cotton")),
        ("plastic mug", ("material", "plastic")),
        ("mug for mother's day", ("occasion", "mother's day")),
        ("mug, not plastic", ("exclusion", "plastic")),
        ("mug without a handle", ("exclusion", "handle")),
        ("lactose-free chocolate", ("exclusion", "lactose")),
        ("mug in anything but red", ("exclusion", "red")),
        ("any brand but Omni", ("exclusion", "omni")),
        ("plastic is out, mug", ("exclusion", "plastic")),
        ("mug, she can't stand red", ("exclusion", "red")),
        ("trainers 30", ("size", "30")),
        ("14in laptop", ("size", "14 inch")),
        ("gift for xmas", ("occasion", "christmas")),
        ("pack of 6 mugs", ("quantity", "6")),
        ("half a dozen mugs", ("quantity", "6")),
        ("chocolate, ten bars", ("quantity", "10")),
        ("a pair of mugs", ("quantity", "2")),
        ("two mugs", ("quantity", "2")),
        ("refurbished laptop", ("condition", "refurbished")),
        ("second-hand laptop", ("condition", "used")),
        ("laptop, new please", ("condition", "new")),
        ("cheapest mug", ("sort", "price_low")),
        ("best rated mug", ("sort", "rating")),
        ("newest mugs", ("sort", "newest")),
        ("most popular mugs", ("sort", "popular")),
        ("which mug sells best", ("sort", "popular")),
    ],
)
def test_one_slot(query: str, wanted: tuple[str, str], vocabulary: Vocabulary) -> None:
    assert wanted in slots(query, vocabulary)


def test_a_pair_of_what_is_worn_is_one_piece(vocabulary: Vocabulary) -> None:
    assert slots("a pair of trainers", vocabulary) == []
    assert slots("a pair of red running shoes", vocabulary) == [("colour", "red")]


def test_a_number_is_a_size_only_where_the_kind_has_it(vocabulary: Vocabulary) -> None:
    assert slots("mug 30", vocabulary) == []


def test_a_word_of_a_category_is_a_theme_only_beside_another_kind(vocabulary: Vocabulary) -> None:
    assert slots("football", vocabulary) == []
    assert slots("football pyjamas", vocabulary) == [("theme", "football")]


def test_nothing_that_no_rule_knows_is_read_into_a_query(vocabulary: Vocabulary) -> None:
    for query in ("non-stick pan", "hands-free kit", "not sure", "new balance", "usb c hub 3.0"):
        assert slots(query, vocabulary) == []


def test_spans_are_the_words_of_the_query(vocabulary: Vocabulary) -> None:
    query = "İ Red mugs under $30, NOT plastic"
    intent = parse(query, vocabulary)
    said = [query[slice(*slot.span)] for slot in intent.slots]
    assert said == ["Red", "under $30", "NOT plastic"]
    assert intent.rest == "İ Red mugs"


def test_the_rest_holds_what_products_say(vocabulary: Vocabulary) -> None:
    assert parse("red mugs", vocabulary).rest == "red mugs"
    rest = parse("red mugs under $30 for my mum", vocabulary, ignore=["colour"]).rest
    assert rest == "mugs"
    assert parse("gift box for my mum", vocabulary).rest == "gift box"
    for query in ("under $30", "a gift for him", "something under 50 for my wife"):
        assert parse(query, vocabulary).rest == ""


def test_an_ignored_slot_is_gone_with_its_words(vocabulary: Vocabulary) -> None:
    intent = parse("red mug for my mum", vocabulary, ignore=["recipient"])
    assert [slot.name for slot in intent.slots] == ["colour"]
    assert intent.rest == "red mug"


def test_hand_written_queries_are_understood_without_the_catalogue() -> None:
    """Prices, ages and people need no vocabulary."""
    free = {"budget", "age", "sort", "quantity"}
    for query in hand_written():
        found = {named(slot) for slot in parse(query.query, Vocabulary()).slots}
        assert {p for p in found if p[0] in free} == {p for p in query.slots if p[0] in free}


def test_a_vocabulary_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer_job.vocabulary.MAX_VALUES", 3)
    once = product("once", "Mug", brand="Seen once")
    found = vocabulary_of([*shop(), once], tmp_path)
    assert len(found.values) == 3
    assert all(value.products >= 2 for value in found.values)


def test_keys_forgive_case_plural_and_signs() -> None:
    assert key_of("Pippin & Co") == key_of("pippin and co")
    assert key_of("T-Shirts") == key_of("t shirt")
    assert key_of("Women’s") == key_of("women")


@pytest.mark.parametrize(
    ("text", "span"),
    [("8-12 years", (8, 12)), ("Ages 3–5", (3, 5)), ("3+", (3, 99)), ("", UNKNOWN_AGE)],
)
def test_the_years_that_a_range_spans(text: str, span: tuple[float, float]) -> None:
    assert age_range_of(text) == span


class Columns:
    """Four products."""

    age = np.array([(8, 12), (2, 4), UNKNOWN_AGE, (3, 99)], np.float32)
    price = np.array([10.0, 40.0, np.nan, 90.0])
    currency = np.array([1, 1, 1, 2], np.int32)
    category = np.array([1, 1, 1, 1], np.int32)

    def currency_code(self, name: str) -> int | None:
        return {"USD": 1, "EUR": 2}.get(name)


def factors(query: str) -> list[float]:
    """How well each product suits; 0 for what is ruled out."""
    intent: Intent = parse(query, Vocabulary())
    suited = suits(intent, Vocabulary(), Columns(), np.arange(4))
    permission = permitted(intent, Vocabulary(), Columns())
    return (suited if permission is None else suited * permission).tolist()


def test_what_contradicts_steps_back_and_what_is_unknown_does_not() -> None:
    assert factors("for my 10-year-old") == [1, 0.5, 1, 1]
    assert factors("shoes") == [1, 1, 1, 1]
    assert factors("under $50") == [1, 1, 1, 0]
    assert factors("between 20 and 50") == [0, 1, 1, 0]
    # Where prices are in several currencies, one is not compared with another.
    assert factors("under 100") == [1, 1, 1, 1]
    assert factors("under $100") == [1, 1, 1, 0]
    assert factors("under €100") == [0, 0, 1, 1]
    assert factors("under £100") == [1, 1, 1, 1]
    assert factors("cheap shoes")[3] < 1


def test_values_are_contradicted_by_others_of_their_slot(
    shop_release: Release, vocabulary: Vocabulary
) -> None:
    rows = np.arange(len(shop_release.products))
    products = [shop_release.products.product(row) for row in rows]

    def found(query: str) -> list[float]:
        intent = parse(query, shop_release.vocabulary)
        suited = suits(intent, shop_release.vocabulary, shop_release.products, rows)
        permission = permitted(intent, shop_release.vocabulary, shop_release.products)
        return (suited if permission is None else suited * permission).tolist()

    for item, factor in zip(products, found("red ones"), strict=True):
        assert factor == (0.5 if item.attributes.get("colour") == "sky blue" else 1)
    for item, factor in zip(products, found("red or sky blue ones"), strict=True):
        assert factor == 1, item.title
    for item, factor in zip(products, found("not red ones"), strict=True):
        assert factor == (0 if item.attributes.get("colour") == "red" else 1)


def test_words_are_mentioned_unless_denied() -> None:
    milk = product("a", "Milk chocolate", description="Without nuts. Gluten-free.")
    assert mentions(milk, "milk")
    assert not mentions(milk, "nuts")
    assert not mentions(milk, "gluten")
    assert not mentions(milk, "chocolates milk")


def find(release: Release, query: str, **request: object) -> SearchResponse:
    asked = {"query": query, "event_id": "e", "at": NOW, "limit": 50} | request
    return search(release, SearchRequest.model_validate(asked), NOW)


def test_a_price_and_an_exclusion_are_kept_to(shop_release: Release) -> None:
    found = find(shop_release, "mug under $20, not red")
    assert found.products[0].product.product_id == "Mug-sky-blue-8"
    for item in found.products:
        assert item.product.price is None or item.product.price <= 20
        assert item.product.attributes.get("colour") != "red"
    assert [(s.slot, s.values, s.high, s.text) for s in found.understood] == [
        ("budget", ["USD"], 20, "under $20"),
        ("exclusion", ["red"], None, "not red"),
    ]
    assert found.relaxed == []


def test_what_is_ignored_is_not_kept_to(shop_release: Release) -> None:
    found = find(shop_release, "mug under $20, not red", ignore=["budget", "exclusion"])
    assert {"Mug-red-8", "Mug-sky-blue-30"} <= {p.product.product_id for p in found.products}
    assert found.understood == []


def test_price_gives_way_before_exclusions(tmp_path: Path) -> None:
    mugs = [
        product(f"mug-{n}", f"{colour} mug", price=20, attributes={"colour": colour})
        for n, colour in enumerate(["red", "red", "blue", "blue"])
    ]
    build_release(mugs, tmp_path / "release")
    release = open_release(tmp_path / "release")
    found = find(release, "mug under $5, not red")
    assert found.relaxed == ["budget"]
    assert {p.product.attributes["colour"] for p in found.products} == {"blue"}
    nothing = find(release, "mug under $5, no red or blue")
    assert nothing.relaxed == ["budget", "exclusion"]
    assert len(nothing.products) == 4


def test_an_order_is_kept_to_among_good_answers(shop_release: Release) -> None:
    cheapest = [p.product for p in find(shop_release, "cheapest mug").products]
    assert [p.price for p in cheapest[:4]] == [8, 8, 30, 30]
    assert all("Mug" in p.title for p in cheapest[:4])
    popular = find(shop_release, "most popular mug").products
    assert popular[0].product.sold_count == 30


def test_only_known_slots_can_be_ignored() -> None:
    asked = {"query": "mug", "event_id": "e", "at": NOW}
    assert SearchRequest.model_validate(asked).ignore == []
    for wrong in (["price"], "budget", ["budget"] * 21):
        with pytest.raises(ValidationError, match="ignore"):
            SearchRequest.model_validate(asked | {"ignore": wrong})


def test_a_card_keeps_to_the_search_that_it_answers(shop_release: Release) -> None:
    profile = Profile().apply([event("search", "mug under $20, not red")])
    cards = recommend(shop_release, profile, "u", RecommendRequest(), NOW).cards
    assert cards[0].reason.code == "searched"
    for item in cards[0].products:
        assert item.product.price is None or item.product.price <= 20
        assert item.product.attributes.get("colour") != "red"


def test_a_release_without_a_vocabulary_is_still_searched(shop_release: Release) -> None:
    assert Vocabulary().products == 0
    intent = parse("red mug under $20", Vocabulary())
    assert [slot.name for slot in intent.slots] == ["budget"]
    rows = np.arange(len(shop_release.products))
    assert suits(intent, Vocabulary(), shop_release.products, rows).max() == 1


def test_the_test_set_is_large_and_can_be_answered() -> None:
    products = demo_products()
    queries = intent_queries(products)
    assert len({query.query for query in queries}) >= 300
    assert sum(query.hand_written for query in queries) >= 150
    stock = [item for item in products if item.in_stock]
    for query in queries:
        if not query.hand_written:
            assert any(query.is_answered_by(item) for item in stock), query.query


def test_the_evaluation_counts_slots_and_what_keeps_to_them(shop_release: Release) -> None:
    queries = [
        IntentQuery("red mug", frozenset({("colour", "red")}), frozenset({"Mug"}), True),
        IntentQuery("mug, no red", frozenset({("colour", "red")}), frozenset({"Mug"}), True),
    ]
    figures = evaluate_intent(shop_release, queries, worst=5)
    assert (figures["precision"], figures["recall"]) == (0.5, 0.5)
    # Of two red mugs the first search brings both, the second, misread, none.
    assert figures["satisfied@5"] == 0.5
    assert [failure["query"] for failure in figures["worst"]] == ["mug, no red"]
