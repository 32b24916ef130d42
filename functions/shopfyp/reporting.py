"""Insights from end to end: counted from events and calls, and handed to the operator."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from shopfyp.api import (
    FunctionFigures,
    InsightsDay,
    InsightsResponse,
    ReleaseFacts,
    UnansweredQuery,
)
from shopfyp.figures import ProductFigures
from shopfyp.history import WritableBucket, releases
from shopfyp.insights import DayInsights, bounds_of, count_day, day_of
from shopfyp.latency import Calls, merged
from shopfyp.logs import log
from shopfyp.manifest import read_manifest, read_pointer
from shopfyp.store import counts

MOST_UNANSWERED = 10
MOST_RELEASES = 20
_LOOK_BACK = 7
"""So many days are counted late, when no run came to them in time."""
_SETTLED = timedelta(minutes=2)
"""No function runs longer: what came in before is stored by then, or never."""


def count(bucket: WritableBucket, now: datetime) -> list[date]:
    """Count today, and each day of the week before it that was not counted after its end.

    That is yesterday, and whatever else no run came to; counting again changes nothing. One read
    for each of a day's searches, impressions, clicks, additions and purchases, and one for each
    function; one write a day.

    Returns:
        The days that were counted.

    Raises:
        ReleaseError: no release says what products cost.
    """
    today = day_of(now)
    week = [today - timedelta(days=n) for n in range(_LOOK_BACK, -1, -1)]
    kept = {insights.day: insights for insights in counts.load_insights(week[0], today)}
    days = [day for day in week if not _is_final(kept.get(day))]
    manifest, _ = read_manifest(bucket, read_pointer(bucket))
    figures = ProductFigures(bucket, manifest)
    for day in days:
        counted = count_day(day, counts.events_of(day), figures.of, len(figures), now)
        insights = DayInsights(**counted.model_dump(), calls=counts.load_calls(day))
        counts.save_insights(insights)
        log("INFO", "insights counted", day=str(day), impressions=counted.cards.impressions)
    return days


def report(bucket: WritableBucket, days: int, now: datetime) -> InsightsResponse:
    """What was counted of the last `days` days, today being one, and what operators act upon.

    One read a month and one for each unanswered query; from the bucket, a list and `MOST_RELEASES`
    manifests.
    """
    today = day_of(now)
    kept = counts.load_insights(today - timedelta(days=days - 1), today)
    names = sorted({name for insights in kept for name in insights.calls})
    calls = {
        name: merged([insights.calls[name] for insights in kept if name in insights.calls])
        for name in names
    }
    return InsightsResponse(
        days=[
            InsightsDay(**i.model_dump(exclude={"calls"}), functions=_figures(i.calls))
            for i in kept
        ],
        functions=_figures(calls),
        unanswered=[
            UnansweredQuery.model_validate(fields) for fields in counts.unanswered(MOST_UNANSWERED)
        ],
        releases=list(_history(bucket)),
    )


def _is_final(insights: DayInsights | None) -> bool:
    return insights is not None and insights.counted_at >= bounds_of(insights.day)[1] + _SETTLED


def _history(bucket: WritableBucket) -> Iterable[ReleaseFacts]:
    for manifest, published_at, current in releases(bucket, MOST_RELEASES):
        yield ReleaseFacts(
            version=manifest.version,
            created_at=manifest.created_at,
            published_at=published_at,
            current=current,
            counts=manifest.counts,
            evaluation=manifest.evaluation,
        )


def _figures(calls: Mapping[str, Calls]) -> list[FunctionFigures]:
    return [
        FunctionFigures(
            name=name,
            calls=some.total,
            refused=some.refused,
            errors=some.errors,
            p50=some.percentile(0.5),
            p95=some.percentile(0.95),
            p99=some.percentile(0.99),
        )
        for name, some in sorted(calls.items())
    ]
