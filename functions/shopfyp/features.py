"""What ranking knows of a product and a shopper beyond what the candidate sources say."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from shopfyp.catalog import FRESH_DAYS
from shopfyp.profile import Profile
from shopfyp.release import Release
from shopfyp.signals import Shopper, Signal

SEEN_MOST = 8
_ALIKE = 0.6
_PRICED = 3
_LEAST_SPREAD = 0.4

Values = NDArray[np.float64]


def shopper_features(
    release: Release, shopper: Shopper, rows: NDArray[np.int64]
) -> dict[str, Values]:
    """The features of `rows` for one shopper, each of shape (rows,).

    `disliked` and `seen` lie in [0, 1], `price` in [-1, 0], `fresh` in [0, 1].
    """
    return {
        "disliked": disliked(release, shopper.profile, rows, shopper.now),
        "seen": _seen(release, shopper.profile, rows),
        "price": price_fit(release, shopper.signals, rows),
        "fresh": _fresh(release, rows, shopper.now),
    }


def disliked(release: Release, profile: Profile, rows: NDArray[np.int64], now: datetime) -> Values:
    """How much of what was waved away is in each product, now.

    A brand or category counts in full, a product by how much more than 0.6 the cosine of both
    texts is; all fade with `profile.DISLIKE_HALF_LIFE_DAYS`.
    """
    strongest = np.zeros(len(rows))
    if not len(rows):
        return strongest
    products = release.products
    found = [(dislike, products.row_of(dislike.product_id)) for dislike in profile.dislikes]
    waved = [(dislike, row) for dislike, row in found if row is not None]
    named = np.array([row for dislike, row in waved if dislike.scope == "product"], np.int64)
    # At once: where vectors are in a database, each question takes a round trip.
    cosines = iter(release.vectors(named) @ release.vectors(rows).T if len(named) else ())
    for dislike, row in waved:
        if dislike.scope == "product":
            alike = np.clip((next(cosines) - _ALIKE) / (1 - _ALIKE), 0, 1)
        else:
            column = products.brand if dislike.scope == "brand" else products.category
            # Code 0 is "none named", which is no brand and no category.
            alike = (column[rows] == column[row]) & (column[row] != 0)
        strongest = np.maximum(strongest, dislike.weight(now) * alike)
    return strongest


def price_fit(release: Release, signals: Sequence[Signal], rows: NDArray[np.int64]) -> Values:
    """How far each price lies from the shopper's band: 0 within it, -1 far from it.

    The band is one standard deviation (at least 0.4) around the mean of the log prices of the
    products among the signals, by their weights; it takes three of them in one currency. A
    product without a price, or in another currency, is taken to fit.
    """
    fits = np.zeros(len(rows))
    products = release.products
    own = [(s.row, s.weight) for s in signals if s.row is not None]
    if len(own) < _PRICED:
        return fits
    taken, weights = np.array([row for row, _ in own]), np.array([weight for _, weight in own])
    currency = np.bincount(products.currency[taken]).argmax()
    priced = (products.currency[taken] == currency) & (products.price[taken] > 0)
    if priced.sum() < _PRICED:
        return fits
    logs, weights = np.log(products.price[taken[priced]]), weights[priced] + 1e-9
    mean = np.average(logs, weights=weights)
    spread = max(float(np.sqrt(np.average((logs - mean) ** 2, weights=weights))), _LEAST_SPREAD)
    price = products.price[rows]
    known = (products.currency[rows] == currency) & (price > 0)
    away = np.abs(np.log(price[known]) - mean) / spread
    fits[known] = -np.clip((away - 1) / 2, 0, 1)
    return fits


def _seen(release: Release, profile: Profile, rows: NDArray[np.int64]) -> Values:
    """Impressions since the last click, of at most 8, as a share."""
    times = {release.products.row_of(key): count for key, count in profile.seen.items()}
    own = np.isin(rows, [row for row in times if row is not None])
    shares = np.zeros(len(rows))
    shares[own] = [min(times[row], SEEN_MOST) / SEEN_MOST for row in rows[own].tolist()]
    return shares


def _fresh(release: Release, rows: NDArray[np.int64], now: datetime) -> Values:
    """1 for a product published now, falling to 0 over two weeks; 0 for one without a date."""
    age_days = (now.timestamp() - release.products.published[rows]) / 86_400
    return np.where(np.isnan(age_days), 0, np.clip(1 - np.maximum(age_days, 0) / FRESH_DAYS, 0, 1))
