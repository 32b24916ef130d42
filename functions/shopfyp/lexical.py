"""Lexical retrieval: BM25 over a catalogue's words, built and scored by bm25s."""

from functools import cache
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN
from numpy.typing import NDArray

from shopfyp.catalog import Product

# Words of a wish that describe no product.
_STOPWORDS = [*STOPWORDS_EN, "i", "me", "my", "we", "our", "want", "need", "buy", "who", "some"]
_K1, _B = 1.2, 0.3


def lexical_text(product: Product) -> str:
    """What BM25 reads of a product: the title twice, for it says most in the fewest words."""
    values = (str(v) for v in product.attributes.values() if not isinstance(v, bool))
    parts = [product.title] * 2 + [product.brand, *product.category, *values, product.description]
    return " ".join(parts)


def build_lexical(texts: list[str], folder: Path) -> None:
    """Index `texts` (one per row of the catalogue) into `folder`."""
    index = bm25s.BM25(k1=_K1, b=_B)
    # A catalogue may hold no word at all; BM25 needs one.
    index.index(
        _tokens(texts) if any(_tokens(texts)) else [["-"]] * len(texts), show_progress=False
    )
    index.save(folder, show_progress=False)


class LexicalIndex:
    """A memory-mapped BM25 index."""

    def __init__(self, folder: Path) -> None:
        """Open the index that `build_lexical` wrote into `folder`."""
        self._index = bm25s.BM25.load(folder, mmap=True, show_progress=False)

    def scores(self, query: str) -> NDArray[np.float32]:
        """The BM25 score of every row (products,); 0 for those that hold no word of `query`."""
        known = [t for t in _tokens([query])[0] if t in self._index.vocab_dict]
        if not known:
            return np.zeros(self._index.scores["num_docs"], np.float32)
        return np.asarray(self._index.get_scores(known), np.float32)

    def holding(self, text: str) -> NDArray[np.bool_]:
        """Whether each row (products,) holds every word of `text`, in whatever order."""
        holding = np.ones(self._index.scores["num_docs"], np.bool_)
        for token in _tokens([text])[0]:
            known = token in self._index.vocab_dict
            holding &= self._index.get_scores([token]) > 0 if known else False
        return holding

    def search(
        self, query: str, count: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The rows that hold words of `query`, best first, and their scores in (0, 1].

        Only rows that are `allowed` (products,), if that is given.
        """
        scores = self.scores(query)
        if allowed is not None:
            scores = np.where(allowed, scores, 0)
        if not scores.any():
            return np.empty(0, np.int64), np.empty(0, np.float32)
        count = min(count, int(np.count_nonzero(scores)))
        rows = np.argpartition(-scores, count - 1)[:count]
        rows = rows[np.lexsort((rows, -scores[rows]))]
        return rows.astype(np.int64), scores[rows] / scores[rows[0]]


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def _tokens(texts: list[str]) -> list[list[str]]:
    tokens: list[list[str]] = bm25s.tokenize(
        texts,
        token_pattern=r"(?u)\b\w+\b",
        stopwords=_STOPWORDS,
        stemmer=_stemmer(),
        return_ids=False,
        show_progress=False,
    )
    return tokens
