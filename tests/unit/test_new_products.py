"""New products get their first impressions within a day, and no more than their share."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from indexer_job.build import build_release
from indexer_job.evaluate.simulate import START, Shopper, simulate
from indexer_job.files import UserEvent, user_event
from indexer_job.popularity import FEW_IMPRESSIONS, new_rows
from shopfyp.candidates import new
from shopfyp.events import ProductEvent
from shopfyp.release import Release, open_release
from tests.conftest import product, small_catalog, small_events

NEW = 20
SHOPPERS, CARDS = 200, 5


def newcomers(count: int = NEW, **fields: object):
    published = {"published_at": START - timedelta(hours=1)} | fields
    return [product(f"new-{n}", f"novelty number {n}", **published) for n in range(count)]


def impressions(product_id: str, count: int) -> list[UserEvent]:
    fields = {"user_id": "u", "type": "impression", "product_id": product_id, "at": START}
    return [user_event({"event_id": f"e{n}", **fields}, "test") for n in range(count)]


@pytest.fixture(scope="module")
def with_newcomers(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("new") / "release"
    build_release([*small_catalog(), *newcomers()], folder, events=small_events())
    return open_release(folder)


def test_every_new_product_is_shown_within_a_day_and_the_share_is_bounded(
    with_newcomers: Release,
) -> None:
    shoppers = [Shopper(f"s{n}", lambda _: 0.05, lambda _: True) for n in range(SHOPPERS)]
    sessions = simulate(with_newcomers, shoppers, CARDS)
    shown = [
        e.event
        for session in sessions
        for e in session.events
        if isinstance(e.event, ProductEvent) and e.event.type == "impression"
    ]
    assert {f"new-{n}" for n in range(NEW)} <= {event.product_id for event in shown}
    given = [event for event in shown if event.source == "new"]
    assert 0.01 < len(given) / len(shown) < 0.07
    # Each gets its part: none is starved by the others.
    times = Counter(event.product_id for event in given)
    assert max(times.values()) < 0.15 * len(given)


def test_where_there_are_too_many_at_once_each_has_its_hour(with_newcomers: Release) -> None:
    drawn = [
        {row for c in new.retrieve(with_newcomers, [], 3, rng) for row in c.rows.tolist()}
        for rng in map(np.random.default_rng, range(24))
    ]
    assert {len(rows) for rows in drawn} == {3}
    assert set().union(*drawn) == set(with_newcomers.new_rows.tolist())


@pytest.mark.parametrize(
    ("fields", "shown", "is_new"),
    [
        ({}, 0, True),
        ({}, FEW_IMPRESSIONS - 1, True),
        ({}, FEW_IMPRESSIONS, False),
        ({"in_stock": False}, 0, False),
        ({"published_at": None}, 0, False),
        ({"published_at": START - timedelta(days=20)}, 0, False),
        ({"published_at": START + timedelta(days=1)}, 0, False),
    ],
)
def test_which_products_are_new(fields: dict, shown: int, is_new: bool) -> None:
    rows = new_rows(newcomers(1, **fields), impressions("new-0", shown), START)
    assert rows.tolist() == [0] * is_new


def test_the_least_shown_come_first() -> None:
    rows = new_rows(newcomers(3), impressions("new-0", 5) + impressions("new-2", 2), START)
    assert rows.tolist() == [1, 2, 0]


def test_the_date_survives_the_files(tmp_path: Path, with_newcomers: Release) -> None:
    row = with_newcomers.products.row_of("new-3")
    assert row is not None
    assert with_newcomers.products.product(row).published_at == START - timedelta(hours=1)
