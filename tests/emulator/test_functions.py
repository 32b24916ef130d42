"""The functions on the real suite: Auth, Firestore, Storage, and a published release."""

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from indexer_job.demo.prepare import DATA
from shopfyp.store.client import client
from tests.emulator.conftest import Shopper, event, now, post

BEN_10 = "shoes for my 10-year-old son who likes Ben 10"


def ids(card) -> list[str]:
    return [item["product"]["product_id"] for item in card["products"]]


def stored_events(shopper: Shopper) -> list[dict]:
    events = client().collection("shoppers").document(shopper.user_id).collection("events")
    return [{"id": s.id, **s.to_dict()} for s in events.stream()]


def test_a_search_is_in_the_very_next_recommend(shopper: Shopper) -> None:
    assert shopper.call("recommend").result["cards"][0]["reason"]["code"] == "popular"
    found = shopper.search(BEN_10).result
    assert "Ben 10" in found["products"][0]["product"]["title"]
    assert found["clips"]
    answer = shopper.call("recommend").result
    (card,) = answer["cards"]
    assert card["reason"] == {"code": "searched", "params": {"query": BEN_10}}
    assert all(i["product"]["category"][0] == "Shoes" for i in card["products"])
    assert all("Ben 10" in i["product"]["title"] for i in card["products"])
    assert answer["release"] == found["release"]


def test_a_click_is_in_the_very_next_recommend(shopper: Shopper) -> None:
    guitar = shopper.search("acoustic guitar").result["products"][0]["product"]["product_id"]
    other = Shopper()
    assert other.log("select_item", guitar).result == {"stored": 1, "duplicates": 0, "discarded": 0}
    (card,) = other.call("recommend").result["cards"]
    assert card["reason"]["code"] in {"viewed", "goes_with"}
    assert guitar not in ids(card)


def test_not_interested_is_in_the_very_next_recommend(shopper: Shopper) -> None:
    shopper.search(BEN_10)
    (first,) = shopper.call("recommend").result["cards"]
    shopper.log("not_interested", ids(first)[0])
    (second,) = shopper.call("recommend").result["cards"]
    assert ids(first)[0] not in ids(second)


def test_a_brand_waved_away_is_gone_from_the_very_next_card_until_undone(shopper: Shopper) -> None:
    shopper.search("wireless headphones")
    (first,) = shopper.call("recommend").result["cards"]
    product = first["products"][0]["product"]
    brand = {"product_id": product["product_id"], "scope": "brand"}

    def brands() -> set[str]:
        (card,) = shopper.call("recommend").result["cards"]
        return {item["product"]["brand"] for item in card["products"]}

    shopper.call("log_events", events=[event("not_interested", **brand)])
    assert product["brand"] not in brands()
    shopper.call("log_events", events=[event("undo_not_interested", **brand)])
    assert product["brand"] in brands()


def test_a_card_says_what_an_impression_must_carry(shopper: Shopper) -> None:
    answer = shopper.call("recommend").result
    (card,) = answer["cards"]
    assert (answer["variant"], answer["empty"]) == ("default", None)
    assert {item["propensity"] for item in card["products"]} == {1.0}
    offer = {"release": answer["release"], "variant": "default", "card_id": card["card_id"]}
    item = card["products"][0]
    about = {"source": item["sources"][0], "position": 0, "propensity": item["propensity"]}
    product_id = item["product"]["product_id"]
    assert shopper.log("impression", product_id, **offer, **about).status == 200
    left = {"type": "view_card", "at": now(), "dwell_ms": 700, "reason": card["reason"], **offer}
    answer = shopper.call("log_events", events=[{"event_id": "left", **left}])
    assert answer.result == {"stored": 1, "duplicates": 0, "discarded": 0}
    impression, view = sorted(stored_events(shopper), key=lambda e: e["type"])
    assert impression["card_id"] == view["card_id"] == card["card_id"]


def test_similar_returns_the_product_and_others(shopper: Shopper) -> None:
    product = shopper.search("camping tent").result["products"][0]["product"]
    answer = shopper.call("similar", product_id=product["product_id"]).result
    assert answer["product"]["title"] == product["title"]
    assert len(answer["similar"]) == 12
    assert product["product_id"] not in ids({"products": answer["similar"]})


