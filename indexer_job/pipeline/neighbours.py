"""Sparse EASE by shards: histories -> Gram matrix -> neighbourhoods -> weights.

A shard's products are regressed with the function that `sparse_ease` has for the whole catalogue,
on the lines, columns and vectors of what stands beside them. All sums of what comes from other
shards are exact (`indexer_job.exact`), and all that is picked or written is in a total order.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from indexer_job.ease import centred
from indexer_job.exact import mean_of
from indexer_job.neighbours import History, Taken, strongest_of_each, take
from indexer_job.pipeline.measure import Incomplete, measured, received, sent
from indexer_job.pipeline.shards import Starts, folder_of, split, write_array
from indexer_job.sparse_ease import (
    Entries,
    Gains,
    Gram,
    Numbers,
    beside,
    entries,
    gram_of,
    lines_of,
    regressions,
)
from shopfyp.encoder import Vectors

_MICROSECONDS_A_DAY = 86_400e6


class Placed(NamedTuple):
    """`Seen` with the product's row; sorts by shopper and time."""

    user_id: str
    at: int
    event_id: str
    row: int
    weight: float


class Part(NamedTuple):
    """What a shard says of some of its products: their rows, Gram lines and centred vectors."""

    rows: Numbers
    gram: Gram
    directions: Vectors


@measured
def place(
    shard: tuple[int, Mapping[str, Iterable[Any]]], starts: Starts
) -> Iterator[tuple[int, list[Placed]]]:
    """Events with their product's row, by a bucket of shoppers; those of no product are dropped.

    Args:
        shard: its ids in order, and lists of events.
        starts: see `shards.starts_of`.
    """
    number, found = shard
    seen_here = list(chain.from_iterable(found["events"]))
    received("events", len(seen_here))
    # Beyond the last shard, or in an empty one, there is no product.
    ids: Sequence[str] = _only(found, "ids", number) if _size(starts, number) else []
    buckets: defaultdict[int, list[Placed]] = defaultdict(list)
    for seen in seen_here:
        at = bisect_left(ids, seen.product_id)
        if at < len(ids) and ids[at] == seen.product_id:
            row = int(starts[number]) + at
            placed = Placed(seen.user_id, seen.at, seen.event_id, row, seen.weight)
            buckets[crc32(seen.user_id.encode()) % (len(starts) - 1)].append(placed)
    sent("placed", sum(map(len, buckets.values())))
    yield from buckets.items()


def _size(starts: Starts, shard: int) -> int:
    """How many products a shard holds."""
    return int(starts[shard + 1] - starts[shard]) if shard < len(starts) - 1 else 0


def _only(found: Mapping[str, Iterable[Any]], name: str, shard: int) -> Any:
    """What a shard has one of.

    Raises:
        Incomplete: it has none, or several.
    """
    all_of_it = list(found[name])
    if len(all_of_it) != 1:
        raise Incomplete(f"shard {shard}: {len(all_of_it)} of {name} came: expected 1")
    return all_of_it[0]


def mean(total: Gains, starts: Starts) -> Vectors:
    """The mean of all vectors, from their sum with their number behind it.

    Raises:
        Incomplete: some are missing.
    """
    total = np.atleast_1d(total)  # of no vector at all the sum is a plain 0
    if total[-1] != starts[-1]:
        raise Incomplete(f"vectors: of {starts[-1]} came {total[-1]:.0f}")
    return mean_of(total[:-1], max(int(starts[-1]), 1))


@measured
def terms(
    bucket: tuple[int, Iterable[Sequence[Placed]]], starts: Starts
) -> Iterator[tuple[int, Entries]]:
    """The Gram matrix's terms from a bucket of shoppers, by the shard of their line."""
    histories: list[History] = []
    placed = sorted(chain.from_iterable(bucket[1]))
    received("placed", len(placed))
    for _, group in groupby(placed, key=itemgetter(0)):
        history: list[Taken] = []
        for one in group:
            take(history, Taken(one.row, one.weight, one.at / _MICROSECONDS_A_DAY))
        histories.append(history)
    found = entries(histories)
    sent("terms", len(found.row))
    for shard, columns in split(starts, *found):
        yield shard, Entries(*columns)


