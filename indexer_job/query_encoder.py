"""The encoder that a release reads queries with: exported, or taken from the last build.

Its 8-bit weights are rounded for the texts of a shop, which is a quarter of what a build takes when
little has changed (measured); and a thousand other titles of a hundred thousand would have
it come out another one, which every function had to fetch.
"""

import tempfile
import zipfile
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer_job import graph, kept, quantised, rounding
from indexer_job.checkpoint import Checkpoint
from indexer_job.embeddings import files_of
from indexer_job.export import QueryPrecision, export_encoder
from indexer_job.kept import Store
from indexer_job.rounding import as_queries

_FOLDER = "encoders/"
_TEXTS = "texts"
_STILL = 0.5
"""So many of the texts that it was rounded for still begin a title, or it is rounded anew."""


def write_query_encoder(
    checkpoint: Checkpoint,
    fp32: Path,
    precision: QueryPrecision,
    titles: Sequence[str],
    out: Path,
    store: Store | None = None,
) -> None:
    """Write the encoder of queries into `out`, and keep it if it was rounded for texts.

    Args:
        checkpoint: what to export.
        fp32: the same, exported in float32.
        precision: see `export.export_encoder`.
        titles: of the catalogue.
        out: a folder; it is made if it is not there.
        store: where it is kept from build to build; it is taken from there if it was made of the
            same checkpoint by the same code, and if half of the texts that its weights were
            rounded for are still what titles begin with.

    Raises:
        BucketError: the bucket cannot be reached or does not let us in.
    """
    code = [Path(str(module.__file__)) for module in (graph, quantised, rounding)]
    made_for = kept.hash_of([precision], [*files_of(fp32), *code])
    if store and _taken(store, made_for, titles, out):
        return
    texts = as_queries(titles)
    export_encoder(checkpoint, out, precision, texts)
    if store and texts:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "encoder.npz"
            held: dict[str, Any] = {_TEXTS: np.array(texts)}
            held |= {one.name: np.frombuffer(one.read_bytes(), np.uint8) for one in files_of(out)}
            np.savez(path, **held)
            kept.keep(store, _FOLDER, made_for, path)


def _taken(store: Store, made_for: str, titles: Sequence[str], out: Path) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "encoder.npz"
        if not kept.take(store, _FOLDER, made_for, path):
            return False
        try:
            with np.load(path, allow_pickle=False) as held:
                if _share_that_begins(held[_TEXTS].tolist(), titles) < _STILL:
                    return False
                out.mkdir(parents=True, exist_ok=True)
                for name in set(held.files) - {_TEXTS}:
                    (out / Path(name).name).write_bytes(held[name].tobytes())
            return True
        except (ValueError, KeyError, zipfile.BadZipFile) as error:
            kept.unusable(_FOLDER, error)
            return False


def _share_that_begins(texts: Sequence[str], titles: Sequence[str]) -> float:
    """The share of texts that a title begins with."""
    ordered = sorted(" ".join(title.split()) for title in titles)
    places = [bisect_left(ordered, text) for text in texts]
    begun = [
        place < len(ordered) and ordered[place].startswith(text)
        for place, text in zip(places, texts, strict=True)
    ]
    return float(np.mean(begun))
