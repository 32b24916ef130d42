"""Lexical retrieval: BM25 over a catalogue's words, built and scored by bm25s.

Beside bm25s' own files a release holds what a product that comes later is scored by: in `held.npy`,
(fields, words), how many products hold each word, and in `lengths.npy`, (fields,), how many words a
field has on average.
"""

import math
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, NonNegativeFloat, NonNegativeInt, TypeAdapter

from shopfyp.arrays import load, starts
from shopfyp.catalog import Product
from shopfyp.tokens import tokens

Rows = NDArray[np.int32]
Scores = NDArray[np.float32]

_OF_WEIGHT = 0.2
_COVERED = 0.3
"""How much holding every word of a query counts beside its BM25 score."""


_MOST = 1e6
"""No score of BM25 comes near it."""
_LEAST = 1e-9
_NO_POSTING: tuple[Rows, Scores] = (np.empty(0, np.int32), np.empty(0, np.float32))
_VOCABULARY = TypeAdapter(dict[str, NonNegativeInt])


class _Parameters(BaseModel):
    """What is read of bm25s' `params.index.json`."""

    num_docs: NonNegativeInt
    k1: NonNegativeFloat
    b: NonNegativeFloat


def said(product: Product) -> str:
    """The text that says what a product is."""
    return "\n".join([product.title, product.brand, *product.category, product.description])


def described(product: Product) -> str:
    """The values of a product's attributes, without names and mere yes or no."""
    values = (v for v in product.attributes.values() if not isinstance(v, bool))
    return "\n".join("\n".join(v) if isinstance(v, list) else str(v) for v in values)


FIELDS: Sequence[tuple[Callable[[Product], str], float]] = ((said, 1.0), (described, 0.1))
"""What is indexed of a product, and what a word counts there: attributes name what a product fits
as often as what it is."""


class LexicalIndex:
    """A memory-mapped BM25 index, made by `indexer_job.lexical` in the format of bm25s.

    Attributes:
        products: how many rows there are.
        added: tokens that only products hold that came after the index was built.
    """

    added: Container[str] = frozenset()

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`.

        Raises:
            ValueError: it is none.
        """
        facts = (folder / "params.index.json").read_bytes()
        self._parameters = _Parameters.model_validate_json(facts)
        self.products = self._parameters.num_docs
        vocabulary = (folder / "vocab.index.json").read_bytes()
        self._vocabulary = _VOCABULARY.validate_json(vocabulary)
        scores = load(folder / "data.csc.index.npy", np.float32, None, least=0, most=_MOST)
        self._scores: NDArray[np.float32] = np.asarray(scores)
        most = self.products - 1
        rows = load(folder / "indices.csc.index.npy", np.int32, len(scores), least=0, most=most)
        self._rows: NDArray[np.int32] = np.asarray(rows)
        self._starts = np.asarray(starts(folder / "indptr.csc.index.npy", None, len(scores)))
        if max(self._vocabulary.values(), default=-1) >= len(self._starts) - 1:
            raise ValueError("vocab.index.json names words that are not indexed")
        shape = len(FIELDS), len(self._starts) - 1
        self._held = load(folder / "held.npy", np.int32, *shape, least=0, most=self.products)
        self._lengths = load(folder / "lengths.npy", np.float64, len(FIELDS), least=0)

    def weighed(self, product: Product) -> Iterator[tuple[str, float]]:
        """The tokens of a product that may not be in the index, and the score of each.

        As bm25s scores (the variant of Lucene; Kamphuis et al., Which BM25 Do You Mean?, 2020), by
        what is counted of the products that are in it. A token may come once for each field.
        """
        k1, b = self._parameters.k1, self._parameters.b
        for field, (text, weight) in enumerate(FIELDS):
            own = tokens(text(product))
            norm = k1 * (1 - b + b * len(own) / (self._lengths[field] or 1))
            for token, count in Counter(own).items():
                place = self._vocabulary.get(token)
                held = max(1, 0 if place is None else int(self._held[field, place]))
                rarity = math.log1p((self.products - held + 0.5) / (held + 0.5))
                yield token, weight * rarity * count / (count + norm)

    def knows(self, token: str) -> bool:
        """Whether any product holds a token."""
        return len(self._postings(token)[0]) > 0

    def about(self, token: str) -> Rows:
        """The rows of the products that say a token of themselves, ascending.

        Where it is of little weight, as among attributes only, it is left out.
        """
        rows, scores = self._postings(token)
        about: Rows = rows[scores > _OF_WEIGHT * scores.max(initial=0)]
        return about

    def search(
        self, query: str, count: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The `count` best that hold words of `query`, best first; see `found`."""
        found, scores = self.found(query, allowed, count)
        if len(found) > count:
            best = np.argpartition(-scores, count - 1)[:count]
            found, scores = found[best], scores[best]
        order = np.lexsort((found, -scores))
        return found[order], scores[order]

    def found(
        self, query: str, allowed: NDArray[np.bool_] | None = None, best: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The allowed rows that hold words of `query`, in no order, and their scores in (0, 1].

        A score is that of BM25, divided by the best, and the share of the query's words that a
        product holds, so that one word often does not outdo all of them once.

        With `best`, what holds only the commonest word is left out where as many others are sure
        to score more (the bound of MaxScore; Turtle and Flood, Query Evaluation, 1995).
        """
        asked = list(dict.fromkeys(tokens(query)))
        total = np.zeros(self.products, np.float32)
        held = np.zeros(self.products, np.uint8)
        found: list[NDArray[np.int64]] = [np.empty(0, np.int64)]

        def add(own: Rows, scores: Scores) -> None:
            # NumPy indexes by its own integers in half the time.
            rows = own.astype(np.int64)
            found.append(rows[held[rows] == 0])
            total[rows] += scores
            held[rows] += 1

        def holders() -> NDArray[np.int64]:
            rows = np.concatenate(found)
            return rows if allowed is None else rows[allowed[rows]]

        postings = sorted(map(self._postings, asked), key=lambda posting: len(posting[0]))
        *rarer, (common, own) = postings or [_NO_POSTING]
        for posting in rarer:
            add(*posting)
        if best and np.count_nonzero(total[holders()] > own.max(initial=0)) >= best:
            also = held[common] > 0
            common, own = common[also], own[also]
        add(common, own)
        rows = holders()
        if not len(rows):
            return rows, np.empty(0, np.float32)
        bm25 = total[rows]
        most = max(bm25.max(), np.float32(_LEAST))
        shares = held[rows] / np.float32(len(asked))
        return rows, (bm25 / most + _COVERED * shares) / (1 + _COVERED)

    def holding(self, text: str) -> NDArray[np.bool_]:
        """Whether each row (products,) holds every word of `text`, in whatever order."""
        held = np.zeros(self.products, np.uint8)
        asked = set(tokens(text))
        for token in asked:
            held[self._postings(token)[0]] += 1
        return np.asarray(held == len(asked)) & bool(asked)

    def _postings(self, token: str) -> tuple[Rows, Scores]:
        """The rows of the products that hold a token, ascending, and the score of each."""
        place = self._vocabulary.get(token)
        own = slice(0, 0) if place is None else slice(*self._starts[place : place + 2])
        return self._rows[own], self._scores[own]
