"""200 shoppers with known tastes browse the demo's release for 50 cards each."""

import pytest

from indexer_job.demo.prepare import DATA
from indexer_job.evaluate.simulate import demo_shoppers, evaluate_simulation
from shopfyp.release import open_release

SHOPPERS, CARDS = 200, 50
FIRST_5, SESSION = 0.85, 0.8
"""Measured: 0.93 and 0.82; what has fallen below these bounds has broken something."""


@pytest.fixture(scope="module")
def shares() -> dict[str, list[float]]:
    release = open_release(DATA / "release")
    shares, _ = evaluate_simulation(release, demo_shoppers(SHOPPERS), CARDS)
    return shares


def test_cards_follow_the_taste_after_one_search(shares: dict[str, list[float]]) -> None:
    first = sum(shares["ShopFYP"][:5]) / 5
    assert first > FIRST_5
    assert first > 3 * sum(shares["popularity"][:5]) / 5


def test_cards_stay_on_taste_over_the_session(shares: dict[str, list[float]]) -> None:
    session = sum(shares["ShopFYP"]) / CARDS
    assert session > SESSION
    assert session > 3 * sum(shares["popularity"]) / CARDS
