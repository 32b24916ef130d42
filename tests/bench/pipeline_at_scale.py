"""The pipeline on a synthetic shop of any size: seconds of CPU of each step, and bits.

    python tests/bench/pipeline_at_scale.py --products 1000000 --events 2000000 --encoder tiny
    python tests/bench/pipeline_at_scale.py --products 20000 --events 40000 --workers 1 2

Needs indexer_job/pipeline.requirements.txt. A million titles take a real encoder hours on a few
cores; `tiny` is a BERT of 32 dimensions that has learnt nothing, to measure all else. Prints one
JSON object for each number of workers; `sha256` is of all shards, and must always be the same.
"""

import argparse
import gzip
import hashlib
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from indexer_job.behaviour import EASE_SCALE
from indexer_job.checkpoint import DEFAULT_MODEL
from indexer_job.pipeline.run import run
from indexer_job.pipeline.shards import SHARD
from tests.unit.tiny_encoder import write_tiny_encoder

_TEXT = """
red blue green black white brown grey pink gold silver small large light dark soft hard warm cool
leather cotton wool linen iron steel glass wood oak pine stone paper silk rubber boy girl man woman
baby kids home kitchen garden office travel shoe boot sandal shirt dress coat hat scarf glove sock
pan pot knife fork spoon bowl plate cup mug kettle chair table desk lamp shelf bed rug towel pillow
train car truck doll puzzle ball kite drum piano speaker phone cable case watch
"""
_WORDS = _TEXT.split()
_PER_CLUSTER = 50
_LENGTH = 8
_FILES = 16


def main() -> None:
    """Make a shop, run the pipeline on it once for each number of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=40_000)
    parser.add_argument("--encoder", choices=("real", "tiny"), default="real")
    parser.add_argument("--shard", type=int, default=SHARD)
    parser.add_argument("--workers", type=int, nargs="+", default=[2])
    parser.add_argument("--out", type=Path, help="keep what is made there; default: nowhere")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.out or Path(temporary)
        folder.mkdir(exist_ok=True, parents=True)
        write_shop(folder, options.products, options.events)
        model = DEFAULT_MODEL
        if options.encoder == "tiny":
            model = str(folder / "tiny")
            write_tiny_encoder(Path(model), _WORDS)
        for workers in options.workers:
            print(json.dumps(measure(folder, model, workers, options.shard)), flush=True)


def measure(folder: Path, model: str, workers: int, shard: int) -> dict[str, Any]:
    """One run; per_core are the elements that one core does in a second."""
    out = folder / f"out-{workers}"
    begin = time.monotonic()
    counters = run(
        str(folder / "products-*.jsonl.gz"),
        str(folder / "events-*.jsonl.gz"),
        str(out),
        model=model,
        scale=EASE_SCALE,
        shard=shard,
        options=[f"--direct_num_workers={workers}", "--direct_running_mode=multi_processing"],
    )
    wall = time.monotonic() - begin
    seconds = {k.removesuffix("_us"): v / 1e6 for k, v in counters.items() if k.endswith("_us")}
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "workers": workers,
        "products": counters["products_received"],
        "events": counters.get("placed_received", 0),
        "answered_rows": counters.get("rows_received", 0),
        "wall_s": round(wall, 1),
        "steps_cpu_s": {step: round(taken, 1) for step, taken in seconds.items()},
        "runner_cpu_s": round(usage[0].ru_utime + usage[0].ru_stime, 1),
        "workers_cpu_s": round(usage[1].ru_utime + usage[1].ru_stime, 1),
        "embedded_per_core_s": round(counters["products_received"] / seconds["embed_shard"]),
        "peak_gib": [round(one.ru_maxrss / 2**20, 1) for one in usage],
        "sha256": digest(out / "shards"),
    }


def digest(folder: Path) -> str:
    """One hash over the names and contents of a folder's files."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(path.relative_to(folder).as_posix().encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()


def write_shop(folder: Path, products: int, events: int) -> None:
    """Products of similar titles in clusters, and shoppers who mostly stay within a cluster.

    Clusters are spread over all shards: no shard knows the neighbours of its own products.
    """
    clusters = max(products // _PER_CLUSTER, 1)
    _write(folder / "products", _products(products, clusters), products)
    _write(folder / "events", _events(products, clusters, events), events)


def _products(products: int, clusters: int) -> Iterator[dict[str, Any]]:
    rng = np.random.default_rng(0)
    words = rng.integers(0, len(_WORDS), (products, 6))
    of_cluster = rng.integers(0, len(_WORDS), (clusters, 3))
    for row in range(products):
        cluster = row % clusters
        chosen = [*of_cluster[cluster], *words[row, : 2 + row % 5]]
        yield {
            "product_id": f"p{row:08}",
            "title": " ".join(_WORDS[word] for word in chosen),
            "brand": f"brand {cluster % 997}",
            "category": [_WORDS[cluster % 20], _WORDS[of_cluster[cluster, 0]]],
            "price": 1.0 + row % 100,
            "currency": "USD",
        }


def _events(products: int, clusters: int, events: int) -> Iterator[dict[str, Any]]:
    rng = np.random.default_rng(1)
    for shopper in range(events // _LENGTH):
        home = rng.integers(0, clusters)
        # Popularity falls like a power law within a cluster.
        rows = home + clusters * (products // clusters * rng.random(_LENGTH) ** 3).astype(int)
        stray = rng.random(_LENGTH) < 0.2
        rows[stray] = rng.integers(0, products, int(stray.sum()))
        for place, row in enumerate(rows):
            yield {
                "event_id": f"{shopper}-{place}",
                "user_id": f"u{shopper}",
                "type": "purchase" if place % 4 == 3 else "view_item",
                "product_id": f"p{int(row):08}",
                "at": f"2026-01-{place + 1:02}T10:00:00Z",
            }


def _write(name: Path, lines: Iterator[dict[str, Any]], count: int) -> None:
    each = -(-count // _FILES)
    for part in range(_FILES):
        path = name.with_name(f"{name.name}-{part:02}.jsonl.gz")
        with gzip.open(path, "wt", compresslevel=1) as file:
            for _, line in zip(range(each), lines, strict=False):
                file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
