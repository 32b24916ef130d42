"""What changed since a release was built, beside it: as the next build would have it."""

import threading
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import faiss
import numpy as np
import pytest

from indexer_job.build import build_release
from shopfyp.api import Filters, RecommendRequest, SearchRequest, SearchResponse, SimilarRequest
from shopfyp.candidates import popular
from shopfyp.catalog import Product
from shopfyp.changes import CLOCKS, MOST, SETTLED, Change, InvalidProduct, product_of
from shopfyp.delta.changed import Delta
from shopfyp.delta.live import LiveReleases
from shopfyp.delta.vectors import ChangedIndex
from shopfyp.errors import UnknownProduct
from shopfyp.events import ProductEvent
from shopfyp.profile import Interest, Profile
from shopfyp.recommend import recommend, similar
from shopfyp.release import Release, open_release
from shopfyp.search import search
from shopfyp.signals import shopper_of
from shopfyp.vector_index import FaissIndex
from tests.conftest import product, small_catalog, small_clips, small_events
from tests.unit.tiny_encoder import write_tiny_encoder

NOW = datetime.now(UTC)
CATALOG = {p.product_id: p for p in small_catalog()}
TENT = product(
    "tent-1",
    "Two-person dome tent, Marlowa Peak",
    brand="Marlowa",
    category=["Camping", "Tents"],
    price=120.0,
    published_at=NOW - timedelta(days=1),
)
RED_SHOES = product(
    "ben10-9",
    "Ben 10 rain boots for boys",
    brand="Omni 1",
    category=["Shoes", "Kids"],
    price=5.0,
    attributes={"age_range": "8-12 years", "theme": "Ben 10"},
)


def _changed(product_id: str, **fields: object) -> Product:
    return CATALOG[product_id].model_copy(update=fields)


CHANGES: dict[str, Product | None] = {
    "tent-1": TENT,
    "ben10-9": RED_SHOES,
    "kitchen-1": _changed("kitchen-1", title="copper saucepan with lid"),
    "kitchen-2": _changed("kitchen-2", price=999.0, brand="Marlowe"),
    "audio-0": _changed("audio-0", in_stock=False),
    "audio-1": None,
}


def _changes(products: dict[str, Product | None]) -> list[Change]:
    pairs = enumerate(products.items())
    return [Change(key, NOW + timedelta(seconds=place), p) for place, (key, p) in pairs]


def _with(delta: Delta, changes: list[Change]) -> Release:
    """A release in which all that changed is encoded."""
    delta.with_changes(changes)
    delta.encode(changes)
    return delta.with_changes(changes)


@pytest.fixture(scope="module")
def changed(release: Release) -> Release:
    return _with(Delta(release), _changes(CHANGES))


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """What the next build makes of the same changes."""
    folder = tmp_path_factory.mktemp("release") / "rebuilt"
    catalog = {**CATALOG, **CHANGES}
    build_release(
        [p for p in catalog.values() if p], folder, clips=small_clips(), events=small_events()
    )
    return open_release(folder)


def _viewed(product_id: str) -> ProductEvent:
    return ProductEvent(type="view_item", event_id="e", at=NOW, product_id=product_id)


def _search(release: Release, query: str, **fields: object) -> SearchResponse:
    request = SearchRequest(query=query, event_id="e", at=NOW, limit=50, **fields)
    return search(release, request, NOW)


def _ids(response: SearchResponse) -> list[str]:
    return [item.product.product_id for item in response.products]


def test_a_new_product_is_found_by_its_words_and_by_what_they_mean(release, changed) -> None:
    assert _ids(_search(changed, "marlowa dome tent"))[0] == "tent-1"
    by_meaning = _search(changed, "shelter for sleeping outdoors").products
    assert [i.sources for i in by_meaning if i.product.product_id == "tent-1"] == [["semantic"]]
    assert "tent-1" not in _ids(_search(release, "marlowa dome tent"))


