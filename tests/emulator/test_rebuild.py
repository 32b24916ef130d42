"""The repair tool: a profile made anew from the stored events."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from google.cloud.firestore import DELETE_FIELD
from google.cloud.firestore_v1.base_query import FieldFilter

from indexer_job.__main__ import main
from shopfyp.store import shoppers
from shopfyp.store.client import client
from tests.emulator.conftest import Shopper, event, now


def rebuild(capsys: pytest.CaptureFixture[str], shopper: Shopper, *options: str) -> dict:
    capsys.readouterr()
    assert main(["rebuild-profile", "--user", shopper.user_id, *options]) == 0
    return json.loads(capsys.readouterr().out)


def document(shopper: Shopper):
    return client().collection("shoppers").document(shopper.user_id)


@pytest.fixture
def known(shopper: Shopper) -> Shopper:
    """A shopper of three batches, the last of which comes late, and with something forgotten."""
    shopper.call("log_events", events=[event("impression", f"p0000{n}") for n in (3, 1, 2)])
    shopper.call("log_events", events=[event("add_to_cart", "p00004"), event("purchase", "p00005")])
    early = (datetime.now(UTC) - timedelta(hours=5)).isoformat()
    shopper.call("log_events", events=[event("view_item", "p00006", at=early)])
    item = shopper.call("my_interests").result["lasting"][0]
    assert shopper.call("forget_interest", item_id=item["item_id"], at=now()).result["forgotten"]
    return shopper


def test_a_profile_that_is_right_is_left_alone(known: Shopper, capsys) -> None:
    before = document(known).get()
    report = {"events": 6, "missing": 0, "changed": [], "written": False}
    assert rebuild(capsys, known) == report
    assert document(known).get().update_time == before.update_time


def test_a_damaged_profile_is_repaired(known: Shopper, capsys) -> None:
    right = document(known).get().to_dict()
    damage = {"seen": [], "recent": [], "sequence": 2}
    document(known).update(damage)
    wrong = document(known).get().to_dict()
    found = rebuild(capsys, known, "--dry-run")
    assert found == {"events": 6, "missing": 0, "changed": ["recent", "seen", "sequence"]} | {
        "written": False
    }
    assert document(known).get().to_dict() == wrong
    assert rebuild(capsys, known)["written"]
    repaired = document(known).get().to_dict()
    # It expires with the last event, as what was forgotten later is no event.
    assert repaired.pop("expires_at") <= right.pop("expires_at")
    assert repaired == right
    # The next event goes on behind those that are stored.
    known.log("view_item", "p00007")
    assert rebuild(capsys, known, "--dry-run")["changed"] == []


def test_events_from_before_there_were_numbers_come_first_as_they_came_in(
    known: Shopper, capsys
) -> None:
    events = document(known).collection("events")
    for old in events.where(filter=FieldFilter("sequence", "<", 5)).stream():
        old.reference.update({"sequence": DELETE_FIELD})
    report = {"events": 6, "missing": 0, "changed": [], "written": False}
    assert rebuild(capsys, known) == report


def test_a_lost_event_is_noticed(known: Shopper, capsys) -> None:
    (second,) = (
        document(known).collection("events").where(filter=FieldFilter("sequence", "==", 1)).stream()
    )
    second.reference.delete()
    report = rebuild(capsys, known, "--dry-run")
    assert (report["events"], report["missing"]) == (5, 1)
    assert "seen" in report["changed"]


def test_expired_events_are_not_counted(known: Shopper) -> None:
    rebuilt = shoppers.rebuild_profile(
        known.user_id, datetime.now(UTC) + timedelta(days=91), write=False
    )
    assert (rebuilt.events, rebuilt.missing, rebuilt.after.recent) == (0, 0, [])
    assert rebuilt.after.forgotten == rebuilt.before.forgotten


def test_who_was_deleted_stays_so(known: Shopper, capsys) -> None:
    known.call("delete_my_data")
    assert rebuild(capsys, known)["written"] is False
    assert not document(known).get().exists
