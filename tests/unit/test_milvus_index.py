"""Vectors in Milvus (Lite, in this process): found as in a file, masks and all, and verified."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer_job import milvus
from indexer_job.collect import _drop_collections
from indexer_job.milvus import drop_collection, write_collection
from shopfyp import milvus_index
from shopfyp.encoder import Vectors
from shopfyp.errors import DatabaseError, ReleaseError
from shopfyp.milvus_index import MilvusIndex, connect, open_collection
from shopfyp.release import open_release
from shopfyp.vector_index import Mask

COUNT, DIMENSION = 2_000, 16


@pytest.fixture(scope="module", autouse=True)
def address(tmp_path_factory: pytest.TempPathFactory) -> Any:
    reason = "needs functions/milvus.requirements.txt"
    pytest.importorskip("milvus_lite", reason=reason)
    with pytest.MonkeyPatch.context() as patch:
        # With `--index milvus` there is one for all tests.
        if "MILVUS_ADDRESS" not in os.environ:
            patch.setenv("MILVUS_ADDRESS", str(tmp_path_factory.mktemp("milvus") / "vectors.db"))
        yield


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    rows = np.random.default_rng(0).normal(size=(COUNT, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def facts(vectors: Vectors):
    return write_collection(vectors)


@pytest.fixture(scope="module")
def index(facts) -> MilvusIndex:
    return open_collection(facts, COUNT, DIMENSION)


def _exact(vectors: Vectors, query: Vectors, allowed: Mask, count: int) -> list[int]:
    rows = np.argsort(-np.where(allowed, vectors @ query, -9), kind="stable")
    return rows[:count].tolist()


def test_all_are_searched_and_come_back_as_they_were_stored(index, vectors) -> None:
    everything = np.ones(COUNT, np.bool_)
    rows, scores = index.search(vectors[:3], 10)
    assert rows.tolist() == [_exact(vectors, v, everything, 10) for v in vectors[:3]]
    assert scores[:, 0] == pytest.approx(1, abs=1e-5)
    wanted = np.array([7, 3, 7, 1999])
    assert np.allclose(index.vectors(wanted), vectors[wanted])
    assert len(index) == COUNT


@pytest.mark.parametrize("far", [False, True])
@pytest.mark.parametrize("share", [0.9, 0.2, 0.01, 0.002, 0])
def test_what_is_allowed_is_found_whole(
    index, vectors, monkeypatch, share: float, far: bool
) -> None:
    """Listed, searched deeper for, or listed in parts, as limits of a tenth of a percent ask."""
    monkeypatch.setattr(milvus_index, "LISTED", 100)
    monkeypatch.setattr(milvus_index, "DEEPEST", 400)
    query = vectors[11]
    order = np.argsort(vectors @ query if far else np.random.default_rng(1).random(COUNT))
    allowed = np.zeros(COUNT, np.bool_)
    allowed[order[: int(share * COUNT)]] = True
    (rows,), (scores,) = index.search(query[None], 20, allowed)
    found = rows[rows >= 0].tolist()
    assert found == _exact(vectors, query, allowed, min(20, int(share * COUNT)))
    assert (scores[len(found) :] == -np.inf).all()


def test_all_that_is_near_enough_is_found(index, vectors) -> None:
    allowed = np.random.default_rng(2).random(COUNT) < 0.5
    near = set(np.flatnonzero(allowed & (vectors @ vectors[5] >= 0.3)).tolist())
    assert set(index.within(vectors[5], 0.3, allowed).tolist()) == near


@pytest.mark.parametrize(
    ("change", "count", "complaint"),
    [
        ({}, COUNT - 1, "no index of 1999 vectors .*'products': 2000"),
        ({"collection": "another"}, COUNT, "Milvus holds no 'another'"),
        ({"collection": ""}, COUNT, "Milvus holds no ''"),
    ],
)
def test_another_collection_is_refused(facts, change, count: int, complaint: str) -> None:
    other = facts.model_copy(update={"parameters": facts.parameters | change})
    with pytest.raises(ReleaseError, match=complaint):
        open_collection(other, count, DIMENSION)


def test_a_release_is_as_good_as_its_collection(release_folder: Path, tmp_path: Path) -> None:
    """A release of a file, whose vectors are moved to Milvus: it serves the same, until dropped."""
    release = open_release(release_folder)
    products = len(release.products)
    folder = shutil.copytree(release_folder, tmp_path / "release")
    facts = write_collection(release.vectors(np.arange(products)))
    manifest = json.loads((folder / "manifest.json").read_text()) | {"index": facts.model_dump()}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    moved = open_release(folder)
    query = release.encoder.encode("ben 10 shoes")[None]
    assert moved.nearest(query, 10)[0].tolist() == release.nearest(query, 10)[0].tolist()
    drop_collection(str(facts.parameters["collection"]))
    with pytest.raises(ReleaseError, match="Milvus holds no 'shopfyp_"):
        open_release(folder)


class Manifests:
    """A bucket that holds the manifests of releases."""

    def __init__(self, **manifests: bytes) -> None:
        self._manifests = manifests

    def read(self, name: str, most: int) -> bytes | None:
        content = self._manifests.get(name.split("/")[1])
        assert content is None or len(content) <= most
        return content


def test_a_collection_goes_with_the_last_release_that_names_it(
    release_folder: Path, vectors
) -> None:
    facts = write_collection(vectors[:10])
    fields = json.loads((release_folder / "manifest.json").read_text())
    manifest = json.dumps(fields | {"index": facts.model_dump()}).encode()
    _drop_collections(Manifests(b=manifest), [manifest], ["b"])
    assert len(open_collection(facts, 10, DIMENSION)) == 10
    _drop_collections(Manifests(), [manifest], ["b"])
    with pytest.raises(ReleaseError, match="Milvus holds no"):
        open_collection(facts, 10, DIMENSION)


def test_milvus_that_does_not_answer_says_nothing_of_the_release(index, facts, monkeypatch) -> None:
    from pymilvus.exceptions import MilvusException

    def fails(*_: object, **__: object) -> None:
        raise MilvusException(message="unreachable")

    monkeypatch.setattr(connect(), "search", fails)
    with pytest.raises(DatabaseError, match="unreachable"):
        index.search(np.ones((1, DIMENSION), np.float32), 3)
    monkeypatch.setattr(connect(), "has_collection", fails)
    with pytest.raises(DatabaseError):
        open_collection(facts, COUNT, DIMENSION)
    monkeypatch.delenv("MILVUS_ADDRESS")
    with pytest.raises(ReleaseError, match="MILVUS_ADDRESS"):
        open_collection(facts, COUNT, DIMENSION)


def test_an_ivf_index_loses_none_of_the_few_that_are_allowed(vectors, monkeypatch) -> None:
    monkeypatch.setattr(milvus, "IVF_FROM", 100)
    monkeypatch.setattr(milvus, "NPROBE", 1)
    index = open_collection(write_collection(vectors), COUNT, DIMENSION)
    allowed = np.arange(COUNT) % 200 == 0
    (rows,), _ = index.search(vectors[:1], 10, allowed)
    assert sorted(rows.tolist()) == np.flatnonzero(allowed).tolist()
