"""Re-ranking: what may stand on a card, and what stands together there."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from indexer_job.build import build_release
from shopfyp.experiments import Configuration
from shopfyp.features import SEEN_MOST
from shopfyp.profile import Profile
from shopfyp.ranking import Ranked
from shopfyp.reasons import Reason
from shopfyp.recommend import rank_products
from shopfyp.release import Release, open_release
from shopfyp.reranking import dealt, diversified, for_one_reason, near_best, showable
from tests.conftest import product, small_catalog
from tests.unit.test_profile import NOW, event
from tests.unit.test_recommend import BEN_10, cards, find


def test_a_card_keeps_to_what_its_search_ruled_out_even_where_only_texts_say_it(
    tmp_path: Path,
) -> None:
    goods = [
        product(f"lamp-{n}", "Desk lamp", description=said, popularity=n)
        for n, said in enumerate(["Runs on batteries.", "Without batteries.", "Plugs in.", ""])
    ]
    build_release([*goods, *small_catalog()], tmp_path / "lamps")
    lamps = open_release(tmp_path / "lamps")
    profile = Profile().apply([event("search", "desk lamp without batteries")])
    (card,) = cards(lamps, profile)
    shown = {i.product.product_id for i in card.products}
    assert shown >= {"lamp-1", "lamp-2", "lamp-3"}
    assert "lamp-0" not in shown


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


def test_a_product_shown_three_times_without_a_click_comes_last(release: Release) -> None:
    profile = Profile().apply([event("search", BEN_10)])

    def place(profile: Profile) -> int:
        ranked = rank_products(release, profile, NOW, 40, rng=np.random.default_rng(0))
        return [i.row for i in showable(ranked, Configuration())].index(row)

    row = rank_products(release, profile, NOW, 1)[0].row
    product_id = release.products.product_id(row)
    shown = [event("impression", product_id, n / 60) for n in range(3)]
    assert place(profile.apply(shown[:2])) < 6
    assert place(profile.apply(shown)) > 30
    clicked = [*shown[:2], event("select_item", product_id, 0.5), shown[2]]
    assert place(profile.apply(clicked)) < 6


def test_diversity_spreads_a_card(release: Release) -> None:
    profile = Profile().apply([event("view_clip", "c1")])

    def distance(share: float) -> float:
        configuration = Configuration(diversity=share, beside_best=0, max_per_brand=5)
        ranked = rank_products(release, profile, NOW, 40, rng=np.random.default_rng(0))
        rows = [i.row for i in diversified(release, ranked, 5, configuration)]
        vectors = release.vectors(np.array(rows, np.int64))
        return float(1 - (vectors @ vectors.T)[np.triu_indices(5, 1)].mean())

    assert distance(0.7) > distance(0.0)


def test_no_more_than_so_many_of_a_category_unless_it_was_asked_for(release: Release) -> None:
    searched = Profile().apply([event("search", BEN_10)])
    kids = [i.product.category for i in cards(release, searched)[0].products]
    assert kids == [["Shoes", "Kids"]] * 5
    viewed = Profile().apply([event("view_item", "heels-0")])
    ranked = rank_products(release, viewed, NOW, 40, rng=np.random.default_rng(0))
    group = for_one_reason([i for i in ranked if i.sources[0] == "semantic"])
    shown = diversified(release, group, 5, Configuration(diversity=0))
    categories = [tuple(release.products.product(i.row).category) for i in shown]
    assert max(Counter(categories).values()) <= 3


def test_what_was_shown_three_times_without_a_click_is_on_no_card_with_others_left(
    release: Release,
) -> None:
    reason, seen = Reason(code="popular"), 3 / SEEN_MOST
    items = [Ranked(n, 1 - n / 100, ["popular"], reason) for n in range(12)]
    tired = [item._replace(seen=seen) if item.row in {0, 2} else item for item in items]
    configuration = Configuration(max_per_brand=5, max_per_category=5, diversity=0)
    shown = diversified(release, showable(tired, configuration), 5, configuration)
    assert [item.row for item in shown] == [1, 3, 4, 5, 6]
    # Where nothing else is left they may come again.
    only = diversified(release, showable(tired[:3], configuration), 5, configuration)
    assert [item.row for item in only] == [1, 0, 2]


def test_drawn_cards_keep_to_the_caps_as_well(tmp_path: Path) -> None:
    """Half are of one brand, half of one category: too many for cards of five, were they even."""
    shop = [
        product(f"p{n}", f"thing {n}", brand=["Ada", "", "Bo"][n % 3], category=[["A", "B"][n % 2]])
        for n in range(30)
    ]
    build_release(shop, tmp_path / "shop")
    release = open_release(tmp_path / "shop")
    configuration = Configuration(max_per_brand=2, max_per_category=2)
    items = [Ranked(n, 1 - n / 100, ["popular"], Reason(code="popular")) for n in range(30)]
    drawn = dealt(release, items, 5, configuration)
    assert sorted(item.row for card in drawn for item in card) == list(range(30))
    for card in drawn:
        assert [item.row for item in card] == sorted(item.row for item in card)
        for codes in (release.products.brand, release.products.category):
            counts = Counter(codes[[item.row for item in card]].tolist())
            assert all(n <= 2 for code, n in counts.items() if code)
    # What answers a query may well be of one category.
    asked = [item._replace(reason=Reason(code="s", params={"query": "x"})) for item in items]
    assert max(map(len, dealt(release, asked, 5, configuration))) > 4
    # What was shown often enough is not drawn while there is anything else.
    tired = [item._replace(seen=3 / SEEN_MOST) if item.row < 25 else item for item in items]
    left = {item.row for card in dealt(release, tired, 5, configuration) for item in card}
    assert left == set(range(25, 30))
    assert dealt(release, [], 5, configuration) == []


@pytest.mark.parametrize("better", ["price", "fresh"])
def test_of_two_equals_a_card_has_the_better_priced_and_the_newer_one_first(
    tmp_path: Path, better: str
) -> None:
    for twins in (("ours", "other"), ("other", "ours")):
        alike = {"category": ["Kitchen"], "price": 10.0}
        own = {"published_at": NOW - timedelta(days=1)} if better == "fresh" else {}
        others = {"price": 400.0} if better == "price" else {}
        goods = [
            *(product(f"mug-{n}", f"coffee mug {n}", **alike) for n in range(4)),
            *(
                product(t, "coffee mug 9", **{**alike, **(own if t == "ours" else others)})
                for t in twins
            ),
        ]
        build_release(goods, tmp_path / twins[0])
        mugs = open_release(tmp_path / twins[0])
        profile = Profile().apply([event("view_item", f"mug-{n}", n) for n in range(4)])
        shown = [i.product.product_id for c in cards(mugs, profile) for i in c.products]
        assert next(product_id for product_id in shown if product_id in twins) == "ours"


def test_a_card_is_rather_short_than_untrue_to_its_reason(release: Release) -> None:
    def items(*scores: float) -> list[Ranked]:
        reason = Reason(code="searched", params={"query": "shoes"})
        return [Ranked(n, score, ["lexical"], reason) for n, score in enumerate(scores)]

    def shown(*scores: float) -> int:
        return len(diversified(release, items(*scores), 5, Configuration(max_per_brand=5)))

    assert shown(1.0, 0.9, 0.8, 0.7, 0.2, 0.1) == 4
    assert shown(1.0, 0.9, 0.1, 0.1, 0.1, 0.1) == 3
    assert shown(1.0, 0.9) == 2
    assert shown(-0.3, -0.3, -0.3, -0.3, -0.3) == 5
    assert len(near_best(items(1.0, 0.5, 0.4, 0.35, 0.2), Configuration())) == 4
