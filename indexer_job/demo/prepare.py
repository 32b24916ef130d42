"""Everything the demo runs on: data, a release, the web app; made once, remade on change."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from indexer_job.build import build_release
from indexer_job.demo.emulators import without_triggers
from indexer_job.demo.generate import generate_demo
from indexer_job.demo.toolchain import ROOT
from indexer_job.files import read_clips, read_events, read_products
from indexer_job.firestore import write_catalog
from indexer_job.operators import add_demo_operator
from indexer_job.publish import publish
from shopfyp.bucket import CloudBucket
from shopfyp.errors import ShopFYPError

DATA = ROOT / ".demo"
MEDIA = ROOT / "hosting" / "public" / "demo"
_HOSTING = ROOT / "hosting"


def prepare(*, progress: bool = False) -> None:
    """Generate the data, build the release and the web app, each only if its inputs changed."""
    prepare_release(progress=progress)
    web = [p for p in (_HOSTING / "src").rglob("*") if p.is_file()]
    web += [p for p in _HOSTING.iterdir() if p.is_file()]
    web += [p for p in (_HOSTING / "public").rglob("*") if p.is_file() and MEDIA not in p.parents]
    web += [DATA / "clips.jsonl", DATA / "products.jsonl.gz"]
    _make("web app", web, _HOSTING / "dist", _build_web)


def prepare_release(*, progress: bool = False) -> None:
    """The part of `prepare` that needs no npm package."""
    say("demo data: 4,918 products, 26 clips, 200 shoppers")
    generate_demo(DATA, MEDIA, progress=progress)
    inputs = [DATA / name for name in ("products.jsonl.gz", "clips.jsonl", "events.jsonl.gz")]
    code = [*(ROOT / "functions" / "shopfyp").rglob("*.py"), *(ROOT / "indexer_job").glob("*.py")]
    _make("release", [*inputs, *code], DATA / "release", lambda: _build(progress))


def load(bucket: str, *, progress: bool = False) -> str:
    """Publish the release, seed Firestore, add the operator; returns the release's version."""
    products = read_products(DATA / "products.jsonl.gz")
    clips = read_clips(DATA / "clips.jsonl")
    with without_triggers(), ThreadPoolExecutor() as pool:
        seeded = pool.submit(write_catalog, products, clips, progress=progress)
        version = publish(DATA / "release", CloudBucket(bucket))
        add_demo_operator()
        seeded.result()
    return version


def say(text: str) -> None:
    """One line of progress, at once."""
    print(f"· {text}", flush=True)


def _build(progress: bool) -> None:
    shutil.rmtree(DATA / "release", ignore_errors=True)
    build_release(
        read_products(DATA / "products.jsonl.gz"),
        DATA / "release",
        clips=read_clips(DATA / "clips.jsonl"),
        events=read_events(DATA / "events.jsonl.gz"),
        progress=progress,
    )


def _build_web() -> None:
    command = ["npm", "run", "build", "--workspace", "hosting"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ShopFYPError(f"the web app does not build:\n{done.stdout}{done.stderr}")


def _make(what: str, inputs: Iterable[Path], result: Path, make: Callable[[], None]) -> None:
    """Call `make` unless `result` was made from the same `inputs` before."""
    digest = hashlib.sha256()
    for path in sorted(inputs):
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    stamp = DATA / f"{what.replace(' ', '-')}.stamp"
    fresh = digest.hexdigest()
    if result.exists() and stamp.is_file() and stamp.read_text() == fresh:
        say(f"{what}: unchanged")
        return
    say(f"{what}: building")
    stamp.unlink(missing_ok=True)
    make()
    stamp.write_text(fresh)


if __name__ == "__main__":
    prepare_release()
