"""The releases in the bucket: which there are, which is live, and how another one becomes it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from shopfyp import signatures
from shopfyp.errors import BucketError, Overtaken, ReleaseError, UnknownRelease, Unsigned
from shopfyp.logs import log
from shopfyp.manifest import (
    MANIFEST_BYTES,
    POINTER,
    Bucket,
    Manifest,
    Pointer,
    folder_of,
    parse_manifest,
    read_pointer,
)

_ATTEMPTS = 5


class WritableBucket(Bucket, Protocol):
    """What moving the pointer needs of Cloud Storage."""

    def write(self, name: str, content: bytes, generation: int | None = None) -> None:
        """Store a small object; raises Overtaken if it has not the given generation, 0 for none."""

    def generation(self, name: str) -> int:
        """What tells this content of the object from all others; 0 when there is none."""

    def written(self, prefix: str) -> Mapping[str, datetime]:
        """The names of the objects below `prefix`, and when each was written."""


class Published(NamedTuple):
    """A release in the bucket."""

    manifest: Manifest
    published_at: datetime
    current: bool


def releases(bucket: WritableBucket, most: int | None = None) -> list[Published]:
    """The releases in the bucket that could be served, the newest first, `most` of them.

    One whose manifest is of another format, or none, is left out and logged.

    Raises:
        BucketError: the bucket cannot be reached or does not let us in.
    """
    live = current(bucket)
    written = {
        name: at
        for name, at in bucket.written("releases/").items()
        if name.endswith("/manifest.json")
    }
    found = []
    # Versions begin with the time that they were built at.
    for name in sorted(written, reverse=True)[:most]:
        try:
            manifest = parse_manifest(bucket.read(name, MANIFEST_BYTES) or b"")
        except BucketError:
            raise
        except ReleaseError as error:
            log("WARNING", "release left out of the history", object=name, reason=str(error))
            continue
        found.append(Published(manifest, written[name], manifest.version == live))
    return sorted(found, key=lambda published: published.manifest.created_at, reverse=True)


def current(bucket: WritableBucket) -> str | None:
    """The live version; None when the pointer leads nowhere, which must not hide the rest.

    Raises:
        BucketError: the bucket cannot be reached or does not let us in.
    """
    pointer = _pointer(bucket)
    return pointer.version if pointer else None


def _pointer(bucket: WritableBucket) -> Pointer | None:
    try:
        return read_pointer(bucket)
    except BucketError:
        raise
    except ReleaseError as error:
        log("WARNING", "no release is live", reason=str(error))
        return None


def _signature(bucket: WritableBucket, version: str) -> str | None:
    data = bucket.read(f"{folder_of(version)}/{signatures.SIGNATURE}", signatures.SIGNATURE_BYTES)
    return None if data is None else data.decode(errors="replace")


def roll_back(bucket: WritableBucket, version: str | None = None) -> str:
    """Move the pointer to `version`, or to the release before the current one.

    Running functions take it up within a minute.

    Returns:
        The version that is live now.

    Raises:
        UnknownRelease: there is no such release.
        Unsigned: the current one is signed, and this one is not, or must be.
        Overtaken: another one became the current one meanwhile.
    """
    live = current(bucket)
    if version is None:
        found = releases(bucket)
        at = next((place for place, r in enumerate(found) if r.manifest.version == live), None)
        if at is None or at + 1 == len(found):
            raise UnknownRelease("there is no release before the current one")
        version = found[at + 1].manifest.version
    pointer = _pointer(bucket)
    if pointer and pointer.signature and _signature(bucket, version) is None:
        # Whoever asks may not know the key that the functions ask for.
        raise Unsigned(f"the current release is signed, and {version} is not")
    point(bucket, version, replaces=live)
    return version


def point(bucket: WritableBucket, version: str, *, replaces: str | None) -> None:
    """Move the pointer from the release `replaces` to another, whose files are in the bucket.

    Of several who replace the same release the first one wins. The others change nothing: what
    was decided upon is no longer so.

    Raises:
        UnknownRelease: it has no manifest there.
        Unsigned: it is not signed, and must be (`signatures`).
        Overtaken: another release than `replaces` is the current one by now.
    """
    for _ in range(_ATTEMPTS):
        # In this order: who changes the pointer after it was looked at is found out.
        generation = bucket.generation(POINTER)
        live = _pointer(bucket)
        data = bucket.read(f"{folder_of(version)}/manifest.json", MANIFEST_BYTES)
        if data is None:
            raise UnknownRelease(f"there is no release {version}")
        signature = _signature(bucket, version)
        signatures.check(data, signature)
        wanted = Pointer(
            version=version,
            manifest_sha256=hashlib.sha256(data).hexdigest(),
            signature=signature,
        )
        if live == wanted:
            return
        if (live.version if live else None) not in {replaces, version}:
            break
        try:
            bucket.write(POINTER, wanted.model_dump_json().encode(), generation)
        except Overtaken:
            continue  # by whom, and whether to what was wanted, is seen next
        return
    raise Overtaken(
        f"another release became the current one meanwhile, and stays it; {version} is in the "
        "bucket, and becomes it by `rollback`"
    )
