"""A release: verify, open, hot swap. Nothing that fails a check is ever served."""

import gc
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from shopfyp import vector_index
from shopfyp.arrays import Appended, load, starts
from shopfyp.encoder import Encoder, Vectors
from shopfyp.errors import BucketError, NoRelease, ReleaseError
from shopfyp.experiments import Serving, Weight
from shopfyp.index_file import open_index
from shopfyp.intent.slots import Intent
from shopfyp.intent.vocabulary import Vocabulary, VocabularyFile
from shopfyp.learnt import LearntSpace
from shopfyp.lexical import LexicalIndex
from shopfyp.logs import log
from shopfyp.manifest import (
    Bucket,
    FileFacts,
    IndexFacts,
    Manifest,
    Pointer,
    folder_of,
    parse_manifest,
    read_manifest,
    read_pointer,
    sha256_of,
)
from shopfyp.records import ClipStore, ProductStore
from shopfyp.spelling import Speller
from shopfyp.tokens import tokens
from shopfyp.vector_index import FaissIndex, Mask, VectorIndex

_RETRY_SECONDS = 5.0
_FILES_AT_ONCE = 8
_UNIT = 0.01
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
    neighbour_rows: NDArray[np.int32]
    neighbour_weights: NDArray[np.float16]
    learnt: LearntSpace | None
    popular_rows: NDArray[np.int32]
    popular_by_category: NDArray[np.int32]
    new_rows: NDArray[np.int32]
    weights: Mapping[str, float]
    serving: Serving

    def understood(
        self, query: str, ignore: Collection[str] = (), *, verbatim: bool = False
    ) -> Intent:
        """What a query says, misspelled words corrected.

        Args:
            query: in the shopper's words.
            ignore: names of slots that the shopper removed.
            verbatim: correct nothing.
        """
        # Its patterns take as long to compile as the model to open, and many a shopper never asked.
        from shopfyp.intent.parsing import parse

        # What only products say that came later is no misspelling of what came before.
        known = verbatim or any(token in self.lexical.added for token in tokens(query))
        meant = query if known else self.speller.corrected(query)
        return parse(meant, self.vocabulary, ignore)

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
        return vector_index.within(self.index, vector, cosine, allowed)

    def vector(self, row: int) -> Vectors:
        """The vector of the product in `row`, as the index keeps it."""
        own: Vectors = self.vectors(np.array([row], np.int64))[0]
        return own

    def vectors(self, rows: NDArray[np.int64]) -> Vectors:
        """The vectors of the products in `rows`, (rows, dimension), as the index keeps them."""
        return self.index.vectors(rows)


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare every file in `folder` with the manifest.

    Raises:
        ReleaseError: a file is missing, of another size or of another hash.
    """
    _each(manifest.files, lambda name: _verify_file(folder, name, manifest.files[name]))


def _verify_file(folder: Path, name: str, facts: FileFacts) -> None:
    path = folder / name
    if not path.is_file():
        raise ReleaseError(f"{name} is missing")
    size = path.stat().st_size
    if size != facts.bytes:
        raise ReleaseError(f"{name} has {size} bytes, but the manifest says {facts.bytes}")
    if sha256_of(path) != facts.sha256:
        raise ReleaseError(f"{name} does not have the SHA-256 that the manifest says")


def _each(files: Mapping[str, FileFacts], act: Callable[[str], None]) -> None:
    """Act on files, some at a time and the largest first; raises what went wrong first."""
    names = sorted(files, key=lambda name: -files[name].bytes)
    pool = ThreadPoolExecutor(_FILES_AT_ONCE)
    try:
        list(pool.map(act, names))
    finally:
        pool.shutdown(cancel_futures=True)


def open_release(folder: Path, *, verified: bool = False) -> Release:
    """Verify and open the release in `folder`, and ask it its own test queries.

    Args:
        folder: of the release.
        verified: whether its files were compared with the manifest just now.

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
        release = _open(folder, manifest)
        _check(release)
    except ReleaseError:
        raise
    except Exception as error:  # what a parser raises at a broken file can be anything
        raise ReleaseError(f"cannot be opened: {type(error).__name__}: {error}") from error
    return release


