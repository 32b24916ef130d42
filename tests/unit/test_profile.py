"""Profiles: what events leave behind, bounded, and independent of how they were batched."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from shopfyp.events import MAX_QUERY_CHARS, OLDEST, Event, settled_time
from shopfyp.profile import (
    DISLIKE_HALF_LIFE_DAYS,
    MAX_DISLIKES,
    MAX_RECENT,
    MAX_SEEN,
    RECENT_HALF_LIFE_DAYS,
    Profile,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def event(kind: str, about: str, minutes: float = 0, **fields: object) -> tuple[Event, datetime]:
    named = {"search": "query", "view_clip": "clip_id", "view_card": "card_id"}
    at = NOW + timedelta(minutes=minutes)
    base = {"event_id": f"{kind}-{about}-{minutes}", "type": kind, "at": at}
    return EVENT.validate_python(base | {named.get(kind, "product_id"): about} | fields), at


@pytest.mark.parametrize(
    "params",
    [{"product_id": "a/b"}, {"clip_id": "__x__"}, {"query": "x" * 501}, {"query": " "}],
    ids=["product", "clip", "long query", "empty query"],
)
def test_a_card_is_about_nothing_that_a_shopper_could_not_have_asked_for(params: dict) -> None:
    with pytest.raises(ValidationError, match="reason"):
        event("view_card", "c1", dwell_ms=9000, reason={"code": "searched", "params": params})


def test_a_search_becomes_the_newest_interest() -> None:
    profile = Profile().apply([event("view_item", "p1"), event("search", "red shoes", 1)])
    assert [(i.kind, i.value) for i in profile.recent] == [
        ("query", "red shoes"),
        ("product", "p1"),
    ]


def test_the_same_thing_twice_is_one_interest_as_strong_as_its_strongest_signal() -> None:
    profile = Profile().apply([event("add_to_cart", "p1"), event("select_item", "p1", 5)])
    (interest,) = profile.recent
    assert interest.strength == 0.9
    assert interest.at == NOW + timedelta(minutes=5)


def test_an_interest_keeps_how_the_shopper_last_corrected_its_reading() -> None:
    asked = Profile().apply([event("search", "mugs under $30")])
    corrected = asked.apply([event("search", "mugs under $30", 2, ignore=["budget"])])
    assert corrected.recent[0].ignore == ["budget"]
    # Neither a long look at a card, nor what was done before and told later, says otherwise.
    searched = {"code": "searched", "params": {"query": "mugs under $30"}}
    dwelt = corrected.apply([event("view_card", "c1", 3, dwell_ms=9000, reason=searched)])
    told_late = dwelt.apply([event("search", "mugs under $30", 1)])
    assert told_late.recent[0].ignore == ["budget"]
    assert told_late.recent[0].at == NOW + timedelta(minutes=3)
    (again,) = told_late.apply([event("search", "mugs under $30", 4, verbatim=True)]).recent
    assert (again.ignore, again.verbatim) == ([], True)


def test_what_goes_into_the_bag_is_a_lasting_interest() -> None:
    profile = Profile().apply([event("view_item", "p1"), event("add_to_cart", "p2")])
    assert [i.value for i in profile.lasting] == ["p2"]


def test_a_purchase_is_bought() -> None:
    assert Profile().apply([event("purchase", "p1")]).bought == ["p1"]


def test_not_interested_rejects_the_product_and_undo_takes_it_back() -> None:
    before = Profile().apply([event("add_to_cart", "p1")])
    rejected = before.apply([event("not_interested", "p1", 1)])
    assert rejected.rejected == ["p1"]
    undone = rejected.apply([event("undo_not_interested", "p1", 2)])
    assert (undone.rejected, undone.dislikes) == ([], [])
    assert (undone.recent, undone.lasting) == (before.recent, before.lasting)


def test_undoing_one_scope_keeps_the_other() -> None:
    both = Profile().apply(
        [event("not_interested", "p1"), event("not_interested", "p1", 1, scope="brand")]
    )
    profile = both.apply([event("undo_not_interested", "p1", 2, scope="brand")])
    assert profile.rejected == ["p1"]
    assert [d.scope for d in profile.dislikes] == ["product"]


def test_a_dislike_fades() -> None:
    (dislike,) = Profile().apply([event("not_interested", "p1")]).dislikes
    assert dislike.weight(NOW) == 1
    assert dislike.weight(NOW + timedelta(days=DISLIKE_HALF_LIFE_DAYS)) == pytest.approx(0.5)


SEARCHED = {"code": "searched", "params": {"query": "shoes"}}


def test_a_skipped_card_tires_its_interest_and_that_is_forgotten() -> None:
    profile = Profile().apply([event("search", "shoes")])
    skipped = profile.apply([event("view_card", "c1", 1, dwell_ms=300, reason=SEARCHED)])
    (before,), (after,) = profile.recent, skipped.recent
    soon, later = NOW + timedelta(minutes=2), NOW + timedelta(days=30)
    assert after.weight(soon, 3) == pytest.approx(0.6 * before.weight(soon, 3), rel=1e-2)
    assert after.weight(later, 3) == pytest.approx(before.weight(later, 3), rel=1e-2)
    # Searching for it again says that it is wanted after all.
    (again,) = skipped.apply([event("search", "shoes", 3)]).recent
    assert again.weight(soon, 3) == pytest.approx(1, rel=1e-2)


def test_a_card_looked_at_for_long_renews_its_interest() -> None:
    profile = Profile().apply([event("search", "shoes"), event("search", "hats", 1)])
    dwelt = profile.apply([event("view_card", "c1", 2, dwell_ms=9000, reason=SEARCHED)])
    assert [i.value for i in dwelt.recent] == ["shoes", "hats"]
    glanced = profile.apply([event("view_card", "c1", 2, dwell_ms=3000, reason=SEARCHED)])
    assert [i.value for i in glanced.recent] == ["hats", "shoes"]


def test_every_card_tires_its_interest_and_a_long_look_the_least() -> None:
    profile = Profile().apply([event("search", "shoes")])

    def left(dwell_ms: int, cards: int) -> float:
        seen = [
            event("view_card", f"c{n}", n / 60, dwell_ms=dwell_ms, reason=SEARCHED)
            for n in range(cards)
        ]
        return profile.apply(seen).recent[0].weight(NOW + timedelta(minutes=1), 3)

    for cards in (1, 5, 40):
        assert 1 > left(9000, cards) > left(3000, cards) > left(500, cards) >= 0
    assert left(9000, 20) < 0.3


def test_a_card_about_no_interest_changes_none() -> None:
    popular = {"code": "popular", "params": {"category": "Shoes"}}
    profile = Profile().apply([event("view_card", "c1", dwell_ms=100, reason=popular)])
    assert profile.recent == []


def test_a_click_starts_the_count_of_impressions_anew() -> None:
    on_clip, *on_card = [event("impression", f"p{n}", n) for n in range(3)]
    on_card = [(impression.model_copy(update={"card_id": "c"}), at) for impression, at in on_card]
    shown = Profile().apply([on_clip, *on_card])
    assert shown.shown_since_signal == 2
    clicked = shown.apply([event("select_item", "p1", 2)])
    assert clicked.seen == {"p0": 1, "p2": 1}
    assert clicked.shown_since_signal == 0


def test_impressions_are_counted_and_are_no_interest() -> None:
    profile = Profile().apply([event("impression", "p1"), event("impression", "p1", 1)])
    assert profile.seen == {"p1": 2}
    assert profile.recent == []


def test_everything_is_bounded_and_the_newest_is_kept() -> None:
    searches = [event("search", f"query {n}", n) for n in range(MAX_RECENT + 10)]
    seen = [event("impression", f"p{n}", n) for n in range(MAX_SEEN + 10)]
    profile = Profile().apply([*searches, *seen])
    assert len(profile.recent) == MAX_RECENT
    assert profile.recent[0].value == f"query {MAX_RECENT + 9}"
    assert len(profile.seen) == MAX_SEEN
    assert "p0" not in profile.seen


def test_late_events_take_the_place_that_their_time_gives_them() -> None:
    profile = Profile().apply([event("search", "new", 10)]).apply([event("search", "old", 0)])
    assert [i.value for i in profile.recent] == ["new", "old"]


def test_batches_do_not_matter() -> None:
    events = [event("search", f"q{n % 7}", n) for n in range(30)]
    events += [event("impression", f"p{n % 5}", n) for n in range(30)]
    one_by_one = Profile()
    for single in events:
        one_by_one = one_by_one.apply([single])
    assert one_by_one == Profile().apply(events)


def test_a_profile_survives_its_document() -> None:
    profile = Profile().apply([event("search", "shoes"), event("purchase", "p1", 1)])
    assert Profile.model_validate(profile.model_dump()) == profile


def stored(profile: Profile) -> Profile:
    """The profile as it comes back from Firestore, whose maps have no order."""
    fields = {k: dict(sorted(v.items())) if isinstance(v, dict) else v for k, v in profile}
    fields |= profile.model_dump(include={"seen"})
    return Profile.model_validate(fields)


def test_what_was_seen_first_is_dropped_first_though_maps_have_no_order() -> None:
    seen = [event("impression", f"p{MAX_SEEN - n:03}", n) for n in range(MAX_SEEN + 1)]
    profile = Profile()
    for single in seen:
        profile = stored(profile.apply([single]))
    assert len(profile.seen) == MAX_SEEN
    assert f"p{MAX_SEEN:03}" not in profile.seen


def random_events(rng: random.Random, count: int) -> list[tuple[Event, datetime]]:
    """More of everything than fits, in any order of time."""

    def one() -> tuple[Event, datetime]:
        minutes = rng.randrange(-5000, 5000)
        product = f"p{rng.randrange(3000)}"
        kinds = ["view_item", "select_item", "add_to_cart", "purchase"]
        kinds += ["not_interested", "not_interested", "undo_not_interested"] + ["impression"] * 20
        match rng.randrange(4):
            case 0:
                return event("search", f"query {rng.randrange(60)}", minutes)
            case 1:
                reason = {"code": "searched", "params": {"query": f"query {rng.randrange(60)}"}}
                dwell_ms = rng.choice([100, 3000, 9000])
                return event("view_card", "c", minutes, dwell_ms=dwell_ms, reason=reason)
            case _:
                return event(rng.choice(kinds), product, minutes)

    return [one() for _ in range(count)]


@pytest.mark.parametrize("seed", range(3))
def test_a_profile_made_anew_from_its_events_is_the_one_that_was_kept(seed: int) -> None:
    rng = random.Random(seed)
    events = random_events(rng, 2000)
    kept, told = Profile(), 0
    while told < len(events):
        size = rng.randrange(1, 100)
        kept = stored(kept.apply(events[told : told + size]))
        told += size
    assert (len(kept.recent), len(kept.seen)) == (MAX_RECENT, MAX_SEEN)
    assert len(kept.dislikes) == MAX_DISLIKES
    assert kept.sequence == len(events)
    assert stored(kept.rebuilt(events)).model_dump() == kept.model_dump()
    assert kept.rebuilt(events[:-1]).model_dump() != kept.model_dump()


def test_what_no_event_says_is_kept_when_a_profile_is_made_anew() -> None:
    # The clock of the device on which it is forgotten is an hour behind.
    ahead = [event("add_to_cart", "p1", 30), event("not_interested", "p2", 30)]
    profile = Profile().apply(ahead)
    for item_id in (profile.recent[0].item_id, profile.dislikes[0].item_id):
        profile = profile.forget(item_id, NOW - timedelta(minutes=30))
    again = event("view_item", "p1", 40)
    profile = profile.apply([again]).model_copy(update={"personalised": False})
    rebuilt = profile.rebuilt([*ahead, again])
    assert rebuilt == profile
    assert [i.value for i in rebuilt.recent] == ["p1"]
    assert (rebuilt.lasting, rebuilt.rejected, rebuilt.personalised) == ([], [], False)


def test_weight_halves_with_the_half_life() -> None:
    (interest,) = Profile().apply([event("search", "shoes")]).recent
    later = NOW + timedelta(days=RECENT_HALF_LIFE_DAYS)
    assert interest.weight(NOW, RECENT_HALF_LIFE_DAYS) == pytest.approx(1.0)
    assert interest.weight(later, RECENT_HALF_LIFE_DAYS) == pytest.approx(0.5)
    # A clock ahead of ours gives no more than full weight.
    assert interest.weight(NOW - timedelta(days=9), RECENT_HALF_LIFE_DAYS) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (timedelta(days=365), timedelta()),
        (timedelta(days=-365), -OLDEST),
        (timedelta(hours=-1), timedelta(hours=-1)),
    ],
)
def test_clocks_a_year_off_are_held_within_what_can_be_true(ahead, expected) -> None:
    assert settled_time(NOW + ahead, NOW) == NOW + expected


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "like"}, "type"),
        ({"product_id": ""}, "product_id"),
        ({"product_id": "a/b"}, "product_id"),
        ({"product_id": ".."}, "product_id"),
        ({"product_id": "__x__"}, "product_id"),
        ({"product_id": "a\nb"}, "product_id"),
        ({"product_id": 7}, "product_id"),
        ({"product_id": "x" * 129}, "product_id"),
        ({"event_id": None}, "event_id"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-01-01T00:00:00"}, "at"),
        ({"at": 1767225600}, "at"),
        ({"at": float("nan")}, "at"),
        ({"surprise": 1}, "surprise"),
        ({"type": "search", "query": " "}, "query"),
        ({"type": "search", "query": "x" * (MAX_QUERY_CHARS + 1)}, "query"),
        ({"type": "view_clip"}, "clip_id"),
    ],
)
def test_a_bad_event_names_the_field(change: dict[str, object], field: str) -> None:
    good = {"event_id": "e", "type": "view_item", "product_id": "p", "at": "2026-01-01T00:00:00Z"}
    EVENT.validate_python(good)
    with pytest.raises(ValidationError) as error:
        EVENT.validate_python(good | change)
    named = [str(part) for e in error.value.errors() for part in e["loc"]] or ["type"]
    assert field in named or error.value.errors()[0]["type"].startswith("union_tag")