def test_similar_to_an_unknown_product_is_not_found(shopper: Shopper) -> None:
    answer = shopper.call("similar", product_id="no-such-product")
    assert (answer.status, answer.error["status"]) == (404, "NOT_FOUND")
    assert "product_id" in answer.error["message"]


def test_events_are_stored_once_whatever_is_sent_twice(shopper: Shopper) -> None:
    batch = [event("view_item", f"p0000{n}") for n in range(1, 6)]
    first = shopper.call("log_events", events=[*batch, batch[0]])
    assert first.result == {"stored": 5, "duplicates": 1, "discarded": 0}
    profile = client().collection("shoppers").document(shopper.user_id).get().to_dict()
    assert shopper.call("log_events", events=batch).result == {
        "stored": 0,
        "duplicates": 5,
        "discarded": 0,
    }
    assert client().collection("shoppers").document(shopper.user_id).get().to_dict() == profile
    assert sorted(e["id"] for e in stored_events(shopper)) == sorted(e["event_id"] for e in batch)


def test_the_same_batch_at_the_same_time_is_stored_once(shopper: Shopper) -> None:
    batch = [event("impression", f"p0001{n}") for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: shopper.call("log_events", events=batch), range(4)))
    assert [a.status for a in answers] == [200] * 4
    assert sum(a.result["stored"] for a in answers) == 4
    profile = client().collection("shoppers").document(shopper.user_id).get().to_dict()
    assert [seen["count"] for seen in profile["seen"]] == [1] * 4


def test_a_search_that_is_retried_is_one_event(shopper: Shopper) -> None:
    event_id = str(uuid.uuid4())
    for _ in range(2):
        assert shopper.search("red kettle", event_id=event_id).status == 200
    (stored,) = stored_events(shopper)
    assert (stored["id"], stored["type"], stored["query"]) == (event_id, "search", "red kettle")


def test_what_finds_nothing_is_counted_for_the_operator_once_a_search(shopper: Shopper) -> None:
    query = f"Flux  {uuid.uuid4().hex}"
    visit = {"event_id": str(uuid.uuid4())}
    for _ in range(2):
        assert shopper.search(query, **visit).result["nearest_only"]
    shopper.search(query.lower())
    shopper.search("red kettle")
    asked = (
        client()
        .collection("unanswered")
        .where(filter=FieldFilter("query", "==", " ".join(query.lower().split())))
    )
    (found,) = [snapshot.to_dict() for snapshot in asked.stream()]
    assert (found["why"], found["count"]) == ("nearest_only", 2)
    assert "user_id" not in found
    assert not [s for s in client().collection("unanswered").stream() if "kettle" in s.get("query")]


def test_further_pages_and_other_filters_are_the_same_search(shopper: Shopper) -> None:
    visit = {"event_id": str(uuid.uuid4()), "at": now(), "limit": 15}
    first = shopper.search("wireless headphones", **visit).result
    brand, rival = next(f for f in first["facets"] if f["name"] == "brand")["values"][:2]
    filters = {"brand": [*brand["path"], *rival["path"]], "rating": 3}
    chosen = shopper.search(
        "wireless headphones", **visit, filters=filters, sort="price_low"
    ).result
    assert 15 < chosen["total"] <= brand["count"] + rival["count"]
    found, answer = [], chosen
    while True:
        found += answer["products"]
        token = answer["next_page_token"]
        if token is None:
            break
        more = {"filters": filters, "sort": "price_low", "page_token": token}
        answer = shopper.search("wireless headphones", **visit, **more).result
        assert (answer["facets"], answer["clips"]) == (None, [])
    assert len(found) == len(set(ids({"products": found}))) == chosen["total"]
    assert {i["product"]["brand"] for i in found} == {*filters["brand"]}
    prices = [i["product"]["price"] for i in found]
    assert prices == sorted(prices)
    (stored,) = stored_events(shopper)
    assert (stored["id"], stored["query"]) == (visit["event_id"], "wireless headphones")


def test_a_page_of_another_search_is_refused_by_name(shopper: Shopper) -> None:
    token = shopper.search("wireless headphones").result["next_page_token"]
    answer = shopper.search("wireless speaker", page_token=token)
    assert (answer.status, answer.error["status"]) == (400, "INVALID_ARGUMENT")
    assert answer.error["details"]["errors"][0]["field"] == "page_token"


