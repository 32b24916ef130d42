"""A release, and what changed since it was built, as one release."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from shopfyp.arrays import Appended
from shopfyp.catalog import FRESH_DAYS, Product, product_text
from shopfyp.changes import Change
from shopfyp.delta.records import ChangedProducts
from shopfyp.delta.vectors import ChangedIndex
from shopfyp.delta.words import ChangedWords, Weighed
from shopfyp.encoder import Encoder, Vectors
from shopfyp.lexical import Scores, described, said
from shopfyp.records import ProductStore
from shopfyp.release import Release

Texts = tuple[str, str]

_TOGETHER = 16
"""So many products are encoded in one go."""
_ALIKE = 1000
"""So many products of a category tell of what kind a new one is."""


@dataclass(frozen=True)
class _Read:
    """What was made of a change once.

    `retold` says whether its texts are others than those that were encoded; `words` is None where
    they are as they were indexed.
    """

    at: datetime
    retold: bool
    words: tuple[NDArray[np.int32], Scores] | None


class Delta:
    """Makes releases of one that was built and what changed since; what was read is kept."""

    def __init__(self, base: Release) -> None:
        """Change `base`, which itself stays as it is."""
        self.base = base
        self._weighed = Weighed(base.lexical)
        self._read: dict[str, _Read] = {}
        self._vectors: dict[Texts, Vectors] = {}

    def with_changes(self, changes: Collection[Change]) -> Release:
        """The release in which each product is as its change says.

        All that a product says, costs and belongs to is as after the next build, but for what
        takes all products: it gains a place among popular, learnt and co-visited ones only then,
        its words are weighed by what was counted at the last build, and a new one is of the kind
        of its category. By its meaning a product is found from when it was encoded.

        Args:
            changes: all since the release was built, one a product.
        """
        base = self.base
        changed = _by_row(base.products, changes)
        self._take(changes)
        unknown = np.zeros(base.encoder.dimension, np.float32)
        products = ChangedProducts(base.products, changed)
        read = {row: self._read[product.product_id] for row, product in changed.items() if product}
        gone = np.array([row for row, product in changed.items() if not product], np.int64)
        words = {row: own.words for row, own in read.items() if own.words is not None}
        vectors = {
            row: self._vectors.get(_texts(product), unknown)
            for row, product in sorted(changed.items())
            if product and read[row].retold
        }
        new = [(row, changed[row]) for row in range(len(base.products), len(products))]
        return replace(
            base,
            products=products,
            lexical=ChangedWords(
                base.lexical, len(products), words, gone, dict(self._weighed.places)
            ),
            index=ChangedIndex(
                base.index,
                np.array(list(vectors), np.int64),
                np.array(list(vectors.values()), np.float32).reshape(-1, base.encoder.dimension),
                gone,
            ),
            vocabulary=base.vocabulary.with_products({r: p for r, p in changed.items() if p}),
            kinds=Appended(np.asarray(base.kinds), _kinds(base, products)),
            popular_by_category=_with_room(base.popular_by_category, len(products.names.category)),
            new_rows=np.concatenate([_newest(new), base.new_rows]).astype(np.int32),
        )

    def encode(self, changes: Collection[Change]) -> bool:
        """Encode what changes say in other words than before; whether there was anything.

        It takes some 40 ms a product: `with_changes` does not wait for it.
        """
        said = {_texts(c.product) for c in changes if c.product and self._read[c.product_id].retold}
        self._vectors = {texts: own for texts, own in self._vectors.items() if texts in said}
        new = said - self._vectors.keys()
        for some in _batches(list(new)):
            self._vectors |= zip(some, _encoded(self.base.encoder, some), strict=True)
        return bool(new)

    def _take(self, changes: Collection[Change]) -> None:
        """Read what is new among the changes, and forget what is not among them any more."""
        read = {}
        for change in changes:
            if change.product:
                known = self._read.get(change.product_id)
                same = known and known.at == change.at
                read[change.product_id] = known if known and same else self._read_of(change)
        self._read = read

    def _read_of(self, change: Change) -> _Read:
        products, product = self.base.products, change.product
        assert product
        row = products.row_of(change.product_id)
        built = None if row is None else products.product(row)
        same = built is not None and _words(built) == _words(product)
        return _Read(
            at=change.at,
            retold=built is None or _texts(built) != _texts(product),
            words=None if same else self._weighed.of(product),
        )


def _by_row(base: ProductStore, changes: Collection[Change]) -> dict[int, Product | None]:
    """What is in each row that changed; new products come behind the last, the oldest first."""
    changed: dict[int, Product | None] = {}
    following = len(base)
    for change in sorted(changes, key=lambda change: (change.at, change.product_id)):
        row = base.row_of(change.product_id)
        if row is None and change.product:
            row, following = following, following + 1
        if row is not None:
            changed[row] = change.product
    return changed


def _words(product: Product) -> tuple[str, str]:
    return said(product), described(product)


def _batches(texts: list[Texts]) -> Iterator[list[Texts]]:
    """Texts of about as many words each, as padding costs as much as words."""
    ordered = sorted(texts, key=lambda own: len(own[1]))
    for start in range(0, len(ordered), _TOGETHER):
        yield ordered[start : start + _TOGETHER]


def _encoded(encoder: Encoder, texts: list[Texts]) -> Vectors:
    """The unit vectors of products, (products, dimension): as the builder embeds them."""
    titles, whole = zip(*texts, strict=True)
    vectors = encoder.encode_batch(titles) + encoder.encode_batch(whole)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _texts(product: Product) -> Texts:
    """What is encoded of a product."""
    return product.title, product_text(product)


def _kinds(base: Release, products: ProductStore) -> NDArray[np.float16]:
    """Of what kind new products are: the middle of their category's; none, if it is new."""
    codes = products.category[len(base.products) :]
    width = base.kinds[np.empty(0, np.int64)].shape[1]
    kinds = np.zeros((len(codes), width), np.float32)
    for code in np.unique(codes[codes > 0]):
        alike = np.flatnonzero(base.products.category == code)[:_ALIKE]
        middle = base.kinds[alike].astype(np.float32).sum(axis=0)
        length = float(np.linalg.norm(middle))
        if length:
            kinds[codes == code] = middle / length
    return kinds.astype(np.float16)


def _newest(new: list[tuple[int, Product | None]]) -> NDArray[np.int32]:
    """Rows of new products in stock that were published lately, the newest first."""
    now = datetime.now(UTC)
    fresh = []
    for row, product in new:
        if product and product.in_stock and product.published_at:
            age_days = (now - product.published_at).total_seconds() / 86_400
            if 0 <= age_days < FRESH_DAYS:
                fresh.append((age_days, row))
    return np.array([row for _, row in sorted(fresh)], np.int32)


def _with_room(popular: NDArray[np.int32], categories: int) -> NDArray[np.int32]:
    """`popular` (categories, most), with none in the categories that are new."""
    short = categories - len(popular)
    return np.pad(popular, ((0, short), (0, 0)), constant_values=-1) if short else popular
