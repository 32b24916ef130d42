"""Build a release: catalogue + events -> encoder, index, neighbours, records, manifest."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer_job import ranker
from indexer_job.checkpoint import DEFAULT_MODEL, load_checkpoint
from indexer_job.ease import ease
from indexer_job.embed import RECIPE, embed, embed_products, threads
from indexer_job.embeddings import embed_changed
from indexer_job.export import QueryPrecision, export_encoder
from indexer_job.feed import write_feed
from indexer_job.files import UserEvent
from indexer_job.kept import Store
from indexer_job.kinds import kinds
from indexer_job.learnt import ItemSpace, learn_space
from indexer_job.lexical import build_lexical
from indexer_job.milvus import write_collection
from indexer_job.neighbours import (
    History,
    Rows,
    Weights,
    covisitation,
    histories_of,
    strongest,
)
from indexer_job.popularity import new_rows, popular_by_category, popular_order, popularity
from indexer_job.query_encoder import write_query_encoder
from indexer_job.ranker import Ranking
from indexer_job.slit import slit
from indexer_job.sparse_ease import sparse_ease
from indexer_job.spelling import write_words
from indexer_job.suggestions import write_suggestions
from indexer_job.vocabulary import write_vocabulary
from shopfyp.candidates import SOURCES
from shopfyp.catalog import Clip, Product, as_record, clip_text, product_text
from shopfyp.encoder import Encoder, Vectors
from shopfyp.errors import ShopFYPError
from shopfyp.experiments import Serving
from shopfyp.manifest import (
    FORMAT,
    EncoderFacts,
    FileFacts,
    IndexFacts,
    Manifest,
    SelfTest,
    sha256_of,
)
from shopfyp.packed import DICTIONARY, packer
from shopfyp.ranking import WEIGHTS
from shopfyp.records import Codes, coded, columns_of
from shopfyp.release import open_release

Neighbours = Literal["auto", "dense", "sparse"]
Index = Literal["file", "milvus"]

_IVF_FROM = 50_000
_NPROBE = 32
_SELF_TESTS = 5
MAX_DENSE = 20_000
"""Up to so many products, item-to-item weights are learnt by the inverse of a dense matrix."""
EASE_SCALE, _SLIT = 2.0, 5.0
"""What the two linear models' weights count beside log-odds of the learnt space, in tens."""


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


@dataclass(frozen=True)
class Behaviour:
    """What events taught.

    Attributes:
        neighbour_rows: of every product, best first; -1 where there are fewer.
        neighbour_weights: of the same shape.
        popular_rows: all in stock, departments in turn.
        popular_by_category: (category codes, at most POPULAR_IN_CATEGORY); -1 where fewer.
        new_rows: published lately and hardly shown yet.
        space: the learnt item space, when there were enough events.
    """

    neighbour_rows: Rows
    neighbour_weights: Weights
    popular_rows: Rows
    popular_by_category: Rows
    new_rows: Rows
    space: ItemSpace | None


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
        neighbours: see `learn`.
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
    # Vectors and numbers are made outside Python, words within it: they have a core each.
    with tempfile.TemporaryDirectory() as fp32, ThreadPoolExecutor(1) as aside:
        written = aside.submit(_write_catalogue, products, out)
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
        _write_clips(clips, embed(encoder, [clip_text(c) for c in clips]), out / "clips")
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
            _write_behaviour(behaviour, out)
            write_suggestions(products, known, out)
            (out / "ranking.json").write_text(json.dumps(ranking.weights, indent=1) + "\n")
            written.result()
            manifest = _manifest(
                products, clips, known, out, checkpoint.name, vectors, index_facts, now, ranking
            )
            (out / "manifest.json").write_text(manifest.model_dump_json(indent=1) + "\n")
            return manifest

        ranking = Ranking(dict(WEIGHTS), {})
        if since := ranker.enough_since(events):
            # Weights are learnt on what came after the events that taught the rest: features that
            # know the clicks to be predicted would flatter their sources.
            finish([event for event in events if event.at < since], ranking)
            ranking = ranker.learn_ranking(open_release(out), events, since, progress=progress)
        return finish(events, ranking)


