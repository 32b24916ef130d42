"""Ranking weights from impressions and clicks: learnt, published, and refused when they lose."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from indexer_job import ranker
from indexer_job.evaluate.simulate import START, Shopper, browse
from indexer_job.files import UserEvent, user_event
from shopfyp.catalog import Product
from shopfyp.events import ProductEvent
from shopfyp.experiments import Configuration, Serving
from shopfyp.ranking import WEIGHTS
from shopfyp.release import Release
from tests.unit.test_profile import NOW


def _popular(product: Product) -> float:
    return 0.6 if product.sold_count >= 300 else 0.03


def _unpopular(product: Product) -> float:
    return 0.6 if product.sold_count < 300 else 0.03


def _browsing(
    release: Release, chances: list[Callable[[Product], float]], shoppers: int = 90
) -> list[UserEvent]:
    """Sessions of six cards, one after the other; the chances take equal parts of the time."""
    served = replace(release, serving=Serving(configuration=Configuration(explore=0.5)))
    events: list[UserEvent] = []
    for number in range(shoppers):
        chance = chances[number * len(chances) // shoppers]
        shopper = Shopper(f"s{number}", chance, lambda product: True)
        start = START + timedelta(hours=number)
        events += browse(served, shopper, 8, start=start).events
    return events


def test_cards_are_told_from_events() -> None:
    def raw(kind: str, product_id: str, second: int, card_id: str = "c1") -> UserEvent:
        at = NOW + timedelta(seconds=second)
        fields = {"type": kind, "product_id": product_id, "card_id": card_id, "at": at}
        return user_event({"event_id": f"e{second}", "user_id": "u", **fields}, "test")

    events = [
        raw("impression", "a", 1),
        raw("impression", "b", 2),
        raw("select_item", "b", 3),
        raw("impression", "a", 4, "c2"),
        raw("purchase", "elsewhere", 5),
        raw("view_item", "a", 6),
        raw("add_to_cart", "a", 7200),
    ]
    first, second = ranker.shown_cards(events)
    # A click is of the card that it names, though a later one showed the product as well.
    assert (set(first.shown), first.clicked, first.excluded) == ({"a", "b"}, {"a", "b"}, [])
    # A click two hours later is not the card's, and a profile knows what was before its card.
    assert (set(second.shown), second.clicked) == ({"a"}, set())
    assert [i.value for i in second.profile.recent] == ["b"]
    assert first.profile.recent == []


def test_weights_follow_the_clicks_and_win_on_cards_held_out(release: Release) -> None:
    events = _browsing(release, [_popular])
    since = ranker.enough_since(events)
    assert since is not None
    ranking = ranker.learn_ranking(release, events, since)
    assert ranking.evaluation["ranking_learnt"] == 1
    assert (
        ranking.evaluation["ranking_pairs_learnt"]
        > ranking.evaluation["ranking_pairs_default"] + 0.02
    )
    assert ranking.weights["popular"] > 2 * WEIGHTS["popular"]
    # No source ever speaks against a product, and nothing for one that was waved away.
    for name, weight in ranking.weights.items():
        assert weight * WEIGHTS[name] >= 0


def test_weights_that_lose_on_cards_held_out_are_refused(release: Release) -> None:
    events = _browsing(release, [_popular, _popular, _popular, _popular, _unpopular, _unpopular])
    since = ranker.enough_since(events)
    assert since is not None
    ranking = ranker.learn_ranking(release, events, since)
    assert ranking.evaluation["ranking_learnt"] == 0
    assert ranking.weights == dict(WEIGHTS)


def test_few_clicks_teach_no_weights(release: Release) -> None:
    events = _browsing(release, [_popular], shoppers=5)
    assert any(isinstance(e.event, ProductEvent) for e in events)
    assert ranker.enough_since(events) is None
    assert ranker.enough_since([]) is None


def test_a_release_without_clicks_ranks_by_the_defaults(release: Release) -> None:
    assert dict(release.weights) == dict(WEIGHTS)