def _open(folder: Path, manifest: Manifest) -> Release:
    count, dimension = manifest.counts["products"], manifest.encoder.dimension
    products, lexical = ProductStore(folder / "products"), LexicalIndex(folder / "lexical")
    index = _index(folder, manifest.index, count, dimension)
    # Only what holds together so far is worth a model.
    encoder = Encoder(folder / "encoder")
    neighbour_rows = _rows(folder / "neighbours" / "rows.npy", count, count, None)
    categories = len(products.names.category)
    return Release(
        version=manifest.version,
        manifest=manifest,
        encoder=encoder,
        index=index,
        lexical=lexical,
        products=products,
        speller=Speller(folder / "spelling", lexical, encoder.knows),
        vocabulary=_vocabulary(folder, count)
        if "vocabulary.json" in manifest.files
        else Vocabulary(),
        clips=ClipStore(folder / "clips"),
        kinds=load(folder / "kinds.npy", np.float16, count, None),
        neighbour_rows=neighbour_rows,
        neighbour_weights=load(
            folder / "neighbours" / "weights.npy",
            np.float16,
            *neighbour_rows.shape,
        ),
        learnt=LearntSpace(folder / "learnt") if "learnt/taken.npy" in manifest.files else None,
        popular_rows=_rows(folder / "popular" / "rows.npy", count, None, least=0),
        popular_by_category=_rows(folder / "popular" / "by_category.npy", count, categories, None),
        new_rows=_rows(folder / "new" / "rows.npy", count, None, least=0),
        weights=_weights(folder / "ranking.json"),
        serving=Serving.model_validate_json((folder / "configuration.json").read_bytes()),
    )


def _index(folder: Path, facts: IndexFacts, count: int, dimension: int) -> VectorIndex:
    if facts.type == "milvus":
        from shopfyp.milvus_index import open_collection

        return open_collection(facts, count, dimension)
    return FaissIndex(open_index(folder / "index.faiss", count, dimension))


def _rows(path: Path, count: int, *shape: int | None, least: int = -1) -> NDArray[np.int32]:
    """Rows of `count` products; -1 stands for none, where that may be."""
    return load(path, np.int32, *shape, least=least, most=count - 1)


def _vocabulary(folder: Path, count: int) -> Vocabulary:
    values = VocabularyFile.model_validate_json((folder / "vocabulary.json").read_bytes()).values
    columns, most = folder / "vocabulary", len(values) - 1
    codes = load(columns / "codes.npy", np.int32, None, least=0, most=most)
    return Vocabulary(values, starts(columns / "offsets.npy", count, len(codes)), codes)


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
        counts["learnt"] = len(release.learnt.taken)
    if len(set(counts.values())) > 1:
        raise ReleaseError(f"counts differ: {counts}")
    for test in release.manifest.self_test:
        rows, _ = release.nearest(release.encoder.encode(test.query)[None], 10)
        found = [release.products.product_id(row) for row in rows[0] if row >= 0]
        if test.product_id not in found:
            raise ReleaseError(f"self-test: product {test.product_id} is not found by its query")


