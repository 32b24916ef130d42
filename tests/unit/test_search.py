"""Search: tokens, spelling, kinds, and what the catalogue's words find."""

import random
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from indexer_job.build import build_release
from indexer_job.evaluate.typos import misspelled, respaced
from indexer_job.kinds import kinds
from indexer_job.lexical import build_lexical
from shopfyp.api import SearchRequest
from shopfyp.lexical import LexicalIndex
from shopfyp.release import Release, open_release
from shopfyp.search import search
from shopfyp.tokens import tokens
from tests.conftest import product

_NOW = datetime(2026, 11, 20, tzinfo=UTC)


def titles(release: Release, query: str, **fields: object) -> list[str]:
    """The titles that a search brings, best first."""
    asked = {"query": query, "event_id": "e", "at": _NOW, "limit": 50, **fields}
    found = search(release, SearchRequest.model_validate(asked), _NOW)
    return [item.product.title for item in found.products]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ('HP notebook 33.8 cm (13.3")', "13.3 inch"),
        ('HP notebook 33.8 cm (13.3")', "13-inch notebook"),
        ("SSD 1TB", "1 tb ssd"),
        ("Sony WH-1000XM4", "wh1000xm4"),
        ("Sony WH-1000XM4", "wh 1000xm4"),
        ("Hex bolt M12 x 30", "m12 bolts"),
        ("Wi-Fi extender", "wifi"),
        ("USB 3.0 hub", "usb 3"),
        ("Garden hose, 20 metres", "20m"),
        ("Cafetière 1.5 l", "cafetiere 1,5 litres"),
        ("Children's T-shirts", "childrens t shirt"),
    ],
)
def test_the_same_thing_written_otherwise_has_the_same_tokens(said: str, asked: str) -> None:
    assert set(tokens(asked)) <= set(tokens(said))


@pytest.mark.parametrize(
    ("said", "asked"), [("SSD 1TB", "10 tb"), ("Bolt M12", "m1"), ("11 inch tablet", "1 inch")]
)
def test_another_measure_is_another_token(said: str, asked: str) -> None:
    assert not set(tokens(asked)) & set(tokens(said))


def test_what_is_left_out_on_the_way_is_none_of_the_best(tmp_path: Path) -> None:
    rng = random.Random(0)
    words = [f"w{chr(97 + n)}" for n in range(20)]
    drawn = [rng.choices(words, [2.0**-n for n in range(20)], k=4) for _ in range(3000)]
    build_lexical(
        [product(str(n), " ".join(own)) for n, own in enumerate(drawn)], tmp_path / "lexical"
    )
    index = LexicalIndex(tmp_path / "lexical")
    allowed = np.random.default_rng(0).random(3000) < 0.5
    for _ in range(200):
        query, count = " ".join(rng.sample(words[:12], 3)), rng.choice([1, 5, 50])
        among = rng.choice([None, allowed])
        rows, scores = index.search(query, count, among)
        all_scores = np.zeros(3000, np.float32)
        found, own = index.found(query, among)
        all_scores[found] = own
        best = np.sort(all_scores[all_scores > 0])[::-1][:count]
        np.testing.assert_allclose(scores, best, atol=1e-6)
        np.testing.assert_allclose(all_scores[rows], best, atol=1e-6)


def test_attributes_weigh_less_and_all_words_outdo_one_word_often(tmp_path: Path) -> None:
    products = [
        product("0", "Sleeve", attributes={"fits": "laptop laptop laptop"}),
        product("1", "Laptop"),
        product("2", "Red red red red red paint"),
        product("3", "Red leather shoes in a long title of many words"),
        *(product(f"x{n}", f"Thing {n}") for n in range(20)),
    ]
    build_lexical(products, tmp_path / "lexical")
    index = LexicalIndex(tmp_path / "lexical")
    rows, scores = index.search("laptop", 10)
    assert rows.tolist() == [1, 0]
    assert scores[1] < 0.5 < scores[0] <= 1
    assert index.search("red shoes", 10)[0].tolist()[0] == 3
    assert index.about("laptop").tolist() == [1]
    assert not len(index.search("zebra", 10)[0])


def test_kinds_tell_a_thing_from_what_goes_with_it() -> None:
    screen = {"display_diagonal": 13, "processor_family": "x", "internal_memory": 8}
    sleeve = {"material": "felt", "case_type": "sleeve"}
    made = [product(str(n), "Notebook", attributes=screen) for n in range(6)]
    made += [product(f"s{n}", "Laptop sleeve", attributes=sleeve) for n in range(6)]
    made += [product("bare", "Laptop")]
    found = kinds(made)
    assert found[0] @ found[5] == pytest.approx(1, abs=1e-4)
    assert found[0] @ found[6] < 0.1
    assert not found[-1].any()
    assert kinds([product("0", "One")]).shape == (1, 0)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wireles headfones", "wireless headphones"),
        ("trainres for my dauhgter", "trainers for my daughter"),
        ("cast iron friyng pan", "cast iron frying pan"),
        ("head phones", "headphones"),
        ("woodentrain", "wooden train"),
        ("marlow shoes", "marlowe shoes"),
        ("marllow shoes", "marlowe shoes"),
        ("presnet for my nefew under 30", "present for my nephew under 30"),
    ],
)
def test_misspelled_words_are_taken_for_what_was_meant(
    release: Release, typed: str, meant: str
) -> None:
    assert release.speller.corrected(typed) == meant


