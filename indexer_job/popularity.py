"""What many take lately, in all and in each category, and what is too new to be taken."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from indexer_job.files import UserEvent
from indexer_job.neighbours import EVENT_WEIGHTS, Rows
from shopfyp.catalog import FRESH_DAYS, Product
from shopfyp.events import ProductEvent

POPULAR_IN_CATEGORY = 50
NEW = 1000
FEW_IMPRESSIONS = 20
"""A new product with fewer impressions than this is still to be shown."""
HALF_LIFE_DAYS = 14.0

Popularity = NDArray[np.float64]


def popularity(
    products: Sequence[Product], events: Sequence[UserEvent], row_of: Mapping[str, int]
) -> Popularity:
    """How popular each product is, shape (products,).

    2 ln(1 + taken) + ln(1 + sold) + 0.5 ln(1 + rated): the shop's own counts carry it until
    there are events. What was taken counts by its event's weight, halved for every two weeks
    before the last event.
    """
    taken = np.zeros(len(products))
    last = max((e.at for e in events), default=None)
    for user_event in events:
        event = user_event.event
        if last and isinstance(event, ProductEvent) and event.type in EVENT_WEIGHTS:
            row = row_of.get(event.product_id)
            if row is not None:
                age_days = (last - user_event.at).total_seconds() / 86_400
                taken[row] += EVENT_WEIGHTS[event.type] * 0.5 ** (age_days / HALF_LIFE_DAYS)
    sold = np.array([p.sold_count for p in products], np.float64)
    rated = np.array([p.rating_count for p in products], np.float64)
    result: Popularity = 2 * np.log1p(taken) + np.log1p(sold) + 0.5 * np.log1p(rated)
    return result


def popular_order(
    popularity: Popularity, department: NDArray[np.int32], in_stock: NDArray[np.bool_]
) -> Rows:
    """Rows in stock by popularity, taking turns among the departments.

    The first of every department come first, then the second of each: the first card that a
    stranger sees is popular and diverse.
    """
    rows = np.flatnonzero(in_stock)
    by_department = rows[np.lexsort((rows, -popularity[rows], department[rows]))]
    departments = department[by_department]
    turn = np.arange(len(rows)) - np.searchsorted(departments, departments)
    order = np.lexsort((by_department, -popularity[by_department], turn))
    return by_department[order].astype(np.int32)


def popular_by_category(
    popularity: Popularity, category: NDArray[np.int32], in_stock: NDArray[np.bool_]
) -> Rows:
    """The most popular rows in stock of each category code, (codes, POPULAR_IN_CATEGORY)."""
    found = np.full((int(category.max(initial=0)) + 1, POPULAR_IN_CATEGORY), -1, np.int32)
    rows = np.flatnonzero(in_stock)
    rows = rows[np.lexsort((rows, -popularity[rows], category[rows]))]
    codes = category[rows]
    place = np.arange(len(rows)) - np.searchsorted(codes, codes)
    kept = place < POPULAR_IN_CATEGORY
    found[codes[kept], place[kept]] = rows[kept]
    return found


def new_rows(products: Sequence[Product], events: Sequence[UserEvent], now: datetime) -> Rows:
    """Products in stock that were published lately and shown fewer than FEW_IMPRESSIONS times.

    The least shown come first, the newest of those; NEW at the most.
    """
    shown = Counter(
        e.event.product_id
        for e in events
        if isinstance(e.event, ProductEvent) and e.event.type == "impression"
    )
    found = []
    for row, product in enumerate(products):
        if product.published_at is not None and product.in_stock:
            age_days = (now - product.published_at).total_seconds() / 86_400
            count = shown[product.product_id]
            if 0 <= age_days < FRESH_DAYS and count < FEW_IMPRESSIONS:
                found.append((count, age_days, row))
    return np.array([row for _, _, row in sorted(found)[:NEW]], np.int32)
