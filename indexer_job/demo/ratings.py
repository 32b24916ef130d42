"""How the demo's ratings are spread over the stars."""

import math

_FEWEST = 10
"""Fewer ratings cannot be spread so that their mean is what the product says."""


def histogram(mean: float, count: int) -> list[int]:
    """How many of `count` ratings have one star, two, and so on, with this mean to one decimal.

    Shares fall or rise by one factor from star to star: of all spreads with this mean, the one of
    greatest entropy. Empty for fewer than ten ratings.
    """
    if count < _FEWEST:
        return []
    low, high = 1e-3, 1e3
    for _ in range(60):
        factor = math.sqrt(low * high)
        low, high = (factor, high) if _mean(_shares(factor)) < mean else (low, factor)
    exact = [share * count for share in _shares(low)]
    counts = [int(value) for value in exact]
    by_remainder = sorted(range(5), key=lambda star: counts[star] - exact[star])
    for star in by_remainder[: count - sum(counts)]:
        counts[star] += 1
    while missing := round(mean * count) - sum(star * n for star, n in enumerate(counts, 1)):
        step = 1 if missing > 0 else -1
        movable = [s for s in range(5) if counts[s] and 0 <= s + step < 5]
        star = max(movable, key=lambda s: counts[s])
        counts[star] -= 1
        counts[star + step] += 1
    return counts


def _shares(factor: float) -> list[float]:
    powers = [factor**star for star in range(5)]
    return [power / sum(powers) for power in powers]


def _mean(shares: list[float]) -> float:
    return sum(star * share for star, share in enumerate(shares, 1))
