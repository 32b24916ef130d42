"""Vectors of a release in a Milvus collection, for catalogues that no instance can hold.

Loaded only by releases that name one, as only they need pymilvus (`milvus.requirements.txt`). Where
Milvus is, no release says: `MILVUS_ADDRESS` does (`https://...`, or a file's path, which is Milvus
Lite), with `MILVUS_TOKEN` if it asks for one.

What may be found is a mask over rows, and Milvus takes an expression. A few rows are listed in it.
Of many, so many more are searched for that enough of them should be allowed, and the others are
dropped here; each time that falls short, more, to the most that Milvus gives. When even those hold
too few, what is allowed lies far from the query: it is listed after all, in parts, up to
`MOST_PARTS` of them. Beyond that the answer is short. An IVF index looks into more lists the fewer
are allowed, as `vector_index` explains: it would lose most of them else.
"""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopfyp.encoder import Vectors
from shopfyp.errors import DatabaseError, ReleaseError
from shopfyp.manifest import IndexFacts
from shopfyp.vector_index import Mask, VectorIndex, lists_of

TYPE = "milvus"
"""`index.type` of a manifest whose vectors are in a collection; `parameters` say in which."""
ROW, VECTOR = "row", "vector"
"""The fields of a collection: the product's row, which is its key, and its vector."""

LISTED = 5_000
"""So many rows are listed in one expression."""
DEEPEST = 16_384
"""Milvus gives no more results of a query."""
MOST_PARTS = 20
_SPARE = 1.5
_DEEPER = 4
_SECONDS = 5.0


