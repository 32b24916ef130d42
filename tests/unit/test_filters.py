"""Filters and facets: what passes, what is counted, and that both agree."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from indexer_job.build import build_release
from shopfyp.api import (
    Facet,
    FacetValue,
    Filters,
    RecommendRequest,
    SearchRequest,
    SearchResponse,
)
from shopfyp.catalog import Product
from shopfyp.events import SearchEvent
from shopfyp.filters import masks_of
from shopfyp.profile import Profile
from shopfyp.recommend import recommend
from shopfyp.release import Release, open_release
from shopfyp.search import search
from tests.conftest import product

NOW = datetime(2026, 3, 1, tzinfo=UTC)
_BRANDS = ["Ada", "Bo", "Cy"]
_COLOURS = ["red", "navy", "mint"]
_AGES = ["2-4 years", "6-8 years", ""]


def _catalog() -> list[Product]:
    """Mugs and lamps of every brand and colour, one in eight sold out, and much else."""
    rows = [
        product(
            f"{kind}-{number}",
            f"{_COLOURS[number % 3]} {kind} number {number}",
            brand=_BRANDS[number // 3 % 3],
            category=[["Kitchen", "Mugs"], ["Kitchen", "Jugs"], ["Home", "Lamps"]][place],
            price=None if number == 5 else 5.0 + number,
            currency="EUR" if number == 7 else "USD",
            rating=None if number == 6 else 3 + number % 5 * 0.5,
            sold_count=number * 7 % 10,
            published_at=datetime(2026, 1, 1 + number, tzinfo=UTC) if number % 4 else None,
            in_stock=number % 8 != 1,
            attributes={
                key: value
                for key, value in (
                    ("colour", _COLOURS[number % 3]),
                    ("age_range", _AGES[number // 9]),
                )
                if value
            },
        )
        for place, kind in enumerate(["mug", "jug", "lamp"])
        for number in range(27)
    ]
    other = ["garden hose", "bicycle bell", "jigsaw puzzle", "winter coat", "guitar strings"]
    return rows + [product(f"other-{n}", t, category=["Rest"]) for n, t in enumerate(other)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("shop") / "release"
    build_release(_catalog(), folder)
    return open_release(folder)


def find(release: Release, query: str = "mug", **request: object) -> SearchResponse:
    asked = {"query": query, "event_id": "e", "at": NOW, "limit": 50} | request
    return search(release, SearchRequest.model_validate(asked), NOW)


def products(found: SearchResponse) -> list[Product]:
    return [item.product for item in found.products]


def facet(found: SearchResponse, name: str) -> Facet:
    assert found.facets is not None
    return next(facet for facet in found.facets if facet.name == name)


def counts(found: SearchResponse, name: str) -> dict[str, int]:
    return {" > ".join(value.path): value.count for value in facet(found, name).values}


def _filter_for(name: str, value: FacetValue) -> dict[str, object]:
    """The filter that choosing a value of a facet means."""
    match name:
        case "category":
            return {name: [value.path]}
        case "brand" | "colour":
            return {name: value.path}
        case "rating":
            return {name: value.low}
    bounds = {"low": value.low, "high": value.high}
    return {name: bounds | ({"currency": "USD"} if name == "price" else {})}


PASSING = [
    ({"category": [["Kitchen"]]}, lambda p: p.category[0] == "Kitchen"),
    ({"category": [["Kitchen", "Jugs"], ["Home"]]}, lambda p: p.category[1] != "Mugs"),
    ({"brand": ["Ada", "Cy"]}, lambda p: p.brand in {"Ada", "Cy"}),
    ({"price": {"low": 8, "high": 12}}, lambda p: p.price and 8 <= p.price <= 12),
    (
        {"price": {"low": 8, "high": 12, "currency": "EUR"}},
        lambda p: p.price and 8 <= p.price <= 12 and p.currency == "EUR",
    ),
    ({"price": {"high": 6.5}}, lambda p: p.price and p.price <= 6.5),
    ({"rating": 4.5}, lambda p: p.rating and p.rating >= 4.5),
    ({"colour": ["navy"]}, lambda p: p.attributes["colour"] == "navy"),
    ({"age": {"low": 7, "high": 7}}, lambda p: p.attributes.get("age_range") == "6-8 years"),
    ({"age": {"high": 5}}, lambda p: p.attributes.get("age_range") == "2-4 years"),
    (
        {"brand": ["Bo"], "colour": ["red", "mint"], "rating": 4},
        lambda p: (
            p.brand == "Bo"
            and p.attributes["colour"] in {"red", "mint"}
            and p.rating
            and p.rating >= 4
        ),
    ),
]


@pytest.mark.parametrize(("filters", "passes"), PASSING, ids=[str(f) for f, _ in PASSING])
def test_a_filter_leaves_just_what_passes_it(shop: Release, filters, passes) -> None:
    # Nothing is described, so that all products are found.
    found = find(shop, "under $1000", filters=filters, ignore=["budget"])
    expected = {p.product_id for p in _catalog()[:81] if p.in_stock and passes(p)}
    assert expected
    assert {p.product_id for p in products(found)} == expected
    assert found.total == len(expected)


@pytest.mark.parametrize(
    "filters", [{"brand": ["Nobody"]}, {"colour": ["plaid"]}, {"category": [["Kitchen", "Pots"]]}]
)
def test_an_unknown_value_passes_nothing(shop: Release, filters) -> None:
    found = find(shop, filters=filters)
    assert (found.products, found.total, found.next_page_token) == ([], 0, None)
    # It is offered all the same, so that it can be taken back.
    assert any(v.selected and not v.count for v in facet(found, next(iter(filters))).values)


def test_a_query_finds_what_answers_it_and_no_more(shop: Release) -> None:
    found = find(shop)
    assert {p.product_id for p in products(found)} >= {f"mug-{n}" for n in range(27) if n % 8 != 1}
    assert found.total == len(found.products) < len(shop.products) / 2
    assert "Rest" not in counts(found, "category")


@pytest.mark.parametrize("first", [{}, {"brand": ["Ada"]}, {"colour": ["red"], "rating": 3.5}])
def test_every_count_is_what_its_filter_leaves(shop: Release, first: dict) -> None:
    """Also beside other filters; a facet's own selection is replaced."""
    checked = 0
    for name in ("category", "brand", "price", "rating", "colour", "age"):
        others = {key: value for key, value in first.items() if key != name}
        offered = {f.name: f.values for f in find(shop, filters=first).facets or []}
        for value in offered.get(name, []):
            chosen = find(shop, filters=others | _filter_for(name, value))
            assert chosen.total == value.count, (name, value)
            assert [v for v in facet(chosen, name).values if v.selected], (name, value)
            checked += 1
    assert checked > 15


