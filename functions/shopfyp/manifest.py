"""What a release says of itself, and how the pointer leads to it; nothing here needs the model."""

import hashlib
import json
import re
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shopfyp import signatures
from shopfyp.errors import ReleaseError

FORMAT = 7
POINTER = "releases/current.json"
MAX_BYTES = 1 << 34
"""No file of a release is larger; a million products take 1 GiB in all."""
POINTER_BYTES = 1 << 12
MANIFEST_BYTES = 1 << 20
"""A manifest of 60 files takes 8 KB."""


def _safe_name(name: str) -> str:
    if not re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", name):
        raise ValueError("must be a relative path inside the release")
    return name


FileName = Annotated[str, AfterValidator(_safe_name)]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class FileFacts(BaseModel):
    """Size in bytes and SHA-256 of one file."""

    bytes: Annotated[int, Field(ge=0, le=MAX_BYTES)]
    sha256: Digest


class EncoderFacts(BaseModel):
    """Which encoder made the vectors, and from what text."""

    name: str
    dimension: Annotated[int, Field(ge=1, le=4096)]
    text_template: str


class IndexFacts(BaseModel):
    """The index's type and its parameters: `milvus`, or what FAISS calls that of the file."""

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
    created_at: AwareDatetime
    files: dict[FileName, FileFacts]
    encoder: EncoderFacts
    index: IndexFacts
    counts: dict[str, int]
    evaluation: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = {}
    self_test: list[SelfTest] = []


class Pointer(BaseModel):
    """`releases/current.json`: which release is live."""

    version: Version
    manifest_sha256: Digest
    signature: str | None = None


class Bucket(Protocol):
    """What a release needs of Cloud Storage."""

    def read(self, name: str, most: int) -> bytes | None:
        """The object's content, or None when there is none.

        Raises ReleaseError if it has more than `most` bytes.
        """

    def download(self, name: str, path: Path, most: int) -> None:
        """Write the object to `path`; raises ReleaseError if none has `most` bytes at the most."""


def parse_manifest(data: bytes) -> Manifest:
    """Read `manifest.json`.

    Raises:
        ReleaseError: it is no manifest, one of another format, or larger than any.
    """
    if len(data) > MANIFEST_BYTES:
        raise ReleaseError(f"manifest.json has more than {MANIFEST_BYTES} bytes")
    try:
        raw = json.loads(data)
        if isinstance(raw, dict) and isinstance(raw.get("format"), int) and raw["format"] != FORMAT:
            age = "newer" if raw["format"] > FORMAT else "older"
            raise ReleaseError(
                f"format {raw['format']} is {age} than {FORMAT}, which is understood"
            )
        return Manifest.model_validate(raw)
    except (ValueError, ValidationError, RecursionError) as error:
        raise ReleaseError(f"manifest.json: {error}") from error


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, as hex; reading it also warms the page cache for the mapping."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_of(version: str) -> str:
    """Where a release's objects are in the bucket."""
    return f"releases/{version}"


def read_pointer(bucket: Bucket) -> Pointer:
    """Which release is live.

    Raises:
        ReleaseError: nothing was published, or the pointer is none.
    """
    data = bucket.read(POINTER, POINTER_BYTES)
    if data is None:
        raise ReleaseError(f"{POINTER} does not exist: nothing was published yet")
    try:
        return Pointer.model_validate_json(data)
    except ValidationError as error:
        raise ReleaseError(f"{POINTER}: {error}") from error


def read_manifest(bucket: Bucket, pointer: Pointer) -> tuple[Manifest, bytes]:
    """The manifest that `pointer` names, and its bytes.

    Raises:
        ReleaseError: it is not there, not the one that was published, or not signed (`signatures`).
    """
    name = f"{folder_of(pointer.version)}/manifest.json"
    data = bucket.read(name, MANIFEST_BYTES)
    if data is None:
        raise ReleaseError(f"{name} does not exist")
    if hashlib.sha256(data).hexdigest() != pointer.manifest_sha256:
        raise ReleaseError("manifest.json does not have the SHA-256 that the pointer says")
    signatures.check(data, pointer.signature)
    manifest = parse_manifest(data)
    if manifest.version != pointer.version:
        raise ReleaseError(f"manifest.json is of release {manifest.version}")
    return manifest, data


def read_file(bucket: Bucket, manifest: Manifest, name: str, most: int) -> bytes:
    """One file of a published release, of `most` bytes at the most, verified.

    Raises:
        ReleaseError: it is not there, larger, or not the one that was published.
    """
    facts = manifest.files.get(name)
    if facts is None:
        raise ReleaseError(f"{name} is not in the manifest")
    if facts.bytes > most:
        raise ReleaseError(f"{name} has {facts.bytes} bytes; {most} are read at the most")
    data = bucket.read(f"{folder_of(manifest.version)}/{name}", facts.bytes)
    if data is None or hashlib.sha256(data).hexdigest() != facts.sha256:
        raise ReleaseError(f"{name} does not have the SHA-256 that the manifest says")
    return data
