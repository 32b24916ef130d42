"""The feed of a release: clips, and of their products those that can be bought."""

from collections.abc import Sequence
from pathlib import Path

from shopfyp.catalog import Clip, Product
from shopfyp.feed import FILE, FeedClip, FeedFile

MAX_CLIPS = 200
"""What a phone is sent at the most; the first ones stay."""
_MAX_PRODUCTS = 5


def write_feed(clips: Sequence[Clip], products: Sequence[Product], out: Path) -> None:
    """Write `feed.json` into the folder `out`."""
    in_stock = {product.product_id: product for product in products if product.in_stock}

    def shown(clip: Clip) -> list[Product]:
        found = [in_stock[wanted] for wanted in clip.product_ids if wanted in in_stock]
        return [
            product.model_copy(update={"description": "", "attributes": {}})
            for product in found[:_MAX_PRODUCTS]
        ]

    feed = [FeedClip(**clip.model_dump(), products=shown(clip)) for clip in clips[:MAX_CLIPS]]
    (out / FILE).write_text(FeedFile(clips=feed).model_dump_json() + "\n")