@measured
def gram(shard: tuple[int, Iterable[Entries]], starts: Starts) -> Iterator[tuple[int, Gram]]:
    """A shard's lines of the Gram matrix."""
    number, parts = shard
    first, end = starts[number : number + 2]
    whole = Entries(*map(np.concatenate, zip(*parts, strict=True)))
    received("terms", len(whole.row))
    yield number, gram_of(whole, end - first, starts[-1], first)


@measured
def ask(shard: tuple[int, Gram], starts: Starts) -> Iterator[tuple[int, tuple[int, Numbers]]]:
    """What a shard must know of its own and other shards' products, by their shard."""
    number, own = shard
    lines = np.flatnonzero(np.diff(own.starts))
    near = [beside(own, line)[0] for line in lines]
    wanted = np.unique(np.concatenate([lines + starts[number], *near]))
    sent("rows", len(wanted))
    for other, (rows,) in split(starts, wanted):
        yield other, (number, rows)


@measured
def answer(
    shard: tuple[int, Mapping[str, Iterable[Any]]], starts: Starts, shared: Vectors
) -> Iterator[tuple[int, Part]]:
    """To each shard that asked, what it wants to know.

    Args:
        shard: its Gram lines, vectors and what it is asked.
        starts: see `shards.starts_of`.
        shared: the mean of all vectors.
    """
    number, found = shard
    asked = list(found["asked"])
    if not asked:
        return
    own, vectors = (_only(found, name, number) for name in ("gram", "vectors"))
    for asker, rows in asked:
        lines = rows - starts[number]
        yield asker, Part(rows, lines_of(own, lines), centred(vectors[lines], shared))


@measured
def weigh(
    shard: tuple[int, Iterable[Part]], starts: Starts, scale: float
) -> Iterator[tuple[int, Entries]]:
    """The weights by which a shard's products are told, by the shard of those that tell them."""
    number, parts = shard
    known = _joined(list(parts))
    received("rows", len(known.rows))
    inside = (known.rows >= starts[number]) & (known.rows < starts[number + 1])
    found = regressions(known.gram, known.directions, np.flatnonzero(inside))
    sent("weights", len(found.row))
    rows, targets = known.rows[found.row], known.rows[found.column]
    for other, columns in split(starts, rows, targets, scale * found.gain):
        yield other, Entries(*columns)


def _joined(parts: Sequence[Part]) -> Part:
    """All that is known, by row; of lines what lies in columns that are known too."""
    rows = np.concatenate([part.rows for part in parts])
    lengths = np.concatenate([np.diff(part.gram.starts) for part in parts])
    columns = np.concatenate([part.gram.columns for part in parts])
    gains = np.concatenate([part.gram.gains for part in parts])
    own = np.concatenate([part.gram.own for part in parts])
    directions = np.concatenate([part.directions for part in parts])
    order = np.argsort(rows)
    rows = rows[order]
    local = np.minimum(np.searchsorted(rows, columns), len(rows) - 1)
    kept = rows[local] == columns
    line = np.repeat(np.arange(len(lengths)), lengths)[kept]
    # Lines keep the order of their columns, and are counted anew.
    starts = np.cumsum([0, *np.bincount(line, minlength=len(lengths))])
    joined = Gram(starts, local[kept], gains[kept], own)
    return Part(rows, lines_of(joined, order), directions[order])


@measured
def write_neighbours(
    shard: tuple[int, Mapping[str, Iterable[Any]]], starts: Starts, out: str
) -> Iterator[tuple[int, int]]:
    """Write the strongest neighbours of a shard's products; yields (shard, products)."""
    number, found = shard
    first, end = starts[number : number + 2]
    empty = Entries(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    rows, columns, gains = map(np.concatenate, zip(empty, *found["weights"], strict=True))
    received("weights", len(rows))
    table, weights = strongest_of_each(rows - first, columns, gains, int(end - first))
    write_array(folder_of(out, number), "neighbour_rows", table)
    write_array(folder_of(out, number), "neighbour_weights", weights)
    yield number, int(end - first)
