"""Search among some products only: as good as comparing all of them."""

from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from shopfyp import vector_index
from shopfyp.encoder import Vectors
from shopfyp.vector_index import FaissIndex, Mask

COUNT, DIMENSION, CLUSTERS, LISTS = 20_000, 48, 200, 256


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(CLUSTERS, DIMENSION))
    spread = 0.7 * rng.normal(size=(COUNT, DIMENSION))
    rows = (centres[np.arange(COUNT) % CLUSTERS] + spread).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module", params=[f"IVF{LISTS},SQ8", "SQ8"])
def index(request: pytest.FixtureRequest, vectors: Vectors, tmp_path_factory) -> Any:
    """As the builder makes it, memory-mapped as functions open it."""
    built: Any = faiss.index_factory(DIMENSION, request.param, faiss.METRIC_INNER_PRODUCT)
    built.train(vectors)
    built.add(vectors)
    if request.param.startswith("IVF"):
        built.nprobe = 8
        built.make_direct_map()
    path: Path = tmp_path_factory.mktemp("index") / "index.faiss"
    faiss.write_index(built, str(path))
    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)


def _queries(vectors: Vectors) -> Vectors:
    rng = np.random.default_rng(1)
    near = vectors[rng.integers(0, COUNT, 50)] + 0.05 * rng.normal(size=(50, DIMENSION))
    return np.asarray(near / np.linalg.norm(near, axis=1, keepdims=True), np.float32)


def _allowed(share: float, alike: bool) -> Mask:
    """A share of the products: any, or all of the same clusters."""
    if alike:
        return np.arange(COUNT) % CLUSTERS < share * CLUSTERS
    return np.random.default_rng(2).random(COUNT) < share


def _recall(found: np.ndarray, exact: np.ndarray) -> float:
    pairs = zip(found, exact, strict=True)
    return float(np.mean([len({*f.tolist()} & {*e.tolist()}) / len(e) for f, e in pairs]))


@pytest.mark.parametrize("compared", [2_000, vector_index.COMPARED])
@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("share", [0.5, 0.1, 0.01, 0.005])
def test_recall_holds_however_few_pass(
    index, vectors, monkeypatch, share: float, alike: bool, compared: int
) -> None:
    monkeypatch.setattr(vector_index, "COMPARED", compared)
    allowed, queries = _allowed(share, alike), _queries(vectors)
    kept = index.reconstruct_n(0, COUNT)
    exact = np.argsort(-np.where(allowed, queries @ kept.T, -9), axis=1)[:, :10]
    found, _ = FaissIndex(index).search(queries, 10, allowed)
    assert allowed[found].all()
    assert _recall(found, exact) >= 0.98


@pytest.mark.parametrize("index", [f"IVF{LISTS},SQ8"], indirect=True)
def test_few_lists_alone_would_lose_them(index, vectors) -> None:
    """The trap that this module is for; if it is gone, so may be the module."""
    allowed, queries = _allowed(0.005, alike=False), _queries(vectors)
    selector: Any = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
    few = faiss.SearchParametersIVF(sel=selector, nprobe=index.nprobe)
    _, found = index.search(queries, 10, params=few)
    exact, _ = FaissIndex(index).search(queries, 10, allowed)
    assert _recall(found, exact) < 0.5


def test_fewer_than_wanted_are_all_found(index, vectors) -> None:
    allowed = np.zeros(COUNT, np.bool_)
    allowed[[3, 77, 19_999]] = True
    (rows,), _ = FaissIndex(index).search(vectors[:1], 10, allowed)
    assert sorted(rows[:3].tolist()) == [3, 77, 19_999]
    assert (rows[3:] == -1).all()
    (none,), _ = FaissIndex(index).search(vectors[:1], 10, np.zeros(COUNT, np.bool_))
    assert (none == -1).all()


def test_those_allowed_may_lie_where_no_list_is_looked_into(index, vectors, monkeypatch) -> None:
    """Half of the products pass, and none of them is near: looking on finds as many as wanted."""
    monkeypatch.setattr(vector_index, "COMPARED", 100)
    monkeypatch.setattr(vector_index, "PART", 200)
    query = vectors[:1]
    allowed = vectors @ query[0] < 0
    (rows,), _ = FaissIndex(index).search(query, 1000, allowed)
    assert (rows >= 0).all()


@pytest.mark.parametrize("least", [0.2, 0.5, 0.99])
def test_all_that_is_near_enough_is_found(index, vectors, least: float) -> None:
    allowed = _allowed(0.3, alike=False)
    cosines = index.reconstruct_n(0, COUNT) @ vectors[5]
    # Cosines are rounded differently, one by one and by the thousand.
    surely = set(np.flatnonzero(allowed & (cosines >= least + 1e-4)).tolist())
    perhaps = set(np.flatnonzero(allowed & (cosines >= least - 1e-4)).tolist())
    found = set(FaissIndex(index).within(vectors[5], least, allowed).tolist())
    assert surely <= found <= perhaps


@pytest.mark.parametrize("found", [0.02, 0.2, 0.8])
def test_of_much_that_is_near_enough_hardly_any_is_missed(
    index, vectors, monkeypatch, found: float
) -> None:
    """What a broad query finds lies in many lists, and its plan looks into a few."""
    monkeypatch.setattr(vector_index, "COMPARED", 100)
    monkeypatch.setattr(vector_index, "PART", 200)
    cosines = index.reconstruct_n(0, COUNT) @ vectors[5]
    least = float(np.quantile(cosines, 1 - found))
    near = FaissIndex(index).within(vectors[5], least, np.ones(COUNT, np.bool_))
    assert len(set(near.tolist()) & set(np.flatnonzero(cosines >= least).tolist())) >= (
        0.98 * found * COUNT
    )


def test_parameters_are_of_one_call_only(index, vectors) -> None:
    before = index.search(vectors[:5], 10)[1]
    FaissIndex(index).search(vectors[:5], 10, _allowed(0.01, alike=False))
    assert np.array_equal(index.search(vectors[:5], 10)[1], before)
