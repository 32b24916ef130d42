"""What a query says beyond its words. For now the age of the one it is for."""

import re

import numpy as np
from numpy.typing import NDArray

UNKNOWN_AGE = (-1.0, -1.0)
"""The age range of a product that names none."""

_UNFIT = 0.5
_AGE = re.compile(
    r"\b(?:aged?\s+(\d{1,2})\b|(\d{1,2})(?:th|st|nd|rd)?[\s-]*"
    r"(?:years?|yrs?|y/?o\b|birthday))",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d{1,2})\s*(?:[-–]|to)\s*(\d{1,2})")
_FROM = re.compile(r"(\d{1,2})\s*\+")


def age_of(query: str) -> float | None:
    """The age in years that a query names ("my 10-year-old", "aged 7"), or None."""
    found = _AGE.search(query)
    return float(found.group(1) or found.group(2)) if found else None


def age_range_of(text: str) -> tuple[float, float]:
    """The years that "8-12 years" or "3+" spans, both ends within it; UNKNOWN_AGE for others."""
    if found := _RANGE.search(text):
        return float(found.group(1)), float(found.group(2))
    if found := _FROM.search(text):
        return float(found.group(1)), 99.0
    return UNKNOWN_AGE


def age_fit(query: str, ranges: NDArray[np.float32]) -> NDArray[np.float32]:
    """A factor for each product: 0.5 where its range leaves the query's age out, else 1.

    Args:
        query: in the shopper's words.
        ranges: (products, 2), the age ranges in years, negative where unknown.
    """
    factors = np.ones(len(ranges), np.float32)
    age = age_of(query)
    if age is not None:
        known = ranges[:, 0] >= 0
        factors[known & ((ranges[:, 0] > age) | (ranges[:, 1] < age))] = _UNFIT
    return factors
