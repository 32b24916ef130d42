"""Insights on the real suite: events as clients log them, counted, and shown to operators only."""

import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests
from firebase_admin import auth
from google.cloud import firestore
from google.cloud.firestore_v1.field_path import FieldPath

from indexer_job.__main__ import main as job
from indexer_job.operators import DEMO_EMAIL, DEMO_PASSWORD
from indexer_job.publish import publish
from shopfyp.bucket import CloudBucket
from shopfyp.insights import DayInsights, day_of, month_of
from shopfyp.latency import Calls
from shopfyp.store import counts
from shopfyp.store.client import client
from tests.emulator.conftest import Answer, Shopper, event, now, post, trigger

AUTH = f"http://{os.environ.get('FIREBASE_AUTH_EMULATOR_HOST')}/identitytoolkit.googleapis.com/v1"


class Operator:
    """Somebody who signed in with an address and a password."""

    def __init__(self, email: str = DEMO_EMAIL, password: str = DEMO_PASSWORD) -> None:
        url = f"{AUTH}/accounts:signInWithPassword?key=none"
        body = {"email": email, "password": password, "returnSecureToken": True}
        self._token = requests.post(url, json=body, timeout=30).json()["idToken"]

    def call(self, name: str, **data: Any) -> Answer:
        """Call a function."""
        return post(name, data, {"Authorization": f"Bearer {self._token}"})

    def today(self) -> dict[str, Any]:
        """Today's insights, counted now."""
        assert self.call("refresh_insights").status == 200
        return self.call("insights", days=1).result["days"][-1]


@pytest.fixture
def operator() -> Operator:
    return Operator()


def group(day: dict[str, Any], dimension: str, name: str) -> dict[str, Any]:
    """The counts of one group, none of them if it is not there."""
    nothing = {"impressions": 0, "clicks": 0, "add_to_cart": 0, "purchases": 0, "revenue": {}}
    found = [g for g in day["groups"].get(dimension, []) if g["name"] == name]
    return {**(found[0] if found else nothing)} | {"name": name}


def forget(day: date) -> None:
    """As if the day had never been counted."""
    path = FieldPath("days", str(day)).to_api_repr()
    month = client().collection("insights").document(month_of(day))
    month.set({"days": {str(day): firestore.DELETE_FIELD}}, merge=[path])


def test_what_shoppers_do_with_a_card_is_what_operators_see(
    shopper: Shopper, operator: Operator
) -> None:
    before = operator.today()
    answer = shopper.call("recommend").result
    (card,) = answer["cards"]
    variant = f"insights/{uuid.uuid4().hex[:8]}"
    offer = {
        "release": answer["release"],
        "variant": variant,
        "card_id": card["card_id"],
        "source": card["source"],
        "reason_code": card["reason"]["code"],
    }
    products = [item["product"] for item in card["products"]]
    bought = products[0]
    events = [event("impression", p["product_id"], **offer) for p in products]
    for kind in ("select_item", "add_to_cart", "purchase"):
        events.append(event(kind, bought["product_id"], **offer))
    logged = shopper.call("log_events", events=events)
    assert logged.result == {"stored": len(products) + 3, "duplicates": 0, "discarded": 0}
    # The same batch again is no second look.
    shopper.call("log_events", events=events)
    other = Shopper()
    other.log("purchase", bought["product_id"])

    day = operator.today()
    revenue = {bought["currency"]: pytest.approx(bought["price"])}
    ours = {"impressions": len(products), "clicks": 1, "add_to_cart": 1, "purchases": 1}
    assert group(day, "variant", variant) == {"name": variant, **ours, "revenue": revenue}
    for dimension, name in (("source", card["source"]), ("reason", card["reason"]["code"])):
        for field, n in ours.items():
            earlier = group(before, dimension, name)[field]
            assert group(day, dimension, name)[field] == earlier + n
    assert day["cards"]["impressions"] == before["cards"]["impressions"] + len(products)
    assert day["elsewhere"]["purchases"] == before["elsewhere"]["purchases"] + 1
    assert day["products"] == 4918
    assert 0 < day["products_shown"] <= day["products"]
    # Counting again changes nothing but the time of it.
    again = operator.today()
    for one in (day, again):
        one.pop("counted_at"), one.pop("functions")
    assert again == day


