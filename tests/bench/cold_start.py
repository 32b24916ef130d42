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
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import faiss
import numpy as np
import requests

from indexer_job.checkpoint import load_checkpoint
from indexer_job.demo.emulators import EmulatorSuite, client_variables
from indexer_job.export import export_encoder
from shopfyp.catalog import as_record
from shopfyp.manifest import POINTER, Pointer, folder_of
from shopfyp.profile import Profile
from shopfyp.release import Release, open_release
from shopfyp.store import shoppers
from tests.bench.figures import Figure, Group, seconds
from tests.bench.processes import ROOT, function_process, memory_mb, token
from tests.bench.shop import BENCH, release_of, viewed

_SHOPPER, _INTERESTS, _RUNS = "cold", 10, 7
_MOST_MB, _INSTANCE_MB = 250, 512
_ANSWER_SECONDS = 60
_NEEDED = (
    "functions_framework, firebase_functions.https_fn, google.cloud.firestore, numpy, pydantic, "
    "faiss, onnxruntime, tokenizers"
)


def main() -> None:
    """Start both in turns, and print a group of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    count = parser.parse_args().products
    folder = release_of(count)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        os.environ |= client_variables()
        stack.enter_context(EmulatorSuite(BENCH / "firestore.log", services=("firestore",)))
        _seed(open_release(folder))
        apps = {
            "ours": ("cold_app.py", {"BUCKET_FOLDER": str(_bucket(folder, scratch / "bucket"))}),
            "naive": ("naive_app.py", {"NAIVE_FOLDER": str(_naive(folder, scratch / "naive"))}),
        }
        runs: dict[str, list[Run]] = {name: [] for name in apps}
        for _ in range(_RUNS):
            for name, (source, env) in apps.items():
                runs[name].append(_run(source, env))
    imports, on_disk = _imports(), sum(p.stat().st_size for p in folder.rglob("*")) / 2**20
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
            figures=_figures(Run(*middle["ours"]), Run(*middle["naive"]), imports, on_disk),
        ).model_dump_json()
    )


class Run(NamedTuple):
    """Milliseconds from the start of the process to cards; MB then; milliseconds of the next."""

    first: float
    memory: float
    own: float
    following: float


def _figures(ours: Run, naive: Run, imports: float, on_disk: float) -> list[Figure]:
    return [
        Figure(
            name="process start to first cards",
            ours=ours.first,
            unit="ms",
            peer="naive function",
            theirs=naive.first,
            ratio=ours.first / naive.first,
            said="of the time",
            bar=0.40,
            side="most",
            floor=imports,
            note="the floor is Python with the imports that a callable of Firebase needs which "
            "reads Firestore and searches, before a line of our own",
        ),
        Figure(
            name="memory after the first cards",
            ours=ours.memory,
            unit="MB",
            peer="naive function",
            theirs=naive.memory,
            ratio=ours.memory / naive.memory,
            said="of the memory",
            bar=0.45,
            side="most",
            note="proportional set size of all its processes",
        ),
        Figure(
            name="memory after the first cards, beside what is allowed",
            ours=ours.memory,
            unit="MB",
            ratio=ours.memory,
            said="MB",
            bar=_MOST_MB,
            side="most",
        ),
        Figure(
            name="memory of an instance, whose disk is memory",
            ours=ours.own + on_disk,
            unit="MB",
            ratio=ours.own + on_disk,
            said="MB",
            bar=_INSTANCE_MB,
            side="most",
            note=f"{ours.own:.0f} MB of its own and {on_disk:.0f} MB of the release; files that "
            "a new release changes are there twice while it is taken up",
        ),
        Figure(
            name="the next call, end to end",
            ours=ours.following,
            unit="ms",
            peer="naive function",
            theirs=naive.following,
            ratio=naive.following / ours.following,
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
    client.collection(shoppers.SHOPPERS).document(_SHOPPER).set(profile.model_dump())
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


def _run(source: str, env: Mapping[str, str]) -> Run:
    begin = time.perf_counter()
    with function_process(ROOT / "tests/bench" / source, "recommend", env) as (process, url):
        _answer(url, process)
        first = time.perf_counter() - begin
        memory = memory_mb(process.pid)
        begin = time.perf_counter()
        _answer(url, process)
        return Run(1000 * first, memory.all, memory.own, 1000 * (time.perf_counter() - begin))


def _imports() -> float:
    """Milliseconds that Python takes to start and import what no such function goes without."""
    command = [sys.executable, "-c", f"import {_NEEDED}"]
    return 1000 * min(seconds(partial(subprocess.run, command, check=True)) for _ in range(_RUNS))


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
