"""Lexical retrieval: BM25 over a catalogue's words, built and scored by bm25s."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, NonNegativeInt, TypeAdapter

from shopfyp.arrays import load, starts
from shopfyp.tokens import tokens

_OF_WEIGHT = 0.2
_COVERED = 0.3
"""How much holding every word of a query counts beside its BM25 score."""


_MOST = 1e6
"""No score of BM25 comes near it."""
_LEAST = 1e-9
_VOCABULARY = TypeAdapter(dict[str, NonNegativeInt])


class _Parameters(BaseModel):
    """What is read of bm25s' `params.index.json`."""

    num_docs: NonNegativeInt


class LexicalIndex:
    """A memory-mapped BM25 index, made by `indexer_job.lexical` in the format of bm25s."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`.

        Raises:
            ValueError: it is none.
        """
        facts = (folder / "params.index.json").read_bytes()
        self.products = _Parameters.model_validate_json(facts).num_docs
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

    def about(self, token: str) -> NDArray[np.int32]:
        """The rows of the products that say a token of themselves, ascending.

        Where it is of little weight, as among attributes only, it is left out.
        """
        start, end = self._bounds(token)
        scores = self._scores[start:end]
        about: NDArray[np.int32] = self._rows[start:end][
            scores > _OF_WEIGHT * scores.max(initial=0)
        ]
        return about

    def scores(self, query: str, allowed: NDArray[np.bool_] | None = None) -> NDArray[np.float32]:
        """How well each row (products,) holds the words of `query`, in (0, 1]; 0 if not at all.

        A score is that of BM25, divided by the best, and the share of the query's words that a
        product holds, so that one word often does not outdo all of them once. It is 0 too for
        rows that are not `allowed` (products,), if that is given.
        """
        scores = np.zeros(self.products, np.float32)
        found, own = self._found(query, allowed)
        scores[found] = own
        return scores

    def search(
        self, query: str, count: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The rows that hold words of `query`, best first, and their `scores`."""
        found, scores = self._found(query, allowed)
        if len(found) > count:
            best = np.argpartition(-scores, count - 1)[:count]
            found, scores = found[best], scores[best]
        order = np.lexsort((found, -scores))
        return found[order], scores[order]

    def _found(
        self, query: str, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The allowed rows that hold words of `query`, ascending, and their scores."""
        asked = list(dict.fromkeys(tokens(query)))
        total = np.zeros(self.products, np.float32)
        held = np.zeros(self.products, np.uint8)
        for token in asked:
            start, end = self._bounds(token)
            # NumPy indexes by its own integers in half the time.
            rows = self._rows[start:end].astype(np.int64)
            total[rows] += self._scores[start:end]
            held[rows] += 1
        holding = held > 0
        found = np.flatnonzero(holding if allowed is None else holding & allowed)
        if not len(found):
            return found, np.empty(0, np.float32)
        best = max(total[found].max(), np.float32(_LEAST))
        shares = held[found] / np.float32(len(asked))
        return found, (total[found] / best + _COVERED * shares) / (1 + _COVERED)

    def holding(self, text: str) -> NDArray[np.bool_]:
        """Whether each row (products,) holds every word of `text`, in whatever order."""
        held = np.zeros(self.products, np.uint8)
        asked = set(tokens(text))
        for token in asked:
            start, end = self._bounds(token)
            held[self._rows[start:end]] += 1
        return np.asarray(held == len(asked)) & bool(asked)

    def _bounds(self, token: str) -> Sequence[int]:
        place = self._vocabulary.get(token)
        return (0, 0) if place is None else (self._starts[place], self._starts[place + 1])
