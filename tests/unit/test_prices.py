"""Prices and the numbers in them: what is read out of a query."""

import re

import pytest

from shopfyp.intent.numbers import IN_WORDS, number
from shopfyp.intent.parsing import parse
from shopfyp.intent.vocabulary import Vocabulary
from tests.unit.small_shop import slots


@pytest.mark.parametrize(
    ("query", "budget"),
    [
        ("mug under $30", "..30"),
        ("mug below 30 euros", "..30"),
        ("mug up to 1,200", "..1200"),
        ("mug max 1.5k", "..1500"),
        ("mug for less than fifty dollars", "..50"),
        ("mug 30 dollars or less", "..30"),
        ("mug, I don't want to spend more than 30", "..30"),
        ("mug, budget: 30", "..30"),
        ("a $30 mug", "..30"),
        ("mug over 50", "50.."),
        ("mug at least £50", "50.."),
        ("mug not cheaper than 50", "50.."),
        ("mug between 20 and 50", "20..50"),
        ("mug 20-50 euros", "20..50"),
        ("mug $20 to $50", "20..50"),
        ("mug around 40", "30..50"),
        ("mug over 20 but less than 50", "20..50"),
        ("mug from 20 up to 50", "20..50"),
        ("mug, it mustn't cost more than 30", "..30"),
        ("mug, not a penny over 30", "..30"),
        ("mug, 30 is my limit", "..30"),
        ("mug, 30 at the very most", "..30"),
        ("mug under a tenner", "..10"),
        ("mug under twenty-five", "..25"),
        ("mug, twenty-five quid max", "..25"),
        ("mug twenty to thirty-five dollars", "20..35"),
        ("mug between a hundred and two hundred and fifty", "100..250"),
        ("mug, not above a hundred and twenty", "..120"),
        ("mug, one-fifty is my ceiling", "..150"),
        ("mug, sixty at the outside", "..60"),
        ("mug until 30", "..30"),
        ("mug, it cant cost more than 30", "..30"),
        ("mug not more expensive than 30", "..30"),
        ("mug, don't bother showing me anything below 50", "50.."),
        ("mug, a hundred and up", "100.."),
        ("mug, three to four hundred dollars", "300..400"),
        ("mug between one and two thousand", "1000..2000"),
        ("mug fifty to a hundred dollars", "50..100"),
        ("mug, I have 100 to 150 to spend", "100..150"),
        ("mug, two hundred and fifty max", "..250"),
        ("mug, budget: two hundred and fifty", "..250"),
        ("mug, budget $20 - $50", "20..50"),
        ("mug less then 30", "..30"),
        ("mug, max. 30", "..30"),
        ("mug, but not for more than a hundred and forty", "..140"),
        ("mug up to two hundred and fifty dollars", "..250"),
        ("mug, we've collected a hundred and twenty dollars", "..120"),
        ("mug between a hundred and one fifty", "100..150"),
        ("mug, I can spend 80 to 120", "80..120"),
        ("mug from $60 up", "60.."),
        ("mugs from $20", "20.."),
        ("mug from 30 upwards", "30.."),
        ("mug, my limit's 30", "..30"),
        ("mug, skip anything above 30", "..30"),
        ("mug, leave out everything below 30", "30.."),
        ("mug in the region of 40", "30..50"),
        ("mug no higher than 30", "..30"),
        ("mug, I've got 30 to spend", "..30"),
        ("mug that doesn't cost a fortune", "cheap"),
        ("mug, at least 20 dollars but 50 max", "20..50"),
        ("mug, budget fifteen to twenty", "15..20"),
        ("mug, forty or thereabouts", "30..50"),
        ("mug, 40-ish dollars", "30..50"),
        ("mug, 40 ish", "30..50"),
        ("mug, we can go to 30", "..30"),
        ("mug, 30 is plenty", "..30"),
        ("mug, we've got 30 between us", "..30"),
        ("mug, we clubbed together 30", "..30"),
        ("mug, forty to seventy", "40..70"),
        ("mug, I'd rather not go above 30", "..30"),
        ("mug upto 30", "..30"),
        ("mugs, 30 a piece tops", "..30"),
        ("mug, forty more or less", "30..50"),
        ("mug, not past 30", "..30"),
        ("mug. Ceiling 30", "..30"),
        ("mug, 12-25", "12..25"),
        ("mug, 30 absolute max", "..30"),
        ("mug, nothing too expensive", "cheap"),
        ("cheap mug", "cheap"),
        ("mug, not too expensive", "cheap"),
    ],
)
def test_a_budget(query: str, budget: str, vocabulary: Vocabulary) -> None:
    assert slots(query, vocabulary) == [("budget", budget)]


@pytest.mark.parametrize(
    "query",
    [
        "10 inch pan",
        "pan 24 to 26",
        "pan for 6 and up",
        "pan 12-25",
        "pan, 3-5",
        "pan, 12 and up",
        "M12 screws",
        "pan over 28 cm",
        "2 to 5 players",
        "under 12 hours",
        "1 TB disk",
    ],
)
def test_numbers_that_are_no_price_and_no_age(query: str) -> None:
    assert not {"budget", "age"} & {slot.name for slot in parse(query, Vocabulary()).slots}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("12.50", 12.5),
        ("1,200", 1200),
        ("sixty five", 65),
        ("a hundred and twenty", 120),
        ("two hundred and fifty", 250),
        ("three fifty", 350),
        ("a thousand two hundred", 1200),
        ("two dozen", 24),
        ("a tenner", 10),
    ],
)
def test_a_number(text: str, meant: float) -> None:
    assert number(text) == meant
    assert text[0].isdigit() or re.fullmatch(IN_WORDS, text)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="mug is no number"):
        number("two mug")
