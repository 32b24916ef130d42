"""The feed's clips, with the products seen in them: one public file of the release."""

from pydantic import BaseModel, Field

from shopfyp.catalog import Clip, Product

FILE = "feed.json"


class FeedClip(Clip):
    """A clip as the feed shows it.

    Attributes:
        products: those of `product_ids` that can be bought; without what a tile does not show.
    """

    products: list[Product] = Field(default_factory=list)


class FeedFile(BaseModel):
    """`feed.json` of a release, in the order of the feed."""

    clips: list[FeedClip] = []
