"""What a shopper sees of what is held on them, and what forgetting and pausing do to a profile."""

import json
from datetime import timedelta

import numpy as np
import pytest

from shopfyp import account
from shopfyp.account import described
from shopfyp.api import RecommendRequest
from shopfyp.profile import MAX_DISLIKES, MAX_FORGOTTEN, Profile
from shopfyp.recommend import recommend
from shopfyp.release import Release
from tests.conftest import product, small_clips
from tests.unit.test_profile import NOW, event

CLIPS = {clip.clip_id: clip for clip in small_clips()}
PRODUCTS = {
    "p1": product("p1", "Cast iron pan", brand="Ferro", category=["Kitchen", "Pans"]),
    "p2": product("p2", "Wok"),
}


def id_of(profile: Profile, value: str) -> str:
    return next(i.item_id for i in [*profile.recent, *profile.lasting] if i.value == value)


def values(profile: Profile) -> list[str]:
    return [i.value for i in profile.recent]


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def card_about(query: str, at: float):
    reason = {"code": "searched", "params": {"query": query}}
    return event("view_card", "c", at, dwell_ms=20_000, reason=reason)


def test_everything_held_is_told_as_codes_and_parameters() -> None:
    happened = [
        event("view_clip", "c0"),
        event("search", "red shoes", 1),
        event("view_item", "p2", 2),
        event("purchase", "p1", 3),
        event("add_to_cart", "gone", 4),
        event("not_interested", "p1", 5, scope="brand"),
    ]
    told = described(Profile().apply(happened), PRODUCTS, CLIPS, NOW)
    assert told.personalised
    assert [(item.about.code, item.about.params) for item in told.recent] == [
        ("added", {"product_id": "gone"}),
        ("bought", {"product_id": "p1", "title": "Cast iron pan"}),
        ("viewed", {"product_id": "p2", "title": "Wok"}),
        ("searched", {"query": "red shoes"}),
        ("watched", {"clip_id": "c0", "topic": "frying pans"}),
    ]
    assert [item.about.code for item in told.lasting] == ["added", "bought"]
    (rejected,) = told.rejected
    assert rejected.about.code == "not_brand"
    named = {"title": "Cast iron pan", "brand": "Ferro", "category": "Pans"}
    assert rejected.about.params == {"product_id": "p1", **named}
    assert (rejected.at, rejected.share) == (NOW + minutes(5), None)


def test_shares_are_those_by_which_the_next_cards_are_chosen() -> None:
    profile = Profile().apply([event("search", "tent"), event("add_to_cart", "p1", 1)])
    told = described(profile, {}, {}, NOW + minutes(1))
    by_id = {item.item_id: item.share for item in [*told.recent, *told.lasting]}
    assert sum(share or 0 for share in by_id.values()) == pytest.approx(1)
    bag, search = told.recent
    assert (bag.share or 0) > (search.share or 0) > 0.3
    assert bag == told.lasting[0]


def test_what_was_waved_away_has_no_share_as_an_interest() -> None:
    profile = Profile().apply([event("view_item", "p1"), event("not_interested", "p1", 1)])
    (seen,) = described(profile, {}, {}, NOW).recent
    assert seen.share == 0


def test_every_rejection_is_told_even_one_that_has_left_the_list_of_dislikes() -> None:
    many = [event("not_interested", f"p{n}", n) for n in range(MAX_DISLIKES + 5)]
    profile = Profile().apply(many)
    told = described(profile, {}, {}, NOW)
    assert len(told.rejected) == MAX_DISLIKES + 5
    oldest = told.rejected[-1]
    assert (oldest.about.params, oldest.at) == ({"product_id": "p0"}, None)
    assert "p0" not in profile.forget(oldest.item_id, NOW).rejected


def test_an_interest_is_forgotten_with_its_words_wherever_it_is_held() -> None:
    profile = Profile().apply([event("add_to_cart", "p1"), event("search", "red shoes", 1)])
    for value in ("p1", "red shoes"):
        profile = profile.forget(id_of(profile, value), NOW + minutes(2))
    assert (profile.recent, profile.lasting) == ([], [])
    assert "red shoes" not in profile.model_dump_json()


def test_an_unknown_id_changes_nothing() -> None:
    profile = Profile().apply([event("search", "red shoes")])
    assert profile.forget("0" * 32, NOW) == profile


def test_the_forgotten_stays_so_when_late_and_passing_events_come() -> None:
    profile = Profile().apply([event("search", "red shoes"), event("view_clip", "c0")])
    for value in ("red shoes", "c0"):
        profile = profile.forget(id_of(profile, value), NOW + minutes(10))
    late = [
        event("search", "red shoes", 9),  # waited in the queue of another device
        card_about("red shoes", 11),  # still on the screen
        event("view_clip", "c0", 12),  # the feed goes round
        event("search", "tent", 13),
    ]
    assert values(profile.apply(late)) == ["tent"]