def test_a_new_product_is_near_nothing_until_it_is_encoded(release) -> None:
    delta = Delta(release)
    fresh = delta.with_changes(_changes({"tent-1": TENT}))
    asked = SimilarRequest(product_id="tent-1")
    assert not similar(fresh, asked, NOW).similar
    profile = Profile().apply([(_viewed("tent-1"), NOW)])
    request = RecommendRequest(cards=3)
    cards = recommend(fresh, profile, "u", request, NOW, np.random.default_rng(0)).cards
    assert {card.source for card in cards} <= {"popular", "explore", "new"}
    assert similar(_with(delta, _changes({"tent-1": TENT})), asked, NOW).similar


def test_a_popular_product_that_left_its_category_takes_no_card_with_it(release) -> None:
    profile = Profile().apply([(_viewed("kitchen-0"), NOW)])
    category = release.products.category[release.products.row_of("kitchen-0")]
    first = release.products.product(release.popular_by_category[category][0])
    moved = Delta(release).with_changes(
        _changes({first.product_id: first.model_copy(update={"category": []})})
    )
    signals = shopper_of(moved, profile, NOW).signals
    lists = popular.retrieve(moved, signals, 50, np.random.default_rng(0))
    assert lists[0].reason.params == {"category": first.category[-1]}


def test_a_new_word_is_no_misspelling(release, changed) -> None:
    assert _search(release, "marlowa tent").corrected == "marlowe tent"
    assert _search(changed, "marlowa tent").corrected is None


def test_a_new_product_is_in_filters_and_facets(changed) -> None:
    brand = Filters(brand=["Marlowa"], category=[["Camping", "Tents"]])
    assert _ids(_search(changed, "tent", filters=brand)) == ["tent-1"]
    facets = {f.name: f for f in _search(changed, "tent or shoes for boys").facets}
    assert ["Marlowa"] in [value.path for value in facets["brand"].values]
    assert ["Camping"] in [value.path for value in facets["category"].values]
    themed = _search(changed, "Ben 10 shoes under 10 dollars")
    assert _ids(themed) == ["ben10-9"]


def test_a_changed_title_is_found_under_its_new_words_only(release, changed) -> None:
    assert _ids(_search(changed, "copper saucepan"))[0] == "kitchen-1"
    assert _ids(_search(release, "non-stick wok"))[0] == "kitchen-1"
    woks = _search(changed, "non-stick wok", verbatim=True).products
    by_words = {item.product.product_id for item in woks if "lexical" in item.sources}
    assert by_words == {"kitchen-5"}, "the large one"


def test_a_price_changes_in_filters_and_nothing_is_encoded_for_it(release, changed) -> None:
    dear = Filters(price={"low": 900})
    assert _ids(_search(changed, "chef's knife", filters=dear)) == ["kitchen-2"]
    assert not _ids(_search(release, "chef's knife", filters=dear))
    delta, priced = Delta(release), _changed("kitchen-2", price=999.0)
    only_priced = delta.with_changes([Change("kitchen-2", NOW, priced)])
    assert not delta.encode([Change("kitchen-2", NOW, priced)])
    row = np.array([release.products.row_of("kitchen-2")])
    assert np.array_equal(only_priced.vectors(row), release.vectors(row))
    assert not np.array_equal(changed.vectors(row), release.vectors(row)), "a brand is text"


def test_sold_out_and_deleted_are_gone_at_once(release, changed) -> None:
    assert {"audio-0", "audio-1"} <= set(_ids(_search(release, "headphones or speaker")))
    assert not {"audio-0", "audio-1"} & set(_ids(_search(changed, "headphones or speaker")))
    liked = Interest(kind="product", value="audio-2", strength=3, at=NOW)
    queried = Interest(kind="query", value="bluetooth speaker", strength=3, at=NOW)
    profile = Profile(recent=[liked, queried], shown_since_signal=1)
    request = RecommendRequest(cards=5, products_per_card=5)

    def offered(served: Release) -> set[str]:
        cards = recommend(served, profile, "u", request, NOW, np.random.default_rng(0)).cards
        return {item.product.product_id for card in cards for item in card.products}

    assert "audio-1" in offered(release)
    assert not {"audio-0", "audio-1"} & offered(changed)
    assert similar(changed, SimilarRequest(product_id="audio-0"), NOW).product.in_stock is False
    beside = similar(changed, SimilarRequest(product_id="audio-2"), NOW)
    assert not {"audio-0", "audio-1"} & {i.product.product_id for i in beside.similar}
    with pytest.raises(UnknownProduct):
        similar(changed, SimilarRequest(product_id="audio-1"), NOW)


