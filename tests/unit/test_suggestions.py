"""Suggestions: what may be published, and how much of it."""

import gzip
import json
import random
import string
import uuid
from pathlib import Path

import pytest

from indexer_job.files import UserEvent, user_event
from indexer_job.suggestions import (
    LEAST_SHOPPERS,
    MAX_CHARS,
    MAX_ENTRIES,
    MAX_GZIPPED_BYTES,
    suggestions_of,
    write_suggestions,
)
from shopfyp.catalog import Product
from shopfyp.suggestions import FILE, Suggestion, SuggestionsFile
from tests.conftest import product, small_catalog
from tests.unit.test_functions import main as main  # a fixture


def searches(query: str, *shoppers: str, day: int = 1) -> list[UserEvent]:
    """A search for `query` by each of `shoppers`, on a day of January."""
    return [
        user_event(
            {
                "event_id": str(uuid.uuid4()),
                "user_id": shopper,
                "type": "search",
                "query": query,
                "at": f"2026-01-{day:02}T10:00:00Z",
            },
            "searches",
        )
        for shopper in shoppers
    ]


def queries(events: list[UserEvent], products: list[Product] | None = None) -> list[str]:
    """The texts of the suggestions that come from searches."""
    entries = suggestions_of(products or small_catalog(), events)
    return [text for text, kind, *_ in entries if kind == "query"]


def texts(entries: list[Suggestion], kind: str) -> list[str]:
    return [entry[0] for entry in entries if entry[1] == kind]


def test_a_query_is_published_only_when_three_different_shoppers_typed_it() -> None:
    assert LEAST_SHOPPERS == 3
    two = searches("red leather sandals", "ann", "bo")
    again = searches("Red  LEATHER sandals ", *["ann"] * 10, *["bo"] * 10, day=2)
    assert queries(two + again) == []
    assert queries(two + again + searches("RED leather\tsandals", "cy")) == ["red leather sandals"]


def test_writings_of_two_shoppers_each_do_not_add_up() -> None:
    """They would be one entry, but nobody else's words are published under it."""
    each = searches("leather sandals", "ann", "bo") + searches("leather sandal", "cy", "di")
    assert queries(each) == []


@pytest.mark.parametrize(
    "query",
    ["jane doe red sandals", "0770 900123", "sandals to 12 elm street", "me@example.com", "gift"],
)
def test_words_that_the_catalogue_does_not_know_are_never_published(query: str) -> None:
    assert queries(searches(query, *(f"u{n}" for n in range(50)))) == []


def test_words_that_describe_people_are_known_in_every_shop() -> None:
    query = "ben 10 sandals for my nephew"
    assert query in queries(searches(query, "ann", "bo", "cy"))


def test_a_shopper_counts_once_and_old_searches_count_less() -> None:
    often = searches("wireless speaker", *["ann"] * 30, "bo", "cy", day=28)
    many = searches("garden shears", *(f"u{n}" for n in range(6)), day=28)
    old = searches("plastic chess pieces", *(f"u{n}" for n in range(6)), day=1)
    catalogue = [*small_catalog(), product("chess", "Chess, pieces of plastic")]
    assert queries(often + many + old, catalogue) == [
        "garden shears",
        "wireless speaker",
        "plastic chess pieces",
    ]


def test_searches_of_another_age_weigh_nothing_and_break_nothing() -> None:
    old = searches("wireless speaker", "ann", "bo", "cy")
    (late,) = searches("wok", "di")
    late = late._replace(at=late.at.replace(year=2200))
    assert ("wireless speaker", "query", 0) in suggestions_of(small_catalog(), [*old, late])


def test_what_differs_in_writing_and_filler_is_one_entry_in_the_catalogues_writing() -> None:
    catalogue = [product(f"b{n}", f"Number {n}", category=["Dog Bowls"]) for n in range(2)]
    events = searches("a dog bowl as a gift", "ann", "bo", "cy")
    events += searches("dog bowl", "ann", "bo", "cy", "di")
    (entry,) = [e for e in suggestions_of(catalogue, events) if "ow" in e[0]]
    # It weighs what the most frequent query weighs.
    assert entry == ("Dog Bowls", "category", 1000)


def test_the_heaviest_come_first_and_products_last() -> None:
    entries = suggestions_of(small_catalog(), [])
    weights = [entry[2] for entry in entries]
    assert weights == sorted(weights, reverse=True)
    assert texts(entries, "category")[0] == "Shoes"
    assert texts(entries, "brand") == ["Marlowe", "Omni 0", "Omni 1"]
    assert texts(entries, "theme") == ["Ben 10"]
    assert entries[0][1] == "category"
    assert max(e[2] for e in entries if e[1] == "product") <= 600


