"""What is counted for the operator: insights of days, calls, and searches without an answer."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from google.api_core.exceptions import GoogleAPICallError, RetryError
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.field_path import FieldPath

from shopfyp.events import RETENTION
from shopfyp.insights import EVENT_FIELDS, EVENT_TYPES, DayInsights, bounds_of, month_of
from shopfyp.latency import Calls
from shopfyp.logs import log
from shopfyp.store.client import client
from shopfyp.store.shoppers import EVENTS

UNANSWERED, INSIGHTS, CALLS = "unanswered", "insights", "insights_calls"
_PAGE = 5000
_CALLS_SECONDS = 10.0
_COUNT_SECONDS = 2.0
_SAID_BY_MANY = 3


def log_unanswered(query: str, why: str, now: datetime) -> None:
    """Count a search that the catalogue has no answer to, for the operator: one write.

    It is tried once: the shopper has an answer, and must not lose it by this.

    The document says what was asked, by nobody in particular; it expires as events do, and rules
    let no client read it.

    Args:
        query: in the shopper's words; what differs in case and spaces only is one query.
        why: `nothing`, `relaxed` or `nearest_only`.
        now: when it was asked.
    """
    words = " ".join(query.lower().split())
    counted = client().collection(UNANSWERED).document(sha256(words.encode()).hexdigest()[:32])
    fields = {
        "query": words,
        "why": why,
        "count": firestore.Increment(1),
        "last_at": now,
        "expires_at": now + RETENTION,
    }
    try:
        counted.set(fields, merge=True, retry=None, timeout=_COUNT_SECONDS)
    except (GoogleAPICallError, RetryError) as error:
        log("WARNING", "unanswered search not counted", reason=type(error).__name__)


def unanswered(most: int) -> list[dict[str, Any]]:
    """The searches most often unanswered, as `log_unanswered` counts them: `most` reads.

    What was asked once or twice may be one shopper's own words, and stays unseen.
    """
    found = (
        client()
        .collection(UNANSWERED)
        .where(filter=FieldFilter("count", ">=", _SAID_BY_MANY))
        .order_by("count", direction="DESCENDING")
        .limit(most)
    )
    return [snapshot.to_dict() for snapshot in found.stream()]


def events_of(day: date) -> Iterator[dict[str, Any]]:
    """Everybody's events that insights count, by when they came in: one read an event.

    Only `insights.EVENT_FIELDS` come over the wire. They are read in pages, as a single stream of
    hours would be cut off.
    """
    start, end = bounds_of(day)
    query = (
        client()
        .collection_group(EVENTS)
        .where(filter=FieldFilter("type", "in", EVENT_TYPES))
        .where(filter=FieldFilter("received_at", ">=", start))
        .where(filter=FieldFilter("received_at", "<", end))
        .select((*EVENT_FIELDS, "received_at"))
        .order_by("received_at")
        .limit(_PAGE)
    )
    page = list(query.stream())
    while page:
        yield from (snapshot.to_dict() for snapshot in page)
        page = list(query.start_after(page[-1]).stream()) if len(page) == _PAGE else []


def save_insights(insights: DayInsights) -> None:
    """Keep a day's insights in the place of those counted before: one write.

    The days of a month are one document, so that who looks at many reads few. Only the one day of
    it is written, whole: others are counted at the same time, and lose nothing by it.
    """
    fields = insights.model_dump(mode="json")
    day = FieldPath("days", fields["day"]).to_api_repr()
    month = client().collection(INSIGHTS).document(month_of(insights.day))
    month.set({"days": {fields["day"]: fields}}, merge=[day])


def load_insights(since: date, until: date) -> list[DayInsights]:
    """The insights of those days from `since` to `until` that have some, in their order.

    One read a month, at most four for ninety days.
    """
    wanted = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    months = client().collection(INSIGHTS)
    kept = client().get_all([months.document(name) for name in {month_of(day) for day in wanted}])
    days = {day: fields for found in kept for day, fields in (found.get("days") or {}).items()}
    return [DayInsights.model_validate(days[str(day)]) for day in wanted if str(day) in days]


def add_calls(day: date, calls: Mapping[str, Calls]) -> None:
    """Add to what was counted of functions' calls on a day: one write a function.

    A document is written once a minute by each instance of its function, so less than once a
    second, which is what one document takes.
    """
    start, _ = bounds_of(day)
    for function, some in calls.items():
        client().collection(CALLS).document(f"{day}-{function}").set(
            {
                "day": str(day),
                "function": function,
                "outcomes": {name: firestore.Increment(n) for name, n in some.outcomes.items()},
                "buckets": {str(at): firestore.Increment(n) for at, n in some.buckets.items()},
                "expires_at": start + RETENTION,
            },
            merge=True,
            timeout=_CALLS_SECONDS,
        )


def load_calls(day: date) -> dict[str, Calls]:
    """What was counted of each function on a day: a read a function."""
    kept = client().collection(CALLS).where(filter=FieldFilter("day", "==", str(day)))
    found = (snapshot.to_dict() for snapshot in kept.stream())
    return {fields["function"]: Calls.model_validate(fields) for fields in found}
