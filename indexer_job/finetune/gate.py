"""Whether a fine-tuned encoder may be published: judged by held-out queries, as it will serve."""

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer_job.checkpoint import Checkpoint
from indexer_job.embed import embed_products, threads
from indexer_job.evaluate.statistics import Z95
from indexer_job.export import export_encoder
from indexer_job.finetune.queries import KINDS, Query
from indexer_job.rounding import as_queries
from shopfyp.catalog import Product
from shopfyp.encoder import Encoder, Vectors

_CUT = 10
_MAY_LOSE = 0.01


@dataclass(frozen=True)
class Verdict:
    """What a fine-tuned encoder is worth beside the one that it came from.

    Attributes:
        base: NDCG@10 of the base encoder by kind of query, and of `all`.
        tuned: the same of the fine-tuned one.
        queries: how many of each.
        low: the lower end of the 95 % interval of the mean gain, each query's in parts of what the
            base encoder has on its kind: else the easiest kind would decide alone.
        lost: the kinds that lose more than 1 %, and beyond chance.
    """

    base: dict[str, float]
    tuned: dict[str, float]
    queries: dict[str, int]
    low: float
    lost: list[str]

    @property
    def wins(self) -> bool:
        """It gains beyond chance, and no kind of query loses."""
        return self.low > 0 and not self.lost


def ndcg(queries: Sequence[Query], query_vectors: Vectors, vectors: Vectors) -> NDArray[np.float64]:
    """NDCG@10 of each query by cosine alone, all answers being alike good.

    The product that a query is of is left out of the ranking.

    Args:
        queries: with their answers.
        query_vectors: of their texts.
        vectors: of all products, by row.
    """
    discounts = 1 / np.log2(np.arange(2, _CUT + 2))
    found = np.zeros(len(queries))
    for place, (query, vector) in enumerate(zip(queries, query_vectors, strict=True)):
        cosines = vectors @ vector
        if query.asked >= 0:
            cosines[query.asked] = -np.inf
        best = np.argpartition(-cosines, min(_CUT, len(cosines) - 1))[:_CUT]
        best = best[np.argsort(-cosines[best], kind="stable")]
        gains = np.isin(best, query.answers) * discounts[: len(best)]
        found[place] = gains.sum() / discounts[: len(query.answers)].sum()
    return found


def by_kind(queries: Sequence[Query], figures: NDArray[np.float64]) -> dict[str, float]:
    """The mean of the figures of each kind of query."""
    kinds = np.array([query.kind for query in queries])
    present = [str(kind) for kind in KINDS if (kinds == kind).any()]
    return {kind: float(figures[kinds == kind].mean()) for kind in present}


def score(means: Mapping[str, float]) -> float:
    """The geometric mean of the kinds' means: a tenth more counts alike, whatever the kind."""
    return float(np.exp(np.mean(np.log(np.maximum(list(means.values()), 1e-6)))))


def judge(
    base: Checkpoint,
    tuned: Checkpoint,
    queries: Sequence[Query],
    products: Sequence[Product],
    base_vectors: Vectors,
    *,
    progress: bool = False,
) -> Verdict:
    """Compare two encoders as a release would hold them: fp32 for products, 8-bit for queries.

    Args:
        base: what training started from.
        tuned: what came of it.
        queries: that it was not trained on.
        products: the catalogue.
        base_vectors: its vectors by the base encoder.
        progress: show progress bars.
    """
    figures = []
    with fp32_encoder(tuned) as encoder:
        tuned_vectors = embed_products(encoder, products, progress=progress)
    for checkpoint, vectors in ((base, base_vectors), (tuned, tuned_vectors)):
        with tempfile.TemporaryDirectory() as folder:
            texts = as_queries([product.title for product in products])
            export_encoder(checkpoint, Path(folder), "q8", texts)
            encoder = Encoder(Path(folder), threads=threads())
            # A product's own vector stands for it when it is an interest.
            own = [vectors[q.asked] if q.asked >= 0 else encoder.encode(q.text) for q in queries]
        figures.append(ndcg(queries, np.stack(own), vectors))
    return verdict_of(queries, *figures)


def verdict_of(
    queries: Sequence[Query], base: NDArray[np.float64], tuned: NDArray[np.float64]
) -> Verdict:
    """The verdict on two encoders' NDCG@10 of each query."""
    kinds = np.array([query.kind for query in queries])
    places = {str(kind): kinds == kind for kind in KINDS if (kinds == kind).any()}
    places["all"] = np.ones(len(kinds), np.bool_)
    before = {name: float(base[own].mean()) for name, own in places.items()}
    after = {name: float(tuned[own].mean()) for name, own in places.items()}
    relative = (tuned - base) / np.array([max(before[kind], 1e-6) for kind in kinds])
    intervals = {name: _interval(tuned[own] - base[own]) for name, own in places.items()}
    return Verdict(
        base={name: round(figure, 4) for name, figure in before.items()},
        tuned={name: round(figure, 4) for name, figure in after.items()},
        queries={name: int(own.sum()) for name, own in places.items()},
        low=round(_interval(relative)[0], 4),
        lost=[
            name
            for name in sorted(set(kinds.tolist()))
            if after[name] < (1 - _MAY_LOSE) * before[name] and intervals[name][1] < 0
        ],
    )


def _interval(gains: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % interval of the mean, by the normal approximation."""
    half = Z95 * gains.std(ddof=1) / math.sqrt(len(gains)) if len(gains) > 1 else math.inf
    return float(gains.mean() - half), float(gains.mean() + half)


@contextmanager
def fp32_encoder(checkpoint: Checkpoint) -> Iterator[Encoder]:
    """The encoder that a release's products are embedded with."""
    with tempfile.TemporaryDirectory() as folder:
        export_encoder(checkpoint, Path(folder), "fp32")
        yield Encoder(Path(folder))