def test_a_new_search_or_click_brings_the_forgotten_back() -> None:
    profile = Profile().apply([event("search", "red shoes"), event("view_item", "p1")])
    for value in ("red shoes", "p1"):
        profile = profile.forget(id_of(profile, value), NOW + minutes(10))
    again = profile.apply([event("search", "red shoes", 11), event("select_item", "p1", 12)])
    assert values(again) == ["p1", "red shoes"]
    # What lies before stays forgotten, whenever it is told.
    late = again.apply([event("purchase", "p1", 9)])
    assert (late.recent, late.lasting) == (again.recent, [])
    # What shows it by the way counts again as well.
    assert again.apply([card_about("red shoes", 13)]).recent[0].value == "red shoes"


def test_what_was_forgotten_is_bounded_and_the_last_is_kept() -> None:
    profile = Profile()
    for number in range(MAX_FORGOTTEN + 3):
        profile = profile.apply([event("search", f"q{number}", number)])
        last = id_of(profile, f"q{number}")
        profile = profile.forget(last, NOW + minutes(number))
    assert len(profile.forgotten) == MAX_FORGOTTEN
    assert list(profile.forgotten)[-1] == last


def test_a_rejection_that_was_taken_back_stays_so_when_late_events_come() -> None:
    profile = Profile().apply([event("not_interested", "p1")])
    (dislike,) = profile.dislikes
    profile = profile.forget(dislike.item_id, NOW + minutes(10))
    assert profile.apply([event("not_interested", "p1", 9)]).rejected == []
    assert profile.apply([event("not_interested", "p1", 11)]).rejected == ["p1"]


def test_a_rejection_is_taken_back_by_its_scope() -> None:
    both = [event("not_interested", "p1"), event("not_interested", "p1", 1, scope="brand")]
    profile = Profile().apply(both)
    brand, single = profile.rejections()
    left = profile.forget(brand.item_id, NOW)
    assert ([d.scope for d in left.dislikes], left.rejected) == (["product"], ["p1"])
    assert left.forget(single.item_id, NOW).rejected == []


def test_an_interest_and_a_rejection_of_a_product_have_ids_of_their_own() -> None:
    profile = Profile().apply([event("view_item", "p1"), event("not_interested", "p1", 1)])
    (rejection,) = profile.rejections()
    left = profile.forget(rejection.item_id, NOW)
    assert (values(left), left.rejected) == (["p1"], [])


def test_with_personalisation_off_events_change_nothing() -> None:
    profile = Profile().apply([event("search", "tent")]).model_copy(update={"personalised": False})
    more = [event("search", "red shoes", 1), event("not_interested", "p1", 2)]
    assert profile.apply(more) == profile


def test_with_personalisation_off_cards_know_nothing_of_the_shopper(release: Release) -> None:
    happened = [event("search", "Ben 10 shoes"), event("purchase", "kitchen-0", 1)]
    profile = Profile().apply([*happened, event("not_interested", "audio-5", 2)])
    off = profile.model_copy(update={"personalised": False})
    asked = RecommendRequest(cards=3)
    drawn = [
        recommend(release, who, "u", asked, NOW, np.random.default_rng(seed))
        for seed in range(40)
        for who in (off, Profile(shown_since_signal=1))
    ]
    assert not drawn[0].personalised
    assert [answer.cards for answer in drawn[0::2]] == [answer.cards for answer in drawn[1::2]]
    codes = {card.reason.code for answer in drawn for card in answer.cards}
    assert codes <= {"popular", "new", "explore"}
    assert drawn[0].variant == "default"
    on = recommend(release, profile, "u", asked, NOW, np.random.default_rng(0))
    assert on.cards[0].reason.code == "goes_with"


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Deletions that are due, in two pages, of which two fail; lists those that were tried."""
    begun, tried = ["a", "broken", "c", "dead", "e"], []

    def erase(user_id: str, *_: object) -> bool:
        tried.append(user_id)
        if user_id in {"broken", "dead"}:
            raise ValueError(user_id)
        return user_id != "c"

    monkeypatch.setattr(
        account.shoppers, "half_erased", lambda most, after: [i for i in begun if i > after][:2]
    )
    monkeypatch.setattr(account.shoppers, "erase", erase)
    monkeypatch.setattr(account.shoppers, "erased", lambda _: None)
    monkeypatch.setattr(account.shoppers, "unused", lambda _: ["off"])
    monkeypatch.setattr(account.shoppers, "empty", lambda *_: True)
    monkeypatch.setattr(account.sign_ins, "delete", lambda _: None)
    return tried


def test_a_deletion_that_fails_stops_no_other(due: list[str], capsys) -> None:
    with pytest.raises(account.ForgettingFailed, match="2 shoppers"):
        account.forget_due(NOW)
    assert due == ["a", "broken", "c", "dead", "e"]
    *failures, forgotten = map(json.loads, capsys.readouterr().err.splitlines())
    assert [(e["message"], e["error"]) for e in failures] == [("deletion failed", "ValueError")] * 2
    assert failures[0]["at"][-1].startswith("test_account.py:")
    assert [forgotten[name] for name in ("deletions", "unused", "failed")] == [2, 1, 2]


def test_forgetting_ends_before_the_function_does(due: list[str], monkeypatch) -> None:
    clock = iter(range(0, 10_000, 100))
    monkeypatch.setattr(account.time, "monotonic", lambda: next(clock))
    with pytest.raises(account.ForgettingFailed):
        account.forget_due(NOW)
    assert due == ["a", "broken", "c"]
