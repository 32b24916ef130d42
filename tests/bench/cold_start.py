"""A cold start: from the start of the process to the first cards, beside a naive function.

    python -m tests.bench.cold_start --products 100000

Both run under functions-framework as in production, against the Firestore emulator, on the same
products. Prints one JSON object.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import requests

from indexer_job.checkpoint import load_checkpoint
from indexer_job.demo.emulators import EmulatorSuite, client_variables
from indexer_job.export import export_encoder
from shopfyp import store
from shopfyp.catalog import as_record
from shopfyp.manifest import POINTER, Pointer, folder_of
from shopfyp.profile import Profile
from shopfyp.release import Release, open_release
from tests.bench.figures import Figure, Group
from tests.bench.processes import ROOT, function_process, memory_mb, token
from tests.bench.shop import BENCH, release_of, viewed

_SHOPPER, _INTERESTS, _RUNS, _LEAST_MB = "cold", 10, 7, 250
_ANSWER_SECONDS = 60


def main() -> None:
    """Start both in turns, and print a group of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    count = parser.parse_args().products
    folder = release_of(count, 2 * count)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        os.environ |= client_variables()
        stack.enter_context(EmulatorSuite(BENCH / "firestore.log", services=("firestore",)))
        _seed(open_release(folder))
        apps = {
            "ours": ("cold_app.py", {"BUCKET_FOLDER": str(_bucket(folder, scratch / "bucket"))}),
            "naive": ("naive_app.py", {"NAIVE_FOLDER": str(_naive(folder, scratch / "naive"))}),
        }
        runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in apps}
        for _ in range(_RUNS):
            for name, (source, env) in apps.items():
                runs[name].append(_run(source, env))
    middle = {
        name: [statistics.median(column) for column in zip(*found, strict=True)]
        for name, found in runs.items()
    }
    print(
        Group(
            title="Cold start",
            text=f"{count:,} products, functions-framework, Firestore in its emulator; medians of "
            f"{_RUNS} starts, in turns. Naive: all imported at once, float32 encoder, flat float32 "
            "index read whole, a read for each product.",
            figures=_figures(middle["ours"], middle["naive"]),
        ).model_dump_json()
    )


def _figures(ours: list[float], naive: list[float]) -> list[Figure]:
    return [
        Figure(
            name="process start to first cards",
            ours=ours[0],
            unit="ms",
            peer="naive function",
            theirs=naive[0],
            ratio=ours[0] / naive[0],
            said="of the time",
            bar=0.40,
            side="most",
        ),
        Figure(
            name="memory after the first cards",
            ours=ours[1],
            unit="MB",
            peer="naive function",
            theirs=naive[1],
            ratio=ours[1] / naive[1],
            said="of the memory",
            bar=0.45,
            side="most",
            note="proportional set size of all its processes",
        ),
        Figure(
            name="memory after the first cards, beside what is allowed",
            ours=ours[1],
            unit="MB",
            ratio=ours[1],
            said="MB",
            bar=_LEAST_MB,
            side="most",
        ),
        Figure(
            name="the next call, end to end",
            ours=ours[2],
            unit="ms",
            peer="naive function",
            theirs=naive[2],
            ratio=naive[2] / ours[2],
            said="times faster",
        ),
    ]


def _seed(release: Release) -> None:
    """A shopper who looked at some products, and the products nearest to those."""
    from google.cloud import firestore

    client = firestore.Client(project=os.environ["GCLOUD_PROJECT"])
    rows = np.linspace(0, len(release.products) - 1, _INTERESTS, dtype=int)
    now = datetime.now(UTC)
    profile = Profile().apply([(viewed(release.products.product_id(r), now), now) for r in rows])
    client.collection(store.SHOPPERS).document(_SHOPPER).set(profile.model_dump())
    near, _ = release.nearest(release.vectors(rows.astype(np.int64)).mean(axis=0)[None], 200)
    batch = client.batch()
    for row in near[0]:
        product = release.products.product(int(row))
        batch.set(client.collection("products").document(product.product_id), as_record(product))
    batch.commit()


def _bucket(release: Path, folder: Path) -> Path:
    data = (release / "manifest.json").read_bytes()
    version = json.loads(data)["version"]
    shutil.copytree(release, folder / folder_of(version))
    pointer = Pointer(version=version, manifest_sha256=sha256(data).hexdigest())
    (folder / POINTER).write_text(pointer.model_dump_json())
    return folder


def _naive(release: Path, folder: Path) -> Path:
    export_encoder(load_checkpoint(), folder, "fp32")
    opened = open_release(release)
    rows = np.arange(len(opened.products), dtype=np.int64)
    vectors = opened.vectors(rows)
    flat: Any = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    faiss.write_index(flat, str(folder / "index.faiss"))
    (folder / "ids.txt").write_text("\n".join(opened.products.product_id(int(r)) for r in rows))
    return folder


def _run(source: str, env: Mapping[str, str]) -> tuple[float, float, float]:
    """Milliseconds to the first cards, MB then, and milliseconds of the next call."""
    begin = time.perf_counter()
    with function_process(ROOT / "tests/bench" / source, "recommend", env) as (process, url):
        _answer(url, process)
        first = time.perf_counter() - begin
        memory = memory_mb(process.pid)
        begin = time.perf_counter()
        _answer(url, process)
        return 1000 * first, memory, 1000 * (time.perf_counter() - begin)


def _answer(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Ask until there are cards."""
    headers = {"Authorization": f"Bearer {token(_SHOPPER)}"}
    deadline = time.monotonic() + _ANSWER_SECONDS
    while True:
        try:
            answer = requests.post(url, json={"data": {}}, headers=headers, timeout=60)
        except requests.ConnectionError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.003)
            continue
        if not answer.ok or not answer.json()["result"]["cards"]:
            sys.exit(f"no cards: {answer.status_code} {answer.text[:500]}")
        return


if __name__ == "__main__":
    main()
