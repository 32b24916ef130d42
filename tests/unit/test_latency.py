"""Calls counted in buckets, percentiles read from them; a store that is down hurts nobody."""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pytest

from shopfyp.latency import BOUNDS_MS, OK, Calls, Recorder, bucket_of, merged

DAY = date(2026, 3, 1)


class _Store:
    def __init__(self) -> None:
        self.saved: list[tuple[date, dict[str, Calls]]] = []
        self.down = False
        self.open = threading.Event()
        self.open.set()

    def save(self, day: date, calls: Mapping[str, Calls]) -> None:
        assert self.open.wait(10)
        if self.down:
            raise ConnectionError("no route")
        self.saved.append((day, dict(calls)))


@pytest.fixture
def store() -> _Store:
    return _Store()


def recorder(store: _Store, every_seconds: float = 3600) -> Recorder:
    return Recorder(store.save, lambda: DAY, every_seconds)


def one(record: Recorder, outcome: str = OK) -> None:
    with record.measured("search") as ends:
        ends(outcome)


def test_a_duration_is_in_the_bucket_that_it_does_not_exceed() -> None:
    assert [bucket_of(ms) for ms in (0, 5, 5.1, 60_000, 1e9)] == [
        0,
        0,
        1,
        len(BOUNDS_MS) - 1,
        len(BOUNDS_MS) - 1,
    ]


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_a_percentile_is_right_to_its_bucket(share: float) -> None:
    times = np.random.default_rng(1).lognormal(4, 1, 5000)
    calls = merged([Calls(outcomes={OK: 1}, buckets={bucket_of(ms): 1}) for ms in times])
    exact, found = float(np.quantile(times, share)), calls.percentile(share)
    assert bucket_of(exact) == bucket_of(found)
    assert found == pytest.approx(exact, rel=0.2)


def test_a_percentile_is_drawn_across_its_bucket() -> None:
    calls = Calls(outcomes={OK: 4}, buckets={0: 1, 3: 2, 5: 1})
    assert calls.percentile(0.25) == 5
    assert calls.percentile(0.5) == 35  # half way from 20 to 50
    assert calls.percentile(0.75) == 50
    assert calls.percentile(1) == 200
    assert Calls().percentile(0.5) is None


def test_errors_are_ours_and_refusals_the_callers() -> None:
    outcomes = {OK: 5, "invalid-argument": 2, "not-found": 1, "internal": 1, "unavailable": 3}
    calls = Calls(outcomes=outcomes)
    assert (calls.total, calls.refused, calls.errors) == (12, 3, 4)


def test_a_call_that_raises_is_counted_and_raises(store: _Store) -> None:
    record = recorder(store)
    with pytest.raises(ZeroDivisionError), record.measured("search"):
        1 / 0  # noqa: B018
    one(record)
    one(record, "not-found")
    record.flush()
    ((day, calls),) = store.saved
    assert day == DAY
    assert calls["search"].outcomes == {"internal": 1, OK: 1, "not-found": 1}
    assert sum(calls["search"].buckets.values()) == 3


def test_counts_are_saved_when_it_is_time_and_not_before(store: _Store) -> None:
    record = recorder(store, every_seconds=0.2)
    one(record)
    one(record)
    assert not store.saved
    time.sleep(0.25)
    one(record)
    deadline = time.monotonic() + 5
    while not store.saved and time.monotonic() < deadline:
        time.sleep(0.01)
    # The call that started the saving was still running.
    assert [calls["search"].total for _, calls in store.saved] in ([2], [3])


def test_nobody_waits_for_a_slow_store(store: _Store) -> None:
    record = recorder(store, every_seconds=0)
    store.open.clear()
    one(record)
    started = time.perf_counter()
    for _ in range(20):
        one(record)
    assert time.perf_counter() - started < 0.5
    store.open.set()


def test_a_store_that_is_down_loses_nothing_and_is_said(store: _Store, capsys) -> None:
    record = recorder(store)
    store.down = True
    one(record)
    record.flush()
    assert "calls not saved" in capsys.readouterr().err
    one(record)
    store.down = False
    record.flush()
    record.flush()
    assert [calls["search"].total for _, calls in store.saved] == [2]


def test_no_call_is_lost_between_threads(store: _Store) -> None:
    record = recorder(store, every_seconds=0.001)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: one(record), range(2000)))
    time.sleep(0.2)
    record.flush()
    assert sum(calls["search"].total for _, calls in store.saved) == 2000
