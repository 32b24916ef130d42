"""The manifest of a release: what it holds, by name and hash, and how to tell that it works."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from indexer_job.embed import RECIPE
from indexer_job.files import UserEvent
from indexer_job.ranker import Ranking
from shopfyp.catalog import Clip, Product, product_text
from shopfyp.encoder import Vectors
from shopfyp.manifest import (
    FORMAT,
    EncoderFacts,
    FileFacts,
    IndexFacts,
    Manifest,
    SelfTest,
    sha256_of,
)

_SELF_TESTS = 5


def write_manifest(
    products: Sequence[Product],
    clips: Sequence[Clip],
    events: Sequence[UserEvent],
    out: Path,
    *,
    encoder: str,
    vectors: Vectors,
    index: IndexFacts,
    now: datetime,
    ranking: Ranking,
) -> Manifest:
    """Write `manifest.json` of all other files of the folder `out`, and return what it says.

    Args:
        products: the catalogue.
        clips: the app's clips.
        events: that were learnt from.
        out: a release that lacks nothing else.
        encoder: its name.
        vectors: of the products' texts, (products, dimension).
        index: see `IndexFacts`.
        now: when the catalogue was read.
        ranking: how well it did on held-out events.
    """
    files = {
        path.relative_to(out).as_posix(): FileFacts(
            bytes=path.stat().st_size, sha256=sha256_of(path)
        )
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    digest = _digest(files)
    manifest = Manifest(
        format=FORMAT,
        version=f"{now:%Y%m%d-%H%M%S}-{digest[:8]}",
        created_at=now,
        files=files,
        encoder=EncoderFacts(
            name=encoder,
            dimension=vectors.shape[1],
            text_template=RECIPE,
        ),
        index=index,
        counts={"products": len(products), "clips": len(clips), "events": len(events)},
        evaluation=ranking.evaluation,
        self_test=_self_tests(products, vectors),
    )
    (out / "manifest.json").write_text(manifest.model_dump_json(indent=1) + "\n")
    return manifest


def _digest(files: dict[str, FileFacts]) -> str:
    """One hash over the names and hashes of a release's files."""
    lines = "".join(f"{name} {facts.sha256}\n" for name, facts in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def _self_tests(products: Sequence[Product], vectors: Vectors) -> list[SelfTest]:
    """Texts of products that have no near double, so that each must find its own."""
    tests = []
    for row in np.linspace(0, len(products) - 1, num=min(50, len(products)), dtype=int):
        rivals = int((vectors @ vectors[row] > 0.97).sum())
        if rivals <= 3:
            text = product_text(products[row])
            tests.append(SelfTest(query=text, product_id=products[row].product_id))
    return tests[:_SELF_TESTS]
