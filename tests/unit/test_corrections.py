"""What a shopper takes back: the last word counts."""

import pytest

from shopfyp.intent.parsing import parse
from shopfyp.intent.vocabulary import Vocabulary
from tests.unit.small_shop import slots

AUNT = [("gender", "women"), ("recipient", "aunt")]
DAUGHTER = [("gender", "girls"), ("recipient", "daughter")]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("red mug, no wait, sky blue", [("colour", "sky blue")]),
        ("trainers size 30, sorry, I meant size 31", [("size", "31")]),
        ("trainers, size 30, no sorry, 31", [("size", "31")]),
        ("mug for an aunt, she's eighty, no, wait, ninety", [*AUNT, ("age", "90")]),
        ("two mugs, actually make that four because we are many", [("quantity", "4")]),
        ("red mug, hmm, no, let's go with sky blue", [("colour", "sky blue")]),
        ("mug under 20, no, let's say under 30", [("budget", "..30")]),
        ("pyjamas for my son, hmm, actually no, for my daughter", DAUGHTER),
        ("pyjamas for my son, sorry, for my daughter", DAUGHTER),
        ("red mug, sorry, sky blue", [("colour", "sky blue")]),
        ("trainers size thirty no thirty-one", [("size", "31")]),
        ("six mugs please no make that eight", [("quantity", "8")]),
        ("mug for my aunt she's eighty oh no hang on she's ninety now", [*AUNT, ("age", "90")]),
        ("red mug, hmm no red chips so soon, let's say sky blue", [("colour", "sky blue")]),
        ("red mug no wait red chips so soon make that sky blue", [("colour", "sky blue")]),
        ("mug, no cork, make it red", [("exclusion", "cork"), ("colour", "red")]),
        (
            "mug up to a hundred and fifty, sorry, I mean a hundred and eighty",
            [("budget", "..180")],
        ),
        ("mug from $20, no wait, $25", [("budget", "25..")]),
        ("red mug is nice but I'd rather have sky blue", [("colour", "sky blue")]),
        ("mug in red, hm, actually sky blue", [("colour", "sky blue")]),
        ("mug, sorry for the trouble, red", [("colour", "red")]),
        ("red mug, no wait, size 30", [("colour", "red"), ("size", "30")]),
    ],
)
def test_what_is_said_anew_is_taken_back(
    query: str, wanted: list[tuple[str, str]], vocabulary: Vocabulary
) -> None:
    assert slots(query, vocabulary) == wanted


def test_what_is_taken_back_is_not_retrieved_by(vocabulary: Vocabulary) -> None:
    assert "red" not in parse("red mug, no wait, sky blue", vocabulary).rest
    intent = parse("a mug, no, I meant trainers", vocabulary)
    assert "mug" not in intent.rest
    assert {vocabulary.values[code].value for code in intent.kinds} == {"Trainers"}
