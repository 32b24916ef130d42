"""A release: manifest, verify, open, hot swap. Nothing that fails a check is ever served."""

import hashlib
import json
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from shopfyp import vector_index
from shopfyp.encoder import Encoder, Vectors
from shopfyp.errors import EncoderError, NoRelease, ReleaseError
from shopfyp.experiments import Serving
from shopfyp.intent.parsing import parse
from shopfyp.intent.slots import Intent
from shopfyp.intent.vocabulary import Vocabulary, VocabularyFile
from shopfyp.learnt import LearntSpace
from shopfyp.lexical import LexicalIndex
from shopfyp.logs import log
from shopfyp.records import ClipStore, ProductStore
from shopfyp.spelling import Speller
from shopfyp.vector_index import Mask

FORMAT = 3
POINTER = "releases/current.json"
_RETRY_SECONDS = 5.0
_WEIGHTS = TypeAdapter(dict[str, Annotated[float, Field(allow_inf_nan=False)]])

faiss.omp_set_num_threads(1)


def _safe_name(name: str) -> str:
    if not re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", name):
        raise ValueError("must be a relative path inside the release")
    return name


FileName = Annotated[str, AfterValidator(_safe_name)]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class FileFacts(BaseModel):
    """Size in bytes and SHA-256 of one file."""

    bytes: Annotated[int, Field(ge=0)]
    sha256: Digest


class EncoderFacts(BaseModel):
    """Which encoder made the vectors, and from what text."""

    name: str
    dimension: Annotated[int, Field(ge=1, le=4096)]
    text_template: str


class IndexFacts(BaseModel):
    """The FAISS index's type and its parameters."""

    type: str
    parameters: dict[str, int | float | str] = {}


class SelfTest(BaseModel):
    """A query whose answer is known: `product_id` must be among the ten nearest."""

    query: str
    product_id: str


class Manifest(BaseModel):
    """What a release says of itself; `manifest.json`."""

    model_config = ConfigDict(extra="ignore")

    format: int
    version: Version
    created_at: datetime
    files: dict[FileName, FileFacts]
    encoder: EncoderFacts
    index: IndexFacts
    counts: dict[str, int]
    evaluation: dict[str, float] = {}
    self_test: list[SelfTest] = []


class Pointer(BaseModel):
    """`releases/current.json`: which release is live."""

    version: Version
    manifest_sha256: Digest


class Bucket(Protocol):
    """What a release needs of Cloud Storage."""

    def read(self, name: str) -> bytes | None:
        """The object's content, or None when there is none."""

    def download(self, name: str, path: Path) -> None:
        """Write the object to `path`; raises ReleaseError when there is none."""


