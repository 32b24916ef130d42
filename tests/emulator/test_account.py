"""The shopper's rights on the real suite: what is told, what is forgotten, what is left of it."""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import firebase_admin
import pytest
import requests

from indexer_job.firestore import read_events
from shopfyp import account
from shopfyp.api import SetPersonalisationRequest
from shopfyp.events import SearchEvent
from shopfyp.profile import Profile
from shopfyp.store import shoppers
from shopfyp.store.client import client
from tests.emulator.conftest import Shopper, event, now, trigger, trigger_fails

BEN_10 = "shoes for my 10-year-old son who likes Ben 10"


def card(shopper: Shopper) -> dict[str, Any]:
    (only,) = shopper.call("recommend").result["cards"]
    return only


def held(shopper: Shopper) -> dict[str, Any]:
    return shopper.call("my_interests").result


def forget(shopper: Shopper, item: dict[str, Any]) -> Any:
    return shopper.call("forget_interest", item_id=item["item_id"], at=now()).result


def whole_database() -> list[str]:
    """Every document of every collection, with its path, as text."""
    firestore, project = os.environ["FIRESTORE_EMULATOR_HOST"], os.environ["GCLOUD_PROJECT"]
    url = f"http://{firestore}/v1/projects/{project}/databases/(default)/documents:runQuery"
    everything = {"structuredQuery": {"from": [{"allDescendants": True}]}}
    answer = requests.post(
        url, json=everything, headers={"Authorization": "Bearer owner"}, timeout=60
    )
    return [json.dumps(found["document"]) for found in answer.json()]


def users() -> set[str]:
    """All user ids of the Auth emulator."""
    auth, project = os.environ["FIREBASE_AUTH_EMULATOR_HOST"], os.environ["GCLOUD_PROJECT"]
    url = f"http://{auth}/identitytoolkit.googleapis.com/v1/projects/{project}/accounts:query"
    answer = requests.post(url, json={}, headers={"Authorization": "Bearer owner"}, timeout=30)
    return {user["localId"] for user in answer.json()["userInfo"]}


def seeded(shopper: Shopper, count: int) -> list[dict[str, Any]]:
    events = [event("view_item", f"p0{1000 + n}") for n in range(count)]
    for start in range(0, count, 100):
        assert shopper.call("log_events", events=events[start : start + 100]).status == 200
    return events


@pytest.fixture
def firebase() -> Iterator[None]:
    """What `main` makes before anything is called; some tests call what it calls."""
    if firebase_admin._apps:
        yield
        return
    app = firebase_admin.initialize_app()
    yield
    firebase_admin.delete_app(app)


def test_a_stranger_has_nothing_held(shopper: Shopper) -> None:
    nothing = {"recent": [], "lasting": [], "rejected": []}
    assert held(shopper) == {"personalised": True, **nothing}
    assert forget(shopper, {"item_id": "0" * 32}) == {"forgotten": False}
    assert not client().collection("shoppers").document(shopper.user_id).get().exists


def test_what_is_held_is_told_with_titles(shopper: Shopper) -> None:
    product = shopper.search("acoustic guitar").result["products"][0]["product"]
    about = {"product_id": product["product_id"], "title": product["title"]}
    shopper.log("add_to_cart", product["product_id"])
    shopper.log("not_interested", product["product_id"])
    told = held(shopper)
    assert [item["about"] for item in told["recent"]] == [
        {"code": "added", "params": about},
        {"code": "searched", "params": {"query": "acoustic guitar"}},
    ]
    assert [item["about"]["code"] for item in told["lasting"]] == ["added"]
    (rejected,) = told["rejected"]
    assert rejected["about"]["code"] == "not_product"
    assert rejected["about"]["params"]["brand"] == product["brand"]
    assert forget(shopper, rejected) == {"forgotten": True}
    assert held(shopper)["rejected"] == []


def test_a_forgotten_search_is_gone_from_the_next_card_until_it_is_made_again(
    shopper: Shopper,
) -> None:
    shopper.search(BEN_10)
    shown = card(shopper)
    assert shown["reason"]["params"] == {"query": BEN_10}
    before = now()
    (item,) = held(shopper)["recent"]
    assert forget(shopper, item) == {"forgotten": True}
    assert forget(shopper, item) == {"forgotten": False}
    # The look at the card ends only now, and another device tells late of the same search.
    look = {"event_id": "look", "type": "view_card", "dwell_ms": 9000, "reason": shown["reason"]}
    search = {"event_id": "late", "type": "search", "query": BEN_10, "at": before}
    late = [{**look, "at": now()}, search]
    assert shopper.call("log_events", events=late).result["stored"] == 2
    assert held(shopper)["recent"] == []
    assert card(shopper)["reason"]["code"] in {"popular", "new", "explore"}
    shopper.search(BEN_10)
    assert card(shopper)["reason"]["params"] == {"query": BEN_10}


