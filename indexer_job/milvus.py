"""Collections of Milvus: written with a release, dropped when it is collected."""

import hashlib
from datetime import UTC, datetime

import numpy as np
from tqdm import tqdm

from shopfyp.encoder import Vectors
from shopfyp.manifest import IndexFacts, Manifest
from shopfyp.milvus_index import ROW, TYPE, VECTOR, asked, connect

IVF_FROM = 50_000
NPROBE = 32
_BATCH = 5_000


def write_collection(vectors: Vectors, *, progress: bool = False) -> IndexFacts:
    """Store `vectors` (products, dimension) in a collection of their own.

    Its name holds the time and a digest, so that none is ever written to twice: the collection of
    a release that is being served stays as it is.

    Raises:
        ReleaseError: `MILVUS_ADDRESS` is not set, or pymilvus is not installed.
        DatabaseError: Milvus does not answer.
    """
    client = connect()
    from pymilvus import DataType

    count, dimension = vectors.shape
    digest = hashlib.sha256(np.ascontiguousarray(vectors).tobytes()).hexdigest()[:8]
    name = f"shopfyp_{datetime.now(UTC):%Y%m%d_%H%M%S_%f}_{digest}"
    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field(ROW, DataType.INT64, is_primary=True)
    schema.add_field(VECTOR, DataType.FLOAT_VECTOR, dim=dimension)
    kind, built, searched = _parameters(count)
    index = client.prepare_index_params()
    index.add_index(VECTOR, index_type=kind, metric_type="IP", params=built)
    asked(client.create_collection, name, schema=schema, index_params=index)
    starts = range(0, count, _BATCH)
    for start in tqdm(starts, desc="milvus", unit="batch", disable=not progress):
        batch = vectors[start : start + _BATCH].astype(np.float32)
        rows = enumerate(batch, start)
        asked(client.insert, name, [{ROW: row, VECTOR: vector} for row, vector in rows])
    asked(client.flush, name)
    return IndexFacts(type=TYPE, parameters={"collection": name, "kind": kind, **built, **searched})


def collection_of(manifest: Manifest) -> str | None:
    """The collection that a release names; None if its vectors are in a file."""
    if manifest.index.type != TYPE:
        return None
    return str(manifest.index.parameters.get("collection", "")) or None


def drop_collection(name: str) -> None:
    """Drop a collection, if it is there.

    Raises:
        ReleaseError: `MILVUS_ADDRESS` is not set, or pymilvus is not installed.
        DatabaseError: Milvus does not answer.
    """
    client = connect()
    if asked(client.has_collection, name):
        asked(client.drop_collection, name)


def _parameters(count: int) -> tuple[str, dict[str, int], dict[str, int]]:
    """The kind of index for so many vectors, how it is built, and how it is searched."""
    if count < IVF_FROM:
        return "FLAT", {}, {}
    return "IVF_SQ8", {"nlist": int(2 ** np.round(np.log2(4 * np.sqrt(count))))}, {"nprobe": NPROBE}
