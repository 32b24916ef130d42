"""The lexical index of a release: BM25 over weighted fields."""

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from scipy.sparse import csc_array

from shopfyp.catalog import Product
from shopfyp.tokens import tokens

_K1, _B = 1.2, 0.6
_ATTRIBUTES = 0.1
"""What a word among the attributes counts: they name what a product fits as often as what it is."""


def build_lexical(products: Sequence[Product], folder: Path) -> None:
    """Index the words of `products` (one per row of the catalogue) into `folder`.

    Title, brand, category and description are one field, the attributes another of less weight;
    each is scored by bm25s on its own, and a word's score is the weighted sum.
    """
    words = _bm25([tokens(said(product)) for product in products])
    details = _bm25([tokens(described(product)) for product in products])
    # In an order of their own: bm25s numbers them as a set gives them, anew in every process.
    tokens_of_both = sorted({*words.vocab_dict, *details.vocab_dict})
    vocabulary = {token: place for place, token in enumerate(tokens_of_both)}
    scores = _matrix(words, vocabulary) + _ATTRIBUTES * _matrix(details, vocabulary)
    scores.sort_indices()
    words.vocab_dict = vocabulary
    words.scores = {
        "data": scores.data.astype(np.float32),
        "indices": scores.indices.astype(np.int32),
        "indptr": scores.indptr.astype(np.int64),
        "num_docs": len(products),
    }
    words.save(folder, show_progress=False)


def said(product: Product) -> str:
    """The text that says what a product is."""
    return "\n".join([product.title, product.brand, *product.category, product.description])


def described(product: Product) -> str:
    """The values of a product's attributes, without names and mere yes or no."""
    values = (v for v in product.attributes.values() if not isinstance(v, bool))
    return "\n".join("\n".join(v) if isinstance(v, list) else str(v) for v in values)


def _bm25(texts: list[list[str]]) -> bm25s.BM25:
    index = bm25s.BM25(k1=_K1, b=_B)
    # A catalogue may hold no word at all; BM25 needs one.
    index.index(texts if any(texts) else [["-"]] * len(texts), show_progress=False)
    return index


def _matrix(index: bm25s.BM25, vocabulary: dict[str, int]) -> csc_array:
    """An index's scores, (products, words of `vocabulary`)."""
    held = index.scores
    own = csc_array(
        (held["data"], held["indices"], held["indptr"]),
        shape=(held["num_docs"], len(held["indptr"]) - 1),
    ).tocoo()
    column = np.empty(own.shape[1], np.int64)
    for token, place in index.vocab_dict.items():
        if place < len(column):
            column[place] = vocabulary[token]
    shape = (own.shape[0], len(vocabulary))
    return csc_array((own.data, (own.row, column[own.col])), shape=shape)