def test_with_personalisation_off_nothing_is_used_and_nothing_is_kept(shopper: Shopper) -> None:
    shopper.search(BEN_10)
    profile = client().collection("shoppers").document(shopper.user_id)
    assert profile.get().to_dict()["expires_at"] > datetime.now(UTC) + timedelta(days=89)
    off = shopper.call("set_personalisation", on=False)
    assert off.result == {"personalised": False}
    # A shopper's no does not expire.
    assert "expires_at" not in profile.get().to_dict()
    answer = shopper.call("recommend").result
    assert answer["cards"][0]["reason"]["code"] in {"popular", "new", "explore"}
    assert answer["variant"] == "default"
    assert shopper.search("wireless headphones").result["products"]
    discarded = {"stored": 0, "duplicates": 0, "discarded": 1}
    assert shopper.log("purchase", "p00001").result == discarded
    queries = [s.get("query") for s in profile.collection("events").stream()]
    assert queries == [BEN_10]
    assert not held(shopper)["personalised"]

    assert shopper.call("set_personalisation", on=True).result == {"personalised": True}
    assert card(shopper)["reason"]["params"] == {"query": BEN_10}


def test_what_is_held_of_who_turned_personalisation_off_expires_and_the_choice_does_not(
    shopper: Shopper, firebase: None
) -> None:
    shopper.search(BEN_10)
    shopper.call("set_personalisation", on=False)
    profile = client().collection("shoppers").document(shopper.user_id)
    account.forget_due(datetime.now(UTC) + timedelta(days=89))
    assert BEN_10 in str(profile.get().to_dict())
    later = datetime.now(UTC) + timedelta(days=91)
    assert shopper.user_id in shoppers.unused(later)
    account.forget_due(later)
    assert shopper.user_id not in shoppers.unused(later)
    assert BEN_10 not in str(profile.get().to_dict())
    assert not held(shopper)["personalised"]
    assert shopper.call("set_personalisation", on=True).result == {"personalised": True}
    assert held(shopper)["recent"] == []


def test_off_can_be_chosen_before_anything_else(shopper: Shopper) -> None:
    assert shopper.call("set_personalisation", on=False).result == {"personalised": False}
    shopper.search(BEN_10)
    assert card(shopper)["reason"]["code"] in {"popular", "new", "explore"}


def test_the_export_holds_everything_in_pages(shopper: Shopper) -> None:
    shopper.search(BEN_10)
    sent = seeded(shopper, account.EXPORT_PAGE + 50)
    first = shopper.call("export_my_data").result
    assert first["profile"]["recent"][-1]["kind"] == "product"
    assert len(first["events"]) == account.EXPORT_PAGE
    second = shopper.call("export_my_data", page_token=first["next_page_token"]).result
    assert [second[name] for name in ("sign_in", "profile", "next_page_token")] == [None] * 3
    events = [*first["events"], *second["events"]]
    ids = [e["event_id"] for e in events]
    assert len(ids) == len(set(ids)) == len(sent) + 1
    assert {e["event_id"] for e in sent} < set(ids)
    (search,) = [e for e in events if e["type"] == "search"]
    assert search["query"] == BEN_10
    assert datetime.fromisoformat(search["expires_at"]) > datetime.now(UTC)


def test_the_export_of_a_stranger_is_the_sign_in_alone(shopper: Shopper) -> None:
    exported = shopper.call("export_my_data").result
    signed_in = exported.pop("sign_in")
    assert exported == {"profile": None, "events": [], "next_page_token": None}
    assert signed_in["user_id"] == shopper.user_id
    assert (signed_in["anonymous"], signed_in["providers"]) == (True, [])
    created = datetime.fromisoformat(signed_in["created_at"])
    assert timedelta(0) <= datetime.now(UTC) - created < timedelta(minutes=5)


def test_the_export_says_how_the_shopper_signs_in(shopper: Shopper) -> None:
    email = f"{uuid4().hex}@shop.example"
    shopper.add_email(email)
    signed_in = shopper.call("export_my_data").result["sign_in"]
    assert (signed_in["user_id"], signed_in["email"]) == (shopper.user_id, email)
    assert signed_in["anonymous"] is False
    assert [(p["provider"], p["email"]) for p in signed_in["providers"]] == [("password", email)]
    assert datetime.fromisoformat(signed_in["last_at"])


def test_who_is_deleted_has_no_sign_in_to_export(shopper: Shopper) -> None:
    assert shopper.call("delete_my_data").result == {"done": True}
    assert shopper.call("export_my_data").result["sign_in"] is None


