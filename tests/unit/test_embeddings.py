"""Vectors that are kept from build to build, in a folder and in a bucket."""

import json
from pathlib import Path

import numpy as np
import pytest

from indexer_job import embeddings
from indexer_job.__main__ import main
from indexer_job.build import build_release
from indexer_job.checkpoint import load_checkpoint
from indexer_job.embed import embed_products
from indexer_job.embeddings import embed_changed
from indexer_job.export import export_encoder
from indexer_job.files import write_products
from indexer_job.kept import FolderStore, Store
from shopfyp.catalog import Product
from shopfyp.encoder import Encoder
from shopfyp.manifest import sha256_of
from tests.conftest import small_catalog
from tests.unit.memory_bucket import MemoryBucket
from tests.unit.tiny_encoder import write_tiny_encoder

_WORDS = "ben 10 shoes for boys red leather frying pan garden speaker"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_encoder(tmp_path_factory.mktemp("tiny") / "model", _WORDS.split())


@pytest.fixture(scope="module")
def folder(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("encoder")
    export_encoder(load_checkpoint(str(tiny)), out, "fp32")
    return out


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Which products were embedded, call by call."""
    calls: list[list[str]] = []

    def counted(encoder: Encoder, products: list[Product], *, progress: bool = False):
        calls.append([product.product_id for product in products])
        return embed_products(encoder, products, progress=progress)

    monkeypatch.setattr(embeddings, "embed_products", counted)
    return calls


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return FolderStore(tmp_path / "kept") if request.param == "folder" else MemoryBucket()


def changed() -> list[Product]:
    """One product is gone, one moved, one new, one has another title, one another price."""
    first, second, third, *rest = small_catalog()[1:]
    return [
        *rest,
        first,
        second.model_copy(update={"title": "red garden speaker"}),
        third.model_copy(update={"price": 1.0}),
        small_catalog()[5].model_copy(update={"product_id": "new", "brand": "Pan"}),
    ]


def test_only_what_changed_is_embedded_and_all_is_as_if_embedded_anew(
    folder: Path, store: Store, anew: list[list[str]]
) -> None:
    encoder = Encoder(folder)
    before = embed_changed(encoder, folder, small_catalog(), store)
    assert np.array_equal(before, embed_products(encoder, small_catalog()))
    assert len(anew.pop()) == 40
    after = embed_changed(encoder, folder, changed(), store)
    assert anew.pop() == ["ben10-2", "new"]
    assert np.array_equal(after, embed_products(encoder, changed()))
    assert len(store.written("embeddings/")) == 1
    # What is gone from the catalogue is gone from the store.
    embed_changed(encoder, folder, small_catalog(), store)
    assert anew.pop() == ["ben10-0", "ben10-2"]
    embed_changed(encoder, folder, small_catalog()[:10], store)
    embed_changed(encoder, folder, small_catalog(), store)
    assert [len(call) for call in anew] == [0, 30]


def test_another_encoder_shares_nothing(folder: Path, store: Store, anew, tmp_path: Path) -> None:
    embed_changed(Encoder(folder), folder, small_catalog(), store)
    other = write_tiny_encoder(tmp_path / "model", reversed(_WORDS.split()))
    export_encoder(load_checkpoint(str(other)), tmp_path / "other", "fp32")
    embed_changed(Encoder(tmp_path / "other"), tmp_path / "other", small_catalog(), store)
    assert [len(call) for call in anew] == [40, 40]
    assert len(store.written("embeddings/")) == 1


@pytest.mark.parametrize("damage", ["cut", "flipped", "pickle", "other type"])
def test_a_damaged_file_is_not_used_and_replaced(
    folder: Path, tmp_path: Path, anew, capsys, damage: str
) -> None:
    store = FolderStore(tmp_path)
    expected = embed_changed(Encoder(folder), folder, small_catalog(), store)
    (path,) = (tmp_path / "embeddings").iterdir()
    content = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(content[:-7])
    elif damage == "flipped":
        content[-1] ^= 1
        path.write_bytes(content)
    else:
        other = np.array([{}] if damage == "pickle" else [1.0])
        np.save(path, other, allow_pickle=True)
        prefix = path.name.rpartition("-")[0]
        path.rename(path.with_name(f"{prefix}-{sha256_of(path)}.npy"))
    found = embed_changed(Encoder(folder), folder, small_catalog(), store)
    assert np.array_equal(found, expected)
    assert [len(call) for call in anew] == [40, 40]
    assert "embeddings cannot be used" in capsys.readouterr().err
    embed_changed(Encoder(folder), folder, small_catalog(), store)
    assert anew[2] == []


def test_a_build_goes_on_when_vectors_cannot_be_kept(folder: Path, tmp_path: Path, capsys) -> None:
    (tmp_path / "file").write_text("")
    vectors = embed_changed(
        Encoder(folder), folder, small_catalog(), FolderStore(tmp_path / "file")
    )
    assert len(vectors) == 40
    assert "embeddings were not kept" in capsys.readouterr().err


def test_an_incremental_release_is_a_full_one_to_the_last_bit(
    tiny: Path, tmp_path: Path, capsys
) -> None:
    write_products(small_catalog(), tmp_path / "before.jsonl")
    write_products(changed(), tmp_path / "after.jsonl")
    kept = ["--embeddings", tmp_path / "kept", "--model", tiny]
    for name in ("before", "after"):
        files = ["--catalog", tmp_path / f"{name}.jsonl", "--out", tmp_path / name]
        assert main([str(part) for part in ["build", *files, *kept]]) == 0
    assert '"anew": 2' in capsys.readouterr().err
    build_release(changed(), tmp_path / "full", model=str(tiny), index="file")
    full, after = (
        json.loads((tmp_path / name / "manifest.json").read_text()) for name in ("full", "after")
    )
    assert after["files"] == full["files"]
    words = json.loads((tmp_path / "full" / "lexical" / "vocab.index.json").read_text())
    assert list(words) == sorted(words), "another process would number them otherwise"


def test_keeping_vectors_in_a_bucket_needs_one(tmp_path: Path, capsys) -> None:
    write_products(small_catalog(), tmp_path / "p.jsonl")
    files = ["--catalog", tmp_path / "p.jsonl", "--out", tmp_path / "out"]
    command = ["build", *files, "--embeddings", "bucket", "--bucket", ""]
    assert main([str(part) for part in command]) == 1
    assert "no bucket: give --bucket" in capsys.readouterr().err
