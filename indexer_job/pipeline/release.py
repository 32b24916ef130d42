"""A release from shards, for a catalogue that one instance can hold."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer_job.build import Ready, build_release
from indexer_job.files import UserEvent
from indexer_job.pipeline.shards import Starts, folder_of, read, read_array, read_summary
from shopfyp.catalog import Clip, Product
from shopfyp.manifest import Manifest


def release_of(
    shards: str,
    out: Path,
    *,
    clips: Sequence[Clip] = (),
    events: Sequence[UserEvent] = (),
    **options: Any,
) -> Manifest:
    """Write a complete release into `out`, with the vectors and neighbours of shards.

    Args:
        shards: what `run.run` wrote.
        out: a folder that is empty or not there yet.
        clips, events, options: see `build.build_release`; the events are those of the shards.

    Raises:
        InputError: the shards are not complete.
        BuildError: as `build_release`.
    """
    starts = read_summary(shards)
    ready = Ready(
        _joined(shards, "vectors", starts),
        (
            _joined(shards, "neighbour_rows", starts),
            _joined(shards, "neighbour_weights", starts),
        ),
    )
    products = list(_products(shards, starts))
    return build_release(products, out, clips=clips, events=events, ready=ready, **options)


def _joined(shards: str, name: str, starts: Starts) -> Any:
    parts = (read_array(folder_of(shards, n), name) for n in range(len(starts) - 1))
    return np.concatenate(list(parts))


def _products(shards: str, starts: Starts) -> Iterator[Product]:
    for number in range(len(starts) - 1):
        for line in read(folder_of(shards, number), "records.jsonl").splitlines():
            yield Product.model_validate_json(line)
