"""Budgets: how many calls a caller gets, over one instance and over many, and what that costs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfyp.budgets import INSTANCES, Budget, Budgets, Drawn, address_of, drawn

BUDGET = Budget(shopper=60, address=600)
START = datetime(2026, 3, 1, tzinfo=UTC)


class Shared:
    """The buckets that all instances share, and the time; counts what asking costs."""

    def __init__(self) -> None:
        self.seconds, self.asked, self.held = 0.0, 0, {}

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def draw(self, key: str, wanted: int, per_minute: int, now: datetime) -> Drawn:
        self.asked += 1
        level, at = self.held.get(key, (per_minute, now))
        level, got = drawn(level, (now - at).total_seconds(), wanted, per_minute)
        self.held[key] = level, now
        return got

    def instance(self) -> Budgets:
        return Budgets(self.draw, self.now, lambda: self.seconds)


def test_an_ordinary_shopper_costs_nothing() -> None:
    shared = Shared()
    instance = shared.instance()
    for second in range(0, 600, 20):
        shared.seconds = second
        assert instance.spend("search", BUDGET, "u", "192.0.2.1") == 0
    assert shared.asked == 0


@pytest.mark.parametrize("count", [1, 5, INSTANCES])
def test_the_budget_holds_over_instances(count: int) -> None:
    shared = Shared()
    instances = [shared.instance() for _ in range(count)]
    through = []
    for second in range(300):
        shared.seconds = second
        for instance in instances:
            through += [second] * sum(
                instance.spend("search", BUDGET, "u", None) == 0 for _ in range(20)
            )
    minutes = [sum(m * 60 <= second < m * 60 + 60 for second in through) for m in range(5)]
    assert minutes[0] <= 3 * BUDGET.shopper
    assert all(BUDGET.shopper * 0.9 <= calls <= 2 * BUDGET.shopper for calls in minutes[1:])
    # Of all the calls refused hardly one was asked about.
    assert shared.asked <= 0.02 * 300 * 20 * count


def test_drawing_costs_a_tenth_of_the_calls() -> None:
    shared = Shared()
    instance = shared.instance()
    assert all(instance.spend("search", BUDGET, "u", None) == 0 for _ in range(60))
    assert shared.asked <= 10


def test_many_shoppers_at_one_address_share_its_budget() -> None:
    shared = Shared()
    instance = shared.instance()
    waits = [instance.spend("search", BUDGET, f"u{n}", "192.0.2.1") for n in range(2000)]
    assert 600 <= waits.count(0) <= 3 * 600
    assert instance.spend("search", BUDGET, "other", "192.0.2.2") == 0
    assert instance.spend("recommend", BUDGET, "other", "192.0.2.1") == 0


def test_whoever_waits_as_told_gets_through() -> None:
    shared = Shared()
    instance = shared.instance()
    while not (wait := instance.spend("search", BUDGET, "u", None)):
        pass
    shared.seconds += wait - 0.01
    assert instance.spend("search", BUDGET, "u", None)
    shared.seconds += 0.02
    assert instance.spend("search", BUDGET, "u", None) == 0


def test_without_the_buckets_shoppers_are_served_within_bounds(capsys) -> None:
    def down(*_: object) -> Drawn:
        raise OSError("no Firestore for user u")

    instance = Budgets(down, lambda: START, lambda: 0.0)
    assert all(instance.spend("search", BUDGET, "u", None) == 0 for _ in range(60))
    assert "user u" not in capsys.readouterr().err


@given(
    level=st.floats(0, 60),
    elapsed=st.floats(-1e6, 1e6),
    wanted=st.integers(1, 100),
    per_minute=st.integers(1, 5000),
)
def test_a_bucket_never_gives_what_it_does_not_hold(level, elapsed, wanted, per_minute) -> None:
    level = min(level, per_minute)
    left, got = drawn(level, elapsed, wanted, per_minute)
    assert 0 <= left <= per_minute
    assert 0 <= got.calls <= wanted
    assert left + got.calls <= level + max(elapsed, 0) * per_minute / 60 + 1e-6
    # Who waits as long as it says finds one.
    assert got.calls or drawn(left, got.wait_seconds + 1e-6, 1, per_minute)[1].calls == 1


@pytest.mark.parametrize(
    ("forwarded", "peer", "address"),
    [
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9", "10.0.0.1", "203.0.113.9"),  # the first is the caller's own word
        ("2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        (None, "203.0.113.9", "203.0.113.9"),
        (None, "127.0.0.1", None),
        ("rubbish", None, None),
        ("", "", None),
    ],
)
def test_where_a_call_comes_from(forwarded, peer, address) -> None:
    assert address_of(forwarded, peer) == address


def test_who_drew_nothing_takes_what_a_call_beside_it_has_drawn() -> None:
    def draw(*_: object) -> Drawn:
        nonlocal asked
        asked += 1
        if asked > 1:
            return Drawn(10)
        assert instance.spend("search", Budget(shopper=0, address=0), "u", None) == 0
        return Drawn(0, 6.0)

    asked = 0
    instance = Budgets(draw, lambda: START, lambda: 0.0)
    waits = [instance.spend("search", Budget(shopper=0, address=0), "u", None) for _ in range(9)]
    assert waits == [0] * 9
    assert asked == 2
