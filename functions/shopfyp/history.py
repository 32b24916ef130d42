"""The releases in the bucket: which there are, which is live, and how another one becomes it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from shopfyp.errors import ReleaseError, UnknownRelease
from shopfyp.logs import log
from shopfyp.manifest import (
    POINTER,
    Bucket,
    Manifest,
    Pointer,
    folder_of,
    parse_manifest,
    read_pointer,
)


class WritableBucket(Bucket, Protocol):
    """What moving the pointer needs of Cloud Storage."""

    def write(self, name: str, content: bytes) -> None:
        """Store a small object."""

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
    """
    current = _current(bucket)
    written = {
        name: at
        for name, at in bucket.written("releases/").items()
        if name.endswith("/manifest.json")
    }
    found = []
    # Versions begin with the time that they were built at.
    for name in sorted(written, reverse=True)[:most]:
        try:
            manifest = parse_manifest(bucket.read(name) or b"")
        except ReleaseError as error:
            log("WARNING", "release left out of the history", object=name, reason=str(error))
            continue
        found.append(Published(manifest, written[name], manifest.version == current))
    return sorted(found, key=lambda published: published.manifest.created_at, reverse=True)


def _current(bucket: WritableBucket) -> str | None:
    """The live version; None when the pointer leads nowhere, which must not hide the rest."""
    try:
        return read_pointer(bucket).version
    except ReleaseError as error:
        log("WARNING", "no release is live", reason=str(error))
        return None


def roll_back(bucket: WritableBucket, version: str | None = None) -> str:
    """Move the pointer to `version`, or to the release before the current one.

    Running functions take it up within a minute.

    Returns:
        The version that is live now.

    Raises:
        UnknownRelease: there is no such release.
    """
    if version is None:
        found = releases(bucket)
        current = next((place for place, r in enumerate(found) if r.current), None)
        if current is None or current + 1 == len(found):
            raise UnknownRelease("there is no release before the current one")
        version = found[current + 1].manifest.version
    point(bucket, version)
    return version


def point(bucket: WritableBucket, version: str) -> None:
    """Move the pointer to a release whose files are in the bucket.

    Raises:
        UnknownRelease: it has no manifest there.
    """
    data = bucket.read(f"{folder_of(version)}/manifest.json")
    if data is None:
        raise UnknownRelease(f"there is no release {version}")
    pointer = Pointer(version=version, manifest_sha256=hashlib.sha256(data).hexdigest())
    bucket.write(POINTER, pointer.model_dump_json().encode())