def test_values_of_a_facet_are_alternatives(shop: Release) -> None:
    one, other = (find(shop, filters={"brand": [b]}).total for b in ("Ada", "Bo"))
    both = find(shop, filters={"brand": ["Ada", "Bo"]})
    assert both.total == one + other
    assert [v.path[0] for v in facet(both, "brand").values if v.selected] == ["Ada", "Bo"]
    assert counts(both, "brand") == counts(find(shop), "brand")
    assert counts(both, "colour") != counts(find(shop), "colour")


def test_categories_open_below_what_is_chosen(shop: Release) -> None:
    wide = find(shop, "under $1000", ignore=["budget"])
    assert set(counts(wide, "category")) == {"Kitchen", "Home", "Rest"}
    kitchen = find(shop, "under $1000", ignore=["budget"], filters={"category": [["Kitchen"]]})
    paths = [v.path for v in facet(kitchen, "category").values]
    assert paths.index(["Kitchen"]) + 1 == paths.index(["Kitchen", "Mugs"])
    assert ["Home"] in paths
    assert ["Home", "Lamps"] not in paths
    within = counts(kitchen, "category")
    assert within["Kitchen"] == within["Kitchen > Mugs"] + within["Kitchen > Jugs"]


def test_prices_are_in_the_usual_currency(shop: Release) -> None:
    prices = facet(find(shop), "price")
    assert (prices.currency, prices.low) == ("USD", 5.0)
    assert all(value.low is None or value.low % 0.5 == 0 for value in prices.values)
    euros = facet(find(shop, filters={"price": {"low": 1, "currency": "EUR"}}), "price")
    assert (euros.currency, euros.low, euros.high) == ("EUR", 12.0, 12.0)


def test_a_facet_that_narrows_nothing_is_left_out(tmp_path: Path) -> None:
    build_release(
        [product(f"p{n}", f"mug {n}", brand="Ada", price=3) for n in range(4)], tmp_path / "same"
    )
    assert find(open_release(tmp_path / "same")).facets == []


ORDERS = [
    # Amounts of two currencies say nothing side by side.
    ("price_low", lambda p: None if p.price is None else (p.currency != "USD", p.price)),
    ("price_high", lambda p: None if p.price is None else (p.currency != "USD", -p.price)),
    ("rating", lambda p: None if p.rating is None else -p.rating),
    ("popular", lambda p: -p.sold_count),
    ("newest", lambda p: None if p.published_at is None else -p.published_at.timestamp()),
]


@pytest.mark.parametrize(("sort", "figure"), ORDERS, ids=[name for name, _ in ORDERS])
def test_an_order_is_kept_to_and_what_is_unknown_comes_last(shop, sort: str, figure) -> None:
    by_relevance = [p.product_id for p in products(find(shop))]
    figures = [figure(p) for p in products(find(shop, sort=sort))]
    assert len(figures) == len(by_relevance)
    known = [f for f in figures if f is not None]
    assert known == sorted(known)
    assert figures[: len(known)] == known