def test_only_operators_are_answered(shopper: Shopper) -> None:
    for name in ("insights", "refresh_insights", "roll_back"):
        answer = shopper.call(name, **({"version": "1"} if name == "roll_back" else {}))
        assert (answer.status, answer.error["status"]) == (403, "PERMISSION_DENIED")


def test_an_operator_is_made_and_unmade_by_a_command(capsys) -> None:
    email, password = f"{uuid.uuid4().hex}@example.com", "a long password"
    requests.post(
        f"{AUTH}/accounts:signUp?key=none", json={"email": email, "password": password}, timeout=30
    )
    assert Operator(email, password).call("insights").status == 403
    assert job(["operator", "--user", email]) == 1
    assert "not verified" in capsys.readouterr().err
    found = auth.get_user_by_email(email)
    auth.update_user(found.uid, email_verified=True)
    assert job(["operator", "--user", email]) == 0
    assert Operator(email, password).call("insights").status == 200
    assert job(["operator", "--user", email, "--revoke"]) == 0
    assert Operator(email, password).call("insights").status == 403
    assert job(["operator", "--user", "nobody@example.com"]) == 1
    assert "nobody@example.com" in capsys.readouterr().err


def test_searches_without_an_answer_are_listed(shopper: Shopper, operator: Operator) -> None:
    query = f"zqx{uuid.uuid4().hex[:6]} thing"
    # More often than any other test asks in vain.
    for _ in range(6):
        shopper.search(query)
    before = operator.call("insights").result["unanswered"]
    found = {entry["query"]: entry for entry in before}
    assert found[query]["count"] == 6
    assert found[query]["why"] in {"nothing", "nearest_only"}
    assert [e["count"] for e in before] == sorted((e["count"] for e in before), reverse=True)


def test_calls_are_timed_and_errors_counted(shopper: Shopper, operator: Operator) -> None:
    def figures() -> dict[str, Any]:
        operator.call("refresh_insights")
        functions = operator.call("insights", days=1).result["functions"]
        found = {entry["name"]: entry for entry in functions}
        return found.get("similar", {"calls": 0, "refused": 0, "errors": 0})

    before = figures()
    for _ in range(5):
        assert shopper.call("similar", product_id="nothing").status == 404
    deadline = time.monotonic() + 30
    while (now_ := figures())["refused"] < before["refused"] + 5:
        assert time.monotonic() < deadline, now_
        time.sleep(1)
        # Whatever request comes next saves what was counted.
        shopper.call("similar", product_id="p00001")
    assert now_["calls"] >= before["calls"] + 5
    assert now_["errors"] == before["errors"]
    assert 0 < now_["p50"] <= now_["p95"] <= now_["p99"]


def test_what_clips_offer_is_seen_by_source(shopper: Shopper, operator: Operator) -> None:
    before = operator.today()
    rail = {"release": "r", "source": "clip_rail"}
    events = [
        event("impression", "p00001", release="r", source="clip"),
        event("impression", "p00001", **rail),
        event("select_item", "p00001", **rail),
    ]
    assert shopper.call("log_events", events=events).result["stored"] == 3
    day = operator.today()
    for name, ours in {"clip": (1, 0), "clip_rail": (1, 1)}.items():
        earlier, now_ = group(before, "source", name), group(day, "source", name)
        more = tuple(now_[field] - earlier[field] for field in ("impressions", "clicks"))
        assert more == ours
    assert day["cards"] == before["cards"]