def test_where_consent_is_required_nothing_is_kept_before_a_yes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shoppers, "_STRANGER", Profile(personalised=False))
    user_id, at = uuid4().hex, datetime.now(UTC)
    asked = SearchEvent(type="search", event_id=uuid4().hex, at=at, query=BEN_10)
    assert shoppers.log_events(user_id, [asked], at).discarded == 1
    assert not any(user_id in text for text in whole_database())
    for on in (True, False):
        account.set_personalisation(user_id, SetPersonalisationRequest(on=on), at)
        assert shoppers.log_events(user_id, [asked], at)[:2] == ((1, 0) if on else (0, 0))
    assert [i.value for i in shoppers.load_profile(user_id).recent] == [BEN_10]


@pytest.mark.parametrize("finished_by", ["the shopper", "nobody"])
def test_deletion_leaves_nothing_though_it_was_interrupted(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch, finished_by: str
) -> None:
    other = Shopper()
    other.search(BEN_10)
    shopper.search(BEN_10)
    seeded(shopper, 120)
    # What a later version may keep below a shopper goes as well.
    below = client().collection("shoppers").document(shopper.user_id)
    below.collection("notes").document("n").set({"user_id": shopper.user_id})
    assert any(shopper.user_id in text for text in whole_database())

    assert shopper.user_id in {e.user_id for e in read_events()}
    # A first attempt ends after some of the documents, as if the instance was lost.
    assert not shoppers.erase(shopper.user_id, datetime.now(UTC), most=50)
    assert shopper.user_id in users()
    left = len(list(below.collection("events").stream()))
    assert 0 < left < 121

    # From the first moment on nothing is stored: no event, no search, no choice.
    refused = {"stored": 0, "duplicates": 0, "discarded": 1}
    assert shopper.log("view_item", "p00001").result == refused
    assert shopper.search("tent").status == 200
    shopper.call("set_personalisation", on=False)
    assert not below.get().exists
    assert len(list(below.collection("events").stream())) == left

    monkeypatch.setattr(shoppers, "COMMIT", 30)
    assert not shoppers.erase(shopper.user_id, datetime.now(UTC), most=30)
    assert shopper.user_id not in {e.user_id for e in read_events()}, "nothing is learnt of it"
    if finished_by == "the shopper":
        assert shopper.call("delete_my_data").result == {"done": True}
    else:
        assert shopper.user_id in shoppers.half_erased(100)
        trigger("forget_due")
        assert shopper.user_id not in shoppers.half_erased(100)
    assert not [text for text in whole_database() if shopper.user_id in text]
    assert shopper.user_id not in users()

    # The token still lives for a while: later events find the tombstone, and deletion is done.
    assert shopper.log("view_item", "p00001").result == refused
    assert shopper.call("delete_my_data").result == {"done": True}
    assert not [text for text in whole_database() if shopper.user_id in text]
    key = hashlib.sha256(shopper.user_id.encode()).hexdigest()
    tombstone = client().collection("tombstones").document(key).get().to_dict()
    assert tombstone["expires_at"] - tombstone["deleted_at"] == timedelta(days=15)

    # Nobody else is touched.
    assert held(other)["recent"]
    assert other.user_id in users()


def test_who_cannot_be_forgotten_keeps_nobody_else_waiting(
    firebase: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(account, "_BEGUN_PAGE", 2)
    begun, off = Shopper(), Shopper()
    begun.search(BEN_10)
    off.search(BEN_10)
    off.call("set_personalisation", on=False)
    at, later = datetime.now(UTC), datetime.now(UTC) + timedelta(days=91)
    # No user can have ids as long as these, and they come first; nor is there such a profile.
    wrong = ["!" * 129 + str(n) for n in range(3)]
    broken = client().collection("shoppers").document("0" + uuid4().hex)
    for user_id in (*wrong, begun.user_id):
        assert shoppers.erase(user_id, at, most=100)
    try:
        assert shoppers.half_erased(3) == wrong
        broken.set({"personalised": False, "updated_at": at - timedelta(days=1), "recent": 1})
        with pytest.raises(account.ForgettingFailed, match="4 shoppers"):
            account.forget_due(later)
        assert shoppers.half_erased(10) == wrong
        assert begun.user_id not in users()
        assert BEN_10 not in str(client().document(f"shoppers/{off.user_id}").get().to_dict())
        trigger_fails("forget_due")
    finally:
        for user_id in wrong:
            client().document(f"tombstones/{shoppers.tombstone_of(user_id)}").delete()
        broken.delete()
    entries = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    failed = [e["error"] for e in entries if e["severity"] == "ERROR"]
    assert failed == ["ValueError"] * 3 + ["ValidationError"]
    assert [e["failed"] for e in entries if e["message"] == "forgotten"] == [4]
    assert not [e for e in entries if "!!!" in str(e) or broken.id in str(e)]
