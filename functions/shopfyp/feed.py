"""The feed's clips, with the products seen in them: one public file of the release."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import BaseModel, Field

from shopfyp.catalog import Clip, Product
from shopfyp.changes import CLOCKS, MOST, SETTLED, ChangesSince
from shopfyp.logs import log

FILE = "feed.json"
_MAX_PRODUCTS = 5
_PATIENCE_SECONDS = 1.0


class FeedClip(Clip):
    """A clip as the feed shows it.

    Attributes:
        products: those of `product_ids` that can be bought; without what a tile does not show.
    """

    products: list[Product] = Field(default_factory=list)


class FeedFile(BaseModel):
    """`feed.json` of a release, in the order of the feed."""

    clips: list[FeedClip] = []


def with_products(clip: Clip, products: Mapping[str, Product]) -> FeedClip:
    """The clip with those of its products that can be bought, in its order."""
    found = [products[wanted] for wanted in clip.product_ids if wanted in products]
    shown = [
        product.model_copy(update={"description": "", "attributes": {}})
        for product in found
        if product.in_stock
    ]
    return FeedClip(**clip.model_dump(exclude={"products"}), products=shown[:_MAX_PRODUCTS])


class LiveFeed:
    """Keeps a feed up with stock and prices, which a release has as they were at its build."""

    def __init__(self, changes_since: ChangesSince) -> None:
        """Ask `changes_since` for what products have become."""
        self._changes_since = changes_since
        self._looks: _Looks | None = None

    def __call__(self, feed: FeedFile, built: datetime) -> FeedFile:
        """The feed of a release that was built then, as its products are by now.

        Whoever asks waits a second at the most; a look that takes longer is seen the next time.
        """
        if self._looks is None or self._looks.built != built:
            wanted = {product_id for clip in feed.clips for product_id in clip.product_ids}
            self._looks = _Looks(built, wanted)
        known = self._looks.known(self._changes_since)
        return FeedFile(clips=[_by_now(clip, known) for clip in feed.clips])


def _by_now(clip: FeedClip, known: dict[str, Product | None]) -> FeedClip:
    became = {product.product_id: product for product in clip.products} | known
    return with_products(clip, {key: product for key, product in became.items() if product})


class _Looks:
    """What some products have become since a release was built; None for those deleted."""

    def __init__(self, built: datetime, wanted: set[str]) -> None:
        self.built, self._wanted = built, wanted
        self._since = built - CLOCKS
        self._known: dict[str, Product | None] = {}
        self._looking: threading.Thread | None = None

    def known(self, changes_since: ChangesSince) -> dict[str, Product | None]:
        if self._looking is None or not self._looking.is_alive():
            self._looking = threading.Thread(target=self._look, args=(changes_since,), daemon=True)
            self._looking.start()
        self._looking.join(_PATIENCE_SECONDS)
        return dict(self._known)

    def _look(self, changes_since: ChangesSince) -> None:
        now = datetime.now(UTC)
        try:
            found = changes_since(self._since, MOST)
        except Exception as error:  # an outage must not keep the feed from anybody
            log("ERROR", "look for changes failed", reason=f"{type(error).__name__}: {error}")
            return
        self._since = max(self._since, now - SETTLED)
        new = {change.product_id: change.product for change in found}
        self._known = self._known | {key: new[key] for key in new.keys() & self._wanted}
