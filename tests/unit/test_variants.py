"""Variants: found by their group, told apart by options, and never a crowd."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from indexer_job.build import build_release
from indexer_job.files import UserEvent, user_event
from shopfyp.api import RecommendRequest, SearchRequest, SimilarRequest
from shopfyp.catalog import Product
from shopfyp.profile import Profile
from shopfyp.recommend import recommend, similar
from shopfyp.records import MAX_VARIANTS
from shopfyp.release import Release, open_release
from shopfyp.reranking import in_turns, one_of_each
from shopfyp.search import rank_products, search
from shopfyp.variants import options_of
from tests.conftest import product, small_catalog, small_events
from tests.unit.test_profile import event

NOW = datetime(2026, 1, 20, tzinfo=UTC)
COLOURS = ["red", "blue", "green", "teal", "pink", "grey"]


def mugs() -> list[Product]:
    """Six colours of one mug, the blue one sold out, and two mugs of other makes."""
    own = [
        product(
            f"mug-{colour}",
            f"Stoneware mug, {colour}",
            group_id="mug",
            price=10.0,
            category=["Kitchen"],
            in_stock=colour != "blue",
            attributes={"colour": colour, "material": "stoneware"},
        )
        for colour in COLOURS
    ]
    other = [
        product(f"other-{n}", f"Stoneware mug number {n}", category=["Kitchen"], price=9.0 + n)
        for n in range(2)
    ]
    return [*own, *other]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The small catalogue, with mugs; who buys a red mug buys a spatula."""
    folder = tmp_path_factory.mktemp("variants") / "release"
    red = [
        e._replace(
            user_id=f"mug {e.user_id}",
            event=e.event.model_copy(update={"product_id": "mug-red"})
            if e.event.product_id == "kitchen-0"
            else e.event,
        )
        for e in small_events()
    ]
    build_release([*small_catalog(), *mugs()], folder, events=[*small_events(), *red])
    return open_release(folder)


def page(release: Release, product_id: str, limit: int = 12):
    return similar(release, SimilarRequest(product_id=product_id, limit=limit), NOW)


def find(release: Release, **request: object) -> list[str]:
    asked = SearchRequest.model_validate(
        {"query": "stoneware mug", "event_id": "e", "at": NOW} | request
    )
    return [item.product.product_id for item in search(release, asked, NOW).products]


def ids(items) -> list[str]:
    return [item.product.product_id for item in items]


def test_a_page_shows_the_group_with_its_options(shop: Release) -> None:
    variants = page(shop, "mug-green").variants
    assert [v.options for v in variants] == [{"colour": colour} for colour in COLOURS]
    assert [v.product_id for v in variants if not v.in_stock] == ["mug-blue"]
    assert page(shop, "kitchen-0").variants == []


def test_rails_hold_no_variant_of_the_product_and_share_nothing(shop: Release) -> None:
    for product_id in ("mug-red", "kitchen-0", "ben10-0"):
        answer = page(shop, product_id)
        like, taken = ids(answer.similar), ids(answer.goes_with)
        assert not {*like} & {*taken}
        assert product_id not in like + taken
        groups = [i.product.group_id for i in [*answer.similar, *answer.goes_with]]
        assert groups.count("mug") <= (product_id != "mug-red")
        assert like


def test_what_goes_with_one_variant_goes_with_all(shop: Release) -> None:
    assert ids(page(shop, "mug-red").goes_with) == ["kitchen-3"]
    assert ids(page(shop, "mug-teal").goes_with) == ["kitchen-3"]
    assert ids(page(shop, "garden-0").goes_with) == []


def test_what_is_like_and_goes_with_stands_where_it_is_more(release: Release) -> None:
    answer = page(release, "kitchen-0", limit=30)
    assert ids(answer.goes_with) == ["kitchen-3"]  # all bought it next; a wok is more alike
    assert "kitchen-1" in ids(answer.similar)
    assert "kitchen-3" not in ids(answer.similar)


