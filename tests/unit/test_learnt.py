"""What is learnt from many events: the item space and EASE, from training to the card."""

import shutil
from pathlib import Path

import faiss
import numpy as np
import pytest

from indexer_job import slit as slit_module
from indexer_job.behaviour import write_neighbours, write_space
from indexer_job.build import build_release
from indexer_job.ease import SingularError, ease
from indexer_job.files import UserEvent, user_event
from indexer_job.learnt import MIN_STEPS, learn_space
from indexer_job.neighbours import Taken, pairs
from indexer_job.slit import slit
from indexer_job.sparse_ease import sparse_ease
from shopfyp.api import RecommendRequest
from shopfyp.errors import ReleaseError
from shopfyp.learnt import LearntSpace
from shopfyp.neighbours import Neighbours
from shopfyp.profile import Profile
from shopfyp.recommend import recommend
from shopfyp.release import Release, open_release
from tests.conftest import small_catalog
from tests.unit.test_profile import NOW, event

PRODUCTS = 60


def texts(products: int = PRODUCTS) -> np.ndarray:
    vectors = np.random.default_rng(0).normal(size=(products, 32)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def chains(shoppers: int = 600) -> list[list[Taken]]:
    """Shoppers who take a product of the first half, then the two with the next numbers."""
    starts = np.random.default_rng(1).integers(0, PRODUCTS // 2 - 2, shoppers)
    return [[Taken(int(start) + step, 1.0) for step in range(3)] for start in starts]


def test_pairs_stay_within_a_shopper() -> None:
    found = list(pairs([[Taken(0, 1.0), Taken(1, 0.5), Taken(2, 1.0)], [Taken(3, 1.0)]], 2))
    assert [(d, e.tolist(), f.tolist(), w.tolist()) for d, e, f, w, *_ in found] == [
        (1, [0, 1], [1, 2], [0.5, 0.5]),
        (2, [0], [2], [1.0]),
    ]


def test_the_space_learns_what_comes_next() -> None:
    space = learn_space(chains(), texts(), dimension=16)
    assert space is not None
    hits = 0
    for row in range(5, 20):
        shopper = space.taken[row] / np.linalg.norm(space.taken[row])
        scores = space.wanted @ np.append(shopper, 1)
        scores[row] = -np.inf
        hits += len({row + 1, row + 2} & set(np.argsort(-scores)[:5].tolist()))
    assert hits >= 24


def test_products_without_events_lie_where_their_texts_do() -> None:
    vectors = texts()
    vectors[50] = vectors[51]
    space = learn_space(chains(), vectors, dimension=16)
    assert space is not None
    directions = space.wanted[:, :-1] / np.linalg.norm(space.wanted[:, :-1], axis=1, keepdims=True)
    cosines = directions @ directions[50]
    assert cosines[51] > 0.9
    assert np.argsort(-cosines)[1] == 51


def test_learning_is_the_same_each_time() -> None:
    one, other = (learn_space(chains(), texts(), dimension=8) for _ in range(2))
    assert one is not None
    assert other is not None
    assert np.array_equal(one.wanted, other.wanted)


def test_too_few_events_teach_no_space() -> None:
    assert learn_space(chains(MIN_STEPS // 2 - 1), texts()) is None
    assert learn_space([], texts()) is None


def test_ease_learns_what_goes_together() -> None:
    weights = ease(
        [[Taken(0, 1.0), Taken(1, 1.0)]] * 50 + [[Taken(0, 1.0), Taken(2, 1.0)]], texts(4)
    )
    assert weights[0].argmax() == 1
    assert (weights.diagonal() == 0).all()


def test_slit_learns_what_comes_after() -> None:
    weights = slit([[Taken(0, 1.0), Taken(1, 1.0), Taken(2, 1.0)]] * 1000, texts(4))
    assert weights[0].argmax() == 1
    assert weights[1, 2] > 3 * max(weights[1, 0], 0)


def test_slit_sums_over_all_places_of_a_history() -> None:
    """Against the definition, place by place."""
    histories = [*chains(20), [Taken(n % 9, 1.0) for n in range(40)]]
    past = np.zeros((PRODUCTS, PRODUCTS), np.float32)
    future = past.copy()
    slit_module._add_past(past, histories)
    slit_module._add_future(future, histories)
    expected_past, expected_future = np.zeros_like(past), np.zeros_like(future)
    for history in histories:
        rows = [taken.row for taken in history]
        for place in range(1, len(rows)):
            before, after = np.zeros(PRODUCTS), np.zeros(PRODUCTS)
            for back, row in enumerate(rows[max(0, place - 12) : place][::-1]):
                before[row] += 0.7**back
            for ahead, row in enumerate(rows[place : place + 12]):
                after[row] += 0.5**ahead
            expected_past += np.outer(before, before)
            expected_future += np.outer(before, after)
    np.testing.assert_allclose(past, expected_past, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(future, expected_future, rtol=1e-3, atol=1e-3)


def test_sparse_ease_agrees_with_the_dense_one_where_neighbourhoods_are_whole() -> None:
    histories, vectors = chains(), texts()
    rows, weights = sparse_ease(histories, vectors)
    dense = ease(histories, vectors)
    for row in range(5, 20):
        known = rows[row][rows[row] >= 0]
        assert set(known[:2]) <= set(np.argsort(-dense[row])[:5])
    pairs_of = [(row, place) for row in range(30) for place in np.flatnonzero(rows[row] >= 0)]
    ours = [weights[row, place] for row, place in pairs_of]
    theirs = [dense[row, rows[row, place]] for row, place in pairs_of]
    assert np.corrcoef(ours, theirs)[0, 1] > 0.9
    assert ((weights >= 0) & (weights <= 1)).all()
    # Products without events have no neighbours.
    assert (rows[PRODUCTS - 1] == -1).all()
    assert (sparse_ease([], vectors)[0] == -1).all()


def test_neighbours_are_kept_as_lists_of_any_length(tmp_path: Path) -> None:
    rows = np.array([[2, 1, -1], [-1, -1, -1], [1, 0, 2]], np.int32)
    weights = np.array([[1, 0.5, 0], [0, 0, 0], [0.75, 0.5, 0.25]], np.float32)
    write_neighbours(rows, weights, tmp_path)
    lists = Neighbours(tmp_path, 3)
    assert [lists.of(row, 2)[0].tolist() for row in range(3)] == [[2, 1], [], [1, 0]]
    assert lists.of(2, 100)[1].tolist() == [0.75, 0.5, 0.25]
    assert sum((tmp_path / f"{n}.npy").stat().st_size - 128 for n in ("rows", "weights")) == 5 * 6


@pytest.mark.parametrize(
    ("name", "broken", "reason"),
    [
        ("rows", np.array([2, 1, 0, 3], np.int32), "holds values from 0 to 3"),
        ("rows", np.array([2, -1, 0, 1], np.int32), "holds values from -1 to 2"),
        ("weights", np.zeros(3, np.float16), r"of shape \(3,\)"),
        ("offsets", np.array([0, 2, 1, 4]), "does not lead from 0 to 4"),
        ("offsets", np.array([0, 2, 4]), "of shape"),
    ],
)
def test_lists_that_lead_nowhere_are_refused(
    tmp_path: Path, name: str, broken: np.ndarray, reason: str
) -> None:
    rows = np.array([[2, 1], [-1, -1], [1, 0]], np.int32)
    write_neighbours(rows, np.zeros((3, 2), np.float32), tmp_path)
    np.save(tmp_path / f"{name}.npy", broken)
    with pytest.raises(ValueError, match=reason):
        Neighbours(tmp_path, 3)


def test_ease_falls_back_on_texts() -> None:
    vectors = texts()
    vectors[1] = vectors[0]
    assert ease([], vectors)[0].argmax() == 1
    assert slit([], vectors)[0].argmax() == 1
    for learn in (ease, slit):
        with pytest.raises(SingularError):
            learn([], np.full((3, 4), np.nan, np.float32))


def many_events() -> list[UserEvent]:
    """Shoppers who buy a pan, then a spatula, then a turntable."""
    return [
        user_event(
            {
                "event_id": f"{user}-{place}",
                "user_id": f"u{user}",
                "type": "purchase",
                "product_id": product_id,
                "at": f"2026-01-{place + 1:02}T10:00:00Z",
            },
            "many_events",
        )
        for user in range(300)
        for place, product_id in enumerate(["kitchen-0", "kitchen-3", "audio-3"])
    ]


@pytest.fixture(scope="module")
def learnt_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learnt") / "release"
    build_release(small_catalog(), folder, events=many_events())
    return folder


@pytest.fixture(scope="module")
def learnt(learnt_folder: Path) -> Release:
    return open_release(learnt_folder)


def test_a_card_from_the_learnt_space_names_the_product_that_led_there(learnt: Release) -> None:
    profile = Profile().apply([event("view_item", "kitchen-0")])
    asked = RecommendRequest.model_validate({})
    (card,) = recommend(learnt, profile, "u", asked, NOW, np.random.default_rng(1)).cards
    shown = {item.product.product_id: item.sources for item in card.products}
    assert "kitchen-3" in shown
    assert "learnt" in shown["kitchen-3"]
    assert card.reason.code == "goes_with"
    assert card.reason.params == {"product_id": "kitchen-0", "title": "cast iron frying pan"}
    assert "kitchen-0" not in shown


@pytest.mark.parametrize("file", ["index.faiss", "learnt/wanted.faiss"])
def test_vectors_have_a_length_that_faiss_compares_fast(learnt_folder: Path, file: str) -> None:
    assert faiss.read_index(str(learnt_folder / file)).d % 16 == 0


def test_each_find_is_under_the_product_that_speaks_most_for_it(learnt: Release) -> None:
    assert learnt.learnt is not None
    row = learnt.products.row_of
    own = np.array([row("heels-0"), row("kitchen-0")], np.int64)
    rows, scores, speaker = learnt.learnt.nearest(own, np.ones(2, np.float32), 40)
    assert (np.diff(scores) <= 0).all()
    assert speaker[rows == row("kitchen-3")] == 1
    assert speaker[rows == row("heels-1")] == 0


def test_a_long_product_says_more_than_a_short_one(learnt_folder: Path, tmp_path: Path) -> None:
    shutil.copy(learnt_folder / "learnt" / "wanted.faiss", tmp_path)
    lengths = np.load(learnt_folder / "learnt" / "lengths.npy")
    own, both = np.array([3, 17]), np.ones(2, np.float32)
    for loud in (0, 1):
        lengths[own] = 0.001
        lengths[own[loud]] = 1000
        np.save(tmp_path / "lengths.npy", lengths)
        space = LearntSpace(tmp_path)
        alone = space.nearest(own[loud : loud + 1], both[:1], 5)
        together = space.nearest(own, both, 5)
        assert together[0].tolist() == alone[0].tolist()
        assert (together[2] == loud).all()


def test_shoppers_and_scores_are_as_they_were_learnt(tmp_path: Path) -> None:
    """What is kept in 8 bits and a length a product, beside the definition in full."""
    space = learn_space(chains(), texts(), dimension=16)
    assert space is not None
    write_space(space, tmp_path)
    rows, weights = np.array([5, 9, 20]), np.array([1, 0.5, 0.8], np.float32)
    shopper = weights @ space.taken[rows]
    expected = space.wanted @ np.append(shopper / np.linalg.norm(shopper), 1)
    found, scores, _ = LearntSpace(tmp_path).nearest(rows, weights, PRODUCTS)
    assert sorted(found.tolist()) == list(range(PRODUCTS))
    np.testing.assert_allclose(scores, expected[found], atol=0.1)
    assert np.ptp(expected) > 5


def test_files_of_different_spaces_are_refused(learnt_folder: Path, tmp_path: Path) -> None:
    shutil.copy(learnt_folder / "learnt" / "wanted.faiss", tmp_path)
    np.save(tmp_path / "lengths.npy", np.zeros(3, np.float32))
    with pytest.raises(ValueError, match="no index of 3 vectors: "):
        LearntSpace(tmp_path)


def test_a_damaged_space_is_refused(learnt_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "release"
    copy.mkdir()
    for path in learnt_folder.rglob("*"):
        if path.is_file():
            target = copy / path.relative_to(learnt_folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (copy / "learnt" / "lengths.npy").write_bytes(b"cut")
    with pytest.raises(ReleaseError, match=r"learnt/lengths\.npy"):
        open_release(copy)
