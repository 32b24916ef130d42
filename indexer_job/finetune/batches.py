"""Batches of queries, answers and hard negatives: a function of the seed and the step alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer_job.finetune.queries import Fields, Query
from shopfyp.encoder import Vectors

HARD = 8
_DEEP, _AT_ONCE = 60, 4096
_MAY_ANSWER = 5
"""What stands so near to a shopper's own words may well answer them."""


class Batch(NamedTuple):
    """What one step learns from.

    Attributes:
        texts: to be encoded, each once.
        rows: of the products.
        title: the place in `texts` of each product's title, shape (rows,).
        text: the same of what else is read of it.
        query: of each query its place in `rows`, if it is one of them, else that in `texts` plus
            the number of rows; shape (batch,).
        answer: the place in `rows` of each query's answer, shape (batch,).
        known: whether a product is an answer as well, and no negative: (batch, rows); the
            answer itself is not marked.
    """

    texts: list[str]
    rows: NDArray[np.int64]
    title: NDArray[np.int64]
    text: NDArray[np.int64]
    query: NDArray[np.int64]
    answer: NDArray[np.int64]
    known: NDArray[np.bool_]


class Batches:
    """All batches of a run. A run of another length begins with the same ones."""

    def __init__(
        self,
        queries: Sequence[Query],
        fields: Sequence[Fields],
        hard: NDArray[np.int32],
        together: Mapping[int, AbstractSet[int]],
        *,
        size: int,
        hard_per_batch: int,
        seed: int,
    ) -> None:
        """Prepare batches.

        Args:
            queries: to learn from.
            fields: what is read of the products.
            hard: see `hard_negatives`.
            together: see `queries.taken_together`.
            size: queries in a batch.
            hard_per_batch: hard negatives in a batch; each is one for all of its queries.
            seed: of the order and of all that is drawn.
        """
        self._queries, self._fields, self._hard = queries, fields, hard
        self._together = together
        self._size, self._hard_per_batch, self._seed = size, hard_per_batch, seed
        self._epochs: dict[int, list[list[int]]] = {}

    def __getitem__(self, step: int) -> Batch:
        """The batch of a step, counted from 0; after the last query all come again, reordered."""
        epoch = 0
        while step >= len(batches := self._epoch(epoch)):
            step, epoch = step - len(batches), epoch + 1
        return self._batch(batches[step], np.random.default_rng([self._seed, epoch, step]))

    def _epoch(self, epoch: int) -> list[list[int]]:
        """Places in `queries`: a batch is of one kind, and holds whole shoppers or products.

        Their texts are shared, so that a batch needs fewer to be encoded.
        """
        if epoch not in self._epochs:
            rng = np.random.default_rng([self._seed, epoch])
            shared: dict[str, dict[object, list[int]]] = defaultdict(lambda: defaultdict(list))
            for place, query in enumerate(self._queries):
                key = query.group if query.kind == "next" else query.answers[0]
                shared[query.kind][key].append(place)
            batches = []
            for groups in shared.values():
                own = list(groups.values())
                places = [place for at in rng.permutation(len(own)) for place in own[at]]
                batches += [
                    places[at : at + self._size] for at in range(0, len(places), self._size)
                ]
            self._epochs = {epoch: [batches[at] for at in rng.permutation(len(batches))]}
        return self._epochs[epoch]

    def _batch(self, places: Sequence[int], rng: np.random.Generator) -> Batch:
        queries = [self._queries[place] for place in places]
        # A template asks for the product that it was made of, with all of that product's others.
        answers = [
            int(query.answers[0] if query.kind == "template" else rng.choice(query.answers))
            for query in queries
        ]
        wrong = rng.permutation(rng.choice(self._hard[places], axis=1))[: self._hard_per_batch]
        rows = np.unique([*answers, *wrong, *(query.asked for query in queries)])
        rows = rows[rows >= 0].astype(np.int64)
        place_of: dict[str, int] = {}
        title, text = (
            [place_of.setdefault(self._fields[row][field], len(place_of)) for row in rows]
            for field in (0, 1)
        )
        asked = [
            len(rows) + place_of.setdefault(query.text, len(place_of))
            if query.asked < 0
            else int(np.searchsorted(rows, query.asked))
            for query in queries
        ]
        known = np.array([np.isin(rows, list(answering(q, self._together))) for q in queries])
        answer = np.searchsorted(rows, answers)
        known[np.arange(len(queries)), answer] = False
        return Batch(
            texts=list(place_of),
            rows=rows,
            title=np.array(title, np.int64),
            text=np.array(text, np.int64),
            query=np.array(asked, np.int64),
            answer=answer,
            known=known,
        )


def answering(query: Query, together: Mapping[int, AbstractSet[int]]) -> set[int]:
    """The rows that answer a query, or may: those are no negatives."""
    answers = set(query.answers)
    if query.asked >= 0:
        answers |= {query.asked} | together.get(query.asked, set())
    return answers


def hard_negatives(
    queries: Sequence[Query],
    typed: Mapping[str, Vectors],
    vectors: Vectors,
) -> NDArray[np.int32]:
    """The products that the base encoder puts nearest to each query, and that do not answer it.

    For searches the nearest few are passed over: they may answer, and only were not taken. For
    what was taken next there are none: most of what is near a product would do as well, and was
    just never seen beside it. (Mined as in Xiong and others, Approximate Nearest Neighbor Negative
    Contrastive Learning, 2021, from the index of the model that training starts from.)

    Args:
        queries: to learn from.
        typed: the vector of each text that is no product's.
        vectors: of the products.

    Returns:
        rows, shape (len(queries), HARD); -1 where there are fewer.
    """
    index: Any = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    found = np.full((len(queries), HARD), -1, np.int32)
    places = [place for place, query in enumerate(queries) if query.kind != "next"]
    for start in range(0, len(places), _AT_ONCE):
        chunk = places[start : start + _AT_ONCE]
        asked = np.stack([typed[queries[place].text] for place in chunk])
        _, near = index.search(asked, min(_DEEP, len(vectors)))
        for place, rows in zip(chunk, near, strict=True):
            query = queries[place]
            kept = rows[_MAY_ANSWER if query.kind == "search" else 0 :]
            kept = kept[~np.isin(kept, query.answers)][:HARD]
            found[place, : len(kept)] = kept
    return found