def test_an_event_says_whose_it_is_and_when_it_expires(shopper: Shopper) -> None:
    shopper.log("view_item", "p00001", release="r1", source="semantic")
    (stored,) = stored_events(shopper)
    assert stored["user_id"] == shopper.user_id
    assert stored["source"] == "semantic"
    assert stored["expires_at"] - stored["received_at"] == timedelta(days=90)


@pytest.mark.parametrize("days", [365, -365])
def test_clocks_a_year_off_are_put_right(shopper: Shopper, days: int) -> None:
    at = datetime.now(UTC) + timedelta(days=days)
    assert shopper.log("view_item", "p00001", at=at.isoformat()).status == 200
    (stored,) = stored_events(shopper)
    assert stored["received_at"] - timedelta(days=7) <= stored["at"] <= stored["received_at"]


def test_events_of_unknown_products_are_kept_and_do_no_harm(shopper: Shopper) -> None:
    assert shopper.log("view_item", "of-a-later-release").result["stored"] == 1
    assert shopper.call("recommend").result["cards"][0]["reason"]["code"] == "popular"


def test_more_events_than_a_batch_holds_are_refused(shopper: Shopper) -> None:
    answer = shopper.call("log_events", events=[event("view_item", "p00001")] * 101)
    assert (answer.status, answer.error["status"]) == (400, "INVALID_ARGUMENT")
    assert "events" in answer.error["message"]
    assert stored_events(shopper) == []


@pytest.mark.parametrize("query", ["", "x" * 10_000])
def test_empty_and_endless_queries_are_refused_and_not_logged(shopper: Shopper, query: str) -> None:
    answer = shopper.search(query)
    assert (answer.status, answer.error["status"]) == (400, "INVALID_ARGUMENT")
    assert answer.error["details"]["errors"][0]["field"] == "query"
    assert stored_events(shopper) == []


def test_one_bad_event_is_named_by_its_place(shopper: Shopper) -> None:
    events = [event("view_item", "p00001"), event("view_item", "p00001", at="soon")]
    answer = shopper.call("log_events", events=events)
    assert answer.error["details"]["errors"][0]["field"].startswith("events.1.")


@pytest.mark.parametrize("token", [None, "Bearer nonsense"])
def test_nobody_is_served_without_a_token(token: str | None) -> None:
    headers = {"Authorization": token} if token else {}
    for name in ("search", "log_events", "recommend", "similar"):
        answer = post(name, {"query": "x", "event_id": "e", "at": now()}, headers)
        assert (answer.status, answer.error["status"]) == (401, "UNAUTHENTICATED")


def test_shoppers_do_not_see_each_others_interests(shopper: Shopper) -> None:
    shopper.search(BEN_10)
    assert Shopper().call("recommend").result["cards"][0]["reason"]["code"] == "popular"


def test_the_log_says_neither_who_calls_nor_from_where_nor_what_for(shopper: Shopper) -> None:
    word, address = f"heliotrope{uuid.uuid4().hex[:8]}", "203.0.113.77"
    headers = shopper.headers | {"X-Forwarded-For": address}
    wish = {"query": f"a {word} lamp", "event_id": str(uuid.uuid4()), "at": now()}
    viewed = event("view_item", "p00001", source=word)
    calls: list[tuple[str, dict[str, object], dict[str, str]]] = [
        ("search", wish, headers),
        ("search", wish | {"query": word * 100}, headers),
        ("search", wish, {"Authorization": f"Bearer {word}"}),
        ("log_events", {"events": [viewed, event("view_item", f"{word}/")]}, headers),
        ("log_events", {"events": [event("view_item", word)]}, headers),
        ("recommend", {"cards": 1}, headers),
        ("my_interests", {}, headers),
        ("export_my_data", {}, headers),
        ("insights", {"days": word}, headers),
        ("delete_my_data", {}, headers),
    ]
    begun = len(_said())
    for name, data, by in calls:
        post(name, data, by)
    deadline = time.monotonic() + 20
    while '"delete_my_data"' not in _said()[begun:] and time.monotonic() < deadline:
        time.sleep(0.2)
    said = _said()[begun:]
    entries = [json.loads(line[1:]) for line in said.splitlines() if line.startswith(">  {")]
    assert {name for name, *_ in calls} <= {entry.get("function") for entry in entries}
    for secret in (word, shopper.user_id, address, headers["Authorization"][-40:]):
        assert secret not in said


def _said() -> str:
    return (DATA / "emulators.log").read_text(errors="replace")