def test_what_is_of_another_category_goes_with_it_however_alike(tmp_path: Path) -> None:
    def set_of(kind: str) -> list[Product]:
        names = ["red", "blue", "green", "grey"]
        return [product(f"{kind}-{n}", f"{n} linen {kind}", category=[kind]) for n in names]

    def bought(user: int, product_id: str, day: int) -> UserEvent:
        fields = {"event_id": f"{user}-{day}", "user_id": f"u{user}", "type": "purchase"}
        at = f"2026-01-{day:02}T10:00:00Z"
        return user_event({**fields, "product_id": product_id, "at": at}, "test")

    events = [bought(user, "sheet-red", 1) for user in range(20)]
    events += [bought(user, "lamp", 2) for user in range(20)]
    events += [bought(user, "pillow-red", 3) for user in range(14)]
    events += [bought(user, "pillow-grey", 4) for user in range(3)]  # by chance
    lamp = product("lamp", "brass lamp", category=["lamps"])
    build_release([*set_of("sheet"), *set_of("pillow"), lamp], tmp_path / "linen", events=events)
    answer = page(open_release(tmp_path / "linen"), "sheet-red")
    assert ids(answer.goes_with) == ["lamp", "pillow-red"]
    assert "pillow-red" not in ids(answer.similar)
    assert {"sheet-blue", "pillow-blue"} <= {*ids(answer.similar)}


def test_a_search_shows_other_products_before_further_variants(shop: Release) -> None:
    found = find(shop)
    mugs = [i for i in found if i.startswith(("mug", "other"))]
    assert mugs[0].startswith("mug") or mugs[1].startswith("mug")
    assert {*mugs[:3]} >= {"other-0", "other-1"}
    # All are there, once, and pages go on where the one before ended.
    assert len({*mugs}) == len(mugs) == 7
    asked = SearchRequest(query="stoneware mug", event_id="e", at=NOW, limit=3)
    first = search(shop, asked, NOW)
    assert first.total == len(found)
    second = search(shop, asked.model_copy(update={"page_token": first.next_page_token}), NOW)
    assert ids(first.products) + ids(second.products) == found[:6]


def test_without_groups_nothing_changes_its_place(release: Release) -> None:
    ranked = rank_products(release, "ben 10 shoes", NOW)
    assert len(ranked) > 10
    assert in_turns(release, ranked) == one_of_each(release, ranked) == ranked


def test_a_colour_asked_for_is_the_variant_that_is_shown(shop: Release) -> None:
    assert find(shop, query="teal stoneware mug")[0] == "mug-teal"
    assert find(shop, query="pink stoneware mug")[0] == "mug-pink"


def test_an_order_that_was_chosen_is_kept(shop: Release) -> None:
    found = [i for i in find(shop, sort="price_high") if i.startswith(("mug", "other"))]
    assert found[-1] == "other-0"
    assert found[:6].count("other-1") == 1
    asked = [i for i in find(shop, query="cheapest stoneware mug") if i.startswith("m")]
    assert len(asked) == 5


def test_a_card_shows_one_variant(shop: Release) -> None:
    profile = Profile().apply([event("search", "stoneware mug")])
    asked = RecommendRequest(cards=3)
    for seed in range(10):
        rng = np.random.default_rng(seed)
        for card in recommend(shop, profile, "u", asked, NOW, rng).cards:
            shown = ids(card.products)
            assert sum(i.startswith("mug") for i in shown) <= 1
    first = recommend(shop, profile, "u", asked, NOW, np.random.default_rng(1)).cards[0]
    assert any(i.startswith("mug") for i in ids(first.products))


def test_a_large_group_is_cut_around_the_product(tmp_path: Path) -> None:
    many = [product(f"p{n}", f"size {n}", group_id="g") for n in range(3 * MAX_VARIANTS)]
    build_release(many, tmp_path / "r")
    release = open_release(tmp_path / "r")
    for row in (0, 70, len(many) - 1):
        rows = release.products.variants(row).tolist()
        assert row in rows
        assert len(rows) <= MAX_VARIANTS


def test_options_are_what_differs_and_all_have() -> None:
    shirts = [
        product(f"{c}{s}", "Shirt", attributes={"size": s, "color": c, "material": "linen"})
        for c in ("red", "blue")
        for s in (38, 40)
    ]
    assert options_of(shirts)[1] == {"colour": "red", "size": "40"}
    assert list(options_of(shirts)[1]) == ["colour", "size"]
    assert options_of([*shirts, product("x", "Shirt")]) == [{}] * 5
    assert options_of([product("y", "Shirt", attributes={"size": ["S", "M"]})] * 2) == [{}] * 2


@pytest.mark.parametrize("counts", [[1, 2, 3], [0] * 5, [-1, 0, 0, 0, 1], [1] * 6])
def test_a_histogram_holds_five_counts(counts: list[int]) -> None:
    with pytest.raises(ValidationError, match="rating_histogram"):
        product("p", "Mug", rating_histogram=counts)
