"""The lexical index of a release: BM25 over weighted fields."""

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from scipy.sparse import csc_array

from shopfyp.catalog import Product
from shopfyp.lexical import FIELDS
from shopfyp.tokens import tokens

_K1, _B = 1.2, 0.6


def build_lexical(products: Sequence[Product], folder: Path) -> None:
    """Index the words of `products` (one per row of the catalogue) into `folder`.

    Title, brand, category and description are one field, the attributes another of less weight;
    each is scored by bm25s on its own, and a word's score is the weighted sum.
    """
    texts = [[tokens(text(product)) for product in products] for text, _ in FIELDS]
    indexes = [_bm25(own) for own in texts]
    words = indexes[0]
    # In an order of their own: bm25s numbers them as a set gives them, anew in every process.
    of_all = sorted({token for index in indexes for token in index.vocab_dict})
    vocabulary = {token: place for place, token in enumerate(of_all)}
    matrices = [_matrix(index, vocabulary) for index in indexes]
    scores = sum(weight * own for (_, weight), own in zip(FIELDS, matrices, strict=True))
    scores.sort_indices()
    words.vocab_dict = vocabulary
    words.scores = {
        "data": scores.data.astype(np.float32),
        "indices": scores.indices.astype(np.int32),
        "indptr": scores.indptr.astype(np.int64),
        "num_docs": len(products),
    }
    words.save(folder, show_progress=False)
    held = [np.diff(own.indptr) for own in matrices]
    np.save(folder / "held.npy", np.array(held, np.int32))
    lengths = [np.mean([len(own) for own in field]) for field in texts]
    np.save(folder / "lengths.npy", np.array(lengths, np.float64))


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
