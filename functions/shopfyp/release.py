"""A release: what it holds, and how it is opened and tested."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from shopfyp.arrays import Appended, load, starts
from shopfyp.encoder import Encoder, Vectors
from shopfyp.errors import ReleaseError
from shopfyp.experiments import Serving, Weight
from shopfyp.index_file import open_index
from shopfyp.intent.slots import Intent
from shopfyp.intent.vocabulary import MEANINGS, Vocabulary, VocabularyFile, meant_codes
from shopfyp.learnt import LearntSpace
from shopfyp.lexical import LexicalIndex
from shopfyp.manifest import FileFacts, IndexFacts, Manifest, parse_manifest
from shopfyp.neighbours import Neighbours
from shopfyp.records import ClipStore, ProductStore
from shopfyp.spelling import Speller
from shopfyp.tokens import tokens
from shopfyp.vector_index import FaissIndex, Mask, VectorIndex
from shopfyp.verify import verify

_UNIT = 0.01
_READ = 1024
_MEANT = 0.6
"""From this cosine on, a text means what a name of the vocabulary does."""
_WEIGHTS = TypeAdapter(dict[str, Weight])

faiss.omp_set_num_threads(1)


@dataclass(frozen=True)
class Release:
    """An open release; nothing in it ever changes, so threads share it freely."""

    version: str
    manifest: Manifest
    encoder: Encoder
    index: VectorIndex
    lexical: LexicalIndex
    products: ProductStore
    speller: Speller
    vocabulary: Vocabulary
    clips: ClipStore
    kinds: NDArray[np.float16] | Appended
    neighbours: Neighbours
    learnt: LearntSpace | None
    popular_rows: NDArray[np.int32]
    popular_by_category: NDArray[np.int32]
    new_rows: NDArray[np.int32]
    weights: Mapping[str, float]
    serving: Serving
    _read: dict[tuple[str, frozenset[str], bool], Intent] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def understood(
        self, query: str, ignore: Collection[str] = (), *, verbatim: bool = False
    ) -> Intent:
        """What a query says, misspelled words corrected.

        It is remembered: a shopper's last searches are read again for every card.

        Args:
            query: in the shopper's words.
            ignore: names of slots that the shopper removed.
            verbatim: correct nothing.
        """
        key = query, frozenset(ignore), verbatim
        intent = self._read.get(key)
        if intent is None:
            intent = self._understood(*key)
            if len(self._read) >= _READ:
                self._read.clear()
            self._read[key] = intent
        return intent

    def _understood(self, query: str, ignore: frozenset[str], verbatim: bool) -> Intent:
        # Its patterns take as long to compile as the model to open, and many a shopper never asked.
        from shopfyp.intent.abroad import foreign_words
        from shopfyp.intent.parsing import parse

        # What only products say that came later is no misspelling of what came before.
        known = verbatim or any(token in self.lexical.added for token in tokens(query))
        known = known or bool(foreign_words(query))
        meant = query if known else self.speller.corrected(query)
        return parse(meant, self.vocabulary, ignore, None if verbatim else self)

    def knows(self, text: str) -> bool:
        """Whether any product says one of the words of a text, or it has none."""
        own = tokens(text)
        return not own or any(self.lexical.knows(token) for token in own)

    def meaning(self, text: str) -> int | None:
        """The code of the vocabulary's kind or theme that means what a text does, if any."""
        return self.vocabulary.meaning(self.encoder.encode(text), _MEANT)

    def learnt_of(self, row: int | None) -> bool:
        """Whether the product in `row` was there when behaviour was learnt."""
        return row is not None and row < self.manifest.counts["products"]

    def nearest(
        self, vectors: Vectors, count: int, allowed: Mask | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The `count` nearest rows and cosines for each of `vectors` (n, dimension).

        Only rows that are `allowed` (products,), if that is given. Rows are -1 where there are
        fewer than `count`.
        """
        return self.index.search(vectors, count, allowed)

    def within(self, vector: Vectors, cosine: float, allowed: Mask) -> NDArray[np.int64]:
        """The allowed rows whose cosine to `vector` (dimension,) is at least `cosine`."""
        return self.index.within(vector, cosine, allowed)

    def vector(self, row: int) -> Vectors:
        """The vector of the product in `row`, as the index keeps it."""
        own: Vectors = self.vectors(np.array([row], np.int64))[0]
        return own

    def vectors(self, rows: NDArray[np.int64]) -> Vectors:
        """The vectors of the products in `rows`, (rows, dimension), as the index keeps them."""
        return self.index.vectors(rows)


def open_release(folder: Path, *, verified: bool = False, served: Release | None = None) -> Release:
    """Verify and open the release in `folder`, and ask it its own test queries.

    Args:
        folder: of the release.
        verified: whether its files were compared with the manifest just now.
        served: the one before it, whose encoder is taken over where it is the same: with what it
            remembers of texts, and without memory for two of them.

    Raises:
        ReleaseError: it must not be served; says which check failed.
    """
    try:
        manifest = parse_manifest((folder / "manifest.json").read_bytes())
    except OSError as error:
        raise ReleaseError(f"manifest.json cannot be read: {error}") from error
    try:
        if not verified:
            verify(folder, manifest)
        release = _open(folder, manifest, served)
        _check(release)
    except ReleaseError:
        raise
    except Exception as error:  # what a parser raises at a broken file can be anything
        raise ReleaseError(f"cannot be opened: {type(error).__name__}: {error}") from error
    return release


def _open(folder: Path, manifest: Manifest, served: Release | None) -> Release:
    count, dimension = manifest.counts["products"], manifest.encoder.dimension
    products, lexical = ProductStore(folder / "products"), LexicalIndex(folder / "lexical")
    index = _index(folder, manifest.index, count, dimension)
    # Only what holds together so far is worth a model.
    encoder = _encoder(folder, manifest, served)
    categories = len(products.names.category)
    return Release(
        version=manifest.version,
        manifest=manifest,
        encoder=encoder,
        index=index,
        lexical=lexical,
        products=products,
        speller=Speller(folder / "spelling", lexical, encoder.knows),
        vocabulary=_vocabulary(folder, count, dimension, manifest.files)
        if "vocabulary.json" in manifest.files
        else Vocabulary(),
        clips=ClipStore(folder / "clips"),
        kinds=load(folder / "kinds.npy", np.float16, count, None),
        neighbours=Neighbours(folder / "neighbours", count),
        learnt=LearntSpace(folder / "learnt") if "learnt/lengths.npy" in manifest.files else None,
        popular_rows=_rows(folder / "popular" / "rows.npy", count, None, least=0),
        popular_by_category=_rows(folder / "popular" / "by_category.npy", count, categories, None),
        new_rows=_rows(folder / "new" / "rows.npy", count, None, least=0),
        weights=_weights(folder / "ranking.json"),
        serving=Serving.model_validate_json((folder / "configuration.json").read_bytes()),
    )


def _encoder(folder: Path, manifest: Manifest, served: Release | None) -> Encoder:
    if served and _encoder_files(manifest) == _encoder_files(served.manifest):
        return served.encoder
    return Encoder(folder / "encoder")


def _encoder_files(manifest: Manifest) -> dict[str, FileFacts]:
    return {n: facts for n, facts in manifest.files.items() if n.startswith("encoder/")}


def _index(folder: Path, facts: IndexFacts, count: int, dimension: int) -> VectorIndex:
    if facts.type == "milvus":
        from shopfyp.milvus_index import open_collection

        return open_collection(facts, count, dimension)
    return FaissIndex(open_index(folder / "index.faiss", count, dimension))


def _rows(path: Path, count: int, *shape: int | None, least: int = -1) -> NDArray[np.int32]:
    """Rows of `count` products; -1 stands for none, where that may be."""
    return load(path, np.int32, *shape, least=least, most=count - 1)


def _vocabulary(folder: Path, count: int, dimension: int, files: Collection[str]) -> Vocabulary:
    values = VocabularyFile.model_validate_json((folder / "vocabulary.json").read_bytes()).values
    columns, most = folder / "vocabulary", len(values) - 1
    codes = load(columns / "codes.npy", np.int32, None, least=0, most=most)
    meanings = None
    if MEANINGS in files:
        meanings = load(folder / MEANINGS, np.float16, len(meant_codes(values)), dimension)
    offsets = starts(columns / "offsets.npy", count, len(codes))
    return Vocabulary(values, offsets, codes, meanings)


def _weights(path: Path) -> dict[str, float]:
    return _WEIGHTS.validate_json(path.read_bytes())


def _check(release: Release) -> None:
    text = release.encoder.encode("self-test")
    dimensions = {
        "manifest": release.manifest.encoder.dimension,
        "encoder": release.encoder.dimension,
        "encoded text": len(text),
        "clips": release.clips.vectors.shape[1],
    }
    if len(set(dimensions.values())) > 1:
        raise ReleaseError(f"dimensions differ: {dimensions}")
    if not np.isclose(np.linalg.norm(text), 1, atol=_UNIT):
        raise ReleaseError("the encoder's vectors are not of unit length")
    counts = {
        "manifest": release.manifest.counts["products"],
        "products": len(release.products),
        "lexical": release.lexical.products,
    }
    if release.learnt:
        counts["learnt"] = len(release.learnt)
    if len(set(counts.values())) > 1:
        raise ReleaseError(f"counts differ: {counts}")
    for test in release.manifest.self_test:
        rows, _ = release.nearest(release.encoder.encode(test.query)[None], 10)
        found = [release.products.product_id(row) for row in rows[0] if row >= 0]
        if test.product_id not in found:
            raise ReleaseError(f"self-test: product {test.product_id} is not found by its query")
