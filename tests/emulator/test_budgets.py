"""Budgets in the real Firestore: instances that draw at once, and a caller who does not stop."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from shopfyp.store import budgets
from shopfyp.store.client import client
from tests.emulator.conftest import Shopper


def test_instances_that_draw_at_once_share_one_bucket() -> None:
    key, now = uuid.uuid4().hex, datetime.now(UTC)

    def instance(_: int) -> int:
        drawn = 0
        while (got := budgets.draw(key, 10, 60, now)).calls:
            drawn += got.calls
        assert got.wait_seconds > 0
        return drawn

    with ThreadPoolExecutor(4) as instances:
        drawn = sum(instances.map(instance, range(4)))
    # Who came at the same moment as others may have left some.
    assert drawn + instance(4) == 60
    assert budgets.draw(key, 10, 60, now + timedelta(seconds=30)).calls == 10
    kept = client().collection(budgets.BUDGETS).document(key).get().to_dict()
    assert kept["expires_at"] <= now + timedelta(hours=2), "it is gone soon after its last use"


def test_who_calls_without_end_is_told_to_wait_and_others_are_served() -> None:
    eager = Shopper()
    calls = 0
    while (answer := eager.call("my_interests")).status == 200:
        calls += 1
    assert (answer.status, answer.error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert 120 <= calls <= 3 * 120
    assert 1 <= answer.error["details"]["retry_after_seconds"] <= 60
    assert Shopper().call("my_interests").status == 200
    # No id and no address, only a hash.
    kept = [doc.to_dict() for doc in client().collection(budgets.BUDGETS).stream()]
    assert all(bucket.keys() == {"level", "at", "expires_at"} for bucket in kept)