def test_real_words_that_the_shop_lacks_are_no_misspellings(tmp_path: Path) -> None:
    titles = ["match ball", "car phone holder", "shirt with cuffs", "bluetooth speaker", "grey rug"]
    titles += ["coffee notes", "skin brush"]
    shop = [product(f"{title}-{n}", f"{title} {n}") for title in titles for n in range(4)]
    build_release(shop, tmp_path / "shop")
    corrected = open_release(tmp_path / "shop").speller.corrected
    queries = ("lip balm", "ear muffs", "sneakers", "grey sneakers", "kale chips", "rotes kleid")
    for query in (*queries, "three skeins"):
        assert corrected(query) == query
    assert corrected("coffee motes") == "coffee notes"
    assert corrected("xhildren ball") == "children ball"
    assert corrected("match bal") == "match ball"


def test_a_word_for_somebody_is_as_common_as_its_plural(tmp_path: Path) -> None:
    titles = ["shoes for girls", "trail grip shoes", "hot grill"]
    build_release([product(f"{t}-{n}", f"{t} {n}") for t in titles for n in range(4)], tmp_path)
    corrected = open_release(tmp_path).speller.corrected
    assert corrected("shoes for a gril") == "shoes for a girl"
    assert corrected("gril shoes") == "girl shoes"


def test_a_space_too_few_is_one_edit(tmp_path: Path) -> None:
    titles = ["power bank", "powerbook", "cd drive", "external", "mouse pad", "gaming keyboard"]
    titles += ["lapmousepad"]
    shop = [product(f"{title}-{n}", f"{title} {n}") for title in titles for n in range(4)]
    build_release([*shop, product("odd", "mousepad")], tmp_path / "shop")
    corrected = open_release(tmp_path / "shop").speller.corrected
    # Two edits away there is a word, and with a space two that stand together.
    assert corrected("powerbank") == "power bank"
    assert corrected("cddrive") == "cd drive"
    # One product writes it so, four others do not.
    assert corrected("mousepad") == "mouse pad"
    assert corrected("keyboard powerbook") == "keyboard powerbook"
    # What is joined to the word before it is not taken apart as well.
    assert corrected("lap mousepad") == "lapmousepad"


@pytest.mark.parametrize(
    "query",
    [
        "I want to buy shoes for my 10-year-old son who likes Ben 10",
        "something under $30 for my mum's new garden, not plastic",
        "my boyfriend is obsessed with espresso, 60-120 EUR",
        "she can't stand yellow, pyjamas please",
        "pyjamas, he cant stand yellow",
        "turntable, not for the garden",
        "WH-1000XM4",
        "zapatos para niños",
        "Schuhe für Jungen",
        "子供の靴",
        "кроссовки",
        "👟",
    ],
)
def test_what_is_no_mistake_stays_as_it_is(release: Release, query: str) -> None:
    assert release.speller.corrected(query) == query


def test_what_denies_is_no_misspelling_of_what_it_denies(tmp_path: Path) -> None:
    titles = ["scented candle", "27 inch monitor", "wool jumper"]
    build_release([product(f"{t}-{n}", f"{t} {n}") for t in titles for n in range(4)], tmp_path)
    corrected = open_release(tmp_path).speller.corrected
    for query in ("unscented candle", "wool jumpers make me itch"):
        assert corrected(query) == query


def test_of_a_query_of_nothing_but_mistakes_a_few_are_corrected(release: Release) -> None:
    """Each is compared with all words there are: a hundred of them would take a second."""
    typed = "headfonse " * 20
    assert release.speller.corrected(typed).split().count("headphones") == 8


def test_a_correction_is_said_and_can_be_refused(release: Release) -> None:
    asked = {"query": "blutooth speeker", "event_id": "e", "at": _NOW}
    found = search(release, SearchRequest.model_validate(asked), _NOW)
    assert found.corrected == "bluetooth speaker"
    assert found.products[0].product.title == "bluetooth speaker"
    verbatim = SearchRequest.model_validate({**asked, "verbatim": True})
    assert search(release, verbatim, _NOW).corrected is None


@pytest.mark.parametrize("query", ["Kopfhörer", "子供の靴", "наушники", "سماعات", "👟", "!?"])
def test_other_languages_bring_something_and_no_error(release: Release, query: str) -> None:
    assert titles(release, query)


def test_typos_change_one_letter_of_each_longer_word() -> None:
    rng = random.Random(1)
    for _ in range(200):
        typed = misspelled("usb headphones for me", rng)
        assert typed.startswith("usb ")
        assert typed.endswith(" for me")
        assert typed != "usb headphones for me"
        assert abs(len(typed) - len("usb headphones for me")) <= 1


def test_a_space_too_few_or_too_many_changes_no_letter() -> None:
    rng = random.Random(0)
    made = {respaced("usb headphones", rng) for _ in range(200)}
    assert "usbheadphones" in made
    assert "usb head phones" in made
    assert {str(query).replace(" ", "") for query in made} == {"usbheadphones"}
    assert {str(query).count(" ") for query in made} == {0, 2}
    assert respaced("tent", rng) is None


def test_most_typos_do_no_harm(release: Release) -> None:
    rng = random.Random(2)
    kept = []
    for row in range(len(release.products)):
        title = release.products.title(row)
        typed = misspelled(title, rng)
        kept.append(title in titles(release, typed)[:5] or not release.products.in_stock[row])
    assert np.mean(kept) > 0.9


def test_a_catalogue_without_words_or_attributes_is_searched_all_the_same(tmp_path: Path) -> None:
    build_release([product("0", "!!!"), product("1", "???")], tmp_path / "release")
    bare = open_release(tmp_path / "release")
    assert len(titles(bare, "anything")) == 2


def test_an_answer_says_when_it_only_comes_near(release: Release) -> None:
    def nearest_only(query: str) -> bool:
        asked = {"query": query, "event_id": "e", "at": _NOW}
        return search(release, SearchRequest.model_validate(asked), _NOW).nearest_only

    assert nearest_only("sofa")
    assert not nearest_only("frying pan")
    assert not nearest_only("something under $30")