def test_a_new_product_has_what_is_like_it_and_is_new(changed) -> None:
    beside = similar(changed, SimilarRequest(product_id="ben10-9"), NOW)
    assert beside.similar[0].product.product_id.startswith("ben10-")
    row = changed.products.row_of("tent-1")
    assert row >= len(CATALOG)
    assert changed.new_rows.tolist()[0] == row
    profile = Profile(recent=[Interest(kind="product", value="tent-1", strength=1, at=NOW)])
    assert recommend(changed, profile, "u", RecommendRequest(), NOW).cards


def test_variants_that_come_later_join_their_group(tmp_path: Path) -> None:
    shirts = [
        product(f"s{n}", f"{c} linen shirt", group_id="shirt", attributes={"colour": c})
        for n, c in enumerate(["blue", "green", "white"])
    ]
    catalog = [*shirts[:2], product("h", "straw hat", group_id="hat")]
    encoder = write_tiny_encoder(tmp_path / "encoder", ["shirt", "linen", "hat", "fan"])
    build_release(catalog, tmp_path / "r", model=str(encoder))
    base = open_release(tmp_path / "r")
    hats = product("h2", "felt hat", group_id="hat"), product("x", "fan", group_id="other")
    later = {"s2": shirts[2], "s0": None, **{p.product_id: p for p in hats}}
    changed = _with(Delta(base), _changes(later))
    shown = similar(changed, SimilarRequest(product_id="s1"), NOW)
    assert [v.product_id for v in shown.variants] == ["s1", "s2"]
    shown = similar(changed, SimilarRequest(product_id="h"), NOW)
    assert [v.product_id for v in shown.variants] == ["h", "h2"]
    assert not similar(changed, SimilarRequest(product_id="x"), NOW).variants


QUERIES = [*(p.title for p in small_catalog()[::3]), *(p.title for p in CHANGES.values() if p)]


def test_it_finds_what_a_rebuilt_release_finds(changed, rebuilt) -> None:
    shares = []
    for query in QUERIES:
        wanted, found = _ids(_search(rebuilt, query))[:5], _ids(_search(changed, query))[:5]
        shares.append(len({*wanted} & {*found}) / max(len(wanted), 1))
        assert found[0] == wanted[0] or query not in {p.title for p in CHANGES.values() if p}
    assert np.mean(shares) >= 0.95


def test_columns_and_words_are_those_of_a_rebuilt_release(changed, rebuilt) -> None:
    for theirs in range(len(rebuilt.products)):
        product_id = rebuilt.products.product_id(theirs)
        own = changed.products.row_of(product_id)
        assert changed.products.product(own) == rebuilt.products.product(theirs)
        for name in ("marks", "in_stock", "price", "rating", "sold", "published", "age"):
            values = getattr(changed.products, name)[own], getattr(rebuilt.products, name)[theirs]
            assert np.array_equal(*values, equal_nan=True)
        for name in ("brand", "category", "currency"):
            codes = getattr(changed.products, name)[own], getattr(rebuilt.products, name)[theirs]
            names = getattr(changed.products.names, name), getattr(rebuilt.products.names, name)
            assert names[0][codes[0]] == names[1][codes[1]]


def test_words_are_scored_as_the_index_does(release) -> None:
    """A product that is weighed again scores as it did; stale rows are not what decides."""
    for product_id in ("ben10-0", "heels-2"):
        row = release.products.row_of(product_id)
        own: dict[str, float] = {}
        for token, score in release.lexical.weighed(CATALOG[product_id]):
            own[token] = own.get(token, 0) + score
        for token, score in own.items():
            rows, scores = release.lexical._postings(token)
            assert scores[rows == row] == pytest.approx([score], rel=1e-5)


