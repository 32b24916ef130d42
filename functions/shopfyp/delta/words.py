"""The lexical index, the words of some products changed."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from shopfyp.catalog import Product
from shopfyp.lexical import LexicalIndex, Rows, Scores


class Weighed:
    """What changed products hold of words, and the score of each word, as an index scores."""

    def __init__(self, index: LexicalIndex) -> None:
        """Weigh words by what `index` counted."""
        self._index = index
        self.places: dict[str, int] = {}

    def of(self, product: Product) -> tuple[NDArray[np.int32], Scores]:
        """The places of a product's tokens, as `places` has them, and their scores."""
        scores: dict[str, float] = {}
        for token, score in self._index.weighed(product):
            scores[token] = scores.get(token, 0.0) + score
        places = [self.places.setdefault(token, len(self.places)) for token in scores]
        return np.array(places, np.int32), np.array(list(scores.values()), np.float32)


class ChangedWords(LexicalIndex):
    """A lexical index in which some rows hold other words, or none, and new ones follow."""

    def __init__(
        self,
        base: LexicalIndex,
        count: int,
        words: Mapping[int, tuple[NDArray[np.int32], Scores]],
        gone: NDArray[np.int64],
        places: Mapping[str, int],
    ) -> None:
        """Change `base`, which itself stays as it is.

        Args:
            base: as it was built.
            count: how many rows there are, with the new ones.
            words: what a row holds now, as `Weighed` says it, for those where it is not as built.
            gone: rows that hold nothing any more.
            places: those of `Weighed`.
        """
        self._base, self._places, self.products = base, places, count
        self._holds = np.ones(base.products, np.bool_)
        self._holds[[row for row in words if row < base.products]] = False
        self._holds[gone] = False
        of = [np.empty(0, np.int32), *(own for own, _ in words.values())]
        given = [np.empty(0, np.float32), *(scores for _, scores in words.values())]
        rows = np.repeat(np.array(list(words), np.int32), [len(own) for own in of[1:]])
        all_places = np.concatenate(of)
        order = np.lexsort((rows, all_places))
        self._rows, self._scores = rows[order], np.concatenate(given)[order]
        self._starts = np.searchsorted(all_places[order], np.arange(len(places) + 1))
        held = zip(places, np.diff(self._starts).tolist(), strict=True)
        self.added = {token for token, rows in held if rows} - base._vocabulary.keys()

    def _postings(self, token: str) -> tuple[Rows, Scores]:
        rows, scores = self._base._postings(token)
        held = self._holds[rows]
        if not held.all():
            rows, scores = rows[held], scores[held]
        place = self._places.get(token)
        if place is None or place + 1 >= len(self._starts):
            return rows, scores
        own = slice(*self._starts[place : place + 2])
        rows = np.concatenate([rows, self._rows[own]])
        order = np.argsort(rows, kind="stable")
        return rows[order], np.concatenate([scores, self._scores[own]])[order]
