"""Exploration: chances are what is logged, and without them there is no replay."""

from collections import Counter

import numpy as np
import pytest

from indexer_job.evaluate.replay import evaluate_replay
from indexer_job.files import InputError
from shopfyp.experiments import Configuration
from shopfyp.exploration import CardPolicy
from shopfyp.ranking import Ranked
from shopfyp.reasons import Reason
from shopfyp.release import Release
from tests.conftest import small_events


def _items(rows: range) -> list[Ranked]:
    return [Ranked(row, 1.0, ["popular"], Reason(code="popular")) for row in rows]


def test_products_are_drawn_as_often_as_the_policy_says() -> None:
    policy = CardPolicy(
        best=_items(range(5)),
        explored=[_items(range(n, 15, 3)) for n in range(3)],
        newcomers=[_items(range(n, n + 5)) for n in range(10, 30, 5)],
        explore=0.2,
        new=0.1,
    )
    rng = np.random.default_rng(0)
    drawn: Counter[int] = Counter()
    for _ in range(20_000):
        drawn.update(item.row for item in policy.draw(rng))
    for row in range(31):
        assert drawn[row] / 20_000 == pytest.approx(policy.probability(row), abs=0.01)
    # A card holds five products.
    assert sum(policy.probability(row) for row in range(31)) == pytest.approx(5)


def test_a_product_that_is_there_in_any_case_has_a_chance_of_one_and_no_more() -> None:
    items = _items(range(3))
    sums = [
        CardPolicy(items, [items], [items], explore / 100, new / 100).probability(0)
        for explore in range(50)
        for new in range(50)
    ]
    assert max(sums) == 1
    assert min(sums) == pytest.approx(1)


def test_without_newcomers_their_share_goes_to_the_best() -> None:
    policy = CardPolicy(_items(range(3)), [_items(range(2))], [], explore=0.0, new=0.5)
    assert policy.probability(0) == 1
    assert len(policy.draw(np.random.default_rng(0))) == 3


def test_events_without_propensities_cannot_be_replayed(release: Release) -> None:
    with pytest.raises(InputError, match="propensities"):
        evaluate_replay(release, small_events(), Configuration())