class MilvusIndex(VectorIndex):
    """A collection that never changes; threads share its client."""

    def __init__(self, client: Any, collection: str, count: int, parameters: Mapping[str, Any]):
        """Search a collection.

        Args:
            client: a `MilvusClient`.
            collection: its name.
            count: how many products it holds.
            parameters: of an IVF index `nlist` and `nprobe`; none of a flat one.
        """
        self._client, self._collection, self._count = client, collection, count
        self._lists = int(parameters.get("nlist", 0))
        self._probed = int(parameters.get("nprobe", 0))

    def __len__(self) -> int:
        """How many products it holds."""
        return self._count

    def search(
        self, vectors: Vectors, count: int, allowed: Mask | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """See `VectorIndex`.

        Raises:
            DatabaseError: Milvus does not answer.
        """
        found = [self._nearest(vector, count, allowed) for vector in vectors]
        rows = np.full((len(vectors), count), -1, np.int64)
        scores = np.full((len(vectors), count), -np.inf, np.float32)
        for place, (own, near) in enumerate(found):
            rows[place, : len(own)], scores[place, : len(own)] = own, near
        return rows, scores

    def vectors(self, rows: NDArray[np.int64]) -> Vectors:
        """See `VectorIndex`.

        Raises:
            DatabaseError: Milvus does not answer.
        """
        distinct, places = np.unique(rows, return_inverse=True)
        if not len(distinct):
            return np.empty((0, 0), np.float32)
        held = asked(
            self._client.get,
            self._collection,
            ids=distinct.tolist(),
            output_fields=[ROW, VECTOR],
            timeout=_SECONDS,
        )
        vector_of = {entity[ROW]: entity[VECTOR] for entity in held}
        found = np.array([vector_of[row] for row in distinct.tolist()], np.float32)
        return np.asarray(found[places], np.float32)

    def _nearest(
        self, vector: Vectors, count: int, allowed: Mask | None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The nearest allowed rows, at most `count`, with their inner products."""
        if allowed is None:
            return self._query(vector, count)
        listed = np.flatnonzero(allowed)
        if len(listed) > LISTED:
            probed = lists_of(self._lists, len(allowed), len(listed))
            for depth in _depths(count, len(listed) / len(allowed)):
                rows, scores = self._query(vector, depth, probed)
                kept = allowed[rows]
                if np.count_nonzero(kept) >= count:
                    return rows[kept][:count], scores[kept][:count]
        parts = np.split(listed, range(LISTED, len(listed), LISTED))[:MOST_PARTS]
        found = [self._query(vector, count, self._lists, part) for part in parts if len(part)]
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        rows, scores = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        best = np.argsort(-scores, kind="stable")[:count]
        return rows[best], scores[best]

    def _query(
        self,
        vector: Vectors,
        count: int,
        probed: int = 0,
        listed: NDArray[np.int64] | None = None,
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The nearest rows, of those `listed`, looking into as many lists as asked or as usual."""
        probed = min(max(probed, self._probed), self._lists)
        expression = "" if listed is None else f"{ROW} in {listed.tolist()}"
        (hits,) = asked(
            self._client.search,
            self._collection,
            data=[np.asarray(vector, np.float32).tolist()],
            filter=expression,
            limit=min(count, DEEPEST),
            output_fields=[ROW],
            search_params={"params": {"nprobe": probed}} if probed else {},
            timeout=_SECONDS,
        )
        rows = np.fromiter((hit[ROW] for hit in hits), np.int64, len(hits))
        scores = np.fromiter((hit["distance"] for hit in hits), np.float32, len(hits))
        return rows, scores


def open_collection(facts: IndexFacts, count: int, dimension: int) -> MilvusIndex:
    """The collection that a manifest names, of `count` vectors of a dimension by inner product.

    Raises:
        ReleaseError: it is another one, or there is none.
        DatabaseError: Milvus does not answer.
    """
    name = str(facts.parameters.get("collection", ""))
    client = connect()
    if not name or not asked(client.has_collection, name):
        raise ReleaseError(f"index.parameters.collection: Milvus holds no {name!r}")
    fields = {f["name"]: f for f in asked(client.describe_collection, name)["fields"]}
    held = {
        "products": int(asked(client.get_collection_stats, name)["row_count"]),
        "dimension": fields[VECTOR]["params"]["dim"] if {ROW, VECTOR} <= fields.keys() else None,
        "metric": asked(client.describe_index, name, VECTOR)["metric_type"],
    }
    wanted = {"products": count, "dimension": dimension, "metric": "IP"}
    if held != wanted:
        index = f"no index of {count} vectors of {dimension} dimensions by inner product"
        raise ReleaseError(f"collection {name} is {index}: {held}")
    asked(client.load_collection, name)
    return MilvusIndex(client, name, count, facts.parameters)


def connect() -> Any:
    """The client of the Milvus that `MILVUS_ADDRESS` names.

    Raises:
        ReleaseError: it is not set, or pymilvus is not installed.
        DatabaseError: Milvus does not answer.
    """
    uri = os.environ.get("MILVUS_ADDRESS")
    if not uri:
        raise ReleaseError("index.type is milvus, and MILVUS_ADDRESS does not say where that is")
    return _client(uri, os.environ.get("MILVUS_TOKEN", ""))


@cache
def _client(uri: str, token: str) -> Any:
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        missing = "pymilvus is not installed: see functions/milvus.requirements.txt"
        raise ReleaseError(f"index.type is milvus, and {missing}") from error
    return asked(MilvusClient, uri=uri, token=token, timeout=_SECONDS)


def asked(call: Any, *arguments: Any, **options: Any) -> Any:
    """What a method of the client answers.

    Raises:
        DatabaseError: Milvus does not answer, or refuses.
    """
    from pymilvus.exceptions import MilvusException

    try:
        return call(*arguments, **options)
    except MilvusException as error:
        raise DatabaseError(f"Milvus: {error.message}") from error


def _depths(count: int, share: float) -> Iterator[int]:
    """How many to search for, so that `count` may be left when a share of all is allowed."""
    depth = min(int(np.ceil(_SPARE * count / share)), DEEPEST)
    while depth < DEEPEST:
        yield depth
        depth *= _DEEPER
    yield DEEPEST