def test_products_are_the_popular_ones_and_can_be_opened() -> None:
    catalogue = [
        product("a", "Blue Kettle", sold_count=5),
        product("b", "Red Kettle, 1.7 l, with a long lead", sold_count=500),
        product("c", "Red Kettle, 1,000 W", sold_count=50),
        product("d", "Green Kettle", sold_count=5000, in_stock=False),
    ]
    entries = suggestions_of(catalogue, [])
    assert [(e[0], e[1], e[3]) for e in entries] == [
        ("Red Kettle", "product", "b"),
        ("Blue Kettle", "product", "a"),
    ]


def test_a_long_title_is_cut_between_words_and_a_long_query_left_out() -> None:
    long = "teapot " * 40
    entries = suggestions_of([product("a", long)], searches(long, "ann", "bo", "cy"))
    ((text, kind, *_),) = entries
    assert kind == "product"
    assert text.endswith("teapot…")
    assert len(text) <= MAX_CHARS
    ((text, *_),) = suggestions_of([product("a", "x" * 300)], [])
    assert len(text) == MAX_CHARS


def test_a_name_of_a_single_product_is_none() -> None:
    catalogue = [product("a", "Mug", brand="Solo", category=["Only"])]
    assert [entry[1] for entry in suggestions_of(catalogue, [])] == ["product"]


def test_themes_and_brands_are_combined_with_the_narrowest_category() -> None:
    about = {"brand": "Acme", "category": ["Home", "Acme Mugs"], "attributes": {"theme": "Pirate"}}
    catalogue = [product(f"m{n}", f"Mug {n}", **about) for n in range(2)]
    catalogue += [product("b", "Bowl", brand="Acme", category=["Home", "Bowls"])]
    entries = suggestions_of(catalogue, [])
    assert texts(entries, "combination") == ["Pirate Acme Mugs"]
    assert texts(suggestions_of(small_catalog(), []), "combination") == [
        "Ben 10 Kids",
        "Marlowe Women",
        "Omni 0 Kids",
        "Omni 1 Kids",
    ]


def test_an_empty_catalogue_suggests_nothing(tmp_path: Path) -> None:
    gone = [product("a", "Mug", category=["Mugs"], in_stock=False)]
    for products in ([], gone):
        write_suggestions(products, searches("mug", "ann", "bo"), tmp_path)
        assert json.loads((tmp_path / FILE).read_text()) == {"entries": []}


def test_every_script_is_kept_as_it_is(tmp_path: Path) -> None:
    titles = ["Crème brûlée torch", "お茶セット", "чайник", "تابلو", "กาน้ำชา", "Cafe\u0301 cup"]
    catalogue = [product(str(n), title) for n, title in enumerate(titles)]
    write_suggestions(catalogue, searches("CRÈME Brûlée", "ann", "bo", "cy"), tmp_path)
    entries = json.loads((tmp_path / FILE).read_text())["entries"]
    assert {entry[0] for entry in entries} == {*titles[:-1], "Café cup", "crème brûlée"}


def test_the_file_stays_within_its_bounds(tmp_path: Path) -> None:
    """Texts of a random alphabet compress worse than any shop's."""
    rng = random.Random(5)

    def word() -> str:
        return "".join(rng.choices(string.ascii_lowercase, k=8))

    few = [product(str(n), f"mug {n:05}", sold_count=n) for n in range(MAX_ENTRIES + 1000)]
    write_suggestions(few, [], tmp_path)
    entries = json.loads((tmp_path / FILE).read_text())["entries"]
    assert len(entries) == MAX_ENTRIES
    assert entries[0][0] == f"mug {MAX_ENTRIES + 999:05}"

    many = [
        product(f"id-{n}", " ".join(word() for _ in range(6)), sold_count=n) for n in range(6000)
    ]
    write_suggestions(many, [], tmp_path)
    data = (tmp_path / FILE).read_bytes()
    assert 0.85 * MAX_GZIPPED_BYTES < len(gzip.compress(data)) <= MAX_GZIPPED_BYTES
    kept = [entry[3] for entry in json.loads(data)["entries"]]
    # The most popular were kept.
    assert kept[0] == "id-5999"
    assert set(kept) == {f"id-{n}" for n in range(6000 - len(kept), 6000)}


def test_a_release_holds_its_suggestions(release_folder: Path) -> None:
    held = SuggestionsFile.model_validate_json((release_folder / FILE).read_bytes())
    assert ("Ben 10", "theme") in [entry[:2] for entry in held.entries]
    assert FILE in json.loads((release_folder / "manifest.json").read_text())["files"]