class ReleaseHolder:
    """Holds the release being served, and swaps in a newer one while requests go on."""

    def __init__(
        self, bucket: Bucket, cache: Path | None = None, check_seconds: float = 60
    ) -> None:
        """Serve from `bucket`, keeping files in `cache`; look for news every `check_seconds`."""
        self._bucket = bucket
        self._cache = cache or Path(tempfile.gettempdir()) / "shopfyp-releases"
        self._check_seconds = check_seconds
        self._release: Release | None = None
        self._refused: Pointer | None = None
        self._checked_at = -float("inf")
        self._failure: ReleaseError | None = None
        self._failed_at = -float("inf")
        self._replaced = False
        self._lock = threading.RLock()

    def get(self) -> Release:
        """The release to serve now; a check for a newer one never delays the caller.

        Raises:
            NoRelease: none could ever be opened.
        """
        release = self._release
        if release is None:
            return self._first()
        if time.monotonic() - self._checked_at >= self._check_seconds:
            self._checked_at = time.monotonic()
            threading.Thread(target=self._refresh_quietly, daemon=True).start()
        return release

    def refresh(self) -> None:
        """Take up the release that the pointer names, if it is another one.

        Raises:
            ReleaseError: it was refused, and will not be looked at again until the pointer moves;
                the one being served stays.
            BucketError: the bucket could not be asked; it will be at the next check.
        """
        with self._lock:
            self._checked_at = time.monotonic()
            if self._replaced:
                # Its caches refer to it, and Python would find so few objects worth no collection:
                # 25 MB a swap (measured). By now no request uses it any more.
                self._replaced = False
                gc.collect()
            pointer = read_pointer(self._bucket)
            current = self._release.version if self._release else None
            if pointer.version == current or pointer == self._refused:
                return
            try:
                release = open_release(self._fetch(pointer), verified=True)
            except BucketError:
                raise
            except ReleaseError as error:
                self._refused = pointer
                shutil.rmtree(self._cache / pointer.version, ignore_errors=True)
                log("ERROR", "release refused", release=pointer.version, reason=str(error))
                raise
            self._release, self._refused = release, None
            log("INFO", "release opened", release=release.version, replaced=current)
            if current:
                self._replaced = True
                # Mapped files stay readable until the requests that use them are done.
                shutil.rmtree(self._cache / current, ignore_errors=True)

    def _first(self) -> Release:
        # Whoever waited for another caller's attempt shares what came of it.
        with self._lock:
            if self._release is not None:
                return self._release
            if self._failure and time.monotonic() - self._failed_at < _RETRY_SECONDS:
                raise NoRelease(str(self._failure)) from self._failure
            try:
                # It is tried even if it was refused before: there is nothing to lose.
                self._refused = None
                self.refresh()
            except ReleaseError as error:
                self._failure, self._failed_at = error, time.monotonic()
                raise NoRelease(str(error)) from error
            if self._release is None:
                raise NoRelease("no release could be opened")
            return self._release

    def _refresh_quietly(self) -> None:
        if not self._lock.acquire(blocking=False):
            return  # the check before this one has not ended yet
        try:
            self.refresh()
        except Exception as error:  # a bug or an outage must not end a background thread unseen
            log("ERROR", "release check failed", reason=f"{type(error).__name__}: {error}")
        finally:
            self._lock.release()

    def _fetch(self, pointer: Pointer) -> Path:
        """Download the release that `pointer` names, unless it is here already; verified."""
        manifest, data = read_manifest(self._bucket, pointer)
        final = self._cache / pointer.version
        if _is_of(final, data):
            verify(final, manifest)
            return final
        self._cache.mkdir(parents=True, exist_ok=True)
        needed = sum(facts.bytes for facts in manifest.files.values())
        if needed > (free := shutil.disk_usage(self._cache).free):
            raise ReleaseError(f"takes {needed} bytes, and {free} are free")
        folder = Path(tempfile.mkdtemp(prefix=f"{pointer.version}.", dir=self._cache))
        try:
            _each(manifest.files, partial(self._fetch_file, pointer.version, manifest, folder))
            (folder / "manifest.json").write_bytes(data)
            if not _is_of(final, data):
                shutil.rmtree(final, ignore_errors=True)
                folder.replace(final)
        except OSError as error:
            raise ReleaseError(f"cannot be downloaded: {error}") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return final

    def _fetch_file(self, version: str, manifest: Manifest, folder: Path, name: str) -> None:
        """Download a file, if the release that is served does not have the same; verified."""
        path, facts = folder / name, manifest.files[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        served = self._release
        if served and served.manifest.files.get(name) == facts:
            # If that copy cannot be had, or was damaged, there is still the bucket.
            with suppress(OSError, ReleaseError):
                path.hardlink_to(self._cache / served.version / name)
                return _verify_file(folder, name, facts)
            path.unlink(missing_ok=True)
        self._bucket.download(f"{folder_of(version)}/{name}", path, facts.bytes)
        return _verify_file(folder, name, facts)


def _is_of(folder: Path, manifest: bytes) -> bool:
    """Whether a release with this manifest was downloaded into `folder`."""
    path = folder / "manifest.json"
    return path.is_file() and path.read_bytes() == manifest