@dataclass(frozen=True)
class Release:
    """An open release; nothing in it ever changes, so threads share it freely."""

    version: str
    manifest: Manifest
    encoder: Encoder
    index: Any
    lexical: LexicalIndex
    products: ProductStore
    speller: Speller
    vocabulary: Vocabulary
    clips: ClipStore
    kinds: NDArray[np.float16]
    neighbour_rows: NDArray[np.int32]
    neighbour_weights: NDArray[np.float32]
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
        meant = query if verbatim else self.speller.corrected(query)
        return parse(meant, self.vocabulary, ignore)

    def nearest(
        self, vectors: Vectors, count: int, allowed: Mask | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The `count` nearest rows and cosines for each of `vectors` (n, dimension).

        Only rows that are `allowed` (products,), if that is given. Rows are -1 where there are
        fewer than `count`.
        """
        return vector_index.search(self.index, vectors, count, allowed)

    def within(self, vector: Vectors, cosine: float, allowed: Mask) -> NDArray[np.int64]:
        """The allowed rows whose cosine to `vector` (dimension,) is at least `cosine`."""
        return vector_index.within(self.index, vector, cosine, allowed)

    def vector(self, row: int) -> Vectors:
        """The vector of the product in `row`, as the index keeps it."""
        return np.asarray(self.index.reconstruct(int(row)), np.float32)

    def vectors(self, rows: NDArray[np.int64]) -> Vectors:
        """The vectors of the products in `rows`, (rows, dimension), as the index keeps them."""
        return np.asarray(self.index.reconstruct_batch(rows), np.float32)


def parse_manifest(data: bytes) -> Manifest:
    """Read `manifest.json`.

    Raises:
        ReleaseError: it is no manifest, or one of a newer format.
    """
    try:
        raw = json.loads(data)
        if isinstance(raw, dict) and isinstance(raw.get("format"), int) and raw["format"] != FORMAT:
            age = "newer" if raw["format"] > FORMAT else "older"
            raise ReleaseError(
                f"format {raw['format']} is {age} than {FORMAT}, which is understood"
            )
        return Manifest.model_validate(raw)
    except (ValueError, ValidationError) as error:
        raise ReleaseError(f"manifest.json: {error}") from error


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, as hex; reading it also warms the page cache for the mapping."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare every file in `folder` with the manifest.

    Raises:
        ReleaseError: a file is missing, of another size or of another hash.
    """
    for name, facts in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise ReleaseError(f"{name} is missing")
        size = path.stat().st_size
        if size != facts.bytes:
            raise ReleaseError(f"{name} has {size} bytes, but the manifest says {facts.bytes}")
        if sha256_of(path) != facts.sha256:
            raise ReleaseError(f"{name} does not have the SHA-256 that the manifest says")


def open_release(folder: Path) -> Release:
    """Verify and open the release in `folder`, and ask it its own test queries.

    Raises:
        ReleaseError: it must not be served; says which check failed.
    """
    try:
        manifest = parse_manifest((folder / "manifest.json").read_bytes())
    except OSError as error:
        raise ReleaseError(f"manifest.json cannot be read: {error}") from error
    verify(folder, manifest)
    try:
        release = _open(folder, manifest)
    except (EncoderError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise ReleaseError(f"cannot be opened: {error}") from error
    _check(release)
    return release


def _open(folder: Path, manifest: Manifest) -> Release:
    neighbours = folder / "neighbours"
    encoder, lexical = Encoder(folder / "encoder"), LexicalIndex(folder / "lexical")
    return Release(
        version=manifest.version,
        manifest=manifest,
        encoder=encoder,
        index=faiss.read_index(str(folder / "index.faiss"), faiss.IO_FLAG_MMAP_IFC),
        lexical=lexical,
        products=ProductStore(folder / "products"),
        speller=Speller(folder / "spelling", lexical, encoder.knows),
        vocabulary=_vocabulary(folder) if "vocabulary.json" in manifest.files else Vocabulary(),
        clips=ClipStore(folder / "clips"),
        kinds=np.load(folder / "kinds.npy", mmap_mode="r"),
        neighbour_rows=np.load(neighbours / "rows.npy", mmap_mode="r"),
        neighbour_weights=np.load(neighbours / "weights.npy", mmap_mode="r"),
        learnt=LearntSpace(folder / "learnt") if "learnt/taken.npy" in manifest.files else None,
        popular_rows=np.load(folder / "popular" / "rows.npy", mmap_mode="r"),
        popular_by_category=np.load(folder / "popular" / "by_category.npy", mmap_mode="r"),
        new_rows=np.load(folder / "new" / "rows.npy", mmap_mode="r"),
        weights=_weights(folder / "ranking.json"),
        serving=Serving.model_validate_json((folder / "configuration.json").read_bytes()),
    )


def _vocabulary(folder: Path) -> Vocabulary:
    held = VocabularyFile.model_validate_json((folder / "vocabulary.json").read_bytes())
    columns = folder / "vocabulary"
    return Vocabulary(
        held.values,
        np.load(columns / "offsets.npy", mmap_mode="r"),
        np.load(columns / "codes.npy", mmap_mode="r"),
    )


def _weights(path: Path) -> dict[str, float]:
    return _WEIGHTS.validate_json(path.read_bytes())


def _check(release: Release) -> None:
    dimensions = {
        "manifest": release.manifest.encoder.dimension,
        "encoder": release.encoder.dimension,
        "index": release.index.d,
        "encoded text": len(release.encoder.encode("self-test")),
    }
    if len(set(dimensions.values())) > 1:
        raise ReleaseError(f"dimensions differ: {dimensions}")
    counts = {
        "products": len(release.products),
        "index": release.index.ntotal,
        "neighbours": len(release.neighbour_rows),
        "kinds": len(release.kinds),
    }
    if release.vocabulary.values:
        counts["vocabulary"] = release.vocabulary.products
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
        self._refused: str | None = None
        self._checked_at = -float("inf")
        self._failure: ReleaseError | None = None
        self._lock = threading.Lock()

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
            ReleaseError: it was refused; the one being served stays.
        """
        with self._lock:
            self._checked_at = time.monotonic()
            pointer = self._pointer()
            current = self._release.version if self._release else None
            if pointer.version == current or pointer.manifest_sha256 == self._refused:
                return
            try:
                release = open_release(self._fetch(pointer))
            except ReleaseError as error:
                self._refused = pointer.manifest_sha256
                log("ERROR", "release refused", release=pointer.version, reason=str(error))
                raise
            self._release, self._refused = release, None
            log("INFO", "release opened", release=release.version, replaced=current)
            if current:
                # Mapped files stay readable until the requests that use them are done.
                shutil.rmtree(self._cache / current, ignore_errors=True)

    def _first(self) -> Release:
        waiting = time.monotonic() - self._checked_at < _RETRY_SECONDS
        if self._failure and waiting:
            raise NoRelease(str(self._failure)) from self._failure
        try:
            # The first load is retried even if it was refused before: there is nothing to lose.
            self._refused = None
            self.refresh()
        except ReleaseError as error:
            self._failure = error
            raise NoRelease(str(error)) from error
        if self._release is None:
            raise NoRelease("no release could be opened")
        return self._release

    def _refresh_quietly(self) -> None:
        try:
            self.refresh()
        except ReleaseError:
            return  # logged where it was refused
        except Exception as error:  # a bug or an outage must not end a background thread unseen
            log("ERROR", "release check failed", reason=f"{type(error).__name__}: {error}")

    def _pointer(self) -> Pointer:
        data = self._bucket.read(POINTER)
        if data is None:
            raise ReleaseError(f"{POINTER} does not exist: nothing was published yet")
        try:
            return Pointer.model_validate_json(data)
        except ValidationError as error:
            raise ReleaseError(f"{POINTER}: {error}") from error

    def _fetch(self, pointer: Pointer) -> Path:
        """Download the release that `pointer` names, unless a verified copy is here."""
        prefix = f"releases/{pointer.version}"
        data = self._bucket.read(f"{prefix}/manifest.json")
        if data is None:
            raise ReleaseError(f"{prefix}/manifest.json does not exist")
        if hashlib.sha256(data).hexdigest() != pointer.manifest_sha256:
            raise ReleaseError("manifest.json does not have the SHA-256 that the pointer says")
        manifest = parse_manifest(data)
        if manifest.version != pointer.version:
            raise ReleaseError(f"manifest.json is of release {manifest.version}")
        final = self._cache / pointer.version
        if (final / "manifest.json").is_file() and (final / "manifest.json").read_bytes() == data:
            return final
        self._cache.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f"{pointer.version}.", dir=self._cache))
        try:
            for name in manifest.files:
                (partial / name).parent.mkdir(parents=True, exist_ok=True)
                self._bucket.download(f"{prefix}/{name}", partial / name)
            (partial / "manifest.json").write_bytes(data)
            verify(partial, manifest)
            shutil.rmtree(final, ignore_errors=True)
            partial.replace(final)
        except OSError as error:
            raise ReleaseError(f"cannot be downloaded: {error}") from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return final
