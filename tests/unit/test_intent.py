"""Intent: the age that a query names, and the products that suit it."""

import numpy as np
import pytest

from shopfyp.intent import UNKNOWN_AGE, age_fit, age_of, age_range_of


@pytest.mark.parametrize(
    ("query", "age"),
    [
        ("shoes for my 10-year-old son who likes Ben 10", 10),
        ("gift for a girl aged 7", 7),
        ("toy for a 5 yr old", 5),
        ("something for her 8th birthday", 8),
        ("boots for a 12 years old boy", 12),
        ("Ben 10 shoes", None),
        ("10 inch pan", None),
        ("M12 screws", None),
    ],
)
def test_the_age_that_a_query_names(query: str, age: float | None) -> None:
    assert age_of(query) == age


@pytest.mark.parametrize(
    ("text", "span"),
    [("8-12 years", (8, 12)), ("Ages 3–5", (3, 5)), ("3+", (3, 99)), ("", UNKNOWN_AGE)],
)
def test_the_years_that_a_range_spans(text: str, span: tuple[float, float]) -> None:
    assert age_range_of(text) == span


def test_only_a_range_that_leaves_the_age_out_counts_against_a_product() -> None:
    ranges = np.array([(8, 12), (2, 4), UNKNOWN_AGE, (3, 99)], np.float32)
    assert age_fit("for my 10-year-old", ranges).tolist() == [1, 0.5, 1, 1]
    assert age_fit("shoes", ranges).tolist() == [1, 1, 1, 1]
