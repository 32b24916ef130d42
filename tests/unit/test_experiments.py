"""Experiments: who gets what, what the variants were worth, and looking at it every day."""

import math
from datetime import timedelta

import numpy as np
import pytest
from pydantic import ValidationError

from indexer_job.evaluate.experiment import evaluate_experiment
from indexer_job.evaluate.statistics import ALPHA, Estimate, compare, rate
from indexer_job.files import InputError, UserEvent, user_event
from shopfyp.experiments import Configuration, Experiment, Serving, Variant
from tests.unit.test_profile import NOW

EXPERIMENT = Experiment(
    name="more-variety",
    variants={
        "control": Variant(share=0.5),
        "varied": Variant(share=0.3, configuration=Configuration(diversity=0.6)),
    },
)


def test_shares_of_shoppers_are_as_configured_and_each_stays_where_they_are() -> None:
    serving = Serving(experiment=EXPERIMENT)
    users = [f"user-{n}" for n in range(20_000)]
    names = [serving.assigned(user)[0] for user in users]
    assert names == [serving.assigned(user)[0] for user in users]
    shares = {name: names.count(name) / len(names) for name in set(names)}
    expected = {"more-variety/control": 0.5, "more-variety/varied": 0.3, "default": 0.2}
    assert shares == pytest.approx(expected, abs=0.01)
    assert serving.assigned(users[names.index("more-variety/varied")])[1].diversity == 0.6


def test_places_in_two_experiments_are_independent() -> None:
    other = Serving(experiment=EXPERIMENT.model_copy(update={"name": "another"}))
    first = Serving(experiment=EXPERIMENT)
    users = [f"user-{n}" for n in range(20_000)]
    both = [
        (first.assigned(u)[0].endswith("control"), other.assigned(u)[0].endswith("control"))
        for u in users
    ]
    assert sum(a and b for a, b in both) / len(both) == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"variants": {"a": {"share": 0.7}, "b": {"share": 0.6}}}, "variants"),
        ({"variants": {}}, "variants"),
        ({"variants": {"a": {"share": -1}}}, "share"),
        ({"name": "two words"}, "name"),
        ({"variants": {"a": {"share": 1, "configuration": {"diversety": 1}}}}, "diversety"),
        ({"variants": {"a": {"share": 1, "configuration": {"explore": 0.9}}}}, "explore"),
    ],
)
def test_a_bad_experiment_is_refused_and_the_field_named(change: dict, field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        Experiment.model_validate(EXPERIMENT.model_dump() | change)


def _cards(user_id: str, variant: str, cards: int, clicks: int, bought: int = 0) -> list[UserEvent]:
    """Cards of one product each; the first `clicks` are clicked, the first `bought` bought."""
    events = []
    for number in range(cards):
        offer = {"card_id": f"{user_id} {variant[-3:]} {number}", "variant": variant}
        kinds = ["impression"] + ["select_item"] * (number < clicks)
        kinds += ["add_to_cart", "purchase"] * (number < bought)
        for place, kind in enumerate(kinds):
            at = NOW + timedelta(minutes=number, seconds=place)
            fields = {"event_id": f"{user_id}-{number}-{place}", "user_id": user_id, "at": at}
            about = {"type": kind, "product_id": f"p{number}", **offer}
            events.append(user_event(fields | about, "test"))
    return events


def test_rates_of_each_variant_are_counted_per_impression() -> None:
    events = [
        *_cards("a", "x/control", 10, 2, 1),
        *_cards("b", "x/control", 30, 2),
        *_cards("c", "x/new", 10, 5),
        *_cards("d", "x/new", 10, 3),
        *_cards("e", "other/new", 10, 10),
        *_cards("f", "default", 10, 10),
    ]
    twice = [_raw(e) | {"quantity": 2} if e.event.type == "purchase" else _raw(e) for e in events]
    doubled = evaluate_experiment([user_event(e, "t") for e in twice], {"p0": 8.0}, "x", "control")
    revenue = doubled["variants"]["control"]["revenue_per_mille"]["value"]
    assert revenue == pytest.approx(1000 * 16 / 40)
    report = evaluate_experiment(events, {"p0": 8.0}, "x", "control")
    control, new = report["variants"]["control"], report["variants"]["new"]
    assert (control["users"], control["impressions"]) == (2, 40)
    assert control["click_rate"]["value"] == pytest.approx(4 / 40)
    assert control["add_to_cart_rate"]["value"] == pytest.approx(1 / 40)
    assert control["revenue_per_mille"]["value"] == pytest.approx(1000 * 8 / 40)
    assert new["click_rate"]["value"] == pytest.approx(8 / 20)
    compared = report["comparisons"]["new"]["click_rate"]
    assert compared["difference"] == pytest.approx(0.3)
    # Of two shoppers each nothing is known for certain.
    assert (compared["low"], compared["p"], compared["decision"]) == (None, 1, "undecided")


def test_a_hundred_shoppers_of_each_variant_can_decide() -> None:
    events = [
        event
        for n in range(100)
        for event in [*_cards(f"c{n}", "x/control", 10, n % 3), *_cards(f"n{n}", "x/new", 10, 4)]
    ]
    events.sort(key=lambda e: e.at)
    compared = evaluate_experiment(events, {}, "x", "control")["comparisons"]["new"]["click_rate"]
    assert compared["low"] < 0.3 < compared["high"]
    assert compared["decision"] == "better"
    fewer = [e for e in events if e.user_id != "n7"]
    compared = evaluate_experiment(fewer, {}, "x", "control")["comparisons"]["new"]["click_rate"]
    assert compared["decision"] == "undecided"


def test_a_click_is_of_the_card_that_it_names_or_of_the_last() -> None:
    (ours,) = _cards("a", "x/control", 1, 0)
    (other,) = _cards("a", "default", 1, 0)
    later = {"at": NOW + timedelta(hours=1), "type": "select_item", "event_id": "click"}

    def clicked(*shown: UserEvent, card_id: str | None) -> float:
        click = user_event({**_raw(ours), **later, "card_id": card_id}, "test")
        report = evaluate_experiment([*shown, click], {}, "x", "control")
        return report["variants"]["control"]["click_rate"]["value"]

    assert clicked(ours, other, card_id=ours.event.card_id) == 1
    assert clicked(ours, other, card_id=other.event.card_id) == 0
    assert clicked(ours, other, card_id=None) == 0
    assert clicked(other, ours, card_id=None) == 1


def test_an_exposure_that_is_logged_twice_counts_once() -> None:
    events = _cards("a", "x/control", 3, 1)
    again = [user_event({**_raw(e), "event_id": f"again-{n}"}, "t") for n, e in enumerate(events)]
    both = sorted([*events, *again], key=lambda e: e.at)
    report = evaluate_experiment(both, {}, "x", "control")["variants"]["control"]
    assert report["impressions"] == 3
    assert report["click_rate"]["value"] == pytest.approx(1 / 3, abs=1e-4)


def _raw(event: UserEvent) -> dict:
    return {**event.event.model_dump(exclude_none=True), "user_id": event.user_id}


def test_shoppers_of_two_variants_are_left_out_and_a_missing_control_is_named() -> None:
    events = [*_cards("a", "x/control", 3, 1), *_cards("b", "x/control", 3, 1)]
    mixed = [*events, *_cards("b", "x/new", 2, 1)]
    report = evaluate_experiment(sorted(mixed, key=lambda e: e.at), {}, "x", "control")
    assert (report["mixed_users"], report["variants"]["control"]["users"]) == (1, 1)
    with pytest.raises(InputError, match="x/old; variants seen: control"):
        evaluate_experiment(events, {}, "x", "old")


def test_the_variance_is_of_shoppers_not_of_impressions() -> None:
    # Every shopper clicks on all or nothing: impressions of one shopper tell only once.
    rng = np.random.default_rng(0)
    estimates = []
    for _ in range(400):
        exposures = rng.integers(1, 20, 200)
        gains = exposures * (rng.random(200) < 0.3)
        estimates.append(rate(gains, exposures))
    spread = np.var([estimate.value for estimate in estimates])
    assert np.mean([e.variance for e in estimates]) == pytest.approx(spread, rel=0.2)
    covered = [low < 0.3 < high for low, high in (e.interval() for e in estimates)]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)


