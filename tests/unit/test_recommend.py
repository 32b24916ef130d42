"""The serving path on a real release: search -> profile -> card, and its edges."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from indexer_job.build import build_release
from shopfyp.api import RecommendRequest, SearchRequest, SimilarRequest
from shopfyp.candidates.base import Candidates
from shopfyp.changes import Change
from shopfyp.delta.changed import Delta
from shopfyp.errors import UnknownProduct
from shopfyp.events import Event
from shopfyp.experiments import Configuration, Experiment, Serving, Variant
from shopfyp.profile import Profile
from shopfyp.ranking import pool, rank
from shopfyp.reasons import Reason
from shopfyp.recommend import candidates_for, rank_products, recommend, similar
from shopfyp.release import Release, open_release
from shopfyp.search import search
from shopfyp.signals import shopper_of
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
    first = find(release, "large")
    second = find(release, "large", page_token=first.next_page_token)
    assert [i.product.product_id for i in [*first.products, *second.products]] == whole


def test_search_finds_clips(release: Release) -> None:
    assert [c.clip_id for c in find(release, "growing tomatoes in the garden").clips] == ["c1"]


def test_what_a_query_says_of_people_finds_no_clips(release: Release) -> None:
    assert not find(release, "chess set for my gardener neighbour who hates tomatoes").clips
    assert not find(release, "headphones for my mum, she hates gardening").clips


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


def test_interests_in_products_and_clips_that_are_gone_are_left_out(release: Release) -> None:
    profile = Profile().apply([event("purchase", "gone"), event("view_clip", "gone", 1)])
    assert cards(release, profile)[0].reason.code == "popular"


def test_old_interests_fade(release: Release) -> None:
    old = event("search", BEN_10, -60 * 24 * 30)
    new = event("view_item", "garden-0")
    assert cards(release, Profile().apply([old, new]))[0].reason.code != "searched"


@pytest.fixture(scope="module", params=["when built", "since"])
def sold_out(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Release:
    """The small shop, and before its Ben 10 shoes more like them than are asked for, sold out."""
    folder = tmp_path_factory.mktemp("sold-out") / "release"
    gone = [
        product(f"gone-{n}", "Ben 10 shoes for boys", category=["Shoes", "Kids"], in_stock=False)
        for n in range(200)
    ]
    since = request.param == "since"
    there = [own.model_copy(update={"in_stock": since}) for own in gone]
    build_release([*there, *small_catalog()], folder)
    changes = [Change(own.product_id, NOW, own) for own in gone]
    built = open_release(folder)
    return Delta(built).with_changes(changes) if since else built


@pytest.mark.parametrize(
    "interest", [event("search", "Ben 10 shoes for boys"), event("view_item", "gone-0")]
)
def test_a_card_is_full_though_all_that_is_nearest_is_sold_out(
    sold_out: Release, interest: tuple[Event, datetime]
) -> None:
    (card,) = cards(sold_out, Profile().apply([interest]))
    assert card.reason.code in {"searched", "viewed"}
    assert len(card.products) == 5
    # The caps leave three of a category, unless it is asked for.
    assert all(i.product.product_id.startswith("ben10") for i in card.products[:3])


def test_a_product_page_is_full_though_all_that_is_nearest_is_sold_out(sold_out: Release) -> None:
    found = similar(sold_out, SimilarRequest(product_id="gone-0"), NOW).similar
    assert {f"ben10-{n}" for n in range(6)} <= {i.product.product_id for i in found}
    assert all(item.product.in_stock for item in found)


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


def test_a_brand_or_category_waved_away_is_gone_from_the_next_card_and_comes_back(
    release: Release,
) -> None:
    profile = Profile().apply([event("search", "Ben 10 shoes for boys")])
    assert "Omni 0" in {i.product.brand for i in cards(release, profile)[0].products}
    without = profile.apply([event("not_interested", "ben10-0", 1, scope="brand")])
    shown = cards(release, without)[0].products
    assert shown
    assert "Omni 0" not in {i.product.brand for i in shown}
    undone = without.apply([event("undo_not_interested", "ben10-0", 2, scope="brand")])
    assert "Omni 0" in {i.product.brand for i in cards(release, undone)[0].products}
    nothing = profile.apply([event("not_interested", "ben10-0", 1, scope="category")])
    every = cards(release, nothing, cards=5)
    assert all(i.product.category != ["Shoes", "Kids"] for c in every for i in c.products)
    # What was waved away two months ago hardly counts; the product itself stays away.
    later = NOW + timedelta(days=60)
    again = profile.apply([event("search", "Ben 10 shoes for boys", 60 * 24 * 60)])
    faded = again.apply([event("not_interested", "ben10-0", 1, scope="brand")])
    asked = RecommendRequest()
    (card,) = recommend(release, faded, "u", asked, later, np.random.default_rng(1)).cards
    shown_later = [i.product for i in card.products]
    assert "Omni 0" in {p.brand for p in shown_later}
    assert "ben10-0" not in {p.product_id for p in shown_later}


def test_what_is_like_a_product_waved_away_falls_behind(release: Release) -> None:
    profile = Profile().apply([event("search", "music")])
    ranked = rank_products(release, profile, NOW, 40, rng=np.random.default_rng(0))
    place_of = {release.products.product_id(item.row): n for n, item in enumerate(ranked)}
    waved = profile.apply([event("not_interested", "audio-0", 1)])
    after = rank_products(release, waved, NOW, 40, rng=np.random.default_rng(0))
    after_of = {release.products.product_id(item.row): n for n, item in enumerate(after)}
    # "large wireless headphones" is like the wireless headphones, the turntable is not.
    assert after_of["audio-4"] > place_of["audio-4"]
    assert after_of["audio-3"] <= place_of["audio-3"]


def test_a_skipped_search_gives_way_to_another_interest(release: Release) -> None:
    profile = Profile().apply([event("view_item", "garden-0", -5), event("search", BEN_10)])
    (card,) = cards(release, profile)
    assert card.reason.code == "searched"
    reason = card.reason.model_dump()
    skips = [event("view_card", f"c{n}", n, dwell_ms=200, reason=reason) for n in range(1, 5)]
    assert cards(release, profile.apply(skips))[0].reason.code != "searched"


def test_a_reason_is_of_the_source_that_gave_most_in_all() -> None:
    def told(source: str, score: float, code: str) -> Candidates:
        scores = np.array([score], np.float32)
        return Candidates(source, np.array([7]), scores, Reason(code=code))

    lists = [told("learnt", 0.8, "a"), told("semantic", 0.5, "b"), told("semantic", 0.6, "c")]
    (item,) = rank(pool(lists), {"learnt": 1.0, "semantic": 1.0}, 1)
    assert (item.sources, item.reason.code) == (["semantic", "learnt"], "c")


def test_the_price_band_of_the_shopper_is_kept(tmp_path: Path) -> None:
    priced = [
        product(f"mug-{n}", f"coffee mug {n}", category=["Kitchen"], price=price)
        for n, price in enumerate([8.0, 9.0, 10.0, 11.0, 9.5, 400.0, 420.0])
    ]
    build_release(priced, tmp_path / "mugs")
    mugs = open_release(tmp_path / "mugs")
    profile = Profile().apply([event("view_item", f"mug-{n}", n) for n in range(4)])
    found = candidates_for(mugs, shopper_of(mugs, profile, NOW + timedelta(minutes=9)), 7)
    ids = [mugs.products.product_id(row) for row in found.rows.tolist()]
    fits = dict(zip(ids, found.features["price"], strict=True))
    assert fits["mug-4"] == 0
    assert fits["mug-5"] == fits["mug-6"] == -1


def test_events_of_products_that_are_gone_and_unknown_dislikes_do_no_harm(
    release: Release,
) -> None:
    profile = Profile().apply(
        [
            event("impression", "gone"),
            event("not_interested", "gone", 1, scope="brand"),
            event("undo_not_interested", "never", 2),
            event("purchase", "gone", 3),
        ]
    )
    assert cards(release, profile)[0].reason.code == "popular"


def test_a_shopper_who_has_seen_everything_still_gets_a_card(release: Release) -> None:
    seen = [event("impression", p.product_id, n) for n, p in enumerate(small_catalog() * 4)]
    assert len(cards(release, Profile().apply(seen))[0].products) == 5


def test_an_empty_answer_says_why(release: Release) -> None:
    bought = Profile().apply([event("purchase", p.product_id) for p in small_catalog()])
    answer = recommend(release, bought, "u", RecommendRequest(), NOW)
    assert (answer.cards, answer.empty) == ([], "nothing_left")
    assert recommend(release, Profile(), "u", RecommendRequest(), NOW).empty is None


def test_nothing_is_explored_right_after_a_signal(release: Release) -> None:
    profile = Profile().apply([event("search", BEN_10)])
    assert all(i.propensity == 1 for i in cards(release, profile)[0].products)
    impression, at = event("impression", "kitchen-0", 1)
    on_a_clip = profile.apply([(impression, at)])
    assert all(i.propensity == 1 for i in cards(release, on_a_clip)[0].products)
    on_a_card = profile.apply([(impression.model_copy(update={"card_id": "c"}), at)])
    assert all(i.propensity < 1 for i in cards(release, on_a_card)[0].products)


def test_the_configuration_of_the_shoppers_variant_is_served(release: Release) -> None:
    only_popular = Configuration(without=["semantic", "lexical"])
    serving = Serving(
        experiment=Experiment(
            name="plain", variants={"all": Variant(share=1, configuration=only_popular)}
        )
    )
    profile = Profile().apply([event("search", BEN_10)])
    varied = replace(release, serving=serving)
    answer = recommend(varied, profile, "u", RecommendRequest(), NOW)
    assert (answer.variant, answer.cards[0].reason.code) == ("plain/all", "popular")
    answer = recommend(release, profile, "u", RecommendRequest(), NOW)
    assert (answer.variant, answer.cards[0].reason.code) == ("default", "searched")
