"""The catalogue in the order of its ids, cut into shards that each hold a stretch of its rows.

OUT/shards.json              the first row of each shard, and what made the vectors
OUT/shards/00000/records.jsonl         one product a line
OUT/shards/00000/vectors.npy           (products, dimension) float32
OUT/shards/00000/neighbour_rows.npy    (products, NEIGHBOURS) int32 rows of the whole catalogue
OUT/shards/00000/neighbour_weights.npy (products, NEIGHBOURS) float32
"""

import io
import json
import os
import tempfile
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

import numpy as np
from apache_beam.io.filesystems import FileSystems
from apache_beam.pvalue import TaggedOutput
from numpy.typing import NDArray

from indexer_job.embed import embed_products
from indexer_job.files import InputError
from indexer_job.pipeline.measure import measured, received, sent
from indexer_job.pipeline.sources import Row
from shopfyp.catalog import Product
from shopfyp.encoder import Encoder, Vectors

FORMAT = 1
SUMMARY = "shards.json"
"""Written last: where it is, all shards are."""
_UNCHECKED = "unchecked.json"
SHARD = 16_384
"""A shard holds about so many products."""
_SAMPLES = 64
Starts = NDArray[np.int64]
"""The first row of each shard, and behind the last one the number of products."""


def sampled(row: Row, size: int) -> bool:
    """Whether a product helps to place the cuts: about 64 do for each shard of `size` products."""
    return crc32(row.product_id.encode()) % max(1, size // _SAMPLES) == 0


def cuts_of(ids: Iterable[str], size: int) -> list[str]:
    """The first id of every shard but the first, from the sampled ids."""
    each = size // max(1, size // _SAMPLES)
    return sorted(set(ids))[each::each]


def by_shard(
    rows: Sequence[Any], cuts: Sequence[str], name: str
) -> Iterator[tuple[int, list[Any]]]:
    """Rows or events, counted as `name`, by the shard in which their `product_id` lies."""
    sent(name, len(rows))
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[bisect_right(cuts, row.product_id)].append(row)
    yield from found.items()


@measured
def embed_shard(
    shard: tuple[int, Iterable[Sequence[Row]]], encoder: str, out: str
) -> Iterator[tuple[int, list[str]] | TaggedOutput[Literal["vectors"], tuple[int, Vectors]]]:
    """Write a shard's records and vectors; yields its ids in order, and as `vectors` its vectors.

    Raises:
        InputError: a product is there twice.
    """
    number, parts = shard
    rows = sorted(chain.from_iterable(parts))
    received("products", len(rows))
    for one, other in pairwise(rows):
        if one.product_id == other.product_id:
            raise InputError(f"product_id {one.product_id} is there twice")
    products = [Product.model_validate_json(row.record) for row in rows]
    vectors = embed_products(_encoder(encoder), products)
    write(folder_of(out, number), "records.jsonl", "".join(f"{r.record}\n" for r in rows).encode())
    write_array(folder_of(out, number), "vectors", vectors)
    yield number, [row.product_id for row in rows]
    yield TaggedOutput("vectors", (number, vectors))


def starts_of(sizes: Iterable[tuple[int, int]]) -> Starts:
    """Where shards begin, from (shard, number of products)."""
    known = dict(sizes)
    return np.cumsum([0, *(known.get(number, 0) for number in range(max(known, default=-1) + 1))])


def split(starts: Starts, *columns: NDArray[Any]) -> Iterator[tuple[int, tuple[NDArray[Any], ...]]]:
    """Columns by the shard in which the first one's rows lie."""
    shards = np.searchsorted(starts, columns[0], "right") - 1
    order = np.argsort(shards, kind="stable")
    found, begins = np.unique(shards[order], return_index=True)
    for number, places in zip(found, np.split(order, begins[1:]), strict=bool(len(found))):
        yield int(number), tuple(column[places] for column in columns)


def write_summary(sizes: Sequence[tuple[int, int]], out: str, encoder: str) -> None:
    """Say what there is, when all of it is written; nobody reads it before `accept_summary`."""
    facts = {"format": FORMAT, "encoder": encoder, "starts": starts_of(sizes).tolist()}
    write(out, _UNCHECKED, f"{json.dumps(facts)}\n".encode())


def accept_summary(out: str) -> None:
    """Let the summary of shards that were checked be read."""
    paths = (FileSystems.join(out, name) for name in (_UNCHECKED, SUMMARY))
    FileSystems.rename(*([path] for path in paths))


def read_summary(out: str) -> Starts:
    """Where the shards of a run that is done begin.

    Raises:
        InputError: there is none.
    """
    try:
        facts = json.loads(read(out, SUMMARY))
        if facts["format"] == FORMAT:
            return np.array(facts["starts"], np.int64)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{out}/{SUMMARY}: {error}") from error
    raise InputError(f"{out}/{SUMMARY}: format {facts['format']}: expected {FORMAT}")


def read_array(folder: str, name: str) -> NDArray[Any]:
    """An array that `write_array` wrote."""
    array: NDArray[Any] = np.load(io.BytesIO(read(folder, f"{name}.npy")))
    return array


def folder_of(out: str, shard: int) -> str:
    """A shard's folder."""
    return str(FileSystems.join(out, "shards", f"{shard:05}"))


def write_array(folder: str, name: str, array: NDArray[Any]) -> None:
    """Write an array into a folder of any file system, as `name`.npy."""
    file = io.BytesIO()
    np.save(file, array)
    write(folder, f"{name}.npy", file.getvalue())


def write(folder: str, name: str, content: bytes) -> None:
    """Write a file into a folder of any file system; one that is done again is the same again."""
    if "://" not in folder:
        os.makedirs(folder, exist_ok=True)
    with FileSystems.create(FileSystems.join(folder, name), "application/octet-stream") as file:
        file.write(content)


def read(folder: str, name: str) -> bytes:
    """A whole file of any file system."""
    with FileSystems.open(FileSystems.join(folder, name), "application/octet-stream") as file:
        content: bytes = file.read()
    return content


@cache
def _encoder(folder: str) -> Encoder:
    """The encoder of this process, on one thread: every core has a worker of its own."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    with tempfile.TemporaryDirectory() as local:
        for found in FileSystems.match([FileSystems.join(folder, "*")])[0].metadata_list:
            name = FileSystems.split(found.path)[1]
            (Path(local) / name).write_bytes(read(folder, name))
        return Encoder(Path(local))
