"""What an experiment's variants were worth: click, add-to-cart and revenue rates of their cards."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from indexer_job.evaluate.statistics import Estimate, compare, rate
from indexer_job.files import InputError, UserEvent
from shopfyp.events import ProductEvent

METRICS = {"click_rate": 1.0, "add_to_cart_rate": 1.0, "revenue_per_mille": 1000.0}
EFFECT = 0.1
"""Differences of a tenth of the control's rate are what the test is sharpest for."""

_KIND = {"select_item": 0, "add_to_cart": 1, "purchase": 2}
_WITHIN = timedelta(days=1)
_NEVER: tuple[datetime, set[str]] = datetime.min.replace(tzinfo=UTC), set()


def evaluate_experiment(
    events: Sequence[UserEvent], prices: Mapping[str, float], experiment: str, control: str
) -> dict[str, Any]:
    """Rates per impression of each variant, and how they compare with the control's.

    A click, an addition to the bag or a purchase counts for the card that it names, else for the
    one that showed the product to the shopper last, within a day, and once per impression. Shoppers
    who were served by two variants (their shares were changed) are left out, and counted.

    Args:
        events: in the order of time.
        prices: of products, for revenue; one that is not named counts as 0.
        experiment: its name.
        control: the variant that the others are compared with.

    Raises:
        InputError: no impression of the control is among the events.
    """
    tallies, mixed = _tallies(events, prices, experiment)
    if control not in tallies:
        seen = ", ".join(sorted(tallies)) or "none"
        raise InputError(f"no impression of {experiment}/{control}; variants seen: {seen}")
    rates = {name: _rates(tally) for name, tally in tallies.items()}
    report: dict[str, Any] = {"experiment": experiment, "control": control, "mixed_users": mixed}
    report["variants"] = {
        name: {
            "users": len(tallies[name]),
            "impressions": int(sum(row[3] for row in tallies[name])),
            **{metric: _shown(estimate) for metric, estimate in rates[name].items()},
        }
        for name in sorted(rates)
    }
    report["comparisons"] = {
        name: {
            metric: _compared(
                rates[name][metric],
                rates[control][metric],
                min(len(tallies[name]), len(tallies[control])),
            )
            for metric in METRICS
        }
        for name in sorted(rates)
        if name != control
    }
    return report


def _tallies(
    events: Sequence[UserEvent], prices: Mapping[str, float], experiment: str
) -> tuple[dict[str, list[list[float]]], int]:
    """By variant, for each shopper: clicks, additions, revenue, impressions."""
    # By shopper and product, of the card that showed it last; and by card as well.
    shown: dict[tuple[str, ...], tuple[datetime, set[str]]] = {}
    by_user: dict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
    variants: dict[str, set[str]] = defaultdict(set)
    for user_id, event, at in events:
        if not isinstance(event, ProductEvent):
            continue
        key = (user_id, event.product_id)
        if event.type == "impression" and event.card_id:
            name, _, variant = (event.variant or "").partition("/")
            of_card = (*key, event.card_id)
            if name != experiment:
                shown.pop(key, None)
            # A card that is drawn again (a page that was left and come back to) is one exposure.
            elif of_card not in shown:
                variants[user_id].add(variant)
                by_user[user_id][3] += 1
                shown[key] = shown[of_card] = (at, set())
        elif event.type in _KIND:
            since, counted = shown.get((*key, event.card_id) if event.card_id else key, _NEVER)
            if at - since <= _WITHIN and event.type not in counted:
                counted.add(event.type)
                price = prices.get(event.product_id, 0.0) * (event.quantity or 1)
                gain = price if event.type == "purchase" else 1.0
                by_user[user_id][_KIND[event.type]] += gain
    tallies: dict[str, list[list[float]]] = defaultdict(list)
    for user_id, names in variants.items():
        if len(names) == 1:
            tallies[next(iter(names))].append(by_user[user_id])
    return dict(tallies), sum(len(names) > 1 for names in variants.values())


def _rates(tally: list[list[float]]) -> dict[str, Estimate]:
    table = np.array(tally)
    return {
        metric: rate(scale * table[:, column], table[:, 3])
        for column, (metric, scale) in enumerate(METRICS.items())
    }


def _shown(estimate: Estimate) -> dict[str, float | None]:
    low, high = estimate.interval()
    return {"value": _rounded(estimate.value), "low": _rounded(low), "high": _rounded(high)}


def _compared(variant: Estimate, control: Estimate, shoppers: int) -> dict[str, Any]:
    found = compare(variant, control, EFFECT * control.value, shoppers)
    return {
        "difference": _rounded(found.difference),
        "low": _rounded(found.low),
        "high": _rounded(found.high),
        "p": round(found.p, 4),
        "decision": found.decision,
    }


def _rounded(value: float) -> float | None:
    return round(value, 5) if math.isfinite(value) else None
