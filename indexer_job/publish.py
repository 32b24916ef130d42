"""Publish a release: files first, the manifest after them, the pointer last."""

import tempfile
from pathlib import Path

from tqdm import tqdm

from indexer_job.collect import KEEP, collect
from shopfyp.bucket import CloudBucket
from shopfyp.errors import BucketError, ReleaseError
from shopfyp.history import current, point
from shopfyp.logs import log
from shopfyp.manifest import folder_of, sha256_of
from shopfyp.release import open_release
from shopfyp.signatures import SIGNATURE, signed


def publish(folder: Path, bucket: CloudBucket, *, keep: int = KEEP, progress: bool = False) -> str:
    """Upload the release in `folder`, read it back, move the pointer to it, and collect old ones.

    Until the pointer moves, nothing changes for anyone. When it is interrupted, the same again
    goes on from there: what is in the bucket is never written over, but for the signature: with
    another key, publishing again signs anew.

    Returns:
        Its version.

    Raises:
        ReleaseError: it would be refused by the functions, did not arrive whole, or another one of
            the same version is there; or it is not signed, and must be.
        Overtaken: another release was published or rolled back to meanwhile, and stays.
        BucketError: the bucket cannot be reached or does not let us in.
    """
    live = current(bucket)
    manifest = open_release(folder).manifest
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if unnamed := sorted(held - {*manifest.files, "manifest.json"}):
        raise ReleaseError(f"{unnamed[0]} is not in the manifest")
    prefix = folder_of(manifest.version)
    there = bucket.written(f"{prefix}/")
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        # Without a manifest nobody takes it for a release, so that comes last.
        names = [*manifest.files, "manifest.json"]
        for name in tqdm(names, desc="publish", unit="file", disable=not progress):
            path, target = folder / name, f"{prefix}/{name}"
            ours = target not in there and bucket.upload(path, target)
            try:
                bucket.download(target, copy, path.stat().st_size)
                if sha256_of(copy) != sha256_of(path):
                    raise ReleaseError(f"{name} in the bucket is not the one that is published")
            except BucketError:
                raise
            except ReleaseError:
                if ours:
                    bucket.delete(target)
                raise
    if signature := signed((folder / "manifest.json").read_bytes()):
        bucket.write(f"{prefix}/{SIGNATURE}", signature.encode())
    point(bucket, manifest.version, replaces=live)
    try:
        collect(bucket, keep)
    except ReleaseError as error:  # it is published all the same, and the next one collects again
        log("WARNING", "old releases were not collected", reason=str(error))
    return manifest.version
