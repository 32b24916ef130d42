"""The feed of a release: clips, and of their products those that can be bought."""

from collections.abc import Sequence
from pathlib import Path

from shopfyp.catalog import Clip, Product
from shopfyp.feed import FILE, FeedFile, with_products

MAX_CLIPS = 200
"""What a phone is sent at the most; the first ones stay."""


def write_feed(clips: Sequence[Clip], products: Sequence[Product], out: Path) -> None:
    """Write `feed.json` into the folder `out`."""
    by_id = {product.product_id: product for product in products}
    feed = FeedFile(clips=[with_products(clip, by_id) for clip in clips[:MAX_CLIPS]])
    (out / FILE).write_text(feed.model_dump_json() + "\n")
