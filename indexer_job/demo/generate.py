"""Generate the demo's data and media, unless they are there already."""

import gzip
import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from indexer_job.demo.catalog import demo_products
from indexer_job.demo.clips import demo_clips, render_clips
from indexer_job.demo.illustrations import product_svg
from indexer_job.demo.personas import demo_events
from indexer_job.demo.variants import with_variants
from shopfyp.catalog import as_record

_SOURCES = [
    "*.toml",
    "types.py",
    "catalog.py",
    "ratings.py",
    "variants.py",
    "illustrations.py",
    "clips.py",
    "personas.py",
]


def generate_demo(out: Path, media: Path, seed: int = 7, *, progress: bool = False) -> None:
    """Write `products.jsonl.gz`, `clips.jsonl`, `events.jsonl.gz`, and the media that they name.

    Args:
        out: the folder for the data.
        media: the folder for `products/*.svg` and `clips/*.{mp4,jpg}`.
        seed: the same seed gives the same files.
        progress: show a progress bar.
    """
    stamp, fresh = media / "stamp", _fingerprint(seed)
    if stamp.is_file() and stamp.read_text() == fresh and (out / "clips.jsonl").is_file():
        return
    shutil.rmtree(media, ignore_errors=True)
    (media / "products").mkdir(parents=True)
    out.mkdir(parents=True, exist_ok=True)
    products = demo_products(seed)
    clips = demo_clips(products, seed)
    catalogue = with_variants(products, seed)
    _write_gz(out / "products.jsonl.gz", map(as_record, catalogue))
    _write_gz(out / "events.jsonl.gz", demo_events(products, seed))
    for product in catalogue:
        # Sizes share a picture.
        (media / "products" / Path(product.image_url).name).write_text(product_svg(product))
    render_clips(clips, products, media / "clips", progress=progress)
    (out / "clips.jsonl").write_text("".join(clip.model_dump_json() + "\n" for clip in clips))
    stamp.write_text(fresh)


def _write_gz(path: Path, records: Iterable[object]) -> None:
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_bytes(gzip.compress(lines.encode(), mtime=0))


def _fingerprint(seed: int) -> str:
    digest = hashlib.sha256(str(seed).encode())
    for path in sorted(p for pattern in _SOURCES for p in Path(__file__).parent.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()