def test_ninety_days_are_four_documents_at_the_most() -> None:
    """Counted days of a past that no other test knows."""
    # As many months as ninety days can be of: these end on 30 April.
    first = date(2001, 1, 31)
    days = [first + timedelta(days=n) for n in range(90)]

    def a_day(day: date, searches: int, **calls: Calls) -> DayInsights:
        return DayInsights(day=day, counted_at=now(), searches=searches, calls=calls)

    try:
        with ThreadPoolExecutor() as pool:
            # In no order, and several of a month at once, as a count asked for and a scheduled one.
            slow = Calls(outcomes={"ok": 1}, buckets={3: 1})
            list(pool.map(lambda day: counts.save_insights(a_day(day, 1, slow=slow)), days[::-1]))
        kept = counts.load_insights(first, days[-1])
        assert [insights.day for insights in kept] == days
        assert kept[0].calls == {"slow": slow}
        # Of a day that is counted anew nothing of before is left, and the others are as they were.
        counts.save_insights(a_day(days[40], 7, other=slow))
        again = counts.load_insights(days[40], days[41])
        assert [(i.searches, i.calls) for i in again] == [(7, {"other": slow}), (1, {"slow": slow})]
        names = {found.id for found in client().collection("insights").stream()}
        assert {name for name in names if name < "2002"} == {
            f"2001-{month:02}" for month in (1, 2, 3, 4)
        }
    finally:
        for month in {month_of(day) for day in days}:
            client().collection("insights").document(month).delete()


def test_the_scheduled_function_closes_yesterday_and_counts_today(
    shopper: Shopper, operator: Operator
) -> None:
    """Cloud Scheduler posts to it; the suite runs no schedule, so the test does."""
    at = datetime.now(UTC)
    yesterday = day_of(at) - timedelta(days=1)
    stored = client().collection("shoppers").document(shopper.user_id).collection("events")
    fields = {"type": "impression", "product_id": "p00001", "card_id": "c", "source": "popular"}
    came = datetime.combine(yesterday, at.timetz())
    stored.document("old").set({**fields, "received_at": came, "at": came})
    forget(yesterday)
    trigger("count_insights")
    days = operator.call("insights", days=2).result["days"]
    assert [day["day"] for day in days] == [str(yesterday), str(day_of(at))]
    assert group(days[0], "source", "popular")["impressions"] >= 1
    # Yesterday is over: it is read once more, and never again.
    counted = days[0]["counted_at"]
    trigger("count_insights")
    again = operator.call("insights", days=2).result["days"]
    assert again[0]["counted_at"] == counted
    assert again[1]["counted_at"] > days[1]["counted_at"]
    stored.document("old").delete()
    forget(yesterday)


def test_what_no_run_came_to_is_counted_by_the_next_one(
    shopper: Shopper, operator: Operator
) -> None:
    at = datetime.now(UTC)
    missed, old = (day_of(at) - timedelta(days=days) for days in (7, 8))
    stored = client().collection("shoppers").document(shopper.user_id).collection("events")
    for day in (missed, old):
        came = datetime.combine(day, at.timetz())
        stored.document(str(day)).set({"type": "search", "received_at": came, "at": came})
        forget(day)
    assert operator.call("refresh_insights").result["counted"][0] == str(missed)
    days = operator.call("insights", days=9).result["days"]
    assert days[0]["day"] == str(missed)
    assert days[0]["searches"] >= 1
    # None of them is counted again but today.
    assert operator.call("refresh_insights").result["counted"] == [str(day_of(at))]
    for day in (missed, old):
        stored.document(str(day)).delete()
        forget(day)


def test_rolling_back_moves_the_pointer_and_the_functions_follow(
    shopper: Shopper, operator: Operator, release_folder
) -> None:
    bucket = CloudBucket(os.environ["RELEASE_BUCKET"])
    before = shopper.call("recommend").result["release"]
    version = publish(release_folder, bucket)

    def served(wanted: str) -> None:
        deadline = time.monotonic() + 30
        while shopper.call("recommend").result["release"] != wanted:
            assert time.monotonic() < deadline, f"{wanted} was never taken up"
            time.sleep(0.3)

    served(version)
    listed = operator.call("insights").result["releases"]
    assert [r["version"] for r in listed if r["current"]] == [version]
    assert before in {r["version"] for r in listed}
    assert listed[0]["counts"]["products"] > 0
    unknown = operator.call("roll_back", version="20200101-000000-00000000")
    assert (unknown.status, unknown.error["status"]) == (404, "NOT_FOUND")
    assert operator.call("roll_back", version=before).result == {"release": before}
    served(before)
    listed = operator.call("insights").result["releases"]
    assert [r["version"] for r in listed if r["current"]] == [before]
    assert now() > max(r["published_at"] for r in listed)