def _write_catalogue(products: Sequence[Product], out: Path) -> None:
    """What of the products needs no vectors."""
    build_lexical(products, out / "lexical")
    write_words(products, out / "spelling")
    np.save(out / "kinds.npy", kinds(products).astype(np.float16))
    _write_products(products, out / "products")
    write_vocabulary(products, out)


def _check_names(serving: Serving) -> None:
    variants = serving.experiment.variants.values() if serving.experiment else ()
    for configuration in (serving.configuration, *(v.configuration for v in variants)):
        if unknown := sorted(set(configuration.weights) - set(WEIGHTS)):
            raise BuildError(f"configuration.weights: no feature {unknown[0]} is known")
        if unknown := sorted(set(configuration.without) - set(SOURCES)):
            raise BuildError(f"configuration.without: no source {unknown[0]} is known")


def learn(
    products: Sequence[Product],
    events: Sequence[UserEvent],
    vectors: Vectors,
    *,
    now: datetime | None = None,
    neighbours: Neighbours = "auto",
    table: tuple[Rows, Weights] | None = None,
    progress: bool = False,
) -> Behaviour:
    """Neighbours, popularity and the learnt space, from events, texts and the shop's own counts.

    Args:
        products: the catalogue.
        events: what shoppers did, in the order of time.
        vectors: the products' text vectors.
        now: the time from which a product is new; default: that of the last event.
        neighbours: how item-to-item weights are learnt: `dense` (EASE and SLIT) or `sparse`
            (EASE of neighbourhoods); `auto` is dense up to MAX_DENSE products. With too few
            events for a learnt space all are co-visitation.
        table: neighbours that were made of the same events already.
        progress: show progress bars.
    """
    row_of = {product.product_id: row for row, product in enumerate(products)}
    histories = histories_of(events, row_of)
    space = learn_space(histories, vectors, progress=progress)
    rows, weights = table or _neighbours(histories, vectors, space, neighbours, progress)
    counts, in_stock = popularity(products, events, row_of), _in_stock(products)
    now = now or max((event.at for event in events), default=datetime.now(UTC))
    return Behaviour(
        neighbour_rows=rows,
        neighbour_weights=weights,
        popular_rows=popular_order(counts, _departments(products), in_stock),
        popular_by_category=popular_by_category(counts, _categories(products), in_stock),
        new_rows=new_rows(products, events, now),
        space=space,
    )


def _neighbours(
    histories: Sequence[History],
    vectors: Vectors,
    space: ItemSpace | None,
    kind: Neighbours,
    progress: bool,
) -> tuple[Rows, Weights]:
    """Item-to-item weights: of linear models when there are events enough, else co-visitation."""
    if space is None:
        return covisitation(histories, len(vectors))
    if kind == "sparse" or (kind == "auto" and len(vectors) > MAX_DENSE):
        return sparse_ease(histories, vectors, scale=EASE_SCALE, progress=progress)
    dense = _SLIT * slit(histories, vectors)
    dense += EASE_SCALE * ease(histories, vectors)
    rows, weights = strongest(dense)
    return rows, np.minimum(weights, 1)


def write_index(vectors: Vectors, path: Path) -> IndexFacts:
    """Write the FAISS index of `vectors` (n, dimension): flat, or of lists where there are many."""
    count, dimension = vectors.shape
    if count < _IVF_FROM:
        name, parameters = "SQ8", {}
    else:
        lists = int(2 ** np.round(np.log2(4 * np.sqrt(count))))
        name, parameters = f"IVF{lists},SQ8", {"nlist": lists, "nprobe": _NPROBE}
    index: Any = faiss.index_factory(dimension, name, faiss.METRIC_INNER_PRODUCT)
    faiss.omp_set_num_threads(threads())
    index.train(vectors)
    index.add(vectors)
    faiss.omp_set_num_threads(1)
    if parameters:
        index.nprobe = _NPROBE
        index.make_direct_map()
    faiss.write_index(index, str(path))
    return IndexFacts(type=name, parameters=dict(parameters))


