"""Facets: what the products that a query found can be filtered by, and how many would be left.

Counts are of everything found, not of a page. Each facet heeds all filters but its own, so that
they say what a second value would add; values of one facet are alternatives.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from shopfyp.api import Facet, FacetName, FacetValue, Filters, PriceRange, Range
from shopfyp.filters import Masks, aged, all_but, between, colours_of
from shopfyp.intent.vocabulary import Vocabulary
from shopfyp.records import ProductStore
from shopfyp.vector_index import Mask

MAX_VALUES = 40
"""So many values a facet has on one level, those of most products."""

_RATINGS = (4.5, 4.0, 3.0)
_AGES = ((0, 2), (3, 5), (6, 8), (9, 12), (13, 17), (18, 99))
_PRICE_QUANTILES, _PRICE_SAMPLE = (0.2, 0.4, 0.6, 0.8), 5000
_ROUND = np.array([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10])

Rows = NDArray[np.int64]
Path = tuple[str, ...]
Bounds = tuple[float | None, float | None]


def facets_of(
    matching: Mask, masks: Masks, filters: Filters, products: ProductStore, vocabulary: Vocabulary
) -> list[Facet]:
    """The facets of what a query found; one that could narrow nothing is left out.

    Args:
        matching: what the query found, whatever the filters, (products,).
        masks: the products that pass each filter that is set.
        filters: those filters.
        products: the columns of the release.
        vocabulary: of the release; it knows the colours.
    """
    everything = np.flatnonzero(all_but(masks, None, matching))
    rows: dict[FacetName, Rows] = {
        name: np.flatnonzero(all_but(masks, name, matching)) if name in masks else everything
        for name in get_args(FacetName)
    }
    facets = [
        _categories(rows["category"], filters, products),
        _brands(rows["brand"], filters, products),
        _prices(rows["price"], filters.price, products),
        _ratings(rows["rating"], filters, products),
        _colours(rows["colour"], filters, vocabulary),
        _ages(rows["age"], filters.age, products),
    ]
    return [facet for facet in facets if _narrows(facet, len(rows[facet.name]))]


def _narrows(facet: Facet, found: int) -> bool:
    return any(v.selected or 0 < v.count < found for v in facet.values)


def _categories(rows: Rows, filters: Filters, products: ProductStore) -> Facet:
    """A path tree: the widest categories, and below those that are chosen what they hold."""
    names = products.names.category
    counts = np.bincount(products.category[rows], minlength=len(names))
    tree: Counter[Path] = Counter()
    for code in np.flatnonzero(counts).tolist():
        count = int(counts[code])
        for depth in range(1, len(names[code]) + 1):
            tree[names[code][:depth]] += count
    selected = {tuple(path) for path in filters.category}
    opened = {path[:depth] for path in selected for depth in range(1, len(path) + 1)}
    tree.update(dict.fromkeys(opened, 0))
    children: dict[Path, list[Path]] = {}
    for path, _ in tree.most_common():
        children.setdefault(path[:-1], []).append(path)

    def below(parent: Path) -> Iterable[FacetValue]:
        own = children.get(parent, [])
        for place, path in enumerate(own):
            if place < MAX_VALUES or path in opened:
                chosen = path in selected
                yield FacetValue(path=list(path), count=tree[path], selected=chosen)
                if path in opened or len(own) == 1:
                    yield from below(path)

    return Facet(name="category", values=list(below(())))


def _brands(rows: Rows, filters: Filters, products: ProductStore) -> Facet:
    names = products.names.brand
    counts = np.bincount(products.brand[rows], minlength=len(names))
    counts[0] = 0
    chosen = {code for code, name in enumerate(names) if name in filters.brand}
    codes = {*np.argsort(-counts, kind="stable")[:MAX_VALUES].tolist(), *chosen}
    counted = {names[code]: int(counts[code]) for code in codes if counts[code]}
    return Facet(name="brand", values=_named(counted, filters.brand))


def _colours(rows: Rows, filters: Filters, vocabulary: Vocabulary) -> Facet:
    counts = vocabulary.counts(rows, "colour")
    counted = {vocabulary.values[code].value: count for code, count in counts.items()}
    selected = []
    for name in filters.colour:
        codes = colours_of(vocabulary, [name])
        selected.append(vocabulary.values[codes[0]].value if codes else name)
    return Facet(name="colour", values=_named(counted, selected))


def _named(counted: dict[str, int], selected: Sequence[str]) -> list[FacetValue]:
    """The most frequent names, and those selected."""
    names = sorted(counted, key=lambda name: (-counted[name], name))[:MAX_VALUES]
    return [
        FacetValue(path=[name], count=counted.get(name, 0), selected=name in selected)
        for name in dict.fromkeys([*names, *selected])
    ]


def _prices(rows: Rows, selected: PriceRange | None, products: ProductStore) -> Facet:
    """Ranges between round prices, about as many products in each, in the usual currency."""
    rows = rows[~np.isnan(products.price[rows])]
    currencies = np.bincount(products.currency[rows], minlength=len(products.names.currency))
    named = products.currency_code(selected.currency) if selected and selected.currency else None
    code = int(currencies.argmax()) if named is None else named
    prices = products.price[rows[products.currency[rows] == code]]
    currency = products.names.currency[code]
    low, high = (float(prices.min()), float(prices.max())) if len(prices) else (None, None)
    sample = prices[:: 1 + len(prices) // _PRICE_SAMPLE]
    quantiles = np.quantile(sample, _PRICE_QUANTILES).tolist() if len(prices) else []
    edges = sorted({edge for edge in map(_round, quantiles) if prices.min() < edge < prices.max()})
    bounds: list[Bounds] = list(zip([None, *edges], [*edges, None], strict=True)) if edges else []
    values = _ranges(bounds, selected, lambda wanted: int(between(prices, prices, wanted).sum()))
    return Facet(name="price", values=values, low=low, high=high, currency=currency)


def _ages(rows: Rows, selected: Range | None, products: ProductStore) -> Facet:
    ages = np.asarray(products.age[rows])
    values = _ranges(_AGES, selected, lambda wanted: int(aged(ages, wanted).sum()))
    return Facet(name="age", values=values)


def _ratings(rows: Rows, filters: Filters, products: ProductStore) -> Facet:
    ratings = products.rating[rows]
    steps = {*_RATINGS, *([] if filters.rating is None else [filters.rating])}
    values = [
        FacetValue(
            path=[],
            low=least,
            count=int((ratings >= least).sum()),
            selected=least == filters.rating,
        )
        for least in sorted(steps, reverse=True)
    ]
    return Facet(name="rating", values=[v for v in values if v.count or v.selected])


def _ranges(
    bounds: Sequence[Bounds], selected: Range | None, count: Callable[[Range], int]
) -> list[FacetValue]:
    """A value for each range that holds a product, and for the one selected."""
    chosen = (selected.low, selected.high) if selected else None
    every = dict.fromkeys([*bounds, *([chosen] if chosen else [])])
    values = (
        FacetValue(
            path=[],
            low=low,
            high=high,
            count=count(Range(low=low, high=high)),
            selected=(low, high) == chosen,
        )
        for low, high in every
    )
    return [value for value in values if value.count or value.selected]


def _round(price: float) -> float:
    """The roundest price near one: 1, 1.5, 2 ... 8 times a power of ten."""
    if price <= 0:
        return 0.0
    power = 10.0 ** np.floor(np.log10(price))
    return float(_ROUND[np.abs(_ROUND - price / power).argmin()] * power)
