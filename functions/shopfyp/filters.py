"""Which products pass the filters of a search: one mask for each filter, from columns."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from shopfyp.api import FacetName, Filters, PriceRange, Range
from shopfyp.intent.vocabulary import Vocabulary, key_of
from shopfyp.records import ProductStore
from shopfyp.vector_index import Mask

Masks = dict[FacetName, Mask]


def masks_of(filters: Filters, products: ProductStore, vocabulary: Vocabulary) -> Masks:
    """The products that pass each filter that is set, (products,)."""
    masks: Masks = {}
    names = products.names
    if filters.category:
        wanted = {tuple(path) for path in filters.category}
        below = (
            code
            for code, path in enumerate(names.category)
            if any(path[:depth] in wanted for depth in range(1, len(path) + 1))
        )
        masks["category"] = _coded(products.category, below, len(names.category))
    if filters.brand:
        brands = set(filters.brand)
        codes = (code for code, name in enumerate(names.brand) if name in brands)
        masks["brand"] = _coded(products.brand, codes, len(names.brand))
    if filters.price:
        masks["price"] = priced(products, filters.price)
    if filters.rating is not None:
        masks["rating"] = np.asarray(products.rating >= filters.rating)
    if filters.colour:
        masks["colour"] = np.zeros(len(products.brand), np.bool_)
        masks["colour"][vocabulary.holding(colours_of(vocabulary, filters.colour))] = True
    if filters.age:
        masks["age"] = aged(products.age, filters.age)
    return masks


def all_but(masks: Masks, name: FacetName | None, among: Mask) -> Mask:
    """What of `among` passes all filters but the one of `name`."""
    passing = among.copy()
    for other, mask in masks.items():
        if other != name:
            passing &= mask
    return passing


def priced(products: ProductStore, wanted: PriceRange) -> Mask:
    """Which prices lie within a range, in its currency."""
    mask = between(products.price, products.price, wanted)
    if wanted.currency is not None:
        mask &= products.currency == (products.currency_code(wanted.currency) or 0)
    return mask


def aged(ages: NDArray[np.float32], wanted: Range) -> Mask:
    """Which ranges of years (n, 2) overlap with a range; unknown ones do not."""
    return between(ages[:, 1], ages[:, 0], wanted) & (ages[:, 0] >= 0)


def colours_of(vocabulary: Vocabulary, names: Iterable[str]) -> list[int]:
    """The codes of colours by name; an unknown one has none."""
    named = (code for name in names for code in vocabulary.named(key_of(name)))
    return [code for code in named if vocabulary.values[code].slot == "colour"]


def between(high: NDArray[np.floating], low: NDArray[np.floating], wanted: Range) -> Mask:
    """Whether each range from `low` to `high` overlaps with the one wanted; NaN never does."""
    least = -np.inf if wanted.low is None else wanted.low
    most = np.inf if wanted.high is None else wanted.high
    return np.asarray((high >= least) & (low <= most))


def _coded(column: NDArray[np.int32], codes: Iterable[int], size: int) -> Mask:
    wanted = np.zeros(size, np.bool_)
    wanted[np.fromiter(codes, np.int64)] = True
    return np.asarray(wanted[column])
