"""The serving path on a real release: search -> profile -> card, and its edges."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from indexer_job.build import build_release
from shopfyp.api import RecommendRequest, SearchRequest, SimilarRequest
from shopfyp.errors import UnknownProduct
from shopfyp.profile import Profile
from shopfyp.recommend import rank_products, recommend, similar
from shopfyp.release import Release, open_release
from shopfyp.search import search
from tests.conftest import product, small_catalog
from tests.unit.test_profile import NOW, event

BEN_10 = "I want to buy shoes for my 10-year-old son who likes Ben 10"


def cards(release: Release, profile: Profile, **request: object):
    asked = RecommendRequest.model_validate(request)
    return recommend(release, profile, "u", asked, NOW, np.random.default_rng(1)).cards


def find(release: Release, query: str, **request: object):
    asked = SearchRequest.model_validate(
        {"query": query, "event_id": "e", "at": NOW, "limit": 5} | request
    )
    return search(release, asked, NOW)


def test_a_search_finds_what_was_meant(release: Release) -> None:
    found = find(release, BEN_10).products
    assert all(item.product.product_id.startswith("ben10") for item in found)
    assert {"lexical", "semantic"} <= set(found[0].sources)


def test_a_search_finds_meaning_without_words(release: Release) -> None:
    assert "headphones" in find(release, "something to listen to music").products[0].product.title


def test_a_search_of_unknown_words_still_answers(release: Release) -> None:
    assert find(release, "zzzz qqqq").products


def test_search_pages_do_not_overlap(release: Release) -> None:
    whole = [i.product.product_id for i in find(release, "large", limit=10).products]
    parts = [
        i.product.product_id
        for offset in (0, 5)
        for i in find(release, "large", offset=offset).products
    ]
    assert parts == whole


def test_search_finds_clips(release: Release) -> None:
    assert [c.clip_id for c in find(release, "growing tomatoes in the garden").clips] == ["c1"]


def test_the_card_after_a_search_offers_it_and_says_why(release: Release) -> None:
    profile = Profile().apply([event("view_item", "garden-0", -5), event("search", BEN_10)])
    (card,) = cards(release, profile)
    assert card.reason.code == "searched"
    assert card.reason.params == {"query": BEN_10}
    assert len(card.products) == 5
    assert all(i.product.product_id.startswith("ben10") for i in card.products)


def test_the_next_card_is_for_another_interest(release: Release) -> None:
    profile = Profile().apply([event("view_item", "garden-0", -5), event("search", BEN_10)])
    first, second = cards(release, profile, cards=2)
    assert first.reason.code == "searched"
    assert second.reason != first.reason
    shown = [i.product.product_id for c in (first, second) for i in c.products]
    assert len(shown) == len(set(shown))


def test_neighbours_of_a_viewed_product_come_with_their_reason(release: Release) -> None:
    profile = Profile().apply([event("view_item", "kitchen-0")])
    (card,) = cards(release, profile)
    assert card.products[0].product.product_id == "kitchen-3"
    assert card.source == "neighbours"
    assert card.reason.code == "goes_with"
    assert card.reason.params == {"product_id": "kitchen-0", "title": "cast iron frying pan"}


def test_a_stranger_sees_popular_products_of_many_departments(release: Release) -> None:
    (card,) = cards(release, Profile())
    assert card.reason.code == "popular"
    departments = {i.product.category[0] for i in card.products}
    assert len(departments) == len(card.products) == 5


def test_a_watched_clip_is_a_weak_signal(release: Release) -> None:
    (card,) = cards(release, Profile().apply([event("view_clip", "c1")]))
    assert card.reason.code == "watched"
    assert card.reason.params == {"clip_id": "c1", "topic": "gardening"}
    strong = Profile().apply([event("search", "headphones", -60), event("view_clip", "c1")])
    assert cards(release, strong)[0].reason.code == "searched"


def test_rejected_bought_and_excluded_products_do_not_come_back(release: Release) -> None:
    profile = Profile().apply([event("search", BEN_10)])
    first = [i.product.product_id for i in cards(release, profile)[0].products]
    profile = profile.apply([event("not_interested", first[0]), event("purchase", first[1])])
    later = cards(release, profile, cards=5, exclude=[first[2]])
    shown = {i.product.product_id for card in later for i in card.products}
    assert shown.isdisjoint(first[:3])


def test_what_is_out_of_stock_is_never_shown(release: Release) -> None:
    profile = Profile().apply([event("search", "women's red leather school shoes")])
    shown = [i for card in cards(release, profile, cards=5) for i in card.products]
    assert shown
    assert all(item.product.in_stock for item in shown)
    found = find(release, "women's red leather school shoes", limit=50).products
    assert "heels-5" not in {i.product.product_id for i in found}


def test_a_card_seen_often_steps_back(release: Release) -> None:
    profile = Profile().apply([event("search", BEN_10)])
    first = cards(release, profile)[0].products[0].product.product_id
    seen = profile.apply([event("impression", first, n / 60) for n in range(8)])
    assert cards(release, seen)[0].products[0].product.product_id != first


def test_no_more_than_three_of_a_brand_while_there_are_others(release: Release) -> None:
    profile = Profile().apply([event("search", "women's shoes in red leather")])
    brands = [i.product.brand for i in cards(release, profile)[0].products]
    assert brands.count("Marlowe") == 3


def test_interests_in_products_and_clips_that_are_gone_are_left_out(release: Release) -> None:
    profile = Profile().apply([event("purchase", "gone"), event("view_clip", "gone", 1)])
    assert cards(release, profile)[0].reason.code == "popular"


def test_old_interests_fade(release: Release) -> None:
    old = event("search", BEN_10, -60 * 24 * 30)
    new = event("view_item", "garden-0")
    assert cards(release, Profile().apply([old, new]))[0].reason.code != "searched"


def test_similar_products_exclude_the_product_itself(release: Release) -> None:
    answer = similar(release, SimilarRequest(product_id="ben10-0"), NOW)
    assert answer.product.product_id == "ben10-0"
    ids = [i.product.product_id for i in answer.similar]
    assert "ben10-0" not in ids
    assert ids[0].startswith("ben10")


def test_similar_to_an_unknown_product_is_an_error(release: Release) -> None:
    for product_id in ("nope", "x" * 128, "zzz"):
        with pytest.raises(UnknownProduct):
            similar(release, SimilarRequest(product_id=product_id), NOW)


def test_a_shopper_who_has_bought_everything_gets_no_card(release: Release) -> None:
    profile = Profile().apply([event("purchase", p.product_id) for p in small_catalog()])
    assert cards(release, profile) == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_tiny_catalogue_serves(tmp_path: Path, count: int) -> None:
    build_release([product(f"p{n}", f"thing {n}") for n in range(count)], tmp_path / "tiny")
    tiny = open_release(tmp_path / "tiny")
    profile = Profile().apply([event("search", "thing"), event("view_item", "p0", 1)])
    assert sum(len(card.products) for card in cards(tiny, profile, cards=5)) == count
    assert len(find(tiny, "thing").products) == count
    assert len(similar(tiny, SimilarRequest(product_id="p0"), NOW).similar) == count - 1


def test_a_catalogue_without_words_serves(tmp_path: Path) -> None:
    build_release([product("p0", "!!!"), product("p1", "???")], tmp_path / "wordless")
    assert len(find(open_release(tmp_path / "wordless"), "anything").products) == 2


def test_ranking_is_the_same_for_the_same_random_numbers(release: Release) -> None:
    profile = Profile().apply([event("search", "garden")])
    later = NOW + timedelta(hours=1)
    runs = [
        rank_products(release, profile, later, 30, rng=np.random.default_rng(3)) for _ in range(2)
    ]
    assert runs[0] == runs[1]
