"""What `build` learns from events, on a synthetic shop of any size: time and memory.

    python tests/bench/learning.py --products 1000000 --events 2000000

Texts are clustered vectors instead of encoded ones, as encoding a million titles takes an hour and
is another matter. Prints one JSON object.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from indexer_job.learnt import learn_space
from indexer_job.neighbours import Taken
from indexer_job.sparse_ease import sparse_ease

_DIMENSION = 384
_PER_CLUSTER = 50
_LENGTH = 8


def main() -> None:
    """Make a shop, learn from it, and print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=200_000)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    texts, histories = shop(options.products, options.events, rng)
    figures: dict[str, Any] = {"products": options.products, "events": options.events}
    progress = sys.stderr.isatty()

    def timed(name: str, learn: Callable[[], Any]) -> Any:
        begin = time.monotonic()
        result = learn()
        figures[f"{name}_s"] = round(time.monotonic() - begin, 1)
        return result

    rows, _ = timed("sparse_ease", lambda: sparse_ease(histories, texts, progress=progress))
    figures["products_with_neighbours"] = int((rows[:, 0] >= 0).sum())
    space = timed("learn_space", lambda: learn_space(histories, texts, progress=progress))
    figures["space"] = list(space.wanted.shape)
    figures["peak_gib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 1)
    print(json.dumps(figures))


def shop(
    products: int, events: int, rng: np.random.Generator
) -> tuple[np.ndarray, list[list[Taken]]]:
    """Texts around cluster centres, and shoppers who mostly stay within a cluster."""
    clusters = max(products // _PER_CLUSTER, 1)
    centres = rng.normal(size=(clusters, _DIMENSION)).astype(np.float32)
    texts = centres[np.arange(products) % clusters]
    texts += 0.7 * rng.normal(size=texts.shape).astype(np.float32)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    shoppers = events // _LENGTH
    home = rng.integers(0, clusters, shoppers)
    # Popularity falls like a power law within a cluster.
    place = (products // clusters * rng.random((shoppers, _LENGTH)) ** 3).astype(int)
    rows = home[:, None] + clusters * place
    stray = rng.random(rows.shape) < 0.2
    rows[stray] = rng.integers(0, products, stray.sum())
    return texts, [[Taken(int(row), 1.0, float(day)) for day, row in enumerate(r)] for r in rows]


if __name__ == "__main__":
    main()