def test_a_change_taken_back_leaves_the_release_as_it_was(release) -> None:
    delta = Delta(release)
    _with(delta, _changes(CHANGES))
    again = [Change(key, NOW + timedelta(hours=1), CATALOG.get(key)) for key in CHANGES]
    back = _with(delta, again)
    for query in QUERIES:
        assert _ids(_search(back, query)) == _ids(_search(release, query))


def test_what_is_gone_or_costs_more_waits_for_no_encoder(release) -> None:
    at_once = Delta(release).with_changes(_changes(CHANGES))
    assert not {"audio-0", "audio-1"} & set(_ids(_search(at_once, "headphones or speaker")))
    assert _ids(_search(at_once, "marlowa dome tent"))[0] == "tent-1"
    assert "tent-1" not in _ids(_search(at_once, "shelter for sleeping outdoors"))
    assert not at_once.vector(at_once.products.row_of("tent-1")).any()


def test_page_tokens_hold_while_changes_are_taken_up(release, changed) -> None:
    asked = {"query": "Ben 10 shoes for boys", "event_id": "e", "at": NOW, "limit": 3}
    first = search(release, SearchRequest(**asked), NOW)
    second = search(changed, SearchRequest(**asked, page_token=first.next_page_token), NOW)
    assert not set(_ids(first)) & set(_ids(second))
    assert "ben10-9" in _ids(second)


@pytest.mark.parametrize("kind", ["SQ8", "IVF64,SQ8"])
@pytest.mark.parametrize("outdated", [10, 900])
def test_nearest_are_those_of_all_vectors(kind: str, outdated: int) -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(3100, 24)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    built = faiss.index_factory(24, kind, faiss.METRIC_INNER_PRODUCT)
    built.train(vectors[:3000])
    built.add(vectors[:3000])
    if kind.startswith("IVF"):
        built.nprobe = 64
        built.make_direct_map()
    probe = vectors[2000].copy()
    other = np.sort(np.argsort(-(vectors[:3000] @ probe))[:outdated])
    gone = np.setdiff1d(np.arange(3000), other)[:5]
    vectors[other] = -vectors[other]
    rows = np.append(other, np.arange(3000, 3100))
    index = ChangedIndex(FaissIndex(built), rows, vectors[rows], gone)
    assert len(index) == 3100
    mixed = np.array([7, 100, 3099, 8])
    assert np.abs(index.vectors(mixed) - vectors[mixed]).max() < 0.05
    exact = index.vectors(np.arange(3100))
    for allowed in (None, rng.random(3100) < 0.3, np.arange(3100) >= 3097):
        passing = np.ones(3100, bool) if allowed is None else allowed.copy()
        passing[gone] = False
        # All that is nearest to the probe is outdated: it would be found first.
        queries = np.concatenate([probe[None], -vectors[other[:20]], vectors[:20]])
        scores = np.where(passing, queries @ exact.T, -np.inf)
        found, cosines = index.search(queries, 10, allowed)
        wanted = -np.sort(-scores, axis=1)[:, :10]
        assert np.allclose(cosines, wanted, atol=1e-4)
        assert ((found >= 0) == np.isfinite(wanted)).all()
        assert passing[found[found >= 0]].all()
        near = index.within(probe, 0.3, np.ones(3100, bool) if allowed is None else allowed)
        assert set(near.tolist()) == set(np.flatnonzero(passing & (exact @ probe >= 0.3)).tolist())


def test_what_is_no_product_is_refused_without_its_text() -> None:
    assert product_of("p", {"title": "Cup"}).product_id == "p"
    with pytest.raises(InvalidProduct, match=r"price: greater_than_equal$"):
        product_of("p", {"title": "Cup", "price": -5})
    with pytest.raises(InvalidProduct, match="product_id"):
        product_of("p", {"title": "Cup", "product_id": "q"})


