"""The callers' buckets, which all instances draw from."""

from datetime import datetime, timedelta

from google.api_core.exceptions import Aborted
from google.cloud import firestore

from shopfyp.budgets import Drawn, drawn
from shopfyp.store.client import client

BUDGETS = "budgets"
_BUDGET_STAYS = timedelta(hours=1)


def draw(key: str, wanted: int, per_minute: int, now: datetime) -> Drawn:
    """Take up to `wanted` calls out of a caller's bucket: one read, and a write if there are any.

    The key is a hash, and the document is gone an hour after its last use (TTL). When too many
    draw from one bucket in the same moment, there is nothing for a second.
    """
    draw_from = firestore.transactional(_draw)
    try:
        got: Drawn = draw_from(client().transaction(max_attempts=3), key, wanted, per_minute, now)
    except (Aborted, ValueError) as error:
        if isinstance(error, Aborted) or isinstance(error.__cause__, Aborted):
            return Drawn(0, 1.0)
        raise
    return got


def _draw(
    transaction: firestore.Transaction, key: str, wanted: int, per_minute: int, now: datetime
) -> Drawn:
    bucket = client().collection(BUDGETS).document(key)
    known = bucket.get(transaction=transaction).to_dict() or {"level": per_minute, "at": now}
    elapsed = (now - known["at"]).total_seconds()
    level, got = drawn(known["level"], elapsed, wanted, per_minute)
    if got.calls:
        at = max(now, known["at"])
        transaction.set(bucket, {"level": level, "at": at, "expires_at": now + _BUDGET_STAYS})
    return got
