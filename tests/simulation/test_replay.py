"""480 simulated shoppers see drawn cards: what others would have got of them can be estimated."""

from dataclasses import replace

import numpy as np
import pytest

from indexer_job.evaluate import replay
from indexer_job.evaluate.replay import evaluate_replay, policy_of
from indexer_job.evaluate.simulate import Shopper, simulate
from indexer_job.files import UserEvent
from indexer_job.ranker import ShownCard
from shopfyp.experiments import Configuration, Serving
from shopfyp.exploration import CardPolicy
from shopfyp.release import Release

LOGGING = Configuration(explore=0.3, new=0)
OTHER = Configuration(explore=0, new=0, diversity=0.8, max_per_brand=1)


def _chance(product) -> float:
    """What is true of the simulated shoppers, and what replay is not told."""
    return 0.01 + 0.02 * (sum(map(ord, product.product_id)) % 9)


def _shoppers(count: int) -> list[Shopper]:
    queries = ["Ben 10 shoes for boys", "women's shoes in red leather", "a frying pan", "garden"]
    return [
        Shopper(f"shopper-{n}", _chance, lambda product: True, queries[n % len(queries)])
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def logging_release(release: Release) -> Release:
    return replace(release, serving=Serving(configuration=LOGGING))


@pytest.fixture(scope="module")
def events(logging_release: Release) -> list[UserEvent]:
    """What the simulated shoppers did on cards that were drawn."""
    return [e for s in simulate(logging_release, _shoppers(480), 12) for e in s.events]


@pytest.mark.parametrize("configuration", [OTHER, Configuration(weights={"semantic": 4})])
def test_replay_estimates_what_is_true_of_simulated_shoppers(
    logging_release: Release,
    events: list[UserEvent],
    configuration: Configuration,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    products = logging_release.products
    chances = np.array([_chance(products.product(row)) for row in range(len(products))])
    truths = []

    def noted(release: Release, card: ShownCard, asked: Configuration) -> CardPolicy:
        """The policy that replay asks for, whose clicks in truth are noted."""
        assert release is logging_release
        assert asked == configuration
        policy = policy_of(release, card, asked)
        assert policy is not None
        shown = np.array([policy.probability(row) for row in range(len(products))])
        truths.append(float(shown @ chances))
        return policy

    monkeypatch.setattr(replay, "policy_of", noted)
    report = evaluate_replay(logging_release, events, configuration)
    estimate, truth = report["clicks_per_card"], np.mean(truths)
    assert report["cards"] == len(truths) > 2000
    assert report["support"] > 0.85
    assert estimate["low"] < truth < estimate["high"]
    # It is narrow enough to be of use.
    assert estimate["high"] - estimate["low"] < 0.5 * truth


def test_a_configuration_replayed_on_its_own_cards_has_their_clicks(release: Release) -> None:
    # The explore source draws its candidates anew, and so makes other cards.
    drawn_once = LOGGING.model_copy(update={"without": ["explore"]})
    logging = replace(release, serving=Serving(configuration=drawn_once))
    events = [e for s in simulate(logging, _shoppers(480), 12) for e in s.events]
    report = evaluate_replay(logging, events, drawn_once)
    logged = report["logged_clicks_per_card"]
    assert report["clicks_per_card"]["value"] == pytest.approx(logged["value"], abs=1e-3)
    assert report["support"] == pytest.approx(1, abs=0.01)