class _Catalogue:
    """Changes as the store gives them, and when they were asked for."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.asked: list[datetime] = []

    def since(self, since: datetime, most: int) -> list[Change]:
        self.asked.append(since)
        latest = sorted((c for c in self.changes if c.at > since), key=lambda c: c.at)
        return latest[-most:]


class _Held:
    def __init__(self, release: Release) -> None:
        self.release = release

    def get(self) -> Release:
        return self.release


def _looked(live: LiveReleases) -> Release:
    """What is served after a look."""
    live.get()
    with live._looking:
        return live.get()


def test_changes_are_taken_up_in_the_background(release, rebuilt, capsys) -> None:
    catalogue, held = _Catalogue(), _Held(release)
    live = LiveReleases(held, catalogue.since, seconds=0)
    assert _looked(live) is release
    built = release.manifest.created_at
    old = Change("kitchen-0", built - timedelta(hours=1), None)
    catalogue.changes = [old, Change("tent-1", datetime.now(UTC), TENT)]
    served = _looked(live)
    assert served.products.row_of("tent-1") is not None
    assert served.products.row_of("kitchen-0") is not None, "the build knew of it"
    assert served.version == release.version
    before = datetime.now(UTC)
    assert _looked(live) is served, "nothing new, nothing made"
    _looked(live)
    assert catalogue.asked[0] == built - CLOCKS
    assert catalogue.asked[-1] >= before - SETTLED
    held.release = rebuilt
    merged = _looked(live)
    assert merged.version == rebuilt.version
    assert merged.products.row_of("tent-1") is not None


def test_the_first_request_of_an_instance_and_one_after_a_sleep_know_what_is_gone(
    release,
) -> None:
    catalogue = _Catalogue()
    catalogue.changes = [Change("kitchen-0", datetime.now(UTC), None)]
    live = LiveReleases(_Held(release), catalogue.since, seconds=15)
    assert live.get().products.row_of("kitchen-0") is None
    catalogue.changes.append(Change("kitchen-1", datetime.now(UTC), None))
    assert live.get().products.row_of("kitchen-1") is not None, "not looked for again yet"
    live._looked_at -= 61
    assert live.get().products.row_of("kitchen-1") is None


def test_a_store_that_does_not_answer_delays_the_first_request_and_no_other(
    release, monkeypatch
) -> None:
    monkeypatch.setattr("shopfyp.delta.live._PATIENCE_SECONDS", 0.2)
    answer = threading.Event()
    live = LiveReleases(_Held(release), lambda *_: answer.wait(5) and [], seconds=15)
    assert live.get() is release
    answer.set()
    with live._looking:
        assert live.get() is release


def test_when_the_store_is_away_what_is_known_is_served(release, rebuilt, capsys) -> None:
    catalogue, held = _Catalogue(), _Held(release)
    catalogue.changes = [Change("tent-1", datetime.now(UTC), TENT)]
    live = LiveReleases(held, catalogue.since, seconds=0)
    served = _looked(live)
    live._changes_since = lambda *_: 1 / 0
    assert _looked(live) is served
    held.release = rebuilt
    assert _looked(live) is rebuilt
    assert "look for changes failed" in capsys.readouterr().err


def test_of_too_many_changes_the_latest_are_served(release, monkeypatch, capsys) -> None:
    monkeypatch.setattr("shopfyp.delta.live.MOST", 3)
    catalogue = _Catalogue()
    live = LiveReleases(_Held(release), catalogue.since, seconds=0)
    for number in range(5):
        deleted = Change(f"kitchen-{number}", datetime.now(UTC), None)
        catalogue.changes.append(deleted)
        served = _looked(live)
    known = [served.products.row_of(f"kitchen-{number}") is None for number in range(5)]
    assert known == [False, False, True, True, True]
    assert capsys.readouterr().err.count("too many changes") == 1
    assert MOST >= 1000


def test_requests_go_on_while_changes_are_taken_up(release) -> None:
    catalogue, done, errors = _Catalogue(), threading.Event(), []
    live = LiveReleases(_Held(release), catalogue.since, seconds=0)

    def ask() -> None:
        while not done.is_set():
            try:
                found: Collection[str] = _ids(_search(live.get(), "Ben 10 boots for boys"))
                assert "ben10-0" in found
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(8):
        boots = RED_SHOES.model_copy(update={"product_id": f"boots-{number}"})
        catalogue.changes.append(Change(boots.product_id, datetime.now(UTC), boots))
        _looked(live)
    done.set()
    for thread in threads:
        thread.join()
    assert not errors
    assert "boots-7" in _ids(_search(_looked(live), "Ben 10 rain boots"))