def test_an_order_that_is_chosen_wins_over_one_that_was_understood(shop: Release) -> None:
    cheapest = [p.price for p in products(find(shop, "cheapest mug"))]
    dearest = [p.price for p in products(find(shop, "cheapest mug", sort="price_high"))]
    plain = [p.price for p in products(find(shop, "cheapest mug", sort="relevance"))]
    assert cheapest[0] == 5
    assert dearest[0] == 31
    assert plain != cheapest


def test_what_was_understood_gives_way_and_filters_never_do(shop: Release) -> None:
    found = find(shop, "mug under $10", filters={"price": {"low": 20}})
    assert found.relaxed == ["budget"]
    assert products(found)
    assert all(p.price and p.price >= 20 for p in products(found))
    nothing = find(shop, "mug under $10", filters={"brand": ["Nobody"]})
    assert (nothing.products, nothing.relaxed) == ([], [])


def test_constraints_and_filters_hold_before_the_cut(shop: Release, monkeypatch) -> None:
    """With room for three products at each source, all that pass are still found."""
    monkeypatch.setattr("shopfyp.search.MAX_SHOWN", 3)
    for found in (
        find(shop, "mug", filters={"price": {"low": 29}, "colour": ["mint"]}),
        find(shop, "mug over $29, no red or navy"),
    ):
        assert "mug-26" in {p.product_id for p in products(found)}
        assert {p.attributes["colour"] for p in products(found)} == {"mint"}


def test_cards_find_the_few_that_a_search_permits(shop: Release, monkeypatch) -> None:
    """With room for one product at each source, which without its price would be another mug."""
    monkeypatch.setattr("shopfyp.recommend._DEPTH", 1)
    monkeypatch.setattr("shopfyp.recommend._PER_CARD", 4)
    asked = SearchEvent(type="search", event_id="e", at=NOW, query="mint mug over $30")
    profile = Profile().apply([(asked, NOW)])
    (card,) = recommend(shop, profile, "u", RecommendRequest(), NOW).cards
    assert card.reason.code == "searched"
    assert card.products[0].product.product_id == "mug-26"


def test_cards_read_a_search_as_the_shopper_corrected_it(shop: Release) -> None:
    def shown(**read: object) -> set[str]:
        asked = SearchEvent.model_validate(
            {"type": "search", "event_id": "e", "at": NOW, "query": "mint mug over $30"} | read
        )
        profile = Profile().apply([(asked, NOW)])
        (card,) = recommend(shop, profile, "u", RecommendRequest(), NOW).cards
        return {item.product.product_id for item in card.products}

    dear = {p.product_id for p in products(find(shop, "mug over $30", limit=50))}
    assert shown() <= dear
    assert not shown(ignore=["budget"]) <= dear


def test_an_order_is_of_all_that_was_found_not_of_the_best(shop: Release, monkeypatch) -> None:
    """With room for three products at each source, those are the cheapest, not the best."""
    cheapest = [p.product_id for p in products(find(shop, "mug", sort="price_low", limit=3))]
    monkeypatch.setattr("shopfyp.search.MAX_SHOWN", 3)
    assert [p.product_id for p in products(find(shop, "mug", sort="price_low"))] == cheapest


@pytest.mark.parametrize("read", [200, 2])
def test_words_that_are_ruled_out_count_nowhere(tmp_path: Path, monkeypatch, read: int) -> None:
    """They are read in the best answers; among the rest, what holds them is left out unread."""
    monkeypatch.setattr("shopfyp.search._READ", read)
    scents = ["lavender", "lavender-free", "lemon"]
    soaps = [
        product(
            f"{scent}-{n}", f"Hand soap {n}", brand=f"Brand {n % 2}", description=f"It is {scent}."
        )
        for scent in scents
        for n in range(4)
    ]
    build_release(soaps, tmp_path / "release")
    found = find(open_release(tmp_path / "release"), "hand soap without lavender")
    names = {p.product_id for p in products(found)}
    lemon = {f"lemon-{n}" for n in range(4)}
    free = {f"lavender-free-{n}" for n in range(4)}
    assert names == lemon | free if read == 200 else lemon <= names <= lemon | free
    assert found.total == len(names) == sum(counts(found, "brand").values())


def test_masks_are_of_all_products(shop: Release) -> None:
    filters = Filters(brand=["Ada"], colour=["red"])
    masks = masks_of(filters, shop.products, shop.vocabulary)
    assert set(masks) == {"brand", "colour"}
    assert all(m.shape == (len(shop.products),) and m.dtype == np.bool_ for m in masks.values())
