"""Bytes of a product: in an index of each kind, on disk and resident, and in all else of a release.

    PYTHONPATH=functions:. .venv/bin/python tests/bench/index_sizes.py --products 100000

prints the tables of `docs/scale.md`. Vectors are drawn around as many centres as a catalogue has
kinds of products, of the default encoder's dimension; sizes do not depend on them, recall does.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from shopfyp.encoder import Vectors

DIMENSION = 384
QUERIES = 200
MEMORY_MIB = (256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768)
ROOT = Path(__file__).resolve().parents[2]
_FAISS: Any = faiss


def main() -> None:
    """Measure each kind in a process of its own, and print what fits where."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--release", type=Path, default=ROOT / ".demo" / "release")
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.open:
        print(json.dumps(_resident(options.open)))
        return
    kinds = {kind: _measured(kind, factory, options.products) for kind, factory in _kinds(options)}
    fixed, others = _release_bytes(options.release)
    print(_index_table(kinds))
    print(f"\nbeside: {fixed / 2**20:.0f} MiB fixed")
    print("\n".join(f"| {name} | {size:.0f} |" for name, size in others.items()))
    sizes = {kind: m["disk"] + m["anonymous"] for kind, m in kinds.items()}
    print(_fits(sizes, fixed, sum(others.values())))


def _kinds(options: argparse.Namespace) -> list[tuple[str, str]]:
    lists = int(2 ** np.round(np.log2(4 * np.sqrt(options.products))))
    return [
        ("flat, SQ8", "SQ8"),
        ("IVF, SQ8", f"IVF{lists},SQ8"),
        ("IVF, PQ fast scan, refined by SQ8", f"IVF{lists},PQ{DIMENSION // 4}x4fs,Refine(SQ8)"),
        ("IVF, PQ fast scan, not refined", f"IVF{lists},PQ{DIMENSION // 2}x4fs"),
        ("HNSW 32, SQ8", "HNSW32_SQ8"),
        ("HNSW 32, floats", "HNSW32,Flat"),
    ]


def _vectors(count: int, seed: int) -> Vectors:
    centres = np.random.default_rng(0).normal(size=(2_000, DIMENSION))
    rng = np.random.default_rng(seed)
    own = centres[rng.integers(0, len(centres), count)].astype(np.float32)
    own += 0.7 * rng.normal(size=own.shape).astype(np.float32)
    return own / np.linalg.norm(own, axis=1, keepdims=True)


def _measured(kind: str, factory: str, products: int) -> dict[str, float]:
    vectors, queries = _vectors(products, 1), _vectors(QUERIES, 2)
    started = time.process_time()
    index = _FAISS.index_factory(DIMENSION, factory, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors[:: max(1, products // 60_000)])
    index.add(vectors)
    built = time.process_time() - started
    exact = np.argpartition(-(queries @ vectors.T), 10, axis=1)[:, :10]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.faiss"
        faiss.write_index(index, str(path))
        np.save(path.with_suffix(".npy"), queries)
        del index, vectors
        command = [sys.executable, __file__, "--open", str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
        size = path.stat().st_size
    pairs = zip(found["rows"], exact.tolist(), strict=True)
    recall = np.mean([len({*own} & {*best}) / 10 for own, best in pairs])
    print(f"{kind}: done", file=sys.stderr)
    return {
        "disk": size / products,
        "anonymous": found["anonymous"] / products,
        "mapped": found["mapped"] / products,
        "recall": float(recall),
        "ms": found["ms"],
        "built": built,
    }


def _resident(path: Path) -> dict[str, Any]:
    """What the process holds more after opening an index and searching it, and what it finds."""
    queries = np.load(path.with_suffix(".npy"))
    faiss.omp_set_num_threads(1)
    before = _status()
    index = _FAISS.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    inner = faiss.downcast_index(getattr(index, "base_index", index))
    if hasattr(inner, "nprobe"):
        inner.nprobe = 32
    if hasattr(inner, "hnsw"):
        inner.hnsw.efSearch = 64
    if hasattr(index, "k_factor"):
        index.k_factor = 8
    started = time.process_time()
    _, rows = index.search(queries, 10)
    took = time.process_time() - started
    after = _status()
    return {
        "rows": rows.tolist(),
        "ms": 1000 * took / len(queries),
        "anonymous": after["RssAnon"] - before["RssAnon"],
        "mapped": after["RssFile"] - before["RssFile"],
    }


def _status() -> dict[str, int]:
    lines = Path("/proc/self/status").read_text().splitlines()
    pairs = (line.split(":") for line in lines if line.startswith("Rss"))
    return {name: int(value.split()[0]) << 10 for name, value in pairs}


def _release_bytes(release: Path) -> tuple[int, dict[str, float]]:
    """Bytes of a release that any catalogue has, and those of a product by the part they are in."""
    manifest = json.loads((release / "manifest.json").read_text())
    products = manifest["counts"]["products"]
    parts: dict[str, int] = {}
    for name, facts in manifest["files"].items():
        part = name if name == "products/records.bin" else name.partition("/")[0]
        parts[part] = parts.get(part, 0) + facts["bytes"]
    fixed = sum(parts.pop(name, 0) for name in ("encoder", "clips", "feed.json"))
    parts.pop("index.faiss", None)
    ordered = sorted(parts.items(), key=lambda item: -item[1])
    return fixed, {name: size / products for name, size in ordered if size > products}


def _index_table(kinds: dict[str, dict[str, float]]) -> str:
    lines = ["| index | disk | heap | mapped | recall@10 | CPU ms | built, CPU s |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for kind, m in kinds.items():
        sizes = " | ".join(f"{m[name]:.0f}" for name in ("disk", "anonymous", "mapped"))
        lines.append(f"| {kind} | {sizes} | {m['recall']:.3f} | {m['ms']:.2f} | {m['built']:.0f} |")
    return "\n".join(lines)


def _fits(kinds: dict[str, float], fixed: int, others: float) -> str:
    """How many products fit into a memory, with all else of a release, or the index alone.

    A function's disk is its memory, so a file counts with what is made of it on the heap.
    """
    process = _process_bytes()
    names = [f"{m} MiB" if m < 1024 else f"{m // 1024} GiB" for m in MEMORY_MIB]
    lines = [f"process without a release: {process / 2**20:.0f} MiB"]
    for what, more in (("all of a release", others), ("the index alone", 0.0)):
        lines += ["", f"| {what} | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
        for kind, size in kinds.items():
            room = [(m << 20) - process - fixed for m in MEMORY_MIB]
            lines.append(
                f"| {kind} | " + " | ".join(_short(r / (size + more)) for r in room) + " |"
            )
    return "\n".join(lines)


def _process_bytes() -> int:
    """Of a process that has imported all that serving needs."""
    code = "import shopfyp.search, shopfyp.recommend, shopfyp.store.shoppers\n"
    code += "import firebase_functions.https_fn\n"
    code += "print([x for x in open('/proc/self/status') if x.startswith('VmRSS')][0].split()[1])"
    command = [sys.executable, "-c", code]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) << 10


def _short(products: float) -> str:
    if products < 1000:
        return "-"
    return f"{products / 1e6:.1f} M" if products >= 1e6 else f"{products / 1e3:.0f} k"


if __name__ == "__main__":
    main()
