"""Publish a release: files first, the pointer last."""

import tempfile
from pathlib import Path

from tqdm import tqdm

from shopfyp.bucket import CloudBucket
from shopfyp.errors import ReleaseError
from shopfyp.history import point
from shopfyp.manifest import folder_of, sha256_of
from shopfyp.release import open_release


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
    point(bucket, manifest.version)
    return manifest.version
