"""Collect releases that nobody needs any more."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from indexer_job.milvus import collection_of, drop_collection
from shopfyp.bucket import CloudBucket
from shopfyp.errors import Overtaken, ReleaseError
from shopfyp.logs import log
from shopfyp.manifest import MANIFEST_BYTES, POINTER, parse_manifest, read_pointer

KEEP = 10
"""So many of the newest releases stay."""
SETTLED = timedelta(hours=1)
"""What was written to since may be in the middle of being published."""

_FOLDER = "releases/"
_MANIFEST = "manifest.json"


def collect(bucket: CloudBucket, keep: int = KEEP, now: datetime | None = None) -> list[str]:
    """Delete old releases, and what is left of publishing that was never finished.

    What stays: the `keep` newest releases, the one that the pointer names, the one before it (for
    `rollback`), and all that was written to within the last hour. A manifest goes before the
    files, so that a release that is half deleted is none. Between the two the pointer is written
    anew as it is: whoever is about to move it to one of these finds no manifest any more, and
    whoever was faster makes us stop.

    Returns:
        The versions that are gone.

    Raises:
        ReleaseError: nothing is live, and so nothing is deleted.
        Overtaken: the pointer was moved meanwhile; all releases are as before.
        BucketError: the bucket cannot be reached or does not let us in; again goes on.
    """
    generation = bucket.generation(POINTER)
    live = read_pointer(bucket)
    written: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    for name, at in bucket.written(_FOLDER).items():
        version, _, file = name.removeprefix(_FOLDER).partition("/")
        if file:
            written[version][file] = at
    # Versions begin with the time that they were built at.
    whole = sorted((v for v, files in written.items() if _MANIFEST in files), reverse=True)
    before = [version for version in whole if version < live.version][:1]
    kept = {live.version, *before, *whole[:keep]}
    settled = (now or datetime.now(UTC)) - SETTLED
    gone = [v for v in sorted(written) if v not in kept and max(written[v].values()) < settled]
    if not gone:
        return []
    manifests = {
        name: content
        for name in (f"{_FOLDER}{version}/{_MANIFEST}" for version in gone)
        if (content := bucket.read(name, MANIFEST_BYTES))
    }
    for name in manifests:
        bucket.delete(name)
    try:
        bucket.write(POINTER, live.model_dump_json().encode(), generation)
    except Overtaken:
        for name, content in manifests.items():
            bucket.write(name, content)
        raise
    _drop_collections(bucket, manifests.values(), [v for v in whole if v not in gone])
    for version in gone:
        for file in written[version]:
            bucket.delete(f"{_FOLDER}{version}/{file}")
        log("INFO", "release deleted", release=version)
    return gone


def _drop_collections(bucket: CloudBucket, gone: Iterable[bytes], stay: list[str]) -> None:
    """Drop what releases had in Milvus, unless one that stays names it, too.

    What cannot be dropped stays, and the log says so: the releases are gone all the same.
    """
    try:
        manifests = [parse_manifest(content) for content in gone]
        collections = {name for m in manifests if (name := collection_of(m))}
        if not collections:
            return
        for version in stay:
            if content := bucket.read(f"{_FOLDER}{version}/{_MANIFEST}", MANIFEST_BYTES):
                collections -= {collection_of(parse_manifest(content))}
        for name in sorted(collections):
            drop_collection(name)
            log("INFO", "collection dropped", collection=name)
    except ReleaseError as error:
        log("WARNING", "collections not dropped", reason=str(error))