def _write_products(products: Sequence[Product], folder: Path) -> None:
    folder.mkdir()
    dictionary = b"".join(_record(product) for product in products[:: len(products) // 200 + 1])
    dictionary = dictionary[-DICTIONARY:]
    (folder / "dictionary.bin").write_bytes(dictionary)
    offsets, packed = [0], packer(dictionary)
    with (folder / "records.bin").open("wb") as file:
        for product in products:
            file.write(packed(_record(product)))
            offsets.append(file.tell())
    ids = np.array([product.product_id.encode() for product in products])
    order = np.argsort(ids, kind="stable")
    np.save(folder / "offsets.npy", np.array(offsets, np.int64))
    np.save(folder / "ids.npy", ids[order])
    np.save(folder / "id_rows.npy", order.astype(np.int32))
    groups = sorted({product.group_id for product in products} - {""})
    np.save(folder / "groups.npy", np.array([group.encode() for group in groups], "S"))
    group_codes = {name: code for code, name in enumerate(["", *groups])}
    codes = Codes({"": 0}, {(): 0}, {"": 0}, group_codes)
    for name, column in columns_of(products, codes).items():
        np.save(folder / f"{name}.npy", column)
    (folder / "names.json").write_text(codes.names.model_dump_json() + "\n")


def _record(product: Product) -> bytes:
    return json.dumps(as_record(product), ensure_ascii=False, separators=(",", ":")).encode()


def _write_clips(clips: Sequence[Clip], vectors: Vectors, folder: Path) -> None:
    folder.mkdir()
    (folder / "records.jsonl").write_text("".join(c.model_dump_json() + "\n" for c in clips))
    np.save(folder / "vectors.npy", vectors)


def _write_behaviour(behaviour: Behaviour, out: Path) -> None:
    for folder in ("neighbours", "popular", "new"):
        (out / folder).mkdir(exist_ok=True)
    np.save(out / "neighbours" / "rows.npy", behaviour.neighbour_rows)
    np.save(out / "neighbours" / "weights.npy", behaviour.neighbour_weights.astype(np.float16))
    np.save(out / "popular" / "rows.npy", behaviour.popular_rows)
    np.save(out / "popular" / "by_category.npy", behaviour.popular_by_category)
    np.save(out / "new" / "rows.npy", behaviour.new_rows)
    shutil.rmtree(out / "learnt", ignore_errors=True)
    if behaviour.space:
        (out / "learnt").mkdir()
        np.save(out / "learnt" / "taken.npy", behaviour.space.taken.astype(np.float16))
        write_index(behaviour.space.wanted, out / "learnt" / "wanted.faiss")


def _manifest(
    products: Sequence[Product],
    clips: Sequence[Clip],
    events: Sequence[UserEvent],
    out: Path,
    encoder: str,
    vectors: Vectors,
    index: IndexFacts,
    now: datetime,
    ranking: Ranking,
) -> Manifest:
    files = {
        path.relative_to(out).as_posix(): FileFacts(
            bytes=path.stat().st_size, sha256=sha256_of(path)
        )
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    digest = _digest(files)
    return Manifest(
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


def _departments(products: Sequence[Product]) -> NDArray[np.int32]:
    return coded((p.category[0] if p.category else "" for p in products), {"": 0})


def _categories(products: Sequence[Product]) -> NDArray[np.int32]:
    codes: dict[tuple[str, ...], int] = {(): 0}
    return coded((tuple(product.category) for product in products), codes)


def _in_stock(products: Sequence[Product]) -> NDArray[np.bool_]:
    return np.array([product.in_stock for product in products], np.bool_)
