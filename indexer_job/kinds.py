"""Kinds: where a product stands among others by what it is described with, not by its words.

A laptop has a screen size and a processor, a laptop sleeve has neither, though both say "laptop".
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.linalg import eigh
from scipy.sparse import csr_array

from shopfyp.catalog import Product
from shopfyp.encoder import Vectors

_DIMENSION = 64
_LEAST_PRODUCTS = 2
_MOST_KEYS = 4096


def kinds(products: Sequence[Product]) -> Vectors:
    """Unit vectors of shape (products, at most 64); products alike in kind have a high cosine.

    A product is the set of its attributes' names and its categories, weighted by inverse
    document frequency and projected on the principal directions of all (latent semantic
    analysis: Deerwester et al., 1990). One that has neither is the zero vector.
    """
    keys = [list(dict.fromkeys(_keys(product))) for product in products]
    counts = Counter(key for own in keys for key in own)
    common = [key for key, count in counts.most_common(_MOST_KEYS) if count >= _LEAST_PRODUCTS]
    column = {key: place for place, key in enumerate(common)}
    pairs = [(row, key) for row, own in enumerate(keys) for key in own if key in column]
    values = [math.log(len(products) / counts[key]) for _, key in pairs]
    places = ([row for row, _ in pairs], [column[key] for _, key in pairs])
    held = csr_array((values, places), shape=(len(products), len(common)), dtype=np.float32)
    held = csr_array(held.multiply(_inverse(np.sqrt(held.power(2).sum(axis=1)))[:, None]))
    dimension = min(_DIMENSION, len(common))
    if not dimension:
        return np.zeros((len(products), 0), np.float32)
    least = len(common) - dimension
    _, directions = eigh((held.T @ held).toarray(), subset_by_index=[least, len(common) - 1])
    projected = np.asarray(held @ directions, np.float32)
    unit: Vectors = projected * _inverse(np.linalg.norm(projected, axis=1))[:, None]
    return unit


def _keys(product: Product) -> Iterator[str]:
    yield from product.attributes
    for depth in range(len(product.category)):
        yield "\n".join(["", *product.category[: depth + 1]])


def _inverse(lengths: Vectors) -> Vectors:
    inverse: Vectors = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 1e-6)
    return inverse