def _looks(effect: float, seed: int) -> tuple[bool, bool]:
    """Whether any of 50 daily looks decides: by the sequential test, by a plain 95 % interval.

    What is hoped to be seen is a tenth of the control's rate, as it is in a report.
    """
    rng = np.random.default_rng(seed)
    clicks = [(rng.random(5000) < chance).astype(float) for chance in (0.1, 0.1 + effect)]
    sequential = plain = False
    for seen in [2, 5, 10, 20, 50, *range(100, 5001, 100)]:
        control, variant = (rate(c[:seen], np.ones(seen)) for c in clicks)
        sequential |= compare(variant, control, 0.1 * control.value, seen).decision != "undecided"
        low, high = Estimate(
            variant.value - control.value, variant.variance + control.variance
        ).interval()
        plain |= low > 0 or high < 0
    return sequential, plain


def test_looking_every_day_decides_wrongly_no_more_often_than_promised() -> None:
    decided = np.array([_looks(0.0, seed) for seed in range(300)])
    sequential, plain = decided.mean(axis=0)
    assert sequential <= ALPHA
    # What it guards against: the plain interval is wrong several times as often.
    assert plain > 0.2


def test_a_real_difference_is_found() -> None:
    assert np.mean([_looks(0.03, seed)[0] for seed in range(40)]) > 0.8


def test_the_p_value_and_the_interval_agree() -> None:
    control = Estimate(0.1, 1e-4)
    for difference in np.linspace(-0.1, 0.1, 21):
        found = compare(Estimate(0.1 + difference, 1e-4), control, 0.01, 1000)
        assert (found.p < ALPHA) == (found.decision != "undecided")
    nothing = compare(Estimate(0.1, math.inf), control, 0.01, 1000)
    assert (nothing.p, nothing.decision) == (1.0, "undecided")
