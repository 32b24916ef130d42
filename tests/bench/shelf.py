"""Vectors that lie as those of real titles do, and queries that are none of them."""

import numpy as np

from indexer_job.checkpoint import load_checkpoint
from indexer_job.embed import embed
from indexer_job.export import export_encoder
from shopfyp.encoder import Encoder, Vectors
from tests.bench.encoding import titles
from tests.bench.shop import BENCH

_MOST, _BATCH = 0.5, 50_000


def shelf(count: int, queries: int) -> tuple[Vectors, Vectors]:
    """So many vectors, (count, dimension), and those of titles left out, (queries, dimension).

    They are of real titles (`../shared/data`, else the demo's), as many as there are; further ones
    lie up to half of the way from one title to another, as encoding a million texts takes hours.
    """
    real = _encoded()
    left_out, own = real[:queries], real[queries:]
    vectors, rng = own[np.arange(count) % len(own)], np.random.default_rng(0)
    for first in range(len(own), count, _BATCH):
        part = vectors[first : first + _BATCH]
        way = rng.uniform(0, _MOST, (len(part), 1)).astype(np.float32)
        part += way * (own[rng.integers(0, len(own), len(part))] - part)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return vectors, left_out


def _encoded() -> Vectors:
    """Of all titles that differ, in random order; kept in `.bench/`."""
    path = BENCH / "title-vectors.npy"
    if not path.exists():
        BENCH.mkdir(exist_ok=True)
        export_encoder(load_checkpoint(), BENCH / "fp32", "fp32")
        np.save(path, embed(Encoder(BENCH / "fp32"), list(dict.fromkeys(titles()))))
    found: Vectors = np.load(path)
    return found
