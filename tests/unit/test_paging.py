"""Paging: no product twice and none lost, also when another release is swapped in between."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from indexer_job.build import build_release
from shopfyp.api import SearchRequest, SearchResponse
from shopfyp.paging import MAX_SHOWN, MAX_TOKEN_CHARS, mark_of, question_of, shown_by, token_of
from shopfyp.release import Release, open_release
from shopfyp.search import search
from tests.conftest import product

NOW = datetime(2026, 3, 1, tzinfo=UTC)
COUNT = 30


def _release(folder: Path, prices: list[int], first: int = 0) -> Release:
    """Mugs at these prices; the order of the catalogue is another one each time."""
    mugs = [product(f"mug-{first + n}", f"blue mug {n}", price=p) for n, p in enumerate(prices)]
    build_release(mugs if first == 0 else mugs[::-1], folder)
    return open_release(folder)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return _release(tmp_path_factory.mktemp("old") / "release", list(range(1, COUNT + 1)))


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Mugs 10 to 39, the dearest first by number: the reverse order, ten gone and ten new."""
    prices = list(range(COUNT, 0, -1))
    return _release(tmp_path_factory.mktemp("new") / "release", prices, first=10)


def page(release: Release, **request: object) -> SearchResponse:
    asked = {"query": "blue mug", "event_id": "e", "at": NOW, "limit": 7, "sort": "price_low"}
    return search(release, SearchRequest.model_validate(asked | request), NOW)


def ids(*pages: SearchResponse) -> list[str]:
    return [item.product.product_id for p in pages for item in p.products]


def rest(release: Release, first: SearchResponse) -> list[SearchResponse]:
    """The pages after a first one."""
    pages = []
    token = first.next_page_token
    while token is not None:
        pages.append(page(release, page_token=token))
        token = pages[-1].next_page_token
    return pages


@pytest.mark.parametrize("sort", ["price_low", "relevance"])
def test_pages_are_the_whole_answer_in_its_order(old: Release, sort: str) -> None:
    whole = ids(page(old, limit=50, sort=sort))
    assert len(whole) == COUNT
    first = page(old, sort=sort)
    pages, token = [first], first.next_page_token
    while token is not None:
        # A page may be of another size than the one before.
        pages.append(page(old, sort=sort, limit=5 + len(pages), page_token=token))
        token = pages[-1].next_page_token
    assert ids(*pages) == whole
    assert [p.total for p in pages] == [COUNT] * len(pages)


def test_a_swap_between_pages_repeats_and_loses_nothing(old: Release, new: Release) -> None:
    first = page(old)
    second = page(old, page_token=first.next_page_token)
    assert ids(first, second) == [f"mug-{n}" for n in range(14)]
    later = rest(new, second)
    # What was ranked behind is in front now: all of it comes, but what was shown.
    assert ids(*later) == [f"mug-{n}" for n in range(39, 13, -1)]
    assert {p.release for p in later} == {new.version} != {first.release}
    assert later[-1].next_page_token is None
    # And back again, from the page of the new release.
    back = rest(old, later[0])
    shown = {*ids(first, second, later[0])}
    assert ids(*back) == [f"mug-{n}" for n in range(COUNT) if f"mug-{n}" not in shown]


def test_facets_and_clips_come_with_the_first_page_only(release: Release) -> None:
    asked = {"query": "gardening", "sort": None, "limit": 1}
    first = page(release, **asked)
    assert first.clips
    assert first.facets is not None
    assert first.next_page_token
    second = page(release, **asked, page_token=first.next_page_token)
    assert (second.clips, second.facets) == ([], None)


@pytest.mark.parametrize(
    "changed",
    [
        {"query": "mug"},
        {"sort": "price_high"},
        {"sort": None},
        {"ignore": ["colour"]},
        {"filters": {"rating": 4}},
    ],
)
def test_a_token_of_another_request_is_refused(old: Release, changed: dict) -> None:
    token = page(old).next_page_token
    with pytest.raises(ValidationError, match=r"page_token\n.*of another query"):
        page(old, page_token=token, **changed)


def test_a_broken_token_is_refused(old: Release) -> None:
    token = page(old).next_page_token
    assert token
    for broken in ("", "x", token[:-1], token[:10], token + "AA", token[:-2] + "é!", "A" * 9000):
        with pytest.raises(ValidationError, match="page_token"):
            page(old, page_token=broken)


def test_a_token_holds_as_much_as_paging_shows() -> None:
    question = question_of({"query": "mug"})
    marks = np.array([mark_of(f"p{n}") for n in range(MAX_SHOWN)], np.uint32)
    token = token_of(question, marks)
    assert len(token) == MAX_TOKEN_CHARS
    assert np.array_equal(shown_by(token, question), marks)


def test_paging_ends_where_tokens_do(old: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopfyp.search.MAX_SHOWN", 10)
    first = page(old)
    second = page(old, page_token=first.next_page_token)
    assert (len(first.products), len(second.products)) == (7, 3)
    assert second.next_page_token is None
