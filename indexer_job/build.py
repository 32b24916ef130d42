"""Build a release: catalogue + events -> encoder, index, neighbours, records, manifest."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from indexer_job import ranker
from indexer_job.behaviour import Neighbours, learn, write_behaviour
from indexer_job.beside import beside
from indexer_job.checkpoint import DEFAULT_MODEL, load_checkpoint
from indexer_job.embed import embed, embed_products
from indexer_job.embeddings import embed_changed
from indexer_job.export import QueryPrecision, export_encoder
from indexer_job.feed import write_feed
from indexer_job.files import UserEvent
from indexer_job.index_file import write_index
from indexer_job.kept import Store
from indexer_job.kinds import kinds
from indexer_job.lexical import build_lexical
from indexer_job.manifest import write_manifest
from indexer_job.milvus import write_collection
from indexer_job.neighbours import Rows, Weights
from indexer_job.query_encoder import write_query_encoder
from indexer_job.ranker import Ranking
from indexer_job.records import write_clip_records, write_records
from indexer_job.spelling import write_words
from indexer_job.suggestions import write_suggestions
from indexer_job.vocabulary import write_meanings, write_vocabulary
from shopfyp.candidates import SOURCES
from shopfyp.catalog import Clip, Product, clip_text
from shopfyp.encoder import Encoder, Vectors
from shopfyp.errors import ShopFYPError
from shopfyp.experiments import Serving
from shopfyp.intent.vocabulary import MEANINGS
from shopfyp.manifest import Manifest
from shopfyp.ranking import WEIGHTS
from shopfyp.release import open_release

Index = Literal["file", "milvus"]

_MANY = 20_000
"""From so many products on, words are worth a process of their own."""


class BuildError(ShopFYPError):
    """A release that cannot be built from what was given."""


@dataclass(frozen=True)
class Ready:
    """What `indexer_job.pipeline` has made of the same products and events.

    Attributes:
        vectors: of the products' texts, (products, dimension).
        neighbours: rows and weights, as in `Behaviour`.
    """

    vectors: Vectors
    neighbours: tuple[Rows, Weights]


def build_release(
    products: Sequence[Product],
    out: Path,
    *,
    clips: Sequence[Clip] = (),
    events: Sequence[UserEvent] = (),
    model: str = DEFAULT_MODEL,
    precision: QueryPrecision = "q8",
    serving: Serving | None = None,
    neighbours: Neighbours = "auto",
    index: Index = "file",
    embeddings: Store | None = None,
    read_at: datetime | None = None,
    ready: Ready | None = None,
    progress: bool = False,
) -> Manifest:
    """Write a complete release into `out`.

    Args:
        products: the catalogue; ids are unique.
        out: a folder that is empty or not there yet.
        clips: the app's clips, for the search page and as weak signals.
        events: what shoppers did, in the order of time.
        model: see `checkpoint.load_checkpoint`.
        precision: that queries are encoded in, see `export.export_encoder`.
        serving: the configuration and experiment to serve by.
        neighbours: see `behaviour.learn`.
        index: where vectors are searched: in a file of the release, or in the Milvus that
            `MILVUS_ADDRESS` names.
        embeddings: where vectors, and the encoder of queries, are kept from build to build; see
            `embeddings.embed_changed` and `query_encoder.write_query_encoder`.
        read_at: a time before the catalogue was read, from which functions look for changes to
            it; default: now.
        ready: what needs not be made anew.
        progress: show progress bars.

    Raises:
        BuildError: there are no products, `out` holds something, or `serving` names a feature or a
            source that does not exist.
        EncoderError: `model` cannot be used.
        ReleaseError, DatabaseError: Milvus cannot be used.
        BucketError: `embeddings` is a bucket that cannot be reached.
    """
    now = read_at or datetime.now(UTC)
    if not products:
        raise BuildError("the catalogue holds no products")
    if out.exists() and any(out.iterdir()):
        raise BuildError(f"{out} is not empty: a release is built into a new folder")
    _check_names(serving or Serving())
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = load_checkpoint(model)
    with (
        tempfile.TemporaryDirectory() as fp32,
        beside(partial(_write_catalogue, out), products, process=len(products) >= _MANY) as written,
    ):
        folder = Path(fp32)
        export_encoder(checkpoint, folder, "fp32")
        titles = [product.title for product in products]
        write_query_encoder(checkpoint, folder, precision, titles, out / "encoder", embeddings)
        encoder = Encoder(folder)
        if ready:
            vectors = ready.vectors
        elif embeddings:
            vectors = embed_changed(encoder, folder, products, embeddings, progress=progress)
        else:
            vectors = embed_products(encoder, products, progress=progress)
        write_clip_records(clips, embed(encoder, [clip_text(c) for c in clips]), out / "clips")
        if index == "milvus":
            index_facts = write_collection(vectors, progress=progress)
        else:
            index_facts = write_index(vectors, out / "index.faiss")
        write_feed(clips, products, out)
        (out / "configuration.json").write_text(
            (serving or Serving()).model_dump_json(indent=1) + "\n"
        )

        def finish(known: Sequence[UserEvent], ranking: Ranking) -> Manifest:
            behaviour = learn(
                products,
                known,
                vectors,
                now=now,
                neighbours=neighbours,
                # Neighbours that were made already know all events.
                table=ready.neighbours if ready and known is events else None,
                progress=progress,
            )
            write_behaviour(behaviour, out)
            write_suggestions(products, known, out)
            (out / "ranking.json").write_text(json.dumps(ranking.weights, indent=1) + "\n")
            written()
            if not (out / MEANINGS).exists():
                write_meanings(encoder, out)
            return write_manifest(
                products,
                clips,
                known,
                out,
                encoder=checkpoint.name,
                vectors=vectors,
                index=index_facts,
                now=now,
                ranking=ranking,
            )

        ranking = Ranking(dict(WEIGHTS), {})
        if since := ranker.enough_since(events):
            # Weights are learnt on what came after the events that taught the rest: features that
            # know the clicks to be predicted would flatter their sources.
            finish([event for event in events if event.at < since], ranking)
            ranking = ranker.learn_ranking(open_release(out), events, since, progress=progress)
        return finish(events, ranking)


def _write_catalogue(out: Path, products: Sequence[Product]) -> None:
    """What of the products needs no vectors."""
    build_lexical(products, out / "lexical")
    write_words(products, out / "spelling")
    np.save(out / "kinds.npy", kinds(products).astype(np.float16))
    write_records(products, out / "products")
    write_vocabulary(products, out)


def _check_names(serving: Serving) -> None:
    variants = serving.experiment.variants.values() if serving.experiment else ()
    for configuration in (serving.configuration, *(v.configuration for v in variants)):
        if unknown := sorted(set(configuration.weights) - set(WEIGHTS)):
            raise BuildError(f"configuration.weights: no feature {unknown[0]} is known")
        if unknown := sorted(set(configuration.without) - set(SOURCES)):
            raise BuildError(f"configuration.without: no source {unknown[0]} is known")
