"""Publish a release, list releases, roll back: files first, the pointer last."""

import hashlib
import tempfile
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from shopfyp.bucket import CloudBucket
from shopfyp.errors import ReleaseError
from shopfyp.manifest import POINTER, Manifest, Pointer, folder_of, parse_manifest, sha256_of
from shopfyp.release import open_release


class Published(NamedTuple):
    """A release in the bucket."""

    manifest: Manifest
    current: bool


def publish(folder: Path, bucket: CloudBucket, *, progress: bool = False) -> str:
    """Upload the release in `folder`, read it back, and move the pointer to it.

    Returns:
        Its version.

    Raises:
        ReleaseError: it would be refused by the functions, or did not arrive whole.
    """
    manifest = open_release(folder).manifest
    prefix = folder_of(manifest.version)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        for name in tqdm(manifest.files, desc="publish", unit="file", disable=not progress):
            bucket.upload(folder / name, f"{prefix}/{name}")
            bucket.download(f"{prefix}/{name}", copy)
            if sha256_of(copy) != manifest.files[name].sha256:
                raise ReleaseError(f"{name} did not arrive whole; the pointer was not moved")
    bucket.write(f"{prefix}/manifest.json", (folder / "manifest.json").read_bytes())
    _point(bucket, manifest.version)
    return manifest.version


def releases(bucket: CloudBucket) -> list[Published]:
    """The releases in the bucket, the newest first."""
    pointer = bucket.read(POINTER)
    current = Pointer.model_validate_json(pointer).version if pointer else None
    found = []
    for name in bucket.names("releases/"):
        if name.endswith("/manifest.json"):
            manifest = parse_manifest(bucket.read(name) or b"")
            found.append(Published(manifest, manifest.version == current))
    return sorted(found, key=lambda published: published.manifest.created_at, reverse=True)


def rollback(bucket: CloudBucket, version: str | None = None) -> str:
    """Move the pointer to `version`, or to the release before the current one.

    Raises:
        ReleaseError: there is no such release.
    """
    if version is None:
        found = releases(bucket)
        current = next((place for place, r in enumerate(found) if r.current), None)
        if current is None or current + 1 == len(found):
            raise ReleaseError("there is no release before the current one")
        version = found[current + 1].manifest.version
    _point(bucket, version)
    return version


def _point(bucket: CloudBucket, version: str) -> None:
    manifest = bucket.read(f"{folder_of(version)}/manifest.json")
    if manifest is None:
        raise ReleaseError(f"there is no release {version}")
    pointer = Pointer(version=version, manifest_sha256=hashlib.sha256(manifest).hexdigest())
    bucket.write(POINTER, pointer.model_dump_json().encode())
