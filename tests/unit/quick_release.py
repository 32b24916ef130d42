"""Releases that open in milliseconds, by an encoder that has learnt nothing."""

import json
from pathlib import Path

import numpy as np
import pytest

from indexer_job import index_file
from indexer_job.build import build_release
from shopfyp.release import open_release
from tests.conftest import small_catalog, small_clips, small_events
from tests.unit.manifests import change_manifest, reseal
from tests.unit.tiny_encoder import write_tiny_encoder

_WORDS = "ben 10 shoes for boys red leather frying pan garden speaker"


def build_quick(folder: Path, *, ivf_from: int = 50_000, products: int = 40) -> Path:
    """A release of the small catalogue, of the same files as any, with a learnt space."""
    encoder = write_tiny_encoder(folder.parent / f"{folder.name}-encoder", _WORDS.split())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_file, "_IVF_FROM", ivf_from)
        # As with many products, a search looks into some of the lists.
        patch.setattr(index_file, "_NPROBE", 4)
        build_release(
            small_catalog()[:products],
            folder,
            clips=small_clips(),
            events=small_events(),
            model=str(encoder),
        )
        _add_learnt(folder, products)
        _test_itself(folder)
    return folder


def _add_learnt(folder: Path, products: int) -> None:
    """A learnt space, for which the small catalogue has too few events."""
    rng = np.random.default_rng(0)
    (folder / "learnt").mkdir()
    np.save(folder / "learnt" / "lengths.npy", rng.random(products, np.float32))
    wanted = rng.normal(size=(products, 17)).astype(np.float32)
    index_file.write_index(wanted, folder / "learnt" / "wanted.faiss")
    files = json.loads((folder / "manifest.json").read_text())["files"]
    nothing = {"bytes": 0, "sha256": "0" * 64}
    files |= {"learnt/lengths.npy": nothing, "learnt/wanted.faiss": nothing}
    change_manifest(folder, files=files)
    reseal(folder)


def _test_itself(folder: Path) -> None:
    """Self-tests that hold for an encoder that has learnt nothing."""
    change_manifest(folder, self_test=[])
    release = open_release(folder)
    tests = []
    for query in ("frying pan", "garden speaker"):
        rows, _ = release.nearest(release.encoder.encode(query)[None], 1)
        found = release.products.product_id(int(rows[0, 0]))
        tests.append({"query": query, "product_id": found})
    change_manifest(folder, self_test=tests)
