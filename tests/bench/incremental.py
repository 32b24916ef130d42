"""How long a build takes when all, none, 1 % or 10 % of the products changed since the last one.

    python -m tests.bench.incremental --products 100000

The catalogue is the demo's, over and over, each time with another number in the title; a product
that changes gets another title. Reading the catalogue counts, learning from events does not, as
there are none, nor do imports, a second each time. Prints one JSON object.
"""

import argparse
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF
from typing import NamedTuple

import indexer_job.build  # noqa: F401
from indexer_job.__main__ import main as run_job
from indexer_job.demo.catalog import demo_products
from indexer_job.files import write_products
from shopfyp.catalog import Product
from tests.bench.figures import Figure, Group

_SHARES = (0.0, 0.01, 0.1)
_BAR_AT, _BAR = 0.01, 0.05


class Seconds(NamedTuple):
    """By the clock, and of CPU."""

    clock: float
    cpu: float


def main() -> None:
    """Build, change, build again, and print a group of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    count = parser.parse_args().products
    products = _many(count)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        full = _build(products, folder / "full", folder / "kept")
        figures = []
        for share in _SHARES:
            own = folder / f"{share}"
            shutil.copytree(folder / "kept", own / "kept")
            took = _build(_changed(products, share), own / "release", own / "kept")
            figures.append(_figure(share, took, full))
    print(
        Group(
            title="Building again",
            text=f"{count:,} products, with the vectors that the last build kept, "
            f"beside a build that has none.",
            figures=figures,
        ).model_dump_json()
    )


def _figure(share: float, took: Seconds, full: Seconds) -> Figure:
    return Figure(
        name=f"build, {share:.0%} of the products changed",
        ours=took.clock,
        unit="s",
        peer="all of them",
        theirs=full.clock,
        ratio=took.clock / full.clock,
        said="of the time",
        bar=_BAR if share == _BAR_AT else None,
        side="most",
        note=f"of CPU {took.cpu:.0f} of {full.cpu:.0f} s, {took.cpu / full.cpu:.3f}",
    )


def _build(products: Sequence[Product], out: Path, kept: Path) -> Seconds:
    catalog = out.with_suffix(".jsonl.gz")
    catalog.parent.mkdir(exist_ok=True)
    write_products(products, catalog)
    began = _now()
    command = ["build", "--catalog", str(catalog), "--out", str(out), "--embeddings", str(kept)]
    with redirect_stdout(sys.stderr):
        if run_job(command):
            sys.exit("no release was built")
    return _since(began)


def _many(count: int) -> list[Product]:
    own = demo_products()
    return [
        _titled(own[row % len(own)], row // len(own)).model_copy(update={"product_id": f"p{row}"})
        for row in range(count)
    ]


def _changed(products: Sequence[Product], share: float) -> list[Product]:
    changed = set(random.Random(0).sample(range(len(products)), round(share * len(products))))
    return [_titled(p, 1000) if row in changed else p for row, p in enumerate(products)]


def _titled(product: Product, number: int) -> Product:
    return product.model_copy(update={"title": f"{product.title} {number}"})


def _now() -> Seconds:
    own, ended = (resource.getrusage(of) for of in (RUSAGE_SELF, RUSAGE_CHILDREN))
    return Seconds(
        time.perf_counter(), own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    )


def _since(began: Seconds) -> Seconds:
    now = _now()
    return Seconds(now.clock - began.clock, now.cpu - began.cpu)


if __name__ == "__main__":
    main()
